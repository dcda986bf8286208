"""C720."""

from typing import ClassVar

import polars as pl

from datastd.rules import GroupRule


class UniqueViolation(GroupRule):
    """
    A value of a column that must be unique, and stands in several rows of any split.

    Attributes:
        column: The column.

    Why it matters:
        What is joined by the column is joined to the wrong row, or to several.

    Remedy:
        Keep one row of each; or find out why two things have one name.

    Source:
        pandera's ``unique``, DUPLICATES.
    """

    code: ClassVar[str] = "C720"
    name: ClassVar[str] = "unique-violation"
    folds: ClassVar[bool] = True

    column: str

    @property
    def reads(self) -> tuple[str, ...]:  # type: ignore[override]
        """The column."""
        return (self.column,)

    @property
    def meets_on(self) -> str:  # type: ignore[override]
        """The column."""
        return self.column

    @property
    def group(self) -> tuple[str, ...]:  # type: ignore[override]
        """The column."""
        return (self.column,)

    def wrong(self) -> pl.Expr:
        return self.many(self.column) > 1

    def bound(self) -> str:
        return "once"
