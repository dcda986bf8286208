"""Defects planted in answers, in what they answer, and in pairs: catalogue 1.6."""

import json

import pytest

import datastd
from catalogue.planting import says_what
from datastd.measures.text import languages
from datastd.rules.responses.instruction_near_duplicate import InstructionNearDuplicate
from datastd.rules.responses.pref_length_bias import PrefLengthBias
from datastd.rules.responses.response_language_mismatch import ResponseLanguageMismatch
from datastd.rules.responses.response_repetition import ResponseRepetition
from datastd.schemas import gopher, text_pretraining

pytestmark = pytest.mark.skipif(languages.place() is None, reason="needs the extra datastd[text]")

RED = {"error": "fail", "warn": "warn"}

ASKED = (
    "Name the capital of France.", "Why is the sky blue at noon?", "Write two lines about autumn leaves.",
    "How many legs does a spider have?", "Give me advice for a job interview tomorrow.", "Explain recursion to a child.",
    "Which planet is nearest to the sun?", "List three uses of vinegar in a kitchen.", "What makes bread rise in an oven?",
    "Describe how a bicycle stays upright.", "Suggest a name for a small black cat.", "Compare tea with coffee in one sentence.",
)  # fmt: skip
SAID = (
    "The capital of that country is Paris, a city on the river Seine.", "Short waves of light are scattered more than long ones.",
    "Golden leaves drift down the lane; the year grows old and quiet.", "It has eight of them, two more than any insect.",
    "Sleep well, arrive early, and ask a good question of your own.", "It is a story in which somebody tells the same story, a little shorter.",
    "That would be Mercury, which goes around in eighty-eight days.", "It cleans glass, softens meat, and pickles onions.",
    "Yeast eats sugar and breathes out gas, which the dough holds.", "It steers into every fall before the fall has begun.",
    "Call her Pepper, for she is small and dark.", "One wakes you slowly and the other all at once.",
)  # fmt: skip
LONG = " ".join(SAID)


def tasks(count=12):
    return [{"instruction": asked, "input": "", "output": said} for asked, said in zip(ASKED[:count], SAID[:count], strict=True)]


def pairs(count=12):
    """Every other side that was chosen is the longer one."""
    sides = [(f"{said} So it is.", said) if n % 2 else (said, f"{said} So it is.") for n, said in enumerate(SAID[:count])]
    return [{"prompt": asked, "chosen": one, "rejected": other} for asked, (one, other) in zip(ASKED[:count], sides, strict=True)]


def turn(role, content):
    return {"role": role, "content": content}


def chats():
    """The same pairs as lists of messages."""
    return [
        {name: [turn("user", one["prompt"]), turn("assistant", one[name])] for name in ("chosen", "rejected")}
        for one in pairs()
    ]


def put(folder, records, name="train.json"):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(records))
    return folder


def _of(make, standard):
    def of(change):
        def plant(folder):
            made = make()
            change(made)
            put(folder, made)
            return standard
        return plant
    return of


_tasks, _pairs, _chats = _of(tasks, "instruction/1"), _of(pairs, "preference/1"), _of(chats, "preference/1")


def _answer(text, number=0):
    return _tasks(lambda made: made[number].update(output=text))


def _asked(text, answer=SAID[0]):
    return _tasks(lambda made: made[0].update(instruction=text, output=answer))


def _pair(**changes):
    return _pairs(lambda made: made[0].update(changes))


def _chat(change):
    return _chats(lambda made: change(made[0]))


def _task(**fields):
    return _tasks(lambda made: made.append({"input": "", **fields}))


def _beside(records):
    """Put records into another split."""
    def plant(folder):
        put(put(folder, tasks()), records, "test.json")
        return "instruction/1"
    return plant


def _labelled(*labels):
    """Pairs, and answers with these labels beside them."""
    return _pairs(lambda made: made.extend({"prompt": f"{asked} So?", "completion": said, "label": labels[n % len(labels)]}
                                           for n, (asked, said) in enumerate(zip(ASKED, SAID, strict=True))))  # fmt: skip


def _cut(made):
    for one in made:
        one["output"] = LONG
    made[0]["output"] = LONG[:-1]


def _lead(made):
    for one in made[:6]:
        one["output"] = f" {one['output']}"


def _longer(made):
    for one in made[:11]:
        one["chosen"] = f"{one['rejected']} {one['rejected']}"


def _calls(*given, text=None):
    """Both sides end with a call, of these arguments."""
    def change(one):
        for name, arguments in zip(("chosen", "rejected"), given, strict=True):
            call = {"id": f"c{name}", "type": "function", "function": {"name": "look_up", "arguments": arguments}}
            one[name][1] = {"role": "assistant", "content": text, **({"tool_calls": [call]} if arguments else {})}
        one["tools"] = [{"type": "function", "function": {"name": "look_up"}}]
    return _chat(change)


