"""N262."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, stated


class EnvironmentUnrecorded(Norm):
    """
    Steps that ran in an environment of which nobody states the packages, or the image.

    Why it matters:
        Another version of a tokenizer or an image library gives other bytes.

    Remedy:
        State SHA-256 of the lock file, or the digest of the image.

    Source:
        SLSA 1.0, resolvedDependencies; A3's P06.
    """

    code: ClassVar[str] = "N262"
    name: ClassVar[str] = "environment-not-recorded"

    level: Level = Level.WARN
    error_from: Profile | None = "release"
    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        from datastd.card.processing import Environment  # noqa: PLC0415  -- there is a card

        known = facts.card.processing.environment or Environment()
        digests = known.lock_sha256 or known.image_digest
        yield stated(
            "processing.environment", digests, "SHA-256 of the lock file, or the image's digest"
        )
