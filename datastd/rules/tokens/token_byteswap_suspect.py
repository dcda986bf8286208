"""C403."""

from collections.abc import Mapping
from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.rules.tokens import FileRule


class TokenByteswapSuspect(FileRule):
    """
    Files whose ids are outside the vocabulary as stored, and inside it with bytes swapped.

    Attributes:
        share: More of the ids than this are outside as they are stored.
        rest: No more than this would be, with the bytes of each the other way round.

    Why it matters:
        Every id is another one: half of them out of range, and the rest another text.

    Remedy:
        Write the ids little-endian: ``array.astype("<u2").tofile(path)``.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "C403"
    name: ClassVar[str] = "token-byteswap-suspect"
    reads: ClassVar[tuple[str, ...]] = ("token_count", "outside_count", "swapped_outside_count")

    share: float = Field(default=0.2, gt=0, lt=1)
    rest: float = Field(default=0.01, ge=0, lt=1)

    def counts(self) -> Mapping[str, pl.Expr]:
        return {name: pl.col(name).sum() for name in self.reads}

    def wrong(self, files: pl.DataFrame) -> pl.DataFrame:
        stored = pl.col("outside_count") / pl.col("token_count")
        swapped = pl.col("swapped_outside_count") / pl.col("token_count")
        said = "expected ids of the vocabulary, found {} % outside, and {} % with bytes swapped"
        return files.filter((stored > self.share) & (swapped <= self.rest)).select(
            "file",
            observed=stored,
            detail=pl.format(said, (100 * stored).round(1), (100 * swapped).round(1)),
        )
