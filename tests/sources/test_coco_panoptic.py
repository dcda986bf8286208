"""Panoptic segments: every picture with its mask and its list, or named."""

import copy
import json
import pickle
import shutil

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from panoptic_files import JSON, MASKS, PICTURES, colours, numbers, segment, sound, write
from PIL import Image
from support import SHARED, needs_data

from datastd.disk import Tree
from datastd.draft import Draft
from datastd.pipeline import open_source
from datastd.records.coco_panoptic import CocoPanopticFile
from datastd.sources import Batch
from datastd.sources.coco import Coco
from datastd.sources.coco_panoptic import CocoPanoptic

KEYS = [f"{PICTURES}/{n:06}.jpg" for n in range(1, 7)]


def looked(folder, options=()):
    """Samples by key, each with its segments, and defects by code and key; that nothing is dropped."""
    with CocoPanoptic.of(Tree(folder), options) as source:
        plan = source.plan()
        found, defects = {}, [*plan.defects]
        for shard in plan.shards:
            for read in source.portion(shard.path, range(shard.start, shard.stop)).read():
                if not isinstance(read, Batch):
                    defects.append(read)
                    continue
                for row, key in enumerate(read.keys):
                    rows = read.annotations.filter(pl.col("row") == row).drop("row").rows(named=True)
                    found[key] = {"split": shard.split, "segments": rows} | {n: c[row] for n, c in read.columns.items()}
        lost = sum(one.samples for one in defects if one not in plan.defects)
        assert plan.samples == len(found) + lost
        assert plan.lost >= sum(one.samples for one in plan.defects if one.unit == "samples")
        return found, [(one.code, one.key) for one in defects]


def changed(folder, change):
    made = sound(folder)[1]
    change(made)
    return write(folder, made)


@pytest.mark.parametrize("options", [(), ("annotations",)])
def test_each_picture_comes_with_its_mask_and_segments(options, tmp_path):
    _, made = sound(tmp_path)
    found, defects = looked(tmp_path, options)
    assert defects == []
    assert [*found] == ([f"{MASKS}/{n:06}.png" for n in range(1, 7)] if options else KEYS)
    listed = {one["image_id"]: one for one in made["annotations"]}
    names = {one["id"]: one["name"] for one in made["categories"]}
    for number, sample in enumerate(found.values(), 1):
        assert (sample["mask"] == numbers(number)).all()
        assert (sample["split"], sample["image_id"], sample["stated_width"], sample["stated_height"]) == ("train", number, 48, 40)
        assert ("image" in sample) == (not options)
        assert sample["mask_mode"] == "RGB"
        for one, said in zip(sample["segments"], listed[number]["segments_info"], strict=True):
            assert one == {
                "annotation": str(said["id"]), "segment": said["id"], "category": said["category_id"], "class_name": names[said["category_id"]],
                **{f"{side}_px": value for side, value in zip("xywh", said["bbox"], strict=True)}, "area_px": said["area"], "crowd": 0,
            }  # fmt: skip


def test_it_is_found_unasked_and_instances_are_not(tmp_path):
    sound(tmp_path)
    with open_source(tmp_path) as source:
        assert source.format == "coco-panoptic"
    assert not Coco.recognises(Tree(tmp_path))
    shutil.rmtree(tmp_path / MASKS)
    made = json.loads((tmp_path / JSON).read_text())
    write(tmp_path, {key: made[key] for key in ("annotations", "images", "categories")})
    assert CocoPanoptic.recognises(Tree(tmp_path))  # by what it says
    for one in made["annotations"]:
        one.pop("segments_info")
    write(tmp_path, made)
    assert not CocoPanoptic.recognises(Tree(tmp_path))


def test_options_stand_in_the_name_and_say_what_is_there(tmp_path):
    sound(tmp_path)
    with open_source(tmp_path, "coco-panoptic:annotations") as source:
        assert source.called == "coco-panoptic:annotations"
        assert {"mask", "image_id"} <= source.stated
        assert "image" not in source.stated
    with open_source(tmp_path, "coco-panoptic:tiff") as source:
        assert source.called == "coco-panoptic:tiff"
        assert "image" in source.stated


