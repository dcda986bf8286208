"""Runs of words that documents share with an input, held against sets of tuples of words."""

import pickle

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datastd.measures import evaluate, probes
from datastd.measures.text import normal_words, utf8
from datastd.measures.text.shared_8grams import shared_8grams, sought_8grams
from datastd.measures.text.shared_ngrams import shared_ngrams, sought_ngrams
from datastd.measures.text.sought import Sought, shared, words_of

WORDS = ["a", "b", "c", "naïve", "7"]
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), max_size=12), max_size=6)
LENGTHS = st.tuples(st.integers(1, 4), st.integers(1, 4)).map(sorted)


def read(texts):
    given_ = utf8(pl.Series("text", texts, pl.String))
    return given_, normal_words(given_)


def sought_of(texts, most, least):
    table = pl.DataFrame(words_of(*read(texts)))
    keys = pl.Series([f"item#{n}" for n in range(len(texts))], dtype=pl.String)
    return pickle.loads(pickle.dumps(Sought.of(keys, table, most, least)))


def runs(words, most, least):
    """The runs of a text, and the first word of each."""
    if len(words) < least or not words:
        return {}
    size = min(most, len(words))
    found = {}
    for at in range(len(words) - size + 1):
        found.setdefault(tuple(words[at : at + size]), at)
    return found


def spaced(texts):
    return ["  " + ", ".join(words) for words in texts]


@given(TEXTS, TEXTS, LENGTHS)
def test_the_runs_found_are_those_of_sets(documents, items, lengths):
    least, most = lengths
    table = shared(*read(spaced(documents)), sought_of(spaced(items), most, least))
    alone, found = table.filter(pl.col("other").is_null()), table.filter(pl.col("other").is_not_null())
    assert alone["row"].to_list() == [*range(len(documents))]
    assert found["row"].is_sorted()
    first = {}
    for n, words in enumerate(items):
        for run in runs(words, most, least):
            first.setdefault(run, n)
    expected, by_gram = {}, {}
    for n, words in enumerate(documents):
        for run, item in first.items():
            size = len(run)
            places = [at for at in range(len(words) - size + 1) if tuple(words[at : at + size]) == run]
            if places:
                expected[n, run] = places[0], f"item#{item}"
    for row, gram, at, start, stop, other, there, until in found.select(
        "row", "gram", "at", "start", "stop", "other", "other_start", "other_stop"
    ).rows():
        here = spaced(documents)[row].encode()[start:stop].decode()
        item = spaced(items)[int(other.removeprefix("item#"))].encode()[there:until].decode()
        assert here == item
        run = tuple(here.split(", "))
        assert expected.pop((row, run)) == (at, other)
        assert by_gram.setdefault(gram, run) == run
    assert not expected


def test_items_and_documents_are_compared_as_simplify_text_has_them():
    sought = sought_of(["Tom has 12.5 CAFÉS."], 4, 4)
    table = shared(*read(["— tom HAS 3 «cafés»", "tom has cafes"]), sought)
    assert table["other"].to_list() == [None, None, "item#0"]
    assert table.filter(pl.col("other").is_not_null()).select("row", "start", "stop", "other_stop").row(0) == (0, 4, 22, 19)


def test_many_runs_are_found():
    random = np.random.default_rng(0)
    words = [f"w{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}" for n in random.permutation(5000)]
    text = " ".join(words)
    table = shared(*read([text, text[:1000], ""]), sought_of([text], 13, 8))
    assert table.height == 3 + (5000 - 12) + (len(text[:1000].rsplit(" ", 1)[0].split()) - 12)
    assert table.filter(pl.col("row") == 0).drop_nulls().select((pl.col("gram") == pl.col("at")).all()).item()


def test_words_of_one_hash_are_all_it_takes_to_confuse_two_runs():
    (given_, words), other = read(["a b c d"]), read(["e f g h"])[1]
    sought = sought_of(["a b c d"], 4, 4)
    assert shared(given_, words._replace(hashes=other.hashes), sought).height == 1
    assert shared(given_, words, sought).height == 2


def test_a_run_whose_hash_is_that_of_another_is_another():
    # The polynomial of two words is the same; the words are not.
    factor, sought = 0x9E3779B97F4A7C15, sought_of(["x y"], 2, 2)
    one = sought.runs.words.copy()
    twin = np.array([one[0] + np.uint64(1), (int(one[1]) - factor) % 2**64], np.uint64)
    given_, words = read(["x y"])
    assert shared(given_, words, sought).height == 2
    assert shared(given_, words._replace(hashes=twin), sought).height == 1


@pytest.mark.parametrize(("count", "found"), [(7, 0), (8, 1), (12, 1), (13, 1), (14, 2)])
def test_an_item_of_eight_words_to_thirteen_is_one_run(count, found):
    text = " ".join(f"w{chr(97 + n)}" for n in range(count))
    (probe,) = probes([shared_ngrams])
    assert (probe, probe.role) == (sought_ngrams, "evaluation")
    words = pl.DataFrame(evaluate([sought_ngrams], {"text": pl.Series([text])})["sought_ngrams"])
    sought = probe.made(pl.Series(["e"]), words, {"ngram": 13, "other": 5})
    table = evaluate([shared_ngrams], {"text": pl.Series([text]), "sought_ngrams": sought})["shared_ngrams"]
    assert table.height == 1 + found
    assert pickle.loads(pickle.dumps(probe)) is probe


@pytest.mark.parametrize(("count", "found"), [(0, 0), (1, 1), (7, 1), (8, 1), (9, 2)])
def test_for_a_share_an_item_of_fewer_than_eight_words_is_one_run(count, found):
    text = " ".join(f"w{chr(97 + n)}" for n in range(count))
    words = pl.DataFrame(evaluate([sought_8grams], {"text": pl.Series([text])})["sought_8grams"])
    sought = sought_8grams.made(pl.Series(["e"]), words, {})
    table = evaluate([shared_8grams], {"text": pl.Series([text]), "sought_8grams": sought})["shared_8grams"]
    assert table.height == 1 + found


def test_without_the_input_nothing_is_measured():
    assert evaluate([shared_ngrams, shared_8grams], {"text": pl.Series(["a"])}) == {}
