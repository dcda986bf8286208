"""COCO's layout: what json.load reads is what is read, and what Pydantic refuses is named."""

import copy
import json
import tempfile
from pathlib import Path

import numpy as np
import pytest
from coco_files import (
    CATEGORIES,
    box,
    captions,
    coco,
    crowd,
    draw,
    keypoints,
    picture,
    results,
    sound,
    write,
)
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from support import SHARED, needs_data

import datastd
from datastd.disk import Tree
from datastd.draft import Draft
from datastd.errors import DataChanged, UsageError
from datastd.pipeline import open_source
from datastd.records.coco import CocoAnnotation, CocoCaption, CocoImage, CocoResult
from datastd.schemas.coco_instances import standard
from datastd.sources import Batch, Defect
from datastd.sources.coco import Coco, fields, scan
from datastd.sources.coco.alone import CocoAlone
from datastd.sources.coco.marks import SCHEMA
from datastd.sources.coco.places import folders


def read(folder, shard=8 << 20, *, alone=True):
    """Pictures and annotations by key, as a table says; the defects, code and key; how many samples."""
    with CocoAlone(Tree(folder), shard=shard) if alone else Coco(Tree(folder)) as source:
        plan = source.plan()
        images, marks = {}, []
        defects, seen = [(one.code, one.key) for one in plan.defects], plan.lost
        for part in plan.shards:
            count = 0
            for one in source.read(part):
                if isinstance(one, Batch):
                    assert one.annotations.schema == SCHEMA
                    assert one.annotations["row"].is_sorted()
                    images |= dict(zip(one.keys, zip(*(one.columns[n] for n in ("image_id", "file_name", "stated_width", "stated_height")), strict=True), strict=True))
                    marks += [{"sample": one.keys[row["row"]]} | row for row in one.annotations.rows(named=True)]
                    count += len(one)
                else:
                    assert one.args[4] == one.key  # as it survives being pickled
                    defects.append((one.code, one.key))
                    count += one.samples
            assert count == part.samples
            seen += count
        return images, marks, defects, seen


def unpacked(text):
    """The runs of a mask as maskApi.c reads them, one character after the other."""
    runs, at = [], 0
    while at < len(text):
        x, k, more = 0, 0, True
        while more:
            c = ord(text[at]) - 48
            x |= (c & 0x1F) << 5 * k
            more = bool(c & 0x20)
            at, k = at + 1, k + 1
            if not more and c & 0x10:
                x |= -1 << 5 * k
        runs.append(x + runs[-2] if len(runs) > 2 else x)
    return runs


def real(value):
    return None if value is None else float(value)


def expected(made, path="annotations/instances_train2017.json"):
    """What `read` gives of one file, without ``row``."""
    images = {f"{path}#{n}": (one["id"], one["file_name"], one["width"], one["height"]) for n, one in enumerate(made["images"])}
    names = {one["id"]: one for one in made.get("categories", [])}
    marks = []
    for n, image in enumerate(made["images"]):
        for one in made["annotations"]:
            if one["image_id"] != image["id"]:
                continue
            shape, known = one.get("segmentation", []), names.get(one.get("category_id"), {})
            is_mask = isinstance(shape, dict)
            counts = shape["counts"] if is_mask else []
            runs = unpacked(counts) if isinstance(counts, str) else counts
            x, y, w, h = map(real, one.get("bbox", [None] * 4))
            marks.append({
                "sample": f"{path}#{n}", "annotation": str(one["id"]), "category": one.get("category_id"), "class_name": known.get("name"),
                "x_px": x, "y_px": y, "w_px": w, "h_px": h, "area_px": real(one.get("area")), "crowd": one.get("iscrowd", 0),
                "shape": (3 if isinstance(counts, str) else 2) if is_mask else bool(shape) * 1,
                "points": [] if is_mask else [real(v) for ring in shape for v in ring], "rings": [] if is_mask else [len(ring) for ring in shape],
                "counts": runs, "mask_height": shape["size"][0] if is_mask else None, "mask_width": shape["size"][1] if is_mask else None,
                "keypoints": [*map(real, one.get("keypoints", []))], "keypoints_stated": one.get("num_keypoints"),
                "keypoints_wanted": len(known.get("keypoints", [])) if known else None, "ignored": "ignore" in one,
                "caption": one.get("caption"), "score": real(one.get("score")),
            })  # fmt: skip
    return images, marks


def plain(marks):
    return [{name: value for name, value in one.items() if name != "row"} for one in marks]


@needs_data
@pytest.mark.parametrize("split", ["train", "val"])
def test_published_files_are_read_as_json_load_reads_them(split, tmp_path):
    content = (SHARED / f"tiny_coco/annotations/instances_{split}2017.json").read_bytes()
    made = json.loads(content)
    path = f"annotations/instances_{split}2017.json"
    images, marks, defects, seen = read(write(tmp_path, content, path), shard=1 << 14)
    assert (defects, seen) == ([], len(made["images"]))
    assert (images, plain(marks)) == expected(made, path)
    assert len(marks) == len(made["annotations"])


@needs_data
def test_published_pictures_are_found_and_read():
    with Coco(Tree(SHARED / "tiny_coco")) as source:
        plan = source.plan()
        assert [one.path for one in plan.defects] == ["d.names"]
        assert {(shard.split, shard.samples) for shard in plan.shards} == {("train", 32), ("val", 6)}
        (part,) = (shard for shard in plan.shards if shard.split == "val")
        count = 0
        for one in source.read(part):
            widths = [picture.shape[1] for picture in one.pictures]
            assert widths == np.asarray(one.columns["stated_width"]).tolist()
            assert [key.rpartition("/")[2] for key in one.keys] == one.columns["file_name"].to_list()
            count += one.annotations.height
        assert count == 136


def test_of_objects_keypoints_masks_and_captions_every_field_is_read(tmp_path):
    made = keypoints(3)
    made["annotations"] += [
        crowd(10, 2), crowd(11, 2, packed="06l0O10O"), crowd(12, 1, packed=r"P\1n05`1"), box(13, 1, ignore={"why": [1]}, score=0.25, caption="x\u00e9\n"),
        box(14, 1, segmentation=[]), box(15, 3, area=88.52115000000006, bbox=[1e-7, -0.0, 1e22, 123456789012345678901]),
        box(16, 3, category=7, segmentation=[[1, 2, 3, 4, 5, 6.5], [], [7]]), {k: v for k, v in box(17, 3).items() if k != "segmentation"},
    ]  # fmt: skip
    assert plain(read(write(tmp_path, made))[1]) == expected(made)[1]
    path = "annotations/captions_val2014.json"
    made = captions(3)
    images, marks, defects, _ = read(write(tmp_path / "words", made, path))
    assert (images, plain(marks), defects) == (*expected(made, path), [])


