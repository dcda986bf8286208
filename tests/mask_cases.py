"""What rules about masks must come to: taken up by `rules/test_each_rule.py`."""

import polars as pl

from datastd.rules.masks.coco_panoptic_segment_mismatch import CocoPanopticSegmentMismatch
from datastd.rules.masks.mask_all_ignore import MaskAllIgnore
from datastd.rules.masks.mask_instance_class_inconsistent import MaskInstanceClassInconsistent
from datastd.rules.masks.mask_repeated import MaskRepeated
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


def segments(*of):
    """Segments: number, how often it is listed, what the list says of area and box, and what is found."""
    number, times, stated, found = zip(*of, strict=True)
    names = ("area", "x", "y", "w", "h")
    said = {f"{name}_listed_px": [one and float(one[n]) for one in stated] for n, name in enumerate(names)}
    seen = {f"{name}_found_px": [one[n] for one in found] for n, name in enumerate(names)}
    return rows(segment=[*number], listed=[*times], **said, **seen).with_columns(pl.col(*said).cast(pl.Float64))


BOX = (9, 1, 2, 3, 4)
NONE = (0, 0, 0, 0, 0)

CASES = [
    (CocoPanopticSegmentMismatch(), segments((7, 1, BOX, BOX), (8, 1, BOX, BOX)), 0, []),
    (CocoPanopticSegmentMismatch(), segments((7, 1, BOX, BOX), (8, 0, None, BOX), (9, 1, BOX, NONE), (10, 2, BOX, BOX)), 3, ["f#1", "f#2", "f#3"]),
    (CocoPanopticSegmentMismatch(), segments(*((n, 1, BOX, tuple(v + (n == k) for k, v in enumerate(BOX))) for n in range(6))), 5, [f"f#{n}" for n in range(5)]),
    (CocoPanopticSegmentMismatch(), segments((7, 1, (9.5, 1, 2, 3, 4), BOX)), 1, ["f#0"]),
    (MaskValueRange(), outside("", "", ""), 0, []),
    (MaskValueRange(), outside("", "21", ""), 1, ["f#1"]),
    (MaskValueRange(mask_classes=21), outside("21 22 …", "", "-1"), 2, ["f#0", "f#2"]),
    (MaskInstanceClassInconsistent(), mixed("", ""), 0, []),
    (MaskInstanceClassInconsistent(), mixed("3", "", "1 2 …"), 2, ["f#0", "f#2"]),
    (MaskInstanceClassInconsistent(), mixed("3"), 1, ["f#0"]),
    (MaskRepeated(), rows(mask_digest=[b"a", b"b", b"", b""]), 0, []),
    (MaskRepeated(), rows(mask_digest=[b"a", b"b", b"a", b"c"]), 0.5, ["f#0", "f#2"]),  # the boundary
    (MaskRepeated(), rows(mask_digest=[b"a", b"b", b"a", b"b", b""]), 0.8, ["f#0", "f#1", "f#2", "f#3"]),
    (MaskRepeated(), rows(mask_digest=[b"a", None]), 0.5, ["f#1"]),
    (MaskAllIgnore(), ignored(0.0, 0.0), 0, []),
    (MaskAllIgnore(), ignored(0.1, 0.5), 0.5, []),
    (MaskAllIgnore(), ignored(0.1, 1.0, 0.6), 1.0, ["f#1", "f#2"]),
    (MaskAllIgnore(warn=None, limit=0.2), ignored(0.3, 0.2), 0.3, ["f#0"]),
]
