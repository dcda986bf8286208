"""COCO's train2017: what is known to be wrong with it is tolerated, as often as it is there, and no more."""

import json

import pytest
from coco_files import write

import datastd
from datastd.model import Measurement
from datastd.rules.boxes.coco_category_id_gap import COCO_GAPS
from datastd.schemas.coco_instances import standard

IMAGES, OBJECTS = 118_287, 860_001
EMPTY = 1_021
FLAT = (
    {"id": 918, "image_id": 200365, "category_id": 58, "iscrowd": 0, "area": 0.0, "bbox": [296.65, 388.33, 1.03, 0.0],
     "segmentation": [[296.65, 388.33, 296.65, 388.33, 297.68, 388.33, 297.68, 388.33]]},
    {"id": 2206849, "image_id": 550395, "category_id": 1, "iscrowd": 0, "area": 0.0, "bbox": [9.98, 188.56, 15.52, 0.0],
     "segmentation": [[9.98, 188.56, 15.52, 188.56, 25.5, 188.56, 9.98, 188.56]]},
)  # fmt: skip
"""The two boxes without a height, as cocoapi#355 has them."""

OF_FLAT = {"F212", "F213", "F217", "F224"}

KNOWN = [
    ("annotations", "box_flat", 2, OBJECTS, 3), ("annotations", "area_not_positive", 2, OBJECTS, 3), ("annotations", "flat_rings", 2, OBJECTS, 861),
    ("annotations", "box_tiny", 2, OBJECTS, 1721), ("samples", "objects", EMPTY, IMAGES, 1183), ("annotations", "box_copies", 2, OBJECTS, 87),
]  # fmt: skip


@pytest.mark.parametrize(("table", "column", "known", "of", "more"), KNOWN)
def test_what_is_known_is_within_its_limit_and_more_of_it_is_not(table, column, known, of, more):
    limit = standard.doors[table].limits[column]
    assert limit.because

    def outcome(failed):
        return limit.judge(Measurement(observed=failed / of, checked=of, failed=failed)).outcome

    assert outcome(known) == "pass"
    assert outcome(more - 1) == "pass"
    assert outcome(more) in {"warn", "fail"}


def categories():
    return [{"id": n, "name": f"thing {n}", "supercategory": "thing"} for n in range(1, 91) if n not in COCO_GAPS]


def runs(left, top, wide, high, width=640, height=480):
    """A crowd's mask, column after column, as uncompressed run lengths."""
    counts = [left * height + top]
    for _ in range(wide):
        counts += [high, height - high]
    counts[-1] += width * height - sum(counts)
    return {"counts": counts, "size": [height, width]}


def objects(image, number, category):
    """An object outlined by a polygon of fractions; and, on each fourth picture, a crowd."""
    x, y, w, h = 10.5 + 7 * number, 20.25 + 3 * (number % 40), 33.33, 41.67
    ring = [round(one, 2) for one in (x, y, x + w, y, x + w, y + h, x, y + h)]
    box = [round(one, 2) for one in (x, y, w, h)]
    made = {"id": 3_000_000 + number, "image_id": image, "category_id": category, "iscrowd": 0, "area": w * h, "bbox": box, "segmentation": [ring]}
    left, wide = 200 + number, 40
    crowd = {"id": 900_100_000_000 + number, "image_id": image, "category_id": category, "iscrowd": 1, "area": wide * 30, "bbox": [left, 100, wide, 30],
             "segmentation": runs(left, 100, wide, 30)}  # fmt: skip
    return [made, crowd] if number % 4 == 0 else [made]


def train2017(folder, *, flat=FLAT):
    """A part of it: all categories, objects, crowds, and the two pictures with a box without a height."""
    ids = [200365, 550395, *range(9, 9 + 78)]
    images = [{"id": one, "file_name": f"{one:012}.jpg", "width": 640, "height": 480, "license": 3, "coco_url": f"http://images.cocodataset.org/train2017/{one:012}.jpg",
               "flickr_url": "http://farm9.staticflickr.com/a.jpg", "date_captured": "2013-11-14 11:18:45"} for one in ids]  # fmt: skip
    annotations = [made for n, (image, category) in enumerate(zip(ids, categories(), strict=True)) for made in objects(image, n % 40, category["id"])]
    for number, one in enumerate(annotations):
        one["id"] += 1000 * number
    file = {"info": {"description": "COCO 2017 Dataset", "version": "1.0", "year": 2017}, "licenses": [{"id": 3, "name": "a", "url": "http://a"}],
            "images": images, "annotations": [*flat, *annotations], "categories": categories()}  # fmt: skip
    return write(folder, file, "annotations/instances_train2017.json")


def red(folder):
    report = datastd.check(folder, "coco-instances/1", format="coco:annotations")
    return {one.code: one.failed for one in report.verdicts if one.outcome != "pass"}


def test_gaps_crowds_and_fractions_are_no_findings_and_of_flat_boxes_only_that_they_are_flat(tmp_path):
    """Two of so few are more than two of 860,001; nothing else is said of them, nor of anything beside."""
    assert red(train2017(tmp_path / "a", flat=())) == {}
    assert red(train2017(tmp_path / "b")) == dict.fromkeys(OF_FLAT, 2)


def changed(change):
    def plant(folder):
        path = train2017(folder, flat=()) / "annotations/instances_train2017.json"
        file = json.loads(path.read_text())
        change(file)
        path.write_text(json.dumps(file))
        return folder
    return plant


def crowd_of(file):
    return next(one for one in file["annotations"] if one["iscrowd"])


PLANTS = {
    "another gap": (changed(lambda f: (f["categories"].pop(), [one.update(category_id=1) for one in f["annotations"] if one["category_id"] == 90])), None),
    "a gap that is none of COCO's": (changed(lambda f: (f["categories"].pop(4), [one.update(category_id=1) for one in f["annotations"] if one["category_id"] == 5])), "C203"),
    "an object of a gap": (changed(lambda f: f["annotations"][0].update(category_id=12)), "C202"),
    "a crowd with a polygon": (changed(lambda f: crowd_of(f).update(segmentation=[[1.0, 2.0, 30.0, 2.0, 30.0, 40.0, 1.0, 40.0]])), "F226"),
    "runs that are too short": (changed(lambda f: crowd_of(f)["segmentation"]["counts"].pop()), "F228"),
    "a mask of swapped sides": (changed(lambda f: crowd_of(f)["segmentation"].update(size=[640, 480])), "F227"),
    "a flat box with an area": (changed(lambda f: f["annotations"][0].update(bbox=[296.65, 388.33, 1.03, 0.0])), "F212"),
    "an empty picture in eighty": (changed(lambda f: f["annotations"].__setitem__(slice(None), [one for one in f["annotations"] if one["image_id"] != 9])), "C205"),
    "an object twice": (changed(lambda f: f["annotations"].append({**f["annotations"][0], "id": 7})), "C209"),
    "an id as a fraction": (changed(lambda f: f["annotations"][0].update(id=9.084e11)), "F204"),
}  # fmt: skip


@pytest.mark.parametrize(("plant", "code"), PLANTS.values(), ids=[*PLANTS])
def test_what_is_planted_beside_is_found(plant, code, tmp_path):
    found = red(plant(tmp_path))
    assert code in found if code else {*found} <= {"C204"}
