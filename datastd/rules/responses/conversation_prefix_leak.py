"""L605."""

from typing import ClassVar, Literal

import polars as pl

from datastd.model import Level
from datastd.rules import GroupRule


class ConversationPrefixLeak(GroupRule):
    """
    Conversations of one split that begin as a whole one of another split, or go on from it.

    Compared are turns, one after the other (`dialogues`); a conversation of one turn is like no
    other.

    Why it matters:
        A model is scored on a dialogue whose first turns it has learned by heart.

    Remedy:
        Keep all that begin alike in one split.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "L605"
    name: ClassVar[str] = "conversation-prefix-leak"
    table: ClassVar[str] = "dialogues"
    reads: ClassVar[tuple[str, ...]] = ("conversation", "whole")
    meets_on: ClassVar[str | None] = "conversation"
    group: ClassVar[tuple[str, ...]] = ("conversation",)
    keeps: ClassVar[Literal["one", "split", "none"]] = "split"

    level: Level = Level.WARN

    def wrong(self) -> pl.Expr:
        splits = pl.col("split").n_unique().over("conversation") > 1
        whole = pl.col("whole").cast(pl.Int64).sum()
        elsewhere = whole.over("conversation") > whole.over("conversation", "split")
        return splits & (pl.col("whole") | elsewhere)

    def bound(self) -> str:
        return "in one split, with all that begin alike"
