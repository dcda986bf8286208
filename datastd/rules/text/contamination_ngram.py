"""L310."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.rules.text.shared_runs import SharedRuns


class ContaminationNgram(SharedRuns):
    """
    Documents that share a run of n words with an item of an evaluation set.

    Words are those of datatrove's ``simplify_text``: in lower case, numbers as 0, without
    punctuation and marks, and without characters that have no width; where no spaces part
    words, as in Chinese, what stands between two marks is one.  Letters of another script that
    look alike are others: a text written with some, Cyrillic а for Latin a, is not found.  An
    item of 8 to n words is compared as a whole; one of fewer than 8 words is not compared
    here, but by L311.  A run that more than `common` documents
    have is boilerplate, and L312's; a document that repeats it counts once.  Both places are
    given in bytes, the first one and one more than the last, of the longest stretch.  Memory
    holds the evaluation set, about 40 bytes a word; on disk lies each run that a document
    shares, about 100 bytes.

    Attributes:
        ngram: The words of a run.
        common: The most documents that may have a run which counts.

    Why it matters:
        A benchmark that was trained on measures memory, and the score that was published
        with it cannot be compared.

    Remedy:
        Cut the bytes named, and what stands around them, out of the documents, or drop these.

    Source:
        Brown et al. 2020, "Language Models are Few-Shot Learners", appendix C, n = 13 and 10
        documents; NVIDIA NeMo Curator, ``TaskDecontamination``, n = 8 to 13; datatrove,
        ``pipeline/decont/n_grams.py``, n = 12.
    """

    code: ClassVar[str] = "L310"
    name: ClassVar[str] = "contamination-ngram"
    table: ClassVar[str] = "shared_ngrams"
    tells: ClassVar[tuple[str, ...]] = ("ngram", "common")

    ngram: int = Field(default=13, ge=8, le=50)

    def learn(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        return self.documents(partials).filter(pl.col("documents") <= self.common).select("gram")

    def bound(self) -> str:
        return f"no {self.ngram} words of an evaluation item in a row"
