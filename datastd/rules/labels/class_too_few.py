"""Q115."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

import polars as pl

from datastd.model import EXAMPLES, Example, Level, Measurement
from datastd.rules import Rule


class ClassTooFew(Rule):
    """
    Classes with too few samples in a split: none at all, or hardly any.

    A split that is called ``train…``, or is the only one, is one to learn from; every
    other is one to measure with.

    Attributes:
        classes: Number of classes, from label `first` on; None takes every label
            that occurs in any split of the same set.
        first: The first label.
        train: Fewest samples of a class in a split to learn from.
        test: Fewest samples of a class in any other.

    Why it matters:
        A class without a training sample cannot be learned, and one without a
        test sample is never measured.

    Remedy:
        Collect samples of the classes named, or take them off the class list.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "Q115"
    name: ClassVar[str] = "class-too-few-samples"
    unit: ClassVar[str] = "classes of a split"
    reads: ClassVar[tuple[str, ...]] = ("label", "split")
    version: ClassVar[int] = 2

    level: Level = Level.WARN
    classes: int | None = None
    first: int = 0
    train: int = 10
    test: int = 1

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        # A label that is null is no class: F107 finds it.
        known = rows.drop_nulls("label")
        return (
            known.group_by("split", "label")
            .agg(pl.len().alias("samples"), pl.col("key").first())
            .sort("split", "label")
        )

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        if not partials:
            return Measurement(observed=0, checked=0, failed=0)
        every = pl.concat(partials)
        totals = every.group_by("split", "label").agg(
            pl.col("samples").sum(), pl.col("key").first()
        )
        counts = {(split, label): int(n) for split, label, n, _ in totals.rows()}
        keys = {(split, label): key for split, label, _, key in totals.sort("split").rows()}
        few = [
            (split, *one)
            for split in sorted({split for split, _ in counts})
            for one in self._few(split, counts)
        ]
        total = sum(counts.values())
        return Measurement(
            observed=len(few),
            checked=total,
            failed=0,
            examples=tuple(
                Example(
                    key=f"{split}: class {label}",
                    observed=found,
                    detail=f"expected at least {fewest}, found {found}{_such(keys, split, label)}",
                )
                for split, label, found, fewest in few[:EXAMPLES]
            ),
        )

    def _few(
        self, split: str, counts: Mapping[tuple[str, int], int]
    ) -> Iterator[tuple[int, int, int]]:
        """Classes with too few samples in a split: label, samples, and the fewest there may be."""
        of_set, _, name = split.rpartition("/")  # several sets in one folder have classes apart
        beside = [(other, label) for other, label in counts if other.rpartition("/")[0] == of_set]
        alone = len({other for other, _ in beside}) == 1
        fewest = self.train if alone or name.startswith("train") else self.test
        labels = (
            sorted({label for _, label in beside})
            if self.classes is None
            else range(self.first, self.first + self.classes)
        )
        for label in labels:
            if (found := counts.get((split, label), 0)) < fewest:
                yield label, found, fewest


def _such(keys: Mapping[tuple[str, int], str], split: str, label: int) -> str:
    """
    One sample of a class, by its key; of what the split has none, one beside it.

    A number is all that a label is here: what is of the class tells what it is called.
    """
    if (split, label) in keys:
        return f", such as {keys[split, label]}"
    of_set = split.rpartition("/")[0]
    beside = (
        key
        for (other, one), key in keys.items()
        if one == label and other.rpartition("/")[0] == of_set
    )
    return next((f", none such as {key}" for key in beside), "")
