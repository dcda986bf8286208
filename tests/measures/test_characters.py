"""Characters, ratios and repetition of documents, held against plain Python."""

import functools
import html
import math
import re
import unicodedata
from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import SHARED, needs_data

from datastd import Standard, limit
from datastd.measures import evaluate
from datastd.measures.text import echoes, kinds, pieces, repeats, utf8
from datastd.measures.text.alphanumeric_fraction import alphanumeric_fraction
from datastd.measures.text.boilerplate_paragraph_fraction import boilerplate_paragraph_fraction
from datastd.measures.text.bracket_fraction import bracket_fraction
from datastd.measures.text.character_repetition_fraction import character_repetition_fraction
from datastd.measures.text.character_run_fraction import character_run_fraction
from datastd.measures.text.digit_fraction import digit_fraction
from datastd.measures.text.entities_per_1000 import entities_per_1000
from datastd.measures.text.longest_line import longest_line
from datastd.measures.text.mean_line_length import mean_line_length
from datastd.measures.text.mojibake import mojibake
from datastd.measures.text.non_alphanumeric_fraction import non_alphanumeric_fraction
from datastd.measures.text.not_nfc import not_nfc
from datastd.measures.text.repeats_in_a_row import repeats_in_a_row
from datastd.measures.text.special_character_fraction import special_character_fraction
from datastd.measures.text.unended_line_fraction import unended_line_fraction
from datastd.measures.text.url_fraction import url_fraction
from datastd.measures.text.white_space_fraction import white_space_fraction
from datastd.measures.text.word_repetition_fraction import word_repetition_fraction
from datastd.measures.text.zero_width_characters import zero_width_characters


def found(measure, texts):
    return evaluate([measure], {"text": pl.Series("text", texts, pl.String)})[measure.column].tolist()


def share(part, whole):
    return part / max(1, whole)


def characters(*holds):
    """The share of the characters of which something holds."""
    return lambda text: share(sum(any(one(c) for one in holds) for c in text), len(text))


# By definitions written in Python

POLICIES = ("terms of use", "privacy policy", "cookie policy", "use cookies", "uses cookies", "use of cookies")
RUN = re.compile(r"(.+?)(\s?\1){3,}")
ENTITY = re.compile("&#?[0-9A-Za-z]{1,24};")
URL = re.compile(r"http[s]?://(?:[a-zA-Z]|[0-9]|[$-_@.&+]|[!*\(\),]|(?:%[0-9a-fA-F][0-9a-fA-F]))+")


def boilerplate(text):
    paragraphs = [one.strip().lower() for one in text.split("\n\n") if one.strip()]
    if any("lorem ipsum" in one for one in paragraphs):
        return 1
    return share(sum(any(policy in one for policy in POLICIES) for one in paragraphs), len(paragraphs))


def unended(text):
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return share(sum(not line.endswith((".", "?", "!", '"', "'")) for line in lines), len(lines))


def character_repetition(text):
    counts = sorted(Counter(text[n : n + 10] for n in range(len(text) - 9)).values(), reverse=True)
    top = min(math.isqrt(len(counts)), sum(count > 1 for count in counts))
    return share(sum(counts[:top]), sum(counts))


def words(text):
    content, offsets = utf8(pl.Series([text]))
    found = pieces.words(content, offsets)
    return ["".join(c.lower() if len(c.lower()) == 1 else c for c in bytes(content[a:b]).decode())
            for a, b in zip(found.start, found.stop, strict=True)]  # fmt: skip


def word_repetition(text):
    said = [word for word in words(text) if any(map(str.isalnum, word))]
    counts = Counter(tuple(said[n : n + 10]) for n in range(len(said) - 9))
    return share(sum(count for count in counts.values() if count > 1), counts.total())


def in_a_row(text):
    said, most = words(text), 0
    for start in range(len(said)):
        for period in range(1, 14):
            times = 1
            while said[start + times * period :][:period] == said[start : start + period] and len(said) >= start + (times + 1) * period:
                times += 1
            most = max(most, times)
    return most


BY_HAND = {
    non_alphanumeric_fraction: lambda t: share(len(t) - len(re.findall(r"[a-zA-Z0-9\n?!,.]", t)), len(t)),
    digit_fraction: characters(str.isdecimal),
    white_space_fraction: characters("\t\n\r\b ".__contains__),
    bracket_fraction: characters("{}⟨⟩[]()".__contains__),
    special_character_fraction: characters(lambda c: unicodedata.category(c)[0] not in "LM"),
    alphanumeric_fraction: characters(str.isalnum),
    url_fraction: lambda t: share(sum(map(len, URL.findall(t))), len(t)),
    entities_per_1000: lambda t: 1000 * share(sum(html.unescape(one) != one for one in ENTITY.findall(t)), len(t)),
    not_nfc: lambda t: not unicodedata.is_normalized("NFC", t),
    boilerplate_paragraph_fraction: boilerplate,
    unended_line_fraction: unended,
    longest_line: lambda t: max(map(len, t.split("\n"))),
    mean_line_length: lambda t: np.mean([*map(len, t.split("\n"))]),
    character_run_fraction: lambda t: share(sum(one.end() - one.start() for one in RUN.finditer(t)), len(t)),
    character_repetition_fraction: character_repetition,
    word_repetition_fraction: word_repetition,
    repeats_in_a_row: in_a_row,
}  # fmt: skip

SOME = ["the", "of", "The", "a", "ab", "12", "(x)", "é", "e\u0301", "\u0323", "…", "日本", "٣", "⟨", "\u1112", "\u1161", "\u0958", "\u2126", "İ", "ß",
        "http://", "https://a.b/c?d=e&f", "http", "&amp;", "&#65;", "&#x41", "&notit;", "&nope;", "&#xzz;", "&", ";", "Privacy Policy", "uses", "cookies",
        "lorem ipsum", "Lorem", "ipsum", "end.", 'end"', "end!", "\b", "!", "???", "#", "\u00aa", "²", "\U0001f600", "\U000e0100", "\U0010ffff"]  # fmt: skip
GAPS = [" ", "", "\n", "\n\n", "\n \n", "  ", "\r\n", "\t", "\u2028", "\x1c", "\u00a0", "\u3000"]
PROSE = st.lists(st.tuples(st.sampled_from(SOME), st.sampled_from(GAPS)), max_size=40).map(lambda parts: "".join(word + gap for word, gap in parts))
KNOWN = st.characters(exclude_categories=["Cs", "Cn"])


@given(st.lists(PROSE | st.text(KNOWN, max_size=20), max_size=4))
def test_each_is_what_it_is_by_hand(texts):
    measured = evaluate(BY_HAND, {"text": pl.Series("text", texts, pl.String)})
    for one, by_hand in BY_HAND.items():
        np.testing.assert_allclose(measured[one.column], [by_hand(text) for text in texts], err_msg=one.column)


def test_kinds_are_those_of_every_code_point():
    table = kinds.table()
    for point in (*range(0x3000), *range(0xD7FF, 0x110000, 97), *range(0xE00F0, 0xE01FF)):
        one = chr(point)
        assert bool(table[point] & kinds.LETTER) == (unicodedata.category(one)[0] in "LM"), hex(point)
        assert bool(table[point] & kinds.ALPHANUMERIC) == one.isalnum(), hex(point)
        assert bool(table[point] & kinds.DECIMAL) == one.isdecimal(), hex(point)


def test_long_texts_are_counted_whole():
    text = "a1 (" * 1000 + "é" * 700
    assert found(digit_fraction, [text, text[:700]]) == [1000 / 4700, 0.25]
