"""C198."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.model import EXAMPLES, Example, Measurement
from datastd.rules import Rule


class ClassList(Rule):
    """
    Classes that a published dataset should have and has not, or has and should not.

    Observed are the names missing or too many, over all splits that have folders of
    classes.

    Attributes:
        classes: The names of the classes.

    Why it matters:
        Labels are places in the sorted list of classes: one class more or less, and the
        outputs of a published network mean other things.

    Remedy:
        Fetch the dataset again, or name the standard of the one that it is.

    Source:
        The description of the dataset.
    """

    code: ClassVar[str] = "C198"
    name: ClassVar[str] = "class-list-unexpected"
    unit: ClassVar[str] = "classes of a split"
    table: ClassVar[str] = "classes"
    reads: ClassVar[tuple[str, ...]] = ("class_name",)

    classes: tuple[str, ...] = Field(min_length=1)

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.select("split", "class_name")

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        found: dict[str, set[str]] = {}
        for part in partials:
            for split, called in part.rows():
                found.setdefault(split, set()).add(str(called))
        wrong = [
            (f"{split}/{called}", "no such class" if called in there else "this class")
            for split, there in sorted(found.items())
            for called in sorted(there ^ {*self.classes})
        ]
        return Measurement(
            observed=len(wrong),
            checked=sum(part.height for part in partials),
            failed=0,
            examples=tuple(
                Example(key=key, observed=None, detail=f"expected {expected}")
                for key, expected in wrong[:EXAMPLES]
            ),
        )
