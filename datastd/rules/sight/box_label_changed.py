"""C897."""

from typing import ClassVar

import polars as pl

from datastd.rules.sight import SeenRule, said


class BoxLabelChanged(SeenRule):
    """
    Pictures whose boxes, after the pipeline, have not the labels that they had.

    There is a label for each box; the labels are those of the record (or what `Pipeline.labels`
    makes of them), in its order: less those of boxes that were dropped, and none besides.

    Why it matters:
        A crop drops boxes, and labels that are not dropped with them belong to others.

    Remedy:
        Filter labels by the same mask as boxes: ``SanitizeBoundingBoxes`` with `labels_getter`.

    Source:
        torchvision, ``SanitizeBoundingBoxes``.
    """

    code: ClassVar[str] = "C897"
    name: ClassVar[str] = "box-label-changed"
    table: ClassVar[str] = "boxed"
    reads: ClassVar[tuple[str, ...]] = ("before", "after", "labels", "strange")

    def wrong(self) -> pl.Expr:
        return (pl.col("labels") != pl.col("after")) | (pl.col("strange") > 0)

    def amount(self) -> pl.Expr:
        return pl.max_horizontal((pl.col("labels") - pl.col("after")).abs(), "strange")

    def told(self) -> pl.Expr:
        return said(
            "expected their label for each of {} boxes, found {} labels, {} of them of others",
            "after", "labels", "strange",
        )  # fmt: skip
