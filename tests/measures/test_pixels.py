"""Each instrument against its definition, written plainly in numpy."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from datastd.measures import Measure, evaluate
from datastd.measures.pixels import gray
from datastd.reference import _defined, measures

ALL = {
    one.column: one
    for one in _defined(measures)
    if isinstance(one, Measure) and one.function.__module__.startswith("datastd.measures.pixels.")
}
NEAR = {"brightness_p5": 0.023, "brightness_p99": 0.023}  # of black; less where there is light
KINDS = [np.uint8, np.int8, np.int16, np.int32, np.float32, np.float64]
IMAGES = st.sampled_from(KINDS).flatmap(
    lambda kind: hnp.arrays(
        kind,
        st.tuples(
            st.integers(0, 4), st.integers(1, 5), st.integers(1, 5), st.sampled_from([1, 1, 3, 4])
        ),
        elements=st.floats(-1e6, 1e6, width=32) | st.sampled_from([0.0, math.nan, math.inf])
        if np.dtype(kind).kind == "f" else None,
    )
)  # fmt: skip


def gray_of(image):
    if image.shape[2] == 1:
        return image[..., 0]
    weights = [0.299, 0.587, 0.114]
    if image.dtype.kind == "f":
        return (image[..., :3] @ np.array(weights)).astype(image.dtype)
    total = sum(image[..., c].astype(object) * w for c, w in enumerate([19595, 38470, 7471]))
    return np.array([[(int(v) + 0x8000) >> 16 for v in row] for row in total]).astype(image.dtype)


def finite_of(image):
    flat = gray_of(image).astype(np.float64).ravel()
    return flat[np.isfinite(flat)]


def entropy_of(image):
    _, counts = np.unique(gray_of(image), return_counts=True)
    p = counts / counts.sum()
    return float(-(p * np.log2(p)).sum())


def border_of(image):
    gray = gray_of(image)
    unlike = ~(gray == gray[0, 0])
    if not unlike.any():
        return 1.0
    rows, columns = np.flatnonzero(unlike.any(axis=1)), np.flatnonzero(unlike.any(axis=0))
    inside = (rows[-1] - rows[0] + 1) * (columns[-1] - columns[0] + 1)
    return 1 - inside / gray.size


def ink_of(image):
    values = finite_of(image)
    if not len(values):
        return 0.0
    with np.errstate(invalid="ignore"):
        return float((gray_of(image) > (values.min() + values.max()) / 2).mean())


def centre_of(image, axis):
    gray = gray_of(image).astype(np.float64)
    values = finite_of(image)
    if not np.isfinite(gray).all():
        return None  # no definition: no number that a limit could admit
    weights = gray - values.min()
    if weights.sum() == 0:
        return (gray.shape[axis] - 1) / 2
    positions = np.indices(gray.shape)[axis]
    return float((weights * positions).sum() / weights.sum())


def tones_of(image):
    """Grey or colour levels from 0 to 255, shape (H, W, C)."""
    colours = image[..., : 3 if image.shape[2] > 2 else 1]
    if image.dtype == np.uint8:
        return colours
    if image.dtype == np.uint16:
        return (colours // 256).astype(np.uint8)
    values = np.where(np.isfinite(colours.astype(np.float64)), colours, 0).astype(np.float64)
    return (np.clip(values / max(1.0, values.max(initial=1.0)), 0, 1) * 255).astype(np.uint8)


def brightness_of(image, share):
    """CleanVision's: the percentile of sqrt(0.241 R² + 0.691 G² + 0.068 B²) / 255."""
    tones = tones_of(image).astype(np.float64)
    red, green, blue = (tones[..., c % tones.shape[2]] for c in range(3))
    return float(np.percentile(np.sqrt(0.241 * red**2 + 0.691 * green**2 + 0.068 * blue**2) / 255, share))


