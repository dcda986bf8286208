"""N211."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Profile
from datastd.rules.norms import Facts, Look, Norm, expected


class SplitAfterCopies(Norm):
    """
    A split that was made after records were copied.

    An augmentation before a split puts copies of one record on both sides.

    Why it matters:
        The test set was trained on, with a different crop.

    Remedy:
        Split first.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "N211"
    name: ClassVar[str] = "augmentation-before-split"

    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        copied = False
        for number, step in enumerate(facts.card.processing.steps):
            if step.op == "split":
                wrong = (
                    expected("a split before any augmentation", "one after it") if copied else ""
                )
                yield Look(f"processing.steps.{number}", wrong)
            copied |= step.op == "augment"