def test_what_several_files_say_of_one_picture_is_put_together(tmp_path):
    first, words, found = coco(4), captions(5, start=2), results(3, start=3)
    write(tmp_path, words, "annotations/captions_train2017.json")
    write(tmp_path, first)
    write(tmp_path, found, "annotations/zz_train2017_results.json")
    images, marks, defects, seen = read(tmp_path, shard=300)
    assert (defects, seen) == ([], 6)
    assert sorted(one[0] for one in images.values()) == [1, 2, 3, 4, 5, 6]
    assert [*images] == [f"annotations/captions_train2017.json#{n}" for n in range(5)] + ["annotations/instances_train2017.json#0"]
    by_id = {images[key][0]: [one["annotation"] for one in marks if one["sample"] == key] for key in images}
    assert by_id == {1: ["1.2", "1.3"], 2: ["2", "1.4", "1.5"], 3: ["3", "1.6", "1.7", "2.0"], 4: ["4", "1.8", "1.9", "2.1"], 5: ["5", "2.2"], 6: ["6"]}
    assert {one["class_name"] for one in marks if one["annotation"].startswith("2.")} == {"person"}
    assert {one["score"] for one in marks} == {None, 0.53, 0.54, 0.55}


def test_pictures_that_differ_in_name_or_sides_are_not_put_together(tmp_path):
    write(tmp_path, coco(2))
    other = captions(2)
    other["images"][1]["width"] += 1
    write(tmp_path, other, "annotations/captions_train2017.json")
    images, marks, defects, _ = read(tmp_path)
    assert (len(images), len(marks), defects) == (3, 6, [])


def test_results_alone_name_the_pictures_that_are_elsewhere(tmp_path):
    write(tmp_path, [*reversed(results(3))], "val_results.json")
    images, marks, defects, seen = read(tmp_path)
    assert (defects, seen) == ([], 3)
    assert [one[0] for one in images.values()] == [1, 2, 3]
    assert [(one["annotation"], one["class_name"], one["score"]) for one in marks] == [("2", None, 0.51), ("1", None, 0.52), ("0", None, 0.53)]
    assert {code for code, _ in read(tmp_path, alone=False)[2]} == {"C201"}


def test_pictures_are_read_with_what_stands_beside_them(tmp_path):
    sound(tmp_path)
    with open_source(tmp_path) as source:
        assert type(source) is Coco
        assert source.plan().defects == ()
        for part in source.plan().shards:
            (batch,) = source.read(part)
            assert batch.columns["image_id"].tolist() == [*range(1, 7)] if part.split == "train" else [*range(7, 13)]
            assert batch.annotations.height == 12
            rows = np.array([4, 0])
            taken = source.take(part.path, rows)
            assert taken.keys.to_list() == [batch.keys[4], batch.keys[0]]
            assert taken.digests() == [batch.digests()[4], batch.digests()[0]]
            assert taken.annotations["annotation"].to_list() == [one for r in (4, 0) for one in batch.annotations.filter(row=r)["annotation"]]
        (again,) = source.portion("train", range(6)).read()
        assert again.annotations.height == 12


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("annotations/instances_train2017.json", "images/train2017"), ("annotations/instances_train2017.json", "train2017"),
        ("annotations/instances_train2017.json", "train"), ("annotations/instances_train2017.json", "images"),
        ("annotations/instances_train2017.json", "."), ("annotations/instances_train2017.json", "annotations"),
        ("train/_annotations.coco.json", "train"), ("train/_annotations.coco.json", "train/images"), ("instances.json", "images"),
        ("a/b/train.json", "a/train/images"),
    ],
)  # fmt: skip
def test_pictures_are_found_in_the_usual_places(path, place, tmp_path):
    made = coco(2)
    draw(write(tmp_path, made, path), made, place)
    images, _, defects, _ = read(tmp_path, alone=False)
    assert (len(images), defects) == (2, [])


def test_a_file_that_is_not_there_or_may_be_two_is_named(tmp_path):
    made = coco(3)
    draw(write(tmp_path, made), made, "images")
    (tmp_path / "images/000002.png").unlink()
    (tmp_path / "000003.png").write_bytes((tmp_path / "images/000003.png").read_bytes())
    images, _, defects, seen = read(tmp_path, alone=False)
    key = "annotations/instances_train2017.json"
    assert ([*images], seen) == (["images/000001.png"], 3)
    assert defects[:2] == [("C206", f"{key}#1"), ("C206", f"{key}#2")]
    assert {code for code, _ in defects[2:]} == {"F099"}  # neither is listed by anyone
    assert read(tmp_path)[2] == []
    strays = [one for one in Coco(Tree(tmp_path)).plan().defects if one.code == "F099"]
    assert {one.found for one in strays} == {f"a picture that is not in {key}"}


def test_a_name_that_leads_out_of_the_folder_finds_nothing(tmp_path):
    made = coco(1)
    made["images"][0]["file_name"] = "../x.png"
    write(tmp_path / "data", made)
    draw(tmp_path, coco(1) | {"images": [picture(1, "x.png")]}, ".")
    assert [code for code, _ in read(tmp_path / "data", alone=False)[2]] == ["C206"]
    assert len({*folders("a/b/c_val2014.json")}) == len([*folders("a/b/c_val2014.json")])


def test_without_pictures_nothing_is_isolated_and_no_column_of_theirs_is_stated(tmp_path):
    sound(tmp_path)
    with open_source(tmp_path, "coco:annotations") as source:
        assert not source.isolated
        assert source.called == "coco:annotations"
        assert source.stated == {"image_id", "file_name", "listed_in", "stated_video", "stated_width", "stated_height"}
        assert source.plan().defects == ()
        assert source.payloads == frozenset()
        assert source.classes().height == 4
    with pytest.raises(UsageError, match="alone"):
        open_source(tmp_path, "coco:annotations,tiff")
    with open_source(tmp_path, "coco:tiff") as source:
        assert "TIFF" in source.encodings


