"""N203."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level
from datastd.rules.norms import Facts, Look, Norm, expected


class DropRateUnexpected(Norm):
    """
    A step that removed another share of its records than it was expected to.

    Looked at is a step that states `expected_removed`.

    Why it matters:
        A filter that is off by a letter removes nothing, or nearly all.

    Remedy:
        Look at what was removed; correct the filter, or the expectation.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "N203"
    name: ClassVar[str] = "drop-rate-unexpected"

    level: Level = Level.WARN

    def looks(self, facts: Facts) -> Iterator[Look]:
        for number, step in enumerate(facts.card.processing.steps):
            if step.expected_removed is None or not step.rows_in or step.rows_out is None:
                continue
            share = (step.rows_in - step.rows_out) / step.rows_in
            low, high = step.expected_removed
            what = f"from {low:g} to {high:g} of all"
            wrong = "" if low <= share <= high else expected(what, f"{share:.4g}")
            yield Look(f"processing.steps.{number}.rows_out", wrong)
