"""Defects planted in what COCO's files cannot say otherwise: catalogue 1.2."""

import json

import pytest
from coco_files import box, coco, crowd, sound, write

import datastd
from datastd.schemas.coco_instances import standard

TRAIN = "annotations/instances_train2017.json"


def _changed(change):
    """Change the parsed file of the training split of a sound dataset."""
    def plant(folder):
        made = coco()
        answer = change(made)
        made = answer if answer == [made] else made
        write(sound(folder), made, TRAIN)
    return plant


def _image(change):
    return _changed(lambda made: change(made["images"][2]))


def _mark(change):
    return _changed(lambda made: change(made["annotations"][2]))


def _more(one):
    """Add an annotation to the third picture."""
    return _changed(lambda made: made["annotations"].append(one))


def _raw(change):
    def plant(folder):
        write(sound(folder), change(json.dumps(coco()).encode()), TRAIN)
    return plant


def _missing(folder):
    (sound(folder) / "images/train2017/000003.png").unlink()


def _again(folder):
    """Put a picture into another place where it is looked for."""
    (sound(folder) / "images/000003.png").write_bytes((folder / "images/train2017/000003.png").read_bytes())


PLANTS = {
    "F201": _changed(lambda made: [made]),
    "F202": _image(lambda one: one.pop("height")),
    "F203": _mark(lambda one: one.pop("iscrowd")),
    "F204": _mark(lambda one: one.update(id="7")),
    "F211": _mark(lambda one: one.update(bbox=[])),
    "F229": _more(crowd(99, 3, runs=(-1, 50))),
    "F230": _more(crowd(99, 3, packed="~")),
    "C201": _more(box(99, 999)),
    "C206": _missing,
}  # fmt: skip
"""What is done to a sound dataset of COCO's layout."""

MORE = {
    "F201": [
        _raw(lambda content: content[:-1]), _raw(lambda content: content + b"}"), _raw(lambda content: content.replace(b'"images"', b'"pictures"')),
        _raw(lambda content: b"\xef\xbb\xbf" + content), _raw(lambda content: content.replace(b'"info"', b'"images": [], "info"')),
        _changed(lambda made: made.update(categories={"1": "person"})), _changed(lambda made: made["categories"].append("car")),
        _raw(lambda content: content.replace(b'"bbox": [2, 3, 10', b'"bbox": [2 3, 10', 1)),
    ],
    "F202": [_image(lambda one: one.update(width=0)), _image(lambda one: one.update(width="640")), _image(lambda one: one.update(file_name=7)),
             _changed(lambda made: made["images"].append(7))],
    "F203": [_mark(lambda one: [one.pop(key) for key in ("bbox", "area", "iscrowd", "segmentation")] and one.update(caption="")),
             _mark(lambda one: one.update(area="120")), _mark(lambda one: one.update(area=None)), _mark(lambda one: one.update(iscrowd=False)),
             _mark(lambda one: one.update(segmentation=[1, 2, 3, 4, 5, 6])), _mark(lambda one: one.update(segmentation=None)),
             _mark(lambda one: one.update(keypoints=[None])), _changed(lambda made: made["annotations"].append("a box"))],
    "F204": [_image(lambda one: one.update(id="3")), _mark(lambda one: one.update(category_id=1.0)), _mark(lambda one: one.update(id=9.084e11)),
             _mark(lambda one: one.update(image_id="3")), _mark(lambda one: one.update(id=1 << 63)), _mark(lambda one: one.update(id=True)),
             _changed(lambda made: made["categories"][1].update(id="3"))],
    "F211": [_mark(lambda one: one.update(bbox=[1, 2, 3])), _mark(lambda one: one.update(bbox=[1, 2, 3, 4, 5])), _mark(lambda one: one.update(bbox=None)),
             _mark(lambda one: one.update(bbox=["1", 2, 3, 4])), _mark(lambda one: one.update(bbox={"x": 1}))],
    "F229": [_more(crowd(99, 3, runs=(1.5, 50))), _more(crowd(99, 3, runs=(1 << 32, 50))), _more(crowd(99, 3) | {"segmentation": {"size": [2, 2], "counts": ["4"]}})],
    "F230": [_more(crowd(99, 3, packed="0P")), _more(crowd(99, 3, packed="é")), _more(crowd(99, 3, packed="PPPPPPPP0")), _more(crowd(99, 3, packed="111N"))],
    "C206": [_again, _image(lambda one: one.update(file_name="../../x.png"))],
}  # fmt: skip
"""More of each kind."""

SOUND = {
    "F202": _image(lambda one: one.update(more=None)),
    "F203": _mark(lambda one: one.update(more=[{}])),
    "F204": _mark(lambda one: one.update(id=(1 << 63) - 1)),
    "F211": _mark(lambda one: one.update(bbox=[float(n) for n in one["bbox"]])),
    "F229": _more(crowd(99, 3, runs=(0, 1280))),
    "F230": _more(crowd(99, 3, packed="0PX1")),
    "C201": _changed(lambda made: made["annotations"].reverse()),
    "C206": _image(lambda one: one.update(file_name=f"./{one['file_name']}")),
}  # fmt: skip
"""What lies on the other side of a boundary."""

BESIDE = {"C206": {"F099"}, "F202": {"F099", "C201"}, "F204": {"F099", "C201"}, "F201": {"C201", "F099"}}
"""What else cannot be read then: pictures that nothing lists any more, and those that annotations alone name."""


def _defects(plant, folder):
    """The verdicts about what cannot be read."""
    plant(folder)
    report = datastd.check(folder, standard, format="coco")
    codes = {kind.code for kind in datastd.pipeline.reader("coco").kinds}
    return {verdict.code: verdict for verdict in report.verdicts if verdict.code in codes}


def test_sound_files_have_no_flaw(tmp_path):
    found = _defects(sound, tmp_path)
    assert {verdict.outcome for verdict in found.values()} == {"pass"}
    assert {*found} >= {*PLANTS}


@pytest.mark.parametrize(
    ("code", "plant"), [(code, plant) for of in (PLANTS, MORE) for code, some in of.items() for plant in (some if isinstance(some, list) else [some])]
)  # fmt: skip
def test_the_defect_planted_in_a_file_turns_the_code_red(code, plant, tmp_path):
    found = _defects(plant, tmp_path)
    assert found[code].outcome == "fail"
    assert found[code].examples
    others = {one.code for one in found.values() if one.outcome != "pass"} - {code}
    assert others <= BESIDE.get(code, set())


@pytest.mark.parametrize("code", SOUND)
def test_what_is_just_inside_a_boundary_passes(code, tmp_path):
    assert _defects(SOUND[code], tmp_path)[code].outcome == "pass"
