"""N301."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.digest import MANIFEST
from datastd.model import Profile
from datastd.rules.norms import Facts, Look, Norm, expected


class ChecksumManifestMissing(Norm):
    """
    A dataset without the list of the SHA-256 of its files: ``manifest-sha256.txt`` at its root.

    Why it matters:
        A file that was cut short on its way looks like a smaller file.

    Remedy:
        ``datastd init DATA --manifest`` writes it, and so does ``sha256sum``.

    Source:
        RFC 8493 (BagIt); Croissant 1.1, sha256.
    """

    code: ClassVar[str] = "N301"
    name: ClassVar[str] = "checksum-manifest-missing"

    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        there = any(path.lower() == MANIFEST for path in facts.papers)
        yield Look(MANIFEST, "" if there else expected("a manifest", "none"))
