"""N208."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, stated


class DedupUndocumented(Norm):
    """
    A removal of duplicates of which method, threshold, scope or what it removed are not stated;
    or none at all.

    A dataset from which none were removed says so: ``method = "none"``.

    Why it matters:
        Whether duplicates were looked for in a dump or in all of them changes what is left
        threefold.

    Remedy:
        State `processing.dedup`.

    Source:
        FineWeb removes duplicates by dump; Croissant RAI 1.0; A3's P08.
    """

    code: ClassVar[str] = "N208"
    name: ClassVar[str] = "dedup-scope-undocumented"

    level: Level = Level.WARN
    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        found = facts.card.processing.dedup
        yield stated("processing.dedup", found, "how duplicates were removed")
        for number, one in enumerate(found):
            at = f"processing.dedup.{number}"
            yield stated(f"{at}.method", one.method, "the method")
            if one.method not in {"none", "exact"}:
                yield stated(f"{at}.threshold", one.threshold, "from which likeness on")
            if one.method != "none":
                yield stated(f"{at}.scope", one.scope, "among what they were looked for")
                yield stated(f"{at}.removed", one.removed, "how many were removed")
