"""C504."""

from typing import ClassVar

import polars as pl

from datastd.rules import GroupRule

_FILE = pl.col("key").str.replace(r"#\d+$", "").alias("file")


class SquadIdDuplicate(GroupRule):
    """
    Questions of one file that have the same id.

    Files may share ids: those of XQuAD are translations of each other.

    Why it matters:
        An evaluator keeps predictions and answers by id: of two questions one is never
        scored, and nothing says so.

    Remedy:
        Give each question an id of its own.

    Source:
        SQuAD's evaluate-v2.0.py, ``make_qid_to_has_ans``.
    """

    code: ClassVar[str] = "C504"
    name: ClassVar[str] = "squad-id-duplicate"
    version: ClassVar[int] = 2
    reads: ClassVar[tuple[str, ...]] = ("id",)
    meets_on: ClassVar[str | None] = "id"
    group: ClassVar[tuple[str, ...]] = ("id", "file")

    def wrong(self) -> pl.Expr:
        return pl.struct(self.group).is_duplicated()

    def bound(self) -> str:
        return "once in its file"

    def _found(self, rows: pl.DataFrame) -> pl.DataFrame:
        return super()._found(rows.with_columns(_FILE))
