"""C736."""

from typing import ClassVar

from pydantic import NonNegativeFloat

from datastd.rules.drift import DriftRule, Spread
from datastd.rules.drift.distances import psi


class LabelDrift(DriftRule):
    """
    Population stability index of labels: the sum over classes of (a - e) ln(a / e).

    a is the share of the data in a class, e that of the reference, neither of them less than
    0.0001.

    Why it matters:
        A classifier learns how frequent classes are, and accuracy weighs them so: of two
        versions with other shares neither scores nor models compare.

    Remedy:
        Draw the classes as before; where the change is meant, make this version the reference.

    Source:
        deepchecks LabelDrift, 0.15.
    """

    code: ClassVar[str] = "C736"
    name: ClassVar[str] = "label-drift"
    unit: ClassVar[str] = "population stability index"
    numbers: ClassVar[bool] = False

    limit: NonNegativeFloat = 0.15
    because: str = "deepchecks LabelDrift: up to 0.15"

    def differs(self, spread: Spread) -> float:
        return psi(spread)
