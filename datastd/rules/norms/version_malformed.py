"""N006."""

import re
from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, expected

_SLUG = re.compile(r"[a-z0-9._-]{1,64}")
_SEMVER = re.compile(
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"
    r"(-((0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*))?"
    r"(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?",
    re.ASCII,
)
_NAME = "1 to 64 of a-z, 0-9, '.', '_', '-'"
_VERSION = "MAJOR.MINOR.PATCH, such as 1.0.0"


class VersionMalformed(Norm):
    """
    A name that is no slug, or a version that is not MAJOR.MINOR.PATCH.

    A slug has 1 to 64 small letters, digits, ``.``, ``_`` and ``-``; a version is one of SemVer
    2.0.0.

    Why it matters:
        What is called v2-final is followed by v2-final-2, and nobody can ask for at least 2.1.

    Remedy:
        Count PATCH for the same data, MINOR where all data of before are in it, MAJOR else.

    Source:
        Croissant 1.1, versioning; Semantic Versioning 2.0.0; A3's I02.
    """

    code: ClassVar[str] = "N006"
    name: ClassVar[str] = "version-not-semver"

    level: Level = Level.WARN
    error_from: Profile | None = "dev"

    def looks(self, facts: Facts) -> Iterator[Look]:
        identity = facts.card.identity
        wrong = "" if _SLUG.fullmatch(identity.name or "") else expected(_NAME, "none")
        yield Look("identity.name", wrong)
        wrong = "" if _SEMVER.fullmatch(identity.version or "") else expected(_VERSION, "none")
        yield Look("identity.version", wrong)
        if identity.previous_version is not None:
            wrong = (
                "" if _SEMVER.fullmatch(identity.previous_version) else expected(_VERSION, "none")
            )
            yield Look("identity.previous_version", wrong)
