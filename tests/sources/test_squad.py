"""SQuAD's layout: what json.load reads is what is read, and what Pydantic refuses is named."""

import json
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from squad_files import sound, squad, write
from support import SHARED, needs_data

import datastd
from datastd.disk import Tree
from datastd.draft import Draft
from datastd.records.squad import SquadFile
from datastd.rules.spans.squad_id_duplicate import SquadIdDuplicate
from datastd.sources import Batch, Defect
from datastd.sources.jsonl import tape
from datastd.sources.squad import Squad
from datastd.standard import Standard


def read(folder, shard=4 << 20):
    """Each question by its key, as json.load would have it; and the defects, code and key."""
    with Squad(Tree(folder), shard=shard) as source:
        plan = source.plan()
        found, defects = {}, [(one.code, one.key) for one in plan.defects]
        seen = plan.lost
        for part in plan.shards:
            count = 0
            for one in source.read(part):
                if isinstance(one, Batch):
                    found |= questions(one)
                    count += len(one)
                else:
                    defects.append((one.code, one.key))
                    count += one.samples
            assert count == part.samples
            seen += count
        return found, defects, seen


def questions(batch):
    c, marks = batch.columns, {}
    for row, name, plausible, start, text in batch.annotations.rows():
        marks.setdefault((row, plausible), []).append({"text": text, "answer_start": start})
        assert name == ("plausible" if plausible else "") + str(len(marks[row, plausible]) - 1)
    assert batch.annotations["row"].is_sorted()
    return {
        key: {
            "title": c["title"][n], "context": c["context"].values[int(c["context"].which[n])], "id": c["id"][n],
            "question": c["text"][n], "answers": marks.get((n, False), []), "plausible": marks.get((n, True), []),
            "impossible": c["impossible"][n], "version": c["version"][n],
        }
        for n, key in enumerate(batch.keys)
    }  # fmt: skip


def _plain(answers):
    return [{"text": one["text"], "answer_start": one["answer_start"]} for one in answers]


def expected(made, name="train.json"):
    rows = [(a, p, q) for a in made["data"] for p in a["paragraphs"] for q in p["qas"]]
    return {
        f"{name}#{n}": {
            "title": a["title"], "context": p["context"], "id": q["id"], "question": q["question"], "answers": _plain(q["answers"]),
            "plausible": _plain(q.get("plausible_answers", [])), "impossible": q.get("is_impossible"), "version": made["version"],
        }
        for n, (a, p, q) in enumerate(rows)
    }  # fmt: skip


@needs_data
@pytest.mark.parametrize("name", ["dev-v1.1.json", "xquad.en.json", "xquad.zh.json"])
def test_published_files_are_read_as_json_load_reads_them(name, tmp_path):
    if name.startswith("dev"):
        content = zipfile.ZipFile(SHARED / "squad/dev-v1.1.json.zip").read(name)
    else:
        content = (SHARED / "squad/xquad" / name).read_bytes()
    made = json.loads(content)
    answers = [{"text": "x"} | one for a in made["data"] for p in a["paragraphs"] for q in p["qas"] for one in q["answers"]]
    found, defects, seen = read(write(tmp_path, content, name), shard=1 << 18)
    assert defects == []
    assert seen == {"dev-v1.1.json": 10_570}.get(name, 1190)
    assert found == expected(made, name)
    assert sum(len(one["answers"]) for one in found.values()) == len(answers)


def test_both_versions_and_all_splits_are_read(tmp_path):
    for version in ("1.1", "2.0"):
        folder = sound(tmp_path / version, version)
        found, defects, _ = read(folder, shard=200)
        assert defects == []
        again = {name: json.loads((folder / name).read_text()) for name in ("train.json", "dev.json")}
        assert found == {k: v for name, made in again.items() for k, v in expected(made, name).items()}
    with Squad(Tree(folder)) as source:
        assert {shard.split for shard in source.plan().shards} == {"train", "val"}


