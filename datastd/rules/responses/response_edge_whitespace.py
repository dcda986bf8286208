"""Q610."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

import polars as pl

from datastd.answers import LEADS, TRAILS
from datastd.model import Level, Measurement
from datastd.rules import Again, LaterRule

_STYLE = (pl.col("answer_ends") & (LEADS | TRAILS)).alias("style")
_SAID: Mapping[int, str] = {
    0: "no white space at its ends",
    LEADS: "white space before it",
    TRAILS: "white space behind it",
    LEADS | TRAILS: "white space before and behind it",
}


class ResponseEdgeWhitespace(LaterRule):
    """
    Answers that begin or end with white space where most do not, or the other way round.

    Of the four styles, by white space before and behind an answer, the commonest is the one
    that is meant; of two that are as common, the one with less.

    Why it matters:
        Between prompt and completion one space makes other tokens: a model learns both, and
        at inference gets one.

    Remedy:
        Strip the answers, and let the template say what stands before them.

    Source:
        TRL, dataset formats: completions such as ``" blue."``.
    """

    code: ClassVar[str] = "Q610"
    name: ClassVar[str] = "response-edge-whitespace"
    reads: ClassVar[tuple[str, ...]] = ("answer_ends",)
    keeps: ClassVar[tuple[str, ...]] = reads

    level: Level = Level.WARN

    def needed(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.drop_nulls("answer_ends")

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.group_by(_STYLE).agg(pl.len().cast(pl.Int64).alias("rows"))

    def merged(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        return pl.concat(partials).group_by("style").agg(pl.col("rows").sum())

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        checked = int(sum(one.get_column("rows").sum() for one in partials))
        return Measurement(observed=0, checked=checked, failed=0)

    def learn(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        styles = self.merged(partials).drop_nulls().sort("rows", "style", descending=[True, False])
        return styles.head(1).select("style")

    def among(self, again: Again, learned: pl.DataFrame) -> Iterator[pl.DataFrame]:
        if not learned.height:
            return
        style = int(learned.item())
        found = _STYLE.replace_strict(_SAID, return_dtype=pl.String)
        for rows in again():
            yield rows.filter(style != _STYLE).select(
                "key", "split", observed=_STYLE.cast(pl.Float64),
                detail=pl.format(f"expected {_SAID[style]} as in most, found {{}}", found),
            )  # fmt: skip

    def bound(self) -> str:
        return "white space at its ends as in most answers"
