"""Characters, ratios and repetition of documents, held against plain Python."""

import hashlib
import html
import json
import math
import re
import sys
import unicodedata
from collections import Counter

import numpy as np
import pandera.polars as pa
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import SHARED, needs_data

from datastd import Standard, limit
from datastd.measures import evaluate
from datastd.measures.text import beyond, echoes, kinds, pieces, ten_characters, utf8
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


# What is rare in prose, in texts that have little else


def dense(letters, most=60):
    return st.lists(st.text(st.sampled_from(letters), max_size=most), min_size=1, max_size=5)


REPEATED = st.tuples(st.text(st.sampled_from("ab \n"), max_size=9), st.sampled_from(["", " ", "\n"]), st.integers(0, 7)).map(lambda p: (p[0] + p[1]) * p[2])


@given(dense("ab ") | dense("ab \n\t") | dense("a“\u2003\u3000 ") | dense(" \n\t\x1c") | dense("aaab\u00a0") | st.lists(st.lists(REPEATED, max_size=3).map("".join)))
def test_runs_of_characters_are_those_of_the_pattern(texts):
    by_hand = [sum(len(one[0]) for one in RUN.finditer(text)) for text in texts]
    assert echoes.echoed(*utf8(pl.Series("text", texts, pl.String))).tolist() == by_hand


