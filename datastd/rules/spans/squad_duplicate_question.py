"""C512."""

from typing import ClassVar

import polars as pl

from datastd.model import Level
from datastd.rules import GroupRule


class SquadDuplicateQuestion(GroupRule):
    """
    Questions of one split that are asked twice about one context.

    Compared is the `asked_hash`: whatever the case of their letters, and whatever white space and
    question marks are at their ends.

    Why it matters:
        What is asked twice counts twice; where the answers differ (C513), one is wrong.

    Remedy:
        Keep the first.

    Source:
        datastd's own definition; XQuAD has five such pairs in English.
    """

    code: ClassVar[str] = "C512"
    name: ClassVar[str] = "squad-duplicate-question"
    reads: ClassVar[tuple[str, ...]] = ("asked_hash",)
    meets_on: ClassVar[str | None] = "asked_hash"
    group: ClassVar[tuple[str, ...]] = ("asked_hash", "split")

    level: Level = Level.WARN

    def wrong(self) -> pl.Expr:
        return pl.len().over("asked_hash", "split") > 1

    def bound(self) -> str:
        return "asked once about its context"
