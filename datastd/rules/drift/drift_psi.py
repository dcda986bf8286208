"""C730."""

from typing import ClassVar

from pydantic import NonNegativeFloat

from datastd.model import Profile
from datastd.rules.drift import DriftRule, Spread
from datastd.rules.drift.distances import psi


class DriftPsi(DriftRule):
    """
    Population stability index of numbers: the sum over bins of (a - e) ln(a / e).

    Bins are tenths of the reference, and missing; a is the share of the data in one, e that
    of the reference, neither of them less than 0.0001.

    Why it matters:
        A model is trained on what the new version holds, and measured against what the old
        one taught: a change that nobody meant is found in the scores, weeks later.

    Remedy:
        Look at how the column is spread in both; where the change is meant, make this
        version the reference.

    Source:
        Evidently, PSI 0.1; Siddiqi 2006: above 0.25 the population has shifted.
    """

    code: ClassVar[str] = "C730"
    name: ClassVar[str] = "drift-psi"
    unit: ClassVar[str] = "population stability index"
    numbers: ClassVar[bool] = True

    warn: NonNegativeFloat | None = 0.1
    limit: NonNegativeFloat = 0.25
    because: str = "Siddiqi 2006: up to 0.25 a population has shifted little"
    error_from: Profile | None = "team"

    def differs(self, spread: Spread) -> float:
        return psi(spread.in_tenths())
