"""N105."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Profile
from datastd.rules.norms import Facts, Look, Norm, stated


class ConsentMissing(Norm):
    """
    Personal data without a legal basis, the purpose that they were collected for, or their
    kinds.

    Why it matters:
        Without a basis they may not be processed at all.

    Remedy:
        State `legal_basis`, `original_purpose` and `data_classes`; or leave the data out.

    Source:
        Regulation (EU) 2016/679, Art. 6; (EU) 2024/1689, Art. 10(2)(b); A3's C14.
    """

    code: ClassVar[str] = "N105"
    name: ClassVar[str] = "consent-basis-missing"

    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        for number, one in enumerate(facts.card.collection.sources):
            if one.personal_data != "yes":
                continue
            at = f"collection.sources.{number}"
            yield stated(f"{at}.legal_basis", one.legal_basis, "on what grounds")
            yield stated(
                f"{at}.original_purpose", one.original_purpose, "what they were collected for"
            )
            yield stated(f"{at}.data_classes", one.data_classes, "what kinds of personal data")
