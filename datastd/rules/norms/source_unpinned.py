"""N165."""

import re
from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.names import folded
from datastd.rules.norms import Facts, Look, Norm, expected, stated

_MOVING = frozenset(
    [
        "",
        "main",
        "master",
        "latest",
        "head",
        "stable",
        "current",
        "trunk",
        "develop",
        "dev",
        "nightly",
    ]
)
_BRANCH = re.compile(r"^(refs/)?(heads/|remotes/)?(origin/|upstream/)?")


class SourceUnpinned(Norm):
    """
    Data that were downloaded, got by an interface or derived, without a version that stays what
    it is.

    A branch is none: main, master, latest, head, stable, current.

    Why it matters:
        Tomorrow the same words get other data.

    Remedy:
        State a commit, a DOI or a digest in `revision`.

    Source:
        DVC, lakeFS and Hugging Face pin by commit; A3's C07.
    """

    code: ClassVar[str] = "N165"
    name: ClassVar[str] = "source-not-pinned"

    level: Level = Level.WARN
    error_from: Profile | None = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        for number, one in enumerate(facts.card.collection.sources):
            if one.method not in {"download", "api", "derived"}:
                continue
            at = f"collection.sources.{number}"
            yield stated(f"{at}.uri", one.uri, "where it was got")
            moves = _BRANCH.sub("", folded(one.revision or "")) in _MOVING
            found = "a name that moves" if one.revision else "none"
            wrong = expected("a commit, a DOI or a digest", found) if moves else ""
            yield Look(f"{at}.revision", wrong)
