"""Defects planted in files of COCO's layout that can be read: catalogue 1.2."""

import copy
import json
import re
import shutil

import pytest
from coco_files import box, coco, draw, write
from PIL import Image
from support import SHARED, needs_data
from voc_files import voc, yolo

import datastd
from catalogue.planting import RED, says_what
from catalogue.rows import needs_catalogue, of_codes
from datastd.model import Outcome
from datastd.rules.boxes.coco_bbox_looks_xyxy import CocoBboxLooksXyxy
from datastd.rules.boxes.coco_bbox_segm_disagree import CocoBboxSegmDisagree
from datastd.rules.boxes.coco_category_id_gap import COCO_GAPS
from datastd.schemas.coco_instances import standard as instances
from datastd.schemas.coco_keypoints import standard as keypoints
from datastd.schemas.object_detection import standard as detection

TRAIN, VAL = "annotations/instances_train2017.json", "annotations/instances_val2017.json"
NAMES = [{"id": 1, "name": "person", "supercategory": "animal", "keypoints": ["nose", "hand"], "skeleton": [[1, 2]]},
         {"id": 2, "name": "car", "supercategory": "vehicle", "keypoints": ["front", "rear"], "skeleton": [[1, 2]]}]  # fmt: skip
WIDTH, HEIGHT = 200, 160


def made(start=1, count=6):
    """A file that nobody finds fault with: objects of both classes, each with its key points."""
    file = coco(count, start=start, categories=NAMES)
    for image in file["images"]:
        image |= {"width": WIDTH, "height": HEIGHT}
    for n, one in enumerate(file["annotations"]):
        again = box(one["id"], one["image_id"], x=5 + 90 * (n % 2), y=7 + n, w=40 + n, h=40 + n % 5, category=n % 2 + 1)
        one |= again | {"keypoints": [20, 30, 2, 0, 0, 0], "num_keypoints": 1}
    return file


def sound(folder, *, pictures=False):
    for name, start in ((TRAIN, 1), (VAL, 7)):
        file = made(start)
        write(folder, file, name)
        if pictures:
            draw(folder, file, f"images/{name.rpartition('_')[2].partition('.')[0]}", seed=start)
    return folder


def _file(change, name=TRAIN):
    """Change a file, which is parsed."""
    def plant(folder):
        path = sound(folder) / name
        file = json.loads(path.read_text())
        change(file)
        path.write_text(json.dumps(file))
    return plant


def _object(**changes):
    """Change the first object."""
    return _file(lambda file: file["annotations"][0].update(changes))


def _category(number, name):
    return NAMES[0] | {"id": number, "name": name}


def _moved(**by):
    """Move or stretch the box of the first object, and not its outline."""
    def change(file):
        one = file["annotations"][0]
        one["bbox"] = [n + by.get(k, 0) for k, n in zip("xywh", one["bbox"], strict=True)]
    return _file(change)


def _placed(*bbox, **more):
    """Put the first object into another box, outline, area and key points with it."""
    x, y, w, h = bbox
    ring = [x, y, x + w, y, x + w, y + h, x, y + h]
    return _object(bbox=[*bbox], segmentation=[ring], area=w * h, keypoints=[0] * 6, num_keypoints=0, **more)


def _again(**changes):
    return _file(lambda file: file["annotations"].append(copy.deepcopy(file["annotations"][0]) | {"id": 900} | changes))


def _crowd(counts, size=(HEIGHT, WIDTH), **more):
    """A crowd in place of the first object: of the columns 10 to 19 its rows from 20 on, 30 of them."""
    mask = {"iscrowd": 1, "segmentation": {"size": [*size], "counts": counts}, "bbox": [10, 20, 10, 30], "area": 300}
    return _object(**mask | more)


def _runs():
    return [10 * HEIGHT + 20, *([30, HEIGHT - 30] * 9), 30, (WIDTH - 20) * HEIGHT + HEIGHT - 50]


def _pictured(change):
    """Change the folder of a sound dataset that has its pictures."""
    def plant(folder):
        change(sound(folder, pictures=True))
    return plant


def _picture_copied(folder):
    """A picture of train under another name in val."""
    shutil.copy(folder / "images/train2017/000001.png", folder / "images/val2017/other.png")
    file = json.loads((folder / VAL).read_text())
    file["images"][0]["file_name"] = "other.png"
    (folder / "images/val2017/000007.png").unlink()
    (folder / VAL).write_text(json.dumps(file))


