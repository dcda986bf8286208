"""Measures of masks, against their definitions."""

import hashlib
import io

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mask_files import colormap, instances_of, values
from panoptic_files import numbers, segment
from PIL import Image
from support import SHARED, needs_data

from datastd.measures import Measure, evaluate
from datastd.measures.masks import looked
from datastd.measures.masks.label_mode import WIDE
from datastd.reference import _defined, measures
from datastd.sources.pictures.exact import decode_mask

ALL = {
    one.column: one
    for one in _defined(measures)
    if isinstance(one, Measure) and one.function.__module__.startswith("datastd.measures.masks.")
}
SEGMENTS = ALL.pop("segments")


def digest(mask):
    return hashlib.sha256(f"{mask.shape} {mask.dtype}".encode() + mask.tobytes()).digest()[:16]


SOUND = {
    "all_void": 0, "background_only": 0, "colour_mode": "L", "ignored_fraction": 0.0, "label_mode": "L", "lossy": 0, "mask_size_off_px": 0,
    "mixed_instances": None, "palette_off": 0, "values_outside": "", "mask_digest": digest(np.where(values() == 255, 0, values())),
}  # fmt: skip
NONE = np.empty((0, 0), np.uint8)


def value(column, mask, *, classes=3, ignore=255, kind=0, instances=NONE, size=None, **said):
    """What a measure says of one mask."""
    mask = np.asarray(mask)
    given = {
        "image": np.zeros((1, *(size or mask.shape), 3), np.uint8), "mask": [mask], "instance_mask": [instances],
        "mask_kind": np.array([kind]), "classes_stated": pl.Series([None], dtype=pl.Int64),
        "mask_encoding": pl.Series([said.get("encoding", "PNG")]), "mask_mode": pl.Series([said.get("mode", "L")]),
        "instance_mask_encoding": pl.Series([said.get("other")], dtype=pl.String),
        "mask_palette": [said.get("palette", np.empty((0, 3), np.uint8))], "mask_classes": classes, "mask_ignore": ignore,
    }  # fmt: skip
    (found,) = evaluate([ALL[column]], given)[column].to_list() if column in {"colour_mode", "mask_digest", "values_outside", "label_mode", "mixed_instances"} else evaluate([ALL[column]], given)[column].tolist()
    return found


def test_every_instrument_is_here():
    assert {*SOUND} == {*ALL}


@pytest.mark.parametrize("column", SOUND)
def test_a_sound_mask(column):
    mask = np.where(values() == 255, 0, values())
    assert value(column, mask) == SOUND[column]


def test_a_mask_is_told_from_any_other_and_one_of_one_value_is_none():
    mask = values()
    other = mask.copy()
    other[0, 0] = 2
    found = [value("mask_digest", one) for one in (mask, other, mask[::-1], mask.reshape(48, 40), mask.astype(np.uint16))]
    assert len({*found}) == 5
    assert value("mask_digest", mask) == value("mask_digest", mask.copy())
    assert {value("mask_digest", np.full((4, 5), one, np.uint8)) for one in (0, 7, 255)} == {b""}
    assert value("mask_digest", np.where(mask == 255, 255, 3).astype(np.uint8)) == b""


MASKS = st.tuples(st.integers(0, 2**32 - 1), st.integers(1, 7), st.integers(1, 7), st.sampled_from([np.uint8, np.uint16, np.uint32, np.int32, np.float32]))


def drawn(seed, height, width, dtype, few=4):
    random = np.random.default_rng(seed)
    some = random.choice([0, 1, 2, 255, 20, 21, 60_000 if np.dtype(dtype).itemsize > 1 else 9], few).astype(dtype)
    return random.choice(some, (height, width))


def alone(mask):
    """Pixels that none of their eight neighbours is like, one by one."""
    count, (height, width) = 0, mask.shape
    for y in range(height):
        for x in range(width):
            near = mask[max(0, y - 1) : y + 2, max(0, x - 1) : x + 2]
            count += (near == mask[y, x]).sum() == 1
    return count


@given(MASKS)
def test_one_look_counts_values_and_pixels_that_stand_alone(of):
    mask = drawn(*of)
    found = looked([mask, mask.T])
    expected = np.unique(mask, return_counts=True)
    for number in (0, 1):
        assert np.array_equal(found.values[number], expected[0])
        assert np.array_equal(found.counts[number], expected[1])
    assert found.isolated.tolist() == [alone(mask)] * 2
    assert found.pixels.tolist() == [mask.size] * 2


@given(MASKS, st.integers(1, 22), st.sampled_from([255, 0, None]))
def test_values_outside_agree_with_a_set(of, classes, ignore):
    mask = drawn(*of)
    outside = sorted({*mask.ravel().tolist()} - {*range(classes)} - {ignore})
    found = value("values_outside", mask, classes=classes, ignore=ignore)
    assert [float(one) for one in found.split()] == outside


def test_many_values_outside_are_not_all_told():
    assert value("values_outside", np.arange(3, 20, dtype=np.uint8)[None]) == "3 4 5 6 7 8 9 10 …"


