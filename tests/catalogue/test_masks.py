"""Defects planted in masks: catalogue 1.2."""

import math

import numpy as np
import panoptic_files
import pytest
from mask_files import SIZE, colormap, instances_of, mask_image, values, write, write_masks
from PIL import Image
from support import picture

import datastd
from catalogue.planting import says_what
from datastd.rules.masks.mask_all_ignore import MaskAllIgnore
from datastd.rules.masks.mask_instance_class_inconsistent import MaskInstanceClassInconsistent
from datastd.rules.masks.mask_value_range import MaskValueRange
from datastd.sources.masks.pairing import published

RED = {"error": "fail", "warn": "warn"}
ROOT = "VOC2012/"
IMAGE, MASK, INSTANCES = f"{ROOT}JPEGImages/0001.jpg", f"{ROOT}SegmentationClass/0001.png", f"{ROOT}SegmentationObject/0001.png"
STANDARD = "semantic-segmentation/1"


def _mask(change, path=MASK):
    """Write another mask in the place of the first, made of its values."""
    def plant(folder):
        made = change(values(1))
        write(folder / path, made if isinstance(made, Image.Image) else mask_image(made, palette=colormap()))
    return plant


def _both(change):
    """Write another mask of classes, and one of instances that agrees."""
    def plant(folder):
        made = change(values(1))
        write(folder / MASK, mask_image(made, palette=colormap()))
        write(folder / INSTANCES, mask_image(instances_of(made), palette=colormap()))
    return plant


def _jpeg(folder):
    image = mask_image(values(1))
    (folder / MASK).unlink()
    write(folder / MASK.replace("png", "jpg"), image, quality=95)


def _blended(mask):
    image = mask_image(mask)
    return mask_image(np.asarray(image.resize((30, 25)).resize(SIZE[::-1], Image.Resampling.BILINEAR)), palette=colormap())


def _with(count, value):
    """So many pixels, far from each other, of a value."""
    def change(mask):
        mask[np.arange(count) * 2, 46] = value
        return mask
    return change


def _share(value):
    """The first rows, to so many pixels, are ignored."""
    def change(mask):
        mask[:] = np.where(np.arange(mask.size).reshape(mask.shape) < value * mask.size, 255, 1)
        return mask
    return change


def _rename(old, new):
    return lambda folder: (folder / old).rename(folder / new)


def _shuffled():
    palette = colormap()
    palette[[1, 2]] = palette[[2, 1]]
    return palette


def _painted(mask):
    mask[np.argwhere(mask == 2)[:40, 0], np.argwhere(mask == 2)[:40, 1]] = 1
    return mask


def _segments(change):
    """Change what the list says of the first segment, or the picture's mask, by `coco-panoptic/1`."""
    def plant(folder):
        made = panoptic_files.sound(folder)[1]
        change(folder, made["annotations"][0])
        panoptic_files.write(folder, made)
        return "coco-panoptic/1"
    return plant


def _listed(**changes):
    return _segments(lambda folder, one: one["segments_info"][0].update(changes))


def _drawn(change):
    """Another mask for the first picture of the list, which is the last."""
    def redraw(folder, _):
        mask = panoptic_files.numbers(6)
        change(mask)
        write(folder / panoptic_files.MASKS / "000006.png", panoptic_files.colours(mask))
    return _segments(redraw)


PANOPTIC = {
    "C213": _segments(lambda folder, one: one["segments_info"].pop()),
    "F252": _segments(lambda folder, _: write(folder / panoptic_files.MASKS / "000006.png", panoptic_files.colours(panoptic_files.numbers(6)[:-1]))),
    "C207": _segments(lambda folder, _: write(folder / panoptic_files.PICTURES / "000006.jpg", picture(6, size=(41, 48)))),
}
"""What is done to a sound dataset of COCO's panoptic layout."""

