"""What became of samples, by the digest of their content: rules, so that any engine finds it."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl

from datastd.model import DATA, Measurement
from datastd.rules import FAILING, Rule, totals

BEFORE = "reference"
"""The origin of the old version."""

_COUNTS = "checked", "compared", "failed"


class Samples(Rule):
    """
    Samples that are in one version alone, or in another split of the other.

    Of samples with one content the first is compared with the first, by split and then key, and
    so on.  ``detail`` says what happened: ``added``, ``removed``, ``moved``; ``group`` what it
    was before, and ``split`` what it is now.
    """

    code: ClassVar[str] = "samples"
    name: ClassVar[str] = "samples"
    unit: ClassVar[str] = "samples"
    reads: ClassVar[tuple[str, ...]] = ("digest",)
    meets_on: ClassVar[str | None] = "digest"
    needs: ClassVar[tuple[str, ...]] = (BEFORE,)
    told: ClassVar[tuple[str, ...]] = ("split",)

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        is_data = pl.col("origin") == DATA
        counts = rows.select(checked=is_data.sum(), compared=(~is_data).sum())
        return counts.with_columns(failed=pl.lit(self.grouped(rows).height)).cast(pl.Int64)

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        checked, _, failed = totals(partials, *_COUNTS)
        return Measurement(observed=failed, checked=max(checked, failed), failed=failed)

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        return self.grouped(rows).select(*FAILING, "detail")

    def grouped(self, rows: pl.DataFrame) -> pl.DataFrame:
        both = self._paired(rows)
        gone, new = pl.col("key").is_null(), pl.col("key_before").is_null()
        happened = (
            pl.when(new).then(pl.lit("added")).when(gone).then(pl.lit("removed"))
            .otherwise(pl.lit("moved"))
        )  # fmt: skip
        return both.filter(gone | new | pl.col("split").ne_missing(pl.col("split_before"))).select(
            pl.coalesce("key", "key_before"), pl.coalesce("split", "split_before"),
            observed=pl.lit(1.0), detail=happened,
            group=pl.when(~gone & ~new).then("split_before"),
        )  # fmt: skip

    def _paired(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Samples of one content side by side, ``…_before`` on the other; null where one lacks."""
        order = ["digest", *self.told, "key"]
        sides = [
            rows.filter(wanted)
            .sort(order, nulls_last=True)
            .select(
                "digest", *{*self.told, "split", "key"}, nth=pl.int_range(pl.len()).over("digest")
            )
            for wanted in (pl.col("origin") == DATA, pl.col("origin") != DATA)
        ]
        return sides[0].join(
            sides[1], on=["digest", "nth"], how="full", coalesce=True, suffix="_before",
            nulls_equal=True, maintain_order="left_right",
        )  # fmt: skip


class Labels(Samples):
    """
    Samples that have another label than before.

    ``detail`` is ``relabelled``, ``group`` the label before and, behind a tab, the label now.
    """

    code: ClassVar[str] = "labels"
    name: ClassVar[str] = "labels"
    reads: ClassVar[tuple[str, ...]] = ("digest", "label")
    told: ClassVar[tuple[str, ...]] = ("label",)

    def brought(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.with_columns(pl.col("label").cast(pl.String))  # names here, numbers there

    def grouped(self, rows: pl.DataFrame) -> pl.DataFrame:
        in_both = pl.col("key").is_not_null() & pl.col("key_before").is_not_null()
        other = pl.col("label").ne_missing(pl.col("label_before"))
        said = [pl.col(name).fill_null("none") for name in ("label_before", "label")]
        return self._paired(rows).filter(in_both & other).select(
            "key", "split", observed=pl.lit(1.0), detail=pl.lit("relabelled"),
            group=pl.concat_str(said, separator="\t"),
        )  # fmt: skip
