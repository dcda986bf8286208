"""N007."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl

from datastd.model import Example, Level, Measurement, Profile
from datastd.rules import Rule, totals
from datastd.sources import CARD


class CardMissing(Rule):
    """
    A dataset without a data card: `datacard.toml` at its root.

    A team that stands behind the data needs the card, and so does a release: what asks for it is
    unknown there without one, which blocks.

    Why it matters:
        Nobody knows what may be done with it, where it comes from, or whom to ask.

    Remedy:
        ``datastd init DATA`` drafts one.

    Source:
        Hugging Face, repository guidelines; datastd's own definition.
    """

    code: ClassVar[str] = "N007"
    name: ClassVar[str] = "dataset-card-missing"
    unit: ClassVar[str] = "datasets"
    table: ClassVar[str] = "files"
    reads: ClassVar[tuple[str, ...]] = ("path",)

    level: Level = Level.WARN
    asked_from: Profile = "team"

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        here = rows.select(pl.col("path") == CARD).to_series().any()
        return pl.DataFrame({"cards": [int(here)], "checked": [rows.height]})

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        cards, checked = totals(partials, "cards", "checked")
        lacks = int(not cards)
        example = Example(key=CARD, observed=None, detail="expected a data card, found none")
        return Measurement(
            observed=lacks, checked=min(checked, 1), failed=min(lacks, checked),
            examples=(example,) if lacks else (),
        )  # fmt: skip