def test_categories_are_a_table_with_how_often_each_is_used(tmp_path):
    write(tmp_path, coco(3, categories=[*CATEGORIES, {"id": 9, "name": "unicorn"}]))
    write(tmp_path, keypoints(2), "annotations/person_keypoints_train2017.json")
    with CocoAlone(Tree(tmp_path)) as source:
        table = source.classes()
    assert table.select("split", "class_name", "category", "samples", "keypoints").rows() == [
        ("train", "person", 1, 5, 2), ("train", "car", 3, 3, 0), ("train", "unicorn", 9, 0, 0),
    ]  # fmt: skip


# Values near to what is asked for, and far from it.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.sampled_from(["\x00", "😀é", '"\\/\b\f\n\r\t', "[}", "06l0O10O", "~", "P"])
WHOLE = st.integers(-3, 5) | st.sampled_from([1 << 31, 1 << 32, (1 << 63) - 1, 1 << 63, -(1 << 63), -(1 << 63) - 1, 1 << 70])
REAL = st.floats(allow_nan=False, allow_infinity=False) | WHOLE | st.sampled_from([-0.0, 1e22, 1e23, 5e-324, 0.1, 88.52115000000006])
OTHER = st.none() | st.booleans() | REAL | TEXT
ANY = st.recursive(OTHER, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2), max_leaves=4)


def mostly(strategy):
    return st.one_of([strategy] * 12 + [ANY])


def keyed(**known):
    """An object, in any order of its keys, with others, and at times without one."""
    whole = st.fixed_dictionaries(known) | st.fixed_dictionaries({}, optional=known)
    more = st.dictionaries(TEXT.filter(lambda one: one not in known), ANY, max_size=1)
    return st.tuples(st.fixed_dictionaries(known) | whole, more).flatmap(lambda both: st.permutations([*(both[0] | both[1]).items()])).map(dict)


SIZE = mostly(st.lists(mostly(WHOLE), min_size=2, max_size=2))
RUNS = mostly(st.lists(mostly(st.integers(0, 9)), max_size=4)) | st.text("012PQOno\\~", max_size=6) | st.text("PQo0123O", max_size=12)
SHAPE = mostly(st.lists(mostly(st.lists(mostly(REAL), max_size=5)), max_size=2)) | keyed(size=SIZE, counts=RUNS)
NUMBERS = st.lists(mostly(REAL), min_size=4, max_size=4)
MARK = st.one_of(
    keyed(id=mostly(WHOLE), image_id=mostly(WHOLE), category_id=mostly(WHOLE), bbox=mostly(NUMBERS), area=mostly(REAL), iscrowd=mostly(WHOLE), segmentation=mostly(SHAPE)),
    keyed(id=WHOLE, image_id=WHOLE, category_id=WHOLE, bbox=NUMBERS, area=REAL, iscrowd=WHOLE, segmentation=SHAPE, keypoints=mostly(NUMBERS), num_keypoints=mostly(WHOLE)),
    keyed(id=mostly(WHOLE), image_id=mostly(WHOLE), caption=mostly(TEXT)),
    keyed(image_id=mostly(WHOLE), category_id=mostly(WHOLE), score=mostly(REAL), bbox=mostly(NUMBERS)),
)


def _model(one, is_list):
    if is_list:
        return CocoResult
    return CocoCaption if "caption" in one and "bbox" not in one else CocoAnnotation


def _takes(model, content):
    try:
        model.model_validate_json(content)
    except ValidationError:
        return False
    return True


@given(st.lists(MARK, min_size=1, max_size=3), st.booleans(), st.booleans(), st.sampled_from([None, 1]))
@example([box(1, 1, segmentation={"size": [1, 2], "counts": "1\\Pn"})], False, False, None)
@example([box(1, 1, segmentation={"counts": "P\\1", "size": [1, 2], "x": [{}]})], False, True, None)
@settings(max_examples=400, deadline=None)
def test_what_is_read_is_what_pydantic_takes(marks, is_list, escaped, indent):
    marks = [one for one in marks if isinstance(one.get("image_id"), int) and not isinstance(one["image_id"], bool) and abs(one["image_id"]) < 1 << 62]
    ids = sorted({one["image_id"] for one in marks})
    assume(marks)
    made = marks if is_list else coco(0) | {"images": [picture(n) for n in ids], "annotations": marks}
    content = json.dumps(made, ensure_ascii=escaped, indent=indent)
    with tempfile.TemporaryDirectory() as folder:
        images, found, defects, seen = read(write(folder, content.encode()), shard=1)
    good = {n for n in ids if all(_takes(_model(one, is_list), json.dumps(one)) for one in marks if one["image_id"] == n)}
    assert {one[0] for one in images.values()} == good
    assert (seen, len(defects)) == (len(ids), len(ids) - len(good))
    assert {code for code, _ in defects} <= {"F203", "F204", "F211", "F229", "F230"}
    if not is_list:
        names = {one["file_name"] for one in made["images"] if one["id"] in good}
        left = made | {"images": [one for one in made["images"] if one["file_name"] in names], "annotations": [one for one in marks if one["image_id"] in good]}
        wanted = expected(left)[1]
        assert told(found) == told(one | {"row": 0} for one in wanted)


@given(st.lists(keyed(id=mostly(WHOLE), file_name=mostly(TEXT), width=mostly(WHOLE), height=mostly(WHOLE)), min_size=1, max_size=3), st.booleans())
@settings(max_examples=200, deadline=None)
def test_a_picture_is_what_pydantic_takes(images, escaped):
    made = coco(0) | {"images": images}
    with tempfile.TemporaryDirectory() as folder:
        found, _, defects, seen = read(write(folder, json.dumps(made, ensure_ascii=escaped).encode()))
    good = [n for n, one in enumerate(images) if _takes(CocoImage, json.dumps(one))]
    path = "annotations/instances_train2017.json"
    assert found == {f"{path}#{n}": (images[n]["id"], images[n]["file_name"], images[n]["width"], images[n]["height"]) for n in good}
    assert [key for _, key in defects] == [f"{path}#{n}" for n in range(len(images)) if n not in good]
    assert {code for code, _ in defects} <= {"F202", "F204"}
    assert seen == len(images)


