"""Duplicate runs of words by three more definitions, held against Python and golden values."""

import runpy
import string
from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import SHARED, needs_data

from datastd.measures import evaluate
from datastd.measures.text import grams, other_repeated_runs

TOOLS = ("dolma", "redpajama", "nemo")
MEASURES = {(tool, n): getattr(other_repeated_runs, f"{tool}_{n}gram_character_fraction") for tool in TOOLS for n in grams.DUPLICATE}


def found(tool, n, texts):
    one = MEASURES[tool, n]
    return evaluate([one], {"text": pl.Series("text", texts, pl.String)})[one.column].tolist()


def dolma(text, n):
    words = text.split()
    runs = Counter(tuple(words[at : at + n]) for at in range(len(words) - n + 1))
    total = {run: sum(map(len, run)) * count for run, count in runs.items()}
    return sum(total[run] for run, count in runs.items() if count > 1) / max(1, sum(total.values()))


def redpajama(text, n):
    words = [word.strip(string.punctuation) for word in text.lower().split()]
    runs = [tuple(words[at : at + n]) for at in range(len(words) - n + 1)]
    inside = {at + k for at, run in enumerate(runs) if runs.count(run) > 1 for k in range(n)}
    return sum(len(words[at]) for at in inside) / max(1, sum(map(len, words)))


def nemo(text, n):
    words, seen, dup, over = text.split(), set(), 0, 0
    if len(words) < n:
        return 1.0
    for at in range(len(words) - n + 1):
        run = tuple(words[at : at + n])
        if run in seen:
            dup += sum(map(len, run[over:])) + min(n - over, n - 1)
            over = n
        seen.add(run)
        over = max(over - 1, 0)
    return dup / len(text)


BY_HAND = {"dolma": dolma, "redpajama": redpajama, "nemo": nemo}
TEXTS = st.lists(st.sampled_from(["a", "b", "A", "ab", "a.", "(b)", "...", "é", "É!", "loooooooooong", "x\u3000y"]), max_size=60).map(" ".join)


@given(st.lists(TEXTS | st.lists(st.sampled_from("ab"), max_size=40).map(" ".join), max_size=3))
def test_runs_are_those_by_hand(texts):
    for tool, by_hand in BY_HAND.items():
        for n in grams.DUPLICATE:
            np.testing.assert_allclose(found(tool, n, texts), [by_hand(text, n) for text in texts], err_msg=f"{tool} {n}")


@needs_data
def test_the_golden_values_of_three_tools():
    """Catalogue 4.3: four tools, four values; those of datatrove are asked for in test_text."""
    text = runpy.run_path(str(SHARED.parent / "reference" / "text_golden.py"))["doc"]
    golden = {"dolma": (0.1468, 0.1334, 0.1199, 0.1072, 0.0941, 0.0815), "redpajama": [0.2018] * 6, "nemo": [0.1418] * 6}
    for tool, values in golden.items():
        assert [round(found(tool, n, [text])[0], 4) for n in grams.DUPLICATE] == [*values]


@pytest.mark.parametrize("tool", TOOLS)
def test_of_too_long_a_text_no_runs_are_known(tool):
    (value,) = found(tool, 5, [" ".join(["of"] * (grams.MOST + 1))])
    assert np.isnan(value)