# Values near to what is asked for, and far from it.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.sampled_from(["\x00", "😀é", '"\\/\b\f\n\r\t', "\u2028"])
OTHER = st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from([1 << 31, (1 << 31) - 1, 1 << 70, 0.0, 1.5, 1e300]) | TEXT


def mostly(strategy):
    return st.one_of([strategy] * 8 + [OTHER, st.lists(OTHER, max_size=2), st.dictionaries(TEXT, OTHER, max_size=2)])


def keyed(**fields):
    """An object, in any order of its keys, with others, and at times without one."""
    whole = st.fixed_dictionaries({}, optional=fields) | st.fixed_dictionaries(fields)
    more = st.dictionaries(TEXT.filter(lambda one: one not in fields), OTHER | st.just({"qas": [{}], "text": 1}), max_size=1)
    return st.tuples(st.fixed_dictionaries(fields) | whole, more).flatmap(
        lambda both: st.permutations([*(both[0] | both[1]).items()])
    ).map(dict)  # fmt: skip


ANSWER = keyed(text=mostly(TEXT), answer_start=mostly(st.integers(0, 9)))
ANSWERS = mostly(st.lists(mostly(ANSWER), max_size=2))
QUESTION = st.one_of(
    keyed(id=mostly(TEXT), question=mostly(TEXT), answers=ANSWERS),
    keyed(id=TEXT, question=TEXT, answers=ANSWERS, is_impossible=mostly(st.booleans()), plausible_answers=ANSWERS),
)
PARAGRAPH = keyed(context=mostly(TEXT), qas=mostly(st.lists(mostly(QUESTION), max_size=3)))
ARTICLE = keyed(title=mostly(TEXT), paragraphs=mostly(st.lists(mostly(PARAGRAPH), max_size=2)))
FILE = mostly(keyed(version=mostly(st.just("1.1")), data=mostly(st.lists(mostly(ARTICLE), max_size=2))))


def _inside(value):
    """Every object and list in a value that has something in it, itself too."""
    if isinstance(value, (dict, list)) and value:
        yield value
        for one in value.values() if isinstance(value, dict) else value:
            yield from _inside(one)


@st.composite
def spoiled(draw):
    """A sound file with a value or two taken out, put in, or replaced, anywhere in it."""
    made = squad(draw(st.sampled_from([1, 2, 4])), version=draw(st.sampled_from(["1.1", "2.0"])))
    for _ in range(draw(st.sampled_from([1, 1, 1, 0, 2]))):
        here = draw(st.sampled_from([*_inside(made)]))
        value = draw(OTHER | st.lists(OTHER, max_size=2) | st.just({}) | st.sampled_from([-1, 7, -0.0]))
        place = draw(st.sampled_from([*here] if isinstance(here, dict) else range(len(here))))
        match draw(st.sampled_from(["replace", "replace", "remove", "add"])):
            case "replace":
                here[place] = value
            case "remove":
                del here[place]
            case "add" if isinstance(here, dict):
                here[draw(st.sampled_from(["is_impossible", "plausible_answers", "text", "more"]))] = value
            case "add":
                here.insert(place, value)
    return made


@given(FILE, st.booleans(), st.integers(1, 400))
@example({"version": "1.1", "data": [{"title": "", "paragraphs": [{"context": "", "qas": [{"id": "", "question": "", "answers": [], "is_impossible": None}]}]}]}, False, 9)
@settings(max_examples=100, deadline=None)
def test_what_is_read_is_what_pydantic_takes(made, escaped, shard):
    _agrees(made, escaped, shard)


@given(spoiled(), st.booleans(), st.integers(1, 2000))
@settings(max_examples=400, deadline=None)
def test_what_is_wrong_anywhere_is_what_pydantic_refuses(made, escaped, shard):
    _agrees(made, escaped, shard)


