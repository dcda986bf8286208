"""Runs of n words that what is said shares with what an item of an evaluation set asks."""

import numpy as np
import polars as pl

from datastd.measures import Table, measure, probe
from datastd.measures.text import Utf8, normal, utf8
from datastd.measures.text.normal import Normal
from datastd.measures.text.shared_ngrams import LEAST
from datastd.measures.text.sought import Sought, shared, words_of
from datastd.model import Level
from datastd.sources.encoding import nulls

_TURNS = {
    "row": pl.Int64(), "side": pl.Int8(), "role": pl.String(), "text": pl.String(),
    "call_arguments": pl.List(pl.String),
}  # fmt: skip
_ESCAPES = r'\\(?:u[0-9a-fA-F]{4}|[bfnrt"/\\])'


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


def annotations() -> pl.DataFrame:
    """The turns of samples that have a text instead: none."""
    return pl.DataFrame(schema=_TURNS)


def tools(text: pl.Series) -> pl.Series:
    """The tools of samples that have a text instead: none."""
    return nulls(len(text), pl.String)


def whole_text(text: pl.Series, annotations: pl.DataFrame, tools: pl.Series) -> pl.Series:
    """
    All that is said in each sample, with two line feeds between two texts.

    What users say, as `text`; behind it all other turns, what tools are called with, and which
    there are.  What JSON writes as an escape is a space in the last two.
    """
    turns = annotations.lazy()
    other = pl.col("role").ne_missing("user")
    called = turns.select("row", text="call_arguments").filter(pl.col("text").is_not_null())
    known = pl.LazyFrame({"row": np.arange(len(text)), "text": tools})
    of_json = pl.concat([called.explode("text"), known]).with_columns(
        pl.col("text").str.replace_all(_ESCAPES, " ")
    )
    every = pl.concat([
        pl.LazyFrame({"row": np.arange(len(text)), "text": text}),
        turns.filter(other).select(pl.col("row").cast(pl.Int64), "text"),
        of_json,
    ])  # fmt: skip
    said = every.filter(pl.col("text") != "").group_by("row").agg(pl.col("text").str.join("\n\n"))
    rows = pl.LazyFrame({"row": np.arange(len(text))})
    return rows.join(said, on="row", how="left", maintain_order="left").collect()["text"]


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


def whole_utf8(whole_text: pl.Series) -> Utf8:
    """The bytes of all that is said."""
    return utf8(whole_text)


def whole_words(whole_utf8: Utf8) -> Normal:
    """The words of it."""
    return normal.normal(*whole_utf8)


@measure("L696", "shared-turns", unit="n-grams", level=Level.WARN, version=2)
def shared_turns(whole_utf8: Utf8, whole_words: Normal, sought_turns: Sought) -> pl.DataFrame:
    """
    The distinct runs of n words of each sample that users say in the input ``evaluation``.

    As `shared_ngrams`, of all turns of a sample, whoever speaks, what tools are called with, and
    which are declared: `whole_text`.  Of the evaluation set that is what users say; it is read in
    the same format, or in one of texts: ``jsonl:question::benchmarks``.

    Why it matters:
        A benchmark whose questions were trained on measures memory.

    Remedy:
        Leave the records named out.

    Source:
        As for L310.
    """
    return shared(whole_utf8, whole_words, sought_turns)
