"""C717."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import polars as pl

from datastd.model import Measurement
from datastd.rules.columns import ColumnRule, found_in

_PIECE = 1 << 20


class IdentifierColumnAsFeature(ColumnRule):
    """
    A column of integers that numbers the rows: each from the least to the greatest once.

    Distinctness is told by a sum of hashes: two sets of as many numbers agree in it by
    chance once in 2^64.

    Why it matters:
        Row numbers tell the order of collection, and by it often the label.

    Remedy:
        Leave the column out of what a model learns from.

    Source:
        cleanlab datalab identifier_column.py.
    """

    code: ClassVar[str] = "C717"
    name: ClassVar[str] = "identifier-column-as-feature"

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        """For each column: rows, nulls, least, greatest, and the sum of hashes modulo 2^64."""
        found = []
        for name in self.columns:
            values = rows[name].drop_nulls()
            whole = values.dtype.is_integer()
            numbers = values.to_numpy().astype(np.int64) if whole else np.empty(0, np.int64)
            found.append(
                (name, rows.height, len(numbers), int(numbers.min(initial=2**62)),
                 int(numbers.max(initial=-(2**62))), int(_hashed(numbers).sum()))
            )  # fmt: skip
        return pl.DataFrame(found, _SCHEMA, orient="row")

    def merged(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        every = pl.concat(partials)
        return every.group_by("column", maintain_order=True).agg(
            pl.col("rows", "numbers").sum(), pl.col("least").min(), pl.col("greatest").max(),
            pl.col("hashes").sum(),
        )  # fmt: skip

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        if not partials:
            return found_in(0, {})
        said, checked = {}, 0
        for name, rows, numbers, least, greatest, hashes in self.merged(partials).rows():
            checked = rows
            numbered = rows == numbers > 1 and greatest - least + 1 == numbers
            said[name] = "expected a property of the row, found its number" * (
                numbered and hashes == _of_range(least, greatest)
            )
        return found_in(checked, said)


_SCHEMA = {"column": pl.String, "rows": pl.Int64, "numbers": pl.Int64, "least": pl.Int64,
           "greatest": pl.Int64, "hashes": pl.UInt64}  # fmt: skip


def _hashed(
    numbers: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """The finalizer of splitmix64, of each."""
    mixed = numbers.view(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _of_range(least: int, greatest: int) -> int:
    """The sum of hashes of all numbers from *least* to *greatest*."""
    total = np.uint64(0)
    for start in range(least, greatest + 1, _PIECE):
        numbers = np.arange(start, min(start + _PIECE, greatest + 1), dtype=np.int64)
        total = np.add(total, _hashed(numbers).sum(dtype=np.uint64))
    return int(total)
