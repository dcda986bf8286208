"""N304."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl

from datastd.model import EXAMPLES, Example, Measurement, Profile
from datastd.rules import Rule


class FolderTooWide(Rule):
    """
    A folder with more than 10,000 entries in it.

    Why it matters:
        Some file systems list it in seconds, and hubs not at all.

    Remedy:
        Part it into folders, or pack it into shards.

    Source:
        Hugging Face, repository recommendations; A3's S09.
    """

    code: ClassVar[str] = "N304"
    name: ClassVar[str] = "folder-too-wide"
    unit: ClassVar[str] = "folders"
    table: ClassVar[str] = "files"
    reads: ClassVar[tuple[str, ...]] = ("path",)

    asked_from: Profile = "team"

    most: int = 10_000

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        # Of each path, the folders that it is below, and the entry in each that leads to it.
        parts = rows.select(part=pl.col("path").str.split("/")).with_columns(
            depth=pl.int_ranges(pl.col("part").list.len())
        )
        entries = parts.explode("depth").select(
            folder=pl.col("part").list.head(pl.col("depth")).list.join("/"),
            entry=pl.col("part").list.get(pl.col("depth")),
        )
        return entries.unique()

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        whole = pl.concat(partials).unique() if partials else None
        if whole is None or not whole.height:
            return Measurement(observed=0, checked=0, failed=0)
        counts = whole.group_by("folder").len().sort("folder")
        wide = counts.filter(pl.col("len") > self.most)
        return Measurement(
            observed=wide.height, checked=counts.height, failed=wide.height,
            examples=tuple(
                Example(key=folder or ".", observed=float(count), detail=self.says(count))
                for folder, count in wide.head(EXAMPLES).rows()
            ),
        )  # fmt: skip

    def bound(self) -> str:
        return f"at most {self.most:,} entries"
