"""C735."""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

import polars as pl

from datastd.model import DATA, Level, Measurement
from datastd.rules import Again, LaterRule, totals


class NewCategory(LaterRule):
    """
    Samples, or annotations, of a class that the input `reference` has not.

    Attributes:
        column: The column of classes.
        over: The table that it is of.

    Why it matters:
        A network has an output for each class that it was trained on; a new one is a typing
        error, or no network in use can name it.

    Remedy:
        Correct the label; where the class is meant, make this version the reference.

    Source:
        deepchecks CategoryMismatchTrainTest, NewLabelTrainTest.
    """

    code: ClassVar[str] = "C735"
    name: ClassVar[str] = "new-category"
    needs: ClassVar[tuple[str, ...]] = ("reference",)

    level: Level = Level.WARN
    column: str = "label"
    over: Literal["samples", "annotations"] = "samples"

    @property
    def reads(self) -> tuple[str, ...]:  # type: ignore[override]
        """The column of classes."""
        return (self.column,)

    @property
    def keeps(self) -> tuple[str, ...]:  # type: ignore[override]
        """The column of classes."""
        return (self.column,)

    @property
    def table(self) -> str:  # type: ignore[override]
        """The table that it is of."""
        return self.over

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        is_data = pl.col("origin") == DATA
        return (
            rows.group_by(label=pl.col(self.column).cast(pl.String))
            .agg(here=is_data.sum().cast(pl.Int64), before=(~is_data).sum().cast(pl.Int64))
            .sort("label")
        )

    def merged(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        every = pl.concat(partials).group_by("label").agg(pl.col("here", "before").sum())
        return every.sort("label")

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        here, before = totals(partials, "here", "before")
        named = any(part.get_column("label").is_not_null().any() for part in partials)
        return Measurement(observed=0, checked=here if before and named else 0, failed=0)

    def needed(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.filter(pl.col("origin") == DATA)

    def learn(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        """The classes that are new."""
        return self.merged(partials).filter(before=0).select("label")

    def among(self, again: Again, learned: pl.DataFrame) -> Iterator[pl.DataFrame]:
        said = pl.lit("expected a class of the reference, found ")
        for rows in again():
            text = pl.col(self.column).cast(pl.String)
            new = rows.filter(text.is_in(learned["label"].implode(), nulls_equal=True))
            yield new.select(
                "key", "split", observed=pl.lit(1.0),
                detail=pl.concat_str(said, text.fill_null("none")),
            )  # fmt: skip

    def bound(self) -> str:
        return "a class of the reference"