NUMBER = st.from_regex(r"-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?", fullmatch=True)


@given(st.lists(NUMBER, min_size=1, max_size=6), st.sampled_from(["", " ", "\n"]))
@settings(max_examples=300, deadline=None)
def test_numbers_are_read_exactly(numbers, blank):
    line = ('{"p": [' + f",{blank}".join(numbers) + f'{blank}], "r": {numbers[0]}}}').encode()
    made = fields.read(line, np.array([0]), np.array([len(line)]), (("r", fields.REAL), ("p", fields.REALS)))
    values = [*map(float, numbers)]
    is_finite = all(abs(one) != float("inf") for one in values)
    assert (made.state[0] != fields.ODD) == is_finite
    if is_finite:
        assert made.keypoints[: made.until[3, 1]].tolist() == values
        assert made.reals[0, 0] == values[0]


@given(ANY, st.integers(1, 30), st.booleans(), st.sampled_from([None, 1]))
@settings(max_examples=150, deadline=None)
def test_places_are_the_same_wherever_the_pieces_are_cut(value, size, escaped, indent):
    made = {"x": value, "images": [value, {"id": 1}], "annotations": [{"a": value, "image_id": 7, "b": value, "category_id": -3}, value], "y": value}
    content = json.dumps(made, ensure_ascii=escaped, indent=indent).encode()

    def places(step):
        ended = scan.Ended()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(scan, "_LEAST", step)
            patch.setattr(scan, "_ROOM", 4 if step < 1000 else 1 << 16)
            pieces = (content[at : at + step] for at in range(0, len(content), step))
            return scan.Places.joined([*scan.scanned(pieces, ended)]), ended

    (cut, ended), (whole, _) = places(size), places(1 << 20)
    assert ended == scan.Ended()
    for name in ("what", "start", "stop", "image", "category", "flags"):
        assert np.array_equal(getattr(cut, name), getattr(whole, name))
    items = [json.loads(content[a:b]) for what, a, b in zip(whole.what, whole.start, whole.stop, strict=True) if what in {scan.IMAGES, scan.ANNOTATIONS, scan.OTHER}]
    assert items == [value, value, {"id": 1}, *made["annotations"], value]
    first = np.flatnonzero(whole.what == scan.ANNOTATIONS)[0]
    assert (whole.image[first], whole.category[first], whole.flags[first]) == (7, -3, 3)


def _one_of_each():
    made = keypoints(3)
    made["annotations"] += [crowd(10, 2), crowd(11, 2, packed="06l0O10O"), box(12, 3, more={"a": [1, {"b": "c"}]}), box(13, 1, segmentation=[[1, 2, 3, 4, 5, 6], [7, 8.5]])]
    return made


WHOLE_FILE = json.dumps(_one_of_each()).encode()
PIECES = [b"", b'"', b"[", b"]", b"{", b"}", b",", b":", b"\\", b"-", b"0", b"7", b"1e999", b"NaN", b"null", b"true", b" ", b"\n", b"\xff", b"\x00", b'"id": 1, ', b'"a": {"a": 1, "a": 1}, ']


@given(st.lists(st.tuples(st.integers(0, len(WHOLE_FILE)), st.integers(0, 3), st.sampled_from(PIECES)), min_size=1, max_size=3))
@settings(max_examples=200, deadline=None)
def test_of_a_damaged_file_all_is_read_as_json_has_it_or_something_is_named(edits):
    content = WHOLE_FILE
    for at, length, piece in edits:
        content = content[:at] + piece + content[at + length :]
    with tempfile.TemporaryDirectory() as folder:
        images, marks, defects, seen = read(write(folder, content))
    assert seen >= len(images)
    if not defects:
        made = json.loads(content.decode())  # nothing that other parsers refuse
        ids = [one["id"] for one in made["images"]]
        if len({*ids}) == len(ids):
            assert (images, plain(marks)) == expected(made)


