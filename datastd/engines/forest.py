"""Trees of what hangs together: which pairs are kept, so that a crowd of n gives n - 1."""

from typing import Any, NamedTuple, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from datastd.kernels import helper

Column: TypeAlias = NDArray[Any]


class Forest(NamedTuple):
    """
    Pairs of C samples that hold together what is near, for Q rules and for all of them.

    Attributes:
        parent: Of each sample in each forest, the last for all rules; (Q + 1, C).
        used: How many pairs there are; (1,).
        ends: Numbers of the two samples; (·, 2).
        serves: The rules that a pair is of, as bits; (·,).
        distance, difference, mirrored: As `PairRule` has them; (·,).
        leads: Whether a sample is compared with those of other hashes; (C,), bool.
        copies: The earlier sample of equal digest that leads in its place, or -1; (C,).
    """

    parent: Column
    used: Column
    ends: Column
    serves: Column
    distance: Column
    difference: Column
    mirrored: Column
    leads: Column
    copies: Column

    @classmethod
    def of(cls, rules: int, samples: int) -> Self:
        """A forest of single trees."""
        most = rules * samples  # the system gives memory once it is written
        return cls(
            np.tile(np.arange(samples, dtype=np.int32), (rules + 1, 1)),
            np.zeros(1, np.int64), np.empty((most, 2), np.int32), np.empty(most, np.int64),
            np.empty(most, np.int8), np.empty(most), np.empty(most, bool),
            np.ones(samples, bool), np.full(samples, -1, np.int32),
        )  # fmt: skip

    def edges(self) -> tuple[Column, Column, Column, Column, Column]:
        """
        All pairs: both ends, distance, difference, and whether mirrored.

        What equals a sample to the byte is as near as that is: beside a pair of every rule.
        """
        count = self.used[0]
        ends, serves = self.ends[:count], self.serves[:count]
        columns = self.distance[:count], self.difference[:count], self.mirrored[:count]
        pairs, at = [ends], [np.arange(count)]
        exact = np.flatnonzero(self.copies >= 0)
        known = np.empty(len(self.copies), np.int64)
        for rule in range(len(self.parent) - 1) if len(exact) else ():
            known[:] = -1
            its = np.flatnonzero(serves >> rule & 1)[::-1]
            known[ends[its, 1]], known[ends[its, 0]] = its, its
            beside = known[self.copies[exact]]
            copy, edge = exact[beside >= 0], beside[beside >= 0]
            partner = ends[edge].sum(axis=1) - self.copies[copy]
            unequal = partner != copy
            pairs.append(np.sort(np.stack([copy, partner], axis=1)[unequal]))
            at.append(edge[unequal])
        both, where = np.concatenate(pairs), np.concatenate(at)
        return both[:, 0], both[:, 1], *(column[where] for column in columns)

    def groups(self) -> Column:
        """Of each sample a number that all share which hang together; shape (C,)."""
        lowest = self.parent[-1].copy()
        while (lowest[lowest] != lowest).any():
            lowest = lowest[lowest]
        return np.asarray(np.where(self.copies >= 0, lowest[self.copies], lowest))


@helper
def root(parent: Column, sample: int) -> int:
    """The sample that a tree is called by."""
    while parent[sample] != sample:
        parent[sample] = parent[parent[sample]]
        sample = parent[sample]
    return sample


@helper
def parted(forest: Forest, which: int, one: int, other: int) -> int:
    """Leave out the rules for which two samples hang together already."""
    for rule in range(len(forest.parent) - 1):
        if which >> rule & 1 and root(forest.parent[rule], one) == root(forest.parent[rule], other):
            which ^= 1 << rule
    return which


@helper
def join(  # noqa: PLR0913, PLR0917
    forest: Forest, most: Column, which: int, one: int, other: int, distance: int,
    difference: float, mirrored: bool,  # noqa: FBT001
) -> None:  # fmt: skip
    """Keep a pair for every rule that it joins two trees of."""
    serves = 0
    for rule in range(len(forest.parent) - 1):
        if which >> rule & 1 and difference <= most[rule]:
            parent = forest.parent[rule]
            a, b = root(parent, one), root(parent, other)
            if a != b:
                parent[max(a, b)] = min(a, b)
                serves |= 1 << rule
    if serves:
        parent = forest.parent[len(forest.parent) - 1]
        a, b = root(parent, one), root(parent, other)
        parent[max(a, b)] = min(a, b)
        at = forest.used[0]
        forest.ends[at, 0], forest.ends[at, 1] = min(one, other), max(one, other)
        forest.serves[at], forest.distance[at] = serves, distance
        forest.difference[at], forest.mirrored[at] = difference, mirrored
        forest.used[0] += 1