def _picture_turned(folder):
    path = folder / "images/train2017/000001.png"
    with Image.open(path) as image:
        image.transpose(Image.Transpose.ROTATE_90).save(path)


def _stretched(file):
    """Boxes that reach to the right edge, as two corners."""
    for one in file["annotations"]:
        one |= {"bbox": [120, 10, 190, 150], "segmentation": [[120, 10, 190, 10, 190, 150, 120, 150]], "area": 9800,
                "keypoints": [0] * 6, "num_keypoints": 0}  # fmt: skip


def _fractions(file):
    for one in file["annotations"]:
        one["bbox"] = [0.1, 0.2, 0.3, 0.4]


def _framed(folder):
    for name, frame in ((TRAIN, 10), (VAL, 11)):
        file = json.loads((folder / name).read_text())
        file["images"][0]["file_name"] = f"v1_frame_{frame}.jpg"
        (folder / name).write_text(json.dumps(file))


def _filmed(**said):
    """Say of the first picture of each split what it is of."""
    def change(folder):
        for name in (TRAIN, VAL):
            file = json.loads((folder / name).read_text())
            file["images"][0] |= said
            (folder / name).write_text(json.dumps(file))
    return _whole(change)


def _whole(change):
    def plant(folder):
        change(sound(folder))
    return plant


PLANTS = {
    "F205": _file(lambda file: file["images"][1].update(id=1)),
    "F206": _file(lambda file: file["annotations"][1].update(id=file["annotations"][0]["id"])),
    "F207": _object(id=0),
    "F208": _file(lambda file: file["categories"].append(_category(1, "dup"))),
    "F209": _file(lambda file: [file["categories"].append(_category(0, "none")), file["annotations"][0].update(category_id=0)]),
    "F210": _object(iscrowd=2),
    "F212": _moved(h=-40),
    "F213": _placed(20, 30, 0.5, 40),
    "F214": _placed(WIDTH - 20, 30, 40, 40),
    "F215": _file(_stretched),
    "F216": _file(_fractions),
    "F217": _object(area=0),
    "F218": _object(area=2500),
    "F219": _object(area=16_000),
    "F220": _moved(x=20),
    "F221": _object(segmentation=[[5, 7, 45, 7, 45, 47, 5]], area=800),
    "F222": _object(segmentation=[[10, 20, 30, 40]], area=1),
    "F223": _object(segmentation=[[-50, 7, 45, 7, 45, 47, 5, 47]], area=2700),
    "F224": _object(segmentation=[[5, 7] * 4, [5, 7, 45, 7, 45, 47, 5, 47]]),
    "F226": _object(iscrowd=1),
    "F227": _crowd(_runs(), (WIDTH, HEIGHT)),
    "F228": _crowd([0, 50]),
    "F231": _object(segmentation=[]),
    "F232": _object(keypoints=[20, 30, 2]),
    "F233": _object(num_keypoints=2),
    "F234": _object(keypoints=[20, 30, 3, 0, 0, 0]),
    "F235": _file(lambda file: file["categories"][0].update(skeleton=[[0, 1]])),
    "F236": _object(ignore=1),
    "C202": _object(category_id=91),
    "C203": _file(lambda file: [file["categories"].append(_category(4, "cat")), file["annotations"][0].update(category_id=4)]),
    "C204": _file(lambda file: file["categories"].append(_category(3, "unicorn"))),
    "C205": _file(lambda file: file.update(annotations=[one for one in file["annotations"] if one["image_id"] > 2])),
    "C207": _pictured(_picture_turned),
    "C208": _file(lambda file: file["images"][1].update(file_name="000001.png")),
    "C209": _again(),
    "C210": _again(category_id=2),
    "C211": _file(lambda file: [file["categories"].append(_category(3, " Person")), file["annotations"][0].update(category_id=3)]),
    "C212": _file(lambda file: [one.update(name=name) for one, name in zip(file["categories"], ("car", "person"), strict=True)]),
    "L201": _pictured(_picture_copied),
    "L202": _whole(_framed),
}  # fmt: skip
"""What is done to a sound dataset of two splits."""