@pytest.mark.parametrize(("classes", "found"), [(21, "21"), (22, "")])
def test_the_first_value_outside_is_as_many_as_there_are(classes, found):
    assert value("values_outside", [[21, 20, 255, 0]], classes=classes) == found


def test_of_instances_and_of_nobody_knows_how_many_no_value_is_outside():
    assert value("values_outside", [[99]], kind=1) is None
    assert value("values_outside", [[99]], classes=None) is None


@pytest.mark.parametrize(("mode", "classes", "kind", "found"), [
    ("P", 3, 0, "P"), ("RGB", 3, 0, "RGB"), ("L;4", 3, 0, "L;4"), ("1", 2, 0, "1"), ("I;16", 255, 0, "I;16"), ("I;16", 256, 0, WIDE),
    ("I;16", None, 0, "I;16"), ("I;16", 3, 1, WIDE), ("RGB", 3, 1, "RGB"), ("L", 300, 0, "L"),
])  # fmt: skip
def test_how_values_are_stored(mode, classes, kind, found):
    assert value("label_mode", [[0]], mode=mode, classes=classes, kind=kind) == found


@pytest.mark.parametrize(("size", "instances", "found"), [
    ((4, 5), NONE, 0), ((4, 6), NONE, 1), ((3, 6), NONE, 2), ((5, 4), NONE, 2), ((4, 5), np.zeros((4, 5), np.uint8), 0),
    ((4, 5), np.zeros((4, 8), np.uint8), 3), ((4, 6), np.zeros((4, 6), np.uint8), 1),
])  # fmt: skip
def test_a_mask_one_pixel_off_is_off(size, instances, found):
    assert value("mask_size_off_px", np.zeros((4, 5), np.uint8), size=size, instances=instances) == found


@pytest.mark.parametrize(("entry", "colour"), [
    (0, (0, 0, 0)), (1, (128, 0, 0)), (2, (0, 128, 0)), (15, (192, 128, 128)), (20, (0, 64, 128)), (255, (224, 224, 192)),
])  # fmt: skip
def test_the_palette_of_voc_is_that_of_the_catalogue(entry, colour):
    palette = colormap()
    assert tuple(palette[entry]) == colour
    assert value("palette_off", [[0]], palette=palette) == 0
    assert value("palette_off", [[0]], palette=palette[:21]) == 0
    palette[entry, 2] += 1
    assert value("palette_off", [[0]], palette=palette) == 1


def test_a_shuffled_palette_differs_in_what_was_moved():
    assert value("palette_off", [[0]], palette=np.roll(colormap(), 1, axis=0)) == 256


@pytest.mark.parametrize(("said", "found"), [
    ({}, 0), ({"encoding": "JPEG"}, 1), ({"other": "JPEG"}, 1), ({"other": "PNG"}, 0),
])  # fmt: skip
def test_a_mask_stored_as_jpeg_is_lossy(said, found):
    assert value("lossy", np.zeros((9, 9), np.uint8), **said) == found


def test_more_values_than_classes_and_one_are_lossy():
    four, five = (np.repeat(np.array(some, np.uint8), 4).reshape(2, -1, order="F") for some in ([0, 1, 2, 255], [0, 1, 2, 3, 255]))
    assert (value("lossy", four), value("lossy", five)) == (0, 2)
    assert value("lossy", five, classes=None) == value("lossy", five, kind=1) == value("lossy", five, classes=4) == 0


@pytest.mark.parametrize(("count", "found"), [(1, 0), (2, 4)])
def test_more_than_a_thousandth_that_stands_alone_is_lossy(count, found):
    mask = np.zeros((40, 48), np.uint8)  # 1,920 pixels
    for number in range(count):
        mask[5 + 9 * number, 7] = 1
    assert value("lossy", mask) == found
    mask[5, 8] = mask[14, 8] = 1  # two together
    assert value("lossy", mask) == 0


@pytest.mark.parametrize(("mask", "ignore", "found"), [
    ([[255, 255], [255, 0]], 255, 0.75), ([[255, 255], [255, 255]], 255, 1.0), ([[255, 0]], None, 0.0), ([[9, 0]], 9, 0.5),
])  # fmt: skip
def test_how_much_is_ignored(mask, ignore, found):
    assert value("ignored_fraction", np.array(mask, np.uint8), ignore=ignore) == found
    assert value("ignored_fraction", np.array(mask, np.uint8), ignore=ignore, kind=1) == 0


@pytest.mark.parametrize(("mask", "found"), [([[0, 255]], 1), ([[0]], 1), ([[255]], 1), ([[0, 1]], 0), ([[254]], 0)])
def test_a_mask_of_background_alone(mask, found):
    assert value("background_only", np.array(mask, np.uint8)) == found


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32])
def test_an_instance_of_two_classes_is_mixed(dtype):
    classes = values()
    instances = instances_of(classes).astype(dtype)
    assert value("mixed_instances", classes, instances=instances) == ""
    painted = classes.copy()
    painted[np.argwhere(instances == 2)[0][0]] = 1
    assert value("mixed_instances", painted, instances=instances) == "2"
    painted[instances == 2] = 255  # which is no class
    assert value("mixed_instances", painted, instances=instances) == ""
    painted[np.argwhere(instances == 0)[0][0]] = 9  # what is no instance may be of any
    assert value("mixed_instances", painted, instances=instances) == ""


