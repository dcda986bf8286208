"""Nothing of the data reaches an output unescaped."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datastd.quiet import LONGEST, safe

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@given(st.text())
def test_whatever_goes_in_comes_out_on_one_line_and_visible(text):
    shown = safe(text)
    assert len(shown.splitlines()) <= 1
    assert not any(unicodedata.category(c) in HIDDEN for c in shown)
    shown.encode()


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=LONGEST))
def test_plain_text_is_left_alone(text):
    assert safe(text) == text


@pytest.mark.parametrize("extra", [0, 1, 2, 1000])
def test_long_text_is_cut_in_the_middle(extra):
    shown = safe("a" * 100 + "b" * (100 + extra))
    assert (len(shown) == LONGEST) == (extra == 0)
    assert len(shown) <= LONGEST + 1
    assert shown.startswith("a" * 100)
    assert shown.endswith("b" * 100)
    assert ("…" in shown) == (extra > 0)


def test_what_is_hidden_is_written_out():
    assert safe("a\u202eb\n\x1b[2J\ud800") == "a\\u{202e}b\\u{a}\\u{1b}[2J\\u{d800}"


def test_anything_can_be_shown():
    assert safe(3) == "3"
    assert safe("x" * 30, longest=10) == "xxxxx…xxxxx"
