"""C006."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl

from datastd.model import EXAMPLES, Example, Level, Measurement
from datastd.rules import Rule, totals
from datastd.rules.files import beside_count

_FEWEST = 3


class ShardSizeImbalance(Rule):
    """
    Numbered shards of which one is much larger than most; observed is its size to the median's.

    Shards are data files whose names are equal but for their digits, three or more of them
    without the last one, which holds what was left.

    Why it matters:
        The worker that reads the large one is waited for by all others; often it is two
        shards in one.

    Remedy:
        Write shards of one size.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "C006"
    name: ClassVar[str] = "shard-size-imbalance"
    unit: ClassVar[str] = "times the median size"
    table: ClassVar[str] = "files"
    reads: ClassVar[tuple[str, ...]] = ("path", "bytes", "paper")

    limit: float = 3.0
    because: str = "datastd's own default"
    level: Level = Level.WARN

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        path = pl.col("path")
        numbered = rows.filter(path.str.contains(r"\d") & ~pl.col("paper")).select(
            "path", "bytes", set=path.str.replace_all(r"\d+", "*")
        )
        return beside_count(numbered, rows.height)

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        (checked,) = totals(partials, "rows")
        if not checked:
            return Measurement(observed=0, checked=0, failed=0)
        every = pl.concat(partials).drop_nulls("set").sort("path")
        inner = every.filter(pl.int_range(pl.len()).over("set") < pl.len().over("set") - 1)
        sets = inner.filter(pl.len().over("set") >= _FEWEST).with_columns(
            ratio=pl.col("bytes") / pl.col("bytes").median().clip(1).over("set")
        )
        worst = sets.sort("ratio", "path", descending=[True, False])
        return Measurement(
            observed=max([0.0, *worst.get_column("ratio").head(1)]),
            checked=checked,
            failed=0,
            examples=tuple(
                Example(key=path, observed=ratio, detail=f"{ratio:.3g} times the median of its set")
                for path, ratio in worst.select("path", "ratio").head(EXAMPLES).rows()
            ),
        )
