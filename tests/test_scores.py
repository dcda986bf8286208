"""Scores are what their definitions say: by hand, by laws, and on real boxes of COCO."""

import json
import math
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import SHARED, needs_data

from datastd.errors import NotInstalled
from datastd.scores import Detected, accuracy, coco_map, confusion, mean_iou

pixels = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=60)


def arrays(pairs):
    return np.array(pairs, np.uint8).T


def test_a_confusion_matrix_counts_by_truth_and_by_what_was_said():
    truth, said = np.array([[0, 1], [1, 255]], np.uint8), np.array([[0, 0], [1, 1]])
    assert confusion(truth, said, 2, ignore=255).tolist() == [[1, 0], [1, 1]]
    assert confusion(truth[:0], said[:0], 3).tolist() == np.zeros((3, 3)).tolist()


@pytest.mark.parametrize(
    ("truth", "said", "found"),
    [([0, 2], [0, 0], "truth: expected classes from 0 to 1, found 0 to 2"),
     ([0, 255], [0, 1], "truth: expected classes from 0 to 1, found 0 to 255"),
     ([0, 1], [0, 7], "predicted: expected classes from 0 to 1, found 0 to 7"),
     ([-1, 1], [0, 1], "truth: expected classes from 0 to 1, found -1 to 1")],
)  # fmt: skip
def test_what_is_no_class_is_not_counted_as_another(truth, said, found):
    with pytest.raises(ValueError, match=found):
        confusion(np.array(truth), np.array(said), 2)


def test_mean_iou_by_hand():
    # Of class 0: 2 right of 2 + 1 taken for it; of 1: 1 of 2; of 2: 0 of 1; class 3 is nowhere.
    confused = confusion(np.array([0, 0, 1, 1, 2]), np.array([0, 0, 1, 0, 1]), 4)
    assert mean_iou(confused) == pytest.approx((2 / 3 + 1 / 3 + 0) / 3)
    assert accuracy(confused) == pytest.approx(3 / 5)
    # A class that was said and is nowhere counts, as 0.
    assert mean_iou(confusion(np.array([0, 0]), np.array([0, 3]), 4)) == pytest.approx((1 / 2 + 0) / 2)


def test_of_nothing_there_is_no_score():
    nothing = np.zeros((3, 3), np.int64)
    assert math.isnan(mean_iou(nothing))
    assert math.isnan(accuracy(nothing))


@given(pixels)
def test_what_is_right_everywhere_is_1(pairs):
    truth, _ = arrays(pairs)
    confused = confusion(truth, truth, 5)
    assert mean_iou(confused) == accuracy(confused) == 1


@given(pixels, st.permutations(range(5)), st.randoms())
def test_neither_the_order_of_pixels_nor_the_numbers_of_classes_matter(pairs, renamed, random):
    truth, said = arrays(pairs)
    scores = mean_iou(confusion(truth, said, 5)), accuracy(confusion(truth, said, 5))
    mixed = [*pairs]
    random.shuffle(mixed)
    truth, said = np.array(renamed)[arrays(mixed)]
    confused = confusion(truth, said, 5)
    assert (mean_iou(confused), accuracy(confused)) == (pytest.approx(scores[0]), scores[1])


@given(pixels, pixels)
def test_confusions_of_parts_add_up(some, others):
    both = confusion(*arrays(some + others), 5)
    assert (confusion(*arrays(some), 5) + confusion(*arrays(others), 5) == both).all()


@given(pixels)
def test_scores_are_from_0_to_1_and_iou_is_the_stricter_one_of_two_classes(pairs):
    confused = confusion(*arrays(pairs) % 2, 2)
    assert 0 <= mean_iou(confused) <= accuracy(confused) <= 1


def detected(key, boxes, labels, found=None, said=None, scores=None, crowd=None, areas=None):
    """A picture; what was found is what is there, unless something else is said."""
    boxes = np.array(boxes, float).reshape(-1, 4)
    found = boxes if found is None else np.array(found, float).reshape(-1, 4)
    return Detected(
        key, boxes, np.array(labels, int), np.zeros(len(boxes), int) if crowd is None else np.array(crowd), found,
        np.array(labels if said is None else said, int),
        np.ones(len(found)) if scores is None else np.array(scores, float), None if areas is None else np.array(areas, float),
    )  # fmt: skip


def some(seed, pictures=4, most=6, categories=3):
    """Pictures of boxes, and of what a middling detector finds of them."""
    pytest.importorskip("pycocotools")
    random = np.random.default_rng(seed)
    made = []
    for number in range(pictures):
        count = int(random.integers(0, most + 1))
        corner = random.uniform(0, 50, (count, 2))
        boxes = np.hstack([corner, corner + random.uniform(5, 60, (count, 2))])
        labels = random.integers(1, categories + 1, count)
        kept = random.random(count) < 0.8
        stray = random.uniform(0, 20, (1, 4)) + np.array([0, 0, 30, 30])
        found = np.vstack([boxes[kept] + random.normal(0, 2, (int(kept.sum()), 4)), stray])
        said = np.append(labels[kept], 1)
        scores = random.integers(0, 5, len(found)) / 4  # of which many are equal
        made.append(detected(f"{number}", boxes, labels, found, said, scores, crowd=random.random(count) < 0.2))
    return made


A, B = [0, 0, 10, 10], [20, 20, 60, 60]


