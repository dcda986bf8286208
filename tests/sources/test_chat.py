"""Fine-tuning data: what is read is what json.loads reads, and what Pydantic refuses is named."""

import bz2
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from chat_files import FORMS, MAKERS, array, lines, many, message, openai, sharegpt, write
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from support import SHARED, needs_data

from datastd.disk import Tree
from datastd.draft import Draft
from datastd.errors import UsageError
from datastd.quiet import named
from datastd.records import chat as records
from datastd.sources import Batch
from datastd.sources.chat import Chat
from datastd.sources.chat.reading import COLUMNS, FIELDS
from datastd.sources.chat.wrong import ANY
from datastd.words import choice

LF = SHARED / "llamafactory" / "data"


def read(folder, **sizes):
    """Each sample by its key, with its turns; the defects, code by key; and how many there were."""
    with Chat(Tree(folder), **sizes) as source:
        plan = source.plan()
        found, defects, seen = {}, [(one.code, one.key) for one in plan.defects], plan.lost
        for shard in plan.shards:
            count = 0
            for one in source.read(shard):
                if isinstance(one, Batch):
                    found |= samples(one)
                    count += len(one)
                else:
                    defects.append((one.code, one.key))
                    count += one.samples
            assert count == shard.samples
            seen += count
        return found, defects, seen


def samples(batch):
    rows = pl.DataFrame({"key": batch.keys, **batch.columns}).rows(named=True)
    turns = {}
    for one in batch.annotations.rows(named=True):
        turns.setdefault(one["row"], []).append(one)
    assert batch.annotations["row"].is_sorted()
    return {one["key"]: one | {"of": turns.get(n, [])} for n, one in enumerate(rows)}


TAGS = {"human": "user", "gpt": "assistant", "observation": "tool", "function_call": "assistant", "system": "system"}
SPEAKERS = ("system", "developer", "user", "assistant", "tool", "function")


def content(said):
    """The text of a message; None where it has none."""
    if isinstance(said, str):
        return said
    if not isinstance(said, list) or not all(isinstance(part, dict) and isinstance(part.get("type"), str) for part in said):
        return None
    texts = [part.get("value") if part.get("text") is None else part["text"] for part in said
             if part["type"] == "text" or isinstance(part.get("text"), str)]
    return "".join(texts) if all(isinstance(one, str) for one in texts) else None


def side(value, *, tagged=False):
    """The turns of one side: role and text of each."""
    if isinstance(value, str):
        return [("assistant", value)]
    some = value if isinstance(value, list) else [value]
    return [(TAGS[one["from"]], one["value"]) if tagged else (one["role"], content(one.get("content"))) for one in some]


def expected(record):
    """The form of a sound record, and its turns: side, role and text of each."""
    of = {name: form for form, names in {
        "openai": ["ChatConversation"], "sharegpt": ["ShareGptConversation"], "alpaca": ["AlpacaTask"],
        "completion": ["PromptCompletion"], "preference": ["PreferencePair", "ShareGptPair", "ChatPair", "AlpacaPair"],
        "openai-dpo": ["OpenAiPair"], "stepwise": ["StepwiseAnswer"],
        "kto": ["KtoConversation", "KtoTask", "KtoShareGpt", "KtoCompletion"],
    }.items() for name in names}  # fmt: skip
    kind = records.record_of(record)
    form, made = of[kind.__name__], []
    if kind is records.OpenAiPair:
        made = [(0, *one) for one in side(record["input"]["messages"])]
        pair = record["preferred_output"], record["non_preferred_output"]
        return form, made + [(n, *one) for n, some in enumerate(pair, 1) for one in side(some)]
    if kind is records.StepwiseAnswer:
        return form, [(0, "user", record["prompt"])] + [(0, "assistant", one) for one in record["completions"]]
    if issubclass(kind, (records.ChatConversation, records.ShareGptConversation)):
        tagged = issubclass(kind, records.ShareGptConversation)
        made = side(record["conversations"] if tagged else record["messages"], tagged=tagged)
        if tagged and record.get("system"):
            made = [("system", record["system"]), *made]
    elif issubclass(kind, records.AlpacaFields):
        made = [("system", record["system"])] if record.get("system") else []
        for asked, said in record.get("history") or []:
            made += [("user", asked), ("assistant", said)]
        made.append(("user", record["instruction"] + ("\n" + record["input"] if record["input"] else "")))
        if form != "preference":
            made.append(("assistant", record["output"]))
    elif record.get("prompt") is not None:
        asked = record["prompt"]
        made = [("user", asked)] if isinstance(asked, str) else side(asked)
        if form != "preference":
            made += side(record["completion"])
    made = [(0, *one) for one in made]
    if form == "preference":
        tagged = kind is records.ShareGptPair
        made += [(n, *one) for n, key in enumerate(("chosen", "rejected"), 1) for one in side(record[key], tagged=tagged)]
    return form, made