def _agrees(made, escaped, shard):
    content = json.dumps(made, ensure_ascii=escaped)
    with tempfile.TemporaryDirectory() as folder:
        found, defects, _ = read(write(folder, content.encode()), shard)
        flags = [n for n in flag_kinds(folder) if n == 2]
    try:
        SquadFile.model_validate_json(content)
    except ValidationError as error:
        assert defects or flags
        codes = {code for code, _ in defects}
        assert codes <= {"F501", "F502", "F503"}
        errors = [one["loc"] for one in error.errors()]
        assert all(one[-1:] == ("is_impossible",) for one in errors) == (not defects)
        # Of a value that is none of its kind no more is said than that.
        if any(len(one) > 7 and one[6] in {"answers", "plausible_answers"} for one in errors) and "F501" not in codes:
            assert "F503" in codes
    else:
        nothing = [("F501", "train.json")] if not expected(made) else []  # which a file of questions may not be
        assert (defects, flags) == (nothing, [])
        assert found == expected(made)


def flag_kinds(folder):
    with Squad(Tree(folder)) as source:
        for shard in source.plan().shards:
            for one in source.read(shard):
                if isinstance(one, Batch):
                    yield from np.asarray(one.columns["flag"]).tolist()


NAMES = ["a", "b", "data"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*NAMES, "c", "ü"]), inner, max_size=3),
    max_leaves=12,
)


@given(VALUES, st.integers(1, 40), st.booleans(), st.sampled_from([None, 1]))
@settings(max_examples=200, deadline=None)
def test_a_tape_has_every_value_wherever_the_pieces_are_cut(made, size, escaped, indent):
    content = json.dumps(made, ensure_ascii=escaped, indent=indent).encode()

    def pieces():
        return (content[at : at + size] for at in range(0, len(content), size))

    ended = tape.whole(pieces(), NAMES, 9, unjudged="b", told=["a"])
    whole = tape.whole(iter([content]), NAMES, 9, unjudged="b", told=["a"])
    assert ended.at is None
    assert np.array_equal(ended.tape.known, whole.tape.known)
    assert np.array_equal(ended.tape.where, whole.tape.where)
    assert ended.said == whole.said
    found = [*zip(ended.tape.kind.tolist(), [json.loads(ended.tape.raw(content, n)) for n in range(len(ended.tape))], strict=True)]
    assert found == [*_walked(made)]


def _walked(value):
    kinds = {dict: 0, list: 1, str: 2, int: 3, float: 3, bool: 4, type(None): 6}
    yield kinds[type(value)] + (value is False), value
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        if not isinstance(key, str) or key in NAMES:
            yield from _walked(inner)


@given(st.binary(max_size=40) | st.text("{}[]\",:0123456789-+.eE\\untrufalsN I\n\t", max_size=40).map(str.encode), st.integers(1, 12))
@settings(max_examples=400, deadline=None)
def test_what_is_no_json_is_not_taken_for_some(content, size):
    ended = tape.whole((content[at : at + size] for at in range(0, len(content), size)), NAMES, 9, unjudged="b", told=[])
    try:
        value = json.loads(content.decode())
        sound = True
    except (ValueError, RecursionError):
        sound = False
    faults = ended.tape.fault.any() if len(ended.tape) else False
    if ended.at is None and not faults:
        assert sound
    if sound and ended.at is not None:
        assert "\ufeff" in content.decode() or not isinstance(value, (dict, list, str, int, float, bool, type(None)))