def _shown(place, *urls):
    """Turns of both sides show pictures, and say nothing."""
    return _chat(lambda one: [one[name][place].update(content=[{"type": "image_url", "image_url": {"url": url}}])
                              for name, url in zip(("chosen", "rejected"), urls, strict=True)])  # fmt: skip


def _looked_up(one):
    """Before the answers something is called, on either side with its own arguments."""
    for name, number in (("chosen", 1), ("rejected", 2)):
        call = {"id": "c0", "type": "function", "function": {"name": "look_up", "arguments": f'{{"n": {number}}}'}}
        one[name][1:1] = [{"role": "assistant", "content": None, "tool_calls": [call]}, {"role": "tool", "content": "Paris.", "tool_call_id": "c0"}]
    one["tools"] = [{"type": "function", "function": {"name": "look_up"}}]


FRENCH = "La capitale de la France est Paris, une grande ville au bord de la Seine, connue pour ses musées et ses cafés."

PLANTS = {
    "F631": _pairs(lambda made: made[0].pop("rejected")),
    "F632": _pair(rejected=SAID[0]),
    "F633": _chat(lambda one: one["rejected"][0].update(content="Name the capital of Spain.")),
    "F634": _chat(lambda one: one["rejected"].append(turn("user", "Thank you."))),
    "F635": _pairs(lambda made: made[0].update(chats()[0])),
    "F636": _pair(rejected=" \n"),
    "F637": _pair(score_chosen=1.0, score_rejected=9.0),
    "F639": _pairs(_longer),
    "Q601": _answer(""),
    "Q602": _answer("<No Output>"),
    "Q603": _answer(f"{SAID[0]}\n## 2. Instruction: Name another one."),
    "Q604": _answer("As an AI language model, I cannot have an opinion about cities."),
    "Q605": _tasks(_cut),
    "Q606": _asked("https://example.com/a-long-article.html"),
    "Q607": _answer(f"{ASKED[1]} Yes.", 1),
    "Q608": _asked("Tell me about the seat of the government and about its cafes and museums.", FRENCH),
    "Q609": _answer(" ".join(["We say it once more."] * 40)),
    "Q610": _tasks(_lead),
    "L601": _task(instruction=f"{ASKED[3]}\n", output=SAID[4]),
    "L602": _task(instruction="Give me good advice for a job interview tomorrow.", output=SAID[4]),
    "L603": _tasks(lambda made: made.extend({"instruction": "What is six times seven?", "input": "", "output": one} for one in ("42", "48"))),
    "L605": _beside([{"messages": [turn("user", ASKED[0]), turn("assistant", SAID[0]), turn("user", "And of Spain?"), turn("assistant", "That is Madrid.")]}]),
}  # fmt: skip
"""What is done to sound answers or pairs, and the standard that they are judged by."""