DEFECTS = {
    "no mask": (lambda made: made["annotations"].pop(), [("F271", KEYS[0]), ("F272", f"{MASKS}/000001.png")]),
    "two annotations": (lambda made: made["annotations"].append(copy.deepcopy(made["annotations"][0])), [("F273", KEYS[5])]),
    "a mask of another": (lambda made: made["annotations"][0].update(file_name="000001.png"), [("F273", KEYS[5]), ("F272", f"{MASKS}/000006.png")]),
    "no such mask": (lambda made: made["annotations"][0].update(file_name="x.png"), [("F271", KEYS[5]), ("F272", f"{MASKS}/000006.png")]),
    "a name that is none": (lambda made: made["annotations"][0].update(file_name=7), [("F203", KEYS[5]), ("F272", f"{MASKS}/000006.png")]),
    "no such picture": (lambda made: made["annotations"][0].update(image_id=99), [("C201", f"{JSON}@0"), ("F271", KEYS[5]), ("F272", f"{MASKS}/000006.png")]),
    "no segments": (lambda made: made["annotations"][0].pop("segments_info"), [("F203", KEYS[5])]),
    "segments that are none": (lambda made: made["annotations"][0].update(segments_info={}), [("F203", KEYS[5])]),
    "a segment that is none": (lambda made: made["annotations"][0]["segments_info"].append([]), [("F203", KEYS[5])]),
    "an id in quotes": (lambda made: _of(made).update(id="7"), [("F204", KEYS[5])]),
    "an id with a point": (lambda made: _of(made).update(id=7.5), [("F204", KEYS[5])]),
    "an id beyond 64 bits": (lambda made: _of(made).update(id=1 << 63), [("F204", KEYS[5])]),
    "no category": (lambda made: _of(made).pop("category_id"), [("F203", KEYS[5])]),
    "no crowd": (lambda made: _of(made).pop("iscrowd"), [("F203", KEYS[5])]),
    "an area in quotes": (lambda made: _of(made).update(area="7"), [("F203", KEYS[5])]),
    "three sides": (lambda made: _of(made).update(bbox=[1, 2, 3]), [("F211", KEYS[5])]),
    "a side that is none": (lambda made: _of(made).update(bbox=[1, 2, 3, None]), [("F211", KEYS[5])]),
    "a picture of no width": (lambda made: made["images"][5].update(width=0), [("F202", f"{JSON}#5")]),
    "a picture that is not there": (lambda made: made["images"][5].update(file_name="x.jpg"), [("C206", f"{JSON}#5")]),
    "an id of a picture in quotes": (lambda made: made["images"][5].update(id="6"), [("C201", f"{JSON}@0")]),
}  # fmt: skip


def _of(made):
    return made["annotations"][0]["segments_info"][0]


@pytest.mark.parametrize("name", DEFECTS)
def test_what_is_wrong_costs_its_picture_alone(name, tmp_path):
    change, expected = DEFECTS[name]
    found, defects = looked(changed(tmp_path, change))
    lost = {key for _, key in expected}
    stray = {("F099", KEYS[5]), ("F272", f"{MASKS}/000006.png"), ("F204", f"{JSON}#5")} if not lost & {*KEYS} else set()
    assert {*expected} <= {*defects} <= {*expected} | stray
    assert len(found) == 5
    assert {*KEYS} - {*found} == ({KEYS[0]} if KEYS[0] in lost else {KEYS[5]})


def test_numbers_that_are_hard_to_read_are_read(tmp_path):
    def change(made):
        _of(made).update(id=1 << 40, category_id=-3, area=12.5, bbox=[-1, 2.25, 1e3, 1 << 33], iscrowd=1 << 31)
    (found, defects) = looked(changed(tmp_path, change))
    assert defects == []
    one = found[KEYS[5]]["segments"][0]
    assert {name: one[name] for name in ("segment", "category", "class_name", "x_px", "y_px", "w_px", "h_px", "area_px", "crowd")} == {
        "segment": 1 << 40, "category": -3, "class_name": None, "x_px": -1, "y_px": 2.25, "w_px": 1000, "h_px": 1 << 33, "area_px": 12.5, "crowd": 1 << 31,
    }  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code"), [
    (b'"area": 42', b'"area": NaN', "F203"), (b'"area": 42', b'"area": 42, "area": 42', "F203"), (b'"iscrowd": 0', b'"iscrowd": 00', "F201"),
])  # fmt: skip
def test_what_is_no_json_costs_its_picture_alone(old, new, code, tmp_path):
    folder, _ = sound(tmp_path)
    content = (folder / JSON).read_bytes()
    assert old in content
    (folder / JSON).write_bytes(content.replace(old, new, 1))
    found, defects = looked(folder)
    ((found_code, key),) = defects
    assert (len(found), key) == (5, KEYS[5])
    assert found_code == code or found_code.startswith("F")


@pytest.mark.parametrize("content", [
    b"", b"[]", b"{}", b"7", b"\xef\xbb\xbf{}", b'{"images": {}, "annotations": 7}', b'{"images": [7], "annotations": [[], 7, null]}', b"{" * 600,
])  # fmt: skip
def test_a_file_that_is_none_is_named(content, tmp_path):
    sound(tmp_path)
    found, defects = looked(write(tmp_path, content))
    assert found == {}
    assert JSON in {key.partition("#")[0].partition("@")[0] for _, key in defects}


