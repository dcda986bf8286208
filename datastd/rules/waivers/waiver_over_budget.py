"""N414."""

from typing import ClassVar

from datastd.rules.waivers import WaiverRule


class WaiverOverBudget(WaiverRule):
    """
    Waivers of which more was asked than their budget: they cover nothing then.

    Counted are failing rows that no earlier waiver covers, and the bytes of the files in which
    they are, each file once.

    Why it matters:
        Twelve bad samples were decided about, and twelve thousand came.

    Remedy:
        Mend the data, or have the new number decided.

    Source:
        datastd's law that what is waived has an owner, a reason and an end.
    """

    code: ClassVar[str] = "N414"
    name: ClassVar[str] = "waiver-over-budget"
    flag: ClassVar[str] = "over"
    reads: ClassVar[tuple[str, ...]] = ("key", "over", "over_says")
