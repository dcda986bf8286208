"""C405."""

from collections.abc import Mapping
from typing import ClassVar

import polars as pl

from datastd.rules.tokens import FileRule


class EosCountMismatch(FileRule):
    """
    Files with more end-of-text ids than documents, or fewer.

    Asked where the files say how many documents they hold.

    Why it matters:
        A reader that cuts documents at that id, as most trainers do, sees others than
        those of the index: two that run into each other, or one that is cut.

    Remedy:
        Append one end-of-text id to each document, once, and encode the text itself as
        ordinary text.

    Source:
        Karpathy, nanoGPT, data/openwebtext/prepare.py: one for each document.
    """

    code: ClassVar[str] = "C405"
    name: ClassVar[str] = "eos-count-mismatch"
    reads: ClassVar[tuple[str, ...]] = ("eos_count", "documents_stated")
    asks: ClassVar[tuple[str, ...]] = ("documents_stated",)

    def counts(self) -> Mapping[str, pl.Expr]:
        return {"ends": pl.col("eos_count").sum(), "stated": pl.col("documents_stated").max()}

    def joined(self) -> Mapping[str, pl.Expr]:
        return {"ends": pl.col("ends").sum(), "stated": pl.col("stated").max()}

    def wrong(self, files: pl.DataFrame) -> pl.DataFrame:
        said = f"expected one id {self.vocabulary.eos} for each of {{}} documents, found {{}}"
        off = (pl.col("ends") - pl.col("stated")).abs()
        return files.filter(off.ne_missing(0)).select(
            "file",
            observed=off,
            detail=pl.format(said, pl.col("stated").cast(pl.String).fill_null("?"), "ends"),
        )