MORE_SEGMENTS = [
    _listed(area=7), _listed(bbox=[0, 0, 1, 1]), _listed(id=12345), _segments(lambda folder, one: one["segments_info"].append(one["segments_info"][0])),
    _segments(lambda folder, one: one["segments_info"].append(one["segments_info"][0] | {"id": 99})),
    _segments(lambda folder, one: one["segments_info"].append(one["segments_info"][0] | {"id": 0})),
    _drawn(lambda mask: np.put(mask, 0, 0)), _drawn(lambda mask: np.put(mask, mask.size - 1, 1 << 23)), _segments(lambda folder, one: one["segments_info"].clear()),
]  # fmt: skip
"""More ways in which a mask and its list differ."""

OF_CLASSES = {
    "F251": _mask(lambda mask: mask_image(mask, palette=colormap()).convert("RGB")),
    "F252": _mask(lambda mask: mask[:, :-1]),
    "F253": _both(lambda mask: np.where(mask == 2, 21, mask).astype(np.uint8)),
    "F254": _mask(lambda mask: mask_image(mask, palette=_shuffled())),
    "F255": _jpeg,
    "F256": _both(_share(1)),
    "F257": _both(lambda mask: np.where(mask == 255, 255, 0).astype(np.uint8)),
    "F258": _mask(_painted),
}
"""What is done to a sound dataset of VOC's layout."""

def _categories(change):
    def plant(folder):
        made = panoptic_files.sound(folder)[1]
        made["categories"] = [{**one} for one in made["categories"]]
        change(made["categories"])
        panoptic_files.write(folder, made)
    return plant


def _void(folder):
    """A mask without a segment, and a list of none."""
    made = panoptic_files.sound(folder)[1]
    made["annotations"][0]["segments_info"].clear()
    panoptic_files.write(folder, made)
    write(folder / panoptic_files.MASKS / "000006.png", panoptic_files.colours(np.zeros(panoptic_files.SIZE, np.int64)))


def _grey(folder):
    """A mask whose numbers fit into 8 bits, and which is stored so."""
    made = panoptic_files.sound(folder)[1]
    mask = np.zeros(panoptic_files.SIZE, np.uint8)
    mask[:20], mask[25:] = 7, 9
    made["annotations"][0] |= panoptic_files.annotation(6, mask)
    panoptic_files.write(folder, made)
    write(folder / panoptic_files.MASKS / "000006.png", mask_image(mask))


OWN = {
    "F291": [_grey],
    "F292": [_void],
    "C296": [_categories(lambda some: some[0].pop("isthing")), _categories(lambda some: some[0].update(isthing=2)), _categories(lambda some: some[1].update(isthing=True)),
             _categories(lambda some: some[1].update(isthing="1")), _categories(lambda some: some[1].update(isthing=None))],
    "C197": [_categories(lambda some: some[0].update(name="per\u200bson"))],
    "C211": [_categories(lambda some: some[0].update(name="ＣＡＲ\u2060"))],
}  # fmt: skip
"""Of panoptic files, what has no row in the catalogue."""


@pytest.mark.parametrize(("code", "plant"), [(code, plant) for code, some in OWN.items() for plant in some])
def test_what_panoptic_files_alone_have_turns_the_code_red(code, plant, tmp_path):
    plant(tmp_path)
    verdicts = {one.code: one for one in datastd.check(tmp_path, "coco-panoptic/1").verdicts}
    assert verdicts[code].outcome == RED[verdicts[code].level]
    others = {one.code for one in verdicts.values() if one.outcome != "pass"} - {code}
    assert others <= ({"C197"} if code == "C211" else set())


PLANTS = OF_CLASSES | {"C213": PANOPTIC["C213"]}
"""Of each code one, of whichever layout."""

