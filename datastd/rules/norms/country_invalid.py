"""N173."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, expected, stated
from datastd.rules.norms.countries import COUNTRIES


class CountryInvalid(Norm):
    """
    A country that no list of countries has, or in which the data may not be.

    Codes are those of ISO 3166-1 with two letters.

    Why it matters:
        Where data are from and where they lie decides which law they are under.

    Remedy:
        Write ``CH``, ``DE``, ``US``; keep the data where they may be.

    Source:
        ISO 3166-1; D&TA 1.0.0, origin-geography, storage-allowed and -forbidden; A3's C17.
    """

    code: ClassVar[str] = "N173"
    name: ClassVar[str] = "country-invalid"

    level: Level = Level.WARN
    error_from: Profile | None = "release"
    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        storage = facts.card.storage
        named = {
            "storage.region": (storage.region,) if storage.region else (),
            "storage.regions_allowed": storage.regions_allowed,
            "storage.regions_forbidden": storage.regions_forbidden,
        }
        for number, one in enumerate(facts.card.collection.sources):
            at = f"collection.sources.{number}.origin_countries"
            named[at] = one.origin_countries
            yield stated(at, one.origin_countries, "the countries that the data are from")
        for place, codes in named.items():
            for code in codes:
                known = code in COUNTRIES
                yield Look(place, "" if known else expected("a code of ISO 3166", "another word"))
        if storage.region and storage.regions_allowed:
            inside = storage.region in storage.regions_allowed
            wrong = "" if inside else expected("a region that is allowed", "another")
            yield Look("storage.region", wrong)
        if storage.region in storage.regions_forbidden:
            yield Look("storage.region", expected("no region that is forbidden", "one"))
