"""N415."""

from typing import ClassVar

from datastd.rules.waivers import WaiverRule


class WaiversUnapproved(WaiverRule):
    """
    Waivers that no approver has signed, where the profile is above ``dev``: they cover nothing.

    An approver is a key of `trust.toml` under ``[[approver]]``; whoever signs the certificate
    may not be one of those who signed the waivers.

    Why it matters:
        Who wants the data through would decide alone that their defects do not matter.

    Remedy:
        ``datastd approve waivers.toml --key KEY``, by an approver, whenever the file has changed.

    Source:
        datastd's law that what is waived has an owner, a reason and an end.
    """

    code: ClassVar[str] = "N415"
    name: ClassVar[str] = "waivers-unapproved"
    flag: ClassVar[str] = "unapproved"
    reads: ClassVar[tuple[str, ...]] = ("key", "unapproved", "unapproved_says")
