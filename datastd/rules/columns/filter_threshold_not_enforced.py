"""C725."""

from collections.abc import Iterator
from typing import ClassVar, Self

import polars as pl
from pydantic import Field, model_validator

from datastd.model import FrozenMapping
from datastd.rules import RowRule
from datastd.rules.columns import shown


class FilterThresholdNotEnforced(RowRule):
    """
    Samples that a filter should have dropped, by the thresholds it is said to have had.

    What the filter measured is measured again.  A value that is no finite number is kept
    by no filter.

    Attributes:
        at_least: By the column, the least value that the filter keeps.
        at_most: By the column, the greatest.

    Why it matters:
        A filter that names a metric which nothing fills drops nothing, and says so to nobody:
        Dolma's mixers asked for ``2gram`` where the tagger wrote ``2grams``.

    Remedy:
        Run the filter again, and count what it drops; or state the thresholds that it had.

    Source:
        datastd's own definition; Dolma, configs/dolma-v1_6.
    """

    code: ClassVar[str] = "C725"
    name: ClassVar[str] = "filter-threshold-not-enforced"

    at_least: FrozenMapping[str, float] = Field(default_factory=dict)
    at_most: FrozenMapping[str, float] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_a_threshold(self) -> Self:
        if not self.at_least and not self.at_most:
            msg = "C725: expected at least one threshold, found none"
            raise ValueError(msg)
        return self

    @property
    def reads(self) -> tuple[str, ...]:  # type: ignore[override]
        """Every column that a filter looked at."""
        return tuple(dict.fromkeys([*self.at_least, *self.at_most]))

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        dropped = [*self._dropped()]
        found = rows.filter(pl.any_horizontal(wrong for _, wrong, _ in dropped))
        return found.select(
            "key", "split",
            observed=pl.coalesce(
                pl.when(wrong).then(pl.col(name).cast(pl.Float64)) for name, wrong, _ in dropped
            ),
            detail=pl.coalesce(
                pl.when(wrong).then(pl.format(f"expected {name} {bound}, found {{}}", shown(name)))
                for name, wrong, bound in dropped
            ),
        )  # fmt: skip

    def _dropped(self) -> Iterator[tuple[str, pl.Expr, str]]:
        """Each threshold: its column, whether a row is on the wrong side, and the bound."""
        for name, bound in self.at_least.items():
            yield name, _is_outside(name, pl.col(name) >= bound), f"of at least {bound:g}"
        for name, bound in self.at_most.items():
            yield name, _is_outside(name, pl.col(name) <= bound), f"of at most {bound:g}"

    def bound(self) -> str:
        return "what the filters keep"


def _is_outside(name: str, inside: pl.Expr) -> pl.Expr:
    return ~(inside & pl.col(name).is_finite()).fill_null(value=False)