HOSTILE = {
    "no JSON": (b"<html>", {"F501"}, 0),
    "nothing": (b"", {"F002"}, 0),
    "white space": (b" \n ", {"F501"}, 0),
    "a list": (b"[]", {"F501"}, 0),
    "a mark": (b"\xef\xbb\xbf{}", {"F501"}, 0),
    "brackets": (b"[" * 200_000, {"F501"}, 0),
    "an article that is a list": (lambda m: m["data"].insert(0, []), {"F501"}, 12),
    "a paragraph that is a list": (lambda m: m["data"][0]["paragraphs"].insert(0, []), {"F501"}, 12),
    "questions in an object": (lambda m: m["data"][0]["paragraphs"][0].update(qas={}), {"F501"}, 11),
    "a question that is a list": (lambda m: m["data"][0]["paragraphs"][0]["qas"].insert(0, []), {"F502"}, 12),
    "ids that are numbers": (lambda m: [p["qas"][0].update(id=7) for p in m["data"][0]["paragraphs"]], {"F502"}, 9),
    "no context": (lambda m: m["data"][0]["paragraphs"][0].pop("context"), {"F501"}, 11),
    "deep nesting": (lambda m: m["data"][0]["paragraphs"][0]["qas"][0].update(more=json.loads("[" * 90 + "]" * 90)), set(), 12),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_named_and_the_rest_is_read(name, tmp_path):
    given_, codes, left = HOSTILE[name]
    made = squad(12)
    if not isinstance(given_, bytes):
        given_(made)
        given_ = made
    found, defects, _ = read(write(tmp_path, given_))
    assert ({code for code, _ in defects}, len(found)) == (codes, left)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda one: one.update(id=7), "expected a valid string as id, found an integer"), (lambda one: one.pop("question"), "expected a value as question, found none"),
        (lambda one: one.update(answers={}), "expected a valid array as answers, found an object"), (lambda one: one["answers"][0].update(answer_start="5"), "expected a valid integer as answer_start, found a string"),
        (lambda one: one["answers"][0].update(answer_start=-1), "expected greater than or equal to 0 as answer_start, found a smaller one"),
    ],
)  # fmt: skip
def test_a_defect_says_which_field_it_is_about_and_what_is_there(change, said, tmp_path):
    made = squad(12)
    change(made["data"][0]["paragraphs"][0]["qas"][0])
    with Squad(Tree(write(tmp_path, made))) as source:
        (found,) = [one for shard in source.plan().shards for one in source.read(shard) if isinstance(one, Defect)]
    assert str(found).partition(": ")[2] == said


@pytest.mark.parametrize(
    ("old", "new", "code", "lost"),
    [
        (b'"id": "q4"', b'"id": "q4", "id": "q4"', "F012", {4}),
        (b'"id": "q4"', b'"id": "q4", "\\u0069d": 1', "F012", {4}),
        (b'"id": "q4"', b'"id": "\\ud800"', "F014", {4}),
        (b'"id": "q4"', b'"id": "\xff"', "F020", {4}),
        (b'"id": "q4"', b'"id": "q4", "more": [{"x": NaN}]', "F013", {4}),
        (b'"id": "q4"', b'"id": "q4", "more": 1e999', "F013", {4}),
        (b'"context": "The town of Madrid', b'"context": "\\udc00The town of Madrid', "F014", {4}),
        (b'"context": "The town of Madrid', b'"context": "x", "context": "The town of Madrid', "F012", {4}),
        (b'"context": "The town of Madrid', b'"a": {"b": 1, "b": 2}, "context": "The town of Madrid', "F012", {4}),
        (b'"id": "q4"', b'"id": "q4", ' + b"".join(b'"k%d": {"a": 1, "b": [{"a": 1}]}, ' % n for n in range(900)) + b'"id": 1', "F012", {4}),
        (b'"id": "q4"', b'"id": "q4", "x": {' + b"".join(b'"k%d": 0, ' % n for n in range(3000)) + b'"k7": 1}', "F012", {4}),
        (b'"title": "Towns 3"', b'"title": "Towns 3", "title": "x"', "F501", set()),
        (b'"title": "Towns 3"', b'"title": "\\ud800"', "F501", set()),
    ],
)  # fmt: skip
def test_what_json_allows_and_parsers_do_not_agree_on_costs_its_question(old, new, code, lost, tmp_path):
    content = json.dumps(squad(12)).encode()
    assert old in content
    found, defects, seen = read(write(tmp_path, content.replace(old, new)))
    assert [one for one, _ in defects] == [code]
    assert {*found} == {f"train.json#{n}" for n in range(12) if n not in lost}
    assert seen == 12
    assert defects[0][1] == (f"train.json#{min(lost)}" if lost else "train.json")