def of_samples(turns):
    """What a sample has of its turns, by the names of its columns."""
    answers = [n for n, (where, role, _) in enumerate(turns) if role == "assistant" and where < 2]
    asked = [n for n, (where, role, _) in enumerate(turns) if role == "user" and answers and n < answers[-1] and where < 2]
    mine = [n for n in answers if turns[n][0] == 0]
    sides = [[text for where, _, text in turns if where == n] for n in (1, 2)]
    systems = [text for _, role, text in turns if role in {"system", "developer"}]
    return {
        "system": systems[0] if systems else None, "prompt": turns[asked[-1]][2] if asked else None,
        "response": turns[mine[-1]][2] if mine else None,
        "chosen": sides[0][-1] if sides[0] else None, "rejected": sides[1][-1] if sides[1] else None, "turns": len(turns),
    }  # fmt: skip


def agrees(sample, record):
    form, turns = expected(record)
    assert sample["form"] == form
    assert [(one["side"], one["role"], one["text"]) for one in sample["of"]] == turns
    assert {name: sample[name] for name in of_samples(turns)} == of_samples(turns)
    names = [{0: "", 1: "chosen.", 2: "rejected."}[one["side"]] + str(one["turn"]) for one in sample["of"]]
    assert [one["annotation"] for one in sample["of"]] == names
    assert [one["speaker"] for one in sample["of"]] == [SPEAKERS.index(role) if role in SPEAKERS else -1 for _, role, _ in turns]


@pytest.mark.parametrize("name", ["train.jsonl", "train.json", "train.jsonl.gz", "train.json.bz2", "a/dev.ndjson"])
def test_all_forms_are_read_whatever_the_file_is(name, tmp_path):
    made = [make(n) for make in MAKERS for n in range(3)]
    plain = array(made) if ".json." in f"{name}." else lines(made)
    packed = gzip.compress(plain) if name.endswith(".gz") else bz2.compress(plain) if name.endswith(".bz2") else plain
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(packed)
    found, defects, seen = read(tmp_path, shard=1000, run=700)
    assert defects == []
    assert seen == len(made)
    for n, record in enumerate(made):
        agrees(found[f"{name}#{n}"], record)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.sampled_from(
    ["", "user", "assistant", "text", "\x00", "😀é", '"\\/\b\f\n\r\t', "\u2028", "[{", "],"]
)
OTHER = st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from([1 << 70, 0.0, 1.5]) | TEXT
KEYS = [
    "messages", "conversations", "chosen", "rejected", "prompt", "completion", "label", "kto_tag", "instruction", "input", "output",
    "system", "history", "role", "content", "from", "value", "type", "text", "tool_calls", "function_call", "function", "name",
    "arguments", "id", "completions", "labels", "preferred_output", "tools", "weight", "score_chosen", "score_rejected", "x",
]  # fmt: skip


def inside(value):
    """Every object and list in a value that has something in it, itself too."""
    if isinstance(value, (dict, list)) and value:
        yield value
        for one in value.values() if isinstance(value, dict) else value:
            yield from inside(one)


