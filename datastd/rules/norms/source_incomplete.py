"""N160."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, expected, stated


class SourceIncomplete(Norm):
    """
    A source of which id, method, licence, days of retrieval or number of records are not
    stated; or no source; or an id that two have.

    Why it matters:
        Where data come from is asked when something is wrong with them, and nobody knows any
        more.

    Remedy:
        State them; `datastd explain collection.sources[].method` says what there is.

    Source:
        D&TA 1.0.0; Regulation (EU) 2024/1689, Art. 53(1)(d), template section 2; A3's C01.
    """

    code: ClassVar[str] = "N160"
    name: ClassVar[str] = "source-fields-missing"

    level: Level = Level.WARN
    error_from: Profile | None = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        sources = facts.card.collection.sources
        yield stated("collection.sources", sources, "at least one source")
        seen: set[str | None] = set()
        for number, one in enumerate(sources):
            at = f"collection.sources.{number}"
            for name in ("id", "method", "license", "retrieved_from", "retrieved_to"):
                yield stated(f"{at}.{name}", getattr(one, name), f"the {name} of the source")
            yield stated(f"{at}.rows", one.rows, "how many records")
            if one.id in seen and one.id:
                yield Look(f"{at}.id", expected("an id of its own", "one that another source has"))
            seen.add(one.id)
