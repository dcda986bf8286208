"""Real photos: the instruments that CleanVision has too agree with its published definitions."""

import math

import numpy as np
import pytest
from PIL import Image, ImageFilter
from support import SHARED, needs_data

from datastd.measures import evaluate
from datastd.measures.pixels.aspect_ratio import aspect_ratio
from datastd.measures.pixels.brightness_p5 import brightness_p5
from datastd.measures.pixels.brightness_p99 import brightness_p99
from datastd.measures.pixels.information import information
from datastd.measures.pixels.sharpness import sharpness
from datastd.sources.pictures.decode import decode, plain

MEASURES = brightness_p5, brightness_p99, aspect_ratio, information, sharpness
BLURRY = 0.29


def photos():
    for folder, most in (("imagenet_sample_1000", 60), ("coco128", 40), ("cleanvision", 40), ("imagededup", 20)):
        found = [p for p in sorted((SHARED / folder).rglob("*")) if p.suffix.lower() in {".jpg", ".jpeg", ".png"}]
        yield from found[:most]


def theirs(picture):
    colours = picture.convert("RGB")
    red, green, blue = np.moveaxis(np.asarray(colours).astype(np.float64), 2, 0)
    light = np.sqrt(0.241 * red**2 + 0.691 * green**2 + 0.068 * blue**2) / 255
    ratio = max(picture.size) / 64
    small = colours
    if ratio > 1:
        size = max(int(picture.width // ratio), 1), max(int(picture.height // ratio), 1)
        small = colours.resize(size, Image.Resampling.BICUBIC)
    grey = small.convert("L")
    e = math.sqrt(np.asarray(grey.filter(ImageFilter.FIND_EDGES)).astype(np.float64).var())
    levels = 1 - math.exp(-0.01 * np.std(grey.histogram()))
    return {
        "brightness_p5": np.percentile(light, 5), "brightness_p99": np.percentile(light, 99),
        "aspect_ratio": min(picture.size) / max(picture.size),
        "information": min(0.1 * (colours.convert("L").entropy() + (0 if picture.mode == "L" else math.log2(3))), 1.0),
        "sharpness": min(1 - math.exp(-0.01 * e) + (levels if levels > 0.18 else 0), 1.0),
    }  # fmt: skip


@needs_data
def test_ours_and_theirs():
    ours, expected = [], []
    for path in photos():
        try:
            picture = decode(path.name, path.read_bytes(), ("JPEG", "PNG"), plain)
        except Exception:
            continue
        if picture.mode not in {"RGB", "L"}:
            continue
        found = evaluate(MEASURES, {"image": picture.pixels[None]})
        ours.append([found[one.column][0] for one in MEASURES])
        known = theirs(Image.open(path))
        expected.append([known[one.column] for one in MEASURES])
    ours, expected = np.array(ours), np.array(expected)
    assert len(ours) > 50
    far = np.abs(ours - expected).max(axis=0)
    print(len(ours), dict(zip([one.column for one in MEASURES], far, strict=True)))
    near = {"brightness_p5": 0.002, "brightness_p99": 0.002, "aspect_ratio": 0, "information": 1e-9, "sharpness": 0.05}
    for number, one in enumerate(MEASURES):
        dark = expected[:, number] < 0.1 if one.column.startswith("brightness") else np.zeros(len(ours), bool)
        assert np.abs(ours - expected)[~dark, number].max() <= near[one.column], one.column
        assert far[number] <= max(near[one.column], 0.023 if dark.any() else 0)
    flags = (ours[:, -1] < BLURRY) == (expected[:, -1] < BLURRY)
    assert flags.mean() >= 0.99


SIZES = [(1, 1), (1, 7), (9, 1), (1, 65535), (65535, 1), (2, 2), (64, 64), (65, 3)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("kind", "channels"), [(np.uint8, 3), (np.uint8, 1), (np.uint16, 1), (np.int32, 1), (np.float32, 1)])
def test_each_gives_a_number_of_any_picture(size, kind, channels):
    image = np.random.default_rng(0).integers(0, 200, (*size, channels)).astype(kind)
    if image.dtype.kind == "f":
        image[0, 0] = np.nan
    for name, values in evaluate(MEASURES, {"image": image[None]}).items():
        assert values.shape == (1,)
        assert 0 <= values[0] <= 1, name
