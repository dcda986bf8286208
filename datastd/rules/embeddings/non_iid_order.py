"""C739."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import ClassVar, NamedTuple, Self, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field, model_validator

from datastd.model import Example, Level, Measurement
from datastd.rules import Rule, totals
from datastd.rules.embeddings import added, counted, directions, unseen
from datastd.words import many

_STEPS = (1 << 15) - 1  # of a length of one: sums of their products are exact, in any order
_ROWS = 512  # of one product: with 16,384 samples it is 64 MiB

_Places: TypeAlias = NDArray[np.int64]


class NonIidOrder(Rule):
    """
    Samples in an order that tells what they are: 1 - p of a permutation test.

    A sample's neighbours are the ten of its split whose vectors point most the same way.  In an
    order that tells nothing, the two of a pair stand as far apart as any two samples do: D is
    the Kolmogorov-Smirnov distance of the two spreads, and what is tested is the greatest
    D √n of the splits, each of n samples.  Of that order and 25 random ones, p is the share
    that has as much or more: p < 0.05 is observed > 0.95, more than in any random order.

    Data in random order have that once in 26 datasets, by chance; a standard that wants it
    less often asks for more permutations, and a higher limit.  A split of no more than eleven
    samples has no order; where no split has more, the verdict is unknown.

    Of more than `most` samples it is those with the lowest BLAKE2b of their keys that are
    looked at, and the example says so: memory and time do not grow.  Of vectors that are as
    near, that of the lower BLAKE2b is the nearer, so that copies tell nothing of the order.
    Vectors are rounded to 32,767ths of their length, and permutations sort the raw numbers of
    PCG64(0): the same on every machine.

    Attributes:
        neighbours: How many of each sample.
        permutations: How many random orders.
        most: Most samples that are looked at.

    Why it matters:
        Who reads in order learns one kind after the other, and a first part taken as a sample,
        or as a split, is another population than the rest.  MNIST's test split is so: its
        first half was written by clerks, its second by pupils.

    Remedy:
        Write the samples in a random order, once, with a stated seed; where the order is one
        of time or of sources, split by it, and shuffle what is read.

    Source:
        cleanlab datalab non_iid (k 10, 25 permutations, p < 0.05), which smooths p; Cummings
        et al. 2023, arXiv:2305.15696.
    """

    code: ClassVar[str] = "C739"
    name: ClassVar[str] = "non-iid-order"
    unit: ClassVar[str] = "1 - p"
    reads: ClassVar[tuple[str, ...]] = ("embedding",)
    needs: ClassVar[tuple[str, ...]] = ("embeddings",)

    limit: float = 0.95
    because: str = "cleanlab datalab: p of 0.05"
    level: Level = Level.WARN
    neighbours: int = Field(10, ge=1, le=100)
    permutations: int = Field(25, ge=1, le=10_000)
    most: int = Field(2_048, ge=2, le=1 << 14)

    @model_validator(mode="after")
    def _can_be_broken(self) -> Self:
        highest = self.permutations / (self.permutations + 1)
        if highest <= self.limit:
            msg = f"{self.code}: expected a limit below {highest:g}, the most that can be observed"
            raise ValueError(f"{msg}, found {self.limit:g}; ask for more permutations")
        return self

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        known = rows.filter(pl.col("embedding").is_not_null())
        hashes = pl.Series([_hash(key) for key in known["key"]], dtype=pl.UInt64)
        drawn = self._lowest(known.select("split", "embedding", hash=hashes))
        steps = [one.tobytes() for one in _steps(drawn["embedding"])]
        kept = drawn.select("split", "hash", steps=pl.Series(steps, dtype=pl.Binary))
        return counted(rows).hstack(kept.select(pl.all().implode()))

    def merged(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        return added(partials).hstack(self._drawn(partials).select(pl.all().implode()))

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        (samples,) = totals(partials, "samples")
        named = unseen(partials)
        if named or not samples:
            return Measurement(observed=0, checked=0, failed=0, examples=named)
        orders = [
            _Order.of(str(split), rows, self.neighbours)
            for (split,), rows in self._drawn(partials).group_by("split", maintain_order=True)
            if rows.height > self.neighbours + 1  # or else all others are its neighbours
        ]
        if not orders:
            said = f"expected a split of at least {self.neighbours + 2} samples, found none"
            few = Example(key="samples", observed=samples, detail=said)
            return Measurement(observed=0, checked=0, failed=0, examples=(few,))
        return self._told(orders, samples)

    def _told(self, orders: Sequence["_Order"], samples: int) -> Measurement:
        """1 - p of these orders, and which of them tells most."""
        draws = np.random.PCG64(0)
        chance = np.array([
            [one.apart(_permutation(draws, one.samples)) for one in orders]
            for _ in range(self.permutations)
        ])  # fmt: skip
        found = np.array([one.apart(one.places) for one in orders])
        scale = np.sqrt([one.samples for one in orders])
        less = int(((chance * scale).max(axis=1) < (found * scale).max()).sum())
        observed = less / (self.permutations + 1)
        worst = int((found * scale).argmax())
        looked = sum(one.samples for one in orders)
        said = (
            f"expected D as in a random order, up to {chance[:, worst].max():.4f} in "
            f"{self.permutations} of them, found {found[worst]:.4f}, p {1 - observed:.4f}; "
            f"{looked:,} of {many(samples, 'sample')} looked at"
        )
        named = Example(key=orders[worst].split, observed=observed, detail=said)
        return Measurement(observed=observed, checked=looked, failed=0, examples=(named,))

    def _drawn(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        """The samples that are looked at, in data order."""
        names = "split", "hash", "steps"
        kept = [one.select(names).explode(names) for one in partials]
        return self._lowest(pl.concat(kept).drop_nulls("hash"))

    def _lowest(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.filter(pl.col("hash").rank("ordinal") <= self.most)


class _Order(NamedTuple):
    """
    The samples of a split by their hashes: where each stands in the data, and its neighbours.

    Attributes:
        split: The split.
        places: Where in the order, int64 (N,).
        nearest: The numbers of its neighbours, int64 (N, K).
    """

    split: str
    places: _Places
    nearest: _Places

    @classmethod
    def of(cls, split: str, rows: pl.DataFrame, neighbours: int) -> Self:
        """Find the neighbours; *rows* are in data order."""
        places = rows["hash"].arg_sort().to_numpy().astype(np.int64)
        steps = np.frombuffer(b"".join(rows["steps"]), np.int16).reshape(rows.height, -1)
        return cls(split, places, _nearest(steps[places], neighbours))

    @property
    def samples(self) -> int:
        """How many."""
        return len(self.places)

    def apart(self, places: _Places) -> float:
        """D of neighbours and of any two samples, were they to stand in these places."""
        n, pairs = self.samples, self.nearest.size
        between = np.abs(places[:, None] - places[self.nearest]).ravel()
        upto = np.bincount(between, minlength=n)[1:].cumsum()
        distance = np.arange(1, n)
        any_two = distance * (2 * n - distance - 1)  # of n (n - 1), up to this distance
        most = np.abs(upto * (n * (n - 1)) - any_two * pairs).max()
        return int(most) / (pairs * n * (n - 1))


def _hash(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big")


def _steps(vectors: pl.Series) -> NDArray[np.int16]:
    """Directions in whole steps, shape (N, D)."""
    if vectors.is_empty():
        return np.empty((0, 0), np.int16)
    steps: NDArray[np.int16] = np.rint(directions(vectors) * _STEPS).astype(np.int16)
    return steps


def _nearest(steps: NDArray[np.int16], neighbours: int) -> _Places:
    """The numbers of the nearest of each; of those as near, the first."""
    vectors = steps.astype(np.float64)
    squares = (vectors**2).sum(axis=1)
    count = len(vectors)
    found = np.empty((count, neighbours), np.int64)
    for start in range(0, count, _ROWS):
        some = vectors[start : start + _ROWS]
        apart = squares[start : start + _ROWS, None] + squares - 2 * (some @ vectors.T)
        ranked = apart.astype(np.int64) * count + np.arange(count)  # below 2^33 times 2^14
        own = np.arange(len(some))
        ranked[own, start + own] = np.iinfo(np.int64).max  # no sample is a neighbour of itself
        least = np.argpartition(ranked, neighbours - 1, axis=1)[:, :neighbours]
        found[start : start + len(some)] = least
    return found


def _permutation(draws: np.random.PCG64, count: int) -> _Places:
    """A random order, of numbers that no version of NumPy changes."""
    return np.argsort(draws.random_raw(count), kind="stable").astype(np.int64)
