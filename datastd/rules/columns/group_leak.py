"""L703."""

from typing import ClassVar, Literal

import polars as pl

from datastd.rules import GroupRule


class GroupLeak(GroupRule):
    """
    Records of one group in more than one split: one patient, author, video, site or repository.

    The group is the record's column `group`, whatever the data call it.  A record whose group is
    null, or a text of white space alone, is of an unknown one: it is named, and leaks into no
    other.

    Why it matters:
        A model recognises the patient and not the disease; the score says nothing of the
        next patient.

    Remedy:
        Split by group, and not by record.

    Source:
        datastd's own definition; scikit-learn GroupKFold is the cure.
    """

    code: ClassVar[str] = "L703"
    name: ClassVar[str] = "group-leak"
    version: ClassVar[int] = 2
    reads: ClassVar[tuple[str, ...]] = ("group", "split")
    meets_on: ClassVar[str | None] = "group"
    group: ClassVar[tuple[str, ...]] = ("group",)
    folds: ClassVar[bool] = True
    keeps: ClassVar[Literal["one", "split", "none"]] = "split"

    def wrong(self) -> pl.Expr:
        return pl.col("split").n_unique().over("group") > 1

    def lacks(self) -> pl.Expr:
        return pl.col("group").cast(pl.String).str.strip_chars().fill_null("") == ""

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        return self.grouped(rows).drop("group")

    def bound(self) -> str:
        return "all of its group in one split"

    def _named(self, found: pl.DataFrame) -> pl.DataFrame:
        named = super()._named(found)
        is_unknown = pl.col("group").str.strip_chars().fill_null("") == ""
        said = pl.when(is_unknown).then(pl.lit("expected a group, found none"))
        return named.with_columns(
            detail=said.otherwise(pl.lit("")), group=pl.when(~is_unknown).then("group")
        )
