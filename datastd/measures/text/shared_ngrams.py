"""Runs of n words that a document shares with an item of an evaluation set."""

import polars as pl

from datastd.measures import Table, measure, probe
from datastd.measures.text import Utf8
from datastd.measures.text.normal import Normal
from datastd.measures.text.sought import Sought, shared, words_of

LEAST = 8
"""Words of the shortest item that is looked for: others occur in any text."""


def _sought(keys: pl.Series, words: pl.DataFrame, ngram: int) -> Sought:
    return Sought.of(keys, words, ngram, LEAST)


@probe("evaluation", _sought)
def sought_ngrams(utf8: Utf8, normal_words: Normal) -> Table:
    """Every word of each item."""
    return words_of(utf8, normal_words)


@measure("L393", "shared-ngrams", unit="n-grams", version=3)
def shared_ngrams(utf8: Utf8, normal_words: Normal, sought_ngrams: Sought) -> pl.DataFrame:
    """
    The distinct runs of n words of each document that the input ``evaluation`` has too.

    Words are those that datatrove's ``simplify_text`` leaves: lower case, numbers as 0, no
    punctuation, no marks (`normal.normal`).  A rule tells n.  An item of 8 to n words is one
    run; a shorter one is none.  Runs are found by a hash and compared word by word, by hashes
    of 64 bits: it takes two different words of one hash to confuse two of them.  A table, as
    `sought.shared` makes it: a row for each document, and one for each run in it.

    Why it matters:
        A benchmark that was trained on measures memory.

    Remedy:
        Cut the runs out of the documents named, or drop these.

    Source:
        NVIDIA NeMo Curator, ``TaskDecontamination``; datatrove,
        ``pipeline/decont/n_grams.py``.
    """
    return shared(utf8, normal_words, sought_ngrams)
