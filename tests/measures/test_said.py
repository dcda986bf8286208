"""What texts say, hashed: each by itself, wherever it ends and whatever follows it."""

import numpy as np
import polars as pl
import pytest

from datastd.measures.responses import said
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
