"""Messages of row limits: what is wrong with the first rows is said in words, and sound data cost nothing."""

import dataclasses
import gzip
import json

import chat_files as made
import pandera.polars as pa
import polars as pl
import pytest
from chat_files import message, write
from coco_files import coco, draw
from coco_files import write as write_coco
from hypothesis import given, settings
from hypothesis import strategies as st

import datastd
from datastd import Standard, limit
from datastd.engines.crew import Crew
from datastd.errors import DataChanged
from datastd.measures import measure, words
from datastd.measures.turns.control_strings import control_strings
from datastd.measures.turns.unknown_role import unknown_role
from datastd.model import EXAMPLES
from datastd.quiet import is_hidden, named

ASKED, SAID = message("user", "Where does the road go?"), message("assistant", "It goes down to the sea.")
BOT = {"messages": [ASKED, message("bot", "I am one."), ASKED, SAID]}


@words("annotations")
def length_said(text: pl.Series, row: pl.Series, record: pl.Series) -> pl.Series:
    return pl.Series([f"expected none, found {len(one)} in {len(record[at])}" if one != "Yes." else None for one, at in zip(text, row, strict=True)])


@measure("X901", "a-length", unit="characters", over="annotations", words=length_said)
def length(text: pl.Series) -> pl.Series:
    return text.str.len_chars().cast(pl.Int64)


@words()
def broken_said(form: pl.Series) -> pl.Series:
    raise ValueError(form)


def standard(*measures, **limits):
    """A standard of limits on these measures, each of the table that it is over."""
    models = {}
    for table in ("samples", "annotations"):
        own = [one for one in measures if one.over == table]
        made_ = {one.column: limits.get(one.column, limit(eq=0)) for one in own}
        models[table] = type("Rows", (pa.DataFrameModel,), {"__annotations__": dict.fromkeys(made_, int), **made_}) if own else None
    return Standard(name="told/1", about="Told.", formats=("chat",), measures=measures, rows=models["samples"], annotations=models["annotations"])


def says(folder, judge, code):
    return [(one.key, one.says) for one in datastd.check(folder, judge)[code].examples]


def test_what_is_wrong_is_said_of_the_first_rows_and_the_rest_says_its_number(tmp_path):
    write(tmp_path, [BOT] * 9)
    report = datastd.check(tmp_path, standard(unknown_role))
    found = report["F603"].examples
    assert len(found) == EXAMPLES
    assert {one.says for one in found} == {
        'unknown role: expected system, developer, user, assistant, tool or function, found "bot"'
    }
    assert report.failing("F603").height == 9
    assert report.evidence.first("F603", 9)["detail"].to_list() == [found[0].says] * EXAMPLES + ["unknown role: expected false, found true"] * 4


@pytest.mark.parametrize("form", ["lines", "array", "gz"])
def test_the_record_is_the_one_that_fails_in_any_file(form, tmp_path):
    records = [{"messages": [ASKED, message("assistant", "Yes.")]}] * 3 + [{"messages": [ASKED, SAID], "more": "é" * 9}]
    lines = b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in records)
    if form == "array":
        write(tmp_path, json.dumps(records, ensure_ascii=False).encode(), "train.json")
    elif form == "gz":
        write(tmp_path, gzip.compress(lines), "train.jsonl.gz")
    else:
        write(tmp_path, lines)
    judge = standard(length, length=limit(le=4))
    assert dict(says(tmp_path, judge, "X901"))[f"train.{'json' if form == 'array' else 'jsonl.gz' if form == 'gz' else 'jsonl'}#3@1"] == (
        f"length (characters): expected none, found {len(SAID['content'])} in {len(json.dumps(records[-1], ensure_ascii=False))}"
    )


def test_what_nobody_can_say_anything_of_says_its_number(tmp_path):
    write(tmp_path, [{"messages": [ASKED, message("assistant", "Yes.")]}])
    found = dict(says(tmp_path, standard(length), "X901"))
    assert found["train.jsonl#0@1"] == "length (characters): expected 0, found 4"
    assert found["train.jsonl#0@0"].startswith("length (characters): expected none, found 23 in ")


