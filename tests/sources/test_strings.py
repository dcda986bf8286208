"""Strings of JSON, gone through in blocks: the same wherever a byte stands that ends a block's peace."""

import json

import numpy as np
import pytest

from datastd.sources.chat import strings
from datastd.sources.jsonl.grammar import TEXT
from datastd.sources.jsonl.scan import scan, texts
from datastd.sources.jsonl.tape import STRING, judged

SPECIAL = ("", r"\n", r"\"", r"\\", r"\u00e9", r"\ud83d\ude00", "é", "日本語", "😀", "\x01", r"\x", r"\ud83d", r"\u12", '"', "\\")


@pytest.mark.parametrize("special", SPECIAL)
def test_wherever_it_stands(special):
    documents, expected = [], []
    for before in range(135):
        text = f'{{"a":"{"x" * before}{special}{"y" * (before % 7)}"}}'
        documents.append(text.encode())
        try:
            said = json.loads(text)["a"]
            said.encode()  # half a pair cannot be
        except ValueError:
            said = None
        expected.append(said)
    whole = b"\n".join(documents)
    stops = np.cumsum([len(one) + 1 for one in documents], dtype=np.int64) - 1
    starts = stops - [len(one) for one in documents]
    tape, ends = judged(whole, starts, stops, ("a",), 3)
    rows = np.flatnonzero((tape.kind == STRING) & (tape.fault == 0) & (tape.key == 0))
    owner = np.searchsorted(starts, tape.start[rows], side="right") - 1
    found = [None] * len(documents)
    for row, said in zip(owner.tolist(), tape.strings(whole, rows).to_list(), strict=True):
        found[row] = said if ends[row] < 0 else None
    assert found == expected
    lines = scan(whole, "a")
    sound = lines.found == TEXT
    assert sound.tolist() == [said is not None for said in expected]
    assert texts(whole, lines.rows(np.flatnonzero(sound))).to_list() == [said for said in expected if said is not None]


@pytest.mark.parametrize("special", SPECIAL[1:9])
@pytest.mark.parametrize("between", [0, 1, 7, 60, 62, 63, 64])
def test_texts_are_put_together_wherever_escapes_stand(special, between):
    unit = special + "z" * between
    said = ["x" * before + unit * 3 + r"\\" * (before % 2) for before in range(135)]
    whole = b"\n".join(f'{{"a":"{one}"}}'.encode() for one in said)
    stops = np.cumsum([len(one.encode()) + 9 for one in said], dtype=np.int64) - 1
    tape, ends = judged(whole, np.append(0, stops[:-1] + 1), stops, ("a",), 3)
    assert (ends < 0).all()
    pieces = np.flatnonzero((tape.kind == STRING) & (tape.key == 0)).astype(np.int32)
    bounds = np.arange(len(said) + 1, dtype=np.int32)
    found = strings.texts(whole, tape, pieces, bounds, np.ones(len(said), np.bool_))
    assert found.to_list() == [json.loads(f'"{one}"') for one in said]