MORE = {
    "F205": [_file(lambda file: file["images"].append(file["images"][0] | {"file_name": "x.png"}))],
    "F206": [_again(id=2)],
    "F207": [_object(id=-3)],
    "F208": [_file(lambda file: file["categories"].append(_category(2, "van")))],
    "F209": [_file(lambda file: file["categories"].append(_category(-1, "none")))],
    "F210": [_object(iscrowd=-1)],
    "F212": [_moved(w=-50), _moved(w=-40)],
    "F213": [_placed(20, 30, 40, 1)],
    "F214": [_object(bbox=[5, 7, 1e308, 1e308]), _placed(-1.5, 30, 40, 40), _placed(10, HEIGHT - 10, 40, 11.5)],
    "F217": [_object(area=-1)],
    "F218": [_object(segmentation=[[5, 7, 1e308, 7, 1e308, 1e308, 5, 1e308]]), _object(area=1400), _crowd(_runs(), keypoints=[0] * 6, num_keypoints=0, area=340)],
    "F219": [_object(area=1750)],
    "F220": [_moved(w=-10)],
    "F221": [_object(segmentation=[[5, 7, 45, 7, 45, 47, 5, 47], [5, 7, 9, 7, 9, 12, 5]])],
    "F222": [_object(segmentation=[[5, 7, 45, 7, 45, 47, 5, 47], []])],
    "F223": [_object(segmentation=[[5, 7, 45, 7, 45, 47, 5, HEIGHT + 2]])],
    "F224": [_object(segmentation=[[5, 7, 45, 7, 45, 47, 5, 47], [5, 7, 6, 7, 6, 7.5, 5, 7.5]])],
    "F226": [_object(iscrowd=1, segmentation=[])],
    "F227": [_crowd([*_runs()[:-1], _runs()[-1] + HEIGHT], (HEIGHT, WIDTH + 1))],
    "F228": [_crowd([*_runs(), 1, 0])],
    "F232": [_object(keypoints=[20, 30, 2, 0, 0, 0, 0, 0, 0])],
    "F233": [_object(num_keypoints=0)],
    "F235": [_file(lambda file, edge=edge: file["categories"][0].update(skeleton=[[1, 2], edge])) for edge in ([2, 3], [1], [1, 2, 1], [-1, 2])],
    "F234": [_object(keypoints=[20, 30, 2, 1, 0, 0]), _object(keypoints=[WIDTH + 1, 30, 2, 0, 0, 0])],
    "C202": [_object(category_id=0)],
    "C205": [_file(lambda file: [one.update(iscrowd=1) for one in file["annotations"] if one["image_id"] == 1])],
    "C209": [_again(segmentation=[], area=1)],
    "C210": [_again(category_id=2, bbox=[5, 7, 40, 39])],
    "C208": [_file(lambda file, name=name: file["images"][1].update(file_name=name)) for name in ("./000001.png", "x/../000001.png", ".\\000001.png")],
    "C211": [_file(lambda file, name=name: file["categories"].append(_category(3, name))) for name in ("CAR ", "ｃａｒ", "c\u200bar", "car\ufe0f", "\u3164car", "c\U000e0061ar")],
    "C212": [_file(lambda file: file["categories"].append(_category(3, "van")), VAL)],
    "L202": [_filmed(video_id="v1"), _filmed(scene="Platz 7", video=None)],
    "L201": [_file(lambda file, number=number, name=name: file["images"].append({"id": number, "file_name": name, "width": WIDTH, "height": HEIGHT}), VAL)
             for number, name in ((1, "000001.png"), (99, "000001.png"), (99, "./000001.png"))],
}  # fmt: skip
"""More of each kind."""

