"""L401."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.rules import Again, RowRule, gathered

_FACTOR = 0x9E3779B97F4A7C15


class TokenWindowCrossSplit(RowRule):
    """
    Text of one split that is also in another: any 64 tokens in a row.

    Every window counts, wherever it begins.  Windows meet by their anchors, which equal
    windows share, and are compared by hashes of all of their tokens; counted are the
    anchors with such a window, of which text has one about every 17 tokens.  Meanwhile they
    lie on disk, about 12 bytes for each token, or 20 where ids are of 32 bits.

    Why it matters:
        A model that is measured on what it was trained on is measured on its memory.

    Remedy:
        Remove the text from the split that is learned from, before it is tokenised.

    Source:
        datastd's own definition; Lee et al. 2022, "Deduplicating training data makes
        language models better", arXiv:2107.06499, which takes 50 tokens.
    """

    code: ClassVar[str] = "L401"
    name: ClassVar[str] = "token-window-cross-split"
    unit: ClassVar[str] = "anchors"
    table: ClassVar[str] = "anchors"
    reads: ClassVar[tuple[str, ...]] = ("at", "anchor", "left", "right", "around")
    meets_on: ClassVar[str | None] = "anchor"

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        return self.grouped(rows).drop("group")

    def grouped(self, rows: pl.DataFrame) -> pl.DataFrame:
        return pl.concat(found for _, found in self.met(lambda: iter([rows])))

    def met(self, again: Again) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
        anchors = _shared((rows.select("anchor", "split") for rows in again()), "anchor")
        windows = _shared((_near(rows, anchors)[1] for rows in again()), "anchor", "window")
        for rows in again():
            near, every = _near(rows, anchors)
            found = every.join(windows, on=["anchor", "window"], how="semi").get_column("place")
            listed = self._listed(near[found.unique().sort()])
            yield pl.DataFrame({"checked": [rows.height], "failed": [listed.height]}), listed

    def _listed(self, found: pl.DataFrame) -> pl.DataFrame:
        said = "expected text of this split alone, found 64 tokens of another around token {}"
        return found.select(
            "key",
            "split",
            observed=pl.col("at").cast(pl.Float64),
            detail=pl.format(said, "at"),
            group=pl.col("anchor").cast(pl.String),
        )

    def bound(self) -> str:
        return "in one split"


def _shared(pieces: Iterator[pl.DataFrame], *names: str) -> pl.DataFrame:
    """What is in more than one split, by these names, of rows that come in pieces."""
    known = gathered((rows.select(*names, "split") for rows in pieces), pl.DataFrame.unique)
    return known.group_by(names).len().filter(pl.col("len") > 1).select(names)


def _near(rows: pl.DataFrame, anchors: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows with one of the anchors, and every window of theirs: in the row of which ``place``."""
    near = rows.join(anchors, on="anchor", how="semi")
    place, window = _windows(near)
    return near, near[place].select("anchor", "split", place=place, window=window)


def _windows(near: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """For every window with one of the anchors: the row of the anchor, and a hash of the rest."""
    around = near.get_column("around").to_numpy().astype(np.uint64)
    width = around.shape[1]
    reach = width // 2  # tokens on each side; an anchor and as many of them are a window
    powers = np.array([pow(_FACTOR, n, 1 << 64) for n in range(width)], np.uint64)
    sums = np.zeros((near.height, width + 1), np.uint64)
    np.cumsum((around + np.uint64(1)) * powers, axis=1, out=sums[:, 1:])
    starts = np.arange(reach + 1)
    # A window's sum begins with the power of its start: all are raised to the same.
    hashes = (sums[:, starts + reach] - sums[:, starts]) * powers[reach - starts]
    left, right = (
        near.get_column(name).to_numpy().astype(np.int64)[:, None] for name in ("left", "right")
    )
    inside: NDArray[np.bool_] = (starts >= reach - left) & (starts <= right)
    place = np.nonzero(inside)[0]
    return pl.Series(place, dtype=pl.UInt32), pl.Series(hashes[inside], dtype=pl.UInt64)
