"""C516."""

from typing import ClassVar, Literal

import polars as pl

from datastd.model import Level
from datastd.rules import GroupRule


class SquadContextDuplicate(GroupRule):
    """
    Contexts of one split that stand under more than one title.

    Why it matters:
        Who splits by article has the text in both parts.

    Remedy:
        Put the questions about the text under one title.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "C516"
    name: ClassVar[str] = "squad-context-duplicate"
    reads: ClassVar[tuple[str, ...]] = ("context_hash", "title")
    meets_on: ClassVar[str | None] = "context_hash"
    group: ClassVar[tuple[str, ...]] = ("context_hash", "split")
    keeps: ClassVar[Literal["one", "split", "none"]] = "none"

    level: Level = Level.WARN

    def wrong(self) -> pl.Expr:
        return pl.col("title").n_unique().over("context_hash", "split") > 1

    def bound(self) -> str:
        return "under one title"
