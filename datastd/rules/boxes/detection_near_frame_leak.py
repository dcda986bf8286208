"""L202."""

from typing import ClassVar, Literal

import polars as pl

from datastd.model import Level
from datastd.rules import GroupRule


class DetectionNearFrameLeak(GroupRule):
    """
    Images of one video, or scene, that are in more than one split.

    What says which video an image is of: `datastd.measures.boxes.video`.

    Why it matters:
        Frames beside each other show the same objects in the same place: the score is of
        what was seen in training.

    Remedy:
        Split by video, and not by frame.

    Source:
        datastd's own definition; as L703 for records.
    """

    code: ClassVar[str] = "L202"
    name: ClassVar[str] = "detection-near-frame-leak"
    reads: ClassVar[tuple[str, ...]] = ("video",)
    meets_on: ClassVar[str | None] = "video"
    group: ClassVar[tuple[str, ...]] = ("video",)
    folds: ClassVar[bool] = True
    keeps: ClassVar[Literal["one", "split", "none"]] = "split"

    level: Level = Level.WARN

    def wrong(self) -> pl.Expr:
        in_several = pl.col("split").n_unique().over("video") > 1
        return pl.col("video").is_not_null() & in_several

    def lacks(self) -> pl.Expr:
        return pl.lit(value=False)  # a picture that names no video is of none

    def bound(self) -> str:
        return "all of its video in one split"
