"""C716."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

from datastd.rules.columns import MOST, ValuesRule


class StringVariants(ValuesRule):
    """
    A column of categories in which one value is written in several ways.

    Values are the same but for case, punctuation, white space and Unicode's forms (NFKC).
    A column of more than 10,000 values is none of categories, and is let be.

    Why it matters:
        "USA" and "usa " are two categories to every group-by and embedding.

    Remedy:
        Choose one spelling of each value.

    Source:
        deepchecks string_mismatch.
    """

    code: ClassVar[str] = "C716"
    name: ClassVar[str] = "string-variants"

    def said(self, values: Sequence[str | None]) -> str:
        if len(values) > MOST:
            return ""
        spellings = Counter(_plain(one) for one in values if one is not None)
        several = sum(count for name, count in spellings.items() if count > 1 and name)
        return (
            f"expected one spelling of a value, found {several} that differ in little"
            if several
            else ""
        )


def _plain(value: str) -> str:
    folded = unicodedata.normalize("NFKC", value).casefold()
    return "".join(one for one in folded if one.isalnum())
