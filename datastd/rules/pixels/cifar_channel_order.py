"""F116."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl
from pydantic import PositiveInt

from datastd.model import EXAMPLES, Example, Level, Measurement
from datastd.rules import Rule


class CifarChannelOrder(Rule):
    """
    Files whose rows are pixels one after the other where planes should be.

    A row of CIFAR is 1,024 red, 1,024 green and 1,024 blue values.  A file is suspect if,
    over all of its images, values three apart differ by less in the mean than neighbours
    do; one that holds an image of which that is not known is suspect too.

    Attributes:
        images: The fewest images of a file that it can be told from.  Files with fewer
            are not looked at.

    Why it matters:
        Every loader takes rows for planes: pixels in turn become three small pictures in
        false colours, and a network trains on them without a word.

    Remedy:
        Write ``images.transpose(0, 3, 1, 2).reshape(-1, 3072)``.

    Source:
        Krizhevsky, "The CIFAR-10 dataset", section "Dataset layout"; the test is
        datastd's own.
    """

    code: ClassVar[str] = "F116"
    name: ClassVar[str] = "cifar-channel-order"
    unit: ClassVar[str] = "files"
    reads: ClassVar[tuple[str, ...]] = ("planar_lead",)

    images: PositiveInt = 100
    level: Level = Level.WARN

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        """For each file: its images, those of which nothing is known, and the sum of the rest."""
        # The column holds whole numbers: their sum does not depend on how it is taken.
        lead = pl.col("planar_lead").cast(pl.Int64, strict=False)
        return (
            rows.with_columns(file=pl.col("key").str.replace(r"#\d+$", ""))
            .group_by("file", maintain_order=True)
            .agg(images=pl.len(), unknown=lead.null_count(), lead=lead.sum())
        )

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        files: dict[str, tuple[int, int, int]] = {}
        for part in partials:
            for file, *found in part.rows():
                known = files.get(file, (0, 0, 0))
                images, unknown, lead = (a + b for a, b in zip(known, found, strict=True))
                files[file] = images, unknown, lead
        seen = {file: found for file, found in files.items() if found[0] >= self.images}
        suspect = sorted(file for file, (_, unknown, lead) in seen.items() if unknown or lead < 0)
        expected = "planes: values three apart that differ by more than neighbours do"
        return Measurement(
            observed=len(suspect),
            checked=sum(images for images, _, _ in seen.values()),
            failed=0,
            examples=tuple(
                Example(key=file, observed=1, detail=f"expected {expected}, found less")
                for file in suspect[:EXAMPLES]
            ),
        )