SOUND = {
    "F205": _file(lambda file: file["images"][1].update(id=900)),
    "F207": _object(id=1),
    "F210": _crowd(_runs()),
    "F212": _placed(20, 30, 1e-3, 40),
    "F213": _placed(20, 30, 1.01, 40),
    "F214": _placed(WIDTH - 20, 30, 21, 40),
    "F217": _object(area=1e-3),
    "F218": _object(area=1760),
    "F219": _object(area=1684),
    "F220": _moved(w=-4),
    "F221": _object(segmentation=[[5, 7, 45, 7, 45, 47]]),
    "F222": _object(segmentation=[[5, 7, 45, 7, 45, 47]]),
    "F223": _object(segmentation=[[-1, 7, 45, 7, 45, 47, 5, 47]]),
    "F224": _object(segmentation=[[5, 7, 45, 7, 45, 47, 5, 47], [5, 7, 6, 7, 6, 8, 5, 8]]),
    "F226": _crowd(_runs()),
    "F227": _crowd(_runs()),
    "F228": _crowd(_runs()),
    "F234": _object(keypoints=[WIDTH, HEIGHT, 1, 0, 0, 0]),
    "F235": _file(lambda file: file["categories"][0].update(skeleton=[[2, 1], [1, 2]])),
    "C203": _file(lambda file: file["categories"].append(_category(3, "cat"))),
    "C204": _file(lambda file: file["categories"].append(_category(3, "unicorn")), VAL),
    "C208": _file(lambda file: file["images"][0].update(file_name="train/000002.png")),
    "C209": _again(iscrowd=1, segmentation={"size": [HEIGHT, WIDTH], "counts": _runs()}),
    "C210": _again(category_id=2, bbox=[5, 7, 40, 37.9]),
    "L202": _filmed(video_id=1),  # each file may number its videos from 1
    "L201": _file(lambda file: file["images"].append({"id": 1, "file_name": "x.png", "width": WIDTH, "height": HEIGHT}), VAL),
}  # fmt: skip
"""What lies on the other side of a boundary."""

BESIDE = {
    "F205": {"C201", "C205"}, "F206": {"C209"},  # the annotations of both images are drawn into the last
    "F208": {"C211", "C212", "F208", "C294"}, "F209": {"C203", "C204", "C212"}, "F210": {"F226"},
    "F212": {"F213", "F220", "F219"}, "F213": {"F220"}, "F214": {"F223", "F220"}, "F215": {"F214", "F220", "F219", "C209", "C293"}, "F216": {"F213", "F220", "F219", "C209", "F214"},
    "F217": {"F218", "F294"}, "F218": {"F219", "F294", "F220", "F223"}, "F219": {"F218", "F294"}, "F220": {"F218", "F219"}, "F221": {"F220", "F218", "F294"},
    "F222": {"F220", "F218", "F294"}, "F223": {"F220", "F218", "F219"}, "F224": set(), "F226": {"F231", "C205"},
    "F227": {"F220", "F228", "F218"}, "F228": {"F220", "F218"}, "F231": set(), "F232": {"F233"}, "F234": {"F233"},
    "C202": set(), "C203": {"C212"}, "C204": {"C212"}, "C205": {"F226"}, "C207": set(), "C209": {"F231", "F218", "F294"},
    "C210": {"F220"}, "C211": {"C212", "C204", "C197"}, "C212": {"C204"}, "L201": {"L102", "C205", "F215"},
}  # fmt: skip
"""What else is wrong with what is planted."""

DEFAULTS = {
    "F210": "-", "F212": ">0", "F213": "1 px", "F214": "e=1.0 px error", "F217": ">0", "F218": "10 % and >4 px", "F219": "1.05", "F221": "0",
    "F222": ">=6", "F223": "1 px", "F224": "1", "F226": "-", "F227": "equal", "F228": "equal", "F231": "0", "F232": "equal", "F233": "equal",
    "F234": "-", "F236": "absent", "C205": "warn >1 %", "C207": "equal", "C209": "0.95", "C210": "0.95",
}  # fmt: skip
"""What `coco-instances/1` and `coco-keypoints/1` take of a row's default, where a measure is judged."""

RULE_DEFAULTS = {
    "F207": "id>=1", "F235": "1..k", "F215": "f=0.30", "F216": "-", "F220": "0.90 (small objects <32^2: 0.70)", "C203": "contiguous",
}  # fmt: skip
"""Defaults of rows that are no limit of 0."""

def _check(code, plant, folder):
    plant(folder)
    called = "coco" if (folder / "images").is_dir() else "coco:annotations"
    standard = instances if code == "C205" else keypoints  # which lists pictures of nobody
    report = datastd.check(folder, standard, format=called)
    return {verdict.code: verdict for verdict in report.verdicts}


