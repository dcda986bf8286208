"""Boxes, outlines and key points: what is measured is what a plain loop, or pycocotools, comes to."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from datastd.boxes import BEYOND, CORNERS, FRACTIONS, ROOMY
from datastd.measures import evaluate
from datastd.measures.boxes import NEARLY, in_millionths, overlaps
from datastd.measures.boxes.area_bucket import area_bucket
from datastd.measures.boxes.area_not_positive import area_not_positive
from datastd.measures.boxes.area_off import area_off
from datastd.measures.boxes.area_per_box import area_per_box
from datastd.measures.boxes.beyond_picture_px import beyond_picture_px
from datastd.measures.boxes.beyond_px import beyond_px
from datastd.measures.boxes.box_conflicts import box_conflicts
from datastd.measures.boxes.box_copies import box_copies
from datastd.measures.boxes.box_flat import box_flat
from datastd.measures.boxes.box_near_copies import box_near_copies
from datastd.measures.boxes.box_reading import box_reading
from datastd.measures.boxes.box_tiny import box_tiny
from datastd.measures.boxes.crowd_value import crowd_value
from datastd.measures.boxes.crowd_without_runs import crowd_without_runs
from datastd.measures.boxes.edge_beyond_picture_px import edge_beyond_picture_px
from datastd.measures.boxes.edge_beyond_px import edge_beyond_px
from datastd.measures.boxes.flat_rings import flat_rings
from datastd.measures.boxes.has_ignore import has_ignore
from datastd.measures.boxes.instance_of_runs import instance_of_runs
from datastd.measures.boxes.keypoints_miscounted import keypoints_miscounted
from datastd.measures.boxes.keypoints_off import keypoints_off
from datastd.measures.boxes.keypoints_wrong import keypoints_wrong
from datastd.measures.boxes.mask_size_off import mask_size_off
from datastd.measures.boxes.no_segmentation import no_segmentation
from datastd.measures.boxes.objects import objects
from datastd.measures.boxes.odd_rings import odd_rings
from datastd.measures.boxes.outside_px import outside_px
from datastd.measures.boxes.runs_off import runs_off
from datastd.measures.boxes.segment_iou import segment_iou
from datastd.measures.boxes.short_rings import short_rings
from datastd.measures.boxes.size_differs import size_differs
from datastd.measures.boxes.video import video

SCHEMA = {
    "row": pl.Int64, "annotation": pl.String, "category": pl.Int64, "class_name": pl.String, "x_px": pl.Float64,
    "y_px": pl.Float64, "w_px": pl.Float64, "h_px": pl.Float64, "area_px": pl.Float64, "crowd": pl.Int64, "shape": pl.Int8,
    "points": pl.List(pl.Float64), "rings": pl.List(pl.Int64), "counts": pl.List(pl.Int64), "mask_height": pl.Int64,
    "mask_width": pl.Int64, "keypoints": pl.List(pl.Float64), "keypoints_stated": pl.Int64, "keypoints_wanted": pl.Int64,
    "ignored": pl.Boolean,
}  # fmt: skip


def one(box=(2, 3, 10, 8), polygons=(), *, runs=None, size=(32, 40), **more):
    """An annotation of a picture of 40 by 32 pixels."""
    x, y, w, h = box or [None] * 4
    polygons = [*polygons]
    made = {
        "row": 0, "annotation": "1", "category": 1, "class_name": "person", "x_px": x, "y_px": y, "w_px": w, "h_px": h,
        "area_px": w * h if box else None, "crowd": 0, "shape": 1 if polygons else 2 if runs is not None else 0,
        "points": [float(n) for ring in polygons for n in ring], "rings": [len(ring) for ring in polygons],
        "counts": runs or [], "mask_height": size[0] if runs is not None else None,
        "mask_width": size[1] if runs is not None else None, "keypoints": [], "keypoints_stated": None,
        "keypoints_wanted": 0, "ignored": False,
    }  # fmt: skip
    return made | more | {"keypoints": [float(n) for n in more.get("keypoints", [])]}


def found(measure, *annotations, width=40, height=32, **samples):
    """What a measure says of annotations."""
    rows = pl.DataFrame([*annotations], SCHEMA)
    many = (rows["row"].max() or 0) + 1
    given_ = {"stated_width": [width] * many, "stated_height": [height] * many} | samples
    values = evaluate([measure], {**{s.name: s for s in rows}, **{k: np.array(v) for k, v in given_.items()}})[measure.column]
    return pl.Series(values).to_list()


def rectangle(x, y, w, h):
    return [x, y, x + w, y, x + w, y + h, x, y + h]


BOX = (2, 3, 10, 8)
RING = rectangle(*BOX)


@pytest.mark.parametrize(
    ("measure", "annotation", "value"),
    [
        (box_flat, one(), 0), (box_flat, one((0, 0, 1e-9, 1)), 0), (box_flat, one((0, 0, 0, 5)), 1), (box_flat, one((0, 0, 5, -1)), 1),
        (box_flat, one((0, 0, math.inf, 5)), 1), (box_flat, one((0, 0, math.nan, 5)), 1), (box_flat, one(None), 0),
        (box_tiny, one((0, 0, 1.01, 9)), 0), (box_tiny, one((0, 0, 1, 9)), 1), (box_tiny, one((0, 0, 9, 0.5)), 1), (box_tiny, one(None), 0),
        (beyond_px, one((30, 24, 10, 8)), 0), (beyond_px, one((30, 24, 11, 8)), 1), (beyond_px, one((30, 24, 10, 9.5)), 1.5),
        (beyond_px, one((-2, 24, 10, 8)), 2), (beyond_px, one((3, -0.5, 10, 8)), 0.5), (beyond_px, one(None), 0),
        (edge_beyond_px, one((30, 24, 10, 8)), 0), (edge_beyond_px, one((30, 24, 10.5, 8)), 0.5), (edge_beyond_px, one((30, 24, 11, 8)), 1),
        (edge_beyond_px, one((30, 24, 11.5, 8)), 0),  # F214's
        (area_not_positive, one(area_px=1e-9), 0), (area_not_positive, one(area_px=0.0), 1), (area_not_positive, one(area_px=-1.0), 1),
        (area_not_positive, one(area_px=None), 0), (area_not_positive, one(area_px=math.nan), 1),
        (area_per_box, one(area_px=88.0), 1.05), (area_per_box, one(area_px=4.0), 0), (area_per_box, one((0, 0, 0, 5), area_px=4.0), 0),
        (crowd_value, one(crowd=2), 2), (has_ignore, one(), 0), (has_ignore, one(ignored=True), 1),
        (crowd_without_runs, one(crowd=1, runs=[1]), 0), (crowd_without_runs, one(polygons=[RING]), 0), (crowd_without_runs, one(crowd=1, polygons=[RING]), 1),
        (crowd_without_runs, one(crowd=1), 1), (crowd_without_runs, one(crowd=1, runs=[1], shape=3), 0),
        (instance_of_runs, one(runs=[1]), 1), (instance_of_runs, one(runs=[1], shape=3), 1), (instance_of_runs, one(crowd=1, runs=[1]), 0),
        (instance_of_runs, one(polygons=[RING]), 0),
        (mask_size_off, one(runs=[1]), 0), (mask_size_off, one(runs=[1], size=(40, 32)), 1), (mask_size_off, one(runs=[1], size=(32, 41)), 1),
        (mask_size_off, one(polygons=[RING]), 0),
        (runs_off, one(runs=[280, 1000]), 0), (runs_off, one(runs=[0, 50], size=(10, 10)), 50), (runs_off, one(runs=[0, 500], size=(10, 10)), 400),
        (runs_off, one(runs=[1 << 62, 1 << 62, 1 << 62, 1 << 62], size=(0, 0)), 1 << 53), (runs_off, one(runs=[(1 << 63) - 1] * 3, size=(0, 0)), 1 << 53), (runs_off, one(polygons=[RING]), 0), (runs_off, one(runs=[]), 1280),
        (no_segmentation, one(polygons=[RING]), 0), (no_segmentation, one(), 1), (no_segmentation, one(shape=1), 1), (no_segmentation, one(runs=[1]), 0),
        (no_segmentation, one(None), 0),  # a caption has none
        (odd_rings, one(polygons=[RING]), 0), (odd_rings, one(polygons=[RING[:-1], RING, RING[:-1]]), 2),
        (short_rings, one(polygons=[RING[:6]]), 0), (short_rings, one(polygons=[[10, 20, 30, 40]]), 1), (short_rings, one(polygons=[[], RING]), 1),
        (flat_rings, one(polygons=[rectangle(3, 3, 1, 1)]), 0), (flat_rings, one(polygons=[rectangle(3, 3, 1, 0.99)]), 1), (flat_rings, one(polygons=[[5, 5] * 4]), 1),
        (flat_rings, one(polygons=[[10, 20, 30, 40]]), 0),  # F222's
        (flat_rings, one(polygons=[[math.nan, *RING[1:]]]), 1),
        (outside_px, one(polygons=[rectangle(-1, -1, 42, 34)]), 1), (outside_px, one(polygons=[rectangle(-50, 3, 60, 8)]), 50), (outside_px, one(polygons=[RING]), 0),
        (outside_px, one(polygons=[rectangle(3, 3, 10, 31)]), 2),
        (area_off, one(polygons=[RING], area_px=80.0), 0), (area_off, one(polygons=[RING], area_px=84.0), 0), (area_off, one(polygons=[RING], area_px=88.0), 0.1),
        (area_off, one(polygons=[RING], area_px=40.0), 0.5), (area_off, one(runs=[0, 100], area_px=80.0), 0.2), (area_off, one(area_px=9e9), 0),
        (area_off, one(polygons=[RING], area_px=None), 0), (area_off, one(runs=[], area_px=10.0), 10),
        (area_off, one(polygons=[RING, rectangle(20, 20, 10, 2)], area_px=100.0), 0),
        (segment_iou, one(polygons=[RING]), 1), (segment_iou, one(polygons=[rectangle(2, 3, 10, 4)]), 0.5), (segment_iou, one(), 1),
        (segment_iou, one((2, 3, 2, 32), runs=[64, 64, 1152]), 58 / 70), (segment_iou, one((2, 0, 2, 32), runs=[64, 64, 1152]), 1), (segment_iou, one(runs=[5]), 0),
        (segment_iou, one((1, 1, 2, 0), polygons=[[1, 1, 3, 1, 3, 1, 1, 1]]), 1), (segment_iou, one((1, 2, 2, 0), polygons=[[1, 1, 3, 1, 3, 1]]), 0),
        (segment_iou, one((0, 3, 1, 2), runs=[3, 2, 1275]), 1), (segment_iou, one((20, 20, 3, 3), polygons=[RING]), 0),
        (keypoints_off, one(), 0), (keypoints_off, one(keypoints=[1, 1, 2], keypoints_wanted=1), 0), (keypoints_off, one(keypoints=[1, 1], keypoints_wanted=1), 1),
        (keypoints_off, one(keypoints_wanted=17), 51), (keypoints_off, one(keypoints=[1, 1, 2]), 3), (keypoints_off, one(keypoints=[1, 1, 2], keypoints_wanted=None), 0),
        (keypoints_miscounted, one(), 0), (keypoints_miscounted, one(keypoints=[1, 1, 2, 0, 0, 0], keypoints_stated=1, keypoints_wanted=2), 0),
        (keypoints_miscounted, one(keypoints=[1, 1, 2, 1, 1, 1], keypoints_stated=1, keypoints_wanted=2), 1),
        (keypoints_miscounted, one(keypoints=[1, 1, 2], keypoints_wanted=1), None), (keypoints_miscounted, one(keypoints_wanted=1), None),
        (keypoints_wrong, one(keypoints=[0, 0, 0, 40, 32, 1, 0, 0, 2]), 0), (keypoints_wrong, one(keypoints=[1, 0, 0]), 1), (keypoints_wrong, one(keypoints=[5, 5, 3]), 1),
        (keypoints_wrong, one(keypoints=[40.5, 5, 1, 5, -1, 2]), 2), (keypoints_wrong, one(keypoints=[5, 5, -1, 5, 5, 0.5]), 2), (keypoints_wrong, one(keypoints=[5, 5, math.nan]), 1),
        (box_reading, one(), ROOMY | CORNERS), (box_reading, one((10, 8, 2, 3)), ROOMY), (box_reading, one((20, 10, 30, 33)), ROOMY | BEYOND), (box_reading, one((20, 10, 41, 30)), ROOMY | BEYOND), (box_reading, one((20, 10, 30, 20)), ROOMY | BEYOND | CORNERS), (box_reading, one((20, 10, 30, 5)), ROOMY | BEYOND),
        (box_reading, one((0.1, 0.2, 1, 0)), ROOMY | FRACTIONS), (box_reading, one((0, 0, 1, 1)), ROOMY | CORNERS | FRACTIONS), (box_reading, one(None), None),
    ],
)  # fmt: skip
def test_an_annotation_is_measured_as_its_definition_says(measure, annotation, value):
    (got,) = found(measure, annotation)
    assert got == (value if value is None else pytest.approx(value, abs=1e-12))


def test_an_area_per_box_without_an_inside_is_no_number():
    (got,) = found(area_per_box, one((0, 0, 0, 5), area_px=9.0))
    assert math.isnan(got)


@pytest.mark.parametrize(
    ("stated", "side", "crowd", "wrong"),
    [
        (10.0, 40, 0, 1), (1500.0, 40, 0, 0), (1500.0, 32, 0, 1), (1024.0, 40, 0, 1), (9000.0, 100, 0, 0), (8900.0, 100, 0, 1), (1024.0, 30, 0, 1), (9216.0, 96, 0, 0),
        (10.0, 40, 1, 0),  # crowds are evaluated at every size
        (1023.0, 32, 0, 0),  # off by less than 4 px²
        (11_000.0, 100, 0, 0), (500.0, 30, 0, 0),
    ],
)  # fmt: skip
def test_an_area_that_is_off_matters_where_it_moves_the_object_to_another_size(stated, side, crowd, wrong):
    annotation = one((0, 0, side, side), [rectangle(0, 0, side, side)], area_px=stated, crowd=crowd)
    assert found(area_bucket, annotation, width=200, height=200) == [wrong]


@pytest.mark.parametrize(("radius", "percent"), [(2, -3.9), (5, 2.5), (20, -0.3)])
def test_the_mask_of_a_circle_is_within_what_areas_may_be_off(radius, percent):
    """Catalogue, 4.4: of 32 points, masks by pycocotools."""
    masks = pytest.importorskip("pycocotools.mask")
    angle = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    ring = np.stack([50 + radius * np.cos(angle), 50 + radius * np.sin(angle)], axis=1).ravel().tolist()
    stated = float(masks.area(masks.merge(masks.frPyObjects([ring], 100, 100))))
    (outline,) = {float(n) for n in found(area_off, one(polygons=[ring], area_px=1e6))}
    area = 1e6 / (1 + outline)
    assert round((stated / area - 1) * 100, 1) == percent
    assert found(area_off, one(polygons=[ring], area_px=stated))[0] <= 0.1


def test_golden_areas_of_polygons():
    """Catalogue, 4.4: 10-30 by 20-40 is 400; of an odd count of numbers the last is left out."""
    whole = [10, 20, 30, 20, 30, 40, 10, 40]
    assert found(area_off, one((10, 20, 20, 20), [whole], area_px=400.0)) == [0]
    assert found(area_off, one((10, 20, 20, 20), [whole[:-1]], area_px=200.0)) == [0]
    masks = pytest.importorskip("pycocotools.mask")
    drawn = [float(masks.area(masks.frPyObjects([one_], 60, 60))[0]) for one_ in (whole, whole[:-1])]
    assert drawn == [400, 190]
    assert found(area_off, one((10, 20, 20, 20), [whole[:-1]], area_px=190.0))[0] <= 0.1


runs_of = st.lists(st.integers(0, 9), max_size=12)


@given(st.lists(runs_of, min_size=1, max_size=5), st.integers(1, 9))
@settings(deadline=None)
def test_masks_of_runs_are_those_of_pycocotools(lists, height):
    masks = pytest.importorskip("pycocotools.mask")
    made = []
    for runs in lists:
        width = max(-(-sum(runs) // height), 1)
        whole = [*runs, height * width - sum(runs)] if len(runs) % 2 == 0 else [*runs, 0, height * width - sum(runs)]
        packed = masks.frPyObjects({"size": [height, width], "counts": whole}, height, width)
        area, box = float(masks.area(packed)), [float(n) for n in masks.toBbox(packed)]
        made.append((one(box if area else (1, 1, 1, 1), runs=whole, size=(height, width), area_px=area), area))
    annotations = [annotation for annotation, _ in made]
    assert found(runs_off, *annotations) == [0] * len(made)
    assert found(area_off, *annotations) == [0] * len(made)
    assert found(segment_iou, *annotations) == [float(area > 0) for _, area in made]


coordinate = st.one_of(st.integers(-60, 60), st.floats(-60, 60, width=32))
polygon = st.lists(coordinate, max_size=15)


@given(st.lists(st.lists(polygon, min_size=1, max_size=3), min_size=1, max_size=4))
@settings(deadline=None)
def test_polygons_agree_with_a_plain_loop(shapes):
    annotations = [one((0, 0, 5, 5), polygons, area_px=0.0) for polygons in shapes]
    for polygons, odd, short, flat, outside in zip(
        shapes, *(found(m, *annotations) for m in (odd_rings, short_rings, flat_rings, outside_px)), strict=True
    ):
        assert odd == sum(len(ring) % 2 for ring in polygons)
        assert short == sum(len(ring) < 6 for ring in polygons)
        points = [(ring[k], ring[k + 1]) for ring in polygons for k in range(0, len(ring) - 1, 2)]
        assert outside == pytest.approx(max((max(-x, -y, x - 40, y - 32, 0) for x, y in points), default=0), abs=1e-5)
        areas = [shoelace(ring) for ring in polygons if len(ring) >= 6]
        if all(abs(area - 1) > 1e-3 for area in areas):
            assert flat == sum(area < 1 for area in areas)


def shoelace(ring):
    points = [(ring[k], ring[k + 1]) for k in range(0, len(ring) - 1, 2)]
    return abs(sum(a * d - c * b for (a, b), (c, d) in zip(points, [*points[1:], points[0]], strict=True))) / 2


def plain(boxes, kinds, crowds, least):
    """Every pair, one after the other."""
    got = [[0, 0, 0] for _ in boxes]
    for i, (x, y, w, h) in enumerate(boxes):
        for j, (x2, y2, w2, h2) in enumerate(boxes[:i]):
            alike = kinds[i] == kinds[j] and crowds[i] == crowds[j]
            if alike and boxes[i] == boxes[j]:
                got[i][0] += 1
                got[j][0] += 1
                continue
            wide, high = min(x + w, x2 + w2) - max(x, x2), min(y + h, y2 + h2) - max(y, y2)
            both = wide * high
            union = w * h + w2 * h2 - both
            if wide > 0 and high > 0 and union > 0 and both / union >= least and (alike or kinds[i] != kinds[j]):
                got[i][2 - alike] = got[j][2 - alike] = 1
    return got


sides = st.one_of(st.integers(-2, 40).map(float), st.sampled_from([19.0, 20.0, 9.5, 10.0, 0.0, 95.0, 100.0]))
marks = st.lists(st.tuples(st.tuples(sides, sides, sides, sides), st.integers(0, 2), st.integers(0, 1)), max_size=40)
near = st.lists(
    st.tuples(st.tuples(*[st.integers(100, 106).map(float)] * 2, *[st.integers(95, 103).map(float)] * 2), st.integers(0, 2), st.integers(0, 1)),
    max_size=40,
)  # fmt: skip


extreme = st.sampled_from([5e-324, 1e-310, 1e-200, 1e-9, 1.0, 1e9, 1e160, 1e308, 1.7e308, -1e308, 0.0, -0.0])
extremes = st.lists(st.tuples(st.tuples(extreme, extreme, extreme, extreme), st.integers(0, 1), st.just(0)), max_size=12)


@given(st.one_of(marks, near, extremes), st.sampled_from([NEARLY, 0.5, 0.9]), st.booleans())
@example([((0.0, 0.0, 100.0, 100.0), 0, 0), ((0.0, 0.0, 95.0, 100.0), 0, 0)], NEARLY, True)  # just so much
@example([((0.0, 0.0, 20.0, 20.0), 0, 0), ((0.0, 0.0, 19.0, 20.0), 1, 0)], NEARLY, True)
@example([((0.0, 0.0, 5e-324, 5e-324), 0, 0), ((0.0, 0.0, 5e-324, 5e-324), 1, 0)], NEARLY, False)  # whose area is 0
@example([((0.0, 0.0, 5e-324, 5e-324), 0, 0), ((0.0, 0.0, 5e-324, 5e-324), 1, 0)], NEARLY, True)
@settings(deadline=None, max_examples=300)
def test_overlaps_are_those_of_every_pair_however_many_there_are(drawn, least, many):
    boxes, kinds, crowds = ([*column] for column in zip(*drawn, strict=True)) if drawn else ([], [], [])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overlaps, "_FEW", 1 if many else 512)
        got = overlaps.compared(
            np.zeros(len(boxes), np.int64), np.array(kinds, np.int64), np.array(crowds, np.int64),
            np.array(boxes, np.float64).reshape(-1, 4), least,
        )  # fmt: skip
    assert got.tolist() == plain(boxes, kinds, crowds, least)


def test_boxes_of_two_images_are_not_compared_and_those_of_two_files_are():
    twice = [one(), one()]
    assert found(box_copies, *twice) == [1, 1]
    assert found(box_copies, one(), one(row=1)) == [0, 0]
    pointed, scored = {"annotation": "1.1", "keypoints_stated": 3}, {"annotation": "2.1", "area_px": None, "score": 0.5}
    assert found(box_copies, one(), one(annotation="1.1")) == [1, 1]
    half = one(annotation="1.2", keypoints_stated=None)  # of one file, they are copies, whatever else is there
    assert found(box_copies, one(**pointed), half, one(row=1)) == found(box_copies, one(**pointed), half, one(row=1, annotation="1.9")) == [1, 1, 0]
    assert found(box_copies, one(annotation="7"), one(annotation="8", area_px=None), one(row=1, annotation="1.9")) == [1, 1, 0]
    assert found(box_copies, one(), one(**pointed), one(**scored)) == [0, 0, 0]  # people with key points, and what is found, are in both
    assert found(box_copies, one(), one(**pointed), one(annotation="3.1"), one(row=1), one(row=1, annotation="3.2")) == [1, 0, 1, 1, 1]
    assert found(box_copies, one(None), one(None)) == [0, 0]


@pytest.mark.parametrize(
    ("other", "copies", "near_", "conflict"),
    [
        ({}, 1, 0, 0), ({"crowd": 1}, 0, 0, 0), ({"category": 2}, 0, 0, 1), ({"category": 2, "crowd": 1}, 0, 0, 1),
        ({"w_px": 9.5}, 0, 1, 0), ({"w_px": 9.49}, 0, 0, 0), ({"w_px": 9.5, "category": 2}, 0, 0, 1), ({"w_px": 9.49, "category": 2}, 0, 0, 0),
        ({"category": None, "class_name": None}, 0, 0, 1),
    ],
)  # fmt: skip
def test_another_annotation_of_the_image_is_a_copy_nearly_one_or_a_conflict(other, copies, near_, conflict):
    both = one((0, 0, 10, 8)), one((0, 0, 10, 8)) | other
    assert [found(m, *both) for m in (box_copies, box_near_copies, box_conflicts)] == [[copies] * 2, [near_] * 2, [conflict] * 2]


def test_classes_without_a_number_go_by_their_names():
    named = [one(category=None, class_name=name) for name in ("dog", "cat", "dog")]
    assert found(box_copies, *named) == [1, 0, 1]
    assert found(box_conflicts, *named) == [1, 1, 1]


def test_cells_part_no_two_boxes_that_overlap_by_so_much():
    """Pairs far from all others, of any size, that differ in all four numbers by about so much."""
    random, half = np.random.default_rng(0), 100_000
    place = np.stack([np.arange(half) % 400, np.arange(half) // 400], axis=1) * 1000 + random.uniform(0, 500, (half, 2))
    sides = np.exp(random.uniform(0, 6, (half, 2)))
    share = random.uniform(0.97, 1, (half, 2)) ** random.choice([-1, 0, 1], (half, 2))
    moved = random.uniform(-0.02, 0.02, (half, 2)) * sides
    one_, other = np.concatenate([place, sides], axis=1), np.concatenate([place + moved, sides * share], axis=1)
    kinds = np.concatenate([np.zeros(half, np.int64), random.integers(0, 2, half)])
    got = overlaps.compared(np.zeros(2 * half, np.int64), kinds, np.zeros(2 * half, np.int64), np.concatenate([one_, other]), NEARLY)
    (x, y, w, h), (x2, y2, w2, h2) = one_.T, other.T
    both = (np.minimum(x + w, x2 + w2) - np.maximum(x, x2)) * (np.minimum(y + h, y2 + h2) - np.maximum(y, y2))
    over = both / (w * h + w2 * h2 - both) >= NEARLY
    assert 0.2 < over.mean() < 0.8
    for column, is_kind in ((1, 0), (2, 1)):
        expected = over & (kinds[half:] == is_kind)
        assert (got[:, column] == np.concatenate([expected, expected])).all()


def test_boxes_on_both_sides_of_every_edge_of_a_cell_are_compared(monkeypatch):
    monkeypatch.setattr(overlaps, "_FEW", 1)
    ratio, _ = overlaps._widths(NEARLY)
    side = math.exp(25 * overlaps._COARSE * ratio)  # where one step ends, and another begins
    less, more = side * (1 - 1e-4), side * (1 + 1e-4)
    boxes = np.array([[-0.01, -0.01, less, less], [0.01, 0.01, more, more]])
    got = overlaps.compared(np.zeros(2, np.int64), np.zeros(2, np.int64), np.zeros(2, np.int64), boxes, NEARLY)
    assert got.tolist() == [[0, 1, 0]] * 2


MANY = 100_000


@pytest.mark.parametrize(
    "boxes",
    [
        np.ones((MANY, 4)),
        np.random.default_rng(0).random((MANY, 4)) * [640, 480, 100, 100] + 1,
        np.random.default_rng(0).random((MANY, 4)) * 0.01 + 100,
        np.stack([np.zeros(MANY), np.arange(MANY) * 0.01, np.full(MANY, 100), np.full(MANY, 20)], axis=1),
        np.stack([np.zeros(MANY), np.zeros(MANY), 1 + np.arange(MANY) * 0.01, 1 + np.arange(MANY) * 0.01], axis=1),
    ],
    ids=["equal", "anywhere", "all alike", "above each other", "inside each other"],
)
def test_very_many_boxes_of_one_image_are_all_compared(boxes):
    kinds = np.arange(MANY) % 80
    got = overlaps.compared(np.zeros(MANY, np.int64), kinds, np.zeros(MANY, np.int64), boxes, NEARLY)
    assert not (got[:, 1:] == overlaps.UNKNOWN).any()
    some = np.random.default_rng(1).integers(0, MANY, 20)
    for n in some:
        x, y, w, h = boxes.T
        x2, y2, w2, h2 = boxes[n]
        both = np.clip(np.minimum(x + w, x2 + w2) - np.maximum(x, x2), 0, None) * np.clip(np.minimum(y + h, y2 + h2) - np.maximum(y, y2), 0, None)
        over = both / (w * h + w2 * h2 - both) >= NEARLY
        equal = (boxes == boxes[n]).all(axis=1) & (kinds == kinds[n])
        assert got[n].tolist() == [equal.sum() - 1, int((over & ~equal & (kinds == kinds[n])).any()), int((over & (kinds != kinds[n])).any())]


def test_what_cannot_be_compared_in_time_is_not_said_to_be_well(monkeypatch):
    monkeypatch.setattr(overlaps, "_FEW", 1)
    monkeypatch.setattr(overlaps, "_STEPS", 0)
    two = np.array([[0.0, 0, 10, 10], [0, 0, 10, 9.9]])
    got = overlaps.compared(np.zeros(2, np.int64), np.zeros(2, np.int64), np.zeros(2, np.int64), two, NEARLY)
    assert got[:, 1:].tolist() == [[overlaps.UNKNOWN] * 2] * 2


@given(st.integers(0, 64_000), st.integers(1, 64_000))
def test_what_floats_round_is_not_beyond_a_picture(x, w):
    """Edges of two decimals that meet the picture's own are at it, whatever floats make of their sum."""
    annotation = one((x / 100, 0, w / 100, 1))
    right = -(-(x + w) // 100)
    over = max(x + w - 100 * right, 0) / 100
    assert found(beyond_px, annotation, width=right) == [over]
    assert found(beyond_px, annotation, width=max(right - 1, 1)) == [pytest.approx(max((x + w) / 100 - max(right - 1, 1), 0), abs=1e-6)]


def test_lengths_are_told_to_a_millionth_of_a_pixel():
    assert in_millionths(np.array([600.31 + 41.69 - 641, 4e-7])).tolist() == [1, 0]


def test_a_picture_without_a_size_is_no_place_for_a_box():
    for unknown in ({"width": 0}, {"height": 0}):
        (got,) = found(beyond_px, one(), **unknown)
        assert math.isnan(got)


def test_boxes_are_held_against_the_decoded_picture_where_nothing_else_is_stated():
    sizes = {"width_px": [40], "height_px": [32]}
    annotation = one((30, 24, 10.5, 8))
    assert found(beyond_picture_px, annotation, width=0, **sizes) == [0.5]
    assert found(edge_beyond_picture_px, annotation, width=0, **sizes) == [0.5]


def test_objects_are_counted_that_have_a_box_and_are_no_crowd():
    rows = pl.DataFrame([one(), one(), one(crowd=1), one(None), one(row=2)], SCHEMA)
    assert objects.function(rows, np.zeros(4)).tolist() == [2, 0, 1, 0]


@pytest.mark.parametrize(
    ("stated", "orientation", "value"), [((8, 6), 1, 0), ((8, 6), 6, 0), ((6, 8), 6, 2), ((6, 8), 1, 1), ((8, 7), 6, 1), ((6, 8), 4, 1)]
)  # fmt: skip
def test_the_size_of_a_picture_is_held_against_what_is_stated(stated, orientation, value):
    image = np.zeros((1, 6, 8, 3), np.uint8)
    assert size_differs.function(image, [orientation], [stated[0]], [stated[1]]).tolist() == [value]


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("v1/frame10.jpg", "v1"), ("a/v1_frame_0010.png", "a/v1"), ("train/v1/frame 1.jpg", "v1"), ("images/val2017/v1-frames-1.jpg", "v1"),
        ("frame10.jpg", None), ("train/frame10.jpg", None), ("IMG_0001.jpg", None), ("000000480985.jpg", None), ("keyframe10.jpg", None), (None, None),
    ],
)  # fmt: skip
def test_a_video_is_what_stands_before_the_word_frame(name, of):
    names, none = pl.Series([name], dtype=pl.String), pl.Series([None], dtype=pl.String)
    assert video.function(names, none).to_list() == [of]
    assert video.function(names, pl.Series(["v7"])).to_list() == ["v7"]
