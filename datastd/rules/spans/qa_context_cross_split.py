"""L501."""

from typing import ClassVar, Literal

import polars as pl

from datastd.rules import GroupRule


class QaContextCrossSplit(GroupRule):
    """
    Articles, by title or by text, that questions of two splits are about.

    Of each question the title, if there is one, and the context are looked at.

    Why it matters:
        A model is scored on texts that it has read: SQuAD is split by article for that.

    Remedy:
        Keep all questions about an article in one split.

    Source:
        Rajpurkar et al. 2016, section 3; 2018, section 4.
    """

    code: ClassVar[str] = "L501"
    name: ClassVar[str] = "qa-context-cross-split"
    table: ClassVar[str] = "articles"
    reads: ClassVar[tuple[str, ...]] = ("article",)
    meets_on: ClassVar[str | None] = "article"
    group: ClassVar[tuple[str, ...]] = ("article",)
    keeps: ClassVar[Literal["one", "split", "none"]] = "split"

    def wrong(self) -> pl.Expr:
        return pl.col("split").n_unique().over("article") > 1

    def bound(self) -> str:
        return "in one split"
