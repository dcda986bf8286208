"""C732."""

from typing import ClassVar

from pydantic import NonNegativeFloat

from datastd.rules.drift import DriftRule, Spread
from datastd.rules.drift.distances import jensen_shannon


class DriftJensenShannon(DriftRule):
    """
    Jensen-Shannon divergence of categories, to the base 2: from 0, alike, to 1.

    Evidently's distance of this name is the square root of the divergence in nats.

    Why it matters:
        One category grew at the cost of the others: a source was crawled twice, or left out.

    Remedy:
        Count the categories in both; where the change is meant, make this version the
        reference.

    Source:
        TensorFlow Data Validation, metrics.cc: JensenShannonDivergence, log2.
    """

    code: ClassVar[str] = "C732"
    name: ClassVar[str] = "drift-jensen-shannon"
    unit: ClassVar[str] = "Jensen-Shannon divergence"
    numbers: ClassVar[bool] = False

    limit: NonNegativeFloat = 0.1
    because: str = "between shares of a half each and of 0.85 to 0.15"

    def differs(self, spread: Spread) -> float:
        return jensen_shannon(spread)
