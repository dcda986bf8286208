"""L106."""

from typing import ClassVar

import polars as pl

from datastd.model import Level
from datastd.rules import LikenessRule, in_the_data


class MirrorDuplicate(LikenessRule):
    """
    Images that nearly are the mirror image of another one of the data, in any split.

    As L103, with one of the two turned left to right. Images whose own hashes are near as
    they are, symmetrical ones among them, are L103's and L104's.

    Why it matters:
        A mirrored copy is a copy to whoever trains with random flips, and a plain hash is as
        far from it as from any other picture.

    Remedy:
        Keep one of each group, or keep the group in one split.

    Source:
        datastd's own definition; a plain hash gives about 32 bits for a flip.
    """

    code: ClassVar[str] = "L106"
    name: ClassVar[str] = "image-mirror-duplicate"
    mirrored: ClassVar[bool] = True

    level: Level = Level.WARN

    def related(self) -> pl.Expr:
        return in_the_data()

    def bound(self) -> str:
        return "the mirror image of no other"
