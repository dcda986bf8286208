"""L302."""

from typing import ClassVar

import polars as pl

from datastd.model import Level
from datastd.rules import GroupRule


class DocNormalisedDuplicate(GroupRule):
    """
    Documents of one split that say the same but for case, numbers, punctuation and accents.

    Compared is the `normal_digest`: lower case, every number a zero, punctuation and white
    space one space, marks dropped. What equals another to the byte is L301's; a group of
    such copies alone is none here. Numbers that are folded make pages of one template one.

    Why it matters:
        What differs by a date or a counter teaches nothing twice.

    Remedy:
        Keep the first of each group.

    Source:
        datatrove's ``simplify_text``, before which its deduplication compares nothing.
    """

    code: ClassVar[str] = "L302"
    name: ClassVar[str] = "doc-normalised-duplicate"
    reads: ClassVar[tuple[str, ...]] = ("digest", "normal_digest")
    meets_on: ClassVar[str | None] = "normal_digest"
    group: ClassVar[tuple[str, ...]] = ("normal_digest", "split")
    folds: ClassVar[bool] = True

    level: Level = Level.WARN

    def wrong(self) -> pl.Expr:
        return pl.col("digest").n_unique().over("normal_digest", "split") > 1

    def bound(self) -> str:
        return "once in its split, however it is written"
