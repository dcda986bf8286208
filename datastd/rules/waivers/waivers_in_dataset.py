"""N416."""

from typing import ClassVar

import polars as pl

from datastd.rules import RowRule


class WaiversInDataset(RowRule):
    """
    Files ``waivers.toml`` in a dataset: they cover nothing there.

    Asked of every judgement of a dataset that has one, whatever the standard.

    Why it matters:
        Data would choose what is asked of them.

    Remedy:
        Move it out of the dataset, into the project, and have it approved there.

    Source:
        datastd's law that the data never choose their judge.
    """

    code: ClassVar[str] = "N416"
    name: ClassVar[str] = "waivers-in-dataset"
    unit: ClassVar[str] = "files"
    table: ClassVar[str] = "files"
    reads: ClassVar[tuple[str, ...]] = ("path",)

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        last = pl.col("path").str.split("/").list.last()
        return rows.filter(last.str.to_lowercase() == "waivers.toml").select(
            key="path", split=pl.lit(""), observed=pl.lit(1.0)
        )
