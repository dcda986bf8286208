"""N172."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Profile
from datastd.rules.norms import Facts, Look, Norm, stated


class SpecialCategoryUnguarded(Norm):
    """
    Data of special categories without a safeguard, or without a day on which they are deleted.

    Those are health data (phi) and sensitive personal data (spi).

    Why it matters:
        They may be processed against bias, guarded, and no longer than that takes.

    Remedy:
        State `safeguard`, and `storage.retention_until`.

    Source:
        Regulation (EU) 2024/1689, Art. 10(5); A3's C16.
    """

    code: ClassVar[str] = "N172"
    name: ClassVar[str] = "special-category-unguarded"

    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        for number, one in enumerate(facts.card.collection.sources):
            if {"phi", "spi"} & {*one.data_classes}:
                at = f"collection.sources.{number}"
                yield stated(f"{at}.safeguard", one.safeguard, "how they are kept safe")
                until = facts.card.storage.retention_until
                yield stated("storage.retention_until", until, "the day on which they are deleted")
