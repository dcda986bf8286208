"""N206."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, stated
from datastd.rules.norms.lineage import RANDOM


class StepUnseeded(Norm):
    """
    A step that draws by chance, and has no seed: a split, a sample, a shuffle, an augmentation.

    Why it matters:
        Nobody can make the same split again, and so nobody can tell whether it leaks.

    Remedy:
        State the seed.

    Source:
        MosaicML StreamingDataset and datatrove seed theirs; A3's P05.
    """

    code: ClassVar[str] = "N206"
    name: ClassVar[str] = "nondeterministic-step"

    level: Level = Level.WARN
    error_from: Profile | None = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        for number, step in enumerate(facts.card.processing.steps):
            if step.op in RANDOM:
                yield stated(f"processing.steps.{number}.seed", step.seed, "a seed")
