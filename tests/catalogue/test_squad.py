"""Defects planted in questions and answers: catalogue 1.5."""

import copy
import json

import pytest
from squad_files import DEV, paragraph, sound, squad, write

import datastd
from catalogue.planting import says_what
from datastd.rules.spans.qa_question_paraphrase_leak import QaQuestionParaphraseLeak
from datastd.rules.spans.qa_unanswerable_ratio import QaUnanswerableRatio
from datastd.rules.spans.squad_train_answer_count import SquadTrainAnswerCount

RED = {"error": "fail", "warn": "warn"}


def _changed(change, version="1.1"):
    """Change the first file, a parsed one, of a sound dataset."""
    def plant(folder):
        made = squad(12, version=version)
        change(made)
        write(sound(folder, version), made)
        return f"squad-{version}/1"
    return plant


def _paragraph(change, version="1.1"):
    return _changed(lambda made: change(made["data"][0]["paragraphs"][0]), version)


def _question(change, version="1.1"):
    return _paragraph(lambda one: change(one["qas"][0]), version)


def _answer(change):
    return _question(lambda one: change(one["answers"][0]))


def _context(context, answer, start):
    """Another context for the first question, and its answer in it."""
    def change(one):
        one["context"] = context
        one["qas"][0]["answers"] = [{"text": answer, "answer_start": start}]
    return _paragraph(change)


def _twice(one, **changes):
    one["qas"].append(copy.deepcopy(one["qas"][0]) | {"id": f"again {one['qas'][0]['id']}"} | changes)


def _again(**changes):
    """Ask the first question a second time."""
    return _paragraph(lambda one: _twice(one, **changes))


def _all_again(**changes):
    """Ask three questions a second time: two are tolerated."""
    return _changed(lambda made: [_twice(one, **changes) for one in made["data"][0]["paragraphs"]])


def _raw(old, new):
    def plant(folder):
        made = json.dumps(squad(12)).encode()
        assert old in made
        write(sound(folder), made.replace(old, new, 1))
        return "squad-1.1/1"
    return plant


def _in_dev(change):
    """Put something of the training split into the other."""
    def plant(folder):
        made = squad(6, **DEV)
        change(made)
        write(sound(folder), made, "dev.json")
        return "squad-1.1/1"
    return plant


def _moved(made):
    made["data"][0]["paragraphs"].append(paragraph(0, name="moved"))


def _asked_alike(made):
    for article in made["data"]:
        for number, one in enumerate(article["paragraphs"]):
            one["qas"][0]["question"] = f"Which city is number {number} here?"


PLAUSIBLE = {"plausible_answers": [{"text": "Paris", "answer_start": 12}]}

PLANTS = {
    "F501": _changed(lambda made: made["data"][0].update(chapters=made["data"][0].pop("paragraphs"))),
    "F502": _question(lambda one: one.pop("id")),
    "F503": _answer(lambda one: one.update(answer_start="5")),
    "F504": _question(lambda one: one.update(is_impossible="false"), "2.0"),
    "F505": _changed(lambda made: made.update(version="1.1"), "2.0"),
    "F506": _context("\n ", "", 0),
    "C501": _answer(lambda one: one.update(answer_start=one["answer_start"] + 2)),
    "C502": _answer(lambda one: one.update(answer_start=len("The town of Paris is number 0 of those here, and the siraP is old.") - 1)),
    "C503": _context("😀 Paris is a town.", "Paris", 3),
    "C504": _changed(lambda made: made["data"][1]["paragraphs"][0]["qas"][0].update(id="q0")),
    "C505": _question(lambda one: one.update(is_impossible=True), "2.0"),
    "C506": _question(lambda one: one.update(PLAUSIBLE), "2.0"),
    "C507": _question(lambda one: one["answers"].append(one["answers"][0])),
    "C508": _context("The town of Paris is old.", "The", 0),
    "C509": _answer(lambda one: one.update(text=" Paris", answer_start=11)),
    "C510": _answer(lambda one: one.update(text="aris", answer_start=13)),
    "C511": _context("The town of New\u00a0York is old.", "New\u00a0York", 12),
    "C512": _again(question="which town is number 0 here ?"),
    "C513": _all_again(answers=[{"text": "town", "answer_start": 4}]),
    "C516": _changed(lambda made: made["data"][1]["paragraphs"].append(paragraph(0, name="again"))),
    "C517": _context(" Paris is a town.", "Paris", 1),
    "Q501": _question(lambda one: one.update(question="")),
    "Q503": _question(lambda one: one.update(question="Is the town of Paris number 0?", answers=[{"text": "town of Paris", "answer_start": 4}])),
    "Q504": _context("It is " + " ".join(["very"] * 31) + " old.", " ".join(["very"] * 31), 6),
    "Q507": _changed(lambda made: [
        one.update(is_impossible=True, answers=[])
        for article in made["data"] for part in article["paragraphs"] for one in part["qas"]
    ], "2.0"),
    "L501": _in_dev(lambda made: made["data"][0].update(title="Towns 0")),
    "L502": _in_dev(_moved),
    "L504": _in_dev(_asked_alike),
}  # fmt: skip
"""What is done to a sound dataset of SQuAD's layout, and the standard that it is judged by."""

