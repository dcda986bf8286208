"""C731."""

from typing import ClassVar

from pydantic import NonNegativeFloat

from datastd.rules.drift import DriftRule, Spread
from datastd.rules.drift.distances import kolmogorov_smirnov


class DriftKs(DriftRule):
    """
    Two-sample Kolmogorov-Smirnov statistic D of numbers, of which missing is the least.

    D, and no p: of a million rows the smallest difference is significant, and matters to nobody.

    Why it matters:
        What shifts as a whole, a brightness or a length, moves no single bin by much.

    Remedy:
        Look at how the column is spread in both; where the change is meant, make this
        version the reference.

    Source:
        Evidently, ks; the limit of D is datastd's own.
    """

    code: ClassVar[str] = "C731"
    name: ClassVar[str] = "drift-ks"
    unit: ClassVar[str] = "Kolmogorov-Smirnov D"
    numbers: ClassVar[bool] = True

    limit: NonNegativeFloat = 0.1
    because: str = "a shift by a quarter of the standard deviation"

    def differs(self, spread: Spread) -> float:
        return kolmogorov_smirnov(spread)
