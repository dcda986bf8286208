"""Rules about token ids, in documents and in blocks."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import polars as pl

from datastd.model import EXAMPLES, Example, Measurement
from datastd.rules import Rule
from datastd.vocabulary import Vocabulary


class FileRule(Rule):
    """
    A rule about whole files of ids: what `counts` counts in each is judged by `wrong`.

    Attributes:
        vocabulary: The ids of the tokenizer.
    """

    unit: ClassVar[str] = "files"
    tells: ClassVar[tuple[str, ...]] = ("vocabulary",)

    vocabulary: Vocabulary

    def counts(self) -> Mapping[str, pl.Expr]:
        """What is counted of some consecutive samples of one file, by name."""
        raise NotImplementedError

    def joined(self) -> Mapping[str, pl.Expr]:
        """How those counts of consecutive runs of one file come together: mostly as sums."""
        return {name: pl.col(name).sum() for name in self.counts()}

    def wrong(self, files: pl.DataFrame) -> pl.DataFrame:
        """Choose the files that show the defect: columns ``file``, ``observed``, ``detail``."""
        raise NotImplementedError

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        file = pl.col("key").str.replace(r"#\d+$", "").alias("file")
        return rows.group_by(file, maintain_order=True).agg(samples=pl.len(), **self.counts())

    def merged(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        every = pl.concat(partials).group_by("file", maintain_order=True)
        return every.agg(pl.col("samples").sum(), **self.joined())

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        if not partials:
            return Measurement(observed=0, checked=0, failed=0)
        files = self.merged(partials)
        found = self.wrong(files).sort("file")
        return Measurement(
            observed=self.amount(files, found),
            checked=int(files.get_column("samples").sum()),
            failed=0,
            examples=tuple(
                Example(key=file, observed=observed, detail=detail)
                for file, observed, detail in found.select("file", "observed", "detail")
                .head(EXAMPLES)
                .rows()
            ),
        )

    def amount(self, files: pl.DataFrame, found: pl.DataFrame) -> float:
        """How much of the defect there is: the files that show it."""
        del files
        return found.height


class ShareRule(FileRule):
    """A rule about a share of each file; observed is that of the worst."""

    def share(self) -> pl.Expr:
        """What share of a file shows the defect, of the columns of `counts`."""
        raise NotImplementedError

    def wrong(self, files: pl.DataFrame) -> pl.DataFrame:
        shares = files.select("file", observed=self.share())
        said = pl.format(f"expected {self.bound()}, found {{}}", pl.col("observed").round(6))
        return shares.filter(pl.col("observed") > self.limit).with_columns(detail=said)

    def amount(self, files: pl.DataFrame, found: pl.DataFrame) -> float:
        del found
        return float(files.select(self.share().max()).item() or 0.0)
