"""The hash and the sketch of a picture: golden values, laws, and what copies do to them."""

import io
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image, ImageEnhance
from support import SHARED, needs_data

from datastd.measures import evaluate, frame
from datastd.measures.pixels.likeness import (
    BYTES,
    SIDE,
    packed,
    sketches,
    unlikeness,
    unpacked,
)
from datastd.measures.pixels.phash import hashed, phash
from datastd.measures.pixels.thumbnail import stacks, thumbnail

PICTURES = hnp.arrays(
    np.uint8, st.tuples(st.integers(1, 4), st.integers(1, 70), st.integers(1, 70), st.sampled_from([1, 3]))
)
UKBENCH = SHARED / "imagededup" / "tests" / "data" / "mixed_images"


def hashes(images):
    return frame(evaluate([phash], {"image": images})["phash"])


def plainly(plane):
    """The hash as its docstring says, in numpy and Python."""
    cells = small(plane, 32)
    low, high = cells.min(), cells.max()
    if not high > low:
        return None
    level = np.floor((cells - low) / (high - low) * 4095 + 0.5)
    cosine = np.rint(2**14 * np.cos(np.pi / 32 * np.outer(np.arange(8), np.arange(32) + 0.5)))
    low_ones = (cosine @ level @ cosine.T).ravel()
    return int("".join("01"[int(v > np.median(low_ones))] for v in low_ones), 2)


def small(plane, side):
    """Each pixel made side by side pixels, and each cell averaged: slow, and plain."""
    large = np.repeat(np.repeat(plane.astype(np.int64), side, 0), side, 1)
    height, width = plane.shape
    return large.reshape(side, height, side, width).sum((1, 3)) / (height * width)


@given(PICTURES, st.sampled_from([1, 16, 32]))
def test_a_thumbnail_is_the_average_of_each_cell(images, side):
    (planes, zero), = stacks(np.ascontiguousarray(images[..., 0]))
    for plane in planes:
        np.testing.assert_array_equal(thumbnail(plane, side, zero), small(plane, side))


@given(PICTURES.filter(lambda images: images.shape[3] == 1))
def test_the_hash_is_what_its_definition_says(images):
    found = hashes(images)
    expected = [plainly(one[..., 0]) for one in images]
    assert found["row"].to_list() == [n for n, one in enumerate(expected) if one is not None]
    assert found["hash"].to_list() == [one for one in expected if one is not None]


@given(PICTURES)
def test_the_hash_of_the_mirror_image_is_that_of_the_image_mirrored(images):
    there, back = hashes(images), hashes(images[:, :, ::-1])
    assert there["mirrored"].to_list() == back["hash"].to_list()
    assert there["hash"].to_list() == back["mirrored"].to_list()


@given(PICTURES, st.integers(0, 4))
def test_a_hash_is_the_same_alone_in_company_and_in_a_list(images, cut):
    whole = hashes(images)
    parts = [hashes(images[:cut])["hash"].to_list(), hashes(images[cut:])["hash"].to_list()]
    assert whole["hash"].to_list() == parts[0] + parts[1]
    gray = [one for stack in [images] for one in stack[..., 0]]
    first, second = hashed(gray), hashed(np.ascontiguousarray(images[..., 0]))
    assert all((first[name] == second[name]).all() for name in first)
    drawn = sketches(images)
    for one, other in zip(drawn, sketches([*images]), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("dtype", [np.int16, np.uint16, np.int32, np.int64, np.float32, np.float64])
def test_the_scale_and_the_type_of_numbers_change_no_hash(dtype):
    images = np.random.default_rng(0).integers(0, 100, (5, 40, 50, 1)).astype(np.uint8)
    assert hashes(images).equals(hashes(images.astype(dtype) * 3))


@pytest.mark.parametrize("value", [0, 7, 255])
def test_an_image_of_one_level_has_no_hash(value):
    images = np.full((3, 20, 20, 3), value, np.uint8)
    images[1, 3:9, 4:11] = 99
    assert hashes(images)["row"].to_list() == [1]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_an_image_with_what_is_no_number_has_no_hash_and_is_like_none(value):
    images = np.random.default_rng(0).random((3, 20, 20, 1))
    images[1, 5, 5] = value
    assert hashes(images)["row"].to_list() == [0, 2]
    assert not sketches(images).cells[1].any()
    assert unlike(images[1], images[1]) == 1


def unlike(one, other, mirrored=False):
    drawn = sketches([one, other])
    return float(unlikeness(*drawn, np.array([[0, 1]]), mirrored)[0])


def unlike_plainly(one, other):
    """The second look, from the cells of two sketches."""
    a, b = (s.reshape(3, SIDE + 2, SIDE + 2)[:, 1:-1, 1:-1].astype(np.int64) for s in (one, other))
    if any((s[1:] ** 2).sum() <= 0.01 * (s**2).sum() for s in (a, b)):
        a, b = a[:1], b[:1]
    best = 0.0
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            over = [
                s[:, max(0, sign * dy) : SIDE + min(0, sign * dy), max(0, sign * dx) : SIDE + min(0, sign * dx)]
                for s, sign in ((a, 1), (b, -1))
            ]
            energy = (over[0] ** 2).sum() * (over[1] ** 2).sum()
            best = max(best, (over[0] * over[1]).sum() / math.sqrt(energy) if energy else 0.0)
    return 1 - best


@given(hnp.arrays(np.uint8, st.tuples(st.just(2), st.integers(1, 40), st.integers(1, 40), st.sampled_from([1, 3, 4]))))
def test_the_second_look_is_what_its_definition_says(images):
    drawn = sketches(images)
    assert unlike(*images) == pytest.approx(unlike_plainly(*drawn.cells), abs=1e-9)
    assert unlike(*images) == unlike(*images[::-1])
    assert 0 <= unlike(*images) <= 1 + 1e-12


def photo(seed=0, size=(120, 160)):
    """Something like a photo: smooth shapes, edges, some noise."""
    random = np.random.default_rng(seed)
    coarse = Image.fromarray(random.integers(0, 256, (9, 12, 3), dtype=np.uint8))
    image = np.asarray(coarse.resize(size[::-1], Image.BICUBIC)).astype(int)
    return np.clip(image + random.normal(0, 6, image.shape), 0, 255).astype(np.uint8)


def jpeg(image, quality):
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(io.BytesIO(file.getvalue())))


