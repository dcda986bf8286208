"""Measures of documents, held against Python's own idea of a character."""

import functools
import itertools
import re
import runpy
from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import SHARED, needs_data
from texts import repeats, share, tokens

from datastd.measures import evaluate
from datastd.measures.text import characters, grams, pieces, utf8
from datastd.measures.text.bidi_controls import bidi_controls
from datastd.measures.text.blank import blank
from datastd.measures.text.byte_count import byte_count
from datastd.measures.text.character_count import character_count
from datastd.measures.text.control_characters import control_characters
from datastd.measures.text.raw_line_separators import raw_line_separators
from datastd.measures.text.replacement_fraction import replacement_fraction
from datastd.measures.text.split_word_count import split_word_count
from datastd.standard import load

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
    assert found(character_count, texts) == [len(text) for text in texts]
    assert found(byte_count, texts) == [len(text.encode()) for text in texts]
    assert found(split_word_count, texts) == [len(text.split()) for text in texts]


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


# Gopher, by definitions written in Python


SOME = ["the", "of", "a", "ab", "b", "c", "the,", "#", "##", "…", "...", "....", "•", "-", "–", "x...", "5", "é", "²", "ª", "日本", "\u0345", "n't"]  # fmt: skip
GAPS = [" ", "\n", "\n\n", "\n\n\n", "  ", "\r\n", "\r", "\u2028", "\x0b", "\x1c", "\u00a0", "\u3000", "", "\n \n"]  # fmt: skip
PROSE = st.lists(st.tuples(st.sampled_from(SOME), st.sampled_from(GAPS)), max_size=60).map(lambda parts: "".join(word + gap for word, gap in parts))


def test_a_word_is_what_is_between_symbols():
    assert tokens("Well... (don't!) 5% -- \u201cé\u201d ##a_b") == [
        "Well", "...", "(", "don't", "!", ")", "5", "%", "--", "\u201c", "é", "\u201d", "##", "a_b",
    ]  # fmt: skip


@given(PROSE | st.text(max_size=30))
def test_words_are_those_by_hand(text):
    content, offsets = utf8(pl.Series([text]))
    found_ = pieces.words(content, offsets)
    cut = [bytes(content[a:b]).decode() for a, b in zip(found_.start, found_.stop, strict=True)]
    assert cut == tokens(text)
    assert found_.length.tolist() == [*map(len, cut)]


def top(text, n):
    words = tokens(text)
    runs = Counter(" ".join(words[i : i + n]) for i in range(len(words) - n + 1))
    if not runs:
        return 0
    run, count = runs.most_common(1)[0]
    return share(len(run) * count, len(text))


def duplicate(text, n):
    words, seen, at, total = tokens(text), set(), 0, 0
    while at <= len(words) - n:
        run = "".join(words[at : at + n])
        total, at = (total + len(run), at + n) if run in seen else (total, at + 1)
        seen.add(run)
    return share(total, len(text))


def said(text):
    return [word for word in tokens(text) if any(map(str.isalnum, word))]