@st.composite
def spoiled(draw):
    """A sound record with a value or two taken out, put in, or replaced, anywhere in it."""
    made = json.loads(json.dumps(draw(st.sampled_from(MAKERS))(draw(st.integers(0, 3)))))
    for _ in range(draw(st.sampled_from([1, 1, 0, 2, 3]))):
        here = draw(st.sampled_from([*inside(made)] or [made]))
        value = draw(st.one_of(
            OTHER, st.lists(OTHER, max_size=2), st.just({}), st.just([]), st.just(message("assistant", "yes")),
            st.just([message("user", [{"type": "text", "text": "a"}, {"type": "image_url"}, {"type": "text", "value": "b"}])]),
            st.just([{"type": "text"}]), st.just([["a", "b"]]), st.just([{"from": "gpt", "value": "v"}]),
            st.just([{"function": {"name": "f", "arguments": {}}}]), st.just({"name": "f", "arguments": "{}"}),
        ))  # fmt: skip
        place = draw(st.sampled_from([*here] if isinstance(here, dict) else range(len(here)))) if here else None
        match draw(st.sampled_from(["replace", "remove", "add"])):
            case "replace" if place is not None:
                here[place] = value
            case "remove" if place is not None:
                del here[place]
            case _ if isinstance(here, dict):
                here[draw(st.sampled_from(KEYS))] = value
            case _:
                here.append(value)
    return made


def escaped(draw, text):
    """A JSON text with some letters of its strings written as escapes."""
    if draw(st.booleans()):
        return text
    out, within, at = [], False, 0
    while at < len(text):
        one = text[at]
        if within and one == "\\":
            size = 6 if text[at + 1] == "u" else 2
            out.append(text[at : at + size])
            at += size
            continue
        within ^= one == '"'
        out.append(f"\\u{ord(one):04x}" if within and one in "aeos" else one)
        at += 1
    return "".join(out)


def accepted(record):
    """Whether Pydantic takes a record, less what the catalogue has another code for than its source's."""
    if not isinstance(record, dict):
        return False
    kind = records.record_of(record)
    if kind is None:
        return False
    if issubclass(kind, records.AlpacaFields):  # keys of two forms are F626
        others = {"text", "prompt", "completion", "messages", "conversations", "completions"}
        record = {key: value for key, value in record.items() if key not in others}
    try:
        kind.model_validate_json(json.dumps(record))
    except ValidationError:
        return False
    return True


VALUES = (
    None, True, 0, 1.5, "", "assistant", [], {}, ["a"], [[]], [["a", "b"]], [["a", 1]], [True], [message("assistant", "yes")],
    message("user", "no"), [{"type": "text", "text": "a"}, {"type": "image_url"}, {"type": "text", "value": "b"}], [{"type": "text"}],
    [{"type": "output_text", "text": "a"}, {"type": "image", "text": None}], [{"type": "Text", "text": ""}], [{"type": 7, "text": "a"}], ["a", {"type": "text", "text": "b"}], [{"from": "gpt", "value": "v"}], {"from": "gpt", "value": "v"},
    [{"function": {"name": "f", "arguments": {}}}], [{"id": 7, "function": {"name": "f", "arguments": ""}}],
    {"name": "f", "arguments": "{}"}, {"name": "f", "arguments": []}, {"id": 7, "name": "f", "arguments": "{}"},
)  # fmt: skip


def changed(made):
    """A record with one thing in it changed, each in turn: each value by each other, each key left out, or put in."""
    text = json.dumps(made)
    for number, whole in enumerate([*inside(made)]):
        places = [*whole] if isinstance(whole, dict) else [*range(len(whole))]
        more = {*KEYS} - {*whole} if isinstance(whole, dict) else ()
        for place, value in [*((one, value) for one in (*places, *sorted(more)) for value in VALUES), *((one, KEYS) for one in places)]:
            again = json.loads(text)
            here = [*inside(again)][number]
            if value is KEYS:
                del here[place]
            else:
                here[place] = value
            yield again


@pytest.mark.parametrize("make", MAKERS)
def test_what_is_read_of_each_change_is_what_pydantic_takes(make, tmp_path):
    made = [make(1), *changed(make(1))]
    found, defects, seen = read(write(tmp_path, made))
    assert seen == len(made)
    assert len(found) + len(defects) == seen
    judge(made, found, defects, "train.jsonl")


def judge(made, found, defects, name):
    lost = {key for _, key in defects}
    for n, record in enumerate(made):
        key = f"{name}#{n}"
        odd = key in found and any(one["content"] == 3 for one in found[key]["of"])  # content of a wrong type is F605
        assert (key in found and not odd) == accepted(record), record
        assert (key in found) != (key in lost)
        if key in found and not odd:
            agrees(found[key], record)