MORE = {
    "F251": [_mask(lambda mask: Image.fromarray(mask.astype(np.uint16))), _mask(lambda mask: mask_image(mask).convert("RGBA")),
             _mask(lambda mask: mask_image(mask).convert("LA")), _mask(lambda mask: Image.fromarray(mask > 0))],
    "F252": [_mask(lambda mask: mask[:-1]), _mask(lambda mask: mask.T), _mask(lambda mask: instances_of(mask)[:-1], INSTANCES)],
    "F253": [_both(lambda mask: np.where(mask == 2, 254, mask).astype(np.uint8)), _both(_with(1, 21))],
    "F255": [_mask(_blended), _both(_with(2, 7))],
    "F256": [_both(_share(0.51))],
    "F257": [_both(lambda mask: np.zeros_like(mask))],
    "F271": [lambda folder: (folder / MASK).unlink() or (folder / INSTANCES).unlink(), _rename(IMAGE, IMAGE.replace("0001", "000A"))],
    "F272": [lambda folder: (folder / IMAGE).unlink()],
    "F273": [lambda folder: write(folder / IMAGE.replace("jpg", "png"), picture(1, size=SIZE))],
    "F137": [lambda folder: write(folder / IMAGE, picture(1, size=SIZE), exif=_turned())],
    "F002": [lambda folder: (folder / MASK).write_bytes(b""), lambda folder: (folder / IMAGE).write_bytes(b"")],
    "F132": [lambda folder: (folder / MASK).write_bytes((folder / MASK).read_bytes()[:-12])],
    "F131": [lambda folder: (folder / MASK).write_bytes(b"<html>")],
}
"""More of each kind, and of what no row of the catalogue is about."""

SOUND = {
    "F253": _both(lambda mask: np.where(mask == 2, 20, mask).astype(np.uint8)),
    "F254": _mask(lambda mask: mask_image(mask, palette=colormap(21))),
    "F255": _both(_with(1, 7)),
    "F256": _both(_share(0.5)),
    "F258": _mask(lambda mask: np.where(mask == 2, 255, mask).astype(np.uint8)),
    "F251": _mask(mask_image),
}
"""What lies on the other side of a boundary."""

BESIDE = {
    "F251": {"F253", "F255", "F258", "F254"}, "F253": set(), "F255": {"F253", "F258", "F251"}, "F256": {"F257"}, "F257": {"F256"}, "F271": {"F272"}, "F272": {"F272"},
    "F252": set(),
}  # fmt: skip
"""What else is wrong with what is planted."""

DEFAULTS = {"F251": "{P,L}", "F252": "equal", "F254": "equal", "F255": "0", "F257": "report"}
"""What `semantic-segmentation/1` takes of a row's default, where a measure is judged."""

RULE_DEFAULTS = {"C213": "equal", "F253": "VOC K=21, ignore 255", "F256": "1.0 error, 0.5 warn", "F258": "0"}
"""Defaults of rows that are rules."""


def _turned():
    exif = Image.Exif()
    exif[274] = 6
    return exif


def _check(folder):
    return {verdict.code: verdict for verdict in datastd.check(folder, STANDARD).verdicts}


@pytest.fixture
def folder(tmp_path):
    return write_masks(tmp_path / "data", "voc", each=8, palette=colormap())


def test_sound_masks_have_no_flaw(folder):
    verdicts = _check(folder)
    assert {verdict.outcome for verdict in verdicts.values()} == {"pass"}
    assert {*verdicts} >= {*OF_CLASSES}


@pytest.mark.parametrize(("code", "plant"), [*OF_CLASSES.items(), *((code, plant) for code, some in MORE.items() for plant in some)])
def test_the_defect_planted_in_masks_turns_the_code_red(code, plant, folder):
    plant(folder)
    verdicts = _check(folder)
    found = verdicts[code]
    says_what(found)
    assert found.outcome == (RED[found.level] if code != "F256" or found.observed == 1 else "warn")
    assert found.failed == len(found.examples) == (2 if code == "F273" else 1)
    example, *_ = found.examples
    assert example.key.startswith((ROOT, "VOC2012/SegmentationClass/"))
    assert "000" in example.key
    others = {one.code for one in verdicts.values() if one.outcome != "pass"} - {code}
    assert others <= BESIDE.get(code, set())


