"""C292."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl

from datastd.model import EXAMPLES, Example, Measurement
from datastd.names import folded
from datastd.rules import Rule


class ObjectNameVariant(Rule):
    """
    Names of objects' classes that are one name written in several ways.

    Compared as by C211: without case, width, marks that nobody sees, and space around them.  What
    is asked are the names that objects have, in all splits, whatever a list of classes says.

    Why it matters:
        One thing has two outputs, and each learns from a part of it; a name that is spelled
        otherwise in val is a class that nobody learned.

    Remedy:
        Choose one spelling, and write it into every annotation.

    Source:
        deepchecks string_mismatch.
    """

    code: ClassVar[str] = "C292"
    name: ClassVar[str] = "object-name-variant"
    unit: ClassVar[str] = "names"
    table: ClassVar[str] = "annotations"
    reads: ClassVar[tuple[str, ...]] = ("class_name",)
    version: ClassVar[int] = 2

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.group_by("class_name").agg(rows=pl.len().cast(pl.Int64)).sort("class_name")

    def merged(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        return pl.concat(partials).group_by("class_name").agg(pl.col("rows").sum())

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        if not partials:
            return Measurement(observed=0, checked=0, failed=0)
        every = self.merged(partials)
        spelled: dict[str, list[str]] = {}
        for name in every.get_column("class_name").drop_nulls().sort():
            spelled.setdefault(folded(name), []).append(name)
        many = [
            (name, float(len(some))) for some in spelled.values() if len(some) > 1 for name in some
        ]
        return Measurement(
            observed=len(many),
            checked=int(every.get_column("rows").sum()),
            failed=len(many),
            examples=tuple(
                Example(key=name, observed=count, detail=f"expected one spelling, found {count:g}")
                for name, count in sorted(many)[:EXAMPLES]
            ),
        )