def named_by(folder):
    """Each defect, by the number of its record."""
    with Chat(Tree(folder)) as source:
        found = [one for shard in source.plan().shards for one in source.read(shard)]
    return {int(one.key.rpartition("#")[2]): one for one in found if not isinstance(one, Batch)}


def kind(value):
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return {dict: "an object", str: "a string", int: "a number", float: "a number", type(None): "null"}.get(type(value), json.dumps(value))


def is_true(record, keys, found):
    """Whether that is there: keys lead to a value of the kind that is said, or to nothing where none is."""
    value = record
    *steps, last = [int(number) if number else name for name, number in re.findall(r"(\w+)|\[(\d+)\]", keys)] or [None]
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else value[step] if isinstance(value, list) else None
    if found == "none":
        return last is not None and last not in value
    value = value if last is None else value[last]
    if found == "none of them":
        return records.record_of(value) is None
    if found == "one of another role":
        return value[0]["role"] != "assistant"
    if found.startswith("a list of "):
        return len(value) == int(found.removeprefix("a list of "))
    if found.startswith('"'):
        return found == named(value) or all(json.loads(one) in value for one in found.split(", "))
    return found == kind(value)


@pytest.mark.parametrize("make", MAKERS)
def test_what_a_defect_says_of_a_change_is_true(make, tmp_path):
    made = [*changed(make(1))]
    defects = named_by(write(tmp_path, made))
    for number, one in defects.items():
        place, _, keys = one.at.partition(": ")
        assert re.fullmatch(r"line \d+, byte \d+", place)
        assert is_true(made[number], keys, one.found), (one, made[number])


