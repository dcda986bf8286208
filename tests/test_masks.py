"""Masks from end to end: what clean leaves passes, whoever counts, and what is hostile is named."""

import shutil

import numpy as np
import panoptic_files
import pytest
from catalogue.test_masks import OF_CLASSES
from mask_files import SIZE, colormap, mask_image, values, write, write_masks
from support import SHARED, needs_data, picture

import datastd


def test_clean_leaves_masks_out_with_their_images_and_lists(tmp_path):
    folder = write_masks(tmp_path / "data", "voc", each=8, palette=colormap())
    OF_CLASSES["F253"](folder)
    (folder / "VOC2012/SegmentationObject/0002.png").write_bytes(b"")
    lists = folder / "VOC2012/ImageSets/Segmentation"
    lists.mkdir(parents=True)
    (lists / "train.txt").write_text("0000\n0001\n0002\n0003\n")
    (lists / "val.txt").write_text("0004\n0005\n0006\n0007\n")
    done = datastd.clean(folder, tmp_path / "out", "semantic-segmentation/1")
    assert (done.rows_in, done.rows_out, done.removed, done.outcome) == (8, 6, {"F253": 1, "F002": 1}, "pass")
    assert (tmp_path / "out/VOC2012/ImageSets/Segmentation/train.txt").read_text() == "0000\n0003\n"
    assert sorted(path.stem for path in (tmp_path / "out").rglob("*.png")) == sorted(2 * [f"{n:04}" for n in (0, 3, 4, 5, 6, 7)])


@pytest.mark.parametrize("form", ["coco-panoptic", "coco-panoptic:annotations"])
def test_clean_leaves_segments_out_with_their_pictures(form, tmp_path):
    folder, made = panoptic_files.sound(tmp_path / "data")
    made["annotations"][0]["segments_info"][0]["area"] = 3
    made["annotations"][2]["segments_info"][1]["bbox"] = [1]
    panoptic_files.write(folder, made)
    done = datastd.clean(folder, tmp_path / "out", "coco-panoptic/1", format=form)
    assert (done.rows_in, done.rows_out, done.removed, done.outcome) == (6, 4, {"C213": 1, "F211": 1}, "pass")
    assert sorted(path.stem for path in (tmp_path / "out").rglob("*.png")) == [f"{n:06}" for n in (1, 2, 3, 5)]


HOSTILE = {
    "one pixel off": lambda f: write(f / "masks/0001.png", mask_image(values(1)[:, 1:])),
    "a mask of one pixel": lambda f: write(f / "masks/0001.png", mask_image(np.zeros((1, 1), np.uint8))),
    "colours": lambda f: write(f / "masks/0001.png", mask_image(values(1)).convert("RGB")),
    "JPEG": lambda f: (f / "masks/0001.png").unlink() or write(f / "masks/0001.jpg", mask_image(values(1))),
    "JPEG under another name": lambda f: write(f / "masks/0001.png", mask_image(values(1)), format="JPEG"),
    "empty": lambda f: (f / "masks/0001.png").write_bytes(b""),
    "cut": lambda f: (f / "masks/0001.png").write_bytes((f / "masks/0001.png").read_bytes()[:60]),
    "text": lambda f: (f / "masks/0001.png").write_text("no mask"),
    "a bomb": lambda f: (f / "masks/0001.png").write_bytes(_bomb((f / "masks/0001.png").read_bytes())),
    "a value beyond the classes": lambda f: write(f / "masks/0001.png", mask_image(np.where(values(1) == 2, 21, values(1)).astype(np.uint8))),
    "two masks": lambda f: write(f / "masks/0001.bmp", mask_image(values(1))) and write(f / "masks/0001.webp", mask_image(values(1)), lossless=True),
    "a mask of another case": lambda f: (f / "masks/0001.png").rename(f / "masks/0001.PNG").with_name("0001.PNG").rename(f / "masks/OOO1.png"),
}  # fmt: skip


def _bomb(content):
    import zlib

    made = bytearray(content)
    made[16:24] = (30_000).to_bytes(4, "big") * 2
    made[29:33] = zlib.crc32(made[12:29]).to_bytes(4, "big")
    return bytes(made)


@pytest.mark.parametrize("name", HOSTILE)
def test_of_what_is_hostile_the_sample_is_named_and_the_rest_judged(name, tmp_path):
    folder = write_masks(tmp_path / "data")
    (folder / "classes.txt").write_text("\n".join(f"class {n}" for n in range(21)))
    HOSTILE[name](folder)
    report = datastd.check(folder, "semantic-segmentation/1")
    assert report.outcome == "fail"
    named = {one.key.rpartition("/")[2] for verdict in report.verdicts if verdict.outcome == "fail" for one in verdict.examples}
    assert any(key.lower().startswith(("0001.", "ooo1.")) for key in named)
    assert report.accounting.samples - report.accounting.defective >= 3
    assert {key[:4] for key in named} <= {"0001", "OOO1"}


