"""N005."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, stated


class CroissantRecommendedMissing(Norm):
    """
    A card that lacks what Croissant recommends for a dataset.

    Tasks, which are its keywords, a publisher, a version, and the day on which it was finished.

    Why it matters:
        They are what people look for datasets by.

    Remedy:
        State `identity.task`, `version`, `created`, and a party that publishes it.

    Source:
        Croissant 1.1, recommended properties.
    """

    code: ClassVar[str] = "N005"
    name: ClassVar[str] = "croissant-recommended-fields"

    level: Level = Level.WARN
    asked_from: Profile = "release"

    def looks(self, facts: Facts) -> Iterator[Look]:
        identity = facts.card.identity
        for name in ("task", "version", "created"):
            yield stated(f"identity.{name}", getattr(identity, name), f"the {name} of it")
        made = [one.name for one in identity.parties if one.role == "publisher" and one.name]
        yield stated("identity.parties", made, "a party that publishes it")
