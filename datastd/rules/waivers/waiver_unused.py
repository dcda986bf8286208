"""N412."""

from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.waivers import WaiverRule


class WaiverUnused(WaiverRule):
    """
    Waivers that covered nothing: the defect is gone, or the data are others.

    Why it matters:
        A waiver that lies about waits for the next defect, of which nobody knows yet.

    Remedy:
        Delete it.  Where its data changed, decide again: `datastd waive` writes one for those
        that are there now.

    Source:
        datastd's law that what is waived has an owner, a reason and an end.
    """

    code: ClassVar[str] = "N412"
    name: ClassVar[str] = "waiver-unused"
    flag: ClassVar[str] = "unused"
    reads: ClassVar[tuple[str, ...]] = ("key", "unused", "unused_says")

    level: Level = Level.WARN
    error_from: Profile | None = "team"