def test_sixteen_bits_are_wanted_where_there_are_so_many_classes(tmp_path):
    folder = write_masks(tmp_path / "data")
    (folder / "classes.txt").write_text("\n".join(f"class {n}" for n in range(300)))
    for path in (folder / "masks").iterdir():
        wide = values(int(path.stem)).astype(np.uint16)
        write(path, mask_image(np.where(wide == 2, 299, wide)))
    report = datastd.check(folder, "semantic-segmentation/1")
    assert {report["F251"].outcome, report["F253"].outcome, report["F252"].outcome} == {"pass"}
    (folder / "classes.txt").write_text("\n".join(f"class {n}" for n in range(255)))
    report = datastd.check(folder, "semantic-segmentation/1")
    assert (report["F251"].failed, report["F253"].failed) == (4, 4)


def test_how_values_are_stored_is_said_in_words(tmp_path):
    folder = write_masks(tmp_path / "data")
    HOSTILE["colours"](folder)
    (one,) = datastd.check(folder)["F251"].examples
    assert one.says == "label mode: expected L, P or I;16 of more than 255, found RGB"


def test_a_standard_says_how_many_classes_there_are(tmp_path):
    folder = write_masks(tmp_path / "data")
    path = tmp_path / "mine.py"
    path.write_text(
        "from datastd import Standard\n"
        "from datastd.measures.masks.values_outside import values_outside\n"
        "from datastd.rules.masks.mask_value_range import MaskValueRange\n"
        'standard = Standard(name="mine/1", about="Mine.", formats=("masks",), measures=(values_outside,),\n'
        "                    rules=(MaskValueRange(mask_classes=2, mask_ignore=None),))\n"
    )
    report = datastd.check(folder, path)
    assert report["F253"].failed == 4
    assert {one.says for one in report["F253"].examples} == {"expected values from 0 to 1, found 2 255"}


def test_who_trains_reads_what_was_checked(tmp_path):
    folder = write_masks(tmp_path / "data", palette=colormap())
    write(folder / "images/0009.jpg", picture(9, size=SIZE))
    report = datastd.check(folder)
    assert report.accounting.samples == 5
    assert [one.key for one in report["F271"].examples] == ["images/0009.jpg"]


def test_numbers_of_segments_are_of_their_picture_and_may_stand_in_others(tmp_path):
    """Mapillary's are so by design: the catalogue's negative control."""
    folder, made = panoptic_files.sound(tmp_path)
    mask = panoptic_files.numbers(1)
    write(folder / panoptic_files.MASKS / "000002.png", panoptic_files.colours(mask))
    of = {one["image_id"]: one for one in made["annotations"]}
    of[2]["segments_info"] = of[1]["segments_info"]
    panoptic_files.write(folder, made)
    report = datastd.check(folder, "coco-panoptic/1")
    assert {one.name for one in report.verdicts if one.outcome != "pass"} <= {"byte-identical-different-names"}


def bad(report):
    return {one.code: one.failed for one in report.verdicts if one.outcome != "pass"}


@needs_data
def test_of_coco128_what_is_found_is_28_images_without_a_mask_and_one_mask_with_specks(tmp_path):
    shutil.copytree(SHARED / "coco128/images", tmp_path / "images")
    shutil.copytree(SHARED / "coco128/semantic_segmentation/masks", tmp_path / "masks")
    report = datastd.check(tmp_path)
    assert report.standard.name == "semantic-segmentation/1"
    assert bad(report) == {"F271": 28, "F255": 1}
    assert [one.key for one in report["F255"].examples] == ["images/train2017/000000000315.jpg"]


@needs_data
def test_panoptic_segments_of_coco_pass(tmp_path):
    shutil.copytree(SHARED / "coco128/panoptic_segmentation/annotations", tmp_path / "annotations")
    report = datastd.check(tmp_path, "coco-panoptic/1", format="coco-panoptic:annotations")
    assert (report.outcome, report["C213"].checked, report.accounting.samples) == ("pass", 1111, 100)
    shutil.copytree(SHARED / "coco128/images", tmp_path / "images")
    assert bad(datastd.check(tmp_path)) == {"F099": 28}


@needs_data
def test_the_sample_of_panopticapi_passes(tmp_path):
    place = SHARED / "coco_panoptic_sample/sample_data"
    shutil.copy(place / "panoptic_examples.json", tmp_path)
    shutil.copytree(place / "panoptic_examples", tmp_path / "panoptic_examples")
    shutil.copytree(place / "input_images", tmp_path / "images")
    report = datastd.check(tmp_path)
    assert (report.outcome, report["C213"].checked) == ("pass", 50)
