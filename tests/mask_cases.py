"""What rules about masks must come to: taken up by `rules/test_each_rule.py`."""

import polars as pl

from datastd.rules.masks.mask_all_ignore import MaskAllIgnore
from datastd.rules.masks.mask_instance_class_inconsistent import MaskInstanceClassInconsistent
from datastd.rules.masks.mask_value_range import MaskValueRange


def rows(**named):
    count = len(next(iter(named.values())))
    base = {"key": [f"f#{n}" for n in range(count)], "origin": ["data"] * count, "split": ["train"] * count}
    return pl.DataFrame({**base, **named})


def outside(*said):
    return rows(values_outside=[*said])


def mixed(*said):
    return rows(mixed_instances=[*said])


def ignored(*share):
    return rows(ignored_fraction=[*share])


CASES = [
    (MaskValueRange(), outside("", "", ""), 0, []),
    (MaskValueRange(), outside("", "21", ""), 1, ["f#1"]),
    (MaskValueRange(mask_classes=21), outside("21 22 …", "", "-1"), 2, ["f#0", "f#2"]),
    (MaskInstanceClassInconsistent(), mixed("", ""), 0, []),
    (MaskInstanceClassInconsistent(), mixed("3", "", "1 2 …"), 2, ["f#0", "f#2"]),
    (MaskInstanceClassInconsistent(), mixed("3"), 1, ["f#0"]),
    (MaskAllIgnore(), ignored(0.0, 0.0), 0, []),
    (MaskAllIgnore(), ignored(0.1, 0.5), 0.5, []),
    (MaskAllIgnore(), ignored(0.1, 1.0, 0.6), 1.0, ["f#1", "f#2"]),
    (MaskAllIgnore(warn=None, limit=0.2), ignored(0.3, 0.2), 0.3, ["f#0"]),
]
