"""C892."""

from typing import ClassVar

import polars as pl

from datastd.rules.sight import SeenShare, said


class AnswerInNoWindow(SeenShare):
    """
    Share of the questions with an answer of which no window holds it.

    Why it matters:
        They are learned as questions without an answer.

    Remedy:
        Make windows longer, or let them overlap by more than the longest answer; a context that
        is cut off once has one window.

    Source:
        google-research/bert, run_squad.py: ``doc_stride``.
    """

    code: ClassVar[str] = "C892"
    name: ClassVar[str] = "answer-in-no-window"
    unit: ClassVar[str] = "fraction of questions"
    table: ClassVar[str] = "questions"
    reads: ClassVar[tuple[str, ...]] = ("windows", "holding")

    limit: float = 0.01
    because: str = "an answer longer than the overlap of two windows may lie in none"

    def wrong(self) -> pl.Expr:
        return pl.col("holding") < 1

    def told(self) -> pl.Expr:
        return said("expected the answer in one of {} windows, found it in {}", *self.reads)
