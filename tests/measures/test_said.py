"""What texts say, hashed: each by itself, wherever it ends and whatever follows it."""

import numpy as np
import polars as pl
import pytest

from datastd.measures.responses import said, turn_arrays
from datastd.measures.text import utf8


@pytest.mark.parametrize("cased", [True, False])
@pytest.mark.parametrize("unit", ["a", "ab c", "Él ", "a  b", "日本"], ids=repr)
def test_what_follows_a_text_is_no_part_of_it(unit, cased):
    texts = [(unit * 210)[:length] for length in range(210)]
    alone = said.hashes(utf8(pl.Series(texts)), cased=cased)
    beside = said.hashes(utf8(pl.Series([part for text in texts for part in (text, "xyz" * 30)])), cased=cased)
    assert (alone == beside[::2]).all()
    wanted = np.arange(0, 420, 2)[::-1].copy()
    some = said.hashes(utf8(pl.Series([part for text in texts for part in (text, "xyz" * 30)])), wanted, cased=cased)
    assert (some == alone[::-1]).all()


@pytest.mark.parametrize("length", range(50, 140))
def test_white_space_is_one_space_wherever_it_stands(length):
    text = ("ab cde fghi " * 20)[:length].strip()
    wider = [text.replace(" ", "  "), f"{text}\r\n", f" {text}", text.replace(" ", "\u2003"), text.upper()]
    found = said.hashes(utf8(pl.Series([text, *wider])))
    assert (found == found[0]).all()


@pytest.mark.parametrize("cased", [True, False])
def test_what_is_taken_as_it_is_is_hashed_byte_for_byte(cased):
    texts = ["a b", "A b", "a  b", " a b", "e\u0301", "\u00e9", "", *("x" * size for size in (7, 8, 9, 63, 64, 65, 130))]
    as_is = np.ones(len(texts), np.bool_)
    found = said.hashes(utf8(pl.Series(texts)), cased=cased, as_is=as_is)
    assert len({(int(one), int(other)) for one, other in found}) == len(texts)
    assert (found == said.hashes(utf8(pl.Series([*texts, "behind them"])), np.arange(len(texts)), cased=cased, as_is=as_is)).all()
    as_is[0] = False  # one that white space and case leave as it is
    assert (found == said.hashes(utf8(pl.Series(texts)), cased=cased, as_is=as_is)).all()


def test_a_call_is_no_empty_answer_and_what_users_say_is_compared_in_one_case():
    turns = {"row": [0] * 6, "side": [0] * 6, "role": ["assistant"] * 4 + ["user"] * 2, "text": [None, "", "A", "a", "A", "a"]}
    found = turn_arrays(pl.DataFrame(turns), utf8(pl.Series(turns["text"]))).hashes(np.arange(6)).tolist()
    assert len({*map(tuple, found[:4])}) == 4
    assert found[4] == found[5]
