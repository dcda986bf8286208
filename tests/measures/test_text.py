"""Measures of documents, held against Python's own idea of a character."""

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datastd.measures import evaluate
from datastd.measures.text import characters, utf8
from datastd.measures.text.bidi_controls import bidi_controls
from datastd.measures.text.blank import blank
from datastd.measures.text.control_characters import control_characters
from datastd.measures.text.raw_line_separators import raw_line_separators
from datastd.measures.text.replacement_fraction import replacement_fraction

CONTROL = {
    *range(9), 0x0B, *range(0x0E, 0x20), 0x7F, *range(0x206A, 0x2070), 0xFEFF, *range(0xFFF9, 0xFFFD),
}  # fmt: skip
BIDI = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
ODD = st.sampled_from([chr(point) for point in (
    *CONTROL, *BIDI, 0xFFFD, 0xFFFC, 0xFFFE, 0x85, 0xA0, 0x9F, 0x80, 0x1680, 0x180E, 0x2000, 0x200A, 0x200B, 0x2028, 0x2029, 0x202F,
    0x205F, 0x3000, 0x3001, 9, 10, 12, 13, 28, 31, 32, 0x7E, 0xD7FF, 0xE000, 0x10000, 0x10FFFF, 0x7FF, 0x800,
)])  # fmt: skip
TEXTS = st.lists(st.text(ODD | st.characters(exclude_categories=["Cs"])), max_size=6)


def found(measure, texts):
    return evaluate([measure], {"text": pl.Series("text", texts, pl.String)})[measure.column].tolist()


@given(TEXTS)
def test_characters_are_those_that_python_counts(texts):
    counted = characters(utf8(pl.Series("text", texts, pl.String)))
    for n, text in enumerate(texts):
        points = [ord(one) for one in text]
        assert counted.all[n] == len(text)
        assert counted.visible[n] == sum(not one.isspace() for one in text)
        assert counted.replacement[n] == text.count("\ufffd")
        assert counted.control[n] == sum(point in CONTROL for point in points)
        assert counted.c1[n] == sum(0x80 <= point <= 0x9F for point in points)
        assert counted.bidi[n] == sum(point in BIDI for point in points)
    assert found(blank, texts) == [int(not text.strip()) for text in texts]


def test_every_code_point_is_of_the_kind_that_python_says():
    points = [point for point in range(0x110000) if not 0xD800 <= point <= 0xDFFF]
    counted = characters(utf8(pl.Series([chr(point) for point in points])))
    space = np.array([chr(point).isspace() for point in points])
    assert np.array_equal(counted.visible == 0, space)
    assert np.flatnonzero(counted.control).tolist() == [points.index(point) for point in sorted(CONTROL)]
    assert counted.all.tolist() == [1] * len(points)


@given(TEXTS, st.integers(0, 3), st.integers(0, 3))
def test_a_slice_of_texts_is_its_own(texts, start, length):
    part = pl.Series("text", texts, pl.String).slice(start, length)
    content, offsets = utf8(part)
    cut = [bytes(content[a:b]).decode() for a, b in itertools.pairwise(offsets)]
    assert cut == part.to_list()


@pytest.mark.parametrize(("measure", "texts", "expected"), [
    (blank, ["", " \n\u3000", "\u200b", "a"], [1, 1, 0, 0]),
    (replacement_fraction, ["", "abcd", "ab\ufffdd", "\ufffd"], [0.0, 0.0, 0.25, 1.0]),
    (control_characters, ["a\tb\r\n\x0c", "a\0b", "\x1b[31m", "\ufeffa", "a\x85", "\x7f\x80"], [0, 1, 1, 1, 1, 2]),
    (bidi_controls, ["a\u202eb", "\u2066\u2069", "\u200f", "عربي"], [1, 2, 0, 0]),
])  # fmt: skip
def test_measures(measure, texts, expected):
    assert found(measure, texts) == expected


def test_separators_are_what_the_reader_counted():
    assert evaluate([raw_line_separators], {"separators": np.array([0, 3])})["raw_line_separators"].tolist() == [0, 3]
