"""L692."""

from typing import ClassVar, Literal

import polars as pl

from datastd.rules.responses.prompt_duplicate import PromptDuplicate


class PrefContradicted(PromptDuplicate):
    """
    Samples that judge the same answers to the same prompt in opposite ways.

    Of two pairs each chooses what the other rejects; or one answer is labelled both true and
    false.  Compared is the `judged_pair`, in one split or across splits.

    Why it matters:
        What one sample teaches, the other unteaches.

    Remedy:
        Look at the group, keep those that are right, drop the others; where judges differ, say so
        by a score and train on what most of them say.

    Source:
        datastd's own definition; deepchecks' ``conflicting_labels``.
    """

    code: ClassVar[str] = "L692"
    name: ClassVar[str] = "pref-contradicted"
    reads: ClassVar[tuple[str, ...]] = ("judged_pair", "judged_first")
    meets_on: ClassVar[str | None] = "judged_pair"
    group: ClassVar[tuple[str, ...]] = ("judged_pair",)
    keeps: ClassVar[Literal["one", "split", "none"]] = "none"

    def wrong(self) -> pl.Expr:
        ways = pl.col("judged_first").n_unique().over("judged_pair") > 1
        return pl.col("judged_pair").is_not_null() & ways

    def bound(self) -> str:
        return "judged one way"