HOSTILE = {
    "no JSON": (b"<html>", {"F201"}, 0),
    "nothing": (b"", {"F002"}, 0),
    "white space": (b" \n ", {"F201"}, 0),
    "a number": (b"7", {"F201"}, 0),
    "a mark": (b"\xef\xbb\xbf{}", {"F201"}, 0),
    "brackets": (b"[" * 200_000, {"F201"}, 0),
    "an empty object": (b"{}", {"F201"}, 0),
    "a list of other things": (b'[7, {"a": 1}]', {"F201"}, 0),
    "an empty list": (b"[]", {"F201"}, 0),
    "images in an object": (lambda m: m.update(images={}), {"F201", "C201"}, 0),
    "annotations in an object": (lambda m: m.update(annotations={}), {"F201", "F293"}, 0),
    "no annotations": (lambda m: m.pop("annotations"), {"F201"}, 6),
    "categories in an object": (lambda m: m.update(categories={}), {"F201"}, 6),
    "a picture that is a list": (lambda m: m["images"].insert(2, []), {"F202"}, 6),
    "a picture without height": (lambda m: m["images"][2].pop("height"), {"F202"}, 5),
    "a picture of width 0": (lambda m: m["images"][2].update(width=0), {"F202"}, 5),
    "a picture whose id is a string": (lambda m: m["images"][2].update(id="3"), {"F204", "C201"}, 5),
    "an annotation that is a list": (lambda m: m["annotations"].insert(2, []), {"F203"}, 6),
    "an annotation without a crowd": (lambda m: m["annotations"][2].pop("iscrowd"), {"F203"}, 5),
    "a crowd that is true": (lambda m: m["annotations"][2].update(iscrowd=True), {"F203"}, 5),
    "an id of a picture that is a string": (lambda m: m["annotations"][2].update(image_id="3"), {"F204"}, 6),
    "an id that is a float": (lambda m: m["annotations"][2].update(id=9.084e11), {"F204"}, 5),
    "a box without numbers": (lambda m: m["annotations"][2].update(bbox=[]), {"F211"}, 5),
    "a box of text": (lambda m: m["annotations"][2].update(bbox=["1", "2", "3", "4"]), {"F211"}, 5),
    "a run below 0": (lambda m: m["annotations"].append(crowd(99, 3, runs=(-1, 3))), {"F229"}, 5),
    "a packed run that does not end": (lambda m: m["annotations"].append(crowd(99, 3, packed="0P")), {"F230"}, 5),
    "a packed run of another letter": (lambda m: m["annotations"].append(crowd(99, 3, packed="0~")), {"F230"}, 5),
    "a packed run below 0": (lambda m: m["annotations"].append(crowd(99, 3, packed="111M")), {"F230"}, 5),
    "a polygon that is flat": (lambda m: m["annotations"][2].update(segmentation=[1, 2, 3, 4, 5, 6]), {"F203"}, 5),
    "a category of two names": (lambda m: m.update(categories=[*CATEGORIES, {"id": 7, "name": ["a", "b"]}]), {"F201"}, 6),
    "a category whose id is a string": (lambda m: m.update(categories=[*CATEGORIES, {"id": "7", "name": "a"}]), {"F204"}, 6),
    "a picture nobody lists": (lambda m: m["annotations"][2].update(image_id=999), {"C201"}, 6),
    "every id a string": (lambda m: [one.update({k: str(v) for k, v in one.items() if k.endswith("id")}) for one in m["images"] + m["annotations"]], {"F204"}, 0),
    "deep nesting": (lambda m: m["annotations"][2].update(more=json.loads("[" * 90 + "]" * 90)), set(), 6),
    "too deep nesting": (lambda m: m["annotations"][2].update(more=json.loads("[" * 190 + "]" * 190)), {"F201"}, 5),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_named_and_the_rest_is_read(name, tmp_path):
    given_, codes, left = HOSTILE[name]
    made = coco(6, each=1)
    if not isinstance(given_, bytes):
        made = copy.deepcopy(made)
        given_(made)
        given_ = made
    images, _, defects, _ = read(write(tmp_path, given_))
    assert ({code for code, _ in defects}, len(images)) == (codes, left)
    if isinstance(given_, dict):
        draw(tmp_path, coco(6, each=1))
        images, _, defects, _ = read(tmp_path, alone=False)
        assert ({code for code, _ in defects} - {"F099"}, len(images)) == (codes, left)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("an id of a picture that is a string", "expected a valid integer as image_id, found a string"), ("a crowd that is true", "expected a valid integer as iscrowd, found a Boolean"),
        ("an annotation without a crowd", "expected a value as iscrowd, found none"), ("an annotation that is a list", "expected an object, found a list"),
        ("a box of text", "expected a valid number as bbox.0, found a string"), ("a picture whose id is a string", "expected a valid integer as id, found a string"),
    ],
)  # fmt: skip
def test_a_defect_says_which_field_it_is_about_and_what_is_there(name, said, tmp_path):
    made = copy.deepcopy(coco(6, each=1))
    HOSTILE[name][0](made)
    with CocoAlone(Tree(write(tmp_path, made))) as source:
        plan = source.plan()
        found = [one for shard in plan.shards for one in source.read(shard) if not isinstance(one, Batch)]
    assert said in {str(one).partition(": ")[2] for one in (*plan.defects, *found)}


@pytest.mark.parametrize(
    ("old", "new", "code", "lost"),
    [
        (b'"id": 105,', b'"id": 105, "id": 105,', "F012", {3}),
        (b'"id": 105,', b'"id": 105, "\\u0069d": 1,', "F012", {3}),
        (b'"id": 105,', b'"id": 105, "x": 1, "x": 2,', "F012", {3}),
        (b'"id": 105,', b'"id": 105, "x": {"a": 1, "a": 1},', "F012", {3}),
        (b'"id": 105,', b'"id": 105, "x": "\\ud800",', "F014", {3}),
        (b'"id": 105,', b'"id": 105, "x": "\xff",', "F020", {3}),
        (b'"id": 105,', b'"id": 105, "x": NaN,', "F013", {3}),
        (b'"id": 105,', b'"id": 105, "x": [1e999],', "F013", {3}),
        (b'"id": 105,', b'"id": 105, "x": tru,', "F201", {3}),
        (b'"id": 105,', b'"id": 05,', "F201", {3}),
        (b'"id": 105,', b'"id": 105,,', "F201", {3}),
        (b'"id": 105,', b'"id": 105, "x": [1 2],', "F201", {3}),
        (b'"bbox": [2, 3, 9, 9]', b'"bbox": [2, 3, NaN, 9]', "F013", {3}),
        (b'"bbox": [2, 3, 9, 9]', b'"bbox": [2, 3, -Infinity, 9]', "F013", {3}),
        (b'"bbox": [2, 3, 9, 9]', b'"bbox": [2, 3, 1e400, 9]', "F013", {3}),
        (b'"id": 105,', b'"id": 105, ' + b"".join(b'"k%d": 0, ' % n for n in range(3000)) + b'"k7": 1,', "F012", {3}),
        (b'"id": 3, "file_name"', b'"id": 3, "a": [NaN], "file_name"', "F013", {3}),
        (b'"id": 3, "file_name"', b'"id": 3, "a": {"b": 0, "b": 0}, "file_name"', "F012", {3}),
        (b'"year": 2017', b'"year": 2017, "year": 2017', "F201", set()),
        (b'"year": 2017', b'"year": NaN', "F201", set()),
        (b'"info": ', b'"info": 1, "info": ', "F201", set()),
        (b'"info": ', b'"images": [], "info": ', "F201", set()),
        (b'"info": ', b'"im\\u0061ges": [], "info": ', "F201", set()),
        (b'"name": "car"', b'"name": "car", "name": "car"', "F012", set()),
    ],
)  # fmt: skip
def test_what_json_allows_and_parsers_do_not_agree_on_costs_its_picture(old, new, code, lost, tmp_path):
    made = coco(6, each=1)
    for number, one in enumerate(made["annotations"]):
        one["id"] = number + 103  # the third picture has annotation 105
        one["bbox"] = [2, 3, 9, number + 7]
    content = json.dumps(made).encode()
    assert content.count(old) == 1
    images, _, defects, seen = read(write(tmp_path, content.replace(old, new)))
    assert [one for one, _ in defects] == [code]
    assert {one[0] for one in images.values()} == {*range(1, 7)} - lost
    assert seen == 6


