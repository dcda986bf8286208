"""Q114."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl

from datastd.model import Example, Level, Measurement
from datastd.rules import Rule


class ClassImbalance(Rule):
    """
    How far the rarest class falls short of an equal share of all samples.

    Observed is 1 - K x n / N, for the rarest class with n of N samples in K
    classes: 0 if all are equally frequent, 1 if a class has no sample.
    Less than a tenth of an equal share is observed > 0.9.

    Attributes:
        classes: Number of classes, from label `first` on, and no others are counted;
            None counts those that occur.
        first: The first label.

    Why it matters:
        A class that is hardly there is hardly learned, and accuracy hides it.

    Remedy:
        Collect more of the class, weigh the loss (``task.class_weight`` of a recipe), or state
        the imbalance.

    Source:
        cleanlab datalab imbalance.py, threshold 0.1.
    """

    code: ClassVar[str] = "Q114"
    name: ClassVar[str] = "class-imbalance"
    unit: ClassVar[str] = "shortfall of the rarest class"
    reads: ClassVar[tuple[str, ...]] = ("label",)

    limit: float = 0.9
    because: str = "cleanlab's threshold: a tenth of an equal share"
    level: Level = Level.WARN
    classes: int | None = None
    first: int = 0

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        # A label that is null is no class: F107 finds it.
        return rows.drop_nulls("label").group_by("label").len("samples").sort("label")

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        if not partials:
            return Measurement(observed=0, checked=0, failed=0)
        found = pl.concat(partials).group_by("label").agg(pl.col("samples").sum())
        known = {label: int(n) for label, n in found.rows()}
        labels = (
            sorted(known) if self.classes is None else range(self.first, self.first + self.classes)
        )
        counts = {label: known.get(label, 0) for label in labels}
        total = sum(counts.values())
        rarest = min(counts, key=lambda label: counts[label], default=None)
        short = max(0.0, 1 - len(counts) * counts[rarest] / total) if total else 0.0
        named = (_said(rarest, counts[rarest], total / len(counts)),) if short else ()
        return Measurement(observed=short, checked=sum(known.values()), failed=0, examples=named)


def _said(label: object, count: int, share: float) -> Example:
    said = f"expected about {share:,.0f} samples, an equal share, found {count:,}"
    return Example(key=f"class {label}", observed=count, detail=said)
