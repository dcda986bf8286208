"""C203."""

import itertools
from collections.abc import Sequence
from typing import ClassVar

import polars as pl

from datastd.model import EXAMPLES, Level, Measurement
from datastd.rules import Rule, examples
from datastd.rules.boxes import IDS

COCO_GAPS = (12, 26, 29, 30, 45, 66, 68, 69, 71, 83)
"""What COCO's 80 categories from 1 to 90 leave out."""

_SHOWN = 10  # ids that are named


class CocoCategoryIdGap(Rule):
    """
    Splits whose category ids are not 1 to K, one after the other.

    Attributes:
        gaps: Ids that may be missing, if all of them are and no other.

    Why it matters:
        A head of K outputs has none for an id above K; loaders map such ids to others, each in
        its own way, and weights of one are wrong for another.

    Remedy:
        Number the categories from 1, or map ids in one place alone.

    Source:
        detectron2 data/datasets/coco.py; torchvision references/detection/coco_utils.py.
    """

    code: ClassVar[str] = "C203"
    name: ClassVar[str] = "coco-category-id-gap"
    unit: ClassVar[str] = "ids"
    table: ClassVar[str] = "classes"
    reads: ClassVar[tuple[str, ...]] = ("category",)
    asks: ClassVar[tuple[str, ...]] = IDS

    level: Level = Level.WARN
    gaps: tuple[int, ...] = ()

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.select("split", "category")

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        if not partials:
            return Measurement(observed=0, checked=0, failed=0)
        every, found = pl.concat(partials), []
        for split in every.get_column("split").unique().sort():
            own = every.filter(pl.col("split") == split).get_column("category")
            missing, said = self._lacks({*own.drop_nulls()})
            if missing:
                found.append((split, split, float(missing), said))
        rows = pl.DataFrame(found[:EXAMPLES], ["key", "split", "observed", "detail"], orient="row")
        return Measurement(
            observed=sum(missing for _, _, missing, _ in found),
            checked=every.height,
            failed=len(found),
            examples=examples(self, [rows] if found else []),
        )

    def _lacks(self, known: set[int]) -> tuple[int, str]:
        """How many ids are missing, and which."""
        last = max(len(known), *known, 0)
        missing = last - sum(1 <= one <= last for one in known)
        there = (one for one in range(1, last + 1) if one not in known)
        first = [*itertools.islice(there, min(missing, len(self.gaps) + _SHOWN))]
        if first == [*self.gaps]:
            return 0, ""
        more = f" and {missing - _SHOWN} more" if missing > _SHOWN else ""
        named = ", ".join(map(str, first[:_SHOWN]))
        return missing, f"expected ids from 1 to {last}, found none of {named}{more}"
