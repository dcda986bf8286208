"""
What could not be read, as columns.

A defect is an exception, and takes a kilobyte; as a row of a table it takes some bytes, and
millions of them can be counted, told apart and set aside at once.
"""

import functools
from collections.abc import Collection, Sequence

import polars as pl

from datastd.errors import UsageError
from datastd.quiet import utf8
from datastd.sources import Defect
from datastd.sources.files import FileUnreadable

COLUMNS = {
    "code": pl.String, "path": pl.String, "at": pl.String, "expected": pl.String,
    "found": pl.String, "key": pl.String, "samples": pl.Int64,
}  # fmt: skip
"""A defect's code, and what it is made of; one row per defect, in the order of the data."""


@functools.cache  # asked for every batch, of which most have none
def nothing() -> pl.DataFrame:
    """A table of no defects."""
    return pl.DataFrame(schema=COLUMNS)


def tabled(defects: Sequence[Defect]) -> pl.DataFrame:
    """The table of these defects; what no UTF-8 can hold is written out."""
    if not defects:
        return nothing()
    codes = [one.code for one in defects]
    *words, samples = zip(*(one.args for one in defects), strict=True)
    told = [pl.Series(codes), *map(_texts, words), pl.Series(samples)]
    made = pl.DataFrame(dict(zip(COLUMNS, told, strict=True)), COLUMNS)
    return made.with_columns(key=pl.when(pl.col("key") == "").then("path").otherwise("key"))


def _texts(words: Sequence[str]) -> pl.Series:
    try:
        return pl.Series(words, dtype=pl.String)
    except UnicodeEncodeError:  # few names of files are no UTF-8
        return pl.Series([*map(utf8, words)], dtype=pl.String)


def said() -> pl.Expr:
    """What a row says, as `str` does of its defect."""
    is_there = pl.col("key").str.starts_with(pl.col("path"))
    file = pl.when(is_there).then(pl.lit("")).otherwise(pl.col("path") + ": ")
    at = pl.when(pl.col("at") == "").then(pl.lit("")).otherwise(pl.col("at") + ": ")
    return pl.format("{}{}expected {}, found {}", file, at, "expected", "found")


def lost(defects: pl.DataFrame, kinds: Collection[type[Defect]]) -> pl.DataFrame:
    """
    Those because of which something is not read: of these *kinds*, or a file that cannot be read.

    Raises:
        AssertionError: Some are of no such kind: nobody would know whether they are.
    """
    known: set[type[Defect]] = {*kinds, FileUnreadable}
    if unlisted := {*defects.get_column("code")} - {one.code for one in known}:
        msg = f"{sorted(unlisted)}: found by a source that does not list them in `kinds`"
        raise AssertionError(msg)
    return defects.filter(pl.col("code").is_in([one.code for one in known if one.loses]))


def refuse(role: str, defects: pl.DataFrame, kinds: Collection[type[Defect]]) -> None:
    """
    Refuse an input in which something could not be read: it would be compared with less.

    Raises:
        UsageError: Something was lost by a defect; a warning too can skip a file.
    """
    for code, key, what in lost(defects, kinds).head(1).select("code", "key", said()).rows():
        raise UsageError(f"--input {role}", "sound data", f"{code} in {key}: {what}")