MORE = {
    "F501": [
        *(_in_dev(lambda made, none=none: none(made)) for none in (
            lambda made: made.update(data=[]), lambda made: [one.update(paragraphs=[]) for one in made["data"]],
            lambda made: [part.update(qas=[]) for one in made["data"] for part in one["paragraphs"]])),
        _raw(b'{"version"', b'\xef\xbb\xbf{"version"'), _raw(b'"data": [', b'"data": [7, '), _raw(b'{"version": "1.1", "data"', b'{"data"'),
        _raw(b'{"version"', b'{"data": 1, "version"'), _raw(b'"context": "The', b'"text": "The'), _raw(b'"title": "Towns 0", ', b""),
    ],
    "F502": [_question(lambda one: one.update(question=7)), _question(lambda one: one.update(answers={})),
             _paragraph(lambda one: one["qas"].append("a question"))],
    "F503": [_answer(lambda one: one.update(answer_start=-1)), _answer(lambda one: one.update(text=None)),
             _answer(lambda one: one.update(answer_start=True)), _answer(lambda one: one.update(answer_start=1 << 31)),
             _answer(lambda one: one.update(answer_start=12.0)), _question(lambda one: one["answers"].append([]))],
    "F504": [_question(lambda one: one.pop("is_impossible"), "2.0"), _question(lambda one: one.update(is_impossible=False))],
    "F505": [_changed(lambda made: made.update(version="v2.0")), _changed(lambda made: made.update(version=""))],
    "F599": [_question(lambda one: one.update(id=id_)) for id_ in ("", " \u00a0", "\u200b")],
    "F506": [_context("", "", 0), _context("\u2003\u0085", "", 0)],
    "C501": [_context("Paris is a town.", "paris", 0)],
    "C502": [_context("Paris", "Paris is", 0)],
    "C503": [_context("😀 Paris is a town.", "Paris", 5), _context(" Paris is a town.", "Paris", 0)],
    "C505": [_question(lambda one: one.update(answers=[])), _question(lambda one: one.update(answers=[]), "2.0")],
    "C506": [_paragraph(lambda one: one["qas"][1].update(
        is_impossible=True, answers=[], plausible_answers=[{"text": "Paris", "answer_start": 11}]), "2.0")],
    "C507": [_changed(lambda made: made["data"][0]["paragraphs"][0]["qas"][0].update(answers=[]))],
    "C508": [_context("It costs $ here.", "$", 9), _context("It costs a. here.", "a.", 9)],
    "C509": [_context("It is Paris, a town.", "Paris,", 6), _context('It is "Paris", a town.', '"Paris', 6),
             _context("It (Paris) is.", "Paris)", 4)],
    "C510": [_answer(lambda one: one.update(text="Pari"))],
    "C511": [_context("The town of New\u3000York is old.", "New\u3000York", 12)],
    "C513": [_all_again(answers=[])],
    "C517": [_context("Paris is a town.\n", "Paris", 0)],
    "Q501": [_question(lambda one: one.update(question="Which town?")), _question(lambda one: one.update(question=" \t"))],
    "L501": [_in_dev(_moved)],
}  # fmt: skip
"""More of each kind."""

SOUND = {
    "C503": _context("😀 Paris is a town.", "Paris", 2),
    "C508": _context("Vitamin A. is here.", "Vitamin A.", 0),
    "C509": _context('It is "Paris", a town.', '"Paris"', 6),
    "C510": _context("It costs 5$ here.", "$", 10),
    "C511": _context("The town of New\u202fYork is old.", "New\u202fYork", 12),
    "C512": _again(question="Which town is no number 0 here?"),
    "C513": _again(question="Which other town is there?", answers=[{"text": "siraP", "answer_start": 53}]),
    "Q501": _question(lambda one: one.update(question="何の町？")),
    "Q504": _context("It is " + " ".join(["very"] * 30) + " old.", " ".join(["very"] * 30), 6),
    "F503": _answer(lambda one: one.update(more=1)),
}  # fmt: skip
"""What lies on the other side of a boundary."""

