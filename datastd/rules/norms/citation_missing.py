"""N008."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level
from datastd.rules.norms import Facts, Look, Norm, stated


class CitationMissing(Norm):
    """
    A dataset that says neither how to cite it nor who made it.

    Why it matters:
        Whoever made it gets no credit, and whoever used it cannot say what was used.

    Remedy:
        State `identity.citation`, or a party with the role creator.

    Source:
        Croissant 1.1, ``citeAs`` and ``creator``.
    """

    code: ClassVar[str] = "N008"
    name: ClassVar[str] = "citation-missing"

    level: Level = Level.WARN

    def looks(self, facts: Facts) -> Iterator[Look]:
        identity = facts.card.identity
        made = [one for one in identity.parties if one.role == "creator" and one.name]
        yield (
            Look("identity.citation")
            if made
            else stated("identity.citation", identity.citation, "how to cite it, or a creator")
        )
