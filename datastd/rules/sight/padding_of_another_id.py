"""F892."""

from typing import ClassVar

import polars as pl

from datastd.rules.sight import SeenRule, said


class PaddingOfAnotherId(SeenRule):
    """
    Sequences that are padded with another id than that of padding, `Pipeline.pad`.

    Why it matters:
        A model without a mask of attention tells padding by its id; of another id it reads words
        that nobody wrote.

    Remedy:
        Pad with the id that the tokenizer has for it, and say that one to the model.

    Source:
        PyTorch, ``Embedding``, `padding_idx`.
    """

    code: ClassVar[str] = "F892"
    name: ClassVar[str] = "padding-of-another-id"
    unit: ClassVar[str] = "items"
    table: ClassVar[str] = "paddings"
    reads: ClassVar[tuple[str, ...]] = ("padded", "strange")

    def wrong(self) -> pl.Expr:
        return pl.col("strange") > 0

    def amount(self) -> pl.Expr:
        return pl.col("strange")

    def told(self) -> pl.Expr:
        return said("expected the id of padding (Pipeline.pad) for {} tokens, found {} others",
                    *self.reads)  # fmt: skip
