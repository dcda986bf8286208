"""C724."""

from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.model import FrozenMapping
from datastd.rules import RowRule
from datastd.rules.columns import shown


class MeasuredVsDeclared(RowRule):
    """
    Records that state of themselves what is not so, when it is measured again.

    Whole numbers have to be equal, others nearly so.  A record that states nothing
    contradicts nothing: that it has to, the standard's record says.

    Attributes:
        stated: By the column of the record, the measure that gives its true value.
        within: How far from the measured value a number may be that is not whole, as a
            share of it.

    Why it matters:
        The text was cut or changed after it was measured, and all that was filtered, mixed
        and planned by these numbers was so by numbers of another text.

    Remedy:
        Measure again, last of all; or drop the column.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "C724"
    name: ClassVar[str] = "measured-vs-declared"

    stated: FrozenMapping[str, str] = Field(min_length=1)
    within: float = Field(default=1e-6, ge=0, lt=1)

    @property
    def reads(self) -> tuple[str, ...]:  # type: ignore[override]
        """What is stated, and what is measured."""
        return (*self.stated, *self.stated.values())

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        wrong = {name: self._is_wrong(rows, name, true) for name, true in self.stated.items()}
        said = [
            pl.when(wrong[name]).then(
                pl.format(f"expected {name} to be {{}}, found {{}}", shown(true), shown(name))
            )
            for name, true in self.stated.items()
        ]
        values = [
            pl.when(wrong[name]).then(pl.col(name).cast(pl.Float64, strict=False)) for name in wrong
        ]
        found = rows.filter(pl.any_horizontal(wrong.values()))
        return found.select(
            "key", "split", observed=pl.coalesce(values), detail=pl.coalesce(said)
        )  # fmt: skip

    def _is_wrong(self, rows: pl.DataFrame, name: str, true: str) -> pl.Expr:
        """Say of each row whether it states a value, and that is not the one measured."""
        stated, measured = pl.col(name), pl.col(true)
        if rows.schema[name].is_integer() and rows.schema[true].is_integer():
            same = stated == measured
        else:
            stated = stated.cast(pl.Float64, strict=False)
            near = (stated - measured).abs() <= self.within * measured.abs()
            same = near & stated.is_finite() & measured.is_finite()
        return pl.col(name).is_not_null() & ~same.fill_null(value=False)

    def bound(self) -> str:
        return "as measured"
