"""What nobody sees, held against Unicode as Python and polars know it."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import UNSEEN, ignored, is_seen

from datastd.kernels import kernel
from datastd.measures.text import utf8
from datastd.measures.text.unseen import SEEN, is_blank, is_ignored, is_unseen

EVERY = [chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000]


@kernel
def _each(points):
    found = np.zeros((len(points), 2), np.bool_)
    for n in range(len(points)):
        found[n, 0], found[n, 1] = is_unseen(points[n]), is_ignored(points[n])
    return found


@kernel
def _blank(content, offsets):
    found = np.zeros(len(offsets) - 1, np.bool_)
    for n in range(len(found)):
        found[n] = is_blank(content, offsets[n], offsets[n + 1])
    return found


def test_unseen_is_what_unicode_says_of_every_character():
    expected = [*map(is_seen, EVERY)]
    found = _each(np.array([ord(one) for one in EVERY]))
    assert (~found[:, 0]).tolist() == expected
    assert pl.Series(EVERY).str.contains(SEEN).to_list() == expected
    assert found[:, 1].tolist() == [one in ignored() for one in EVERY]


@given(st.lists(st.text(st.sampled_from([*UNSEEN, "a", "é", "😀"]), max_size=6), min_size=1, max_size=5))
def test_blank_is_a_text_of_which_nothing_is_seen(texts):
    texts = pl.Series(texts, dtype=pl.String)
    found = _blank(*utf8(texts))
    assert found.tolist() == [all(letter in UNSEEN for letter in one) for one in texts]
    assert found.tolist() == (~texts.str.contains(SEEN)).to_list()


@pytest.mark.parametrize("seen", ["\u200ba", "☺\ufe0f", "👨\u200d👩", "می\u200cخواهم", ".", "\ufffd", "\u0301"])
def test_what_has_something_to_see_is_not_blank(seen):
    assert _blank(*utf8(pl.Series([seen]))).tolist() == [False]
