"""
Pairs of samples that are nearly alike: found by their hashes, verified on their pixels.

What `spool.Meeting` is for rows of equal values, `Nearby` is for rows of hashes that differ
in few bits, and its parts are tables of pairs, as `rules.PairRule` reads them. One search
and one look serve all rules that ask. What the look needs of the pixels, a sketch, was
drawn when the sample was decoded and lies in a file: nothing is decoded twice.

Time and memory are bounded by *leaders* and *forests*. Of the pictures with one hash in
one split the first 64 lead: all others are compared with these, and only these with
pictures of other hashes. And each rule keeps a forest: two samples that hang together by
its pairs already are not compared again, so that a crowd of n gives n - 1 pairs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from datastd.engines import looking
from datastd.engines.forest import Column, Forest
from datastd.engines.hamming import within
from datastd.engines.looking import Asks, Drawn, Nodes
from datastd.engines.pairs import Pairs
from datastd.engines.spool import temporary
from datastd.measures.pixels.likeness import BYTES, SIZE, unpacked
from datastd.rules import LikenessRule

KEPT = 1 << 22  # pairs of hashes that are kept; more are searched for a second time


@dataclass(slots=True, weakref_slot=True)
class Nearby(Pairs):
    """Gathers pictures with a hash and a sketch, and gives back tables of their pairs."""

    rules: Sequence[LikenessRule]
    _sketches: Path | None = None
    _columns: list[tuple[Column, Column, Column]] = field(default_factory=list)

    def add(self, rows: pl.DataFrame) -> None:
        """Set rows aside: 18 bytes of each in memory, and the rest in a spool and a file."""
        if not rows.height:
            return
        turned = any(rule.mirrored for rule in self.rules)
        back = rows["mirrored"].to_numpy() if turned else np.zeros(0, np.uint64)
        self._columns.append((rows["hash"].to_numpy(), back, self.sides(rows)))
        self._rows.add("rows", rows.drop("hash", "mirrored", "sketch"))
        self._sketches = self._sketches or temporary(self) / "sketches"
        with self._sketches.open("ab") as file:
            file.write(b"".join(rows["sketch"]))

    def found(self) -> Iterator[pl.DataFrame]:
        if not self._columns:
            return
        hashes, back, sides = (np.concatenate(one) for one in zip(*self._columns, strict=True))
        asks, nodes = Asks.of(self.rules, self._sides), Nodes.of(hashes, back, sides)
        kept: list[Column] | None = []
        for near in _near(nodes, asks):
            looking.mark(near, nodes, asks)
            if kept is not None:
                kept = [*kept, near] if sum(map(len, kept)) + len(near) <= KEPT else None
        rows = nodes.marked_rows()
        if not len(rows):
            return
        drawn, forest = self._draw(rows, hashes[rows]), Forest.of(len(self.rules), len(rows))
        numbers = np.searchsorted(rows, nodes.entries).astype(np.int32)  # of marked nodes only
        looking.lead(nodes, numbers, asks, drawn, forest)
        for near in kept if kept is not None else _near(nodes, asks):
            looking.look(near, nodes, numbers, asks, drawn, forest)
        yield from self.tables(rows, forest)

    def _draw(self, rows: Column, hashes: Column) -> Drawn:
        """Take the sketches of the rows numbered *rows*."""
        drawn = Drawn(
            self.array((len(rows), SIZE), np.int8),
            self.array((len(rows), 2, 3, 3), np.int32),
            self.array((len(rows), 32), np.uint8),
            hashes,
        )
        if self._sketches is None:  # pragma: no cover  -- there are rows
            raise AssertionError(rows)
        whole = np.memmap(self._sketches, np.uint8, "r").reshape(-1, BYTES)
        number = 0
        for some in self.named(rows, "digest"):
            part = slice(number, number + some.height)
            drawn.cells[part], drawn.energy[part] = unpacked(whole[rows[part]])
            framed = np.frombuffer(b"".join(some["digest"]), np.uint8).reshape(-1, 32)
            drawn.digests[part] = framed
            number += some.height
        return drawn


def _near(nodes: Nodes, asks: Asks) -> Iterator[Column]:
    """Pairs of values that are near: each that several rows have with itself, then two."""
    shared = np.flatnonzero(np.diff(nodes.starts[nodes.first]) > 1)
    yield np.stack([shared, shared, np.zeros_like(shared)], axis=1).astype(np.int32)
    for mirrored in (False, True):
        its = asks.distance[asks.mirrored == mirrored]
        # Mirror images are sought as far as it is asked for them, and that is less far.
        values = np.arange(len(nodes.values)) if mirrored else nodes.plain()
        for pairs in within(nodes.values[values], int(its.max())) if len(its) else ():
            pairs[:, :2] = values[pairs[:, :2]]
            yield pairs