@given(st.integers(1, 99))
def test_a_file_cut_anywhere_keeps_what_is_whole(tmp_path_factory, percent):
    folder, _ = sound(tmp_path_factory.mktemp("cut"), 3)
    content = (folder / JSON).read_bytes()
    write(folder, content[: len(content) * percent // 100])
    found, defects = looked(folder)
    assert ("F201", JSON) in defects
    assert all((one["mask"] == numbers(one["image_id"])).all() for one in found.values())


@pytest.mark.parametrize(("content", "code"), [(b"", "F002"), (b"GIF89a", "F131"), ("cut", "F132")])
def test_a_mask_that_cannot_be_read_costs_its_picture_alone(content, code, tmp_path):
    folder, _ = sound(tmp_path)
    path = folder / MASKS / "000002.png"
    path.write_bytes(path.read_bytes()[:-12] if content == "cut" else content)
    found, defects = looked(folder)
    assert (defects, [*found]) == ([(code, KEYS[1])], [key for key in KEYS if key != KEYS[1]])


def test_masks_may_lie_beside_their_file(tmp_path):
    folder, _ = sound(tmp_path)
    for path in (folder / MASKS).iterdir():
        path.rename(folder / "annotations" / path.name)
    (folder / MASKS).rmdir()
    assert len(looked(folder)[0]) == 6


def test_what_belongs_to_nobody_is_named(tmp_path):
    folder, _ = sound(tmp_path)
    colours(numbers()).save(folder / MASKS / "more.png")
    shutil.copy(folder / KEYS[0], folder / PICTURES / "more.jpg")
    (folder / "notes.xyz").write_text("x")
    assert sorted(looked(folder)[1]) == [("F099", f"{PICTURES}/more.jpg"), ("F099", "notes.xyz"), ("F272", f"{MASKS}/more.png")]
    assert sorted(looked(folder, ("annotations",))[1]) == [("F099", "notes.xyz"), ("F272", f"{MASKS}/more.png")]


def test_pictures_that_are_elsewhere_are_wrong_where_the_list_is(tmp_path):
    change, _ = DEFECTS["a picture of no width"]
    found, defects = looked(changed(tmp_path, change), ("annotations",))
    assert (len(found), defects) == (5, [("F202", f"{MASKS}/000006.png")])


def test_reading_again_and_elsewhere_gives_the_same(tmp_path):
    folder, _ = sound(tmp_path)
    with CocoPanoptic(Tree(folder)) as source:
        (shard,) = source.plan().shards
        (here,) = source.read(shard)
        (there,) = pickle.loads(pickle.dumps(source.portion("train", range(6)))).read()
        again = source.take("train", np.array([4, 0, 4]))
        assert source.payloads == {*here.hashes} == {*there.hashes}
        assert len(source.payloads) == 12
        assert here.annotations.equals(there.annotations)
        for new, old in enumerate((4, 0, 4)):
            one = again.annotations.filter(pl.col("row") == new).drop("row")
            assert one.equals(here.annotations.filter(pl.col("row") == old).drop("row"))
            assert (again.columns["mask"][new] == here.columns["mask"][old]).all()
        assert source.classes().get_column("class_name").to_list() == ["person", "car", "sky"]


def test_what_the_record_says_is_what_is_read(tmp_path):
    _, made = sound(tmp_path)
    assert CocoPanopticFile.model_validate_json(json.dumps(made)).annotations[0].segments_info[0].id == _of(made)["id"]


@needs_data
def test_the_masks_of_coco128_are_those_of_its_list(tmp_path):
    shutil.copytree(SHARED / "coco128/panoptic_segmentation/annotations", tmp_path / "annotations")
    found, defects = looked(tmp_path, ("annotations",))
    assert (len(found), defects) == (100, [])
    assert sum(len(one["segments"]) for one in found.values()) == 1111
    for one in found.values():
        values, counts = np.unique(one["mask"], return_counts=True)
        areas = dict(zip(values.tolist(), counts.tolist(), strict=True))
        areas.pop(0, None)
        assert areas == {part["segment"]: part["area_px"] for part in one["segments"]}
        assert one["mask"].shape == (one["stated_height"], one["stated_width"])
        assert all(segment(one["mask"], part["segment"])["bbox"] == [part[f"{side}_px"] for side in "xywh"] for part in one["segments"])


@needs_data
def test_the_sample_of_panopticapi_is_read(tmp_path):
    place = SHARED / "coco_panoptic_sample/sample_data"
    for name in ("panoptic_examples.json", "panoptic_examples"):
        (shutil.copytree if (place / name).is_dir() else shutil.copy)(place / name, tmp_path / name)
    shutil.copytree(place / "input_images", tmp_path / "images")
    found, defects = looked(tmp_path)
    assert ([*found], defects) == (["images/000000142238.jpg", "images/000000439180.jpg"], [])
    assert sum(len(one["segments"]) for one in found.values()) == 50
    assert all(one["mask"].shape == one["image"].shape[:2] for one in found.values())


def test_pillow_agrees_on_colours():
    mask = numbers(3)
    array = np.asarray(colours(mask)).astype(np.int64)
    assert (array[..., 0] + 256 * array[..., 1] + 65536 * array[..., 2] == mask).all()
    assert Image.fromarray(array.astype(np.uint8)).mode == "RGB"


def test_what_is_written_anew_is_what_was_kept(tmp_path):
    folder, _ = sound(tmp_path / "data")
    with CocoPanoptic(Tree(folder)) as source, Draft(tmp_path / "out") as draft:
        source.write({"train": np.array([0, 3])}, draft)
        draft.publish()
    before, (after, defects) = looked(folder)[0], looked(tmp_path / "out")
    assert defects == []
    assert [*after] == [KEYS[0], KEYS[3]]
    for key, one in after.items():
        assert one["segments"] == before[key]["segments"]
