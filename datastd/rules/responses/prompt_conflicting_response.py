"""L603."""

from typing import ClassVar, Literal

import polars as pl

from datastd.rules.responses.prompt_duplicate import PromptDuplicate


class PromptConflictingResponse(PromptDuplicate):
    """
    Samples that are asked the same, and come to different answers.

    The prompts are those of L601.  Compared is the `final_answer` of those that have one: a
    number, a letter, a few words.  Where answers are free, nothing says which is right.

    Why it matters:
        One of the answers is wrong, and no model can be right about both.

    Remedy:
        Look at the group, keep the right answer, drop the other samples.

    Source:
        deepchecks' ``conflicting_labels``.
    """

    code: ClassVar[str] = "L603"
    name: ClassVar[str] = "prompt-conflicting-response"
    reads: ClassVar[tuple[str, ...]] = ("prompt_digest", "final_answer")
    keeps: ClassVar[Literal["one", "split", "none"]] = "none"

    def wrong(self) -> pl.Expr:
        said = pl.col("final_answer")
        several = said.drop_nulls().n_unique().over("prompt_digest") > 1
        return pl.col("prompt_digest").is_not_null() & said.is_not_null() & several

    def bound(self) -> str:
        return "one answer to what is asked"
