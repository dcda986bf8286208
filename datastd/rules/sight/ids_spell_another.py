"""C886."""

from typing import ClassVar

import polars as pl

from datastd.rules.sight import SeenRule, said


class IdsSpellAnother(SeenRule):
    """
    Items whose ids, decoded as the model's tokenizer does, do not spell what the record says.

    Letters and digits alone are compared, without case and accents: of the runs of eight that the
    shorter of the two has, the share that the other has as well.  So a text may be cut, have a
    template around it, or some tokens of it masked.  A text of fewer than eight letters is not
    looked at.

    Attributes:
        least: The share that there has to be.

    Why it matters:
        Ids of another tokenizer, or all shifted by one, are numbers that the model takes without a
        word: it learns another language, and the loss is that of noise.

    Remedy:
        Load the tokenizer that the model was trained with, and take ids as it gives them.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "C886"
    name: ClassVar[str] = "ids-spell-another"
    unit: ClassVar[str] = "items"
    table: ClassVar[str] = "spelled"
    reads: ClassVar[tuple[str, ...]] = ("alike",)

    least: float = 0.3

    def wrong(self) -> pl.Expr:
        return ~pl.col("alike").is_between(self.least, 1)  # which no NaN is

    def told(self) -> pl.Expr:
        expected = f"expected at least {self.least:g} of the text in what its ids spell"
        return said(f"{expected}, found {{}}", pl.col("alike").round(3))
