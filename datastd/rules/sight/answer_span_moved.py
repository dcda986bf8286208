"""C893."""

from typing import ClassVar

import polars as pl

from datastd.rules.sight import SeenRule, said


class AnswerSpanMoved(SeenRule):
    """
    Windows whose span, after tokenisation, is not the answer.

    The token at the start holds the first character of an answer, that at the end the last;
    white space around an answer is left aside, and a character that is in no token is that of the
    next one inside.  Where no answer lies wholly in the window, its span is `Pipeline.no_answer`.
    Positions are led back by the offsets of the tokens, which the pipeline has to give.

    Why it matters:
        The model learns to answer with the words beside the answer, or with words of another
        window, and scores nothing for it.

    Remedy:
        Offsets are counted in characters of the context, each window by itself; look for
        positions of another window, counted in bytes, or of a context that was stripped first.

    Source:
        google-research/bert, run_squad.py; Hugging Face, examples/pytorch/question-answering.
    """

    code: ClassVar[str] = "C893"
    name: ClassVar[str] = "answer-span-moved"
    unit: ClassVar[str] = "windows"
    table: ClassVar[str] = "windows"
    reads: ClassVar[tuple[str, ...]] = ("start", "end", "first", "last")

    def wrong(self) -> pl.Expr:
        return (pl.col("start") != pl.col("first")) | (pl.col("end") != pl.col("last"))

    def amount(self) -> pl.Expr:
        return pl.max_horizontal(
            (pl.col("start") - pl.col("first")).abs(), (pl.col("end") - pl.col("last")).abs()
        )

    def told(self) -> pl.Expr:
        return said("expected tokens {} to {}, found {} to {}", "first", "last", "start", "end")
