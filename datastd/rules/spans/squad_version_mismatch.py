"""F505."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl

from datastd.model import EXAMPLES, Level, Measurement
from datastd.rules import Rule, examples

_FILE = pl.col("key").str.replace(r"#\d+$", "").alias("file")


class SquadVersionMismatch(Rule):
    """
    Files whose version is not that of their questions.

    A version that begins with 1 has neither ``is_impossible`` nor ``plausible_answers``; one
    that begins with 2 has one of these at least on one question; another is none.

    Why it matters:
        A loader chooses by the version whether questions may have no answer: read as 1.1,
        such a question is an error, or its plausible answers are lost.

    Remedy:
        State the version of the layout, as a string: "1.1", or "v2.0".

    Source:
        datastd's own definition, after SQuAD's files.
    """

    code: ClassVar[str] = "F505"
    name: ClassVar[str] = "squad-version-mismatch"
    unit: ClassVar[str] = "files"
    reads: ClassVar[tuple[str, ...]] = ("version", "flag", "plausible")

    level: Level = Level.WARN

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        later = ((pl.col("flag") > 0) | (pl.col("plausible") > 0)).any()
        return rows.group_by(_FILE).agg(
            pl.len().cast(pl.Int64).alias("rows"), pl.col("version").min(), later=later
        )

    def merged(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        return (
            pl.concat(partials)
            .group_by("file")
            .agg(pl.col("rows").sum(), pl.col("version").min(), pl.col("later").any())
        )

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        if not partials:
            return Measurement(observed=0, checked=0, failed=0)
        files = self.merged(partials)
        number = pl.col("version").str.strip_prefix("v")
        earlier_, later_ = number.str.starts_with("1"), number.str.starts_with("2")
        right = (earlier_ & ~pl.col("later")) | (later_ & pl.col("later"))
        bad = files.filter(~right).sort("file").head(EXAMPLES)
        found = pl.when("later").then(pl.lit("those of 2.0")).otherwise(pl.lit("those of 1.1"))
        detail = pl.format("expected questions of its version, found {}", found)
        shown = bad.select(key="file", split=pl.lit(""), observed=pl.lit(1.0), detail=detail)
        wrong = files.filter(~right).height
        return Measurement(
            observed=wrong,
            checked=int(files.get_column("rows").sum()),
            failed=wrong,
            examples=examples(self, [shown]),
        )
