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

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.engines import looking
from datastd.engines.hamming import within
from datastd.engines.looking import Asks, Drawn, Forest, Nodes
from datastd.engines.spool import Meeting, Spool, temporary
from datastd.measures.pixels.likeness import BYTES, SIZE, unpacked
from datastd.rules import PairRule

HELD = 1 << 16  # sketches in memory; more lie in a file
EDGES = 1 << 16  # pairs that become a table at once
KEPT = 1 << 22  # pairs of hashes that are kept; more are searched for a second time

Column: TypeAlias = NDArray[Any]


@dataclass(slots=True, weakref_slot=True)
class Nearby:
    """
    Gathers rows with a hash, and gives back tables of them and of their pairs.

    Attributes:
        rules: Those that ask, all of one table.
    """

    rules: Sequence[PairRule]
    _rows: Spool = field(default_factory=Spool)
    _sketches: Path | None = None
    _columns: list[tuple[Column, Column, Column]] = field(default_factory=list)
    _sides: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, rows: pl.DataFrame) -> None:
        """Set rows aside: 18 bytes of each in memory, and the rest in a spool and a file."""
        if not rows.height:
            return
        places = rows.select("origin", "split").rows()
        sides = [self._sides.setdefault(place, len(self._sides)) for place in places]
        turned = any(rule.mirrored for rule in self.rules)
        back = rows["mirrored"].to_numpy() if turned else np.zeros(0, np.uint64)
        self._columns.append((rows["hash"].to_numpy(), back, np.array(sides, np.uint16)))
        self._rows.add("rows", rows.drop("hash", "mirrored", "sketch"))
        self._sketches = self._sketches or temporary(self) / "sketches"
        with self._sketches.open("ab") as file:
            file.write(b"".join(rows["sketch"]))

    def groups(self) -> Iterator[pl.DataFrame]:
        """Yield every row by itself, then all pairs; those that hang together in one part."""
        for rows in _larger(self._rows.read("rows")):
            yield rows.select(*_PLACE, *_labels(rows), *_NO_OTHER)
        met = Meeting("group")
        for pairs in self._pairs() if self._columns else ():
            met.add(pairs)
        yield from met.groups()

    def _pairs(self) -> Iterator[pl.DataFrame]:
        """Search, look, and name what was found."""
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
        yield from self._tables(rows, forest)

    def _draw(self, rows: Column, hashes: Column) -> Drawn:
        """Take the sketches of the rows numbered *rows*."""
        drawn = Drawn(
            self._array((len(rows), SIZE), np.int8),
            self._array((len(rows), 2, 3, 3), np.int32),
            self._array((len(rows), 32), np.uint8),
            hashes,
        )
        if self._sketches is None:  # pragma: no cover  -- there are rows
            raise AssertionError(rows)
        whole = np.memmap(self._sketches, np.uint8, "r").reshape(-1, BYTES)
        number = 0
        for some in self._named(rows, "digest"):
            part = slice(number, number + some.height)
            drawn.cells[part], drawn.energy[part] = unpacked(whole[rows[part]])
            framed = np.frombuffer(b"".join(some["digest"]), np.uint8).reshape(-1, 32)
            drawn.digests[part] = framed
            number += some.height
        return drawn

    def _array(self, shape: tuple[int, ...], kind: type[np.generic]) -> Column:
        """An array of zeros, in a file where it would be large."""
        if shape[0] <= HELD:
            return np.zeros(shape, kind)
        path = temporary(self) / "array"
        return np.asarray(np.memmap(path, kind, "w+", shape=shape))

    def _named(self, rows: Column, *columns: str) -> Iterator[pl.DataFrame]:
        """Columns of the rows numbered *rows*, in order, in pieces."""
        start = 0
        for piece in self._rows.read("rows"):
            low, high = np.searchsorted(rows, [start, start + piece.height])
            there = [name for name in columns if name in piece.columns]
            yield piece.select(there)[rows[low:high] - start]
            start += piece.height

    def _tables(self, rows: Column, forest: Forest) -> Iterator[pl.DataFrame]:
        """The pairs of a forest, with the names of both."""
        one, other, distance, difference, mirrored = forest.edges()
        involved, groups = np.unique(np.concatenate([one, other])), forest.groups()
        names = ("key", "split", "origin", "label")
        named = [*self._named(rows[involved], *names)]
        sides = pl.concat(named) if named else pl.DataFrame()
        there = sides.rename({n: "other" if n == "key" else f"other_{n}" for n in sides.columns})
        for start in range(0, len(one), EDGES):
            part = slice(start, start + EDGES)
            here = [np.searchsorted(involved, end[part]) for end in (one, other)]
            yield (
                sides[here[0]]
                .hstack(there[here[1]])
                .with_columns(
                    distance=pl.Series(distance[part], dtype=pl.Int64),
                    difference=pl.Series(difference[part], dtype=pl.Float64),
                    mirrored=pl.Series(mirrored[part], dtype=pl.Boolean),
                    group=pl.Series(groups[one[part]], dtype=pl.Int64),
                )
            )


def _larger(pieces: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Rows in fewer pieces: a rule takes its time with each."""
    held: list[pl.DataFrame] = []
    for piece in pieces:
        held.append(piece)
        if sum(one.height for one in held) >= EDGES:
            yield pl.concat(held)
            held = []
    if held:
        yield pl.concat(held)


_PLACE = ("key", "split", "origin")
_NO_OTHER = tuple(
    pl.lit(None, kind).alias(name)
    for name, kind in {
        "other": pl.String, "other_split": pl.String, "other_origin": pl.String,
        "distance": pl.Int64, "difference": pl.Float64, "mirrored": pl.Boolean,
        "group": pl.Int64,
    }.items()
)  # fmt: skip


def _labels(rows: pl.DataFrame) -> Iterator[pl.Expr]:
    if "label" in rows.columns:
        yield pl.col("label")
        yield pl.lit(None, rows.schema["label"]).alias("other_label")


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
