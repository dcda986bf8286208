"""The report as a table: one row per failing sample, and one per rule without any."""

import io
from collections.abc import Callable, Mapping

import polars as pl

from datastd.model import Outcome, Verdict
from datastd.quiet import safe
from datastd.report import Report

SCHEMA = {
    "code": pl.String, "name": pl.String, "level": pl.String, "outcome": pl.String,
    "key": pl.String, "split": pl.String, "observed": pl.Float64, "limit": pl.String,
    "unit": pl.String, "detail": pl.String,
}  # fmt: skip
FINDINGS = {"key": pl.String, "split": pl.String, "observed": pl.Float64, "detail": pl.String}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def frame(report: Report) -> pl.DataFrame:
    """
    Every finding of a report.

    Returns:
        Columns as `SCHEMA`.  A rule that names no sample has one row, whose key is
        null and whose numbers are the verdict's.
    """
    return pl.concat([_rows(report, verdict) for verdict in report.verdicts])


def _rows(report: Report, verdict: Verdict) -> pl.DataFrame:
    found = report.details(verdict.code)
    named = verdict.examples if verdict.outcome is not Outcome.PASS else ()
    if not found.height and named:  # classes, splits, files: what the rule named is all there is
        rows = [(one.key, "", one.observed, one.detail) for one in named]
        found = pl.DataFrame(rows, FINDINGS, orient="row").with_columns(limit=pl.lit(""))
    if not found.height:
        found = pl.DataFrame(
            {"key": [None], "split": [None], "observed": [verdict.observed],
             "limit": [f"{verdict.limit:g}"], "detail": [""]}
        )  # fmt: skip
    return found.with_columns(
        code=pl.lit(verdict.code), name=pl.lit(verdict.name), unit=pl.lit(verdict.unit),
        level=pl.lit(str(verdict.level)), outcome=pl.lit(str(verdict.outcome)),
    ).select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())  # fmt: skip


def as_parquet(report: Report) -> bytes:
    """The findings as Parquet, names of samples as they are."""
    stream = io.BytesIO()
    frame(report).write_parquet(stream)
    return stream.getvalue()


def as_csv(report: Report) -> bytes:
    """The findings as CSV; see `csv`."""
    return csv(frame(report))


def csv(rows: pl.DataFrame) -> bytes:
    """A table as CSV; no cell is taken for a formula, none repaints a terminal."""
    text = pl.col(pl.String).map_elements(_cell, return_dtype=pl.String)
    return rows.with_columns(text).write_csv().encode()


def _cell(text: str) -> str:
    shown = safe(text, longest=1000)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown


RENDER: Mapping[str, Callable[[Report], bytes]] = {
    ".parquet": as_parquet,
    ".csv": as_csv,
}