COPIES = {
    "q75": lambda image: jpeg(image, 75),
    "q20": lambda image: jpeg(image, 20),
    "half": lambda image: np.asarray(Image.fromarray(image).resize((80, 60))),
    "twice": lambda image: np.asarray(Image.fromarray(image).resize((320, 240))),
    "brighter": lambda image: np.asarray(ImageEnhance.Brightness(Image.fromarray(image)).enhance(1.2)),
    "grey": lambda image: np.asarray(Image.fromarray(image).convert("L"))[..., None],
    "tinted": lambda image: (image * [1.0, 0.9, 0.8]).astype(np.uint8),
    "cropped": lambda image: image[3:-3, 4:-4],
}


@pytest.mark.parametrize("made", COPIES)
def test_a_copy_is_alike_and_another_picture_is_not(made):
    for seed in range(5):
        image, copy = photo(seed), COPIES[made](photo(seed))
        here, there = hashes(image[None])["hash"][0], hashes(copy[None])["hash"][0]
        assert (here ^ there).bit_count() <= (12 if made == "cropped" else 6)
        assert unlike(image, copy) < 0.15
        assert unlike(photo(seed + 100), copy) > 0.5


def test_a_mirror_image_is_alike_when_it_is_turned_only():
    image = photo()
    assert unlike(image, image[:, ::-1], mirrored=True) == pytest.approx(0, abs=1e-3)
    assert unlike(image, image[:, ::-1]) > 0.5
    assert unlike(image, np.rot90(image)) > 0.5


def test_golden_hashes():
    random = np.random.default_rng(7).integers(0, 256, (1, 48, 64, 1), dtype=np.uint8)
    ramp = np.tile(np.arange(64, dtype=np.uint8), (64, 1))[None, ..., None]
    assert [f"{hashes(one)['hash'][0]:016x}" for one in (random, ramp)] == GOLDEN


GOLDEN = ["fa655a556aa0c275", "8000000000000000"]


@needs_data
def test_of_imagededup_the_resized_the_grey_and_the_mirrored_are_found():
    def read(name, mode="RGB"):
        return np.asarray(Image.open(UKBENCH / name).convert(mode))

    image = read("ukbench00120.jpg")
    whole = hashes(image[None]).row(0, named=True)

    def distance(other, which="hash"):
        return (int(whole["hash"]) ^ int(hashes(other[None])[which][0])).bit_count()

    resized, flipped = read("ukbench00120_resize.jpg"), read("ukbench00120_hflip.jpg")
    grey = np.asarray(Image.open(UKBENCH.parent / "ukbench00120_gray.jpg").convert("L"))[..., None]
    assert distance(resized) <= 4
    assert unlike(image, resized) < 0.05
    assert distance(grey) <= 4
    assert unlike(image, grey) < 0.15
    assert distance(flipped) > 10 >= 4 >= distance(flipped, "mirrored")
    assert unlike(image, flipped, mirrored=True) < 0.05
    assert distance(read("ukbench09268.jpg")) > 10


@needs_data
def test_the_hash_is_near_that_of_imagehash():
    """Which resizes with Lanczos: of 33 photos none is further than 2 bits."""
    cosines = np.cos(np.pi / 32 * np.outer(np.arange(8), np.arange(32) + 0.5))
    for path in sorted((SHARED / "imagenet_sample_1000").glob("*.JPEG"))[:8]:
        image = Image.open(path).convert("RGB")
        small = np.asarray(image.convert("L").resize((32, 32), Image.LANCZOS), float)
        low = cosines @ small @ cosines.T
        theirs = int("".join("01"[int(v)] for v in (low > np.median(low)).ravel()), 2)
        assert (int(hashes(np.asarray(image)[None])["hash"][0]) ^ theirs).bit_count() <= 2


def test_sketches_survive_being_packed():
    images = np.random.default_rng(0).integers(0, 256, (5, 40, 50, 3), np.uint8)
    for some in (images, images[:0], np.zeros_like(images)):
        drawn = sketches(some)
        whole = np.frombuffer(b"".join(packed(drawn)), np.uint8).reshape(len(some), BYTES)
        back = unpacked(whole)
        assert (back.cells == drawn.cells).all()
        assert (back.energy == drawn.energy).all()


def test_of_constant_pictures_the_table_is_empty():
    assert hashes(np.zeros((2, 40, 50, 3), np.uint8)).height == 0
