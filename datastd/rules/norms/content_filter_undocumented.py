"""N269."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, stated


class ContentFilterUndocumented(Norm):
    """
    Harmful content of which nobody says how it was looked for, from which score on it went, and
    how much of it.

    Why it matters:
        A filter that is not described is a taste that is not stated.

    Remedy:
        State `processing.content_safety`: method, threshold and removed.

    Source:
        Regulation (EU) 2024/1689, Art. 53(1)(d), template section 3.2; A3's P19.
    """

    code: ClassVar[str] = "N269"
    name: ClassVar[str] = "content-filter-undocumented"

    level: Level = Level.WARN
    error_from: Profile | None = "release"
    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        known, at = facts.card.processing.content_safety, "processing.content_safety"
        for name in ("method", "threshold", "removed"):
            yield stated(f"{at}.{name}", getattr(known, name, None), f"the {name} of the filter")
