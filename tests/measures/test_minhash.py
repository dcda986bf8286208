"""MinHash of documents, held against Python's own sets."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datastd.banding import Banding
from datastd.measures import evaluate
from datastd.measures.text.minhash import minhash
from datastd.measures.text.normal_digest import normal_digest

WORDS = st.lists(st.sampled_from(["a", "b", "c", "d", "é", "12", "ß", "Ω"]), max_size=30)
TEXTS = st.lists(WORDS.map(" ".join), max_size=6)


def table(texts, banding):
    given = {"text": pl.Series("text", texts, pl.String), "banding": banding}
    return evaluate([minhash], given)["minhash"]


def runs(text, words):
    every = text.replace("é", "e").replace("12", "0").replace("Ω", "ω").split()
    return [tuple(every[n : n + words]) for n in range(len(every) - words + 1)]


@given(TEXTS, st.integers(1, 7))
def test_shingles_are_runs_of_words(texts, words):
    found = table(texts, Banding(words=words, bands=2, rows=2))
    has = [n for n, text in enumerate(texts) if runs(text, words)]
    assert found["row"].to_list() == has
    known = {}
    for row, shingles in zip(has, found["shingles"].to_list(), strict=True):
        for run, shingle in zip(runs(texts[row], words), shingles, strict=True):
            assert known.setdefault(run, shingle) == shingle
    assert len({*known.values()}) == len(known)


@given(TEXTS)
def test_bands_are_of_the_set_whatever_the_order_and_whatever_repeats(texts):
    banding = Banding(words=1)
    turned = [" ".join([*reversed(text.split()), *text.split()]) for text in texts]
    one, other = (table(some, banding)["bands"].to_list() for some in (texts, turned))
    assert one == other


def test_bands_agree_as_often_as_sets_are_alike():
    random = np.random.default_rng(3)
    agree = []
    for _ in range(60):
        words = ["".join(word) for word in random.choice([*"abcdefgh"], (300, 12))]
        one, other = " ".join(words[:200]), " ".join(words[100:])  # a third of all in both
        bands = table([one, other], Banding(words=1, bands=400, rows=1))["bands"].to_numpy()
        agree.append((bands[0] == bands[1]).mean())
    assert np.mean(agree) == pytest.approx(1 / 3, abs=0.01)
    assert np.std(agree) == pytest.approx((2 / 9 / 400) ** 0.5, rel=0.3)


def test_no_text_and_short_texts_have_no_row():
    assert table([], Banding()).height == 0
    found = table(["", "a b c d", "a b c d e"], Banding())
    assert found["row"].to_list() == [2]
    assert found.schema == table([], Banding()).schema


@pytest.mark.parametrize(("one", "other", "equal"), [
    ("On 3 May 1999, Café!", "on 12 may 2024 cafe", True),
    ("a b", "a\n\n -- B", True),
    ("a b", "b a", False),
    ("a b", "ab", False),
    ("a", "a a", False),
    ("!", "", True),
])  # fmt: skip
def test_normal_digest(one, other, equal):
    digests = evaluate([normal_digest], {"text": pl.Series("text", [one, other])})["normal_digest"]
    assert (digests[0] == digests[1]) is equal
    assert digests.dtype == pl.Binary
    assert [len(digest) for digest in digests] == [16, 16]


def test_digests_of_nothing():
    assert evaluate([normal_digest], {"text": pl.Series("text", [], pl.String)})["normal_digest"].to_list() == []
