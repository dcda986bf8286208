"""What rules about masks do beside what every rule does."""

import math

import polars as pl
import pytest
from mask_cases import BOX, NONE, ignored, mixed, outside, segments
from pydantic import ValidationError

from datastd.model import Level, Outcome
from datastd.rules import fold
from datastd.rules.masks.coco_panoptic_segment_mismatch import CocoPanopticSegmentMismatch
from datastd.rules.masks.mask_all_ignore import MaskAllIgnore
from datastd.rules.masks.mask_instance_class_inconsistent import MaskInstanceClassInconsistent
from datastd.rules.masks.mask_value_range import MaskValueRange


@pytest.mark.parametrize(("rule", "table"), [
    (MaskValueRange(), outside(None, "21")), (MaskInstanceClassInconsistent(), mixed(None, "3")),
    (MaskAllIgnore(), ignored(None, 1.0)), (MaskAllIgnore(), ignored(math.nan, 1.0)),
])  # fmt: skip
def test_a_mask_of_which_nothing_is_known_is_not_looked_at(rule, table):
    measured = fold(rule, [table])
    assert (measured.checked, measured.failed) == (1, 1)
    assert [one.key for one in measured.examples] == ["f#1"]
    nothing = fold(rule, [table[:1]])
    assert nothing.checked == 0
    assert rule.judge(nothing).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(("share", "outcome"), [
    (0.0, Outcome.PASS), (0.5, Outcome.PASS), (math.nextafter(0.5, 1), Outcome.WARN),
    (1 - 1 / 178_956_970, Outcome.WARN), (1.0, Outcome.FAIL),
])  # fmt: skip
def test_much_that_is_ignored_warns_and_all_of_it_fails(share, outcome):
    rule = MaskAllIgnore(level=Level.ERROR)
    assert rule.judge(fold(rule, [ignored(0.1, share, 0.2)])).outcome is outcome


def test_what_is_only_warned_of_stays():
    rule = MaskAllIgnore(level=Level.ERROR)
    failing = rule.grouped(ignored(0.1, 1.0, 0.7)).with_columns(detail=pl.lit(""))
    assert failing["key"].to_list() == ["f#1", "f#2"]
    assert rule.cure(failing)["key"].to_list() == ["f#1"]
    assert rule.spares


def test_it_is_asked_without_a_list_where_the_standard_says_how_many_classes_there_are():
    assert MaskValueRange().asks == ("classes_stated",)
    assert MaskValueRange(mask_classes=21).asks == ()
    for wrong in ({"mask_classes": 0}, {"mask_ignore": -1}, {"mask_classes": "21"}):
        with pytest.raises(ValidationError):
            MaskValueRange(**wrong)


def test_what_was_found_is_said():
    (one,) = fold(MaskValueRange(mask_classes=21), [outside("21 300")]).examples
    assert (one.observed, one.says) == (21, "expected values from 0 to 20, or 255, found 21 300")
    (one,) = fold(MaskValueRange(mask_ignore=None), [outside("21")]).examples
    assert one.says == "expected values from 0 to the number of classes less 1, found 21"
    (one,) = fold(MaskInstanceClassInconsistent(), [mixed("3 7")]).examples
    assert (one.observed, one.says) == (3, "expected each instance in one class, found several in 3 7")
    (one,) = fold(MaskAllIgnore(), [ignored(0.75)]).examples
    assert one.says == "expected at most 0.5 of the pixels ignored, found 0.75"


@pytest.mark.parametrize(("one", "says"), [
    ((7, 0, None, BOX), "expected numbers of the list, found 7 in the mask"), ((7, 2, BOX, BOX), "expected each segment once, found 7 listed 2 times"),
    ((7, 1, BOX, NONE), "expected pixels of segment 7, found none in the mask"),
    ((7, 1, (9.5, 1, 2, 3, 4), BOX), "expected of segment 7 area and box of the mask, 9 1 2 3 4, found 9.5 1 2 3 4 in the list"),
])  # fmt: skip
def test_what_differs_of_a_segment_is_said(one, says):
    (example,) = fold(CocoPanopticSegmentMismatch(), [segments(one)]).examples
    assert (example.observed, example.says) == (7, says)
