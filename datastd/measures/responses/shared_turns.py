"""Runs of n words that what users say shares with an item of an evaluation set."""

import numpy as np
import polars as pl

from datastd.measures import Table, measure, probe
from datastd.measures.text import Utf8, normal, utf8
from datastd.measures.text.normal import Normal
from datastd.measures.text.shared_ngrams import LEAST
from datastd.measures.text.sought import Sought, shared, words_of
from datastd.model import Level


def _sought(keys: pl.Series, words: pl.DataFrame, ngram: int) -> Sought:
    return Sought.of(keys, words, ngram, LEAST)


def text(prompt: pl.Series, annotations: pl.DataFrame) -> pl.Series:
    """
    What users say in each sample, with two line feeds between their turns.

    Samples that have a text, as those of an evaluation set may, are looked at by that.
    """
    turns = annotations.lazy().filter((pl.col("role") == "user") & (pl.col("side") < 2))
    each = turns.group_by("row").agg(pl.col("text").str.join("\n\n"))
    rows = pl.LazyFrame({"row": np.arange(len(prompt))})
    every = rows.join(each, on="row", how="left", maintain_order="left").collect()
    return every.get_column("text")


def user_utf8(text: pl.Series) -> Utf8:
    """The bytes of what users say."""
    return utf8(text)


def user_words(user_utf8: Utf8) -> Normal:
    """The words of it as they are compared: `normal.normal`."""
    return normal.normal(*user_utf8)


@probe("evaluation", _sought)
def sought_turns(user_utf8: Utf8, user_words: Normal) -> Table:
    """Every word that users say in each item."""
    return words_of(user_utf8, user_words)


@measure("L696", "shared-turns", unit="n-grams", level=Level.WARN)
def shared_turns(user_utf8: Utf8, user_words: Normal, sought_turns: Sought) -> pl.DataFrame:
    """
    The distinct runs of n words that users say in each sample and in the input ``evaluation``.

    As `shared_ngrams`, of all turns of users, with two line feeds between them.  An evaluation
    set is read in the same format, or in one of texts: ``jsonl:question::benchmarks``.

    Why it matters:
        A benchmark whose questions were trained on measures memory.

    Remedy:
        Leave the records named out.

    Source:
        As for L310.
    """
    return shared(user_utf8, user_words, sought_turns)
