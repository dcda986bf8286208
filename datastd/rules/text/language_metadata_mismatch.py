"""Q382."""

from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.languages import called
from datastd.rules.text import LanguageRule


class LanguageMetadataMismatch(LanguageRule):
    """
    Documents that are surely in another language than their record says.

    The language found is the likeliest by fastText's model lid.176.ftz; records say theirs
    under ``language``, by a tag of BCP 47 or a code of ISO 639.  A record that says none
    contradicts nothing: that it has to, the standard's record says.  It needs the extra
    ``datastd[text]``; without it the verdict is unknown.

    Attributes:
        sure: From this probability on the language found is taken for the true one.

    Why it matters:
        What is mixed and filtered by language is mixed and filtered by what is not so.

    Remedy:
        Find the language again, of the text that is there now; or correct the records.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "Q382"
    name: ClassVar[str] = "language-metadata-mismatch"
    reads: ClassVar[tuple[str, ...]] = (
        "language", "language_found", "language_found_probability",
    )  # fmt: skip
    asks: ClassVar[tuple[str, ...]] = ("language",)

    sure: float = Field(default=0.9, gt=0, le=1)

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        said = rows.drop_nulls(self.reads)
        sure = pl.col("language_found_probability") >= self.sure  # so is NaN
        other = called(pl.col("language")) != pl.col("language_found")
        words = "expected the language that the record states, found {}"
        return said.filter(sure & other).select(
            "key", "split", observed="language_found_probability",
            detail=pl.format(words, "language_found"),
        )  # fmt: skip

    def bound(self) -> str:
        return "in the language that it states"