MORE = {
    "F631": [_pair(rejected=[turn("assistant", "No.")]), _pair(chosen=7)],
    "F632": [_calls('{"n": 1}', '{"n": 1}'), _calls('{"n": 1, "m": "a"}', '{"m":"a","n":1}', text="Let me look."), _pair(rejected=f"{SAID[0]}\r\n".replace(" ", "  ")), _pair(rejected="\ufeff" + SAID[0].replace("a", "a\u200b"))],
    "F633": [_chat(_looked_up), _chat(lambda one: one["chosen"].insert(0, turn("system", "Be short."))), _chat(lambda one: one["chosen"][0].update(role="system"))],
    "F634": [_chat(lambda one: [side.append(turn("user", "Thank you.")) for side in one.values()])],
    "F635": [_pairs(lambda made: made[0].update(chats()[0], prompt=[turn("system", "Be short."), turn("user", f"{ASKED[0]} ")]))],
    "L692": [_pairs(lambda made: made.append({"prompt": f" {ASKED[0].upper()}", "chosen": made[0]["rejected"], "rejected": made[0]["chosen"]})),
             _pairs(lambda made: made.extend({"prompt": ASKED[0], "completion": f"{SAID[0]} {SAID[1]}", "label": label} for label in (True, False)))],
    "F697": [_pair(rejected=SAID[0].upper()), _pair(rejected=f" {SAID[0].title()}\u200b")],
    "F636": [_pair(chosen=""), _pair(rejected="\u200b\u3164"), _chat(lambda one: one["chosen"][1].update(content="\u2003"))],
    "F637": [_pair(score_chosen=0.5, score_rejected=0.75), _pair(score_chosen=0.5)],
    "F639": [_pairs(lambda made: [one.update(chosen=one["rejected"], rejected=f"{one['rejected']} {one['rejected']}") for one in made[:11]])],
    "Q601": [*map(_answer, (" \u2003\n\x1c", "\u200b", "\u2060\ufeff", "\u00ad", "\ufe0f", "\u3164 \u2800"))],
    "Q602": [_answer(text) for text in ("<noinput>", " N/A\n", "none", "TODO", "<nooutput>")],
    "Q603": [_answer("Yes.\n##\n3. Instruction: more"), _answer("Yes.\nInstruction: Name it.\nInput:\nOutput: Rome."),
             _answer("Yes.\n### Instruction:\nName it.\n\n### Output:\nRome.")],
    "Q604": [_answer("I’m sorry, but that is a secret of the trade."), _answer("Well, as an AI model I find cities alike."), _answer("i CANNOT say, for there are many.")],
    "Q605": [_answer("So it goes:\n```python\nprint(1)"), _answer("> ~~~\n> ```\n> print(1)")],
    "Q606": [_asked(text) for text in (
        "Summarise this article.\nwww.example.com/a", "Say what is wrong. <Picture Attached>", "Describe the following graph in two sentences.",
        "What is in this picture?", "Summarise the attached PDF file.", "What is said in this audio clip?")],
    "Q607": [_answer("So how many legs does a spider have", 3), _answer("how many legs, does a SPIDER have", 3)],
    "Q608": [_asked("Раскажи мне о самом высоком здании в этом городе и о том, кто его построил.", "The tallest building of the city was built by a merchant in the last century.")],
    "Q609": [_answer(" ".join(["ha"] * 100))],
    "Q610": [_answer(f"{SAID[0]}\n"), _answer(f"\t{SAID[0]} ")],
    "L601": [_task(instruction=ASKED[3].upper(), output=SAID[4]), _beside([{"instruction": ASKED[3], "input": "", "output": "Eight legs are what it walks on."}])],
    "L602": [_beside([{"instruction": "Describe how a red bicycle stays upright.", "input": "", "output": SAID[4]}])],
    "L603": [_tasks(lambda made: made.extend({"instruction": "What is six times seven?", "input": "", "output": one} for one in (
        "Six times seven is forty-two.\n#### 42", "Seven times six comes to more.\n#### 43.0")))],
    "L605": [_beside([{"messages": [turn("user", ASKED[0]), turn("assistant", SAID[0])]}])],
    "L691": [_beside([{"output": SAID[0], "input": "", "instruction": f"{ASKED[0].upper()}\n"}]),
             _beside([{"messages": [turn("user", ASKED[3]), turn("assistant", SAID[3])], "id": 7}])],
    "F694": [_labelled(True), _labelled(False)],
}  # fmt: skip
"""More of each kind."""

SOUND = {
    "F632": _calls('{"n": 1}', '{"n": 2}', text="Let me look."),
    "F636": _shown(1, "a.png", "b.png"),
    "F633": _chat(lambda one: [side.insert(0, turn("system", "Be short.")) for side in one.values()]),
    "F635": _pair(chosen=f"{ASKED[0]} {SAID[0]}"),
    "F637": _pair(score_chosen=0.75, score_rejected=0.5),
    "F639": _pairs(lambda made: [one.update(chosen=f"{one['rejected']} So it is.") for one in made[:3:2]]),
    "Q602": _answer("None of them."),
    "Q603": _answer("Instruction: read it. There is no other."),
    "Q604": _answer(f"{LONG[:200]} I cannot say more."),
    "Q605": _tasks(lambda made: [made[0].update(output=LONG[:-1]), made[1].update(output=f"{LONG} That is about all of it.")]),
    "Q606": _asked("Describe this video game, the graph of the sine, and a photo album, in words."),
    "Q607": _asked("Hello!", "Hello! There you are."),
    "Q608": _asked("Tell me about Paris in French.", FRENCH),
    "Q609": _answer(" ".join(["We say it again."] * 12)),  # 48 words: not so many as a filter asks for
    "Q610": _tasks(lambda made: [one.update(output=f" {one['output']}") for one in made]),
    "L601": _task(instruction=ASKED[3], input="Answer in Roman numerals.", output="It has VIII of these."),
    "L602": _task(instruction="Give me tips for an interview on Friday.", output=SAID[4]),
    "L603": _tasks(lambda made: made.extend({"instruction": "What is six times seven?", "input": "", "output": one} for one in ("42", "42.0"))),
    "L605": _beside([{"messages": [turn("user", ASKED[0]), turn("assistant", "It is Paris.")]}]),
    "L691": _beside([{"messages": [turn("user", ASKED[0]), turn("assistant", "It is Paris.")]}]),
    "F694": _labelled(True, False),
}  # fmt: skip
"""What lies on the other side of a boundary."""

