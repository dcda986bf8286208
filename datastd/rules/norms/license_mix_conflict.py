"""N003."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm
from datastd.rules.norms.licenses import conflict


class LicenseMixConflict(Norm):
    """
    A licence that gives more than a source's licence lets it give.

    Licences are parted into what they forbid: commercial use, derivatives, another licence.
    Where the dataset's forbids less than a source's, or is another than that of a source which
    asks for its own, they conflict. Of several (``OR``) whoever takes the data has the choice, and
    of a source's whoever made them; of all (``AND``) each holds. Of a licence that is
    not in the table, nobody knows: it is let be.

    Why it matters:
        Who trusts the licence on the card breaks the one that is behind it.

    Remedy:
        Give the dataset under the strictest of them, or leave the source out.

    Source:
        Creative Commons' and Open Data Commons' terms; the Data Provenance Initiative's
        classes; A3's C04.
    """

    code: ClassVar[str] = "N003"
    name: ClassVar[str] = "license-mix-conflict"

    level: Level = Level.WARN
    error_from: Profile | None = "release"
    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        own = facts.card.identity.license
        for number, one in enumerate(facts.card.collection.sources):
            why = conflict(own, one.license)
            yield Look(f"collection.sources.{number}.license", why)
