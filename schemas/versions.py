"""What a version of a dataset is asked beside an earlier one, the input `reference`."""

from typing import Literal

from datastd.rules import Rule
from datastd.rules.drift.drift_jensen_shannon import DriftJensenShannon
from datastd.rules.drift.drift_ks import DriftKs
from datastd.rules.drift.drift_linf import DriftLinf
from datastd.rules.drift.drift_psi import DriftPsi
from datastd.rules.drift.drift_wasserstein import DriftWasserstein
from datastd.rules.drift.example_count_change import ExampleCountChange
from datastd.rules.drift.label_drift import LabelDrift
from datastd.rules.drift.multivariate_drift import MultivariateDrift
from datastd.rules.drift.new_category import NewCategory


def against_reference(
    *numbers: str,
    kinds: tuple[str, ...] = (),
    label: str = "",
    over: Literal["samples", "annotations"] = "samples",
) -> tuple[Rule, ...]:
    """
    Rules about how columns are spread, against the reference.

    Args:
        numbers: Columns of numbers.
        kinds: Columns of categories that are no label.
        label: The column of labels, if there is one.
        over: The table that all of them are of.
    """
    rules: list[Rule] = [ExampleCountChange()]
    if numbers:
        rules += [one(columns=numbers, over=over) for one in (DriftPsi, DriftKs, DriftWasserstein)]
    if len(numbers) > 1:
        rules.append(MultivariateDrift(columns=numbers, over=over))
    if kinds:
        rules += [DriftJensenShannon(columns=kinds, over=over), DriftLinf(columns=kinds, over=over)]
    if label:
        rules += [LabelDrift(columns=(label,), over=over), NewCategory(column=label, over=over)]
    return tuple(rules)
