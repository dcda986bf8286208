"""Q381."""

from typing import ClassVar

import polars as pl
from pydantic import Field, field_validator

from datastd.languages import LANGUAGES
from datastd.model import Level
from datastd.rules.text import LanguageRule


class LanguageIdLow(LanguageRule):
    """
    Documents that are hardly in the language of the standard.

    The probability is that of fastText's model lid.176.ftz for this language, whether or
    not another one is likelier, of the text as one line.  It needs the extra
    ``datastd[text]``; without it the verdict is unknown.

    Attributes:
        in_language: The language, as the model calls it: ``en``.
        above: The probability has to be greater.

    Why it matters:
        Documents in other languages take the compute that was meant for one, and a tokenizer
        that was made for one cuts them into bytes.

    Remedy:
        Leave them out.  Few words, tables and code are of no language: keep those apart.

    Source:
        FineWeb, DCLM and RefinedWeb, which keep what is above 0.65; CCNet and Dolma take 0.5.
    """

    code: ClassVar[str] = "Q381"
    name: ClassVar[str] = "language-id-low"
    reads: ClassVar[tuple[str, ...]] = ("language_probability",)
    tells: ClassVar[tuple[str, ...]] = ("language_model", "in_language")

    level: Level = Level.WARN
    in_language: str = "en"
    above: float = Field(default=0.65, ge=0, lt=1)

    @field_validator("in_language")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value not in LANGUAGES:
            msg = f"expected a language that the model knows, such as en or fr, found {value!r}"
            raise ValueError(msg)
        return value

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        likely = rows.select("key", "split", observed="language_probability")
        kept = pl.col("observed").is_between(self.above, 1, closed="right")  # NaN is not
        return likely.drop_nulls("observed").filter(~kept)

    def bound(self) -> str:
        return f"{self.in_language} with a probability above {self.above:g}"
