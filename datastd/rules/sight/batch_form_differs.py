"""F893."""

from typing import ClassVar

import polars as pl

from datastd.rules.sight import SeenRule, said


class BatchFormDiffers(SeenRule):
    """
    Batches that collate cannot make, makes of another form than the first, or leaves things out of.

    The form is the names in it, how they nest, and of each tensor the element type, the number
    of its dimensions and, of pictures, that of channels.  Left out is something where a batch
    has fewer numbers than pictures, labels, boxes, masks and ids of its items have together.

    Why it matters:
        The first batch of another form ends the run, or is cast without a word.

    Remedy:
        Have the transform give every sample one form: a grey picture among coloured ones, and
        a target that is there for some samples alone, are the usual causes.  A recipe gives
        pictures one form by task.size and task.mode.

    Source:
        PyTorch, ``torch.utils.data.default_collate``.
    """

    code: ClassVar[str] = "F893"
    name: ClassVar[str] = "batch-form-differs"
    unit: ClassVar[str] = "batches"
    table: ClassVar[str] = "batches"
    reads: ClassVar[tuple[str, ...]] = ("fault", "form", "first_form")

    def wrong(self) -> pl.Expr:
        return pl.col("fault").is_not_null() | (pl.col("form") != pl.col("first_form"))

    def told(self) -> pl.Expr:
        return (
            pl.when(pl.col("fault").is_not_null())
            .then(said("expected a batch, found {}", "fault"))
            .otherwise(said("expected {}, as the first batch has, found {}", "first_form", "form"))
        )
