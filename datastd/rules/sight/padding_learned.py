"""C889."""

from typing import ClassVar

import polars as pl

from datastd.rules.sight import SeenRule, said


class PaddingLearned(SeenRule):
    """
    Sequences of whose padding something is learned: it has a label that counts, or attention.

    Padding is what has no attention, and what collate puts beside an item; where nothing tells, it
    is what `Pipeline.pad` is at the end, less the first.

    Why it matters:
        The model learns to say padding, and the loss of short texts is mostly that.

    Remedy:
        Labels of padding are those that the loss leaves out (-100), and its attention is 0.

    Source:
        Hugging Face, ``DataCollatorForSeq2Seq``: `label_pad_token_id`.
    """

    code: ClassVar[str] = "C889"
    name: ClassVar[str] = "padding-learned"
    unit: ClassVar[str] = "items"
    table: ClassVar[str] = "paddings"
    reads: ClassVar[tuple[str, ...]] = ("padded", "counted", "attended")

    def wrong(self) -> pl.Expr:
        return (pl.col("counted") > 0) | (pl.col("attended") > 0)

    def amount(self) -> pl.Expr:
        return pl.max_horizontal("counted", "attended")

    def told(self) -> pl.Expr:
        return said("expected none of {} tokens of padding, found {} labels that count, and "
                    "attention for {}", "padded", "counted", "attended")  # fmt: skip