STOPS = {"the", "be", "to", "of", "and", "that", "have", "with"}
BY_HAND = {
    "word_count": lambda t: len(said(t)),
    "mean_word_length": lambda t: share(sum(map(len, said(t))), len(said(t))),
    "hashes_per_word": lambda t: share(t.count("#"), len(tokens(t))),
    "ellipses_per_word": lambda t: share(t.count("...") + t.count("…"), len(tokens(t))),
    "bullet_line_fraction": lambda t: share(sum(line.lstrip().startswith(("•", "-")) for line in t.splitlines()), len(t.splitlines())),
    "ellipsis_line_fraction": lambda t: share(sum(line.rstrip().endswith(("...", "…")) for line in t.splitlines()), len(t.splitlines())),
    "alphabetic_word_fraction": lambda t: share(sum(any(map(str.isalpha, word)) for word in tokens(t)), len(tokens(t))),
    "stop_words": lambda t: len(STOPS & {*tokens(t)}),
    "duplicate_line_fraction": lambda t: share(*repeats(re.split("\n+", t))[::2]),
    "duplicate_paragraph_fraction": lambda t: share(*repeats(re.split("\n{2,}", t.strip()))[::2]),
    "duplicate_line_character_fraction": lambda t: share(repeats(re.split("\n+", t))[1], len(t)),
    "duplicate_paragraph_character_fraction": lambda t: share(repeats(re.split("\n{2,}", t.strip()))[1], len(t)),
    **{f"top_{n}gram_character_fraction": functools.partial(top, n=n) for n in (2, 3, 4)},
    **{f"duplicate_{n}gram_character_fraction": functools.partial(duplicate, n=n) for n in range(5, 11)},
}  # fmt: skip
MEASURES = {one.column: one for one in load("gopher/1").measures}
@given(st.lists(PROSE | st.text(max_size=20), max_size=4))
def test_gopher_is_what_it_is_by_hand(texts):
    given_ = {"text": pl.Series("text", texts, pl.String), "separators": np.zeros(len(texts), np.int64)}
    measured = evaluate(MEASURES.values(), given_)
    for column, by_hand in BY_HAND.items():
        np.testing.assert_allclose(measured[column], [by_hand(text) for text in texts], err_msg=column)


def test_every_measure_of_gopher_was_done_by_hand():
    raw = {one.column for one in load("raw-text/1").measures}
    assert {*BY_HAND} == {*MEASURES} - raw


@needs_data
def test_the_golden_values_of_datatrove():
    """Catalogue 4.3: four tools, four values; these are datatrove's."""
    golden = runpy.run_path(str(SHARED.parent / "reference" / "text_golden.py"))
    content, _ = utf8(pl.Series([golden["doc"]]))
    ends = np.cumsum([len(word) + 1 for word in golden["w"]]) - 1  # its words are those of `str.split`
    starts = np.append(0, ends[:-1] + 1)
    split = pieces.Pieces(np.array([0, len(ends)]), starts, ends, ends - starts)
    counted = grams.grams(content, split)[0, len(grams.TOP) :]
    assert np.round(counted / len(golden["doc"]), 4).tolist() == [0.1149, 0.0862, 0.1034, 0.0613, 0.0670, 0.0747]
    for n, expected in zip((2, 3, 4), (0.2857, 0.4571, 0.6286), strict=True):
        (value,) = found(MEASURES[f"top_{n}gram_character_fraction"], ["alpha beta gamma delta epsilon zeta"])
        assert round(value, 4) == expected
    assert round(found(MEASURES["top_2gram_character_fraction"], [" ".join(["ha"] * 8)])[0], 2) == 1.52


WORDS = " ".join(f"word{n} other{n}" for n in range(40))
ENDS = ["..."] * 3 + ["a"] * 7


