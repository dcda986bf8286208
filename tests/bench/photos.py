"""
Photos to measure on: those of ../shared/data cropped, tinted and encoded again.

    python tests/bench/photos.py FOLDER COUNT
"""

import random
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))

from support import SHARED


def originals():
    return sorted((SHARED / "imagenet_sample_1000").glob("*.JPEG"))


def photo(number, size=(500, 375)):
    """One photo of ImageNet's size, other than all of another number."""
    chance, paths = random.Random(number), originals()
    source = paths[number % len(paths)]
    with Image.open(source) as opened:
        picture = opened.convert("RGB")
    wide, high = (int(side * chance.uniform(0.6, 0.95)) for side in picture.size)
    left, top = chance.randint(0, picture.width - wide), chance.randint(0, picture.height - high)
    picture = picture.crop((left, top, left + wide, top + high))
    picture = picture.resize(size if wide > high else size[::-1], Image.Resampling.BICUBIC)
    tint = np.array([chance.uniform(0.7, 1.2) for _ in range(3)])
    return Image.fromarray(np.clip(np.asarray(picture) * tint, 0, 255).astype(np.uint8)), source


def write(place):
    folder, number = place
    picture, source = photo(number)
    into = folder / ("val" if number % 5 == 0 else "train") / source.name.partition("_")[0]
    into.mkdir(parents=True, exist_ok=True)
    picture.save(into / f"{number:06}.JPEG", quality=random.Random(number).randint(85, 95))


def make(folder, count):
    """Write *count* photos as ImageNet does: a folder a split, and in it a folder a class."""
    with ProcessPoolExecutor() as pool:
        list(pool.map(write, ((folder, number) for number in range(count)), chunksize=64))


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]))
