"""C741."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl

from datastd.model import EXAMPLES, Example, Measurement
from datastd.rules import Rule, totals


class LabelMissingInSplit(Rule):
    """
    Labels that are in one split and not in another.

    Why it matters:
        A class that is not in the test set is never measured; one that is not in the
        training set cannot be learned.

    Remedy:
        Split each class by itself (stratified).

    Source:
        deepchecks new_label_train_test.
    """

    code: ClassVar[str] = "C741"
    name: ClassVar[str] = "label-missing-in-split"
    unit: ClassVar[str] = "labels of a split"
    reads: ClassVar[tuple[str, ...]] = ("label", "split")

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        labels = pl.col("label").cast(pl.String)
        return rows.group_by("split", label=labels).len("rows").sort("split", "label")

    def merged(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        by = ["split", "label"]
        return pl.concat(partials).group_by(by).agg(pl.col("rows").sum()).sort(by)

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        (checked,) = totals(partials, "rows")
        if not checked:
            return Measurement(observed=0, checked=0, failed=0)
        known = self.merged(partials).drop_nulls("label").select("split", "label")
        wanted = known.select("split").unique().join(known.select("label").unique(), how="cross")
        lacks = wanted.join(known, on=["split", "label"], how="anti").sort("split", "label")
        return Measurement(
            observed=lacks.height,
            checked=checked,
            failed=0,
            examples=tuple(
                Example(
                    key=f"{split}: label {label}", observed=0, detail="expected a row, found none"
                )
                for split, label in lacks.head(EXAMPLES).rows()
            ),
        )
