"""Measures of C4, FineWeb and RefinedWeb, held against their definitions in Python."""

import itertools
import re
import unicodedata

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from texts import repeats, share, tokens

from datastd.measures import evaluate
from datastd.measures.text import pieces
from datastd.schemas import c4, fineweb, raw_text, refinedweb

STANDARDS = {module.standard.name: module.standard for module in (c4, fineweb, refinedweb)}
MEASURES = {one.column: one for standard in STANDARDS.values() for one in standard.measures}

MARKS = {chr(point) for point in np.flatnonzero(pieces.classes() & pieces.TERMINAL)}
CITATION = re.compile(r"\[\d*]|\[edit]|\[citation needed]")
POLICIES = ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies")
COUNTER = re.compile(
    r"^\W*\d(?:,|\.|\d)*(?:K|k|M|m|B|b)?\s+"
    r"(?:likes|shares|comments|retweets|reposts|quotes|bookmarks|upvotes|downvotes|downloads|views|followers)\W*$"
)


def found(column, *texts):
    given_ = {"text": pl.Series("text", texts, pl.String)}
    return evaluate([MEASURES[column]], given_)[column].tolist()


def full(text):
    return [line for line in text.splitlines() if line.strip()]


def uncited(line):
    return CITATION.sub("", line.strip())


def is_lost(line):
    return not uncited(line).endswith((".", "?", "!", '"', "'")) or uncited(line).endswith("...")


def is_punctuation(token):
    return all(unicodedata.category(one)[0] == "P" for one in token)


def sentences(line):
    count, ended = 1, False
    for word in uncited(line).split():
        letters = [n for n, one in enumerate(word) if one.isalnum()]
        at = 0
        for one, run in itertools.groupby(word):
            length = len([*run])
            at += length
            if one in MARKS:
                ended |= not (letters and letters[-1] >= at) and not (one == "." and length > 1)
            elif ended and not is_punctuation(one):
                count, ended = count + 1, False
    return count


def reached(text, *, marks):
    for line in full(text):
        words = line.split()
        if max(map(len, words)) <= 1000 and len(words) >= 3 and not (marks and is_lost(line)):
            yield line.lower()


def script(line):
    return "javascript" in line


def policy(line):
    return any(one in line for one in POLICIES)


def c4_by_hand(tool, *, marks):
    def left(text):
        return [line for line in reached(text, marks=marks) if not script(line)]

    return {
        f"{tool}_fillers": lambda t: sum("lorem ipsum" in line for line in reached(t, marks=marks)),
        f"{tool}_braces": lambda t: sum("{" in line for line in left(t)),
    }


def kept(text, *, marks):
    lines = [line for line in full(text) if [*reached(line, marks=marks)]]
    return sum(sentences(line) for line in lines if not script(line.lower()) and not policy(line.lower()))


def feeds(text):
    return [line for line in text.split("\n") if line.strip()]


def gone(line):
    return line and (
        share(sum(map(str.isupper, line)), len(line)) > 0.5 or line.isdigit() or COUNTER.search(line.lower())
        or len(line.split()) < 2
    )  # fmt: skip


BY_HAND = {
    "unpunctuated_line_fraction": lambda t: share(sum(map(is_lost, full(t))), len(full(t))),
    "short_lines": lambda t: sum(len(line.split()) < 3 for line in full(t)),
    "longest_word": lambda t: max(map(len, t.split()), default=0),
    "javascript_lines": lambda t: sum(script(line.lower()) for line in full(t)),
    "policy_lines": lambda t: sum(policy(line.lower()) for line in full(t)),
    **c4_by_hand("c4", marks=True),
    **c4_by_hand("fineweb", marks=False),
    "c4_sentences": lambda t: kept(t, marks=True),
    "fineweb_sentences": lambda t: kept(t, marks=False),
    "ended_line_fraction": lambda t: share(sum(line[-1] in MARKS for line in feeds(t)), len(feeds(t))),
    "short_line_fraction": lambda t: share(sum(len(line) <= 30 for line in feeds(t)), len(feeds(t))),
    "repeated_line_character_fraction": lambda t: share(repeats(feeds(t))[1], len(t.replace("\n", ""))),
    "line_feeds_per_word": lambda t: share(t.count("\n"), len(tokens(t))),
    "uppercase_lines": lambda t: sum(share(sum(map(str.isupper, line)), len(line)) > 0.5 for line in t.split("\n")),
    "numeric_lines": lambda t: sum(map(str.isdigit, t.split("\n"))),
    "counter_lines": lambda t: sum(bool(COUNTER.search(line.lower())) for line in t.split("\n")),
    "one_word_lines": lambda t: sum(len(line.split()) < 2 for line in t.split("\n") if line),
    "removed_word_fraction": lambda t: share(sum(len(line.split()) for line in t.split("\n") if gone(line)), len(t.split())),
}  # fmt: skip