@pytest.mark.parametrize(
    ("picture", "expected", "expected50"),
    [
        (detected("a", [A, B], [1, 2]), 1, 1),
        (detected("a", [A, B], [1, 2], said=[2, 1]), 0, 0),
        (detected("a", [A, B], [1, 1], found=[A], said=[1]), 51 / 101, 51 / 101),  # of 101 levels of recall those up to 0.5
        (detected("a", [A], [1], found=[B, A], said=[1, 1], scores=[0.9, 0.1]), 0.5, 0.5),  # one wrong before it is right
        (detected("a", [A], [1], found=[A, B], said=[1, 1], scores=[0.9, 0.1]), 1, 1),
        (detected("a", [A], [1], found=[A, A], said=[1, 1], scores=[0.9, 0.1]), 1, 1),  # the second is wrong, too late
        (detected("a", [A], [1], found=[[0, 0, 10, 7.6]], said=[1]), 6 / 10, 1),  # IoU 0.76 is enough at 0.5, 0.55 … 0.75
        (detected("a", [A], [1], found=[[0, 0, 10, 4.9]], said=[1]), 0, 0),
        (detected("a", [A], [1], found=[A], said=[2]), 0, 0),
        (detected("a", [A], [1], found=[], said=[]), 0, 0),
        # In a crowd, whatever is found is neither right nor wrong; of a crowd alone there is no score.
        (detected("a", [A, B], [1, 1], found=[[25, 25, 30, 30], A], said=[1, 1], scores=[0.9, 0.1], crowd=[0, 1]), 1, 1),
        (detected("a", [A, B], [1, 1], found=[[25, 25, 30, 30], A], said=[1, 1], scores=[0.9, 0.1]), 0.5 * 51 / 101, 0.5 * 51 / 101),
    ],
)  # fmt: skip
def test_map_by_hand(picture, expected, expected50):
    pytest.importorskip("pycocotools")
    scores = coco_map([picture])
    assert (scores["map"], scores["map50"]) == (pytest.approx(expected), pytest.approx(expected50))


def test_there_is_no_map_of_no_object():
    pytest.importorskip("pycocotools")
    for pictures in ([], [detected("a", [], [])], [detected("a", [], [], found=[A], said=[1])], [detected("a", [A], [1], crowd=[1])]):
        assert all(math.isnan(one) for one in coco_map(pictures).values())


def test_objects_are_small_or_large_by_the_areas_that_are_said():
    pytest.importorskip("pycocotools")
    by_box = coco_map([detected("a", [[0, 0, 100, 100]], [1])])
    assert by_box["map_large"] == pytest.approx(1)
    assert math.isnan(by_box["map_small"])
    by_outline = coco_map([detected("a", [[0, 0, 100, 100]], [1], areas=[900])])  # a thin thing
    assert by_outline["map_small"] == pytest.approx(1)
    assert math.isnan(by_outline["map_large"])


@given(st.integers(0, 2**32 - 1))
def test_what_is_found_as_it_is_has_a_map_of_1(seed):
    pictures = [one._replace(found=one.boxes, said=one.labels, scores=np.ones(len(one.boxes))) for one in some(seed)]
    if any((one.crowd == 0).any() for one in pictures):
        scores = coco_map(pictures)
        assert scores["map"] == pytest.approx(1)
        assert scores["map50"] == pytest.approx(1)


@given(st.integers(0, 2**32 - 1), st.randoms())
def test_the_order_of_pictures_does_not_matter_though_scores_are_equal(seed, random):
    pictures = some(seed)
    scores = coco_map(pictures)
    random.shuffle(pictures)
    assert coco_map(pictures) == pytest.approx(scores, nan_ok=True)


def test_what_is_not_installed_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pycocotools.coco", None)
    with pytest.raises(NotInstalled, match=r"expected pycocotools, found none; pip install 'datastd\[train\]'"):
        coco_map([])


def test_nothing_is_printed(capsys):
    coco_map(some(0))
    assert capsys.readouterr() == ("", "")


def official(truth, found):
    """As pycocotools has it from files."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    known = COCO()
    known.dataset = truth
    known.createIndex()
    judge = COCOeval(known, known.loadRes(found), "bbox")
    judge.evaluate()
    judge.accumulate()
    judge.summarize()
    return judge.stats[:6]


@needs_data
@pytest.mark.parametrize("split", ["train", "val"])
def test_real_boxes_of_coco_have_the_map_that_pycocotools_says(split):
    """Crowds and areas of outlines as they are; what is found is moved, left out, and taken for another."""
    pytest.importorskip("pycocotools")
    truth = json.loads((SHARED / f"tiny_coco/annotations/instances_{split}2017.json").read_bytes())
    random = np.random.default_rng(0)
    pictures, results = [], []
    for image in truth["images"]:
        own = [one for one in truth["annotations"] if one["image_id"] == image["id"]]
        boxes = np.array([one["bbox"] for one in own], float).reshape(-1, 4)
        boxes[:, 2:] += boxes[:, :2]
        labels = np.array([one["category_id"] for one in own], int)
        kept = random.random(len(own)) < 0.9
        found = boxes[kept] + random.normal(0, 3, (int(kept.sum()), 4))
        said = np.where(random.random(len(found)) < 0.1, 1, labels[kept])
        scores = random.random(len(found))
        pictures.append(Detected(str(image["id"]).zfill(12), boxes, labels, np.array([one["iscrowd"] for one in own]), found, said, scores,
                                 np.array([one["area"] for one in own])))  # fmt: skip
        for box, label, score in zip(found.tolist(), said.tolist(), scores.tolist(), strict=True):
            x, y, right, bottom = box
            results.append({"image_id": image["id"], "category_id": label, "bbox": [x, y, right - x, bottom - y], "score": score})
    assert [*coco_map(pictures).values()] == pytest.approx(official(truth, results))
    perfect = [one._replace(found=one.boxes, said=one.labels, scores=np.ones(len(one.boxes))) for one in pictures]
    assert coco_map(perfect)["map"] == pytest.approx(1)
    assert coco_map(perfect)["map50"] == pytest.approx(1)