@pytest.mark.parametrize("standard", [instances, keypoints, detection], ids=lambda one: one.name)
def test_sound_objects_have_no_flaw(standard, tmp_path):
    report = datastd.check(sound(tmp_path, pictures=True), standard, format="coco")
    assert {verdict.outcome for verdict in report.verdicts} == {Outcome.PASS}
    if standard is keypoints:
        assert {verdict.code for verdict in report.verdicts} >= {*PLANTS}


def test_what_needs_no_pixels_is_asked_without_them(tmp_path):
    """And what needs them is not: neither passed nor unknown."""
    report = datastd.check(sound(tmp_path), instances, format="coco:annotations")
    asked, not_asked = {v.code for v in report.verdicts}, {one.code for one in report.not_asked if one.needs == "image"}
    assert {verdict.outcome for verdict in report.verdicts} == {Outcome.PASS}
    assert not_asked == {"C207", "F133", "F134", "F135", "F137", "F138", "L104"}
    assert not asked & not_asked
    assert asked >= {*PLANTS} - {"C207", "F232", "F233", "F234", "F235"}


PLANTED = [(code, plant) for of in (PLANTS, MORE) for code, some in of.items() for plant in (some if isinstance(some, list) else [some])]


@pytest.mark.parametrize(("code", "plant"), PLANTED, ids=[code for code, _ in PLANTED])
def test_the_defect_planted_in_objects_turns_the_code_red(code, plant, tmp_path):
    verdicts = _check(code, plant, tmp_path)
    found = verdicts[code]
    says_what(found)
    assert found.outcome == RED[found.level]
    assert found.observed > 0
    assert found.examples
    others = {one.code for one in verdicts.values() if one.outcome != "pass"} - {code}
    assert others <= BESIDE.get(code, set())


@pytest.mark.parametrize("code", SOUND)
def test_what_is_just_inside_a_boundary_passes(code, tmp_path):
    assert _check(code, SOUND[code], tmp_path)[code].outcome == "pass"


def _second(change=None, name="annotations/more_train2017.json"):
    """A second file of the training split: the first again, changed."""
    def plant(folder):
        file = json.loads((sound(folder) / TRAIN).read_text())
        if change:
            change(file)
        write(folder, file, name)
    return plant


OWN = {
    "C298": [_second(lambda file: file["images"][1].update(file_name="other.png")), _second(lambda file: file["images"][1].update(width=WIDTH + 1)),
             _second(lambda file: [one.update(file_name=f"x{one['id']}.png") for one in file["images"]])],
    "C197": [_file(lambda file, name=name: file["categories"][0].update(name=name)) for name in (
        "per\u200bson", "\u202enosrep", "per\tson", "person\u3164", "\u115fperson", "person\ufe0f", "per\U000e0041son", "person\u2800", "per\u034fson", "", " \u3164")],
    "F290": [_file(lambda file, name=name: file["images"][1].update(file_name=name)) for name in ("", " ", "a\0.png", "/data/x.png", "../x.png", "a/../../x.png", "C:\\x.png", "http://a/x.png")],
    "F201": [_file(lambda file: file.update(images=[], annotations=[]), VAL)],
    "C295": [_file(lambda file, names=names: file["categories"][0].update(keypoints=names)) for names in (["nose", "Nose"], ["nose", ""])],
    "C294": [_file(lambda file: file["categories"][0]["keypoints"].reverse(), VAL)],
    "C293": [_file(lambda file: [one.update(keypoints=[0] * 6, num_keypoints=0) for one in file["annotations"]], VAL),
             _file(lambda file: [one.pop("keypoints") and one.pop("num_keypoints") for one in file["annotations"]] and [one.update(keypoints=[], skeleton=[]) for one in file["categories"]])],
    "F208": [_second(lambda file: file["categories"][0].update(name="woman")), _second(lambda file: file["categories"][0]["keypoints"].append("foot"))],
}  # fmt: skip
"""Of what has no row in the catalogue, and of two files of one split."""


@pytest.mark.parametrize(("code", "plant"), [(code, plant) for code, some in OWN.items() for plant in some])
def test_what_files_of_one_split_say_otherwise_turns_the_code_red(code, plant, tmp_path):
    verdicts = _check(code, plant, tmp_path)
    assert verdicts[code].outcome == RED[verdicts[code].level]
    assert verdicts[code].examples


