"""L197."""

from typing import ClassVar, Literal

import polars as pl

from datastd.rules import LikenessRule, in_the_data


class NearDuplicateConflictingLabel(LikenessRule):
    """
    Nearly the same image under different labels, in one split or across splits.

    All images of a group fail, where a group is what hangs together as L103 and L104 find
    it. What equals another to the byte is L105's.

    Why it matters:
        One of the labels is wrong, and no model can be right about both.

    Remedy:
        Look at the group, keep the right label, drop the other samples.

    Source:
        datastd's own definition: L105, for the groups of L103.
    """

    code: ClassVar[str] = "L197"
    name: ClassVar[str] = "image-near-duplicate-conflicting-label"
    keeps: ClassVar[Literal["one", "split", "none"]] = "none"
    reads: ClassVar[tuple[str, ...]] = (*LikenessRule.reads, "label", "other_label")

    def related(self) -> pl.Expr:
        return in_the_data()

    def kept(self, sides: pl.DataFrame) -> pl.DataFrame:
        return sides.filter(pl.col("label").n_unique().over("together") > 1)

    def bound(self) -> str:
        return "like none with another label"
