"""C411."""

from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.model import Level
from datastd.rules import RowRule


class DetokeniseRoundtrip(RowRule):
    """
    Texts that do not come back from their ids, and ids that are no text: by the input `tokenizer`.

    Some documents are looked at, or some windows of token ids: which, and what is lost of
    each, the measures `detokenised` and `detokenised_ids` say.

    Attributes:
        share: The most of a window that may be U+FFFD.

    Why it matters:
        What the tokenizer changes, the model never sees; and ids of another tokenizer are
        noise that no loss curve explains.

    Remedy:
        Take a tokenizer that falls back to bytes and normalises nothing, or normalise the
        text first; name the tokenizer that token files are of.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "C411"
    name: ClassVar[str] = "detokenise-roundtrip"
    table: ClassVar[str] = "detokenised"
    reads: ClassVar[tuple[str, ...]] = ("lost", "found")
    needs: ClassVar[tuple[str, ...]] = ("tokenizer",)

    level: Level = Level.WARN
    share: float = Field(default=0.01, ge=0, lt=1)

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        comes_back = (pl.col("lost") <= self.share).fill_null(value=False)
        said = pl.format("expected {}, found {}", pl.lit(self.bound()), "found")
        bad = rows.filter(~comes_back)
        return bad.select("key", "split", observed="lost", detail=said.fill_null(""))

    def bound(self) -> str:
        return "text back from its ids"


class DetokeniseIds(DetokeniseRoundtrip):
    """The same of token files, which have no text to compare with."""

    table: ClassVar[str] = "detokenised_ids"
