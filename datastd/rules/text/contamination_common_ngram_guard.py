"""L312."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl

from datastd.model import Level
from datastd.rules.text.contamination_ngram import ContaminationNgram


class ContaminationCommonNgramGuard(ContaminationNgram):
    """
    Documents with a run of an evaluation item that L310 leaves aside: many have it.

    A run that more than `common` documents have is taken for boilerplate: a licence, a
    template, a saying.  It may also be an item that was copied as often.

    Why it matters:
        What is left aside without a word is what nobody looks at.

    Remedy:
        Remove duplicate documents first; then look at the items named.

    Source:
        NVIDIA NeMo Curator, ``TaskDecontamination``, ``max_matches``, which counts
        occurrences and not documents.
    """

    code: ClassVar[str] = "L312"
    name: ClassVar[str] = "contamination-common-ngram-guard"

    level: Level = Level.WARN

    def learn(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        return self.documents(partials).filter(pl.col("documents") > self.common).select("gram")

    def said(self) -> pl.Expr:
        return pl.lit(f"expected {self.bound()}, found more with")

    def bound(self) -> str:
        return f"at most {self.common} documents with one run of an evaluation item"
