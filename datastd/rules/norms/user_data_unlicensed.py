"""N175."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Profile
from datastd.rules.norms import Facts, Look, Norm, expected, stated
from datastd.rules.norms.licenses import is_expression


class UserDataUnlicensed(Norm):
    """
    Data of a product's users that are not said to be so, or whose licence or basis does not let
    them be trained on.

    Why it matters:
        Users agreed to a product, and not to a model.

    Remedy:
        State `user_data`, the licence, and the legal basis that covers training.

    Source:
        Regulation (EU) 2024/1689, Art. 53(1)(d), template section 2.4; A3's C20.
    """

    code: ClassVar[str] = "N175"
    name: ClassVar[str] = "user-data-unlicensed"

    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        for number, one in enumerate(facts.card.collection.sources):
            if one.method != "user" and not one.user_data:
                continue
            at = f"collection.sources.{number}"
            wrong = "" if one.user_data else expected("user_data = true", "another")
            yield Look(f"{at}.user_data", wrong)
            known = is_expression(one.license)
            yield Look(f"{at}.license", "" if known else expected("an SPDX expression", "none"))
            yield stated(
                f"{at}.legal_basis", one.legal_basis, "on what grounds they are trained on"
            )
