"""L398."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import polars as pl

from datastd.model import DATA, Measurement
from datastd.rules import across_splits, precedence
from datastd.rules.text import SimilarRule


class TrainValNearOverlap(SimilarRule):
    """
    Share of the documents of a split that nearly repeat one of another split.

    As L303, between splits; what equals another to the byte is L313's, of which this is the
    second step. Observed is the share of the worst split, among those that documents can be
    found of: fewer than 5 words are like nothing. Splits to learn from are not among them,
    unless there are no others: a share of them says nothing about a score.

    Why it matters:
        A loss that is measured on what was trained on, but for a header, says nothing. Of
        C4's validation set 4.6 % nearly repeat a training document.

    Remedy:
        Keep each group in one split and drop it from the others.

    Source:
        Lee et al. 2021, "Deduplicating Training Data Makes Language Models Better"; the step
        "near" of L313.
    """

    code: ClassVar[str] = "L398"
    name: ClassVar[str] = "train-val-doc-near-overlap"
    unit: ClassVar[str] = "fraction of documents"
    keeps: ClassVar[Literal["one", "split", "none"]] = "split"

    limit: float = 0.001
    because: str = "one document in a thousand moves a mean by less than its error"

    def related(self) -> pl.Expr:
        return across_splits()

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        alone = rows.filter(pl.col("other").is_null() & (pl.col("origin") == DATA))
        counts = [
            some.group_by("split").agg(**{name: pl.len()})
            for name, some in {"checked": alone, "failed": self.failing(rows)}.items()
        ]
        return self.merged(counts)

    def merged(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        every = pl.concat(partials, how="diagonal").group_by("split")
        return every.agg(pl.col("checked", "failed").sum()).sort("split")

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        if not partials:
            return Measurement(observed=0, checked=0, failed=0)
        splits = self.merged(partials)
        least = splits.select(precedence().min()).item()
        scored = splits.filter((precedence() < _TO_LEARN_FROM) | (least == _TO_LEARN_FROM))
        checked, failed = splits.select(pl.col("checked", "failed").sum()).row(0)
        share = scored.select((pl.col("failed") / pl.col("checked")).max()).item()
        return Measurement(observed=share or 0, checked=checked, failed=failed)

    def bound(self) -> str:
        return "like none of another split"


_TO_LEARN_FROM = 3  # in `precedence`
