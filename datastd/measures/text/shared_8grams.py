"""Runs of eight words that a document shares with an item of an evaluation set."""

import polars as pl

from datastd.measures import Table, measure, probe
from datastd.measures.text import Utf8
from datastd.measures.text.normal import Normal
from datastd.measures.text.sought import Sought, shared, words_of

WORDS = 8


def _sought(keys: pl.Series, words: pl.DataFrame) -> Sought:
    return Sought.of(keys, words, WORDS, 1)


@probe("evaluation", _sought)
def sought_8grams(utf8: Utf8, normal_words: Normal) -> Table:
    """Every word of each item."""
    return words_of(utf8, normal_words)


@measure("L392", "shared-8-grams", unit="n-grams", version=3)
def shared_8grams(utf8: Utf8, normal_words: Normal, sought_8grams: Sought) -> pl.DataFrame:
    """
    The distinct runs of 8 words of each document that the input ``evaluation`` has too.

    As `shared_ngrams`; but an item of fewer than 8 words, however short, is one run.

    Why it matters:
        Of an item that was learned by heart most is there.

    Remedy:
        Cut the runs out of the documents named, or drop these.

    Source:
        Chowdhery et al. 2022, "PaLM: Scaling Language Modeling with Pathways",
        arXiv:2204.02311, section 8.
    """
    return shared(utf8, normal_words, sought_8grams)
