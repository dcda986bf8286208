"""N210."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, expected, stated


class RawLost(Norm):
    """
    Data as they came that were not kept, or of which no record says which it was.

    Why it matters:
        What was done cannot be undone, nor done better.

    Remedy:
        Keep them, or the id of each record in them; state `processing.raw_preserved`.

    Source:
        Dolma keeps ids from the raw data on.
    """

    code: ClassVar[str] = "N210"
    name: ClassVar[str] = "raw-not-preserved"

    level: Level = Level.WARN
    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        kept = facts.card.processing.raw_preserved
        yield stated("processing.raw_preserved", kept, "whether they were kept")
        if kept is False:
            yield Look("processing.raw_preserved", expected("true", "false"))
