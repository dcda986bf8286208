"""L307."""

from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.model import Level
from datastd.rules import GroupRule


class ParagraphDuplicateCorpus(GroupRule):
    """
    Paragraphs that stand in more than so many documents, in whichever split.

    Compared are `paragraphs`: lines, but for case, digits and marks that CCNet drops.  What a
    document repeats of itself is Q330's and Q331's.  In any corpus some lines are in two
    documents; what is in more than 100 is a footer, a menu or a licence.

    Attributes:
        documents: The most that one paragraph may stand in.

    Why it matters:
        Boilerplate is most of what a model sees often, and it learns to write it.

    Remedy:
        Cut the paragraphs out of the documents before they are put together; to leave the
        documents out, all but the first of each group, loses more than it mends.

    Source:
        CCNet (Wenzek et al. 2020), which keeps no paragraph twice; Dolma's ``para_dedupe``.
    """

    code: ClassVar[str] = "L307"
    name: ClassVar[str] = "paragraph-duplicate-corpus"
    unit: ClassVar[str] = "paragraphs"
    table: ClassVar[str] = "paragraphs"
    reads: ClassVar[tuple[str, ...]] = ("paragraph",)
    meets_on: ClassVar[str | None] = "paragraph"
    group: ClassVar[tuple[str, ...]] = ("paragraph",)
    folds: ClassVar[bool] = True

    level: Level = Level.WARN
    documents: int = Field(default=1, ge=1)

    def wrong(self) -> pl.Expr:
        return self.many("paragraph") > self.documents

    def bound(self) -> str:
        return f"each paragraph in at most {self.documents} of the documents"

    def says(self, observed: float) -> str:
        return f"expected {self.bound()}, found one in {observed:g}"
