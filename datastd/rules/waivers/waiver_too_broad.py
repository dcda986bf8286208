"""N413."""

from typing import ClassVar

from datastd.rules.waivers import WaiverRule


class WaiverTooBroad(WaiverRule):
    """
    Waivers for more than somebody can have looked at: several codes, whatever files come, for ever.

    A code with a wildcard, several codes in one, a scope that has no digest that says of which
    data, and a path that does not begin with a name; or a last day that is more than 366 days off.
    They cover nothing.

    Why it matters:
        It lets pass what nobody has seen yet, and is a switch that turns rules off.

    Remedy:
        Name one code, and the digest of the data or the folder or file, and a day within a
        year; `datastd waive` does.

    Source:
        datastd's law that what is waived has an owner, a reason and an end.
    """

    code: ClassVar[str] = "N413"
    name: ClassVar[str] = "waiver-too-broad"
    flag: ClassVar[str] = "broad"
    reads: ClassVar[tuple[str, ...]] = ("key", "broad", "broad_says")