SILENT = {
    "a context twice": (b'{"context": "a", "context": "b", "qas": []}', "each key once"),
    "a key twice, deep inside": (b'{"context": "a", "x": {"y": [[{"k": 1, "k": 2}]]}, "qas": []}', "each key once"),
    "bytes that are no UTF-8": (b'{"context": "a\xff", "qas": []}', "UTF-8"),
    "half of a pair": (b'{"context": "a\\ud800", "qas": []}', "both halves of a pair"),
    "NaN": (b'{"context": "a", "x": NaN, "qas": []}', "a finite number"),
    "no context": (b'{"qas": []}', "a string as context"),
    "a context that is none": (b'{"context": 7, "qas": []}', "a string as context"),
    "two lists": (b'{"context": "a", "qas": [], "qas": []}', "qas once"),
}


@pytest.mark.parametrize("name", SILENT)
@pytest.mark.parametrize("place", [b'"paragraphs": [', b'"data": ['])
def test_a_paragraph_that_no_question_is_about_is_named_and_loses_none(name, place, tmp_path):
    bad, said = SILENT[name]
    whole = json.dumps(squad(12)).encode()
    more = bad + b", " if b"para" in place else b'{"title": "T", "paragraphs": [' + bad + b"]}, "
    content = whole.replace(place, place + more, 1)
    for shard in (1, 1 << 20):
        with Squad(Tree(write(tmp_path, content)), shard=shard) as source:
            plan = source.plan()
            (defect,) = plan.defects
            assert (defect.code, defect.expected, plan.lost) == ("F501", said, 0)
            at = int(defect.at.removeprefix("byte "))
            assert content.index(bad) <= at < content.index(bad) + len(bad)
            every = [one for one_ in plan.shards for one in source.read(one_)]
            assert sum(len(one) for one in every) == 12


def test_a_fault_of_a_question_is_at_the_same_byte_when_it_is_taken(tmp_path):
    made = squad(12)
    made["data"][1]["paragraphs"][1]["qas"][0]["id"] = 7
    with Squad(Tree(write(tmp_path, made))) as source:
        (read_,) = [one for shard in source.plan().shards for one in source.read(shard) if isinstance(one, Defect)]
        with pytest.raises(Defect) as taken:
            source.take("train.json", np.array([int(read_.key.rpartition("#")[2]), 0]))
        assert taken.value.at == read_.at


def test_a_file_that_is_cut_gives_all_whole_paragraphs_before(tmp_path):
    content = json.dumps(squad(12)).encode()
    whole = read(write(tmp_path / "whole", content))[0]
    for cut in range(0, len(content) - 1, 97):
        found, defects, seen = read(write(tmp_path / f"{cut}", content[:cut]))
        assert {code for code, _ in defects} <= {"F501", "F002"}
        assert defects
        if found:
            kept = {key: one | {"version": "1.1"} for key, one in found.items()}
            assert kept == {key: one for key, one in whole.items() if key in found}
        before = content[:cut].count(b'"id"')
        assert before - 1 <= seen <= before + 1
        assert len(found) >= before - 1


def test_a_paragraph_of_many_questions_comes_in_several_batches(tmp_path, monkeypatch):
    made = squad(6, version="2.0")
    for n in range(7):
        made["data"][0]["paragraphs"][0]["qas"].append(made["data"][0]["paragraphs"][0]["qas"][0] | {"id": f"more {n}"})
    folder = write(tmp_path, made)
    whole = read(folder)
    monkeypatch.setattr("datastd.sources.squad.BATCH", 2)
    assert read(folder) == whole
    assert whole[0] == expected(made)


def test_questions_are_taken_again_in_any_order(tmp_path):
    folder = sound(tmp_path, "2.0")
    with Squad(Tree(folder), shard=300) as source:
        every = {}
        digests = {}
        for shard in source.plan().shards:
            for one in source.read(shard):
                every |= questions(one)
                digests |= dict(zip(one.keys, one.columns["digest"], strict=True))
        rows = np.array([17, 0, 5, 5, 23])
        taken = source.take("train.json", rows)
        assert taken.keys.to_list() == [f"train.json#{row}" for row in rows]
        assert [*taken.columns["digest"]] == [digests[key] for key in taken.keys]
        assert questions(taken) == {f"train.json#{row}": every[f"train.json#{row}"] for row in rows}
        with pytest.raises(IndexError):
            source.take("train.json", np.array([24]))


