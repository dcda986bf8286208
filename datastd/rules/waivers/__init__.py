"""What may be wrong with waivers: a table of them in, one row each, with a flag for each defect."""

from typing import ClassVar

import polars as pl

from datastd.rules import RowRule


class WaiverRule(RowRule):
    """
    A defect of waivers, which their own table flags.

    Asked of every judgement that is given waivers, whatever the standard.

    Class attributes:
        flag: The column that says which show it; ``<flag>_says`` has what was found.
    """

    unit: ClassVar[str] = "waivers"
    table: ClassVar[str] = "waivers"
    flag: ClassVar[str]

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.filter(pl.col(self.flag)).select(
            "key", split=pl.lit(""), observed=pl.lit(1.0), detail=pl.col(f"{self.flag}_says")
        )