@pytest.mark.parametrize("code", SOUND)
def test_what_is_just_inside_a_boundary_passes(code, folder):
    SOUND[code](folder)
    assert _check(folder)[code].outcome == "pass"


@pytest.mark.parametrize("form", ["coco-panoptic", None])
def test_sound_segments_have_no_flaw(form, tmp_path):
    report = datastd.check(panoptic_files.sound(tmp_path)[0], format=form)
    assert report.standard.name == "coco-panoptic/1"
    assert {verdict.outcome for verdict in report.verdicts} == {"pass"}


@pytest.mark.parametrize(("code", "plant"), [*PANOPTIC.items(), *(("C213", plant) for plant in MORE_SEGMENTS)])
def test_the_defect_planted_in_segments_turns_the_code_red(code, plant, tmp_path):
    verdicts = {one.code: one for one in datastd.check(tmp_path, plant(tmp_path)).verdicts}
    found = verdicts[code]
    says_what(found)
    assert found.outcome == "fail"
    assert {one.key for one in found.examples} == {f"{panoptic_files.PICTURES}/000006.jpg"}
    others = {one.code for one in verdicts.values() if one.outcome != "pass"} - {code}
    assert others <= {"F252": {"C213"}, "C207": {"F252"}}.get(code, set())


def test_segments_whose_pictures_are_elsewhere_are_judged_and_pixels_are_not(tmp_path):
    report = datastd.check(panoptic_files.sound(tmp_path)[0], "coco-panoptic/1", format="coco-panoptic:annotations")
    assert report["C213"].outcome == "pass"
    assert report["C213"].checked == 18
    assert ("F252", "image") in {(one.code, one.needs) for one in report.not_asked}
    assert report.outcome == "pass"


def test_what_names_no_code_is_not_asked_and_the_rest_is_judged(tmp_path):
    folder = write_masks(tmp_path / "data", "penn-fudan")
    report = datastd.check(folder)
    assert report.standard.name == STANDARD
    assert {(one.code, one.needs) for one in report.not_asked} >= {("F253", "classes_stated"), ("F258", "instance_mask")}
    assert {verdict.outcome for verdict in report.verdicts} == {"pass"}


def test_defaults_of_rules_are_those_of_the_rows():
    in_voc = published(["VOC2012/SegmentationClass/a.png"])
    assert f"VOC K={in_voc}, ignore {MaskValueRange().mask_ignore}" == RULE_DEFAULTS["F253"]
    most, some = MaskAllIgnore().limit, MaskAllIgnore().warn
    assert f"{math.nextafter(most, 2)} error, {some} warn" == RULE_DEFAULTS["F256"]
    assert MaskInstanceClassInconsistent().limit == 0


def test_one_mask_of_all_pictures_is_found_and_of_half_of_them_is_none(folder):
    """Each by itself is sound: written over the others it is the label of none."""
    first = (folder / MASK).read_bytes()
    others = sorted((folder / "VOC2012/SegmentationClass").iterdir())
    objects = (folder / MASK.replace("Class", "Object")).read_bytes()
    for path in others:
        path.write_bytes(first)
        (folder / "VOC2012/SegmentationObject" / path.name).write_bytes(objects)
    verdict = _check(folder)["L298"]
    assert (verdict.outcome, verdict.observed, verdict.failed) == ("fail", 1, 8)
    assert verdict.examples[0].says == "expected a mask of its own, found 8 alike"
    for number, path in enumerate(others):
        write(path, mask_image(np.full(SIZE, 0 if number % 2 else 1, np.uint8), palette=colormap()))
    assert _check(folder)["L298"].observed == 0
