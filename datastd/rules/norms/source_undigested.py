"""N164."""

from collections.abc import Iterator
from hashlib import sha256
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, expected, stated, unsaid
from datastd.rules.norms.lineage import is_digest

_OF_NOTHING = sha256().hexdigest()


class SourceUndigested(Norm):
    """
    Data that were downloaded or derived, without SHA-256 and bytes of what was got, taken when
    it was; the SHA-256 of no bytes is none of any.

    Why it matters:
        What stands at an address today is not what stood there: 0.01 % of LAION-400M could be
        poisoned for 60 dollars by buying domains that had expired.

    Remedy:
        State `sha256` and `bytes` as they were when it was got.

    Source:
        Carlini et al. 2023, arXiv:2302.10149; A3's C06.
    """

    code: ClassVar[str] = "N164"
    name: ClassVar[str] = "source-digest-missing"

    level: Level = Level.WARN
    error_from: Profile | None = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        for number, one in enumerate(facts.card.collection.sources):
            if one.method not in {"download", "derived"}:
                continue
            at = f"collection.sources.{number}"
            found = unsaid(one.sha256)
            wrong = "" if is_digest(one.sha256) else expected("a SHA-256 of 64 digits", found)
            if one.sha256 == _OF_NOTHING and one.bytes:
                wrong = expected("the SHA-256 of what was got", "that of no bytes at all")
            yield Look(f"{at}.sha256", wrong)
            yield stated(f"{at}.bytes", one.bytes, "how many bytes were got")