UNIT = st.text(st.sampled_from("abcdef ."), max_size=echoes.LONGEST) | st.text(st.sampled_from("ab “\u00a0\u3000é日"), max_size=echoes.LONGEST // 3)
ECHO = st.tuples(UNIT, st.sampled_from(["", " ", "\u00a0", "\u3000"]), st.integers(3, 6))
ECHOES = st.lists(ECHO, max_size=4).map(lambda parts: "".join(f"{(unit + gap) * times} {n} {FOX}" for n, (unit, gap, times) in enumerate(parts)))
FOX = "The quick brown fox jumps over the lazy dog, and then all over again: the quick brown fox jumps!\n" * 2


@given(st.lists(ECHOES, max_size=3))
def test_the_few_runs_of_prose_are_those_of_the_pattern(texts):
    """Few places are looked at, and each by itself."""
    by_hand = [sum(len(one[0]) for one in RUN.finditer(text)) for text in texts]
    assert echoes.echoed(*utf8(pl.Series("text", texts, pl.String))).tolist() == by_hand


def test_runs_of_characters_go_on_from_block_to_block():
    random = np.random.default_rng(0)
    parts = ["".join(random.choice([*"abé “\u2003"], random.integers(1, 30))) * random.integers(1, 6) + "\n" * random.integers(2) for _ in range(1500)]
    text = "".join(parts)
    assert len(text.encode()) > 3 * echoes._BLOCK
    assert echoes.echoed(*utf8(pl.Series([text, text[7:]]))).tolist() == [
        sum(len(one[0]) for one in re.finditer(r"(.{1,40}?)(\s?\1){3,}", part)) for part in (text, text[7:])
    ]
    long = "x" * (echoes._BLOCK - 3) + "ab" * 9 + "y" + " z" * echoes._BLOCK
    assert echoes.echoed(*utf8(pl.Series([long]))).tolist() == [len(long) - 1]


def test_what_is_repeated_has_a_bound():
    unit = "".join(chr(0x21 + n) for n in range(echoes.LONGEST))
    assert found(character_run_fraction, [unit * 4, (unit + "~") * 4, "x" + unit * 3]) == [1, 0, 0]
    assert found(character_run_fraction, ["é" * 400, "é é é é", (unit + "\u3000") * 4]) == [1, 1, 247 / 248]


@pytest.mark.parametrize(("text", "covered"), [
    ("", 0), ("aaa", 0), ("aaaa", 4), ("a a a a", 7), ("    ", 4), ("\n\n\n\n", 0), ("ab\nab\nab\nab\n", 11), ("ab ab  ab ab", 0),
    ("!!!!!!", 6), ("“““““ x", 5), ("\u2003\u2003\u2003\u2003", 4), ("a\n" * 9, 17),
])  # fmt: skip
def test_runs_of_characters(text, covered):
    assert echoes.echoed(*utf8(pl.Series([text]))).tolist() == [covered]


@given(dense("ab", 40) | dense("aab é", 40) | dense("a日本", 60) | dense("é日\U0001f600", 80) | dense("abcdefghij", 400))
def test_repeated_runs_of_characters_are_those_by_hand(texts):
    np.testing.assert_allclose(found(character_repetition_fraction, texts), [*map(character_repetition, texts)])


FEW = st.lists(st.sampled_from(["a", "A", "b", "!", "c,"]), max_size=60).map(" ".join)


AGAIN = st.tuples(st.lists(st.sampled_from("abc!"), min_size=1, max_size=14), st.integers(1, 4), st.integers(0, 13))
IN_A_ROW = st.lists(AGAIN, max_size=4).map(lambda parts: " ".join(" ".join(unit * times + unit[:more]) for unit, times, more in parts))


@given(st.lists(FEW | IN_A_ROW, max_size=4))
def test_repeated_words_are_those_by_hand(texts):
    assert found(repeats_in_a_row, texts) == [*map(in_a_row, texts)]
    np.testing.assert_allclose(found(word_repetition_fraction, texts), [*map(word_repetition, texts)])


def test_of_too_long_a_text_no_characters_are_counted_and_none_passes():
    fits, too_long = found(character_repetition_fraction, ["a" * ten_characters.MOST, "é" * (ten_characters.MOST + 1)])
    assert (fits, np.isnan(too_long)) == (1, True)


STRETCHES = st.lists(st.text(KNOWN, max_size=9) | st.integers(0, 30).map(lambda n: "the letters of ASCII, and no others"[:n])).map("".join)


@given(st.lists(STRETCHES, max_size=4))
def test_what_is_beyond_ascii_is_kept_and_what_is_near_it(texts):
    def kept(text):
        return "".join(one for at, one in enumerate(text) if not text[max(0, at - beyond.NEAR) : at + beyond.NEAR + 1].isascii())

    assert beyond.beyond(*utf8(pl.Series("text", texts, pl.String))).to_list() == [*map(kept, texts)]


# Mojibake, as ftfy has it


def test_the_pattern_of_ftfy_is_the_one_that_was_tried():
    """If this fails, ftfy counts otherwise: so does the measure, whose version has to say so."""
    from ftfy.badness import BADNESS_RE

    assert hashlib.sha256(BADNESS_RE.pattern.encode()).hexdigest()[:16] == "9dcc0f2ac90d9ae3"


def _bad():
    from ftfy.badness import BADNESS_RE

    return sorted({*BADNESS_RE.pattern} | {*" aZ1_²\x1c\x85\u0301\n\u200b"})


@given(st.lists(st.text(st.sampled_from(_bad()) | KNOWN), max_size=6))
def test_mojibake_is_what_ftfy_counts(texts):
    from ftfy.badness import badness

    assert found(mojibake, texts) == [*map(badness, texts)]


@needs_data
def test_mojibake_of_the_cases_of_ftfy():
    from ftfy.badness import badness

    cases = [case for path in (SHARED / "ftfy").rglob("*.json") for case in json.loads(path.read_bytes())]
    texts = [case[key] for case in cases for key in ("original", "fixed") if key in case]
    assert len(texts) > 100
    assert found(mojibake, texts) == [*map(badness, texts)]


# Zero width

INDIA, ARABIA, SOUTH_EAST, EMOJI = "कञா", "ابی", "กကខ", "👩❤🔥"


def by_hand(text):
    """Characters without width that have no reason to be there."""
    count = 0
    for at, one in enumerate(text):
        if one not in "\u200b\u200c\u200d\u2060\ufeff":
            continue
        before, behind = text[:at], text[at + 1 :]
        joins = one == "\u200d" and before.rstrip("\ufe0f🏽")[-1:] in (*EMOJI,) and behind[:1] in (*EMOJI,)
        beside = before[-1:] + behind[:1]
        written = (one in "\u200c\u200d" and {*beside} & {*INDIA, *ARABIA}) or (one in "\u200b\u200c\u200d" and {*beside} & {*SOUTH_EAST})
        count += not (joins or written)
    return count


@given(st.lists(st.lists(st.sampled_from(["a", " ", "é", "👩\u200d", "🏽", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", *INDIA, *ARABIA, *SOUTH_EAST, *EMOJI])).map("".join)
       .filter(lambda text: not re.search("[\u200b-\u200d]{2}", text)), max_size=5))  # fmt: skip
def test_characters_without_width_are_meant_where_a_script_needs_them(texts):
    assert found(zero_width_characters, texts) == [*map(by_hand, texts)]


@pytest.mark.parametrize(("text", "count"), [
    ("data\u200bset", 1), ("\ufeffa\u2060b", 2), ("co\u00adop", 0), ("a\u200db", 1), ("\u200c", 1), ("میخواهم", 0), ("می\u200cخواهم", 0),
    ("क\u094d\u200dष", 0), ("👩🏽\u200d🚀", 0), ("👩\u200d👩\u200d👧", 0), ("🏳\ufe0f\u200d🌈", 0), ("👁\ufe0f\u200d🗨\ufe0f", 0), ("🙂\u200d↔\ufe0f", 0), ("👩\u200d a", 1),
    ("ភាសា\u200bខ្មែរ", 0), ("कက\u200b", 0), ("ب\u200bب", 1), ("ب\ufeffب", 1), ("\u0646\u064e\u200c", 0),
])  # fmt: skip
def test_characters_without_width(text, count):
    assert found(zero_width_characters, [text]) == [count]


def test_every_known_character_is_normal_or_is_not():
    every = [chr(point) for point in range(0x110000) if unicodedata.category(chr(point)) not in {"Cs", "Cn", "Co"}]
    for before in ("", "a", "\u1100", "\u0915"):
        texts = [before + one for one in every]
        assert found(not_nfc, texts) == [not unicodedata.is_normalized("NFC", text) for text in texts]


SPOILT = ["Ã ", "œ.", "Â ", " Ø Ø ", "В-Г", "schÃ¶n", "a. Â ", "e\u0301", "\u0338", "=\u0338", "x\u200by", "ب\u200c", "é", "”", "\x85", "ГўВЂВ.A", "\u1112\u1161"]


@given(st.lists(st.tuples(st.sampled_from(SPOILT), st.integers(0, 35)), max_size=8))
def test_long_stretches_of_ascii_hide_nothing(parts):
    from ftfy.badness import badness

    text = "".join(one + "eee the letters of ASCII, and no others"[:n] for one, n in parts)
    for whole in (text, text[::-1]):
        assert found(mojibake, [whole]) == [badness(whole)]
        assert found(not_nfc, [whole]) == [not unicodedata.is_normalized("NFC", whole)]
        assert found(zero_width_characters, [whole]) == [by_hand(whole)]


# Where the catalogue has the limits

LIMITS = {
    mojibake: limit(eq=0), zero_width_characters: limit(eq=0), not_nfc: limit(eq=0), entities_per_1000: limit(le=1.0),
    non_alphanumeric_fraction: limit(le=0.25), digit_fraction: limit(le=0.15), url_fraction: limit(le=0.2), white_space_fraction: limit(le=0.25),
    bracket_fraction: limit(le=0.1), boilerplate_paragraph_fraction: limit(le=0.4), unended_line_fraction: limit(le=0.85), special_character_fraction: limit(le=0.25),
    character_repetition_fraction: limit(le=0.5), word_repetition_fraction: limit(le=0.5), longest_line: limit(le=1000), mean_line_length: limit(le=100.0),
    alphanumeric_fraction: limit(ge=0.25), repeats_in_a_row: limit(lt=100), character_run_fraction: limit(le=0.3),
}  # fmt: skip
COUNTS = {mojibake, zero_width_characters, not_nfc, longest_line, repeats_in_a_row}
ROWS = type("Rows", (pa.DataFrameModel,), {
    "__annotations__": {one.column: int if one in COUNTS else float for one in LIMITS}, **{one.column: bound for one, bound in LIMITS.items()},
})  # fmt: skip
STANDARD = Standard(name="characters/1", about="Characters.", formats=("jsonl",), measures=(*LIMITS,), rows=ROWS)
SENTENCE = "one two three four five six seven eight nine ten eleven twelve"


@pytest.mark.parametrize(("measure", "passes", "fails"), [
    (mojibake, "schön £5 “so”", "schÃ¶n"), (mojibake, "Ünïcödé", "ÃƒÂ©"),
    (zero_width_characters, "می\u200cخواهم", "data\u200bset"), (not_nfc, "é", "e\u0301"),
    (entities_per_1000, "x" * 995 + "&amp;", "x" * 994 + "&amp;"), (entities_per_1000, "AT&T; R&D; &&;", "&amp;amp;"),
    (non_alphanumeric_fraction, "abc ", "ab c "), (non_alphanumeric_fraction, SENTENCE, SENTENCE + " %$&" * 3),
    (digit_fraction, "1" * 3 + "a" * 17, "1" * 4 + "a" * 17), (digit_fraction, "a", "Smith 555-0142"),
    (url_fraction, "http://a.b" + " " * 40, "http://a.b" + " " * 39), (url_fraction, "the http of ftp://a.b", "see https://example.org/a/b"),
    (white_space_fraction, "abc ", "ab\t"), (white_space_fraction, "a\u00a0", " " * 12 + "return x"),
    (bracket_fraction, "(" + "a" * 9, "(" + "a" * 8), (bracket_fraction, "a<b>", "(a)[b]{c}" * 20),
    (boilerplate_paragraph_fraction, "\n\n".join(["Privacy policy."] * 2 + ["x"] * 3), "\n\n".join(["Our Privacy Policy."] * 3 + ["x"] * 2)),
    (boilerplate_paragraph_fraction, "Lorem  ipsum", "x\n\nx\n\nLorem ipsum"),
    (unended_line_fraction, "\n".join(["x"] * 17 + ["x. "] * 3), "\n".join(["x"] * 9 + ["x."])), (unended_line_fraction, "\n \nx!", "x"),
    (special_character_fraction, "abc1", "ab1"), (special_character_fraction, "abc " * 9, "!!! $$$ 123 ### " * 20),
    (character_repetition_fraction, "abcdefghij" * 50, "abc" * 50 + "-" * 250), (character_repetition_fraction, "a" * 10, "a" * 11),
    (word_repetition_fraction, SENTENCE, (SENTENCE + " ") * 30), (word_repetition_fraction, SENTENCE + " x " + SENTENCE, " ".join([SENTENCE] * 4)),
    (longest_line, "x" * 1000 + "\n", "x" * 1001), (mean_line_length, "x" * 200 + "\n", "x" * 202 + "\n"),
    (alphanumeric_fraction, "a---", "a----"), (alphanumeric_fraction, "日本---", "+-|-+ | x | +-|-+"),
    (repeats_in_a_row, "ab " * 99, "ab " * 100), (repeats_in_a_row, (SENTENCE + " x ") * 99, (SENTENCE + " x ") * 100),
    (character_run_fraction, "aaa" + "bcdefg", "!!!!!!"), (character_run_fraction, "----" + "xyzuvwabcd", "----" + "xyzuvwabc"),
])  # fmt: skip
def test_limits_are_where_the_catalogue_has_them(measure, passes, fails):
    for text, outside in ((passes, False), (fails, True)):
        samples = pl.DataFrame({one.column: found(one, [text]) for one in LIMITS})
        assert STANDARD.door.outside(samples)[measure.column].to_list() == [outside], (measure.column, samples[measure.column])


def test_each_phrase_of_boilerplate_has_a_sign():
    module = sys.modules[boilerplate_paragraph_fraction.function.__module__]
    for phrase in (*module._POLICIES, "lorem ipsum"):
        assert pl.Series([phrase, phrase.upper()]).str.contains(module._SIGN).all(), phrase
        assert found(boilerplate_paragraph_fraction, [phrase, f"x{phrase.upper()}y\n\nx"]) == [1, 1 if phrase == "lorem ipsum" else 0.5]


def test_nothing_is_nothing():
    values = evaluate(LIMITS, {"text": pl.Series("text", [""])})
    assert {name for name, value in values.items() if value[0]} == set()
    assert all(len(value) == 0 for value in evaluate(LIMITS, {"text": pl.Series("text", [], pl.String)}).values())
