"""L202."""

from typing import ClassVar, Literal

import polars as pl

from datastd.model import Level
from datastd.rules import GroupRule


class DetectionNearFrameLeak(GroupRule):
    """
    Images of one video or scene that are in more than one split.

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
    asks: ClassVar[tuple[str, ...]] = ("video",)

    level: Level = Level.WARN

    def wrong(self) -> pl.Expr:
        return pl.col("split").n_unique().over("video") > 1

    def bound(self) -> str:
        return "all of its video in one split"
