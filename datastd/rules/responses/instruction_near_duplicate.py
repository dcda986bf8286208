"""L602."""

from typing import ClassVar

import numpy as np
import polars as pl
from pydantic import Field

from datastd.model import Level
from datastd.rules import PairRule, in_the_data


class InstructionNearDuplicate(PairRule):
    """
    Instructions that say nearly what another one says, in the same order: ROUGE-L above 0.7.

    An instruction is the first turn of a user.  ROUGE-L's F of two is twice the words of the
    longest sequence that is in both, in order, by the words of both.  Every pair above
    `similarity` is found: two such instructions share one of their rarest words, and all that
    do are compared.  Instructions of the same words are one, and not another: L601's, or a
    template's.  Of a crowd that hangs together 64 are compared with all others, and an
    instruction of more than 512 words with none: L303 looks at documents.

    Attributes:
        similarity: The F above which two instructions are near each other.

    Why it matters:
        Generated instructions vary a few: a model is trained on these, and on little else.

    Remedy:
        Keep one of each group.

    Source:
        stanford_alpaca's generate_instruction.py, which drops what is above 0.7; Wang et al.
        2022, "Self-Instruct", arXiv:2212.10560, section 2.2.
    """

    code: ClassVar[str] = "L602"
    name: ClassVar[str] = "instruction-near-duplicate"
    table: ClassVar[str] = "instruction_words"

    level: Level = Level.WARN
    similarity: float = Field(default=0.7, gt=0, lt=1)

    @property
    def difference(self) -> float:
        """The most that two differ which are near each other: F is above, and not equal."""
        return float(np.nextafter(1 - self.similarity, 0))

    def related(self) -> pl.Expr:
        return in_the_data()

    def near(self) -> pl.Expr:
        return pl.col("difference") <= self.difference

    def nearness(self) -> pl.Expr:
        return 1 - pl.col("difference")

    def beside(self) -> pl.Expr:
        return pl.format("near {}: ROUGE-L {}", "other", self.nearness().round(3))

    def bound(self) -> str:
        return "like no other instruction"

    def says(self, observed: float) -> str:
        return f"expected {self.bound()}, found another of ROUGE-L {observed:g}"
