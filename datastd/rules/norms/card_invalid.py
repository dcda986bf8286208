"""N060."""

from typing import ClassVar

import polars as pl

from datastd.rules import RowRule


class CardInvalid(RowRule):
    """
    A `datacard.toml` that cannot be read as a data card.

    It is UTF-8 and TOML, of at most 256 KiB, with lines of at most 8 KiB and tables at most 8
    deep; it has no key that the card does not know (`datastd list card`), but below
    ``[x.<organisation>]``, and each value is of the type of its field.

    Why it matters:
        A field that is misspelt is a promise that nobody reads.

    Remedy:
        Mend what the message names; `datastd explain FIELD` says what it holds.

    Source:
        datastd's own definition; limits of ``norms_security.md``, B3.
    """

    code: ClassVar[str] = "N060"
    name: ClassVar[str] = "card-invalid"
    unit: ClassVar[str] = "cards"
    table: ClassVar[str] = "paper"
    reads: ClassVar[tuple[str, ...]] = ("wrong",)

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        found = rows.filter(pl.col("wrong") != "")
        return found.select("key", "split", observed=pl.lit(1.0), detail="wrong")