@pytest.mark.parametrize("plant", [
    _second(), _second(lambda file: [one.update(file_name=f"./{one['file_name']}") for one in file["images"]]),
    _second(lambda file: [one.pop("keypoints") and one.pop("skeleton") for one in file["categories"]]),
    _second(lambda file: file["images"][1].update(file_name="other.png"), "elsewhere/more_train2017.json"),
])  # fmt: skip
def test_files_of_one_split_that_say_the_same_are_put_together(plant, tmp_path):
    verdicts = _check("C298", plant, tmp_path)
    assert {verdicts[code].outcome for code in ("C298", "F208", "C208", "C211", "F205")} == {"pass"}


def _unpointed(file):
    for one in (*file["annotations"], *file["categories"]):
        for key in ("keypoints", "num_keypoints", "skeleton"):
            one.pop(key, None)


@pytest.mark.parametrize(("change", "outcome"), [
    (None, "fail"), (lambda file: [one.update(id=one["id"] + 500) for one in file["annotations"]] and file["annotations"].reverse(), "fail"),
    (_unpointed, "pass"),  # as COCO's instances and their key points are
])  # fmt: skip
def test_objects_that_a_second_file_lists_again_are_copies(change, outcome, tmp_path):
    verdict = _check("C209", _second(change), tmp_path)["C209"]
    assert (verdict.outcome, verdict.failed) == (outcome, 24 if outcome == "fail" else 0)


def test_results_are_no_copies_of_the_objects_that_they_find(tmp_path):
    write(sound(tmp_path), [{name: one[name] for name in ("image_id", "category_id", "bbox")} | {"score": 0.5} for one in made()["annotations"]], "results_train2017.json")
    assert datastd.check(tmp_path, keypoints, format="coco:annotations")["C209"].outcome == "pass"


def test_folds_are_splits(tmp_path):
    """The same picture in two of them is in what is learned from and in what is measured with."""
    for fold in (1, 2, 10):
        write(tmp_path, made(6 * fold), f"annotations/fold{fold}.json")
    report = datastd.check(tmp_path, instances, format="coco:annotations")
    assert {*report.splits} == {"fold1", "fold2", "fold10"}
    assert report["L201"].outcome == Outcome.PASS
    write(tmp_path, made(6), "annotations/fold_2.json")
    assert datastd.check(tmp_path, instances, format="coco:annotations")["L201"].outcome == Outcome.FAIL


@needs_catalogue
def test_defaults_are_those_of_the_rows():
    rows = {row.code: row.default for row in of_codes({*DEFAULTS, *RULE_DEFAULTS})}
    limits = {rule.called[0]: rule for rule in keypoints.judged}
    for code, bound in {"F214": "le", "F219": "le", "F223": "le"}.items():
        assert limits[code].bounds[bound] == float(re.search(r"\d+(\.\d+)?", rows[code])[0])
    assert f"{limits['F218'].bounds['le'] * 100:g} %" in rows["F218"]
    (empty,) = (rule for rule in instances.judged if rule.called[0] == "C205")
    assert f"warn >{empty.limit * 100:g} %" in rows["C205"]
    assert rows["F215"] == f"f={CocoBboxLooksXyxy().share:.2f}"
    assert rows["F220"] == f"{CocoBboxSegmDisagree().overlap:.2f} (small objects <32^2: {CocoBboxSegmDisagree().small:.2f})"


@needs_data
def test_tiny_coco_has_what_is_known_of_it(tmp_path):
    """False alarms on 424 objects of COCO's: none.  One crowd's area is not that of its mask."""
    shutil.copytree(SHARED / "tiny_coco" / "annotations", tmp_path / "annotations")
    report = datastd.check(tmp_path, instances, format="coco:annotations")
    odd = {verdict.code: verdict for verdict in report.verdicts if verdict.outcome != Outcome.PASS}
    assert {*odd} == {"C204", "C205"}  # 32 pictures are too few for all classes, and two show none
    (crowd,) = report.failing("F218")["key"]
    assert crowd.endswith("@900100296649")
    assert report["F218"].checked == 424


@needs_data
def test_panoptic_segments_as_objects_have_an_id_that_scores_nothing(tmp_path):
    shutil.copy(SHARED / "coco_panoptic_sample/sample_data/panoptic_coco_detection_format.json", tmp_path / "x.json")
    report = datastd.check(tmp_path, instances, format="coco:annotations")
    odd = {verdict.code for verdict in report.verdicts if verdict.outcome != Outcome.PASS}
    assert odd == {"F207", "F298", "C203"}
    assert report["C203"].observed == 200 - 133


