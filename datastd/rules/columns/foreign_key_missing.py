"""C719."""

from typing import ClassVar, Literal, Self

import polars as pl
from pydantic import model_validator

from datastd.rules import GroupRule

VALUE = "value referred to"
"""Column on which references and keys meet; no column of data has a name with a space."""

_SHOWN = 40  # characters of a value


class ForeignKeyMissing(GroupRule):
    """
    A value of a column that is no value of the key column it refers to, in any row.

    All rows of the dataset are looked at, of whatever file and split.  Null refers to nothing,
    and is no key; whether it may stand there, the record says.  Values are compared as text:
    the number 7 is the text ``7``.

    Attributes:
        column: The column that refers to others.
        key: The column that is referred to.

    Why it matters:
        What is joined by the column loses its row, or is joined to nothing without a word.

    Remedy:
        Put the rows back that are referred to, or correct the references.  Rows that are left
        out take their keys along: `clean` again until nothing is named.

    Source:
        mlcroissant, ``references``; FOREIGN KEY of SQL.
    """

    code: ClassVar[str] = "C719"
    name: ClassVar[str] = "foreign-key-missing"
    unit: ClassVar[str] = "values"
    meets_on: ClassVar[str | None] = VALUE
    group: ClassVar[tuple[str, ...]] = (VALUE,)
    brings: ClassVar[tuple[str, ...]] = (VALUE, "refers")
    folds: ClassVar[bool] = True
    keeps: ClassVar[Literal["one", "split", "none"]] = "none"

    column: str
    key: str

    @model_validator(mode="after")
    def _refers_to_another(self) -> Self:
        if self.column == self.key:
            msg = f"{self.code}: expected a `key` that is not `column`, found {self.key}"
            raise ValueError(msg)
        return self

    @property
    def reads(self) -> tuple[str, ...]:  # type: ignore[override]
        """Both columns."""
        return (self.column, self.key)

    def brought(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Each row twice: as what refers, and as what is referred to."""
        referring, keys = (
            rows.select("key", "split", "origin", _as_text(rows[name]), refers=pl.lit(refers))
            for name, refers in ((self.column, True), (self.key, False))
        )
        return pl.concat([referring, keys.filter(pl.col(VALUE).is_not_null())])

    def wrong(self) -> pl.Expr:
        has_key = (~pl.col("refers")).any().over(VALUE)
        return pl.col("refers") & pl.col(VALUE).is_not_null() & ~has_key

    def lacks(self) -> pl.Expr:
        return self.wrong()  # of a row by itself, too

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        return self.grouped(rows).drop("group")

    def bound(self) -> str:
        return f"a value of {self.key}"

    def _counted(self, rows: pl.DataFrame, failed: int, groups: int) -> pl.DataFrame:
        return super()._counted(rows.filter("refers"), failed, groups)

    def _named(self, found: pl.DataFrame) -> pl.DataFrame:
        value = pl.col("group").str.head(_SHOWN)
        said = pl.format("expected {}, found {}", pl.lit(self.bound()), value)
        return super()._named(found).with_columns(detail=said)


def _as_text(values: pl.Series) -> pl.Series:
    if values.dtype == pl.Binary:
        return values.bin.encode("hex").alias(VALUE)
    text = values.cast(pl.String)
    if values.dtype.is_float():  # as who writes whole numbers of which some are null has them
        whole = (values.abs() < 1 << 53) & (values.floor() == values)
        number = values.cast(pl.Int64, strict=False).cast(pl.String)
        text = number.zip_with(whole.fill_null(value=False), text)
    return text.alias(VALUE)
