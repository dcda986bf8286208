"""Parts of pictures: what torchvision's RandomResizedCrop and its references take."""

import numpy as np
import pytest

pytest.importorskip("torchvision")

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from support import picture
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional as F

from datastd.errors import UsageError
from datastd.train import Classification

SIDES = st.integers(1, 90)
TASK = Classification(size=(28, 28), crop=True)


def pixels(task, image, random=None):
    return task.item({"image": image, "label": 1}, random)[0].permute(1, 2, 0).numpy()


@given(SIDES, SIDES, st.sampled_from([28, 29, 56, 299]))
def test_scored_is_the_middle_that_torchvisions_references_take(wide, high, side):
    image = picture(3, size=(high, wide))
    theirs = v2.Compose([v2.Resize(round(side * 256 / 224)), v2.CenterCrop(side)])(image)
    assert np.array_equal(pixels(Classification(size=(side, side), crop=True), image), np.asarray(theirs))


@given(SIDES, SIDES, st.tuples(st.integers(8, 40), st.integers(8, 40)))
def test_scored_is_a_picture_of_the_size_that_is_asked_for_and_nothing_beyond_the_edge(wide, high, size):
    white = Image.new("RGB", (wide, high), "white")
    assert (pixels(Classification(size=size, crop=True), white) == np.full((*size, 3), 255)).all()


@given(SIDES, SIDES, st.integers(0, 999))
def test_learned_from_is_a_part_as_torchvision_crops_and_resizes_it(wide, high, seed):
    image = picture(seed, size=(high, wide))
    left, top, right, bottom = TASK._drawn(wide, high, np.random.default_rng(seed))
    assert 0 <= left < right <= wide
    assert 0 <= top < bottom <= high
    theirs = F.resized_crop(image, top, left, bottom - top, right - left, [28, 28], antialias=True)
    assert np.array_equal(pixels(TASK, image, np.random.default_rng(seed)), np.asarray(theirs))


@given(st.integers(0, 9999))
def test_area_and_ratio_of_a_part_are_within_their_bounds(seed):
    left, top, right, bottom = TASK._drawn(1000, 1000, np.random.default_rng(seed))
    assert 0.079 <= (right - left) * (bottom - top) / 1e6 <= 1
    assert 0.74 <= (right - left) / (bottom - top) <= 1.35


def test_parts_are_spread_as_those_of_torchvision():
    random, drawn = np.random.default_rng(0), v2.RandomResizedCrop(8)
    ours = np.array([TASK._drawn(500, 375, random) for _ in range(4000)])
    known = (drawn.make_params([Image.new("L", (500, 375))]) for _ in range(4000))
    theirs = np.array([(p["left"], p["top"], p["left"] + p["width"], p["top"] + p["height"]) for p in known])
    for take in (np.mean, np.std):
        assert np.allclose(take(ours, 0), take(theirs, 0), atol=8)


@pytest.mark.parametrize(("size", "expected"), [((90, 10), (38, 0, 51, 10)), ((10, 90), (0, 38, 10, 51)), ((10, 10), (0, 0, 10, 10))])
def test_where_no_part_fits_it_is_the_middle(size, expected):
    task = Classification(size=(8, 8), crop=True, scale=(1.0, 1.0), ratio=(0.75, 4 / 3) if size != (10, 10) else (1.0, 1.0))
    left, top, right, bottom = task._drawn(*size, np.random.default_rng(1))
    assert np.abs(np.array([left, top, right, bottom]) - expected).max() <= 1


def test_the_same_seed_gives_the_same_part_and_another_another():
    image, draw = picture(size=(80, 90)), np.random.default_rng
    assert np.array_equal(pixels(TASK, image, draw([0, 1, 2])), pixels(TASK, image, draw([0, 1, 2])))
    assert not np.array_equal(pixels(TASK, image, draw([0, 1, 2])), pixels(TASK, image, draw([0, 1, 3])))


def test_without_parts_nothing_is_cut():
    image = picture(size=(28, 28))
    for random in (None, np.random.default_rng(0)):
        assert np.array_equal(pixels(Classification(size=(28, 28)), image, random), np.asarray(image))


@pytest.mark.parametrize(("field", "given"), [
    ("crop", {"crop": True}), ("scale", {"scale": (0.5, 0.1)}), ("scale", {"scale": (0.5, 1.1)}), ("ratio", {"ratio": (2.0, 1.0)}),
])  # fmt: skip
def test_bounds_that_are_none_are_refused(field, given):
    with pytest.raises(UsageError, match=f"task.{field}"):
        Classification(**given)


def test_of_numbers_that_pillow_does_not_hold_no_part_is_taken():
    with pytest.raises(UsageError, match=r"task\.crop"):
        pixels(TASK, np.zeros((40, 40, 1), np.uint16))
