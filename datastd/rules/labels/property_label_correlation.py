"""Q112."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import polars as pl
from pydantic import Field

from datastd.model import Level, Measurement
from datastd.rules import Rule, totals, worst_of

_MANTISSA = 18  # bits of a float32 that are left out: sign, exponent and 5 bits stay
_BUCKETS = 0xFFFF  # of text, so that a column of names takes no more memory than one of kinds


class PropertyLabelCorrelation(Rule):
    """
    A plain property of the image, such as its brightness, tells the label.

    Observed is the share of the errors of always guessing the commonest label that the
    best single property takes away: 1 - (1 - a) / (1 - b), with a the accuracy from the
    property alone and b that of the guess.  Datalab's score is (1 - a) / (1 - b), and its
    condition of a score below 0.3 is observed > 0.7.

    a is exact, and out of sample: values fall into bins of 32 to the octave (a float32's
    sign, exponent and 5 bits), and a sample is told by the commonest label of the *other*
    samples in its bin, a tie being wrong.  Datalab takes a Gaussian naive Bayes and five
    folds; bins also see a class that is both very dark and very bright.  Values that are
    no finite number share a bin.  Text falls into 65,536 bins by a hash.

    Attributes:
        properties: The columns that are tried; each needs a measure.

    Why it matters:
        A network learns the easiest thing that works: where one class was photographed by
        night, it learns the night, and fails by day.

    Remedy:
        Capture the classes under the same conditions, or augment the property away.

    Source:
        cleanlab datalab spurious_correlation.py, threshold 0.3 (its guess divides the
        *number* of the commonest label by N; ours is the label's share).
    """

    code: ClassVar[str] = "Q112"
    name: ClassVar[str] = "property-label-correlation"
    unit: ClassVar[str] = "share of the errors of a guess"

    limit: float = 0.7
    because: str = "Datalab's threshold: a score below 0.3"
    level: Level = Level.WARN
    properties: tuple[str, ...] = Field(("mean", "std", "entropy_bit"), min_length=1)

    @property
    def reads(self) -> tuple[str, ...]:  # type: ignore[override]
        """The label, and every property."""
        return ("label", *self.properties)

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        """For each property, bin and label: samples."""
        # A label that is null is no class: F107 finds it.
        known = rows.drop_nulls("label")
        binned = [
            known.select("label", property=pl.lit(name), bin=_bins(known.get_column(name)))
            for name in self.properties
        ]
        return self.merged([pl.concat(binned).with_columns(samples=pl.lit(1, pl.Int64))])

    def merged(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        by = ["property", "bin", "label"]
        return pl.concat(partials).group_by(by).agg(pl.col("samples").sum()).sort(by)

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        (every,) = totals(partials, "samples")
        checked = every // len(self.properties)
        if not checked:
            return Measurement(observed=0, checked=0, failed=0)
        counts = self.merged(partials)
        guess = self._most(counts.group_by("property", "label").agg(pl.col("samples").sum()))
        told = dict(_told(counts).rows())
        shares = {
            name: max(0.0, (told[name] - guess) / (checked - guess)) if guess < checked else 0.0
            for name in self.properties
        }
        return worst_of(
            shares,
            checked,
            lambda name: (
                f"the label of {told[name] / checked:.3g} of the samples is told by "
                f"{name} alone, of {guess / checked:.3g} by a guess"
            ),
        )

    def _most(self, labels: pl.DataFrame) -> int:
        """Samples of the commonest label."""
        one = labels.filter(pl.col("property") == self.properties[0])
        return int(one.get_column("samples").to_numpy().max())


def _told(counts: pl.DataFrame) -> pl.DataFrame:
    """Samples of each property whose label the others in their bin tell."""
    most = pl.col("samples").max()
    second = pl.col("samples").sort(descending=True).slice(1, 1).sum()
    # Without the sample itself its label has one less; it has to lead all the same.
    right = pl.when(most - 1 > second).then(most).otherwise(0)
    by_bin = counts.group_by("property", "bin").agg(right=right)
    return by_bin.group_by("property").agg(pl.col("right").sum())


def _bins(values: pl.Series) -> pl.Series:
    """The bin of each value, int32: the greater bits of it as a float32; of text, of a hash."""
    if values.dtype == pl.String:
        hashed = values.hash(0) & _BUCKETS
        return hashed.set(values.is_null(), _BUCKETS + 1).cast(pl.Int32).alias("bin")
    numbers = values.cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy()
    with np.errstate(over="ignore"):
        single = np.where(np.isfinite(numbers), numbers, np.nan).astype(np.float32) + np.float32(0)
    single[~np.isfinite(single)] = np.nan  # one bin for all of them; -0.0 has become 0.0
    return pl.Series("bin", single.view(np.int32) >> _MANTISSA)
