"""N205."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.rules.norms import Facts, Look, Norm, expected


class ThresholdOfNothing(Norm):
    """
    A threshold on a number that no step gives.

    Looked at are steps that state `thresholds`: each is the name of one of the `metrics` of the
    step, or of an earlier one.

    Why it matters:
        A filter on a name that nobody fills keeps everything, and says that it ran.

    Remedy:
        Correct the name: ``repetition`` is not ``repetitions``.

    Source:
        Dolma, configs/dolma-v1_6 against its taggers: singular and plural.
    """

    code: ClassVar[str] = "N205"
    name: ClassVar[str] = "threshold-refers-to-unknown-metric"

    def looks(self, facts: Facts) -> Iterator[Look]:
        known: set[str] = set()
        for number, step in enumerate(facts.card.processing.steps):
            known |= {*step.metrics}
            at = f"processing.steps.{number}.thresholds"
            for name in step.thresholds:
                wrong = expected("a metric that a step gives", "another word")
                yield Look(at, "" if name in known else wrong)
