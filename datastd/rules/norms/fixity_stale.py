"""N368."""

from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, expected, stated

_OLD = timedelta(days=90)


class FixityStale(Norm):
    """
    Files whose digests were last compared more than 90 days ago.

    Why it matters:
        Disks forget, and backups copy what they forgot.

    Remedy:
        ``datastd verify`` compares them; state `storage.last_fixity`.

    Source:
        Practice of digital preservation; A3's S24.
    """

    code: ClassVar[str] = "N368"
    name: ClassVar[str] = "fixity-stale"

    level: Level = Level.WARN
    asked_from: Profile = "release"

    def looks(self, facts: Facts) -> Iterator[Look]:
        last = facts.card.storage.last_fixity
        if last is None:
            yield stated("storage.last_fixity", last, "the day on which digests were compared")
        else:
            old = facts.today - last > _OLD
            wrong = expected(f"a day since {facts.today - _OLD}", last) if old else ""
            yield Look("storage.last_fixity", wrong)
