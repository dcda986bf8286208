"""F695."""

from typing import ClassVar

import polars as pl

from datastd.rules import RowRule


class ChatTokenizerToken(RowRule):
    """
    Records in whose texts a control string of the input `tokenizer` stands.

    Which those are, the measure `own_control_strings` says; F624 looks for those of the templates
    in use, whatever the tokenizer.

    Why it matters:
        The tokenizer makes of it the token that ends a turn, or begins one: whoever wrote the
        text speaks for the assistant, and the model learns that turns end in the middle.

    Remedy:
        Take out what is left of a template; leave out what was injected.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "F695"
    name: ClassVar[str] = "chat-tokenizer-token"
    table: ClassVar[str] = "own_control_strings"
    reads: ClassVar[tuple[str, ...]] = ("found",)
    needs: ClassVar[tuple[str, ...]] = ("tokenizer",)

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        said = f"expected {self.bound()}, found {{}}"
        return rows.filter((pl.col("found") == 0).fill_null(value=False).not_()).select(
            "key",
            "split",
            observed=pl.col("found").cast(pl.Float64),
            detail=pl.format(said, pl.col("found").cast(pl.String).fill_null("?")),
        )

    def bound(self) -> str:
        return "no control string of the tokenizer"
