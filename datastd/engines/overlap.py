"""
Pairs of documents that are nearly alike: found by bands of MinHash, verified on their runs.

What `nearby` is for pictures. Documents that agree in a band are candidates, and count by
the Jaccard similarity of their sets of runs of words, which were hashed when the document
was read and lie in a file: nothing is read twice. What equals an earlier document of its
split to the byte is its copy, and no pair.

Time is bounded by *leaders* and *forests*. Of the documents that agree in a band the first
32 of each split lead, and then those that are like none before, up to 64: a document is
compared with these. Sets that are equal are equally near to all others, and one of them
leads. Two that hang together by a rule's pairs are not compared again for it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numba.extending import register_jitable

from datastd.engines.forest import Column, Forest, join, parted
from datastd.engines.pairs import Pairs, related
from datastd.measures import kernel
from datastd.rules.text import SimilarRule

LEADERS = 64  # documents of one split that others which agree in a band are compared with
_FIRST = 32  # those that lead in any case

_ROW = np.dtype([("digest", "u8", 2), ("runs", "i8"), ("side", "i8")])


class Runs(NamedTuple):
    """
    The runs of N documents, hashed.

    Attributes:
        hashes: All of them, one document after the other, uint32; a document's are put in
            order, and each is left once, when it is first compared.
        starts: Where each document's begin, and where the last ends; shape (N + 1,), int64.
        sizes: How many different ones each has; -1 until they are in order; (N,), int64.
    """

    hashes: Column
    starts: Column
    sizes: Column


@dataclass(slots=True, weakref_slot=True)
class Overlap(Pairs):
    """Gathers documents with bands and runs, and gives back tables of their pairs."""

    rules: Sequence[SimilarRule]
    _bands: int = 0

    def add(self, rows: pl.DataFrame) -> None:
        """Set rows aside: nothing of them in memory, but for what the spool holds."""
        if not rows.height:
            return
        bands = rows["bands"].to_numpy()
        self._bands = bands.shape[1]
        known = np.empty(rows.height, _ROW)
        digests = np.frombuffer(b"".join(rows["digest"]), np.uint64)
        known["digest"] = digests.reshape(rows.height, -1)[:, :2]
        known["runs"], known["side"] = rows["shingles"].list.len(), self.sides(rows)
        runs = rows["shingles"].explode().to_numpy()
        left = rows.drop("bands", "shingles", "digest")
        self.append(left, bands=bands, runs=runs, known=known)

    def found(self) -> Iterator[pl.DataFrame]:
        if self._folder is None:
            return
        known = np.memmap(self._folder / "known", _ROW, "r")
        bands = np.memmap(self._folder / "bands", np.uint64, "r").reshape(-1, self._bands)
        runs = Runs(
            np.asarray(np.memmap(self._folder / "runs", np.uint32, "r+")),
            np.concatenate([[0], np.cumsum(known["runs"])]),
            np.full(len(known), -1, np.int64),
        )
        forest = Forest.of(len(self.rules), len(known))
        sides = np.ascontiguousarray(known["side"])
        digests = np.ascontiguousarray(known["digest"])
        forest.copies[:] = _copies(digests, sides)
        forest.leads[:] = forest.copies < 0
        asks = related(self.rules, self._sides)
        most = np.array([rule.difference for rule in self.rules])
        leaders = np.flatnonzero(forest.leads)
        for band in range(self._bands):
            keys = bands[leaders, band]
            order = np.argsort(keys, kind="stable")
            starts = np.flatnonzero(np.diff(keys[order], prepend=~keys[order[:1]]))
            ends = np.append(starts[1:], len(order))
            several = ends - starts > 1
            places = np.stack([starts[several], ends[several]], axis=1)
            _compare(leaders[order], places, runs, sides, digests, asks, most, forest)
        yield from self.tables(np.arange(len(known)), forest)


def _copies(digests: Column, sides: Column) -> Column:
    """Of each document the first one of its side with the same digest, or -1; shape (N,)."""
    order = np.lexsort((digests[:, 0], digests[:, 1], sides))  # stable
    value = np.column_stack([digests[order], sides[order].astype(np.uint64)])
    new = np.ones(len(order), bool)
    new[1:] = (value[1:] != value[:-1]).any(axis=1)
    first = order[new][np.cumsum(new) - 1]
    copies = np.empty(len(order), np.int32)
    copies[order] = np.where(new, -1, first)
    return copies


@register_jitable
def _in_order(runs: Runs, document: int) -> Any:  # noqa: ANN401  -- a view
    """The different runs of a document, in order."""
    its = runs.hashes[runs.starts[document] : runs.starts[document + 1]]
    if runs.sizes[document] < 0:
        its.sort()
        size = 1
        for place in range(1, len(its)):
            if its[place] != its[size - 1]:
                its[size] = its[place]
                size += 1
        runs.sizes[document] = size
    return its[: runs.sizes[document]]


@register_jitable
def _unlike(runs: Runs, one: int, other: int) -> float:
    """One less the Jaccard similarity of two documents."""
    here, there = _in_order(runs, one), _in_order(runs, other)
    a, b, both = 0, 0, 0
    while a < len(here) and b < len(there):
        first, second = here[a], there[b]
        a += first <= second
        b += second <= first
        both += first == second
    return 1 - both / (len(here) + len(there) - both)


@kernel
def _compare(  # noqa: PLR0913, PLR0917
    order: Column, places: Column, runs: Runs, sides: Column, digests: Column, asks: Column,
    most: Column, forest: Forest,
) -> None:  # fmt: skip
    """Compare documents that agree in a band with the leaders of each side."""
    rules, count = asks.shape[0], asks.shape[1]
    leaders, leading = np.empty((count, LEADERS), np.int64), np.zeros(count, np.int64)
    for n in range(len(places)):
        leading[:] = 0
        for at in range(places[n, 0], places[n, 1]):
            document = order[at]
            side, alike, equal = sides[document], False, False
            for other in range(count):
                which = 0
                for rule in range(rules):
                    which |= int(asks[rule, side, other]) << rule
                for place in range(leading[other] if which else 0):
                    leader = leaders[other, place]
                    if (digests[leader] == digests[document]).all():
                        continue  # of another side: a copy, and no pair
                    apart = parted(forest, which, leader, document)
                    alike |= other == side and apart == 0
                    if apart:
                        difference = _unlike(runs, leader, document)
                        join(forest, most, apart, leader, document, 0, difference, False)  # noqa: FBT003
                        alike |= other == side and difference <= most.min()
                        equal |= other == side and difference == 0
            if leading[side] < (_FIRST if alike else LEADERS) and not equal:
                leaders[side, leading[side]] = document
                leading[side] += 1
