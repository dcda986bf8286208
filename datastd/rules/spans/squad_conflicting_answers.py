"""C513."""

from typing import ClassVar, Literal

import polars as pl

from datastd.rules import GroupRule


class SquadConflictingAnswers(GroupRule):
    """
    Questions that are asked twice about one context, and of which no answer is right for all.

    The questions are those of C512.  Answers are compared as an evaluator does, normalised; one
    question with an answer and one without are in conflict too.

    Why it matters:
        Whatever a model answers is wrong once; to train on both teaches neither.

    Remedy:
        Decide which answer is right, and leave the other question out.

    Source:
        deepchecks' ``conflicting_labels``.
    """

    code: ClassVar[str] = "C513"
    name: ClassVar[str] = "squad-conflicting-answers"
    reads: ClassVar[tuple[str, ...]] = ("asked_hash", "golds")
    meets_on: ClassVar[str | None] = "asked_hash"
    group: ClassVar[tuple[str, ...]] = ("asked_hash",)
    keeps: ClassVar[Literal["one", "split", "none"]] = "none"

    def wrong(self) -> pl.Expr:
        return ~pl.col("agreed")

    def _found(self, rows: pl.DataFrame) -> pl.DataFrame:
        alike = rows.filter(pl.col("asked_hash").is_duplicated()).with_row_index("at")
        each = alike.with_columns(pl.col("golds").str.split(" ")).explode("golds")
        all_take = (
            each.group_by("asked_hash", "golds")
            .len()
            .join(alike.group_by("asked_hash").agg(pl.len().alias("askers")), on="asked_hash")
            .filter(pl.col("len") == pl.col("askers"))
        )
        agreed = pl.col("asked_hash").is_in(all_take.get_column("asked_hash").implode())
        return super()._found(alike.drop("at").with_columns(agreed=agreed))

    def bound(self) -> str:
        return "one answer that all of them take"