def sharpness_of(image):
    """CleanVision's, of the grey image."""
    from PIL import Image, ImageFilter

    grey = gray_of(image) if image.dtype == np.uint8 else tones_of(image)[..., 0]
    picture = Image.fromarray(np.ascontiguousarray(grey))
    ratio = max(picture.size) / 64
    if ratio > 1:
        size = max(int(picture.width // ratio), 1), max(int(picture.height // ratio), 1)
        picture = picture.resize(size, Image.Resampling.BICUBIC, reducing_gap=2)
    return score_of(picture, ImageFilter)


def score_of(grey, filters):
    edges = np.asarray(grey.filter(filters.FIND_EDGES)).astype(np.float64)
    e, s = np.sqrt(edges.var()), np.std(grey.histogram())
    levels = 1 - np.exp(-0.01 * s)
    return min(1 - np.exp(-0.01 * e) + (levels if levels > 0.18 else 0), 1.0)


def grey_content_of(image):
    if image.shape[2] < 3:
        return 0
    colours = image[..., :3].astype(np.float64)
    return int(bool((colours.max(axis=2) <= colours.min(axis=2)).all()))


def spread_of(image):
    spreads = []
    for channel in range(image.shape[2]):
        values = image[..., channel].astype(np.float64)
        values = values[np.isfinite(values)]
        if len(values):
            spreads.append(values.max() - values.min())
    return max(spreads, default=math.nan)


def lead_of(image):
    values = [float(v) for v in image.transpose(2, 0, 1).ravel()]
    size = len(values)
    if size <= 3 or not all(map(math.isfinite, values)):
        return math.nan
    near = sum(abs(b - a) for a, b in itertools.pairwise(values))
    far = sum(abs(b - a) for a, b in zip(values, values[3:], strict=False))
    return (size - 1) * far - (size - 3) * near


DEFINITIONS = {
    "mean": lambda i: finite_of(i).mean() if len(finite_of(i)) else math.nan,
    "std": lambda i: finite_of(i).std() if len(finite_of(i)) else math.nan,
    "minimum": lambda i: finite_of(i).min() if len(finite_of(i)) else math.nan,
    "maximum": lambda i: finite_of(i).max() if len(finite_of(i)) else math.nan,
    "contrast": spread_of,
    "entropy_bit": entropy_of,
    "border_fraction": border_of,
    "ink_fraction": ink_of,
    "centre_row_px": lambda i: centre_of(i, 0),
    "centre_column_px": lambda i: centre_of(i, 1),
    "height_px": lambda i: i.shape[0],
    "width_px": lambda i: i.shape[1],
    "channels": lambda i: i.shape[2],
    "depth_bit": lambda i: i.dtype.itemsize * 8,
    "planar_lead": lead_of,
    "shortest_side_px": lambda i: min(i.shape[:2]),
    "aspect_ratio": lambda i: min(i.shape[:2]) / max(i.shape[:2]),
    "information": lambda i: min(0.1 * (entropy_of(i) + (math.log2(3) if i.shape[2] > 2 else 0)), 1.0),
    "brightness_p5": lambda i: brightness_of(i, 5),
    "brightness_p99": lambda i: brightness_of(i, 99),
    "sharpness": sharpness_of,
    "grey_content": grey_content_of,
    "nonfinite_fraction": lambda i: 1 - np.isfinite(i.astype(np.float64)).mean(),
}


TABLES = {"phash"}  # tables of their own, tested beside their module
def measured(column, images):
    return evaluate([ALL[column]], {"image": images, "encoding": ["PNG"] * len(images)})[column]


def test_every_instrument_has_a_definition_here():
    assert {*DEFINITIONS} == {*ALL} - TABLES


@pytest.mark.parametrize("column", DEFINITIONS)
@given(images=IMAGES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_instrument_reads_what_its_definition_says(column, images):
    found = measured(column, images)
    assert found.shape == (len(images),)
    for value, image in zip(found, images, strict=True):
        expected = DEFINITIONS[column](image)
        if expected is None:
            assert not math.isfinite(value)
        else:
            near = NEAR.get(column, 1e-6)
            assert value == pytest.approx(expected, rel=1e-6, abs=near, nan_ok=True)


@pytest.mark.parametrize("column", DEFINITIONS)
@given(images=hnp.arrays(np.uint8, (6, 4, 5, 1)), cut=st.integers(0, 6))
def test_a_sample_is_measured_alike_alone_and_in_company(column, images, cut):
    whole = measured(column, images)
    parts = [measured(column, part) for part in (images[:cut], images[cut:])]
    np.testing.assert_array_equal(whole, np.concatenate(parts))
    turned = np.asfortranarray(images)
    np.testing.assert_array_equal(whole, measured(column, turned))


def test_one_brightness_of_two_colours_is_no_constant_image():
    image = np.zeros((1, 2, 2, 3), np.uint8)
    image[0, 0, 0], image[0, 0, 1], image[0, 1] = (0, 50, 0), (0, 50, 1), (0, 50, 0)
    assert evaluate([ALL["contrast"]], {"image": image})["contrast"].tolist() == [1.0]


@pytest.mark.parametrize(
    ("column", "images", "value"),
    [
        ("entropy_bit", np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1), 8.0),
        ("entropy_bit", np.zeros((1, 4, 4, 1), np.uint8), 0.0),
        ("border_fraction", np.pad(np.ones((1, 2, 2, 1)), ((0, 0), (1, 1), (1, 1), (0, 0))), 0.75),
        ("ink_fraction", np.array([0, 0, 0, 255], np.uint8).reshape(1, 2, 2, 1), 0.25),
        ("centre_row_px", np.array([0, 0, 0, 9], np.uint8).reshape(1, 2, 2, 1), 1.0),
        ("std", np.array([0, 2], np.int32).reshape(1, 1, 2, 1), 1.0),
        ("contrast", np.array([-(2**31), 2**31 - 1], np.int32).reshape(1, 1, 2, 1), 2.0**32 - 1),
        # 0 1 2 3 4 5, planes one after the other: (5 x 9 - 3 x 5)
        ("planar_lead", np.array([[0, 2, 4], [1, 3, 5]], np.uint8).reshape(1, 1, 2, 3), 30.0),
        ("planar_lead", np.array([0, 255, 0, 0, 255, 0], np.uint8).reshape(1, 1, 6, 1), -3060.0),
        ("nonfinite_fraction", np.array([math.nan, 1, 2, math.inf]).reshape(1, 2, 2, 1), 0.5),
    ],
)
def test_golden_values(column, images, value):
    assert measured(column, images).tolist() == [value]


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.uint16, np.int32, np.uint64, np.int64, np.float32])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_every_instrument_takes_every_element_type_and_number_of_channels(dtype, channels):
    images = np.random.default_rng(0).integers(0, 100, (3, 4, 5, channels)).astype(dtype)
    found = evaluate(ALL.values(), {"image": images, "encoding": ["PNG"] * len(images)})
    expected = evaluate(ALL.values(), {"image": images.astype(np.uint8), "encoding": ["PNG"] * len(images)})
    for column in {*ALL} - TABLES - {"sharpness", "brightness_p5", "brightness_p99", "information", "depth_bit", "mean", "std", "minimum", "maximum", "ink_fraction",
                            "entropy_bit", "border_fraction", "centre_row_px", "centre_column_px"}:  # fmt: skip
        np.testing.assert_array_equal(found[column], expected[column])
    # Grey is rounded to the element type, a fraction of it only where that has fractions.
    assert np.abs(found["mean"] - expected["mean"]).max() <= 1


def test_grey_is_what_pillow_makes_of_it():
    image = pytest.importorskip("PIL.Image")
    pixels = np.random.default_rng(0).integers(0, 256, (5, 9, 7, 3), dtype=np.uint8)
    for one, grey in zip(pixels, gray(pixels), strict=True):
        np.testing.assert_array_equal(grey, np.asarray(image.fromarray(one).convert("L")))


@pytest.mark.parametrize("dtype", [np.int16, np.int64, np.uint64])
def test_grey_of_wide_numbers_is_that_of_narrow_ones(dtype):
    pixels = np.random.default_rng(0).integers(0, 256, (5, 9, 7, 3), dtype=np.uint8)
    np.testing.assert_array_equal(gray(pixels.astype(dtype)), gray(pixels))
    huge = np.full((1, 1, 1, 3), 2**50, dtype) if np.dtype(dtype).itemsize == 8 else pixels[:1].astype(dtype)
    np.testing.assert_array_equal(gray(huge), huge[..., 0] if np.dtype(dtype).itemsize == 8 else gray(pixels[:1]))


def test_the_least_number_has_a_grey_too():
    least = np.full((1, 1, 1, 3), -(2**63), np.int64)
    assert gray(least).item() == pytest.approx(-(2.0**63))
