"""N361."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.rules.norms import Facts, Look, Norm, expected
from datastd.rules.norms.lineage import is_digest
from datastd.rules.norms.secrets import texts


class DigestMalformed(Norm):
    """
    A digest in the card that is none: too short, of another kind, or a placeholder.

    Each field whose name ends with ``sha256`` holds 64 digits from 0 to f, not all alike.

    Why it matters:
        A digest that nothing can equal was never compared.

    Remedy:
        ``sha256sum FILE`` writes it.

    Source:
        Croissant's own examples have digests of 32 and 40 digits; A3's S14.
    """

    code: ClassVar[str] = "N361"
    name: ClassVar[str] = "digest-malformed"

    def looks(self, facts: Facts) -> Iterator[Look]:
        for place, text in texts(facts.card):
            own = {"x", "params"} & {*place.split(".")}
            if place.endswith("sha256") and not own:
                wrong = "" if is_digest(text) else expected("64 digits of SHA-256", "another text")
                yield Look(place, wrong)
