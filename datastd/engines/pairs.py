"""
Pairs of samples, whatever they are alike in: what every search for near duplicates shares.

Rows are set aside until all are there; a search finds which of them are near each other,
and gives them back as tables that `rules.PairRule` reads.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.engines.forest import Column, Forest
from datastd.engines.spool import Meeting, Spool, temporary
from datastd.rules import Again, PairRule

HELD = 1 << 16  # samples of which an array is in memory; that of more lies in a file
EDGES = 1 << 16  # pairs that become a table at once


@dataclass(slots=True, weakref_slot=True)
class Pairs:
    """
    Gathers rows, and gives back tables of them and of their pairs.

    Attributes:
        rules: Those that ask, all of one table.
    """

    rules: Sequence[PairRule]
    _rows: Spool = field(default_factory=Spool)
    _sides: dict[tuple[str, str], int] = field(default_factory=dict)
    _folder: Path | None = None

    def add(self, rows: pl.DataFrame) -> None:
        """Set rows aside."""
        raise NotImplementedError

    def found(self) -> Iterator[pl.DataFrame]:
        """Search, look, and name what was found: tables of pairs, each with its ``group``."""
        raise NotImplementedError

    def groups(self) -> Iterator[Again]:
        """Yield every row by itself, then all pairs; those that hang together in one part."""
        for rows in _larger(self._rows.read("rows")):
            yield partial(iter, [rows.select(*_PLACE, *_labels(rows), *_NO_OTHER)])
        met = Meeting("group")
        for pairs in self.found():
            met.add(pairs)
        yield from met.groups()

    def append(self, rows: pl.DataFrame, **arrays: Column) -> None:
        """Set rows aside, and arrays of them, each at the end of the file of its name."""
        self._folder = self._folder or temporary(self)
        for name, array in arrays.items():
            with (self._folder / name).open("ab") as file:
                array.tofile(file)
        self._rows.add("rows", rows)

    def sides(self, rows: pl.DataFrame) -> NDArray[np.uint16]:
        """Number the origin and split of each row."""
        places = rows.select("origin", "split").rows()
        numbers = [self._sides.setdefault(place, len(self._sides)) for place in places]
        return np.array(numbers, np.uint16)

    def array(self, shape: tuple[int, ...], kind: type[np.generic]) -> Column:
        """An array of zeros, in a file where it would be large."""
        if shape[0] <= HELD:
            return np.zeros(shape, kind)
        path = temporary(self) / "array"
        return np.asarray(np.memmap(path, kind, "w+", shape=shape))

    def named(self, rows: Column, *columns: str) -> Iterator[pl.DataFrame]:
        """Columns of the rows numbered *rows*, in order, in pieces."""
        start = 0
        for piece in self._rows.read("rows"):
            low, high = np.searchsorted(rows, [start, start + piece.height])
            there = [name for name in columns if name in piece.columns]
            yield piece.select(there)[rows[low:high] - start]
            start += piece.height

    def tables(self, rows: Column, forest: Forest) -> Iterator[pl.DataFrame]:
        """The pairs of a forest, with the names of both."""
        one, other, distance, difference, mirrored = forest.edges()
        involved, groups = np.unique(np.concatenate([one, other])), forest.groups()
        names = ("key", "split", "origin", "label")
        named = [*self.named(rows[involved], *names)]
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


def related(rules: Sequence[PairRule], sides: Mapping[tuple[str, str], int]) -> Column:
    """Ask each of Q rules about every two of S sides, in either order: (Q, S, S), bool."""
    here = pl.DataFrame([*sides], ["origin", "split"], orient="row")
    both = here.join(here.rename({n: f"other_{n}" for n in here.columns}), how="cross")
    found = np.stack([both.select(rule.related()).to_series().to_numpy() for rule in rules])
    square = found.reshape(len(rules), len(sides), len(sides))
    return np.asarray(square | square.transpose(0, 2, 1))