def test_a_question_that_cannot_be_read_is_not_taken(tmp_path):
    made = squad(6, version="2.0")
    made["data"][0]["paragraphs"][1].pop("context")
    made["data"][1]["paragraphs"][0]["qas"][1].pop("id")
    with Squad(Tree(write(tmp_path, made))) as source:
        source.plan()
        for row, key in ((3, "train.json#3"), (7, "train.json#7")):
            with pytest.raises(Defect) as refused:
                source.take("train.json", np.array([0, row]))
            assert (refused.value.key, refused.value.samples) == (key, 1)
        assert len(source.take("train.json", np.array([0, 6]))) == 2


@pytest.mark.parametrize("indent", [None, 1])
def test_clean_writes_the_questions_that_pass_in_the_same_layout(indent, tmp_path):
    made = squad(12, version="2.0") | {"more": ["kept"]}
    made["data"][1]["paragraphs"][0]["note"] = {"kept": True}
    made["data"][0]["paragraphs"][0]["qas"][0]["answers"][0]["answer_start"] += 2
    for one in made["data"][2]["paragraphs"]:
        one["qas"] = [one["qas"][0] | {"id": 7}]
    folder = write(tmp_path / "data", json.dumps(made, indent=indent).encode())
    done = datastd.clean(folder, tmp_path / "out", "squad-2.0/1")
    assert done.outcome.opens
    assert dict(done.removed) == {"C501": 1, "C503": 1, "F502": 3} or dict(done.removed) == {"C501": 1, "F502": 3}
    again = json.loads((tmp_path / "out" / "train.json").read_text())
    del made["data"][0]["paragraphs"][0]["qas"][0], made["data"][2]
    assert again == made


def test_of_questions_with_one_id_clean_leaves_the_first_in_each_file(tmp_path):
    made = squad(12)
    for number in (3, 5, 9):
        made["data"][number // 3]["paragraphs"][number % 3]["qas"][0]["id"] = "q0"
    write(tmp_path / "data", made)
    write(tmp_path / "data", squad(12), "dev.json")  # which has the same ids, each once
    standard = Standard(name="x/1", about="x", formats=("squad",), rules=(SquadIdDuplicate(),))
    report = datastd.check(tmp_path / "data", standard)
    assert (report["C504"].observed, report["C504"].failed) == (1, 4)
    done = datastd.clean(tmp_path / "data", tmp_path / "out", standard)
    assert (dict(done.removed), done.outcome) == ({"C504": 3}, "pass")


def test_what_breaks_off_is_written_as_far_as_it_is_whole(tmp_path):
    content = json.dumps(squad(12)).encode()
    write(tmp_path / "data", content[: content.index(b'"Which town is number 7')])
    with Squad(Tree(tmp_path / "data")) as source, Draft(tmp_path / "out") as draft:
        source.plan()
        source.write({"train.json": np.array([1, 3, 6])}, draft)
        draft.publish()
    again = json.loads((tmp_path / "out/train.json").read_text())
    assert [p["qas"][0]["id"] for a in again["data"] for p in a["paragraphs"]] == ["q1", "q3", "q6"]
    assert [a["title"] for a in again["data"]] == ["Towns 0", "Towns 3", "Towns 6"]


def test_other_json_is_not_taken_for_questions(tmp_path):
    for name, content in {"coco": {"images": [], "annotations": []}, "index": {"version": 2, "shards": []}}.items():
        assert not Squad.recognises(Tree(write(tmp_path / name, content)))
    assert Squad.recognises(Tree(sound(tmp_path / "squad")))
    assert Path(tmp_path / "squad").is_dir()