def test_a_file_that_is_cut_loses_the_pictures_whose_annotations_may_be_gone(tmp_path):
    """Which these are nobody knows before their list has ended: annotations lie in any order."""
    content = json.dumps(coco(5)).encode()
    whole = read(write(tmp_path / "whole", content))
    until = content.index(b'], "categories"') + 1
    for cut in [*range(1, len(content), 61), until - 1, until]:
        images, marks, defects, seen = read(write(tmp_path / f"{cut}", content[:cut]))
        listed = content[:cut].count(b"}, {", 0, content.index(b"]")) + (cut > content.index(b"]"))
        if cut < until:
            assert {code for code, _ in defects} == {"F201", *(["F293"] if listed else [])}
            assert (images, plain(marks)) == ({}, [])
            assert len([code for code, _ in defects if code == "F293"]) == listed
        else:
            assert {code for code, _ in defects} == {"F201"}
            assert images.items() == whole[0].items()
            assert len(marks) == len(whole[1])
        begun = content[:cut].count(b'"file_name"')
        assert begun <= seen <= begun + 1


def test_of_a_file_that_is_cut_others_do_not_make_up_for_it(tmp_path):
    """A picture that a whole file lists as well lacks annotations all the same; one that only the whole file lists does not."""
    sound(tmp_path / "data", 4)
    write(tmp_path / "data", captions(6), "annotations/captions_train2017.json")
    content = json.dumps(coco(4)).encode()
    write(tmp_path / "data", content[: content.index(b'"image_id": 3, "category_id": 3')])
    images, _, defects, _ = read(tmp_path / "data")
    assert sorted(one[0] for one in images.values()) == [5, 5, 6, 6, 7, 8]
    assert [code for code, _ in defects].count("F293") == 4
    (tmp_path / "data/annotations/instances_train2017.json").unlink()
    write(tmp_path / "data", json.dumps(results(2))[:-1].encode(), "annotations/found_train2017.json")
    images, _, defects, _ = read(tmp_path / "data")
    assert sorted(one[0] for one in images.values()) == [5, 6, 7, 8]  # of results nobody knows whose are gone


@pytest.mark.parametrize("called", ["coco", "coco:annotations"])
def test_clean_keeps_no_picture_whose_annotations_may_be_gone(called, tmp_path):
    sound(tmp_path / "data", 8)
    made = coco(4, start=30)
    content = json.dumps(made).encode()
    write(tmp_path / "data", content[: content.index(b'"image_id": 32, "category_id": 3')], "annotations/more_train2017.json")
    draw(tmp_path / "data", made, seed=30)
    done = datastd.clean(tmp_path / "data", tmp_path / "out", standard, format=called)
    assert done.outcome.opens
    assert dict(done.removed)["F293"] == 4
    assert (done.rows_out, done.unnamed) == (16, 1)
    images, _, defects, _ = read(tmp_path / "out", alone=called != "coco")
    assert (sorted(one[0] for one in images.values()), defects) == ([*range(1, 17)], [])


def test_clean_does_not_lose_a_split_because_its_file_is_cut(tmp_path):
    sound(tmp_path / "data", 8)
    path = tmp_path / "data/annotations/instances_val2017.json"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(datastd.errors.NothingLeft, match="split val"):
        datastd.clean(tmp_path / "data", tmp_path / "out", standard, format="coco")


def test_of_many_alike_a_thousand_are_named_and_the_others_counted(tmp_path):
    made = coco(1) | {"annotations": [box(n, 2 + n) for n in range(1500)]}
    _, _, defects, seen = read(write(tmp_path, made))
    assert len(defects) == 1001
    assert seen == 1501
    made = coco(1) | {"annotations": [box(n, "7") for n in range(1500)]}
    _, _, defects, seen = read(write(tmp_path / "strings", made))
    assert len(defects) == 1001
    assert seen == 1501
    made = coco(1500, each=0)
    images, _, defects, seen = read(write(tmp_path / "missing", made), alone=False)
    assert (len(images), len(defects), seen) == (0, 1001, 1500)
    for one in made["images"]:
        one["width"] = 0
    images, _, defects, seen = read(write(tmp_path / "missing", made), alone=False)
    assert (len(images), len(defects), seen) == (0, 1001, 1500)


def test_a_picture_of_too_many_annotations_is_lost_and_no_other(tmp_path, monkeypatch):
    folder = write(tmp_path, coco(4, each=3))
    monkeypatch.setattr("datastd.sources.coco.splits.RUN", 1)
    whole = read(folder)
    assert len(whole[1]) == 12
    sizes = [sum(len(json.dumps(one)) for one in coco(4, each=3)["annotations"] if one["image_id"] == n) for n in range(1, 5)]
    monkeypatch.setattr("datastd.sources.coco.alone.MOST", max(sizes) - 1)
    images, marks, defects, seen = read(folder)
    assert {code for code, _ in defects} == {"F201"}
    assert (len(images) + len(defects), seen) == (4, 4)
    assert len(marks) == 3 * len(images)


def test_pictures_of_many_annotations_come_in_more_shards(tmp_path, monkeypatch):
    made = coco(6, each=3)
    draw(write(tmp_path, made), made)
    size = max(len(json.dumps(one)) for one in made["annotations"])
    monkeypatch.setattr("datastd.sources.coco.BESIDE", 6 * size)
    with Coco(Tree(tmp_path)) as source:
        assert [(one.start, one.stop) for one in source.plan().shards] == [(0, 2), (2, 4), (4, 6)]
    images, marks, defects, _ = read(tmp_path, alone=False)
    assert (len(images), len(marks), defects) == (6, 18, [])
    monkeypatch.setattr("datastd.sources.coco.BESIDE", 2 * size)
    images, _, defects, seen = read(tmp_path, alone=False)
    assert (len(images), {code for code, _ in defects}, seen) == (0, {"F201"}, 6)


def test_a_value_that_is_too_long_ends_what_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(scan, "LONGEST", 5000)
    monkeypatch.setattr(scan, "_LEAST", 1000)
    monkeypatch.setattr("datastd.draft._CHUNK", 1000)
    made = coco(6) | {"more": "x" * 50_000}
    images, marks, defects, _ = read(write(tmp_path, made))
    assert (len(images), len(marks), [code for code, _ in defects]) == (6, 12, ["F201"])
    monkeypatch.setattr(scan, "_MOST", 10)
    assert {code for code, _ in read(write(tmp_path / "items", coco(40)))[2]} == {"F201", "F293"}
    many = {f"k{n}": 0 for n in range(2000)}
    assert [code for code, _ in read(write(tmp_path / "keys", coco(2) | many))[2]] == ["F201"]


