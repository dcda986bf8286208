"""C404."""

from collections.abc import Mapping
from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.model import Level
from datastd.rules.tokens import FileRule

_NARROW = 16  # bits


class TokenDtypeMisread(FileRule):
    """
    Files of 16-bit ids in which nearly every second one is 0: ids of 32 bits, misread.

    Attributes:
        share: More of every second id than this are 0.

    Why it matters:
        Half of what is trained on is the token 0, and ids from 65,536 on are two others.

    Remedy:
        Read the file as uint32, or write it again as uint16.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "C404"
    name: ClassVar[str] = "token-dtype-misread"
    reads: ClassVar[tuple[str, ...]] = ("token_count", "token_bit", "alternate_zeros")

    level: Level = Level.WARN
    share: float = Field(default=0.9, gt=0, lt=1)

    def counts(self) -> Mapping[str, pl.Expr]:
        return {
            "zeros": pl.col("alternate_zeros").sum(),
            "second": ((pl.col("token_count") + 1) // 2).sum(),
            "wide": (pl.col("token_bit") > _NARROW).sum(),
        }

    def wrong(self, files: pl.DataFrame) -> pl.DataFrame:
        share = pl.col("zeros") / pl.col("second")
        said = "expected ids of 16 bits, found 0 at {} % of every other place"
        return files.filter((pl.col("wide") == 0) & (share > self.share)).select(
            "file", observed=share, detail=pl.format(said, (100 * share).round(1))
        )
