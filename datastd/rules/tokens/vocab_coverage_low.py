"""C408."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl
from pydantic import PositiveInt

from datastd.model import Level, Measurement
from datastd.rules import Rule
from datastd.vocabulary import Vocabulary


class VocabCoverageLow(Rule):
    """
    How much of the vocabulary does not occur at all.

    Observed is 1 - distinct ids / size.  Of fewer than 10 million tokens it is 0: so few
    do not tell which ids there are.

    Attributes:
        vocabulary: The ids of the tokenizer.
        tokens: The fewest tokens by which it is told.

    Why it matters:
        Ids of another tokenizer, of characters or of another language, are all in range
        and mean other words.

    Remedy:
        Name the vocabulary of the tokenizer that the ids are of, or tokenise again.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "C408"
    name: ClassVar[str] = "vocab-coverage-low"
    unit: ClassVar[str] = "fraction of the vocabulary"
    table: ClassVar[str] = "id_counts"
    reads: ClassVar[tuple[str, ...]] = ("id", "count")
    tells: ClassVar[tuple[str, ...]] = ("vocabulary",)

    vocabulary: Vocabulary
    level: Level = Level.WARN
    limit: float = 0.5
    because: str = "half of the ids occur in 10 million tokens"
    tokens: PositiveInt = 10_000_000

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.group_by("id").agg(pl.col("count").sum()).sort("id")

    def merged(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        return self.partial(pl.concat(partials))

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        if not partials:
            return Measurement(observed=0, checked=0, failed=0)
        counts = self.merged(partials)
        tokens = int(counts.get_column("count").sum())
        missing = 1 - counts.height / self.vocabulary.size
        observed = missing if tokens >= self.tokens else 0.0
        return Measurement(observed=observed, checked=tokens, failed=0)