SOUND = json.dumps(openai(0)).encode()
CALLS = '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": null, "tool_calls": [%s]}]}'


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ("7", "expected an object, found a number"),
        ("{}", f"expected one of the keys {choice(ANY)}, found none of them"),
        ('{"messages": []}', "messages: expected a list of messages, found an empty list"),
        ('{"messages": [{"role": "user", "content": "a"}, {"content": "b"}]}', "messages[1].role: expected a string, found none"),
        ('{"messages": [{"role": "user", "content": null}]}', "messages[0].content: expected what is said, or a call beside it, found null"),
        ('{"messages": [{"role": "user", "content": "a", "name": 7}]}', "messages[0].name: expected a string or null, found a number"),
        (CALLS % "7", "messages[1].tool_calls[0]: expected an object, found a number"),
        (CALLS % '{"function": {}}', "messages[1].tool_calls[0].function.name: expected a string, found none"),
        ('{"messages": [{"role": "user", "function_call": {"name": "f"}}]}',
         "messages[0].function_call.arguments: expected a string or an object, found none"),
        ('{"conversations": [{"from": "human", "value": "a"}, {"from": "bot", "value": "b"}]}',
         'conversations[1].from: expected human, gpt, system, observation or function_call, found "bot"'),
        ('{"conversations": [{"from": "\\u001b[2J", "value": "a"}]}',
         'conversations[0].from: expected human, gpt, system, observation or function_call, found "\\u{1b}[2J"'),
        ('{"instruction": "a", "input": 7, "output": "b"}', "input: expected a string, found a number"),
        ('{"instruction": "a", "input": "", "output": "b", "x\\ny": 1, "label_": 2}', 'expected the keys of a task alone, found "x\\u{a}y", "label_"'),
        ('{"instruction": "a", "input": "", "output": "b", "x": "' + "9" * (1 << 20) + '"}', "expected the keys of a task alone, found 1 other key"),
        ('{"instruction": "a", "input": "", "output": "b", "history": [["c"]]}', "history[0]: expected a list of two strings, found a list of 1"),
        ('{"prompt": "a", "chosen": "b", "rejected": ["c"]}', "rejected: expected a string, as chosen is, found a list"),
        ('{"prompt": "a", "chosen": "b", "rejected": "c", "score_chosen": "9"}', "score_chosen: expected a number or null, found a string"),
        ('{"prompt": "a", "completion": "b", "label": "true"}', "label: expected true or false, found a string"),
        ('{"input": {"messages": [{"role": "user", "content": "a"}]}, "preferred_output": [{"role": "user", "content": "b"}]}',
         "preferred_output: expected a message of assistant, found one of another role"),
        ('{"input": "a", "preferred_output": []}', "input: expected an object, found a string"),
        ('{"prompt": null, "completion": "b"}', "prompt: expected a string or a list of messages, found null"),
        ('{"prompt": "a", "completions": ["b", 7], "labels": [true]}', "completions[1]: expected a string, found a number"),
        ('{"messages": [{"role": "user", "content": "a", "weight": NaN}]}', "messages[0].weight: expected a finite number, found one that is not"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("is_array", [False, True])
def test_a_defect_says_under_which_key_or_in_which_turn_it_is(record, said, is_array, tmp_path):
    whole = b"[" + SOUND + b"," + record.encode() + b"]" if is_array else SOUND + b"\n" + record.encode()
    one = named_by(write(tmp_path, whole, "train.json" if is_array else "train.jsonl"))[1]
    place = r"byte \d+" if is_array else r"line 2, byte \d+"
    assert re.sub(place + ": ", "", str(one), count=1) == said


@given(made=st.lists(spoiled() | OTHER, min_size=1, max_size=4), data=st.data())
@settings(max_examples=200, deadline=None)
def test_what_is_read_is_what_pydantic_takes(made, data):
    texts = [escaped(data.draw, json.dumps(one, ensure_ascii=data.draw(st.booleans()))).encode() for one in made]
    is_array = data.draw(st.booleans())
    with tempfile.TemporaryDirectory() as root:
        whole = b"[" + b" ,\n".join(texts) + b"]" if is_array else b"\n".join(texts)
        name = "train.json" if is_array else "train.jsonl"
        found, defects, seen = read(write(root, whole, name), run=64)
    assert seen == len(made)
    judge(made, found, defects, name)


def test_the_columns_are_those_that_the_source_and_the_standard_name(tmp_path):
    with Chat(Tree(write(tmp_path, [make(n) for make in MAKERS for n in range(2)]))) as source:
        (batch,) = [one for shard in source.plan().shards for one in source.read(shard)]
    assert {*batch.columns} == {*COLUMNS, "digest", "label"}
    nested = {"row", "annotation", "text", "call_ids", "call_names", "call_arguments", "thoughts"}
    assert {*batch.annotations.columns} == {*FIELDS} | nested
    schema = batch.annotations.schema
    assert all(not schema[name].is_nested() for name in FIELDS)


def test_the_types_do_not_depend_on_what_is_there(tmp_path):
    schemas = set()
    for n, make in enumerate(MAKERS):
        with Chat(Tree(write(tmp_path / str(n), many(make, 2)))) as source:
            (batch,) = [one for shard in source.plan().shards for one in source.read(shard)]
        frame = pl.DataFrame(dict(batch.columns))
        schemas.add((tuple(frame.schema.items()), tuple(batch.annotations.schema.items())))
    assert len(schemas) == 1


@pytest.mark.parametrize("is_array", [False, True])
def test_take_gives_the_same_samples_in_any_order(is_array, tmp_path):
    made = [make(n) for n in range(4) for make in MAKERS]
    name = "train.json" if is_array else "train.jsonl"
    found, *_ = read(write(tmp_path, made, name))
    order = np.random.default_rng(0).permutation(len(made))[:30]
    with Chat(Tree(tmp_path), shard=2000, run=500) as source:
        batch = source.take(name, np.append(order, order[0]))
    again = samples(batch)
    assert batch.keys.to_list() == [f"{name}#{n}" for n in [*order, order[0]]]
    for key, one in again.items():
        assert without_row(one) == without_row(found[key])


def without_row(sample):
    return sample | {"of": [{k: v for k, v in one.items() if k != "row"} for one in sample["of"]]}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["train.jsonl", "train.json", "train.json.gz"])
