"""N010."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.names import folded
from datastd.rules.norms import Facts, Look, Norm, stated


class ContactMissing(Norm):
    """
    A dataset of which nobody says that he made it, or whom to ask to take something out.

    A party is the creator, and one of them has a contact.

    Why it matters:
        A person who finds her own data in it has nobody to write to.

    Remedy:
        Name who made it, and an address that is read.

    Source:
        Dolma, documentation of its data format: takedown by id; D&TA 1.0.0, ``issuer``; A3's
        I07.
    """

    code: ClassVar[str] = "N010"
    name: ClassVar[str] = "takedown-contact-missing"

    level: Level = Level.WARN
    error_from: Profile | None = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        parties = facts.card.identity.parties
        creators = [one.name for one in parties if one.role == "creator" and folded(one.name or "")]
        contacts = [one.contact for one in parties if folded(one.contact or "")]
        yield stated("identity.parties", creators[:1], "a party that created it")
        yield stated("identity.parties", contacts[:1], "a contact")