def test_samples_are_taken_again_in_any_order(tmp_path):
    folder = write(tmp_path, coco(9))
    with CocoAlone(Tree(folder), shard=300) as source:
        every, digests = {}, {}
        for shard in source.plan().shards:
            (one,) = source.read(shard)
            digests |= dict(zip(one.keys, one.columns["digest"], strict=True))
            for row in one.annotations.rows(named=True):
                every.setdefault(one.keys[row.pop("row")], []).append(row)
        path, rows = shard.path, np.array([7, 0, 5, 5])
        taken = source.take(path, rows)
        assert taken.keys.to_list() == [f"{path}#{row}" for row in rows]
        assert taken.columns["digest"].to_list() == [digests[key] for key in taken.keys]
        for n, key in enumerate(taken.keys):
            assert taken.annotations.filter(row=n).drop("row").rows(named=True) == every[key]
        assert [source.place(key) for key in taken.keys] == [(path, row) for row in rows.tolist()]
        with pytest.raises(IndexError):
            source.take(path, np.array([9]))


def test_a_sample_that_cannot_be_read_is_not_taken(tmp_path):
    made = coco(4)
    made["annotations"][1].pop("area")
    with CocoAlone(Tree(write(tmp_path, made))) as source:
        (shard,) = source.plan().shards
        with pytest.raises(Defect) as refused:
            source.take(shard.path, np.array([0, 1]))
        assert (refused.value.code, refused.value.key) == ("F203", f"{shard.path}#1")


def told(marks):
    """Annotations, whatever they and their files are called."""
    return [one | {"row": 0, "sample": "", "annotation": one["annotation"].rpartition(".")[2]} for one in marks]


@given(st.integers(1, 6), st.integers(0, 3), st.data(), st.sampled_from([None, 1]), st.booleans())
@settings(max_examples=60, deadline=None)
def test_what_is_written_reads_back_as_what_was_kept(count, each, data, indent, with_words):
    kept = data.draw(st.sets(st.integers(1, count)))
    made = coco(count, each=each)
    made["annotations"] += [box(500, 77), box(501, "x")]
    with tempfile.TemporaryDirectory() as folder:
        data_ = write(Path(folder) / "data", made, indent=indent)
        if with_words:
            write(data_, captions(count, start=2), "annotations/captions_train2017.json", indent=indent)
        before = read(data_)
        keys = [key for key, one in before[0].items() if one[0] in kept]
        with CocoAlone(Tree(data_)) as source, Draft(Path(folder) / "out") as draft:
            source.plan()
            rows = {}
            for key in keys:
                path, row = source.place(key)
                rows.setdefault(path, []).append(row)
            source.write({path: np.array(some) for path, some in rows.items()}, draft)
            draft.publish()
        if not kept:
            assert not [*(Path(folder) / "out").rglob("*.json")]
            return
        images, marks, defects, _ = read(Path(folder) / "out")
        assert defects == []
        assert [*images.values()] == [before[0][key] for key in keys]
        assert told(marks) == told(one for one in before[1] if one["sample"] in keys)
        again = json.loads((Path(folder) / "out/annotations/instances_train2017.json").read_text()) if any(n <= count for n in kept) else made
        if again is not made:
            assert again["images"] == [one for one in made["images"] if one["id"] in kept]
            assert again["annotations"] == [one for one in made["annotations"] if one["image_id"] in kept]
            assert {k: v for k, v in again.items() if k not in {"images", "annotations"}} == {k: v for k, v in made.items() if k not in {"images", "annotations"}}


def test_pictures_that_are_kept_are_written_with_their_lists(tmp_path):
    sound(tmp_path / "data")
    made = coco(6)
    made["images"].append(picture(99, "000002.png"))
    write(tmp_path / "data", made)
    with Coco(Tree(tmp_path / "data")) as source, Draft(tmp_path / "out") as draft:
        assert source.plan().defects == ()
        source.write({"train": np.array([1, 2, 4]), "val": np.array([0])}, draft)
        draft.publish()
    images, marks, defects, _ = read(tmp_path / "out", alone=False)
    # Two are one file.
    assert (sorted(one[0] for one in images.values()), len(marks), defects) == ([2, 4, 7, 99], 6, [])
    again = json.loads((tmp_path / "out/annotations/instances_train2017.json").read_text())
    assert [one["id"] for one in again["images"]] == [2, 4, 99]


def test_what_breaks_off_is_written_as_far_as_it_is_whole(tmp_path):
    content = json.dumps(coco(4)).encode()
    for at in (content.index(b'"image_id": 3, "category_id": 3'), content.index(b'"categories"'), content.index(b'"categories"') - 2, content.index(b'"year"')):
        write(tmp_path / f"{at}", content[:at])
        with CocoAlone(Tree(tmp_path / f"{at}")) as source, Draft(tmp_path / f"{at} out") as draft:
            shards = source.plan().shards
            source.write({shard.path: np.array([0, 2]) for shard in shards}, draft)
            draft.publish()
        if shards:
            again = json.loads((tmp_path / f"{at} out/annotations/instances_train2017.json").read_text())
            assert [one["id"] for one in again["images"]] == [1, 3]
            assert {one["image_id"] for one in again["annotations"]} <= {1, 3}


def test_other_json_is_not_taken_for_annotations(tmp_path):
    others = {"squad": {"version": "1.1", "data": []}, "index": {"version": 2, "shards": []},
              "panoptic": {"images": [picture(1)], "annotations": [{"image_id": 1, "file_name": "x.png", "segments_info": []}]}}  # fmt: skip
    for name, content in others.items():
        assert not Coco.recognises(Tree(write(tmp_path / name, content)))
    for name, content in {"boxes": coco(2), "in a list": [coco(2)], "words": captions(2), "found": results(2), "cut": json.dumps(coco(9)).encode()[:300]}.items():
        assert Coco.recognises(Tree(write(tmp_path / name, content)))


