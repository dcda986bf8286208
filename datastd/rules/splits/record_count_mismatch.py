"""C004."""

from typing import ClassVar

import polars as pl

from datastd.rules import RowRule


class RecordCountMismatch(RowRule):
    """
    A split with more or fewer records than the files beside the data state.

    Stated is ``num_examples`` of Hugging Face's ``dataset_info.json``; records that cannot be
    read count, too.  A split of which nothing is stated is not looked at; a file whose numbers
    cannot be read, or that another contradicts, is itself wrong.

    Why it matters:
        A shard is missing, or was written twice, and nothing else tells.

    Remedy:
        Fetch the dataset again; or correct the number.

    Source:
        Hugging Face datasets, SplitInfo.num_examples: NonMatchingSplitsSizesError.
    """

    code: ClassVar[str] = "C004"
    name: ClassVar[str] = "record-count-mismatch"
    unit: ClassVar[str] = "splits"
    table: ClassVar[str] = "splits"
    reads: ClassVar[tuple[str, ...]] = ("split", "records", "stated")

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        return super().partial(rows.drop_nulls("stated"))

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        odd = rows.filter(pl.col("records") != pl.col("stated"))
        said = (
            pl.when(pl.col("stated") < 0)
            .then(pl.lit("expected numbers of records that can be read, found none"))
            .otherwise(
                pl.format("expected {} records, as is stated, found {}", "stated", "records")
            )
        )
        return odd.select(
            "split", key="split", observed=pl.col("records").cast(pl.Float64), detail=said
        ).select("key", "split", "observed", "detail")
