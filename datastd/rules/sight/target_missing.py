"""F897."""

from typing import ClassVar

import polars as pl

from datastd.rules.sight import SeenRule, said


class TargetMissing(SeenRule):
    """
    Items without a target that their record has: label, boxes, mask or answer.

    Items of a text have token ids, on either side of a preference; and of a record that has none of
    these targets, nor a picture, labels of the tokens.  Where there are none, nothing could be
    looked at.  Collate may make them.

    Why it matters:
        What a record says is not what is learned; a loss that takes what is there hides it.

    Remedy:
        Have the pipeline give it (`Pipeline.names` says under which name it does), or say with
        `Pipeline.leaves` that the objective does without.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "F897"
    name: ClassVar[str] = "target-missing"
    unit: ClassVar[str] = "items"
    table: ClassVar[str] = "items"
    reads: ClassVar[tuple[str, ...]] = ("lacks",)

    def wrong(self) -> pl.Expr:
        return pl.col("lacks") != ""

    def told(self) -> pl.Expr:
        return said("expected {}, found none", "lacks")
