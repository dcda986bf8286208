"""N266."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, stated


class PersonalDataUnprocessed(Norm):
    """
    Personal data, or data that may be, of which nobody says by what they were looked for and
    what was done with them.

    Why it matters:
        What was not looked for is still in it.

    Remedy:
        State `processing.pii`: the tool, its version, what it looked for and what it did.

    Source:
        D&TA 1.0.0, privacy-enhancing; A3's P14.
    """

    code: ClassVar[str] = "N266"
    name: ClassVar[str] = "personal-data-step-missing"

    level: Level = Level.WARN
    error_from: Profile | None = "release"
    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        from datastd.card.processing import Pii  # noqa: PLC0415  -- there is a card

        if all(one.personal_data == "no" for one in facts.card.collection.sources):
            return
        known = facts.card.processing.pii or Pii()
        for name in ("tool", "version", "entities", "action"):
            yield stated(f"processing.pii.{name}", getattr(known, name), f"the {name} of it")
