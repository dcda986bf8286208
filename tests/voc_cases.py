"""What rules about annotations of Pascal VOC and YOLO must come to: taken up by `rules/test_each_rule.py`."""

import polars as pl

from datastd.rules.boxes.voc_class_unknown import VOC, VocClassUnknown
from datastd.rules.boxes.voc_float_coordinate import VocFloatCoordinate
from datastd.rules.boxes.yolo_image_without_label import YoloImageWithoutLabel


def rows(*values, name):
    keys = [f"f#{n}" for n in range(len(values))]
    return pl.DataFrame({"key": keys, "origin": ["data"] * len(keys), "split": ["train"] * len(keys), name: [*values]})


def named(*classes):
    return rows(*classes, name="class_name").with_columns(key=pl.format("{}@0", "key"))


TWO = VocClassUnknown(classes=("cat", "Dog"))

CASES = [
    (VocFloatCoordinate(), rows(0, 0, name="float_boxes"), 0, []),
    (VocFloatCoordinate(), rows(0, 2, 1, name="float_boxes"), 2, ["f#1", "f#2"]),
    (VocFloatCoordinate(limit=2, because="known"), rows(3, 0, name="float_boxes"), 1, ["f#0"]),
    (VocClassUnknown(), named(*VOC), 0, []),
    (VocClassUnknown(), named("dog", "Dog", "dog ", "", None, "tv"), 5, [f"f#{n}@0" for n in range(1, 6)]),
    (TWO, named("Dog", "cat"), 0, []),
    (TWO, named("dog", "cat", "person"), 2, ["f#0@0", "f#2@0"]),
    (YoloImageWithoutLabel(), rows("labels/a.txt", "b.txt", name="label_file"), 0, []),
    (YoloImageWithoutLabel(), rows("", "b.txt", "", name="label_file"), 2, ["f#0", "f#2"]),
    (YoloImageWithoutLabel(), rows("", name="label_file"), 1, ["f#0"]),
]  # fmt: skip
