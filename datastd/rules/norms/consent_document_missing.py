"""N171."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Profile
from datastd.rules.norms import Facts, Look, Norm, hashed, stated


class ConsentDocumentMissing(Norm):
    """
    Personal data on the ground of consent, without the text of the consent and the list of
    those who withdrew it.

    The list is a file of the dataset whose SHA-256 the card states.

    Why it matters:
        Consent can be withdrawn, and then the data have to go.

    Remedy:
        State `consent_uri`, `revocations_file` and `revocations_sha256`.

    Source:
        Regulation (EU) 2016/679, Art. 7; D&TA 1.0.0, consents; A3's C15.
    """

    code: ClassVar[str] = "N171"
    name: ClassVar[str] = "consent-document-missing"

    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        for number, one in enumerate(facts.card.collection.sources):
            if one.personal_data == "yes" and "consent" in (one.legal_basis or "").lower():
                at = f"collection.sources.{number}"
                yield stated(
                    f"{at}.consent_uri", one.consent_uri, "where the text of the consent is"
                )
                listed, sha256 = one.revocations_file, one.revocations_sha256
                yield hashed(facts, f"{at}.revocations_file", listed, sha256)
