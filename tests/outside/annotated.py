"""A format with annotations, as small as one can be: strips of cloth, and marks on them."""

from typing import ClassVar

import numpy as np
import polars as pl

from datastd.draft import Draft
from datastd.measures import measure
from datastd.rules import RowRule
from datastd.sources import Batch, Plan, Shard, Source, keys
from datastd.sources.files import COMMON, head_of, split_named

SCHEMA = {"row": pl.Int64, "annotation": pl.String, "start": pl.Int64, "length": pl.Int64,
          "text": pl.String, "points": pl.List(pl.Int64)}  # fmt: skip


class Strips(Source):
    """A line per strip: its width, and ``start+length+text`` of each mark on it."""

    format: ClassVar[str] = "strips"
    kinds = COMMON
    columns = ("width",)
    annotates = ("start", "length")
    shard, batch = 1 << 20, 1 << 20

    @classmethod
    def recognises(cls, tree):
        return any(path.endswith(".strips") for path in tree.stamps)

    def lines(self, path):
        return head_of(self.tree, path, self.tree.stamps[path].size).decode().splitlines()

    def plan(self):
        paths = [path for path in self.tree.stamps if path.endswith(".strips")]
        shards = [
            Shard(path, split_named(path), start, min(start + self.shard, total))
            for path in paths
            for total in [len(self.lines(path))]
            for start in range(0, total, self.shard)
        ]
        return Plan(tuple(shards), (), len(paths))

    def read(self, shard):
        for start in range(shard.start, shard.stop, self.batch):
            yield self.take(shard.path, np.arange(start, min(start + self.batch, shard.stop)))

    def take(self, path, rows):
        lines, found = self.lines(path), []
        for row, number in enumerate(rows):
            for which, mark in enumerate(lines[number].split()[1:]):
                start, length, text = mark.split("+")
                found.append((row, str(which), int(start), int(length), text, [int(start)]))
        widths = np.array([int(lines[number].split()[0]) for number in rows], np.int64)
        annotations = pl.DataFrame(found, SCHEMA, orient="row")
        texts = pl.Series([lines[number] for number in rows], dtype=pl.String)
        return Batch(keys(path, rows), {"width": widths, "text": texts}, annotations=annotations)

    def write(self, kept, to: Draft):
        for path, rows in kept.items():
            lines = self.lines(path)
            to.put(path, [f"{lines[row]}\n".encode() for row in rows])


def stop(start, length):
    return start.to_numpy() + length.to_numpy()


@measure("Q910", "mark-too-long", unit="units", over="annotations")
def beyond(stop, row, width):
    """How far a mark goes beyond its strip; ``width`` is of strips."""
    return np.maximum(stop - width[row.to_numpy()], 0)


@measure("Q911", "mark-named", unit="letters", over="annotations")
def letters(text):
    """Letters of what is written there: the text of a mark, and not of its strip."""
    return text.str.len_bytes().cast(pl.Int64)


@measure("Q912", "mark-with-share", unit="fraction", over="annotations")
def share(length, row, spread):
    return length.to_numpy() / np.maximum(np.asarray(spread)[row.to_numpy()], 1)


@measure("Q913", "strip-marked", unit="units")
def spread(annotations, width):
    """The longest mark of each strip."""
    found = np.zeros(len(width), np.int64)
    np.maximum.at(found, annotations["row"].to_numpy(), annotations["length"].to_numpy())
    return found


class Shifted(RowRule):
    """
    Marks that begin at an odd place.

    Why it matters:
        It does not.

    Remedy:
        None.

    Source:
        The tests.
    """

    code: ClassVar[str] = "Q914"
    name: ClassVar[str] = "mark-shifted"
    unit: ClassVar[str] = "annotations"
    table: ClassVar[str] = "annotations"
    reads: ClassVar[tuple[str, ...]] = ("start", "sample")

    def failing(self, rows):
        return rows.filter(pl.col("start") % 2 == 1).select(
            "key", "split", observed=pl.col("start").cast(pl.Float64)
        )
