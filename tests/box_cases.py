"""What rules about boxes must come to: taken up by `rules/test_each_rule.py`."""

import math

import polars as pl

from datastd.boxes import BEYOND, CORNERS, FRACTIONS, ROOMY
from datastd.rules.boxes.class_not_listed import ClassNotListed
from datastd.rules.boxes.coco_annotation_id_duplicate import CocoAnnotationIdDuplicate
from datastd.rules.boxes.coco_annotation_id_zero import CocoAnnotationIdZero
from datastd.rules.boxes.coco_bbox_looks_normalised import CocoBboxLooksNormalised
from datastd.rules.boxes.coco_bbox_looks_xyxy import CocoBboxLooksXyxy
from datastd.rules.boxes.coco_bbox_segm_disagree import CocoBboxSegmDisagree
from datastd.rules.boxes.coco_category_id_duplicate import CocoCategoryIdDuplicate
from datastd.rules.boxes.coco_category_id_gap import COCO_GAPS, CocoCategoryIdGap
from datastd.rules.boxes.coco_category_id_zero import CocoCategoryIdZero
from datastd.rules.boxes.coco_category_is_thing import CocoCategoryIsThing
from datastd.rules.boxes.coco_category_map_differs import CocoCategoryMapDiffers
from datastd.rules.boxes.coco_category_name_duplicate import CocoCategoryNameDuplicate
from datastd.rules.boxes.coco_category_unused import CocoCategoryUnused
from datastd.rules.boxes.coco_file_name_duplicate import CocoFileNameDuplicate
from datastd.rules.boxes.coco_image_contradicted import CocoImageContradicted
from datastd.rules.boxes.coco_image_id_duplicate import CocoImageIdDuplicate
from datastd.rules.boxes.coco_keypoint_list_differs import CocoKeypointListDiffers
from datastd.rules.boxes.coco_keypoint_names import CocoKeypointNames
from datastd.rules.boxes.coco_keypoints_none import CocoKeypointsNone
from datastd.rules.boxes.coco_orphan_category_id import CocoOrphanCategoryId
from datastd.rules.boxes.coco_skeleton_index import CocoSkeletonIndex
from datastd.rules.boxes.detection_image_cross_split import DetectionImageCrossSplit
from datastd.rules.boxes.detection_near_frame_leak import DetectionNearFrameLeak
from datastd.rules.boxes.object_name_variant import ObjectNameVariant
from datastd.rules.boxes.split_without_objects import SplitWithoutObjects
from datastd.rules.labels.class_name_hidden_mark import ClassNameHiddenMark

CATEGORY = {"category": pl.Int64, "class_name": pl.String, "score": pl.Float64, "video": pl.String,
            "box_reading": pl.Int64, "file_name": pl.String}  # fmt: skip
SPLITS = {"a": "train", "b": "val"}


def rows(splits="", **named):
    count = len(next(iter(named.values())))
    split = [SPLITS[one] for one in splits or "a" * count]
    base = {"key": [f"f#{n}" for n in range(count)], "origin": ["data"] * count, "split": split}
    return pl.DataFrame({**base, **named}, schema_overrides={k: v for k, v in CATEGORY.items() if k in named})


def ids(*annotation, score=None, splits=""):
    return rows(splits, annotation=[*annotation], score=score or [None] * len(annotation))


def categories(*category, names="", splits=""):
    return rows(splits, category=[*category], class_name=[*(names or "abcdefghij"[: len(category)])])


def readings(*bits, splits=""):
    return rows(splits, box_reading=[*bits])


def named(*class_name, splits=""):
    return CocoCategoryNameDuplicate().brought(rows(splits, class_name=[*class_name]))


def pixels(text, splits=""):
    return DetectionImageCrossSplit().brought(rows(splits, digest=[one.encode() for one in text]))


CALLED = DetectionImageCrossSplit(names=("file_name",))


