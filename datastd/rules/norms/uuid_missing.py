"""N066."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, expected, stated


class UuidMissing(Norm):
    """
    A dataset without an identifier of its own; or with that of the earlier version.

    The earlier version is the input `reference`, where that has a card.

    Why it matters:
        Names are given twice; a copy that was changed keeps the name of what it was copied
        from.

    Remedy:
        ``python -c 'import uuid; print(uuid.uuid4())'``, once for each dataset that is derived.

    Source:
        FAIR, F1; AI Alliance OTDI; A3's I12.
    """

    code: ClassVar[str] = "N066"
    name: ClassVar[str] = "uuid-missing"

    level: Level = Level.WARN
    error_from: Profile | None = "release"
    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        uuid, at = facts.card.identity.uuid, "identity.uuid"
        yield stated(at, uuid, "a UUID")
        if uuid is not None and facts.before is not None:
            is_same = facts.before.identity.uuid == uuid
            wrong = expected("another UUID than the earlier version has", "the same")
            yield Look(at, wrong if is_same else "")
