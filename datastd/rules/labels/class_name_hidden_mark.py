"""C197."""

from typing import ClassVar

import polars as pl

from datastd.model import Level
from datastd.names import JOINERS, MARKS, SEEN
from datastd.rules import RowRule


class ClassNameHiddenMark(RowRule):
    """
    Class names with a character that nobody sees, or of which nothing is seen.

    A control character, a mark that turns the direction of what follows, a soft hyphen, a space
    without width; a joiner or non-joiner in a name that is otherwise Latin, for other scripts and
    emoji need them.

    Why it matters:
        The name is none that anybody types: maps of names to numbers, prompts and evaluators
        find no such class, and two files that look alike have different ones.

    Remedy:
        Write the name anew, by hand.

    Source:
        Unicode Standard Annex 9, and Technical Report 36, 2.5; datastd's own definition.
    """

    code: ClassVar[str] = "C197"
    name: ClassVar[str] = "class-name-hidden-mark"
    unit: ClassVar[str] = "classes"
    table: ClassVar[str] = "classes"
    reads: ClassVar[tuple[str, ...]] = ("class_name",)
    version: ClassVar[int] = 2

    level: Level = Level.WARN

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        name = pl.col("class_name")
        hidden = name.str.contains(MARKS) | name.str.contains(JOINERS) | ~name.str.contains(SEEN)
        odd = rows.filter(hidden.fill_null(value=True))
        return odd.select("key", "split", observed=pl.lit(1.0))

    def says(self, observed: float) -> str:
        del observed
        return "expected characters that are seen, found one that is not, or none"
