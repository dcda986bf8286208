"""C410."""

from typing import ClassVar

import polars as pl

from datastd.rules import RowRule


class SpecialTokenInText(RowRule):
    """
    Samples with control ids in their text.

    In a document, an end or a beginning of text that is neither its first nor its last id
    is one of them too; in a block these part documents.

    Why it matters:
        Text was encoded with special tokens allowed: whoever wrote a page could end it, or
        speak in a role, and the model learns to obey.

    Remedy:
        Encode text as ordinary text, ``encode_ordinary``, and append ids afterwards.

    Source:
        datastd's own definition; Karpathy, nanoGPT, data/openwebtext/prepare.py uses
        ``encode_ordinary`` for this reason.
    """

    code: ClassVar[str] = "C410"
    name: ClassVar[str] = "special-token-in-text"
    reads: ClassVar[tuple[str, ...]] = ("control_count", "inner_marks", "is_document")

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        marks = pl.when("is_document").then("inner_marks").otherwise(0)
        found = (pl.col("control_count") + marks).cast(pl.Float64)
        return rows.select("key", "split", observed=found).filter(
            pl.col("observed").ne_missing(0.0)
        )

    def bound(self) -> str:
        return "no control token inside"
