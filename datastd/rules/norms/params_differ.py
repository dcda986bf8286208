"""N261."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Profile
from datastd.rules.norms import Facts, Look, Norm, hashed


class ParamsDiffer(Norm):
    """
    A file of parameters that a step names, and that is not in the dataset with the bytes that
    it states.

    Why it matters:
        What the program was told is what it did.

    Remedy:
        Put the file below ``_meta/``, and state its SHA-256.

    Source:
        datastd's own definition; A3's P03.
    """

    code: ClassVar[str] = "N261"
    name: ClassVar[str] = "step-params-differ"

    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        for number, step in enumerate(facts.card.processing.steps):
            if step.params_file:
                at = f"processing.steps.{number}.params_file"
                yield hashed(facts, at, step.params_file, step.params_sha256)
