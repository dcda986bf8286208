"""N001."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.rules.norms import Facts, Look, Norm, expected, unsaid
from datastd.rules.norms.licenses import is_expression


class LicenseMissing(Norm):
    """
    A dataset without a licence, or with one that says nothing.

    `identity.license` is an SPDX expression of listed licences and ``LicenseRef-`` names: not
    ``NOASSERTION``, ``NONE``, ``other`` or ``unknown``.

    Why it matters:
        What has no licence may not be used; who trains on it finds out from a lawyer.

    Remedy:
        State the licence that the owner gave. datastd never invents one.

    Source:
        Croissant 1.1, ``license`` is required; SPDX License List 3.27; A3's I04 and I05.
    """

    code: ClassVar[str] = "N001"
    name: ClassVar[str] = "license-missing"

    def looks(self, facts: Facts) -> Iterator[Look]:
        found = facts.card.identity.license
        wrong = "" if is_expression(found) else expected("an SPDX expression", unsaid(found))
        yield Look("identity.license", wrong)
