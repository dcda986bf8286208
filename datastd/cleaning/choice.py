"""Which samples stay, and why the others do not."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.model import Outcome
from datastd.pipeline import Case
from datastd.report import Report
from datastd.rules import Rule, in_key_order
from datastd.sources import Source

REASONS = {
    "key": pl.String, "split": pl.String, "code": pl.String, "observed": pl.Float64,
    "limit": pl.String, "detail": pl.String, "kept": pl.String,
}  # fmt: skip
"""Columns of why something is left out: one row per thing and code."""

_PLACED = {**REASONS, "payload": pl.String, "row": pl.Int64}


@dataclass(frozen=True, slots=True)
class Choice:
    """
    What stays of a dataset, and what does not.

    Attributes:
        kept: By payload, the numbers of the samples that stay.
        splits: Samples that stay, by split.
        samples: Why the others do not, columns as `REASONS`, in key order.
        files: What is wrong with files, columns as `REASONS`; some of them stay.
        unnamed: Samples left out that have no name.
        classes: Labels of which no sample stays.
    """

    kept: dict[str, NDArray[np.int64]]
    splits: dict[str, int]
    samples: pl.DataFrame
    files: pl.DataFrame
    unnamed: int
    classes: tuple[int, ...]

    @property
    def rows(self) -> int:
        """Samples that stay."""
        return sum(self.splits.values())

    @property
    def removed(self) -> dict[str, int]:
        """Samples left out, by code; one may be left out for several."""
        return dict(self.samples.group_by("code").agg(pl.col("key").n_unique()).sort("code").rows())

    def bad_files(self, codes: Sequence[str]) -> set[str]:
        """Files that one of these codes names."""
        return {*self.files.filter(pl.col("code").is_in(codes)).get_column("key")}


def choose(case: Case, report: Report, also: Sequence[str]) -> Choice:
    """
    Choose what stays: all that can be read, and that no verdict which fails names.

    Args:
        case: What was judged.
        report: The verdicts.
        also: Codes that count as failed.
    """
    finder = _Finder.of(case)
    asked = {verdict.code for verdict in report.verdicts}
    judged = {rule.called[0]: rule for rule in case.standard.judged}
    rules = {code: rule for code, rule in judged.items() if code in asked}
    units = {kind.code: kind.unit for kind in case.kinds}
    wanted = [
        verdict.code for verdict in report.verdicts
        if verdict.code in units or verdict.outcome is Outcome.FAIL or verdict.code in also
    ]  # fmt: skip
    # Rules that let some stay come last: of what is alike, the bad ones are gone by then.
    wanted.sort(key=lambda code: code in rules and rules[code].spares)
    gone, files = pl.DataFrame(schema=_PLACED), pl.DataFrame(schema=_PLACED)
    for code in wanted:
        found = finder.find(_said(report, code, rules.get(code)))
        found = _each(found) if code in units else found
        a_sample = pl.col("payload").is_not_null() | (units.get(code) == "samples")
        files = pl.concat([files, _all(found.filter(~a_sample))])
        failing = found.filter(a_sample)
        if code in rules and rules[code].spares:
            failing = failing.join(gone, on="key", how="anti", maintain_order="left")
        cured = rules[code].cure(failing) if code in rules else _all(failing)
        gone = pl.concat([gone, cured.select(*_PLACED)])
    for code, rule in rules.items():
        if rule.table == "files" and code not in wanted:  # says why a file is not taken along
            found = finder.find(_said(report, code, rule))
            files = pl.concat([files, _all(found.filter(pl.col("payload").is_null()))])
    return _accounted(case, report, finder, gone, files)


def _said(report: Report, code: str, rule: Rule | None) -> pl.DataFrame:
    """What a verdict names, with what is said of each in words."""
    rows = report.grouped(code).with_columns(code=pl.lit(code))
    if rule is None:
        return rows
    values = rows.get_column("observed").fill_null(math.nan)
    details = rows.get_column("detail")
    words = [
        said or rule.says(value) for said, value in zip(details, values, strict=True)
    ]  # fmt: skip
    said_so = rows.with_columns(detail=pl.Series(words, dtype=pl.String))
    if rule.table != "annotations":
        return said_so
    # One that fails costs its sample: without it, the sample would be another.
    parts = pl.col("key").str.extract_groups("^(?<sample>(?s:.*))@(?<id>[^@]*)$").struct
    named = pl.format("{}: {}", parts.field("id"), "detail")
    return said_so.with_columns(key=parts.field("sample"), detail=named)


def _each(rows: pl.DataFrame) -> pl.DataFrame:
    """Name each sample that a defect is of; *rows* have the first one, and how many they are."""
    run = (pl.col("observed") > 1) & pl.col("payload").is_not_null()
    runs = rows.filter(run)
    if not runs.height:
        return rows
    stop = pl.col("row") + pl.col("observed").cast(pl.Int64)
    each = runs.with_columns(row=pl.int_ranges("row", stop)).explode("row")
    key = pl.concat_str("payload", pl.lit("#"), "row")
    return pl.concat([rows.filter(~run), each.with_columns(key=key)])


def _all(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(kept=pl.lit(None, pl.String)).select(*_PLACED)


def _accounted(
    case: Case, report: Report, finder: "_Finder", gone: pl.DataFrame, files: pl.DataFrame
) -> Choice:
    """What stays, where every sample is either in it or named as left out, or counted as lost."""
    kept = {}
    for path, rows in finder.every().items():
        here = gone.filter(pl.col("payload") == path).get_column("row").unique().to_numpy()
        kept[path] = np.setdiff1d(rows, here)
    splits: dict[str, int] = {}
    for path, rows in kept.items():
        split = finder.splits[path]
        splits[split] = splits.get(split, 0) + len(rows)
    keys = gone.unique("key")
    unnamed = case.plan.lost - keys.get_column("payload").null_count()
    left = sum(splits.values())
    losing = [kind.code for kind in case.kinds if kind.loses]
    defects = gone.filter(pl.col("code").is_in(losing))
    defective = unnamed + defects.get_column("key").n_unique()
    seen = report.accounting
    adds_up = (left + keys.height + unnamed, defective) == (seen.samples, seen.defective)
    if unnamed < 0 or not adds_up:
        msg = (
            f"{seen.samples} samples ({seen.defective} defective), of which {left} stay, "
            f"{keys.height} are named and {unnamed} are not ({defective} defective)"
        )
        raise AssertionError(msg)
    named = _followed(in_key_order(gone))
    return Choice(
        kept,
        {name: rows for name, rows in splits.items() if rows}, named.select(*REASONS),
        in_key_order(files).select(*REASONS),
        unnamed,
        tuple(sorted(_labels(case.source, finder.every()) - _labels(case.source, kept))),
    )  # fmt: skip


def _labels(source: Source, rows: Mapping[str, NDArray[np.int64]]) -> set[int]:
    return {int(one) for path, some in rows.items() for one in np.unique(source.labels(path, some))}


def _followed(gone: pl.DataFrame) -> pl.DataFrame:
    """Name in place of each sample one that stays: what one rule keeps, another may drop."""
    beside = gone.filter(pl.col("kept").is_not_null())
    instead: dict[str, str] = dict(beside.select("key", "kept").iter_rows())
    for key, kept in [*instead.items()]:
        last = kept
        while last in instead:  # ends: what it leads to was left out later
            last = instead[last]
        instead[key] = last
    return gone.with_columns(
        kept=pl.when(pl.col("kept").is_not_null()).then(
            pl.Series([instead.get(key) for key in gone.get_column("key")], dtype=pl.String)
        )
    )


@dataclass(slots=True)
class _Finder:
    """
    Finds samples by their keys.

    Attributes:
        source: The data.
        stops: Samples of each payload.
        splits: The split of each payload.
    """

    source: Source
    stops: dict[str, int] = field(default_factory=dict)
    splits: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, case: Case) -> "_Finder":
        """Know the samples that were tried."""
        finder = cls(case.source)
        for shard in case.plan.shards:
            if shard.start != finder.stops.get(shard.path, 0):
                msg = f"{shard}: expected to begin at {finder.stops.get(shard.path, 0)}"
                raise AssertionError(msg)
            finder.stops[shard.path], finder.splits[shard.path] = shard.stop, shard.split
        return finder

    def every(self) -> dict[str, NDArray[np.int64]]:
        """Numbers of all samples, by payload."""
        return {path: np.arange(stop) for path, stop in self.stops.items()}

    def find(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Add payload and number of each sample, null for what is none; and split, if it lacks."""
        places = [self._place(key) for key in rows.get_column("key")]
        found = rows.with_columns(
            pl.Series("payload", [path for path, _ in places], pl.String),
            pl.Series("row", [row for _, row in places], pl.Int64),
        )
        split = pl.col("payload").replace_strict(self.splits, default="", return_dtype=pl.String)
        lacks = pl.col("split") == ""
        return found.with_columns(split=pl.when(lacks).then(split).otherwise("split"))

    def _place(self, key: str) -> tuple[str | None, int | None]:
        try:
            path, row = self.source.place(key)
        except (KeyError, ValueError):
            return None, None
        return (path, row) if 0 <= row < self.stops.get(path, 0) else (None, None)


def reasons(rows: pl.DataFrame) -> Iterable[tuple[str, list[dict[str, object]]]]:
    """Yield each key, and its rows of `REASONS`; rows of one key lie beside each other."""
    key, some = None, list[dict[str, object]]()
    for row in rows.iter_rows(named=True):
        if row["key"] != key and some:
            yield str(key), some
            some = []
        key = row["key"]
        some.append(row)
    if some:
        yield str(key), some