def test_words_that_fail_hide_no_finding(tmp_path):
    write(tmp_path, [{"messages": [ASKED, message("assistant", "Yes <|im_end|>")]}])
    bad = dataclasses.replace(control_strings, words=broken_said)
    assert says(tmp_path, standard(bad), "F624") == [("train.jsonl#0", "control strings: expected 0, found 1")]


def test_of_data_that_keep_their_limits_nothing_is_read_again(tmp_path, monkeypatch):
    def refuse(*_):
        raise AssertionError

    monkeypatch.setattr(Crew, "look_again", refuse)
    write(tmp_path / "sound", made.many(made.openai, 12))
    assert datastd.check(tmp_path / "sound", "chat/1").passed
    write(tmp_path / "odd", [BOT] + [{"messages": [ASKED, SAID]}] * 9)
    tolerated = standard(unknown_role, unknown_role=limit(eq=0, tolerate=0.5, because="a few"))
    assert says(tmp_path / "odd", tolerated, "F603") == [("train.jsonl#0@1", "unknown role: expected false, found true")]


def test_a_file_that_changes_before_it_is_read_again_ends_the_run(tmp_path, monkeypatch):
    again = Crew.look_again

    def change(self, source, *asked):
        write(tmp_path, [{"messages": [ASKED, SAID]}])
        return again(self, source, *asked)

    monkeypatch.setattr(Crew, "look_again", change)
    write(tmp_path, [BOT] * 2)
    with pytest.raises(DataChanged):
        datastd.check(tmp_path, standard(unknown_role))


def test_pictures_are_looked_at_again_where_they_are_decoded(tmp_path):
    """A size that differs, a box twice and one beyond: both sizes, which other, and which edge."""
    file = coco()
    file["images"][0]["width"] = 41
    file["annotations"].append({**file["annotations"][1], "id": 900})
    file["annotations"][0]["bbox"] = [-5, 7, 40, 40]
    write_coco(tmp_path, file)
    draw(tmp_path, {**file, "images": [{**one, "width": 40} for one in file["images"]]})
    report = datastd.check(tmp_path, "coco-instances/1")
    assert report["C207"].examples[0].says.endswith("expected 41 × 32 px, as is stated, found 40 × 32 px")
    assert report["F214"].examples[0].says == "beyond (px): expected a box within 41 × 32 px, found its bottom edge at 47"
    assert report["C209"].examples[0].says.endswith(", found it again as 900")


def test_words_are_over_what_their_measure_is_over():
    with pytest.raises(ValueError, match="expected words over samples, found annotations"):
        measure("X902", "another", unit="characters", words=length_said)(lambda form: form)


NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@settings(max_examples=25, deadline=None)
@given(role=NAMES, key=NAMES, tool=NAMES)
def test_whatever_names_a_record_has_they_are_said_short_on_one_line_and_hide_nothing(role, key, tool, tmp_path_factory):
    folder = tmp_path_factory.mktemp("names")
    call = {"role": "assistant", "content": None, "tool_calls": [{"id": "c", "type": "function", "function": {"name": tool, "arguments": "7"}}]}
    turns = [{**ASKED, **({key: 1} if key not in ASKED else {})}, {"role": role, "content": "a"}, call, {"role": "tool", "tool_call_id": tool, "content": "b"}, SAID]
    write(folder, [{"messages": turns, "tools": []}])
    for verdict in datastd.check(folder, "chat/1").verdicts:
        for one in verdict.examples:
            assert not any(map(is_hidden, one.says))
            assert len(one.says) < 900  # of names of 40 characters that are written out


@given(NAMES)
def test_a_name_is_short_and_in_quotes(name):
    said = named(name)
    assert said[0] == said[-1] == '"'
    assert len(said) <= 2 + 12 * 41
    assert named("bot") == '"bot"'
