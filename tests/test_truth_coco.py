"""
Edits of a COCO file that load without a murmur: what the evaluation makes of each, and who names it.

Catalogue, 4.4: pycocotools 2.0.11, one perfect detection for each object, so that AP is 1.0 before.
"""

import contextlib
import copy
import io

import numpy as np
import pytest
from coco_files import write

import datastd
from datastd.schemas.coco_instances import standard as STANDARD

coco_module = pytest.importorskip("pycocotools.coco")
cocoeval = pytest.importorskip("pycocotools.cocoeval")
masks = pytest.importorskip("pycocotools.mask")

SIDE = 200


def rectangle(x, y, w, h):
    return [x, y, x + w, y, x + w, y + h, x, y + h]


def thing(number, x, y, w=40, h=40, **more):
    return {
        "id": number, "image_id": 1, "category_id": 1, "bbox": [x, y, w, h], "area": w * h, "iscrowd": 0,
        "segmentation": [rectangle(x, y, w, h)],
    } | more  # fmt: skip


def sound(*things):
    return {
        "info": {}, "images": [{"id": 1, "file_name": "1.jpg", "width": SIDE, "height": SIDE}],
        "annotations": [*things] or [thing(1, 10, 10)], "categories": [{"id": 1, "name": "thing"}],
    }  # fmt: skip


def evaluated(made, detections):
    """AP over all sizes, of medium objects, and of small ones, of one detection for each object that was meant."""
    with contextlib.redirect_stdout(io.StringIO()):
        truth = coco_module.COCO()
        truth.dataset = copy.deepcopy(made)
        truth.createIndex()
        results = truth.loadRes([
            {"image_id": 1, "category_id": 1, "bbox": [*one["bbox"]], "score": 0.9 - n / 1000}
            for n, one in enumerate(detections)
        ])  # fmt: skip
        # `loadRes` gives the areas of boxes: what decides here is the size that the truth states.
        found = cocoeval.COCOeval(truth, results, "bbox")
        found.evaluate()
        found.accumulate()
        found.summarize()
    return {"AP": round(float(found.stats[0]), 3), "APs": round(float(found.stats[3]), 3), "APm": round(float(found.stats[4]), 3)}


def verdicts(made, folder):
    report = datastd.check(write(folder, made, "annotations/train.json"), STANDARD, format="coco:annotations")
    return {verdict.code: verdict for verdict in report.verdicts}



ONE = [thing(1, 10, 10)]

EDITS = [
    # what is wrong, what was meant, what is written, AP before, AP after, the code that names it
    ("an annotation's id is 0", ONE, [thing(0, 10, 10)], 1.0, 0.0, "F207"),
    ("an annotation stands twice, under a new id", ONE, [thing(1, 10, 10), thing(2, 10, 10)], 1.0, 0.505, "C209"),
    ("another object has the id of the first", ONE, [thing(1, 10, 10), thing(1, 100, 100)], 1.0, 0.0, "F206"),
    ("a box has no inside", ONE, [thing(1, 10, 10), thing(2, 100, 100, 40, 0, area=1600, segmentation=[rectangle(100, 100, 40, 40)])], 1.0, 0.505, "F212"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "meant", "written", "before", "after", "code"), EDITS, ids=[one[0] for one in EDITS])
def test_an_edit_that_changes_the_score_is_named(what, meant, written, before, after, code, tmp_path):
    assert evaluated(sound(*meant), meant)["AP"] == before
    assert evaluated(sound(*written), meant)["AP"] == after
    assert {v.code for v in verdicts(sound(*meant), tmp_path / "sound").values() if v.outcome != "pass"} == set()
    found = verdicts(sound(*written), tmp_path / "edited")[code]
    assert (found.outcome, found.level) == ("fail", "error")
    assert found.examples


def test_an_area_that_is_not_that_of_the_outline_moves_the_object_to_another_size(tmp_path):
    written = [thing(1, 10, 10, area=10)]
    assert evaluated(sound(*ONE), ONE) == {"AP": 1.0, "APs": -1.0, "APm": 1.0}
    assert evaluated(sound(*written), ONE) == {"AP": 1.0, "APs": 1.0, "APm": -1.0}
    found = verdicts(sound(*written), tmp_path)
    assert (found["F218"].outcome, found["F294"].outcome) == ("warn", "fail")
    assert {v.code for v in found.values() if v.outcome != "pass"} == {"F218", "F294"}


@pytest.mark.parametrize(("counts", "off"), [([0, 50], 50), ([0, 500], 400), ([0, 100], 0)])
def test_runs_that_are_no_mask_are_named(counts, off, tmp_path):
    """Of too few pycocotools decodes memory that it did not write; of too many this build raises."""
    packed = masks.frPyObjects({"size": [10, 10], "counts": counts}, 10, 10)
    if off == 400:
        with pytest.raises(ValueError):
            masks.decode(packed)
    elif off == 0:
        assert masks.area(packed) == 100
    made = sound(thing(1, 0, 0, 10, 10, area=sum(counts), iscrowd=1, segmentation={"size": [10, 10], "counts": counts}))
    made["images"][0] |= {"width": 10, "height": 10}
    found = verdicts(made, tmp_path)["F228"]
    assert found.outcome == ("fail" if off else "pass")
    assert [one.observed for one in found.examples] == ([off] if off else [])


def test_a_polygon_that_lacks_a_number_is_another_polygon_and_named(tmp_path):
    whole = rectangle(10, 20, 20, 20)
    areas = [float(masks.area(masks.frPyObjects([ring], 60, 60))[0]) for ring in (whole, whole[:-1])]
    assert areas == [400, 190]
    meant = thing(1, 10, 20, 20, 20)
    assert verdicts(sound(meant), tmp_path / "sound")["F221"].outcome == "pass"
    found = verdicts(sound(meant | {"segmentation": [whole[:-1]]}), tmp_path / "edited")["F221"]
    assert (found.outcome, found.level, found.examples[0].key) == ("fail", "error", "annotations/train.json#0@1")


def test_a_polygon_of_two_points_is_read_as_a_box_or_not_at_all_and_named(tmp_path):
    with pytest.raises(TypeError):
        masks.frPyObjects([[10, 20, 30, 40]], 100, 100)
    assert masks.area(masks.frPyObjects(np.array([[10, 20, 30, 40]], np.float64), 100, 100)).tolist() == [1200]
    made = sound(thing(1, 10, 20, 20, 20, segmentation=[[10, 20, 30, 40]]))
    assert verdicts(made, tmp_path)["F222"].outcome == "fail"


def test_a_mask_of_swapped_sides_is_compared_with_nothing_and_named(tmp_path):
    one, other = (masks.frPyObjects({"size": size, "counts": [0, 200]}, *size) for size in ([10, 20], [20, 10]))
    assert masks.iou([one], [other], [0]).tolist() == [[-1]]
    made = sound(thing(1, 0, 0, 20, 10, iscrowd=1, segmentation={"size": [20, 10], "counts": [0, 200]}))
    made["images"][0] |= {"width": 20, "height": 10}
    assert verdicts(made, tmp_path)["F227"].outcome == "fail"
