"""F694."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl

from datastd.model import EXAMPLES, Example, Measurement
from datastd.rules import Rule, precedence


class KtoOneLabel(Rule):
    """
    Splits to learn from whose answers with a label are all good ones, or all bad ones.

    Splits called ``test…``, ``val…``, ``dev…`` and ``eval…`` are to measure with, and are let be.

    Why it matters:
        KTO weighs what is wanted against what is not: of one kind alone a model learns to say
        everything more, or less, likely, and the loss falls all the same.

    Remedy:
        Add answers with the other label; look whether it was lost when the data were written.

    Source:
        TRL, KTO Trainer, "Imbalanced data"; Ethayarajh et al. 2024, arXiv:2402.01306.
    """

    code: ClassVar[str] = "F694"
    name: ClassVar[str] = "kto-one-label"
    unit: ClassVar[str] = "splits"
    reads: ClassVar[tuple[str, ...]] = ("form", "label", "split")

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        kto = (pl.col("form") == "kto").fill_null(value=False)
        return (
            rows.select("split", kto.alias("kto"), label=pl.col("label"), kind=precedence())
            .group_by("split", "kind")
            .agg(
                checked=pl.len(),
                good=(pl.col("kto") & pl.col("label")).sum().cast(pl.Int64),
                bad=(pl.col("kto") & ~pl.col("label")).sum().cast(pl.Int64),
            )
            .sort("split")
        )

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        if not partials:
            return Measurement(observed=0, checked=0, failed=0)
        sums = pl.col("checked", "good", "bad").sum()
        every = pl.concat(partials).group_by("split", "kind").agg(sums).sort("split")
        learns, one = pl.col("kind") > 1, (pl.col("good") > 0) != (pl.col("bad") > 0)
        alone = every.filter(learns & one)
        return Measurement(
            observed=alone.height,
            checked=int(every.get_column("checked").sum()),
            failed=0,
            examples=tuple(
                Example(
                    key=split,
                    observed=good + bad,
                    detail=f"expected labels of both kinds, found {good} true and {bad} false",
                )
                for split, good, bad in alone.select("split", "good", "bad").head(EXAMPLES).rows()
            ),
        )
