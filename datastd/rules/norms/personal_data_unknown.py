"""N180."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Profile
from datastd.rules.norms import Facts, Look, Norm, expected


class PersonalDataUnknown(Norm):
    """
    A source of which it is stated that nobody knows whether there are personal data in it.

    Why it matters:
        A release says what is in it.

    Remedy:
        Look, and state yes or no.

    Source:
        SPDX 3, PresenceType; A3's C13.
    """

    code: ClassVar[str] = "N180"
    name: ClassVar[str] = "personal-data-no-assertion"

    asked_from: Profile = "release"

    def looks(self, facts: Facts) -> Iterator[Look]:
        for number, one in enumerate(facts.card.collection.sources):
            unknown = one.personal_data == "noAssertion"
            wrong = expected("yes or no", "noAssertion") if unknown else ""
            yield Look(f"collection.sources.{number}.personal_data", wrong)
