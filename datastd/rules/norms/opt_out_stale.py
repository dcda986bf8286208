"""N168."""

from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, expected, stated

_OLD = timedelta(days=180)


class OptOutStale(Norm):
    """
    Reservations that were last read more than 180 days before the dataset was published; or
    records that were taken out, and nobody says how many.

    Why it matters:
        Who said no after the crawl has said no.

    Remedy:
        Read them once more before the release, and take out what is reserved.

    Source:
        Apertus applied reservations of January 2025 to all crawls since 2013; A3's C11.
    """

    code: ClassVar[str] = "N168"
    name: ClassVar[str] = "opt-out-stale"

    level: Level = Level.WARN
    asked_from: Profile = "release"

    def looks(self, facts: Facts) -> Iterator[Look]:
        published = facts.card.identity.published or facts.today
        for number, one in enumerate(facts.card.collection.sources):
            for place, read in enumerate(one.opt_out):
                at = f"collection.sources.{number}.opt_out.{place}"
                yield stated(f"{at}.removed", read.removed, "how many records were taken out")
                if read.checked is not None:
                    stale = published - read.checked > _OLD
                    wrong = (
                        expected(f"a day since {published - _OLD}", read.checked) if stale else ""
                    )
                    yield Look(f"{at}.checked", wrong)
