"""Q605."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.answers import OPEN_FENCE, UNENDED
from datastd.model import Level, Measurement
from datastd.rules import Again, LaterRule, totals

_OPEN = pl.col("answer_ends") & OPEN_FENCE > 0
_UNENDED = pl.col("answer_ends") & UNENDED > 0


class ResponseTruncated(LaterRule):
    """
    Answers that stop in the middle: a fence of code is open, or a limit was reached.

    The second is taken for so where the last visible character ends no sentence and closes
    nothing, and the answer is nearly as long as the longest of all, which has `least` code
    points at least: shorter ones no limit cut off.

    Attributes:
        within: The share of the longest answer by which one may be shorter.
        least: Code points of the longest answer from which on it shows a limit.

    Why it matters:
        A model learns to stop in the middle of a sentence.

    Remedy:
        Generate the answers again with a higher limit, or leave these records out.

    Source:
        datastd's own definition; 128 tokens, the lowest limit in use, are some 500 characters.
    """

    code: ClassVar[str] = "Q605"
    name: ClassVar[str] = "response-truncated"
    reads: ClassVar[tuple[str, ...]] = ("answer_ends", "answer_points")
    keeps: ClassVar[tuple[str, ...]] = reads

    level: Level = Level.WARN
    within: float = Field(default=0.02, ge=0, lt=1)
    least: int = Field(default=500, ge=1)

    def needed(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.filter(_OPEN | _UNENDED)

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.select(checked=pl.len().cast(pl.Int64), longest=pl.col("answer_points").max())

    def merged(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        return pl.concat(partials).select(pl.col("checked").sum(), pl.col("longest").max())

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        (checked,) = totals(partials, "checked")
        return Measurement(observed=0, checked=checked, failed=0)

    def learn(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        return self.merged(partials).select("longest")

    def among(self, again: Again, learned: pl.DataFrame) -> Iterator[pl.DataFrame]:
        longest = learned.item() or 0
        points = pl.col("answer_points")
        near = (points >= longest * (1 - self.within)) & (longest >= self.least)
        said = (
            pl.when(_OPEN)
            .then(pl.lit("expected each fence of code closed, found one open"))
            .otherwise(
                pl.format(
                    "expected an end, found none after {} code points of {} at most",
                    points, pl.lit(longest),
                )
            )
        )  # fmt: skip
        for rows in again():
            yield rows.filter(_OPEN | (_UNENDED & near)).select(
                "key", "split", observed=points.cast(pl.Float64), detail=said
            )

    def bound(self) -> str:
        return "an answer that was not cut off"
