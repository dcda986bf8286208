"""N364."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Profile
from datastd.rules.norms import Facts, Look, Norm, expected, stated, unsaid
from datastd.rules.norms.licenses import is_expression, references


class AccessTooWide(Norm):
    """
    Data that more may read than may have them.

    Personal data are amber or red; what is clear is given away under a licence that lets it be.

    Why it matters:
        What was published cannot be called back.

    Remedy:
        State `storage.access`, and keep to it.

    Source:
        SPDX 3, confidentialityLevel; FIRST, TLP 2.0; A3's S18.
    """

    code: ClassVar[str] = "N364"
    name: ClassVar[str] = "access-too-wide"

    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        access = facts.card.storage.access
        yield stated("storage.access", access, "clear, green, amber or red")
        personal = any(one.personal_data == "yes" for one in facts.card.collection.sources)
        if personal and access not in {None, "amber", "red"}:
            yield Look("storage.access", expected("amber or red, for personal data", access))
        if access == "clear":
            licence = facts.card.identity.license
            open_ = is_expression(licence) and not references(licence)
            found = unsaid(licence)
            wrong = "" if open_ else expected("a licence that lets it be given on", found)
            yield Look("identity.license", wrong)
