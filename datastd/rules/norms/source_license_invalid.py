"""N162."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, expected, unsaid
from datastd.rules.norms.licenses import is_expression


class SourceLicenseInvalid(Norm):
    """
    A source whose licence is no SPDX expression.

    Why it matters:
        A licence that no program can read is one that no program compares.

    Remedy:
        Write an identifier of the SPDX list, or ``LicenseRef-`` and a name.

    Source:
        SPDX License List; A3's C03.
    """

    code: ClassVar[str] = "N162"
    name: ClassVar[str] = "source-license-invalid"

    level: Level = Level.WARN
    error_from: Profile | None = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        for number, one in enumerate(facts.card.collection.sources):
            found = unsaid(one.license)
            wrong = "" if is_expression(one.license) else expected("an SPDX expression", found)
            yield Look(f"collection.sources.{number}.license", wrong)
