"""Pascal VOC2012 as it is published: its own oddities are no findings, and what is planted among them is."""

import re

import pytest
from mask_files import colormap, mask_image, values, write
from voc2012_files import (
    ACTION,
    EVERY,
    LAYOUT,
    MAIN,
    OLD,
    SEGMENTED,
    VOC,
    actor,
    annotated,
    put,
    thing,
    voc2012,
    wrong_value,
)

import datastd
from datastd.disk import Tree
from datastd.sources.voc import Voc

FIRST = "2008_000002"


def red(folder, standard, form):
    report = datastd.check(folder, standard, format=form)
    return {one.code: [example.key for example in one.examples] for one in report.verdicts if one.outcome != "pass"}, report


@pytest.mark.parametrize(("standard", "form"), [("voc/1", "voc"), ("semantic-segmentation/1", "masks")])
def test_what_is_published_has_no_flaw(standard, form, tmp_path):
    found, report = red(voc2012(tmp_path), standard, form)
    assert found == {}
    assert report.accounting.defective == 0
    assert report.accounting.samples == (len(EVERY) if form == "voc" else 8)


def test_the_two_files_with_fractions_are_tolerated_and_a_third_is_not(tmp_path):
    report = datastd.check(voc2012(tmp_path), "voc/1", format="voc")["F244"]
    assert (report.observed, report.limit, report.outcome) == (2, 2, "pass")
    put(tmp_path / "VOC2012/Annotations/2010_006215.xml", annotated("2010_006215", [actor((5.5, 3, 20, 30))]))
    report = datastd.check(tmp_path, "voc/1", format="voc")["F244"]
    assert (report.observed, report.outcome) == (3, "warn")
    assert report.examples[0].says == "expected whole numbers in every box, found others in 1 object"


def test_each_task_has_splits_of_its_own(tmp_path):
    """Main says where a picture is that it has; one of Segmentation, Layout or Action alone is where these say."""
    with Voc(Tree(voc2012(tmp_path))) as source:
        assert source.plan().defects == ()
        splits = {path.rpartition("/")[2][:-4]: split for split, of in source._listed.items() for path in of.paths}
    for split, names in MAIN.items():
        assert {splits[name] for name in names} == {split}
    assert {splits[name] for name in OLD["train"]} == {"train"}
    assert {splits[name] for name in OLD["val"]} == {"val"}
    assert {one for one in MAIN["train"] if one in {*SEGMENTED["val"], *LAYOUT["val"], *ACTION["val"]}} == {"2008_000003", "2009_000010", "2009_000011"}
    report = datastd.check(tmp_path, "semantic-segmentation/1", format="masks")
    assert {split: found.records for split, found in report.splits.items()} == {split: len(names) for split, names in SEGMENTED.items()}


def _lines(kind, name, more):
    return lambda root: put(root / f"ImageSets/{kind}/{name}.txt", (root / f"ImageSets/{kind}/{name}.txt").read_text() + more)


def _objects(*objects, name=FIRST):
    return lambda root: put(root / f"Annotations/{name}.xml", annotated(name, objects))


def _changed(old, new, name=FIRST):
    def change(root):
        path = root / f"Annotations/{name}.xml"
        text = path.read_text()
        assert old in text
        put(path, text.replace(old, new, 1))
    return change