def test_clean_writes_each_form_again(form, name, tmp_path):
    made = [make(n) for n in range(5) for make in FORMS[form]]
    plain = lines(made) if ".jsonl" in name else array(made, indent=1)
    folder = write(tmp_path / "in", gzip.compress(plain) if name.endswith(".gz") else plain, name)
    keep = np.arange(0, len(made), 2)
    with Chat(Tree(folder), shard=600, run=300) as source, Draft(tmp_path / "out") as draft:
        source.plan()
        source.write({name: keep}, draft)
        draft.publish()
    content_ = (tmp_path / "out" / name).read_bytes()
    text = gzip.decompress(content_) if name.endswith(".gz") else content_
    again = json.loads(text) if ".jsonl" not in name else [json.loads(one) for one in text.splitlines()]
    assert again == [made[n] for n in keep]
    assert (text.lstrip()[:1] == b"[") == (".jsonl" not in name)


def test_clean_takes_a_file_as_it_is_where_all_of_it_stays(tmp_path):
    content_ = b" [\n" + b",\n\n".join(json.dumps(openai(n)).encode() for n in range(4)) + b" ]"
    folder = write(tmp_path / "in", content_, "train.json")
    with Chat(Tree(folder)) as source, Draft(tmp_path / "out") as draft:
        source.plan()
        source.write({"train.json": np.arange(4)}, draft)
        draft.publish()
    assert (tmp_path / "out" / "train.json").read_bytes() == content_


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (b'{"messages": [', "F010"), (b"nothing", "F010"), (b"7", "F011"), (b'["messages"]', "F011"), (b'""', "F011"),
        (b'{"messages": [{"role": "user", "role": "user", "content": "a"}]}', "F012"),
        (b'{"messages": [{"role": "user", "r\\u006fle": "user", "content": "a"}]}', "F012"),
        (b'{"a": 1, "a": 1, "messages": [{"role": "user", "content": "a"}]}', "F012"),
        (b'{"messages": [{"role": "user", "content": "\\ud800"}]}', "F014"),
        (b'{"messages": [{"role": "user", "content": "a", "weight": NaN}]}', "F013"),
        (b'{"messages": [{"role": "user", "content": "\xff"}]}', "F020"),
        (b'{"messages": [{"role": "user", "content": "a"}], "x": ' + b"[" * 200 + b"]" * 200 + b"}", "F010"),
        (b'{"messages": null}', "F601"), (b'{"messages": []}', "F601"), (b'{"messages": {}}', "F601"), (b"{}", "F601"),
        (b'{"messages": [{"content": "a"}]}', "F602"), (b'{"messages": [{"role": "user"}]}', "F602"), (b'{"messages": ["a"]}', "F602"),
        (b'{"messages": [{"role": 7, "content": "a"}]}', "F602"), (b'{"messages": [{"role": "user", "content": null}]}', "F602"),
        (b'{"messages": [{"role": "assistant", "content": null, "tool_calls": []}]}', "F602"),
        (b'{"messages": [{"role": "assistant", "content": null, "tool_calls": [{}]}]}', "F651"),
        (b'{"messages": [{"role": "assistant", "content": null, "tool_calls": [{"function": {"name": "f"}}]}]}', "F651"),
        (b'{"conversations": [{"from": "user", "value": "a"}]}', "F618"), (b'{"conversations": [{"from": "gpt"}]}', "F618"),
        (b'{"conversations": []}', "F618"), (b'{"instruction": "a", "input": 7, "output": "b"}', "F621"),
        (b'{"instruction": "a", "input": "", "output": "b", "example_input": ""}', "F621"), (b'{"instruction": "a", "output": "b"}', "F621"),
        (b'{"prompt": "a", "chosen": "b"}', "F631"), (b'{"prompt": "a", "chosen": "b", "rejected": [{"role": "a", "content": "b"}]}', "F631"),
        (b'{"prompt": "a", "completion": "b", "label": "true"}', "F640"), (b'{"prompt": "a", "completion": "b", "kto_tag": 1}', "F640"),
        (b'{"input": {"messages": [{"role": "user", "content": "a"}]}, "preferred_output": [], "non_preferred_output": []}', "F642"),
        (b'{"prompt": "a"}', "F652"), (b'{"prompt": [], "completion": []}', "F652"),
        (b'{"prompt": "a", "completions": ["b"], "labels": [1]}', "F653"), (b'{"completions": ["b"], "labels": [true]}', "F653"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("is_array", [False, True])
def test_a_record_that_is_none_is_named_and_the_others_are_read(bad, code, is_array, tmp_path):
    name = "train.json" if is_array else "train.jsonl"
    whole = b"[" + b",".join([SOUND, bad, SOUND]) + b"]" if is_array else b"\n".join([SOUND, bad, SOUND])
    if is_array and code == "F010":
        bad_ones = {"nothing": b"nothing", '{"messages": [': b'{"messages": [}]'}
        whole = b"[" + b",".join([SOUND, bad_ones.get(bad.decode("latin-1"), bad), SOUND]) + b"]"
    found, defects, seen = read(write(tmp_path, whole, name))
    assert defects == [(code, f"{name}#1")]
    assert {*found} == {f"{name}#0", f"{name}#2"}
    assert seen == 3


@pytest.mark.parametrize(
    ("content_", "samples_", "code"),
    [
        (b"[" + SOUND + b"," + SOUND[:40], 1, "F654"), (b"[" + SOUND, 1, "F654"), (b"[" + SOUND + b"] 7", 1, "F654"),
        (b"[" + SOUND + b",]", 1, "F654"), (b"[" + SOUND + b"][" + SOUND + b"]", 1, "F654"), (b"[" + SOUND + b", 7", 1, "F654"),
    ],
)  # fmt: skip
def test_an_array_that_does_not_end_as_one_is_named_and_its_records_are_read(content_, samples_, code, tmp_path):
    found, defects, _ = read(write(tmp_path, content_, "train.json"), run=16)
    assert len(found) == samples_
    assert defects == [(code, "train.json")]
    with Chat(Tree(tmp_path)) as source:
        assert source.plan().lost == 1  # whatever it is that the rest holds, it is not passed by unseen


def test_each_run_of_lines_is_read_at_once_and_all_of_them_are_the_file(tmp_path, monkeypatch):
    content_ = lines([openai(n, x="y" * 2000) for n in range(2500)])
    write(tmp_path, content_)
    reads, read_ = [], Tree.read
    with Chat(Tree(tmp_path), run=1 << 20) as source:
        (shard,) = source.plan().shards
        monkeypatch.setattr(Tree, "read", lambda tree, *where: reads.append(where) or read_(tree, *where))
        parts = [part.piece for part, _ in source._read(shard)]
    assert b"".join(parts) == content_
    assert len(parts) == len(reads) > 2
    both = [read(tmp_path, **how)[0] for how in ({"run": 1 << 20}, {})]
    some, every = ([without_row(one) for one in found.values()] for found in both)
    assert some == every
    assert len(some) == 2500


def test_a_number_that_a_shard_ends_with_is_none_that_breaks_off(tmp_path):
    count = 3000  # in three shards: of a piece of a file each, up to behind its last number
    numbers = b"[" + (b"7" + b" " * 998 + b",") * count + SOUND + b"]"
    found, defects, seen = read(write(tmp_path, numbers, "train.json"), shard=1)
    assert defects == [("F011", f"train.json#{n}") for n in range(count)]
    assert ([*found], seen) == ([f"train.json#{count}"], count + 1)
    with Chat(Tree(tmp_path), shard=1) as source:
        assert len(source.plan().shards) > 1
        assert [*source.take("train.json", np.array([count])).keys] == [*found]


@pytest.mark.parametrize("between", [b" ", b",,", b"\n"])
def test_an_element_behind_anything_but_one_comma_is_named(between, tmp_path):
    found, defects, seen = read(write(tmp_path, b"[" + SOUND + between + SOUND + b"," + SOUND + b"]", "train.json"), run=16)
    assert defects == [("F654", "train.json#1")]
    assert (len(found), seen) == (2, 3)


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_an_array_is_cut_as_json_loads_cuts_it(data):
    value = st.recursive(OTHER, lambda one: st.lists(one, max_size=3) | st.dictionaries(TEXT, one, max_size=3), max_leaves=6)
    made = data.draw(st.lists(value, max_size=6))
    text = json.dumps(made, indent=data.draw(st.sampled_from([None, 0, 2])), ensure_ascii=data.draw(st.booleans())).encode()
    with tempfile.TemporaryDirectory() as root, Chat(Tree(write(root, text, "a.json")), run=data.draw(st.integers(1, 60))) as source:
        from datastd.sources import Findings
        from datastd.sources.serial import Place

        trouble = Findings()
        parts = [*source._parts("a.json", Place(0, 0, 0), None, trouble)]
        cut = [part.piece[a:b] for part in parts if part.records for a, b in zip(part.starts.tolist(), part.stops.tolist(), strict=True)]
        assert trouble.defects == []
        assert sum(part.size for part in parts) == len(text)
    assert [json.loads(one) for one in cut] == made


@pytest.mark.parametrize("bare", [b"0." + b"1" * 999, b'"%s"' % (b"a" * 999), b"[%s7]" % (b" " * 999)])
def test_an_array_is_read_alike_wherever_its_parts_are_cut(bare, tmp_path):
    """A number has no end of its own: where a part ends behind one, nothing says so."""
    count = (3 << 20) // len(bare)
    found, defects, seen = read(write(tmp_path, b"[" + (bare + b",") * count + SOUND + b"]", "a.json"), shard=1 << 10)
    assert (seen, {*found}) == (count + 1, {f"a.json#{count}"})
    assert defects == [("F011", f"a.json#{n}") for n in range(count)]


@pytest.mark.parametrize("name", ["train.jsonl", "train.json"])
def test_a_record_that_is_too_long_is_passed_by(name, tmp_path):
    made = [openai(0), openai(1) | {"x": "y" * (4 << 20)}, openai(2), sharegpt(3)]
    found, defects, seen = read(write(tmp_path, made, name), run=100, longest=2 << 20, shard=1)
    assert defects == [("F010" if name.endswith("l") else "F097", f"{name}#1")]
    assert (len(found), seen) == (3, 4)


@example(text='{"text": "a"}').via("found by trial")
@given(text=st.sampled_from(['{"text": "\\"messages\\""}', '{"id": 1, "text": "b"}', "[1]", "", '{"data": [], "version": "1"}',
                             '[["instruction", "output"]]', '["instruction", "output"]', "[" * 5000, '{"n": ' + "9" * 5000 + "}"]))
def test_a_file_of_something_else_is_not_taken_for_this_format(text):
    with tempfile.TemporaryDirectory() as root:
        assert not Chat.recognises(Tree(write(root, text.encode(), "a.json")))
        assert not Chat.recognises(Tree(write(root, text.encode(), "a.jsonl")))


@pytest.mark.parametrize("make", MAKERS)
def test_each_form_is_recognised(make, tmp_path):
    assert Chat.recognises(Tree(write(tmp_path / "l", many(make))))
    assert Chat.recognises(Tree(write(tmp_path / "a", many(make), "a.json")))


def test_no_kernel_is_compiled_to_tell_data_of_another_format(tmp_path):
    code = (
        "import sys; from pathlib import Path; from datastd.disk import Tree; from datastd.sources.chat import Chat\n"
        "print(Chat.recognises(Tree(Path(sys.argv[1]))))"
    )
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.jsonl").write_text('{"text": "a"}\n')
    (tmp_path / "data" / "b.json").write_text('[{"images": [], "annotations": []}]')
    cache = {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "data"], env=os.environ | cache, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("False\n", "")
    assert not [*tmp_path.glob("cache/**/*.nb[ic]")]


def test_the_format_has_one_option():
    with pytest.raises(UsageError):
        Chat.of(Tree(Path(__file__).parent), ["other"])


@needs_data
@pytest.mark.parametrize(
    ("name", "count", "form"),
    [("glaive_toolcall_en_demo.json", 300, "sharegpt"), ("dpo_en_demo.json", 300, "preference"), ("kto_en_demo.json", 300, "kto"),
     ("identity.json", 91, "alpaca"), ("v1_sft_demo.jsonl", 500, "openai")],
)  # fmt: skip
def test_published_demos_are_read_as_json_loads_reads_them(name, count, form, tmp_path):
    content_ = (LF / name).read_bytes()
    made = json.loads(content_) if name.endswith(".json") else [json.loads(one) for one in content_.splitlines()]
    found, defects, seen = read(write(tmp_path, content_, name), run=4000, shard=20_000)
    assert (defects, seen, len(made)) == ([], count, count)
    for n, record in enumerate(made):
        agrees(found[f"{name}#{n}"], record)
        assert found[f"{name}#{n}"]["form"] == form