BESIDE = {
    "F632": {"F639"}, "F633": {"F610"}, "Q603": {"F624"}, "F634": {"F632", "F633"}, "F636": {"F605", "Q601", "Q610"}, "F631": {"F639"}, "F635": {"F609", "F633"}, "Q602": {"Q610"}, "L601": {"L602", "L603"},
    "Q601": {"F605"}, "L603": {"L601"}, "L605": {"L601", "L602", "L691"}, "L691": {"L601", "L602", "L605"}, "Q605": {"L301"}, "Q610": {"Q605"}, "F639": {"L301"}, "L602": {"L605"},
}  # fmt: skip
"""What else is wrong with what is planted."""

DEFAULTS = {
    "F632": "0", "F633": "0", "F634": "-", "F635": "0", "F636": "0", "F637": ">", "Q601": "0", "Q602": "0", "Q603": "0",
    "Q604": ">1 % dataset warn", "Q606": "0", "Q607": "0.9",
}  # fmt: skip
"""What `instruction/1` and `preference/1` take of a row's default, where a measure is judged."""

RULE_DEFAULTS = {"F639": "0.3..0.7", "Q608": "0.9", "Q609": "as text", "Q610": "one style", "L602": "0.7", "L603": "report"}
"""Defaults of rows that are no limit of 0."""


def _check(plant, folder):
    report = datastd.check(folder, plant(folder), format="chat")
    return {verdict.code: verdict for verdict in report.verdicts}


@pytest.mark.parametrize(("make", "standard"), [(tasks, "instruction/1"), (pairs, "preference/1"), (chats, "preference/1")])
def test_sound_answers_have_no_flaw(make, standard, tmp_path):
    report = datastd.check(put(tmp_path, make()), standard, format="chat")
    assert {verdict.code: verdict.outcome for verdict in report.verdicts if verdict.outcome != "pass"} == {}


def test_each_planted_code_is_asked_of_what_is_sound(tmp_path):
    asked = set()
    for make, standard in ((tasks, "instruction/1"), (pairs, "preference/1")):
        asked |= {one.code for one in datastd.check(put(tmp_path, make()), standard, format="chat").verdicts}
    assert asked >= {*PLANTS}


@pytest.mark.parametrize(
    ("code", "plant"), [(code, plant) for of in (PLANTS, MORE) for code, some in of.items() for plant in (some if isinstance(some, list) else [some])]
)  # fmt: skip
def test_the_defect_planted_in_answers_turns_the_code_red(code, plant, tmp_path):
    verdicts = _check(plant, tmp_path)
    found = verdicts[code]
    says_what(found)
    assert found.outcome == RED[found.level]
    assert found.observed > 0
    assert found.examples or code == "F639"
    others = {one.code for one in verdicts.values() if one.outcome != "pass"} - {code}
    assert others <= BESIDE.get(code, set())


@pytest.mark.parametrize("code", SOUND)
def test_what_is_just_inside_a_boundary_passes(code, tmp_path):
    assert _check(SOUND[code], tmp_path)[code].outcome == "pass"


def test_equal_scores_are_a_warning_of_their_own(tmp_path):
    verdicts = _check(_pair(score_chosen=2, score_rejected=2.0), tmp_path)
    assert {one.code: one.outcome for one in verdicts.values() if one.outcome != "pass"} == {"F699": "warn"}


@pytest.mark.parametrize(("make", "standard"), [(tasks, "preference/1"), (pairs, "instruction/1")])
def test_what_is_of_another_form_does_not_pass(make, standard, tmp_path):
    assert datastd.check(put(tmp_path, make()), standard, format="chat").outcome == "fail"


def test_defaults_of_rules_are_those_of_the_rows():
    assert (PrefLengthBias().least, PrefLengthBias().most) == (0.3, 0.7)
    assert ResponseLanguageMismatch().sure == float(RULE_DEFAULTS["Q608"])
    assert InstructionNearDuplicate().similarity == float(RULE_DEFAULTS["L602"])


def test_repetition_is_held_to_the_limits_of_text():
    limits = {**text_pretraining.standard.limits, **gopher.standard.limits}
    for name, most in ResponseRepetition().fractions.items():
        kind, size = name.split("_")
        assert limits[f"{kind}_{size}gram_character_fraction"].bounds == {"le": most}
    assert limits["word_count"].bounds["ge"] == ResponseRepetition().words
    assert text_pretraining.standard.limits["repeats_in_a_row"].bounds == {"lt": ResponseRepetition().times}
