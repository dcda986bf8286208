"""N163."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, expected, stated
from datastd.rules.norms.licenses import asks_for_a_name

_FILES = ("attribution", "notice", "readme")


class AttributionMissing(Norm):
    """
    A source whose licence asks to be named, and is not.

    Named is it in `attribution`, and there is a file ATTRIBUTION, NOTICE or README in the
    dataset that goes with it.

    Why it matters:
        Attribution is what most open licences ask for, and all that they ask for.

    Remedy:
        Write who is to be named; put a file ATTRIBUTION beside the data.

    Source:
        Creative Commons 4.0, section 3(a); A3's C05.
    """

    code: ClassVar[str] = "N163"
    name: ClassVar[str] = "attribution-missing"

    level: Level = Level.WARN
    error_from: Profile | None = "release"
    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        beside = any(path.lower().startswith(_FILES) for path in facts.files)
        for number, one in enumerate(facts.card.collection.sources):
            if asks_for_a_name(one.license):
                at = f"collection.sources.{number}.attribution"
                yield stated(at, one.attribution, "who is to be named")
                wrong = "" if beside else expected("a file ATTRIBUTION", "none")
                yield Look(at, wrong)
