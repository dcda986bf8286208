"""Names that are one to whoever reads them; and what nobody sees of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import ignored

from datastd.names import INVISIBLE, folded


def test_what_is_invisible_is_what_unicode_says():
    assert ignored() == INVISIBLE


@given(st.text(st.sampled_from([*"aA b", *sorted(INVISIBLE)[:40]])))
def test_what_is_invisible_tells_no_names_apart(name):
    assert folded(name) == folded("".join(one for one in name if one not in INVISIBLE))


@pytest.mark.parametrize(("one", "other"), [("car", "cars"), ("a b", "ab"), ("é", "e"), ("ß", "s"), ("火", "水"), ("❤", "♥")])
def test_names_that_a_reader_tells_apart_are_two(one, other):
    assert folded(one) != folded(other)
