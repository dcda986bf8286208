"""N004."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Profile
from datastd.rules.norms import Facts, Look, Norm, stated


class CroissantRequiredMissing(Norm):
    """
    A card that lacks what Croissant requires of a dataset.

    Name, description, licence, page, creator, day of publication, and where its files are; its
    context, type and version of Croissant are what an export writes.

    Why it matters:
        What is published without them is found by nobody, and loads nowhere.

    Remedy:
        State `identity.name`, `description`, `license`, `url`, `published`, a party that created
        it, and `storage.manifest`.

    Source:
        Croissant 1.1, required properties.
    """

    code: ClassVar[str] = "N004"
    name: ClassVar[str] = "croissant-required-fields"

    asked_from: Profile = "release"

    def looks(self, facts: Facts) -> Iterator[Look]:
        identity = facts.card.identity
        for name in ("name", "description", "license", "url", "published"):
            yield stated(f"identity.{name}", getattr(identity, name), f"the {name} of it")
        made = [one.name for one in identity.parties if one.role == "creator" and one.name]
        yield stated("identity.parties", made, "a party that created it")
        yield stated("storage.manifest", facts.card.storage.manifest, "the file of its digests")