def test_pictures_that_are_seen_are_told_apart_by_their_pixels(tmp_path):
    """Both splits call their pictures alike, and number them from 1."""
    for split, seed in (("train2017", 1), ("val2017", 2)):
        file = made()
        write(tmp_path, file, f"annotations/instances_{split}.json")
        draw(tmp_path, file, f"images/{split}", seed=seed)
    assert datastd.check(tmp_path, instances, format="coco")["L201"].outcome == Outcome.PASS
    shutil.rmtree(tmp_path / "images")
    assert datastd.check(tmp_path, instances, format="coco:annotations")["L201"].outcome == Outcome.FAIL


def test_coco_leaves_ids_out_and_nobody_else_may(tmp_path):
    ids = [one for one in range(1, 91) if one not in COCO_GAPS]
    for name, some, outcome in (("coco", ids, "pass"), ("less", ids[1:], "warn")):
        change = _file(lambda file, some=some: file.update(categories=[{"id": one, "name": f"c{one}"} for one in some]))
        assert _check("C203", change, tmp_path / name)["C203"].outcome == outcome


def test_people_with_key_points_may_be_listed_beside_the_same_objects(tmp_path):
    """As COCO has them: two files of a split with the same pictures, people, and ids."""
    sound(tmp_path)
    for split in ("train2017", "val2017"):
        file = json.loads((tmp_path / f"annotations/instances_{split}.json").read_text())
        words = {"images": file["images"], "annotations": [{"id": n, "image_id": one["id"], "caption": "A picture."} for n, one in enumerate(file["images"], 1)]}
        write(tmp_path, words, f"annotations/captions_{split}.json")
        people = file | {"categories": NAMES[:1], "annotations": [one for one in file["annotations"] if one["category_id"] == 1]}
        write(tmp_path, people, f"annotations/person_keypoints_{split}.json")
        _unpointed(file)
        write(tmp_path, file, f"annotations/instances_{split}.json")
    report = datastd.check(tmp_path, keypoints, format="coco:annotations")
    assert {verdict.code: verdict.outcome for verdict in report.verdicts if verdict.outcome != Outcome.PASS} == {}


@pytest.mark.parametrize(("called", "make"), [("voc", voc), ("yolo", yolo)])
def test_boxes_of_every_format_are_judged_by_one_standard(called, make, tmp_path):
    """What one format alone has is not asked of the others: ids, names of categories in a list."""
    report = datastd.check(make(tmp_path), detection, format=called)
    assert {verdict.outcome for verdict in report.verdicts} == {Outcome.PASS}
    assert {one.code for one in report.not_asked} >= {"C202", "C203", "C204", "C298", "C208", "F205", "F206", "F207", "F208", "F209"}
    assert {verdict.code for verdict in report.verdicts} >= {"C205", "C209", "C210", "C299", "F212", "F213", "F214", "F215", "F216", "F297", "L201"}


def test_boxes_of_voc_that_are_wrong_are_named(tmp_path):
    """A box is kept as it is written: from column 21 to 60 of a picture of 48."""
    folder = voc(tmp_path)
    path = min(folder.rglob("*.xml"))
    path.write_text(path.read_text().replace("<xmax>20</xmax>", "<xmax>60</xmax>"))
    report = datastd.check(folder, detection, format="voc")
    assert report["F214"].outcome == Outcome.FAIL
    assert [one.observed for one in report["F214"].examples] == [60 - 48]


@needs_data
def test_boxes_of_coco128_have_no_flaw(tmp_path):
    """929 objects: what is wrong there is that two pictures and two files of labels lack each other."""
    shutil.copytree(SHARED / "coco128/images/train2017", tmp_path / "images/train2017")
    shutil.copytree(SHARED / "coco128/object_detection/labels/train2017", tmp_path / "labels/train2017")
    shutil.copy(SHARED / "coco128/object_detection/config.yaml", tmp_path)
    report = datastd.check(tmp_path, detection, format="yolo")
    assert {verdict.code for verdict in report.verdicts if verdict.outcome != Outcome.PASS} == {"C205", "F268"}
    assert report["C205"].observed == 2 / 128
    assert report["F214"].checked == 929
