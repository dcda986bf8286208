"""C012."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl

from datastd.model import EXAMPLES, Example, Level, Measurement
from datastd.rules import Rule


class OrderLeak(Rule):
    """
    Files whose samples are sorted by label.

    Observed is 1 - changes / expected, for the worst file: the label changes from
    one sample to the next, against the number expected of a random order,
    (n - 1) x (1 - sum of n_k (n_k - 1) / (n (n - 1))).  Fewer than 5 % of these
    are observed > 0.95.

    Why it matters:
        A loader that does not shuffle, or shuffles a buffer, shows the model one
        class after the other; a first part taken as a sample has few classes.

    Remedy:
        Write the samples in a random order, once, with a stated seed.

    Source:
        cleanlab datalab non_iid.
    """

    code: ClassVar[str] = "C012"
    name: ClassVar[str] = "order-leak"
    unit: ClassVar[str] = "shortfall of label changes"
    reads: ClassVar[tuple[str, ...]] = ("label",)

    limit: float = 0.95
    because: str = "fewer than 5 % of a random order's changes"
    level: Level = Level.WARN

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        """For each file: its first and last label, changes, and counts by label."""
        label = pl.col("label")
        # Several runs of one file may meet in a part; order within it is kept.
        return (
            rows.with_columns(file=pl.col("key").str.replace(r"#\d+$", ""))
            .group_by("file", maintain_order=True)
            .agg(
                first=label.first(),
                last=label.last(),
                changes=(label != label.shift()).sum(),
                counts=label.value_counts(),
            )
        )

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        files: dict[str, tuple[object, int, dict[object, int]]] = {}
        for part in partials:
            for file, first, last, changes, counts in part.rows():
                before, known, seen = files.get(file, (first, 0, {}))
                for one in counts:
                    seen[one["label"]] = seen.get(one["label"], 0) + one["count"]
                files[file] = (last, known + changes + (before != first), seen)
        sorted_ = {
            file: _shortfall(changes, list(seen.values()))
            for file, (_, changes, seen) in files.items()
        }
        worst = sorted(sorted_.items(), key=lambda item: -item[1])
        return Measurement(
            observed=max(sorted_.values(), default=0.0),
            checked=sum(sum(seen.values()) for _, _, seen in files.values()),
            failed=0,
            examples=tuple(
                Example(key=file, observed=short) for file, short in worst[:EXAMPLES] if short > 0
            ),
        )


def _shortfall(changes: int, counts: list[int]) -> float:
    """How many of the changes that a random order has are missing, from 0 to 1."""
    n = sum(counts)
    pairs = n * (n - 1) - sum(k * (k - 1) for k in counts)
    if pairs == 0:
        return 0.0  # one sample, or one class: no order could tell them apart
    return max(0.0, 1 - changes * n / pairs)