@pytest.mark.parametrize(("column", "passes", "fails"), [
    ("word_count", " ".join(["ab"] * 50), " ".join(["ab"] * 49)), ("word_count", " ".join(["ab"] * 100_000), " ".join(["ab"] * 100_001)),
    ("mean_word_length", "abc abc", "ab abc"), ("mean_word_length", "a" * 10, "a" * 11),
    ("hashes_per_word", "w " * 18 + "# #", "w " * 17 + "# #"), ("ellipses_per_word", "w " * 90 + "... " * 10, "w " * 89 + "... " * 11),
    ("bullet_line_fraction", "- x\n" * 9 + "y", "- x\n" * 10), ("ellipsis_line_fraction", "\n".join(ENDS), "\n".join([*ENDS[:-1], "…"])),
    ("alphabetic_word_fraction", "a b c d 5", "a b c d 5 6"), ("stop_words", "the of", "the the"),
    ("duplicate_line_fraction", "\n".join(["x"] * 4 + [*"abcdef"]), "\n".join(["x"] * 5 + [*"abcde"])),
    ("duplicate_paragraph_fraction", "\n\n".join(["x"] * 4 + [*"abcdef"]), "\n\n".join(["x"] * 5 + [*"abcde"])),
    ("duplicate_line_character_fraction", ("x" * 200 + "\n") * 2 + "y" * 598, ("x" * 200 + "\n") * 3 + "y" * 397),
    ("duplicate_paragraph_character_fraction", ("x" * 200 + "\n\n") * 2 + "y" * 596, ("x" * 200 + "\n\n") * 3 + "y" * 394),
    ("top_2gram_character_fraction", WORDS, "buy now " * 50), ("top_3gram_character_fraction", WORDS, "click here now word " * 9),
    ("top_4gram_character_fraction", WORDS, "all rights are reserved word " * 9),
    *((f"duplicate_{n}gram_character_fraction", WORDS, " ".join("abcdefghijkl") * 3) for n in range(5, 11)),
])  # fmt: skip
def test_gopher_limits_are_where_the_catalogue_has_them(column, passes, fails):
    door = load("gopher/1").door
    for text, outside in ((passes, False), (fails, True)):
        samples = pl.DataFrame({name: found(one, [text]) for name, one in MEASURES.items() if name in BY_HAND} | {
            "blank": [0], "raw_line_separators": [0], "replacement_fraction": [0.0], "control_characters": [0], "bidi_controls": [0],
        })  # fmt: skip
        assert door.outside(samples)[column].to_list() == [outside], (column, samples[column])


@pytest.mark.parametrize(("text", "top_2", "duplicate_5"), [
    ("chapter 2 chapter 3 x", 9, 0), ("no a no b no c no d no e no f", 4, 0),
    ("a b c d e x a b c d f x a b c d g", 9, 5), ("ab c d e f ab c d e f", 8, 6), ("ab c d e f a bc d e f", 6, 6),
])  # fmt: skip
def test_runs_that_are_nearly_alike_are_two(text, top_2, duplicate_5):
    assert (round(top(text, 2) * len(text)), round(duplicate(text, 5) * len(text))) == (top_2, duplicate_5)
    content, offsets = utf8(pl.Series([text]))
    counted = grams.grams(content, pieces.words(content, offsets))[0]
    assert (counted[0], counted[3]) == (top_2, duplicate_5)


@given(st.lists(st.sampled_from([*"abcdefgh", "aa", "ab", "ba", "chapter"]), max_size=80).map(" ".join))
def test_runs_of_letters_are_those_by_hand(text):
    content, offsets = utf8(pl.Series([text]))
    counted = grams.grams(content, pieces.words(content, offsets))[0] / max(1, len(text))
    by_hand = [*(top(text, n) for n in grams.TOP), *(duplicate(text, n) for n in grams.DUPLICATE)]
    np.testing.assert_allclose(counted, by_hand)


def test_words_that_one_hash_cannot_tell_apart_are_two():
    """Thue and Morse's: any polynomial modulo a power of two is equal for both."""
    word = "a"
    while len(word) < 4096:
        word += word.translate(str.maketrans("ab", "ba"))
    text = f"{word} x {word.translate(str.maketrans('ab', 'ba'))} x"
    assert found(MEASURES["top_2gram_character_fraction"], [text]) == [top(text, 2)]
    text = text.replace(" x", " a b c d")
    assert duplicate(text, 5) == 0
    assert found(MEASURES["duplicate_5gram_character_fraction"], [text]) == [0]


def test_of_too_long_a_text_no_runs_are_known_and_none_passes():
    text = " ".join(["of"] * (grams.MOST + 1))
    (value,) = found(MEASURES["top_2gram_character_fraction"], [text])
    assert np.isnan(value)
    known = found(MEASURES["top_2gram_character_fraction"], [text[3:]])
    assert not np.isnan(known[0])
