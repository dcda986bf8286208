"""C102."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

import polars as pl

from datastd.model import Level, Measurement
from datastd.names import folded
from datastd.rules import Again, LaterRule


class ClassNameVariant(LaterRule):
    """
    Class names that are one name written in several ways.

    Equal after Unicode's NFKC, case folding, and without ``-``, ``_``, spaces and marks that
    have no width.  Every folder of such a name is named, with the other spellings, whatever its
    split.

    Why it matters:
        ``Dog`` and ``dog`` are two outputs for one thing, and each learns from half of it.

    Remedy:
        Choose one spelling and merge the folders.

    Source:
        deepchecks string_mismatch.
    """

    code: ClassVar[str] = "C102"
    name: ClassVar[str] = "class-name-variant"
    unit: ClassVar[str] = "class folders"
    table: ClassVar[str] = "classes"
    reads: ClassVar[tuple[str, ...]] = ("class_name",)
    keeps: ClassVar[tuple[str, ...]] = ("class_name",)
    version: ClassVar[int] = 2

    level: Level = Level.WARN

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.group_by("class_name").len("folders").sort("class_name")

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        checked = sum(int(part["folders"].sum()) for part in partials)
        return Measurement(observed=0, checked=checked, failed=0)

    def learn(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        """For each name that has others: the name, and every spelling of it."""
        names = sorted({name for part in partials for name in part["class_name"] if name})
        spellings: dict[str, list[str]] = {}
        for name in names:
            spellings.setdefault(_folded(name), []).append(name)
        many = [(name, some) for some in spellings.values() if len(some) > 1 for name in some]
        schema = {"class_name": pl.String(), "spellings": pl.List(pl.String)}
        return pl.DataFrame(many, schema, orient="row")

    def among(self, again: Again, learned: pl.DataFrame) -> Iterator[pl.DataFrame]:
        said = pl.lit("expected one spelling, found ")
        for rows in again():
            yield rows.join(learned, on="class_name", maintain_order="left").select(
                "key",
                "split",
                observed=pl.col("spellings").list.len().cast(pl.Float64),
                detail=pl.concat_str(said, pl.col("spellings").list.join(", ")),
            )

    def bound(self) -> str:
        return "one spelling"


def _folded(name: str) -> str:
    """The name without what tells spellings apart."""
    return "".join(c for c in folded(name) if c not in "-_ ")
