"""N108."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.rules.norms import PERSONAL, Facts, Look, Norm, expected


class SensitiveDataUndeclared(Norm):
    """
    Personal data that were found in the texts, and that no source says to have.

    Found is what the standard's measures of personal data find (Q390 to Q395); a source says so
    with ``personal_data = "yes"``.  Where no source does, and the standard has no such measure,
    it is not asked: that nothing was found is no answer of who did not look.

    Why it matters:
        Who reads ``no`` looks for nothing, and publishes addresses.

    Remedy:
        State it, with its legal basis; or take the data out.

    Source:
        Croissant RAI 1.0, personalSensitiveInformation; datatrove and Dolma, patterns.
    """

    code: ClassVar[str] = "N108"
    name: ClassVar[str] = "sensitive-data-undeclared"
    version: ClassVar[int] = 2

    def looks(self, facts: Facts) -> Iterator[Look]:
        found = {code: facts.found[code].failed for code in PERSONAL if code in facts.found}
        says = {one.personal_data for one in facts.card.collection.sources}
        if not found and "yes" not in says:
            yield Look("collection.sources", needs="personal data")
        for code, count in found.items():
            wrong = count and "yes" not in says
            what = f"{count:,} samples with {code}, and no source with personal data"
            yield Look(
                "collection.sources", expected("personal data stated", what) if wrong else ""
            )
