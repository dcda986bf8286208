"""N102."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level
from datastd.rules.norms import Facts, Look, Norm, stated


class CollectionUndated(Norm):
    """
    A source without the days on which it was got.

    Why it matters:
        Data that are newer than a benchmark may hold its answers; those that are older may hold
        what was withdrawn.

    Remedy:
        State `retrieved_from` and `retrieved_to`.

    Source:
        Dolma's ``added``; Croissant RAI 1.0, dataCollectionTimeframe.
    """

    code: ClassVar[str] = "N102"
    name: ClassVar[str] = "collection-date-missing"

    level: Level = Level.WARN

    def looks(self, facts: Facts) -> Iterator[Look]:
        for number, one in enumerate(facts.card.collection.sources):
            at = f"collection.sources.{number}"
            yield stated(f"{at}.retrieved_from", one.retrieved_from, "the first day of retrieval")
            yield stated(f"{at}.retrieved_to", one.retrieved_to, "the last day of retrieval")
