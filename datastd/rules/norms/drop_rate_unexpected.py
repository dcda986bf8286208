"""N203."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from datastd.model import Level
from datastd.rules.norms import Facts, Look, Norm, expected

if TYPE_CHECKING:
    from datastd.card.processing import Step  # loaded where there is one

TIMES = 3


class DropRateUnexpected(Norm):
    """
    A step that removed another share of its records than it was expected to.

    Looked at is a step that states `expected_removed`; and one that the earlier version (the input
    `reference`) has, too, by its id: a third of what it removed then, up to three times as much.

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
        earlier = facts.before.processing.steps if facts.before else ()
        before = {step.id: _share(step) for step in earlier if step.id}
        for number, step in enumerate(facts.card.processing.steps):
            if (share := _share(step)) is None:
                continue
            at = f"processing.steps.{number}.rows_out"
            if step.expected_removed is not None:
                low, high = step.expected_removed
                what = f"from {low:g} to {high:g} of all"
                yield Look(at, "" if low <= share <= high else expected(what, f"{share:.4g}"))
            if (known := before.get(step.id or "")) is not None:
                is_near = known / TIMES <= share <= known * TIMES
                what = f"within {TIMES} times of {known:.4g}, as in the earlier version"
                yield Look(at, "" if is_near else expected(what, f"{share:.4g}"))


def _share(step: "Step") -> float | None:
    """What a step removed of its records; None where it does not say."""
    if not step.rows_in or step.rows_out is None:
        return None
    return (step.rows_in - step.rows_out) / step.rows_in
