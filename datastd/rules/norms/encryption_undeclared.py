"""N313."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, expected, stated


class EncryptionUndeclared(Norm):
    """
    Restricted data of which nobody says how they are encrypted, or where they lie.

    Restricted is what is amber or red.

    Why it matters:
        A disk that is lost is a disk that is read.

    Remedy:
        State `storage.encryption` and `storage.region`; encrypt them.

    Source:
        D&TA 1.0.0; Regulation (EU) 2016/679, Art. 32; A3's S19.
    """

    code: ClassVar[str] = "N313"
    name: ClassVar[str] = "encryption-at-rest-undeclared"

    level: Level = Level.WARN
    error_from: Profile | None = "release"
    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        storage = facts.card.storage
        if storage.access in {"amber", "red"}:
            bare = storage.encryption in {None, "none"}
            wrong = (
                expected("at-rest or client-side", storage.encryption or "nothing") if bare else ""
            )
            yield Look("storage.encryption", wrong)
            yield stated("storage.region", storage.region, "the country in which they lie")
