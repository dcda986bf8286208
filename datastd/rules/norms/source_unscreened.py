"""N179."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Profile
from datastd.rules.norms import Facts, Look, Norm, expected, stated
from datastd.rules.norms.lineage import is_digest


class SourceUnscreened(Norm):
    """
    Data that were not screened for illegal content: without the method, or SHA-256 of the
    lists.

    Why it matters:
        1,008 pictures of abused children were found in LAION-5B, after it had been trained on.

    Remedy:
        Screen them; state `processing.content_safety`.

    Source:
        Thiel 2023, Stanford Internet Observatory; Regulation (EU) 2024/1689, template section
        3.2; A3's C24.
    """

    code: ClassVar[str] = "N179"
    name: ClassVar[str] = "illegal-content-unscreened"

    asked_from: Profile = "release"

    def looks(self, facts: Facts) -> Iterator[Look]:
        from datastd.card.processing import ContentSafety  # noqa: PLC0415  -- there is a card

        safety = facts.card.processing.content_safety or ContentSafety()
        at = "processing.content_safety"
        yield stated(f"{at}.method", safety.method, "how illegal content was looked for")
        known = is_digest(safety.lists_sha256)
        yield Look(f"{at}.lists_sha256", "" if known else expected("SHA-256 of the lists", "none"))
        yield stated(f"{at}.removed", safety.removed, "how many records were taken out")
