"""What many tests need: real data where it is, and small datasets of our own."""

import functools
import os
import time
import unicodedata
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

from datastd.sources.idx.header import encode

ROOT = Path(__file__).parents[1]
UNSEEN = frozenset(" \n\x00\x1c\x85\u00a0\u00ad\u115f\u180e\u200b\u200d\u2060\u2800\u3164\ufe0f\ufeff\U000e0041")
"""Some characters that nobody sees."""

SHARED = Path(os.environ.get("DATASTD_TEST_DATA", ROOT.parent / "shared" / "data"))

needs_data = pytest.mark.skipif(
    not SHARED.is_dir(), reason=f"real data expected at {SHARED}, or where DATASTD_TEST_DATA points"
)

_MOUNTS = Path("/proc/mounts")
needs_tmpfs = pytest.mark.skipif(
    not _MOUNTS.exists() or " /dev/shm tmpfs " not in _MOUNTS.read_text(), reason="/dev/shm is no tmpfs"
)


def but_the_card(not_asked):
    """What was not asked for want of anything but a data card, which few tests have."""
    return tuple(one for one in not_asked if one.needs not in {"card", "card that loads"})


@functools.cache
def ignored():
    """Characters that nobody sees and that part no words, by the Unicode of polars."""
    every = pl.Series([chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000])
    return frozenset(every.filter(every.str.contains("[\\p{Default_Ignorable_Code_Point}\u2800]")))


def is_seen(letter):
    return not (letter.isspace() or unicodedata.category(letter) == "Cc" or letter in ignored())


def samples(count=200, *, classes=10, size=(8, 8), seed=0):
    """Distinct random images with shuffled, balanced labels: nothing to find fault with."""
    random = np.random.default_rng(seed)
    images = random.integers(0, 256, (count, *size), dtype=np.uint8)
    images[:, 0, 0], images[:, 0, 1] = 0, 255
    labels = random.permutation(np.arange(count) % classes).astype(np.uint8)
    return images, labels


def write_idx(folder, *, gz=False, **splits):
    """Write ``split=(images, labels)`` as an IDX dataset; return its folder."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for split, (images, labels) in splits.items():
        stem = {"test": "t10k"}.get(split, split)
        for what, array in (("images", images), ("labels", labels)):
            name, content = encode(np.asarray(array), f"{stem}-{what}", gz=gz)
            (folder / name).write_bytes(content)
    return folder


def sound(folder, *, gz=False):
    """Write a dataset of two splits that has no flaw."""
    return write_idx(folder, gz=gz, train=samples(200), test=samples(100, seed=1))


def picture(seed=0, *, size=(40, 48), mode="RGB"):
    """A picture that nobody finds fault with: noise, sharp, coloured, neither dark nor light."""
    random = np.random.default_rng(seed)
    return Image.fromarray(random.integers(0, 256, (*size, 3), np.uint8)).convert(mode)


def write_pictures(folder, *, each=12, classes=("a", "b"), splits=("train",), suffix=".png", seed=0):
    """Write ``<split>/<class>/<n>.png``, all distinct and sound; return the folder."""
    folder, number = Path(folder), seed
    for split in splits:
        for name in classes:
            place = folder / split / name
            place.mkdir(parents=True, exist_ok=True)
            for _ in range(each):
                picture(number).save(place / f"{number:03}{suffix}")
                number += 1
    return folder


def wait_for(holds):
    """Wait until something holds that another thread sees to; a minute at most."""
    for _ in range(6000):
        if holds():
            return
        time.sleep(0.01)
    raise TimeoutError
