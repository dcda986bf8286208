"""N170."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, stated


class PersonalDataUnstated(Norm):
    """
    A source of which nobody says whether there are personal data in it.

    ``noAssertion`` says nothing: it is let be until the release, and blocks that.

    Why it matters:
        Whoever trains on it has to know, and cannot find out.

    Remedy:
        Look, and state yes or no.

    Source:
        SPDX 3, hasSensitivePersonalInformation; D&TA 1.0.0, classification; A3's C13.
    """

    code: ClassVar[str] = "N170"
    name: ClassVar[str] = "personal-data-unstated"

    level: Level = Level.WARN
    error_from: Profile | None = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        for number, one in enumerate(facts.card.collection.sources):
            yield stated(
                f"collection.sources.{number}.personal_data", one.personal_data, "yes or no"
            )
