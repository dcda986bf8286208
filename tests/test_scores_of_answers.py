"""Exact match and F1 are those of SQuAD's own scripts; perplexity is what it is called."""

import collections
import math
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datastd.scores import exact_match, f1, normalised, perplexity


def normalize_answer(text):
    """As evaluate-v2.0.py has it."""
    text = "".join(ch for ch in text.lower() if ch not in set(string.punctuation))
    return " ".join(re.sub(re.compile(r"\b(a|an|the)\b", re.UNICODE), " ", text).split())


def compute_f1(gold, said):
    """As evaluate-v2.0.py has it."""
    gold_toks, pred_toks = normalize_answer(gold).split(), normalize_answer(said).split()
    common = collections.Counter(gold_toks) & collections.Counter(pred_toks)
    num_same = sum(common.values())
    if len(gold_toks) == 0 or len(pred_toks) == 0:
        return int(gold_toks == pred_toks)
    if num_same == 0:
        return 0
    precision, recall = num_same / len(pred_toks), num_same / len(gold_toks)
    return (2 * precision * recall) / (precision + recall)


def get_raw_scores(said, golds):
    """As evaluate-v2.0.py has it."""
    golds = [one for one in golds if normalize_answer(one)] or [""]
    return max(int(normalize_answer(one) == normalize_answer(said)) for one in golds), max(compute_f1(one, said) for one in golds)


WORDS = st.lists(st.sampled_from(["the", "The", "a", "an", "tower", "Tower!", "of", "Paris,", "é", "19-20", "U.S.", "--", "\u00a0", "İ"]), max_size=6)
ANSWERS = st.one_of(WORDS.map(" ".join), st.text(max_size=20))


@given(ANSWERS, st.lists(ANSWERS, max_size=4))
def test_they_are_those_of_the_script(said, golds):
    assert normalised(said) == normalize_answer(said)
    match, overlap = get_raw_scores(said, golds)
    assert exact_match(said, golds) == match
    assert f1(said, golds) == pytest.approx(overlap)


@given(ANSWERS, st.lists(ANSWERS, max_size=4))
def test_no_answer_matches_better_than_it_overlaps(said, golds):
    assert 0 <= exact_match(said, golds) <= f1(said, golds) <= 1


@given(ANSWERS)
def test_an_answer_is_right_where_it_is_the_one_that_is(answer):
    assert exact_match(answer, [answer]) == f1(answer, [answer]) == 1.0
    assert exact_match("", [answer]) == float(not normalised(answer))


@pytest.mark.parametrize(
    ("said", "golds", "match", "overlap"),
    [
        ("Denver Broncos", ["Denver Broncos", "The Broncos"], 1, 1),  # question 56be4db0acb8001400a502ec
        ("the Denver Broncos.", ["Denver Broncos"], 1, 1),
        ("Broncos", ["Denver Broncos"], 0, 2 / 3),
        ("Denver", ["Broncos"], 0, 0),
        ("Levi's Stadium in Santa Clara", ["Santa Clara, California"], 0, 0.5),
        ("gold gold", ["gold"], 0, 2 / 3),  # each word counts as often as it is there
        ("", [], 1, 1),
        ("x", [], 0, 0),
        ("", ["x"], 0, 0),
        ("", ["The"], 1, 1),  # nothing is left of it: there is no answer
        ("The", ["The", "x"], 0, 0),
    ],
)
def test_golden_values(said, golds, match, overlap):
    assert (exact_match(said, golds), f1(said, golds)) == (match, pytest.approx(overlap))


def test_perplexity_of_a_fair_choice_is_how_many_there_are_to_choose_from():
    assert [perplexity(math.log(count)) for count in (1, 2, 50_257)] == pytest.approx([1, 2, 50_257])
    assert perplexity(1e4) == math.inf
    assert math.isnan(perplexity(math.nan))
