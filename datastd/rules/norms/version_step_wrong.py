"""N061."""

import re
from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, expected


class VersionStepWrong(Norm):
    """
    A version that does not follow from what changed since the version before.

    Compared are the card's version and its splits with those of the card of the input
    `reference`. The version grows. Where all splits have the digest that they had, only PATCH
    may grow; where a split is gone or has fewer records, MAJOR has to; else MINOR or MAJOR.

    Why it matters:
        Who pins 1.x gets data that were in 1.0, and no others in their place.

    Remedy:
        Count PATCH for the same data, MINOR where all data of before are in it, MAJOR else.

    Source:
        Croissant 1.1, versioning; A3's I03.
    """

    code: ClassVar[str] = "N061"
    name: ClassVar[str] = "version-step-wrong"
    needs: ClassVar[tuple[str, ...]] = ("reference",)

    level: Level = Level.WARN
    error_from: Profile | None = "release"
    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        place = "identity.version"
        if facts.before is None:
            yield Look(place, expected("a card in the earlier version", "none"))
            return
        was, now = _parts(facts.before.identity.version), _parts(facts.card.identity.version)
        if was is None or now is None:
            yield Look(place, expected("MAJOR.MINOR.PATCH in both cards", "another form"))
            return
        least = (*was[: _least(facts)], was[_least(facts)] + 1)
        grows = now > was and now[: len(least)] >= least
        if grows and len(least) == len(was):  # the same data: nothing but PATCH may grow
            grows = now[:2] == was[:2]
        what = f"{'.'.join(map(str, least))} or later, for what changed"
        yield Look(place, "" if grows else expected(what, facts.card.identity.version))


def _parts(version: str | None) -> tuple[int, ...] | None:
    """MAJOR, MINOR and PATCH."""
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", version or "", re.ASCII)
    return tuple(map(int, found.groups())) if found else None


def _least(facts: Facts) -> int:
    """Which of the three has to grow at least: 0 is MAJOR."""
    before = facts.before.processing.splits if facts.before else {}
    if any(facts.splits.get(name, 0) < (one.rows or 0) for name, one in before.items()):
        return 0
    digests = {name: one.record_digest for name, one in before.items()}
    return 2 if digests and digests == {**facts.digests} else 1
