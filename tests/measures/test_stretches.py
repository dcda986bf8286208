"""Equal spans of words meet by their anchors, wherever they begin."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datastd.measures import evaluate
from datastd.measures.text.stretches import stretches
from datastd.rules import fold
from datastd.rules.text.exact_substring_duplicate import ExactSubstringDuplicate

WORDS = ["a", "b", "c", "ü", "..."]
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), max_size=30) | st.lists(st.just("a"), max_size=12), min_size=1, max_size=5)


def measured(texts, span):
    return evaluate([stretches], {"text": pl.Series("text", texts, pl.String), "span": span})["stretches"]


def spans(words, span):
    return [tuple(words[at : at + span]) for at in range(len(words) - span + 1)]


def kept(words, span):
    """The spans of a text, without the third of equal ones in a row."""
    every = spans(words, span)
    return [one for n, one in enumerate(every) if n < 2 or not one == every[n - 1] == every[n - 2]]


@given(TEXTS, st.integers(2, 9))
def test_every_span_is_there_and_equal_ones_have_equal_anchors(texts, span):
    table = measured(["\n ".join(words) for words in texts], span)
    anchors, hashes = {}, {}
    for n, words in enumerate(texts):
        rows = table.filter(pl.col("row") == n)
        flat = rows.explode("spans").filter(pl.col("spans").is_not_null())
        expected = kept(words, span)
        assert flat.height == len(expected)
        assert (rows.height == 1) or expected
        for one, anchor, value in zip(expected, flat["anchor"], flat["spans"], strict=True):
            assert anchors.setdefault(one, anchor) == anchor
            assert hashes.setdefault(one, value) == value
    assert len({*hashes.values()}) == len(hashes)


@given(TEXTS, st.integers(2, 9))
def test_a_stretch_says_in_which_bytes_its_spans_are(texts, span):
    whole = [" \u3000" + "\n ".join(words) + " " for words in texts]
    places = dict.fromkeys(range(len(texts)), -1)
    for row, start, stop, some in measured(whole, span).select("row", "start", "stop", "spans").rows():
        said = whole[row].encode()[start:stop].decode()
        assert said == said.strip()
        assert len(said.split()) == (len(some) + span - 1 if some else len(texts[row]))
        assert start > places[row]
        places[row] = start


def test_a_text_has_a_stretch_about_every_thirteen_words():
    text = " ".join(f"w{n}" for n in range(10_000))
    table = measured([text], 50)
    assert 10_000 / 15 < table.height < 10_000 / 12
    assert table["spans"].list.len().sum() == 10_000 - 49


@pytest.mark.parametrize(("text", "found"), [("", (0, 0)), (" . ", (1, 2)), ("ab  cd", (0, 6))])
def test_a_short_text_is_one_row_without_a_span(text, found):
    table = measured(["x y z", text, "x y z"], 4)
    assert table.select("start", "stop").row(1) == found
    assert table["spans"].list.len().to_list() == [0, 0, 0]
    assert table["anchor"][0] == table["anchor"][2] != table["anchor"][1]
    assert measured([], 4).height == 0


@given(TEXTS, st.integers(2, 9))
def test_the_rule_names_the_documents_with_a_span_that_was_there_before(texts, span):
    table = measured([" ".join(words) for words in texts], span)
    keys = [f"f#{n}" for n in table["row"]]
    rows = table.with_columns(key=pl.Series(keys, dtype=pl.String), split=pl.lit("train"), origin=pl.lit("data"))
    rule, seen, expected = ExactSubstringDuplicate(span=span), set(), []
    for n, words in enumerate(texts):
        every = spans(words, span)
        expected += [f"f#{n}"] if len({*every}) < len(every) or not seen.isdisjoint(every) else []
        seen.update(every)
    assert rule.failing(rows)["key"].unique(maintain_order=True).to_list() == expected
    assert fold(rule, [rows]).checked == table.height
