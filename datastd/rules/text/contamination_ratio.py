"""L311."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.model import DATA, Level
from datastd.rules.text.shared_runs import SharedRuns


class ContaminationRatio(SharedRuns):
    """
    Documents that hold part of an evaluation item of which most is in the data.

    Of an item, the share of its distinct runs of 8 words that are in some document is
    `share` or more; an item of fewer words is one run.  Words are those of L310.  What more
    than `common` documents have does not count: it is boilerplate, or a word or two.  Named
    is each document with such a run, and of its longest stretch the item and the bytes.

    Attributes:
        share: The least share of an item that is too much.

    Why it matters:
        An item of which most was learned by heart measures memory.

    Remedy:
        Cut the bytes named, and what stands around them, out of the documents, or drop these.

    Source:
        Chowdhery et al. 2022, "PaLM: Scaling Language Modeling with Pathways",
        arXiv:2204.02311, section 8; L312 for what does not count.
    """

    code: ClassVar[str] = "L311"
    name: ClassVar[str] = "contamination-ratio"
    table: ClassVar[str] = "shared_8grams"
    amount: ClassVar[pl.Expr] = pl.col("share")

    level: Level = Level.WARN
    share: float = Field(default=0.7, gt=0, le=1)

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        there = rows.filter((pl.col("origin") != DATA) & pl.col("other").is_not_null())
        of_items = there.select("gram", item="key")
        return pl.concat([super().partial(rows), of_items], how="diagonal_relaxed")

    def learn(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        """Learn which runs are of such an item, which one, and the share of it."""
        counted = self.documents(partials).filter(pl.col("documents") <= self.common)
        runs = pl.concat(partials).filter(pl.col("item").is_not_null()).unique(["gram", "item"])
        known = runs.select("gram", "item").join(counted, on="gram", how="left")
        share = (pl.col("documents").count() / pl.len()).over("item")
        most = known.with_columns(share=share).filter(pl.col("share") >= self.share)
        return (
            most.filter(pl.col("documents").is_not_null())
            .sort("share", "item", descending=[True, False])
            .unique("gram", keep="first", maintain_order=True)
            .select("gram", "item", "share")
        )

    def said(self) -> pl.Expr:
        found = pl.col("share").round(2)
        return pl.format(f"expected {self.bound()}, found {{}} of {{}}: here", found, "item")

    def bound(self) -> str:
        return f"less than {self.share:g} of an evaluation item in the data"
