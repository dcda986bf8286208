"""C503."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

import polars as pl

from datastd.model import Measurement
from datastd.offsets import CAUSES, MISPLACED, NEXT
from datastd.rules import Again, LaterRule, totals

_FILE = pl.col("key").str.replace(r"(?:#\d+)?@[^@]*$", "").alias("file")
_ORDER = {bit: number for number, bit in enumerate(CAUSES)}


class SquadOffsetUnit(LaterRule):
    """
    Answers that are not where they say, and would be if their offsets were read another way.

    Offsets may count UTF-16 code units (JavaScript, Java) or bytes (Go, Rust), be those in the
    text without white space before it, in Unicode's form NFC or NFD, with CR LF as one, or off
    by one. Where several readings fit an answer, the one is named that fits the most of its
    file: a file has one author. Answers that no reading explains are C501's alone.

    Why it matters:
        What was counted in the wrong unit is wrong everywhere, and is put right everywhere
        at once.

    Remedy:
        Convert the offsets from the unit named, or undo what was done to the text.

    Source:
        datastd's own; hf/datasets#2585 (strip), SOQAL#8.
    """

    code: ClassVar[str] = "C503"
    name: ClassVar[str] = "squad-offset-unit"
    unit: ClassVar[str] = "answers"
    table: ClassVar[str] = "annotations"
    reads: ClassVar[tuple[str, ...]] = ("shift", "plausible")
    keeps: ClassVar[tuple[str, ...]] = ("shift",)

    def needed(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.filter(~pl.col("plausible") & (pl.col("shift") & (MISPLACED - 1) > 0))

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        odd = (
            self.needed(rows).group_by(_FILE, "shift").agg(pl.len().cast(pl.Int64).alias("answers"))
        )
        looked = pl.DataFrame(
            {"file": [None], "shift": [None], "answers": [rows.height]}, odd.schema
        )
        return pl.concat([looked, odd])

    def merged(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        return pl.concat(partials).group_by("file", "shift").agg(pl.col("answers").sum())

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        looked = [one.filter(pl.col("shift").is_null()) for one in partials]
        (checked,) = totals(looked, "answers")
        return Measurement(observed=0, checked=checked, failed=0)

    def learn(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        odd = self.merged(partials).drop_nulls()
        fits = [
            odd.filter(pl.col("shift") & bit > 0).select("file", "answers", bit=pl.lit(bit))
            for bit in CAUSES
        ]
        of_bit = pl.concat(fits).group_by("file", "bit").agg(pl.col("answers").sum())
        every = odd.group_by("file").agg(pl.col("answers").sum().alias("every"))
        return of_bit.join(every, on="file").select(
            "file", "bit", "answers", is_common=2 * pl.col("answers") > pl.col("every")
        )

    def among(self, again: Again, learned: pl.DataFrame) -> Iterator[pl.DataFrame]:
        order = pl.col("bit").replace_strict(_ORDER, return_dtype=pl.Int64)
        rank = ~pl.col("is_common"), pl.col("bit") == NEXT, -pl.col("answers"), order
        ranked = learned.sort("file", *rank)
        said = pl.col("bit").replace_strict(CAUSES, return_dtype=pl.String)
        for rows in again():
            numbered = rows.with_row_index("at").with_columns(_FILE)
            fits = numbered.join(ranked, on="file", maintain_order="left_right").filter(
                pl.col("shift") & pl.col("bit") > 0
            )
            best = fits.unique("at", keep="first", maintain_order=True)
            yield best.select("key", "split", observed=pl.col("bit").cast(pl.Float64), detail=said)

    def bound(self) -> str:
        return "an offset in code points of the context"