BESIDE = {
    "C501": {"C511"}, "C502": {"C501"}, "C503": {"C501", "C517", "C509"}, "F506": {"C517", "C508", "Q504", "C509"},
    "C508": {"C509"}, "C509": {"C517"}, "C513": {"C512", "C505", "C507"}, "L502": {"L501", "C512"}, "C505": {"Q507", "C507", "C508"},
    "C516": {"C512"}, "L501": {"L502"}, "F504": {"F505", "C505"}, "F505": {"F504"}, "C507": {"C505"}, "F501": {"F505"},
}  # fmt: skip
"""What else is wrong with what is planted."""

DEFAULTS = {
    "F504": "-", "F506": "0", "C501": "0", "C502": "0", "C506": "-", "C508": "0", "C509": "0", "C510": "report ratio", "C511": "0",
    "C517": "0", "Q501": "3 words warn", "Q503": "0", "Q504": "30 (BERT max_answer_length)",
}  # fmt: skip
"""What `squad-1.1/1` takes of a row's default, where a measure is judged."""

RULE_DEFAULTS = {"C507": "1", "L504": "report; ODQA norm 30 %", "Q507": "0.2..0.6 (SQuAD2: train ~1/3, dev ~1/2)"}
"""Defaults of rows that are no limit of 0."""


def _check(plant, folder):
    report = datastd.check(folder, plant(folder), format="squad")
    return {verdict.code: verdict for verdict in report.verdicts}


@pytest.mark.parametrize("version", ["1.1", "2.0"])
def test_sound_questions_have_no_flaw(version, tmp_path):
    report = datastd.check(sound(tmp_path, version), f"squad-{version}/1")
    assert {verdict.outcome for verdict in report.verdicts} == {"pass"}
    assert {verdict.code for verdict in report.verdicts} >= {*PLANTS} - {"Q507"}


@pytest.mark.parametrize(
    ("code", "plant"), [(code, plant) for of in (PLANTS, MORE) for code, some in of.items() for plant in (some if isinstance(some, list) else [some])]
)  # fmt: skip
def test_the_defect_planted_in_questions_turns_the_code_red(code, plant, tmp_path):
    verdicts = _check(plant, tmp_path)
    found = verdicts[code]
    says_what(found)
    assert found.outcome == RED[found.level]
    assert found.observed > 0
    assert found.examples or code == "Q507"
    others = {one.code for one in verdicts.values() if one.outcome != "pass"} - {code}
    assert others <= BESIDE.get(code, set())


@pytest.mark.parametrize("hide", [lambda text: f" {text}", lambda text: text.replace(" ", "  ", 1), lambda text: f"{text}\u200b", lambda text: f"{text[:9]}\ufeff{text[9:]}"])
def test_a_context_that_nobody_tells_from_another_is_the_same_one_in_another_split(hide, tmp_path):
    dev = squad(6, **DEV)
    copied = copy.deepcopy(squad(12)["data"][0]["paragraphs"][0])
    (one,) = copied["qas"]
    copied["context"] = hide(copied["context"])
    one |= {"id": "z", "question": "What would that be, in all of it?", "answers": [{"text": "town", "answer_start": copied["context"].index("town")}]}
    dev["data"][0]["paragraphs"].append(copied)
    write(write(tmp_path, squad(12)), dev, "dev.json")
    assert datastd.check(tmp_path, "squad-1.1/1")["L501"].outcome == "fail"


@pytest.mark.parametrize("code", SOUND)
def test_what_is_just_inside_a_boundary_passes(code, tmp_path):
    assert _check(SOUND[code], tmp_path)[code].outcome == "pass"


def test_defaults_of_rules_are_those_of_the_rows():
    assert SquadTrainAnswerCount().answers == int(RULE_DEFAULTS["C507"])
    assert QaQuestionParaphraseLeak().limit == int(RULE_DEFAULTS["L504"].split()[-2]) / 100
    assert (QaUnanswerableRatio().least, QaUnanswerableRatio().most) == (0.2, 0.6)
