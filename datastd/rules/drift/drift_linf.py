"""C733."""

from typing import ClassVar

from pydantic import NonNegativeFloat

from datastd.rules.drift import DriftRule, Spread
from datastd.rules.drift.distances import chebyshev


class DriftLinf(DriftRule):
    """
    The most by which the share of a category has changed.

    Why it matters:
        Of a thousand categories one that is gone changes no average; its share tells.

    Remedy:
        Look at the category that is named; where the change is meant, make this version the
        reference.

    Source:
        TensorFlow Data Validation, COMPARATOR_L_INFTY_HIGH; 0.01 is its guide's.
    """

    code: ClassVar[str] = "C733"
    name: ClassVar[str] = "drift-linf"
    unit: ClassVar[str] = "difference of shares"
    numbers: ClassVar[bool] = False

    limit: NonNegativeFloat = 0.01
    because: str = "the example of TensorFlow Data Validation's guide"

    def differs(self, spread: Spread) -> float:
        return chebyshev(spread)
