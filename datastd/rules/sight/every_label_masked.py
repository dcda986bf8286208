"""Q897."""

from typing import ClassVar

import polars as pl

from datastd.rules.sight import SeenRule, said


class EveryLabelMasked(SeenRule):
    """
    Items of which no token is a target: the loss leaves all labels out.

    Why it matters:
        The mean over no token is NaN, and a batch of such items ends the run; one of them alone
        is read, and teaches nothing.

    Remedy:
        Look at how the answer is told from the prompt (the template's own words, tokenised by
        themselves, differ), and at what is cut off.

    Source:
        PyTorch, ``CrossEntropyLoss``, `ignore_index`; TRL, ``DataCollatorForCompletionOnlyLM``.
    """

    code: ClassVar[str] = "Q897"
    name: ClassVar[str] = "every-label-masked"
    unit: ClassVar[str] = "items"
    table: ClassVar[str] = "targets"
    reads: ClassVar[tuple[str, ...]] = ("tokens", "counted")

    def wrong(self) -> pl.Expr:
        return pl.col("counted") < 1

    def told(self) -> pl.Expr:
        return said("expected a label among {} tokens, found {}", *self.reads)