def test_masks_of_two_sizes_are_not_compared():
    assert value("mixed_instances", values(), instances=values()[:-1]) is None
    assert value("mixed_instances", values(), instances=values(), kind=1) is None


def test_many_mixed_instances_are_not_all_told():
    instances = np.repeat(np.arange(1, 12, dtype=np.uint8), 2)[None]
    classes = np.tile(np.array([1, 2], np.uint8), 11)[None]
    assert value("mixed_instances", classes, instances=instances) == "1 2 3 4 5 6 7 8 …"


def real_masks():
    return sorted((SHARED / "coco128/semantic_segmentation/masks/train2017").iterdir())


@needs_data
def test_real_masks_are_not_lossy_but_one_and_blended_or_compressed_all_are():
    sound, blended, compressed = [], [], []
    for path in real_masks():
        image = Image.open(path)
        sound.append(value("lossy", np.asarray(image), classes=None))
        smaller = image.resize((image.width * 3 // 4, image.height * 3 // 4), Image.Resampling.BILINEAR)
        blended.append(value("lossy", np.asarray(smaller), classes=None))
        stream = io.BytesIO()
        image.save(stream, "JPEG", quality=95)
        again = decode_mask("a", stream.getvalue(), ("JPEG",))
        compressed.append(value("lossy", again.pixels, classes=None, encoding=again.encoding))
    # Single pixels of value 0, which no segment took, along the edges of segments.
    assert [path.stem for path, found in zip(real_masks(), sound, strict=True) if found] == ["000000000315"]
    assert {*blended} == {4}
    assert {*compressed} == {5}


@needs_data
def test_real_masks_agree_with_numpy():
    for path in real_masks()[:20]:
        mask = np.asarray(Image.open(path))
        found = looked([mask])
        assert np.array_equal(np.stack([found.values[0], found.counts[0]]), np.stack(np.unique(mask, return_counts=True)))


def listed(*masks, change=lambda rows: rows):
    """What lists say of panoptic masks, all of it true."""
    rows = [
        {"row": row, "segment": one["id"], "area_px": float(one["area"]), **{f"{side}_px": float(v) for side, v in zip("xywh", one["bbox"], strict=True)}}
        for row, mask in enumerate(masks) for one in (segment(mask, n) for n in np.unique(mask).tolist() if n)
    ]  # fmt: skip
    schema = {"row": pl.Int64, "segment": pl.Int64, **dict.fromkeys(("area_px", "x_px", "y_px", "w_px", "h_px"), pl.Float64)}
    return pl.DataFrame(change(rows), schema)


def tabled(masks, annotations):
    return evaluate([SEGMENTS], {"mask": masks, "annotations": annotations})["segments"]


@given(st.lists(MASKS, min_size=1, max_size=3))
def test_segments_are_those_of_the_mask_with_their_boxes(of):
    masks = [drawn(*one).astype(np.int64) for one in of]
    found = tabled(masks, listed(*masks))
    assert found.get_column("listed").to_list() == [1] * found.height
    for side in ("area", *"xywh"):
        assert found.get_column(f"{side}_listed_px").to_list() == found.get_column(f"{side}_found_px").to_list()
    assert found.select("row", "segment").rows() == [(row, n) for row, one in enumerate(masks) for n in np.unique(one).tolist() if n]


@given(MASKS, st.sets(st.sampled_from([1, 2, 9, 20, 21, 255, 60_000, 7])))
def test_what_either_has_alone_is_told(of, numbers_):
    mask = drawn(*of).astype(np.int64)
    rows = [{"row": 0, "segment": n, "area_px": 1.0, "x_px": 0.0, "y_px": 0.0, "w_px": 1.0, "h_px": 1.0} for n in sorted(numbers_)]
    found = tabled([mask], listed(change=lambda _: rows))
    there = {*mask.ravel().tolist()} - {0}
    assert found.get_column("segment").to_list() == sorted(there | numbers_)
    for number, times, area in found.select("segment", "listed", "area_found_px").rows():
        assert (times, area) == (number in numbers_, (mask == number).sum())


def test_a_segment_that_is_listed_twice_is_counted_twice():
    mask = numbers()
    found = tabled([mask], listed(mask, change=lambda rows: [rows[0], *rows]))
    assert found.get_column("listed").to_list() == [2, 1, 1]


def test_pictures_without_a_list_or_without_a_segment_have_rows_all_the_same():
    none, mask = np.zeros((4, 5), np.uint32), numbers()
    found = tabled([none, mask, none], listed(none, none, none))
    assert found.get_column("row").to_list() == [1, 1, 1]
    assert found.get_column("listed").to_list() == [0, 0, 0]
    assert tabled([none], listed(none)).height == 0
