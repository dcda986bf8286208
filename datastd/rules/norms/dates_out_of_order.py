"""N064."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, expected

_SLACK = timedelta(days=1)  # the day has begun somewhere


class DatesOutOfOrder(Norm):
    """
    Dates that cannot be: in the future, or before what they follow.

    Content is as old as its retrieval or older, that as the dataset, and the dataset as its
    publication; the version before was published earlier.

    Why it matters:
        A date that is wrong hides that data are newer than a benchmark, or older than a
        licence.

    Remedy:
        Correct the date.

    Source:
        A3's I10.
    """

    code: ClassVar[str] = "N064"
    name: ClassVar[str] = "card-dates-out-of-order"

    level: Level = Level.WARN
    error_from: Profile | None = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        identity = facts.card.identity
        latest = facts.today + _SLACK
        chains = [
            (
                ("identity.previous_date", identity.previous_date),
                ("identity.published", identity.published),
            ),
            (("identity.created", identity.created), ("identity.published", identity.published)),
        ]
        for number, one in enumerate(facts.card.collection.sources):
            at = f"collection.sources.{number}"
            chains += [
                ((f"{at}.content_from", one.content_from), (f"{at}.content_to", one.content_to)),
                (
                    (f"{at}.content_from", one.content_from),
                    (f"{at}.retrieved_to", one.retrieved_to),
                ),
                (
                    (f"{at}.retrieved_from", one.retrieved_from),
                    (f"{at}.retrieved_to", one.retrieved_to),
                ),
                ((f"{at}.retrieved_to", one.retrieved_to), ("identity.created", identity.created)),
            ]
        seen: dict[str, date] = {}
        for (before, first), (after, second) in chains:
            seen |= {place: day for place, day in ((before, first), (after, second)) if day}
            if first and second and first > second:
                yield Look(after, expected(f"{before} ({first}) or later", second))
        for place, day in seen.items():
            wrong = expected(f"a day up to {facts.today}", day) if day > latest else ""
            yield Look(place, wrong)