BOXES = {
    "a picture in train and val of one task": (_lines("Main", "val", f"{FIRST}\n"), "F260"),
    "in train and val of Segmentation": (_lines("Segmentation", "val", "2008_000012\n"), "F260"),
    "in train and val of Action, by its person": (_lines("Action", "val", "2010_006215 1\n"), "F260"),
    "a class list of val with a picture of train": (_lines("Main", "cat_val", f"{FIRST} -1\n"), "F260"),
    "a name that is not there": (_lines("Layout", "train", "2007_999999  1\n"), "F248"),
    "a picture of Segmentation without a mask": (_lines("Segmentation", "train", "2008_000004\n"), "F248"),
    "no annotation": (lambda root: (root / f"Annotations/{FIRST}.xml").unlink(), "F248"),
    "a name in capitals": (_objects(thing("Dog", (3, 5, 20, 30))), "F245"),
    "a part as an object": (_objects(thing("person", (3, 5, 20, 30)), thing("head", (4, 6, 9, 9))), "F245"),
    "corners exchanged": (_objects(thing("dog", (20, 5, 3, 30))), "F242"),
    "a box that counts from 0": (_objects(thing("dog", (0, 5, 20, 30))), "F243"),
    "a box beyond the picture": (_objects(thing("dog", (3, 5, 49, 30))), "F243"),
    "an object twice": (_objects(thing("dog", (3, 5, 20, 30)), thing("dog", (3, 5, 20, 30))), "C209"),
    "a flag that is none": (_changed("<truncated>0", "<truncated>0.0597"), "F249"),
    "another picture's annotation": (_changed(f"<filename>{FIRST}", "<filename>2008_000007"), "F247"),
    "a size that is swapped": (_changed("<width>48</width><height>40", "<width>40</width><height>48"), "F246"),
    "an object in a part": (_changed("<part>", "<part><object><name>dog</name></object>", "2009_000010"), "F241"),
    "a box without a side": (_changed("<ymax>30</ymax>", "", "2010_006215"), "F241"),
    "no box": (_changed("<bndbox>", "<box>", "2008_000005"), "F241"),
}  # fmt: skip


BESIDE = {"F243": {"F259"}, "F256": {"F257"}, "F254": {"F258"}}
"""What else is wrong with what is planted."""


@pytest.mark.parametrize(("plant", "code"), BOXES.values(), ids=[*BOXES])
def test_what_is_planted_among_boxes_is_found(plant, code, tmp_path):
    plant(voc2012(tmp_path) / "VOC2012")
    found, report = red(tmp_path, "voc/1", "voc")
    assert code in found
    assert {*found} <= {code, *BESIDE.get(code, ())}
    assert not report.passed or code in {"F249", "F260"}


def test_parts_actions_and_points_are_not_objects(tmp_path):
    voc2012(tmp_path)
    objects = sum(len(re.findall("<object>", path.read_text())) for path in (tmp_path / "VOC2012/Annotations").iterdir())
    assert datastd.check(tmp_path, "voc/1", format="voc")["F242"].checked == objects


def _mask(name, array, palette=None, kind="SegmentationClass"):
    return lambda root: write(root / f"{kind}/{name}.png", mask_image(array, palette=colormap() if palette is None else palette))


MASKS = {
    "a value that is no class": (lambda root: wrong_value(root / f"SegmentationClass/{FIRST}.png"), "F253"),
    "void alone": (lambda root: wrong_value(root / f"SegmentationClass/{FIRST}.png", 255), "F256"),
    "another palette": (_mask(FIRST, values(0, classes=(0, 3, 20)), colormap()[::-1]), "F254"),
    "another size": (_mask(FIRST, values(0, size=(40, 47), classes=(0, 3, 20))), "F252"),
    "a picture in train and val": (_lines("Segmentation", "val", f"{FIRST}\n"), "F274"),
    "a name without a mask": (_lines("Segmentation", "val", "2008_000007\n"), "F271"),
}  # fmt: skip


@pytest.mark.parametrize(("plant", "code"), MASKS.values(), ids=[*MASKS])
def test_what_is_planted_among_masks_is_found(plant, code, tmp_path):
    plant(voc2012(tmp_path) / "VOC2012")
    found, _ = red(tmp_path, "semantic-segmentation/1", "masks")
    assert code in found
    assert {*found} <= {code, *BESIDE.get(code, ())}


def test_the_classes_are_the_twenty_of_the_challenge():
    assert len(VOC) == 20
    assert [*VOC] == sorted(VOC)
