"""What a filter is said to have kept: rules measure it again."""

from collections.abc import Iterator
from typing import ClassVar, NamedTuple, Self

import polars as pl
from pydantic import Field, model_validator

from datastd.model import FrozenMapping
from datastd.rules import Rule


class Threshold(NamedTuple):
    """
    One threshold of a filter.

    Attributes:
        column: What is measured.
        bound: What the filter keeps, in words.
        inside: Whether a value is on the side that is kept; null where there is none.
    """

    column: str
    bound: str
    inside: pl.Expr

    @property
    def is_known(self) -> pl.Expr:
        """Whether there is a finite number."""
        return pl.col(self.column).is_finite().fill_null(value=False)


class FilterRule(Rule):
    """
    A rule about the thresholds that filters are said to have had.

    Attributes:
        at_least: By the column, the least value that a filter keeps.
        at_most: By the column, the greatest.
    """

    numeric: ClassVar[bool] = True

    at_least: FrozenMapping[str, float] = Field(default_factory=dict)
    at_most: FrozenMapping[str, float] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_a_threshold(self) -> Self:
        if not self.at_least and not self.at_most:
            msg = f"{self.code}: expected at least one threshold, found none"
            raise ValueError(msg)
        return self

    @property
    def reads(self) -> tuple[str, ...]:  # type: ignore[override]
        """Every column that a filter looked at."""
        return tuple(dict.fromkeys([*self.at_least, *self.at_most]))

    def thresholds(self) -> Iterator[Threshold]:
        """Each of them."""
        for name, bound in self.at_least.items():
            yield Threshold(name, f"of at least {bound:g}", pl.col(name) >= bound)
        for name, bound in self.at_most.items():
            yield Threshold(name, f"of at most {bound:g}", pl.col(name) <= bound)
