"""C199."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.model import EXAMPLES, Example, FrozenMapping, Measurement
from datastd.rules import Rule


class SplitSize(Rule):
    """
    Splits that do not have the number of samples they should have.

    Attributes:
        sizes: Samples of each split.  A split not named here should not be.

    Why it matters:
        A published dataset has published sizes; another size is another dataset,
        and its scores cannot be compared.

    Remedy:
        Fetch the dataset again, or name the standard of the one that it is.

    Source:
        the description of the dataset.
    """

    code: ClassVar[str] = "C199"
    name: ClassVar[str] = "split-size-unexpected"
    unit: ClassVar[str] = "samples too many or too few"
    reads: ClassVar[tuple[str, ...]] = ("split",)

    sizes: FrozenMapping[str, int] = Field(min_length=1)

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.group_by("split").len("samples").sort("split")

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        found: dict[str, int] = {}
        for part in partials:
            for split, samples in part.rows():
                found[split] = found.get(split, 0) + samples
        off = {
            split: abs(found.get(split, 0) - self.sizes.get(split, 0))
            for split in sorted({*found, *self.sizes})
        }
        wrong = [
            Example(key=split, observed=found.get(split, 0), detail=self._said(split, found))
            for split, missing in off.items()
            if missing
        ]
        return Measurement(
            observed=sum(off.values()),
            checked=sum(found.values()),
            failed=0,
            examples=tuple(wrong[:EXAMPLES]),
        )

    def _said(self, split: str, found: Mapping[str, int]) -> str:
        expected = f"{self.sizes[split]:,} samples" if split in self.sizes else "no such split"
        return f"expected {expected}, found {found.get(split, 0):,}"
