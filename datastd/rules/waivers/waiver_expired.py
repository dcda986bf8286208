"""N411."""

from typing import ClassVar

from datastd.rules.waivers import WaiverRule


class WaiverExpired(WaiverRule):
    """
    Waivers whose last day is over: they cover nothing any more.

    Why it matters:
        A defect that was to stay for a month stays for years, and nobody decided that.

    Remedy:
        Mend the data; or ask the owner for a new day, and have that approved.

    Source:
        datastd's law that what is waived has an owner, a reason and an end.
    """

    code: ClassVar[str] = "N411"
    name: ClassVar[str] = "waiver-expired"
    flag: ClassVar[str] = "expired"
    reads: ClassVar[tuple[str, ...]] = ("key", "expired", "expired_says")
