"""N369."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.rules.norms import Facts, Look, Norm, expected
from datastd.rules.norms.secrets import secrets, texts


class CredentialInCard(Norm):
    """
    A secret in the card: a name and a password in an address, a private key, or a token of a
    known service.

    Why it matters:
        A card is what is published first.

    Remedy:
        Take it out, and revoke it: it was public.

    Source:
        Truffle Security 2025: 11,908 live secrets in Common Crawl of December 2024; A3's S25.
    """

    code: ClassVar[str] = "N369"
    name: ClassVar[str] = "credential-in-card"

    def looks(self, facts: Facts) -> Iterator[Look]:
        for place, text in texts(facts.card):
            wrong = "" if not secrets(text) else expected("no credential", "one")
            yield Look(place, wrong)