@pytest.mark.parametrize("called", ["coco", "coco:annotations"])
def test_clean_leaves_out_the_pictures_of_what_is_wrong(called, tmp_path):
    sound(tmp_path / "data", 8)
    made = coco(8)
    del made["annotations"][2]["iscrowd"]
    made["annotations"][4]["bbox"][2] = 0
    made["annotations"].append(box(77, 777))
    write(tmp_path / "data", made)
    done = datastd.clean(tmp_path / "data", tmp_path / "out", standard, format=called)
    assert done.outcome.opens
    assert {"F203": 1, "F212": 1}.items() <= dict(done.removed).items()
    images, marks, defects, _ = read(tmp_path / "out", alone=called != "coco")
    assert (sorted(one[0] for one in images.values()), defects) == ([1, 2, 4, *range(6, 17)], [])
    assert {one["annotation"] for one in marks}.isdisjoint({"77"})
    assert len([*(tmp_path / "out").rglob("*.png")]) == (14 if called == "coco" else 0)


@pytest.mark.parametrize("name", ["000002.png", "./000002.png"])
def test_clean_writes_each_picture_once_and_none_that_is_listed_under_two_ids(name, tmp_path):
    """Each has a part of the objects: of neither is it known what else it shows."""
    sound(tmp_path / "data", 8)
    made = coco(8)
    made["images"].append(picture(99, name))
    made["annotations"] += [box(900, 99), box(901, 99, x=22, category=3)]
    write(tmp_path / "data", made)
    with Coco(Tree(tmp_path / "data")) as source:
        keys = [key for shard in source.plan().shards for one in source.read(shard) for key in one.keys]
        assert len({*keys}) == len(keys) == 17
        assert [source.place(key)[1] for key in keys] == [*range(9), *range(8)]
        assert [key for key in keys if "#" in key] == ["images/train2017/000002.png#1"]
    report = datastd.check(tmp_path / "data", standard, format="coco")
    assert report["C208"].outcome == "fail"
    assert [one.key for one in report["C208"].examples] == ["images/train2017/000002.png", "images/train2017/000002.png#1"]
    done = datastd.clean(tmp_path / "data", tmp_path / "out", standard, format="coco")
    assert (done.rows_in, done.rows_out, done.outcome.opens) == (17, 15, True)
    images, _, defects, _ = read(tmp_path / "out", alone=False)
    assert (sorted(one[0] for one in images.values()), defects) == ([1, *range(3, 17)], [])
    assert len([*(tmp_path / "out").rglob("*.png")]) == 15


def test_clean_keeps_a_picture_of_two_splits_in_that_which_measures(tmp_path):
    sound(tmp_path / "data", 8)
    made = coco(8, start=9)
    made["images"].append(picture(99, "train2017/000002.png"))
    made["annotations"].append(box(900, 99))
    write(tmp_path / "data", made, "annotations/instances_val2017.json")
    report = datastd.check(tmp_path / "data", standard, format="coco")
    assert {one.key for one in report["L201"].examples} == {"images/train2017/000002.png", "images/train2017/000002.png#1"}
    done = datastd.clean(tmp_path / "data", tmp_path / "out", standard, format="coco")
    assert (done.rows_in, done.rows_out, done.outcome.opens) == (17, 16, True)
    images, _, defects, _ = read(tmp_path / "out", alone=False)
    assert (sorted(one[0] for one in images.values()), defects) == ([1, *range(3, 17), 99], [])
    assert len([*(tmp_path / "out").rglob("*.png")]) == 16


def test_names_are_put_together_as_they_are_looked_for(tmp_path):
    """Two files of one split that list `./000001.png` and `000001.png` under one id list one picture."""
    write(tmp_path, coco(2))
    words = captions(2)
    for one in words["images"]:
        one["file_name"] = f"./{one['file_name']}"
    write(tmp_path, words, "annotations/captions_train2017.json")
    images, marks, defects, _ = read(tmp_path)
    assert (len(images), len(marks), defects) == (2, 6, [])


def test_a_file_that_is_shorter_than_it_was_ends_the_run(tmp_path, monkeypatch):
    with CocoAlone(Tree(write(tmp_path, coco(3)))) as source:
        (shard,) = source.plan().shards
        monkeypatch.setattr(Tree, "read_each", lambda *_: [b""])
        with pytest.raises(DataChanged):
            [*source.read(shard)]


def test_a_file_that_cannot_be_read_is_named(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("datastd.sources.coco.lay_out", refuse)
    assert read(write(tmp_path, coco(3)))[2] == [("F001", "annotations/instances_train2017.json")]


def test_of_more_categories_than_are_read_that_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr("datastd.sources.coco.layout._MOST", 2)
    made = coco(3, categories=[*CATEGORIES, {"id": 9, "name": "unicorn"}])
    made["annotations"][0]["category_id"] = 9
    images, marks, defects, _ = read(write(tmp_path, made))
    assert ([code for code, _ in defects], len(images)) == (["F201"], 3)
    assert [one["class_name"] for one in marks].count(None) == 1


def test_of_categories_that_stand_twice_the_last_counts(tmp_path):
    made = coco(1, categories=[*CATEGORIES, {"id": 1, "name": "woman"}])
    folder = write(tmp_path, made)
    assert {one["class_name"] for one in read(folder)[1]} == {"woman", "car"}
    with CocoAlone(Tree(folder)) as source:
        assert source.classes()["category"].to_list() == [1, 3, 1]


def test_of_pictures_of_one_id_the_last_has_the_annotations(tmp_path):
    made = coco(2)
    made["images"].append(picture(1, "again.png"))
    images, marks, defects, _ = read(write(tmp_path, made))
    assert (len(images), defects) == (3, [])
    assert {images[one["sample"]][1] for one in marks} == {"000002.png", "again.png"}


def test_escapes_in_a_key_make_no_other_key(tmp_path):
    content = json.dumps(coco(2)).encode().replace(b'"image_id"', b'"im\\u0061ge_id"').replace(b'"width"', b'"w\\u0069dth"')
    images, marks, defects, _ = read(write(tmp_path, content))
    assert (images, plain(marks), defects) == (*expected(coco(2)), [])


def test_names_of_splits_and_folders_are_told_apart(tmp_path):
    for name in ("instances_train2017.json", "val.json", "test/x.json", "more.json"):
        write(tmp_path, coco(1), name)
    with CocoAlone(Tree(tmp_path)) as source:
        assert {shard.path: shard.split for shard in source.plan().shards} == {
            "instances_train2017.json": "train", "val.json": "val", "test/x.json": "test", "more.json": "data",
        }  # fmt: skip
