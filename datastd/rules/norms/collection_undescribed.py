"""N103."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, stated


class CollectionUndescribed(Norm):
    """
    A source of which nobody says how it was got, or what it is.

    Why it matters:
        How data were got decides what they leave out.

    Remedy:
        State `method`, and a `description` of a sentence.

    Source:
        Croissant RAI 1.0, dataCollection and dataCollectionType.
    """

    code: ClassVar[str] = "N103"
    name: ClassVar[str] = "collection-method-undocumented"

    level: Level = Level.WARN
    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        for number, one in enumerate(facts.card.collection.sources):
            at = f"collection.sources.{number}"
            yield stated(f"{at}.method", one.method, "how it was got")
            yield stated(f"{at}.description", one.description, "what it is")
