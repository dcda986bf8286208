"""Words as they are compared, held against datatrove's `simplify_text`, written in Python."""

import itertools
import re
import unicodedata

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datastd.measures.text import normal_words, utf8
from datastd.measures.text.normal import PUNCTUATION, kinds
from datastd.names import INVISIBLE

ODD = st.sampled_from("aA1 .,2٣٫,⎖Σσ\u0301ςİÀé한Ⅷ'’\u00ad\u0345:ǅ≠\u2329\n\t-\u3000\u2028ſᾳᾼΐ１\u200d\0\x85")
TEXTS = st.lists(st.text(ODD | st.characters(exclude_categories=["Cs"])), max_size=5)
EVERY = [chr(point) for point in range(0x110000) if not 0xD800 <= point <= 0xDFFF]
SPACES = str.maketrans(dict.fromkeys(PUNCTUATION, " "))


def decomposed(text):
    """NFD, of which nothing changes places."""
    return "".join(unicodedata.normalize("NFD", one) for one in text)


def simplified(text, nfd=decomposed):
    text = "".join(one for one in text if one not in INVISIBLE)  # which datatrove keeps
    text = re.sub(r"\d+([.,،٫⎖⎗⎘]\d+)?", "0", text.lower()).translate(SPACES)
    return "".join(one for one in nfd(text) if unicodedata.category(one) != "Mn").split()


def found(texts):
    """Of each text, its words, and what they are there."""
    given = utf8(pl.Series("text", texts, pl.String))
    words = normal_words(given)
    simple = [bytes(words.content[a:b]).decode() for a, b in itertools.pairwise(words.places)]
    there = [bytes(given.content[a:b]).decode() for a, b in zip(words.start, words.stop, strict=True)]
    return words, simple, [there[a:b] for a, b in itertools.pairwise(words.offsets)]


@given(TEXTS)
def test_words_are_those_that_python_makes(texts):
    words, simple, there = found(texts)
    assert simple == [" ".join(simplified(text)) for text in texts]
    by_hash = {}
    for text, pieces, n in zip(texts, there, range(len(texts)), strict=True):
        assert len(pieces) == words.offsets[n + 1] - words.offsets[n]
        for piece, value, word in zip(pieces, words.hashes[words.offsets[n]:], simplified(text), strict=False):
            assert by_hash.setdefault(word, value) == value
            if "Σ" not in piece:  # what is around it says which form it takes
                assert simplified(piece) == [word]
    assert len({*by_hash.values()}) == len(by_hash)


def test_every_character_alone():
    _, simple, _ = found(EVERY)
    assert simple == [" ".join(simplified(one)) for one in EVERY]


def test_characters_that_are_not_looked_up_are_kept():
    kept = kinds().kinds == 0
    for one in EVERY:
        if kept[ord(one)]:
            assert simplified(one) == [one]


@given(st.text(st.characters(exclude_categories=["Cs", "Mc"])))
def test_order_of_marks_is_told_by_others_than_mn_only(text):
    assert simplified(text) == simplified(text, lambda some: unicodedata.normalize("NFD", some))


@pytest.mark.parametrize(("text", "words"), [
    ("The 3,141.5 Cafés -- don't!", ["the", "0", "0", "cafes", "don", "t"]),
    ("v1.2.3 x٣٫٤y 7.", ["v0", "0", "x0y", "0"]),
    ("1\u03012", ["00"]),
    ("ΟΔΟΣ ΟΔΟΣ' ΣΑΣ Σ", ["οδος", "οδος", "σας", "σ"]),
    ("İstanbul", ["istanbul"]),
    ("\u0301 a \u0301\u0301 b", ["a", "b"]),
    ("한", ["\u1112\u1161\u11ab"]),
    ("a\u037eb ≠", ["a;b", "="]),
    ("co\u00adoper\u200bate \ufeffthe\u2060re \u200b \u200cx\u200d", ["cooperate", "there", "x"]), ("1\u200b2 3,\u200d1\u20604\u200b1.\u00ad5x", ["0", "0", "0x"]), ("1.\u200b", ["0"]), ("\u200b", []),
    ("аpple apple", ["аpple", "apple"]),  # letters that look alike are others
    (" \n\t", []), ("", []), (None, []),
])  # fmt: skip
def test_words(text, words):
    _, simple, _ = found([text])
    assert simple == [" ".join(words).strip()]


def test_places_are_in_the_text_as_it_is():
    _, _, there = found(["x", " The 3,141.5 Cafe\u0301s\n--no"])
    assert there == [["x"], ["The", "3,141", "5", "Cafe\u0301s", "no"]]
    assert found(["\u200ba\u200bb\u200b c"])[2] == [["a\u200bb", "c"]]
