"""What an encoded picture says of itself, against its definition."""

import numpy as np
import polars as pl
import pytest
from PIL import Image

from datastd.measures import Measure, evaluate
from datastd.reference import _defined, measures

ALL = {
    one.column: one
    for one in _defined(measures)
    if isinstance(one, Measure) and one.function.__module__.startswith("datastd.measures.pictures.")
}
ONE = {
    "image": np.zeros((1, 4, 5, 3), np.uint8), "encoding": pl.Series(["PNG"]), "suffix": pl.Series([".png"]),
    "stored_mode": pl.Series(["RGB"]), "animated": np.array([False]), "orientation": np.array([1]),
    "exif_corrupt": np.array([False]), "foreign_profile": np.array([False]), "tail_bytes": np.array([0]),
    "stated_width": np.array([0]), "stated_height": np.array([0]),
}  # fmt: skip
SOUND = {
    "area_px": 20, "exif_broken": 0, "exif_orientation": 1, "grey_mode": 0, "mode": "RGB", "more_frames": 0,
    "profile_not_srgb": 0, "size_misstated": 0, "trailing_bytes": 0, "wrong_suffix": 0,
}  # fmt: skip


def value(column, **changed):
    given = {**ONE, **{name: type(ONE[name])([v]) if isinstance(ONE[name], pl.Series) else np.array([v]) for name, v in changed.items()}}
    found = evaluate([ALL[column]], given)[column]
    assert found.shape == (1,)
    return found.tolist()[0]


def test_every_instrument_is_here():
    assert {*SOUND} == {*ALL}


@pytest.mark.parametrize("column", SOUND)
def test_a_sound_picture(column):
    assert value(column) == SOUND[column]


@pytest.mark.parametrize(("column", "changed", "expected"), [
    ("exif_broken", {"exif_corrupt": True}, 1), ("exif_orientation", {"orientation": 6}, 6), ("exif_orientation", {"orientation": 0}, 0),
    ("grey_mode", {"stored_mode": "L"}, 1), ("grey_mode", {"stored_mode": "LA"}, 0), ("mode", {"stored_mode": "I;16"}, "I;16"),
    ("more_frames", {"animated": True}, 1), ("profile_not_srgb", {"foreign_profile": True}, 1), ("trailing_bytes", {"tail_bytes": 9}, 9),
    ("wrong_suffix", {"suffix": ".jpg"}, 1), ("wrong_suffix", {"suffix": ".jpeg", "encoding": "JPEG"}, 0), ("wrong_suffix", {"suffix": ""}, 1),
    ("wrong_suffix", {"suffix": ".tif", "encoding": "TIFF"}, 0), ("wrong_suffix", {"encoding": "NONE"}, 1),
    ("size_misstated", {"stated_width": 5, "stated_height": 4}, 0), ("size_misstated", {"stated_width": 4, "stated_height": 5}, 2),
    ("size_misstated", {"stated_width": 5}, 0), ("size_misstated", {"stated_height": 5}, 1), ("size_misstated", {"stated_width": 4}, 1),
])  # fmt: skip
def test_what_it_says(column, changed, expected):
    assert value(column, **changed) == expected


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "CMYK", "I;16", "1", "F", "RGBA"])
def test_modes_are_those_that_pillow_names(mode):
    assert Image.new(mode, (1, 1)).mode == value("mode", stored_mode=mode)
