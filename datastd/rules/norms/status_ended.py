"""N065."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, expected, stated


class StatusEnded(Norm):
    """
    A dataset that its keepers no longer stand by: deprecated or withdrawn; or that says
    nothing.

    Why it matters:
        Withdrawn data were withdrawn for a reason: Re-LAION followed LAION-5B.

    Remedy:
        Use the version that came after.

    Source:
        Data Cards, maintenance status; A3's I11.
    """

    code: ClassVar[str] = "N065"
    name: ClassVar[str] = "dataset-deprecated"

    level: Level = Level.WARN
    error_from: Profile | None = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        found = facts.card.identity.status
        ended = found in {"deprecated", "withdrawn"}
        yield (
            Look("identity.status", expected("a dataset that is kept up", found))
            if ended
            else stated("identity.status", found, "active, maintained or limited")
        )
