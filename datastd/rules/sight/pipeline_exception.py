"""F899."""

from typing import ClassVar

import polars as pl

from datastd.rules.sight import SeenRule, said


class PipelineException(SeenRule):
    """
    Samples on which transform or tokenizer raised, or of which nothing came out to look at.

    Of an item that has two names for one part, and something else under each, neither is taken.
    What collate raises on a batch is F893.

    Why it matters:
        Training ends there, hours after its start, or a loader leaves the sample out unasked.

    Remedy:
        Run the pipeline on the sample that is named, and mend what raises; leave out what is not
        learned, or say with `Pipeline.names` which of two names is that of the part.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "F899"
    name: ClassVar[str] = "pipeline-exception"
    table: ClassVar[str] = "runs"
    reads: ClassVar[tuple[str, ...]] = ("fault",)

    def wrong(self) -> pl.Expr:
        return pl.col("fault").is_not_null()

    def told(self) -> pl.Expr:
        return said("expected an item, found {}", "fault")
