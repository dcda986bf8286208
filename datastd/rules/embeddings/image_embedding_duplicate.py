"""L107."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field

from datastd.model import Example, Level, Measurement
from datastd.rules import Again, LaterRule, totals
from datastd.rules.embeddings import added, counted, directions, unseen
from datastd.words import many

_ROWS = 1 << 10  # of one product: with a piece of 8,192 rows it is 32 MiB
_SLACK = 1e-6  # what float32 may lose of a cosine


class ImageEmbeddingDuplicate(LaterRule):
    """
    Images whose vectors point the same way: cosine of at least `cosine`, splits or not.

    Each sample is named once, with the sample most like it, so that a group of n alike
    gives n rows and not n² pairs.  The search is exact: every pair of N samples is
    compared, D multiplications each, N² D / 2 in all; two pieces of 8,192 rows are in
    memory, and 12 bytes and the key of each sample.  50,000 vectors of 512 numbers took
    27 s of CPU time, and twice as many take four times as long; above `most` samples
    nothing is compared and the verdict is unknown.  A vector of zeros points nowhere, and
    fails.

    Attributes:
        cosine: The least that counts as alike.
        most: Most samples that are compared.

    Why it matters:
        What a network sees as one picture is one to the next network: crops, frames of one
        film and copies edited beyond any hash leak from train to test.

    Remedy:
        Look at the pairs; keep one of each, and keep groups within one split.

    Source:
        imagededup methods/cnn.py, min_similarity_threshold 0.9; fastdup threshold 0.9.
    """

    code: ClassVar[str] = "L107"
    name: ClassVar[str] = "image-embedding-duplicate"
    reads: ClassVar[tuple[str, ...]] = ("embedding",)
    needs: ClassVar[tuple[str, ...]] = ("embeddings",)

    level: Level = Level.WARN
    cosine: float = Field(0.90, gt=0, le=1)
    most: int = Field(200_000, ge=1)

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        return counted(rows)

    def merged(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        return added(partials)

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        (samples,) = totals(partials, "samples")
        named = unseen(partials)
        if not named and samples > self.most:
            said = f"expected at most {many(self.most, 'sample')} to compare, found {samples}"
            named = (Example(key="samples", observed=samples, detail=said),)
        return Measurement(observed=0, checked=0 if named else samples, failed=0, examples=named)

    def learn(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        """How many samples there are."""
        return pl.DataFrame({"samples": totals(partials, "samples")})

    def among(self, again: Again, learned: pl.DataFrame) -> Iterator[pl.DataFrame]:
        nearest = _Nearest(int(learned.item()))
        keys: list[pl.Series] = []
        start = 0
        for rows in again():
            nearest.compare(start, directions(rows.get_column("embedding")), again)
            keys.append(rows.get_column("key"))
            start += rows.height
        names, start = pl.concat(keys), 0
        for rows in again():
            mine = slice(start, start + rows.height)
            yield self._alike(rows, nearest.cosine[mine], names.gather(nearest.place[mine]))
            start += rows.height

    def _alike(
        self, rows: pl.DataFrame, cosine: NDArray[np.float32], names: pl.Series
    ) -> pl.DataFrame:
        nowhere = ~directions(rows.get_column("embedding")).any(axis=1)
        observed = np.where(nowhere, np.nan, np.clip(cosine.astype(np.float64), -1, 1))
        said = pl.lit(f"expected a cosine below {self.cosine:g}, found ")
        found = pl.col("observed").round(4).cast(pl.String)
        detail = (
            pl.when(pl.col("observed").is_nan())
            .then(pl.lit("expected a vector with a direction, found zeros"))
            .otherwise(pl.concat_str(said, found, pl.lit(" with "), pl.lit(names)))
        )
        every = rows.select("key", "split").with_columns(observed=pl.Series(observed))
        alike = nowhere | (observed >= self.cosine - _SLACK)
        return every.with_columns(detail=detail).filter(pl.Series(alike))

    def bound(self) -> str:
        return f"a cosine below {self.cosine:g}"


class _Nearest:
    """
    The sample most like each, so far; of several, the first in data order.

    Attributes:
        cosine: How like, float32 (N,).
        place: Its number, int64 (N,).
    """

    def __init__(self, samples: int) -> None:
        self.cosine = np.full(samples, -np.inf, np.float32)
        self.place = np.zeros(samples, np.int64)

    def compare(self, start: int, mine: NDArray[np.float32], again: Again) -> None:
        """Compare the samples from number *start* on with each other, and with all after them."""
        other = 0
        for rows in again():
            if other >= start:  # those before have been compared with these
                theirs = mine if other == start else directions(rows.get_column("embedding"))
                for first in range(0, len(mine), _ROWS):
                    some = mine[first : first + _ROWS]
                    self._meet(start + first, some @ theirs.T, other, same=other == start)
            other += rows.height

    def _meet(self, start: int, cosines: NDArray[np.float32], other: int, *, same: bool) -> None:
        """Take what is nearer, for the rows of *cosines* and for its columns."""
        if same:  # no sample is like itself
            rows = np.arange(len(cosines))
            cosines[rows, start - other + rows] = -np.inf
        self._take(start, cosines, other)
        if not same:
            self._take(other, cosines.T, start)

    def _take(self, start: int, cosines: NDArray[np.float32], other: int) -> None:
        """Take for the samples from number *start* on, the rows, what is nearer than before."""
        best = cosines.max(axis=1)
        nearer = np.flatnonzero(best > self.cosine[start : start + len(best)])
        self.cosine[start + nearer] = best[nearer]
        self.place[start + nearer] = other + cosines[nearer].argmax(axis=1)