def called(text, names, splits, listed="f.json"):
    made = rows(splits, digest=[one.encode() for one in text], file_name=names)
    return CALLED.brought(made.with_columns(key=pl.col("key").str.replace("f", listed)))


def contradicted(ids, listed, splits=""):
    return CocoImageContradicted().brought(rows(splits, image_id=ids, listed_in=listed))


def points(*named, category=None, splits=""):
    count = [len(one.split("\n")) if one else 0 for one in named]
    return rows(splits, points=[*named], keypoints=count, category=category or [*range(len(named))])


def filed(names, ids, splits=""):
    return CocoFileNameDuplicate().brought(rows(splits, file_name=names, image_id=ids))


COCO = [one for one in range(1, 91) if one not in COCO_GAPS]
XYXY = BEYOND | CORNERS
UNIT = FRACTIONS | ROOMY

CASES = [
    (CocoImageIdDuplicate(), rows(image_id=[1, 2], listed_in=["a", "a"]), 0, []),
    (CocoImageIdDuplicate(), rows(image_id=[1, 1], listed_in=["a", "b"]), 0, []),  # each file counts from 1
    (CocoImageIdDuplicate(), rows(image_id=[1, 2, 1], listed_in=["a"] * 3), 1, ["f#0", "f#2"]),
    (CocoImageIdDuplicate(), rows(image_id=[1, 1, 2, 2], listed_in=["a", "a", "b", "b"]), 2, ["f#0", "f#1", "f#2", "f#3"]),
    (CocoAnnotationIdDuplicate(), ids("1", "2", "1.1"), 0, []),  # 1.1 is of another file of the split
    (CocoAnnotationIdDuplicate(), ids("1", "1", splits="ab"), 0, []),
    (CocoAnnotationIdDuplicate(), ids("1", "2", "1"), 1, ["f#0", "f#2"]),
    (CocoAnnotationIdDuplicate(), ids("1", "1", "2.3", "2.3"), 2, ["f#0", "f#1", "f#2", "f#3"]),
    (CocoAnnotationIdZero(), ids("1", "2.1", str(1 << 62)), 0, []),
    (CocoAnnotationIdZero(), ids("0", "1", score=[0.5, None]), 0, []),  # results have no ids
    (CocoAnnotationIdZero(), ids("1", "0"), 1, ["f#1"]),
    (CocoAnnotationIdZero(), ids("0", "1.0", "-1", "x"), 4, ["f#0", "f#1", "f#2", "f#3"]),
    (CocoCategoryIdDuplicate(), categories(1, 2), 0, []),
    (CocoCategoryIdDuplicate(), categories(1, 1, splits="ab"), 0, []),
    (CocoCategoryIdDuplicate(), categories(1, 2, 1), 1, ["f#0", "f#2"]),
    (CocoCategoryIdDuplicate(), categories(1, 1, 2, 2), 2, ["f#0", "f#1", "f#2", "f#3"]),
    (CocoCategoryIdZero(), categories(1, 2), 0, []),
    (CocoCategoryIdZero(), categories(1, 0), 1, ["f#1"]),
    (CocoCategoryIdZero(), categories(0, -1, None), 3, ["f#0", "f#1", "f#2"]),
    (CocoOrphanCategoryId(), categories(1, None, names=["a", None]), 0, []),  # a caption has none
    (CocoOrphanCategoryId(), categories(None, names=["dog"]), 0, []),  # nor has VOC
    (CocoOrphanCategoryId(), categories(1, 91, names=["a", None]), 1, ["f#1"]),
    (CocoOrphanCategoryId(), categories(0, 2, names=[None, None]), 2, ["f#0", "f#1"]),
    (CocoCategoryIdGap(), categories(2, 1, 3), 0, []),
    (CocoCategoryIdGap(), categories(1, 2, 1, 2, splits="abba"), 0, []),
    (CocoCategoryIdGap(gaps=COCO_GAPS), rows(category=COCO), 0, []),
    (CocoCategoryIdGap(), rows(category=COCO), 10, []),
    (CocoCategoryIdGap(gaps=COCO_GAPS), rows(category=COCO[1:]), 11, []),
    (CocoCategoryIdGap(gaps=COCO_GAPS), rows(category=[*COCO, 12]), 9, []),
    (CocoCategoryIdGap(), categories(1, 2, 4), 1, []),
    (CocoCategoryIdGap(), categories(0, 1), 1, []),
    (CocoCategoryIdGap(), categories(1, 10**12), 10**12 - 2, []),
    (CocoCategoryIdGap(), categories(1, 3, 2, splits="aab"), 2, []),
    (CocoCategoryUnused(), rows(samples=[1, 9]), 0, []),
    (CocoCategoryUnused(), rows("ab", samples=[1, 0]), 0, []),  # nobody learns from val
    (CocoCategoryUnused(), rows(samples=[1, 0]), 1, ["f#1"]),
    (CocoCategoryUnused(), rows("aab", samples=[0, None, 0]), 2, ["f#0", "f#1"]),
    (CocoFileNameDuplicate(), filed(["a", "b"], [1, 2]), 0, []),
    (CocoFileNameDuplicate(), filed(["a", "a"], [1, 2], "ab"), 0, []),
    (CocoFileNameDuplicate(), filed(["a", "a"], [1, 1]), 0, []),  # F205's
    (CocoFileNameDuplicate(), filed([None, None], [1, 2]), 0, []),  # of results
    (CocoFileNameDuplicate(), filed(["a", "A", "x/a", "../a"], [1, 2, 3, 4]), 0, []),
    (CocoFileNameDuplicate(), filed(["a", "b", "a"], [1, 2, 3]), 1, ["f#0", "f#2"]),
    (CocoFileNameDuplicate(), filed(["./a", "b", "x/../a", ".//b", "e\u0301", "é"], [1, 2, 3, 4, 5, 6]), 3, [f"f#{n}" for n in range(6)]),
    (CocoFileNameDuplicate(), filed(["a"] * 4, [1, 2, 1, 2], "aabb"), 2, ["f#0", "f#1", "f#2", "f#3"]),
    (CocoCategoryNameDuplicate(), named("person", "people"), 0, []),
    (CocoCategoryNameDuplicate(), named("person", "person", splits="ab"), 0, []),
    (CocoCategoryNameDuplicate(), named("person", "car", " Person"), 1, ["f#0", "f#2"]),
    (CocoCategoryNameDuplicate(), named("person", "per\u200bson", "ｃａｒ", "car"), 2, ["f#0", "f#1", "f#2", "f#3"]),
    (CocoCategoryNameDuplicate(), named("straße", "STRASSE", "a", "a"), 2, ["f#0", "f#1", "f#2", "f#3"]),
    (CocoCategoryMapDiffers(), categories(1, 2, 2, 1, names="abba", splits="aabb"), 0, []),
    (CocoCategoryMapDiffers(), categories(1, 2, names="ab"), 0, []),
    (CocoCategoryMapDiffers(), categories(1, 2, 1, names="aba", splits="aab"), 1, ["f#1"]),
    (CocoCategoryMapDiffers(), categories(1, 2, 1, 2, names="abba", splits="aabb"), 4, ["f#0", "f#1", "f#2", "f#3"]),
    (CocoBboxLooksXyxy(), readings(0, 0, ROOMY), 0, []),
    (CocoBboxLooksXyxy(), readings(*[XYXY] * 29, *[0] * 71), 0, []),  # 0.29
    (CocoBboxLooksXyxy(), readings(*[XYXY] * 30, *[0] * 70), 1, []),  # 0.30
    (CocoBboxLooksXyxy(), readings(*[XYXY] * 9, BEYOND), 0, []),  # one that is no pair of corners
    (CocoBboxLooksXyxy(), readings(CORNERS, CORNERS), 0, []),
    (CocoBboxLooksXyxy(), readings(None, None), 0, []),
    (CocoBboxLooksXyxy(), readings(XYXY, None, None, None), 1, []),
    (CocoBboxLooksXyxy(share=0.5), readings(XYXY, 0, 0), 0, []),
    (CocoBboxLooksXyxy(), readings(XYXY, CORNERS, XYXY, 0, splits="aabb"), 2, []),
    (CocoBboxLooksNormalised(), readings(UNIT, ROOMY), 0, []),
    (CocoBboxLooksNormalised(), readings(FRACTIONS, FRACTIONS), 0, []),  # pictures of a pixel or two
    (CocoBboxLooksNormalised(), readings(None), 0, []),
    (CocoBboxLooksNormalised(), readings(UNIT, UNIT, None), 1, []),
    (CocoBboxLooksNormalised(), readings(UNIT, ROOMY, UNIT, splits="aab"), 1, []),
    (CocoBboxLooksNormalised(), readings(UNIT, UNIT, splits="ab"), 2, []),
    (CocoBboxSegmDisagree(), rows(segment_iou=[1.0, 0.9, 0.7], area_px=[2000.0, 1024.0, 1023.0]), 0, []),
    (CocoBboxSegmDisagree(), rows(segment_iou=[0.8999, 0.6999], area_px=[1024.0, 1023.0]), 2, ["f#0", "f#1"]),
    (CocoBboxSegmDisagree(), rows(segment_iou=[math.nan, None, 0.0], area_px=[9.0, None, 9.0]), 3, ["f#0", "f#1", "f#2"]),
    (CocoBboxSegmDisagree(overlap=0.5, small=0.5), rows(segment_iou=[0.5, 0.4], area_px=[9.0, 9e9]), 1, ["f#1"]),
    (DetectionImageCrossSplit(), pixels("abb"), 0, []),
    (DetectionImageCrossSplit(), pixels("aba", "aab"), 1, ["f#0", "f#2"]),
    (DetectionImageCrossSplit(), pixels("abab", "aabb"), 2, ["f#0", "f#1", "f#2", "f#3"]),
    (CALLED, called("ab", ["x", "y"], "ab"), 0, []),
    (CALLED, called("aa", ["x", None], "ab"), 0, []),  # a name, and no name
    (CALLED, called("ab", ["x", "x"], "ab"), 1, ["f.json#0", "f.json#1"]),
    (CALLED, called("ab", ["./x/y", "x\\y"], "ab"), 1, ["f.json#0", "f.json#1"]),
    (CALLED, called("ab", ["x", "x"], "ab", "f.jpg"), 0, []),  # pixels that are seen; #1 is a picture that is listed again
    (CALLED, called("aa", [None, None], "ab"), 1, ["f.json#0", "f.json#1"]),
    (CocoImageContradicted(), contradicted([1, 2, 3], ["a/x", "a/y", "a/y"]), 0, []),
    (CocoImageContradicted(), contradicted([1, 1], ["a/x", "b/x"]), 0, []),  # of another folder: another dataset
    (CocoImageContradicted(), contradicted([1, 1], ["a/x", "a/y"], "ab"), 0, []),
    (CocoImageContradicted(), contradicted([1, 1], ["a/x", "a/x"]), 0, []),  # F205's
    (CocoImageContradicted(), contradicted([1, 2, 1], ["a/x", "a/x", "a/y"]), 1, ["f#0", "f#2"]),
    (CocoImageContradicted(), contradicted([1, 2, 1, 2], ["x", "x", "y", "y"]), 2, ["f#0", "f#1", "f#2", "f#3"]),
    (CocoSkeletonIndex(), rows(edges_off=[0, 0]), 0, []),
    (CocoSkeletonIndex(), rows(edges_off=[0, 2, None]), 2, ["f#1", "f#2"]),
    (CocoSkeletonIndex(), rows(edges_off=[1]), 1, ["f#0"]),
    (CocoKeypointNames(), points("nose\nhand", ""), 0, []),
    (CocoKeypointNames(), points("nose\nNose ", "nose\nhand", "nose\n\nhand", "n\u200bose\nnose"), 3, ["f#0", "f#2", "f#3"]),
    (CocoKeypointNames(), points("\n"), 1, ["f#0"]),
    (CocoKeypointListDiffers(), points("nose\nhand", "nose\nhand", "", category=[1, 1, 1], splits="abb"), 0, []),
    (CocoKeypointListDiffers(), points("nose\nhand", "hand\nnose", category=[1, 2], splits="ab"), 0, []),
    (CocoKeypointListDiffers(), points("nose\nhand", "x", "hand\nnose", category=[1, 2, 1], splits="aab"), 1, ["f#0", "f#2"]),
    (CocoKeypointListDiffers(), points("a", "b", "a", "c", category=[1, 1, 2, 2], splits="abab"), 2, ["f#0", "f#1", "f#2", "f#3"]),
    (CocoKeypointsNone(), rows("aabb", keypoints_stated=[0, 1, 2, None]), 0, []),
    (CocoKeypointsNone(), rows("aabb", keypoints_stated=[0, 1, 0, None]), 1, []),
    (CocoKeypointsNone(), rows("ab", keypoints_stated=[0, 0]), 2, []),
    (SplitWithoutObjects(), rows("aabb", objects=[0, 1, 2, 0]), 0, []),
    (SplitWithoutObjects(), rows("aabb", objects=[0, 1, 0, None]), 1, []),
    (SplitWithoutObjects(), rows("ab", objects=[0, 0]), 2, []),
    (ObjectNameVariant(), rows(class_name=["dog", "dogs", "dog", None]), 0, []),
    (ObjectNameVariant(), rows("aab", class_name=["dog", "cat", "Dog"]), 2, []),
    (ObjectNameVariant(), rows(class_name=["do\u200bg", "dog", "ｃａｔ", "cat"]), 4, []),
    (CocoCategoryIsThing(), rows(isthing=[0, 1]), 0, []),
    (CocoCategoryIsThing(), rows(isthing=[0, None, 2]), 2, ["f#1", "f#2"]),
    (CocoCategoryIsThing(), rows(isthing=[-1]), 1, ["f#0"]),
    (ClassNotListed(), rows(class_listed=[True, True]), 0, []),
    (ClassNotListed(), rows(class_listed=[True, False, None]), 2, ["f#1", "f#2"]),
    (ClassNotListed(), rows(class_listed=[False]), 1, ["f#0"]),
    (ClassNameHiddenMark(), rows(class_name=["hot dog", "straße", "می\u200cخواهم", "👩\u200d🚀"]), 0, []),
    (ClassNameHiddenMark(), rows(class_name=["per\u200bson", "cat", "c\u200dat", "\u202etac", None]), 4, ["f#0", "f#2", "f#3", "f#4"]),
    (ClassNameHiddenMark(), rows(class_name=["a\tb", "soft\u00adhyphen"]), 2, ["f#0", "f#1"]),
    (DetectionNearFrameLeak(), rows("aab", video=["v1", "v1", "v2"]), 0, []),
    (DetectionNearFrameLeak(), rows("ab", video=[None, None]), 0, []),
    (DetectionNearFrameLeak(), rows("aab", video=["v1", "v2", "v1"]), 1, ["f#0", "f#2"]),
    (DetectionNearFrameLeak(), rows("abab", video=["v1", "v1", "v2", "v2"]), 2, ["f#0", "f#1", "f#2", "f#3"]),
]  # fmt: skip
"""Rule, rows, what is observed, and the keys that fail."""