WORDS = st.sampled_from([
    "the", "a", "THE", "É", "Mr.", "b.", "e.g.", "!?", "?!", "..", "...", "…", "。", "॥", "\u203c", ".", '"', "'", "“", "$5", ".5", "+", "(x)", "§",
    "[1]", "[", "[]", "[edit]", "[Edit]", "[citation needed]", "x.[12]", "..[3].", "[٣]", "[²]", "[1", "1]", "{", "a.b", "x.$y.",
    "javascript", "JavaScript:", "javascrİpt", "lorem", "Ipsum", "lorem ipsum", "Lorem  ipsum", "terms of", "Use", "privacy policy",
    "coo\u212aie policy", "uses cookies", "use of COOKIES", "cookies", "uuse", "cookie", "policy.",
    "5", "12,5.", "3K", "1.2m", "\u212a", "4 likes", "٣ views", "²", "likes", "Shares!", "followers", "_", "9_", "x" * 999, "é" * 1000, "y" * 1001,
])  # fmt: skip
GAPS = st.sampled_from([" ", " ", " ", "", "\n", ".\n", "\n\n", "  ", "\r\n", "\r", "\u2028", "\x0b", "\x1f", "\u00a0", "\x85", " \n", "\t"])
PAGES = st.lists(st.tuples(WORDS, GAPS), max_size=40).map(lambda parts: "".join(itertools.chain(*parts)))


@given(st.lists(PAGES | st.text(max_size=20), max_size=4))
@example(["!? a", "a !? b", "x. y! z?", "a b $. c"])
def test_every_measure_is_what_it_is_by_hand(texts):
    for column, by_hand in BY_HAND.items():
        np.testing.assert_allclose(found(column, *texts), [by_hand(text) for text in texts], err_msg=column)


@given(st.lists(st.sampled_from(["a", "1", ".", "!", "?", "…", "$", "-", " ", "[1]", "[edit]", "。", "é"]), max_size=30).map("".join))
def test_sentences_are_those_by_hand(line):
    text = f"so it is {line}."
    assert found("fineweb_sentences", text) == [sentences(text)]


def test_every_measure_was_done_by_hand():
    inherited = {*fineweb.standard.limits} & {*refinedweb.standard.limits}
    assert {*BY_HAND} == {*MEASURES} - inherited
    assert {*raw_text.standard.limits} <= inherited


def test_every_code_point_has_the_classes_that_python_says():
    every = [chr(point) for point in range(0x110000)]
    for bit, holds in {
        pieces.ALPHABETIC: str.isalpha, pieces.WORD: str.isalnum, pieces.UPPER: str.isupper, pieces.DIGIT: str.isdigit,
        pieces.DECIMAL: str.isdecimal, pieces.PUNCTUATION: is_punctuation,
    }.items():  # fmt: skip
        assert np.array_equal(pieces.classes() & bit > 0, [*map(holds, every)])
    assert {*".!?。؟।‼"} < MARKS
    assert not MARKS & {*"\"'…,;:”"}


PROSE = "This is a line of some words that is long enough. "
LINES = [f"{PROSE}Number {n}." for n in range(20)]


@pytest.mark.parametrize(("standard", "column", "passes", "fails"), [
    ("c4/1", "unpunctuated_line_fraction", "Ends here.\nNot here", "Ends here.\nNot here\nNor here"),
    ("c4/1", "short_lines", "three words there", "only two"), ("c4/1", "longest_word", "x" * 1000, "x" * 1001),
    ("c4/1", "javascript_lines", "java script", "Please enable JavaScript"), ("c4/1", "policy_lines", "a policy of privacy", "Read our Privacy Policy"),
    ("c4/1", "c4_sentences", "It is so. " * 5, "It is so. " * 4), ("c4/1", "c4_sentences", "It is so.\n" * 5, "It is so\n" * 5),
    ("c4/1", "c4_fillers", "Now lorem  ipsum it is.", "Now Lorem ipsum it is."), ("c4/1", "c4_braces", "It is (x) here.", "It is {x} here."),
    ("c4/1", "c4_braces", "It is {x} here", "It is {x} here.[1]"), ("fineweb/1", "fineweb_braces", "{ x", "It is {x} here"),
    ("fineweb/1", "fineweb_sentences", "It is so\n" * 5, "It is so\n" * 4), ("fineweb/1", "fineweb_fillers", "Lorem ipsum", "Now Lorem ipsum"),
    ("fineweb/1", "ended_line_fraction", "\n".join(["a."] * 12 + ["b"] * 88), "\n".join(["a."] * 12 + ["b"] * 89)),
    ("fineweb/1", "ended_line_fraction", "He left.", 'He left." '),
    ("fineweb/1", "short_line_fraction", "\n".join(["a" * 30] * 67 + ["b" * 31] * 33), "\n".join(["a" * 30] * 68 + ["b" * 31] * 32)),
    ("fineweb/1", "repeated_line_character_fraction", "a\n" + "b" * 98 + "\na\n\n\n", "a\n" + "b" * 97 + "\na"),
    ("fineweb/1", "repeated_line_character_fraction", " \n" * 40 + "text", "\n".join([*LINES, LINES[0]])),
    ("fineweb/1", "line_feeds_per_word", "a b c d e f g\n" * 3, "a b c\n" * 3),
    ("refinedweb/1", "uppercase_lines", "ABcd", "ABCde"), ("refinedweb/1", "numeric_lines", "123 4", "1234\nx"),
    ("refinedweb/1", "counter_lines", "3 likes it", "text\n+1,234K Likes!"), ("refinedweb/1", "one_word_lines", "two words\n\nthey are", "two words\nMenu"),
    ("refinedweb/1", "removed_word_fraction", "w " * 95 + "\na" * 5, "w " * 94 + "\na" * 6),
])  # fmt: skip
def test_limits_are_where_the_catalogue_has_them(standard, column, passes, fails):
    limit = {column: STANDARDS[standard].limits[column]}
    for text, outside in ((passes, False), (fails, True)):
        (value,) = found(column, text)
        bounds = limit[column].bounds
        inside = all({"ge": value >= bound, "le": value <= bound, "eq": value == bound}[how] for how, bound in bounds.items())
        assert inside is not outside, value
