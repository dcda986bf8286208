"""C099."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl

from datastd.model import EXAMPLES, Example, Measurement
from datastd.report import give
from datastd.rules import Rule


class RequiredInput(Rule):
    """
    Inputs that the standard or the profile requires, and that were not given.

    Asked of every judgement that requires one, whatever the rules of the standard
    look at.  Where one is missing, nothing was looked at: the verdict is unknown.

    Why it matters:
        What was promised to be compared with an evaluation set was compared with none.

    Remedy:
        Give the inputs named: ``--input ROLE=PATH``, or ``inputs`` in ``datastd.toml``.  Where the
        standard looks at no such input, giving it is refused: take the standard that is named
        beside it, or one of your own, a ``.py`` file with a rule that needs it; or judge by the
        profile ``team``, which requires none, and release nothing on it.

    Source:
        datastd's law that nothing is passed unseen.
    """

    code: ClassVar[str] = "C099"
    name: ClassVar[str] = "required-input-missing"
    unit: ClassVar[str] = "inputs"
    table: ClassVar[str] = "inputs"
    reads: ClassVar[tuple[str, ...]] = ("role", "given", "judge")

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.select(self.reads)

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        rows = sorted(row for part in partials for row in part.rows())
        lacks = [(role, judge) for role, given, judge in rows if not given]
        return Measurement(
            observed=0,
            checked=0 if lacks else len(rows),
            failed=0,
            examples=tuple(missing(role, judge) for role, judge in lacks[:EXAMPLES]),
        )


def missing(role: str, judge: str = "") -> Example:
    """
    Say of an input that it was not given; or that a standard looks at no such.

    *judge* names that standard, and behind it, in brackets, those that do.
    """
    asked = f"a standard that looks at {give(role)}" if judge else give(role)
    return Example(key=role, observed=None, detail=f"expected {asked}, found {judge or 'none'}")
