"""
A class for each pixel: certify masks, and train on them: `python examples/segmentation.py`.

It draws a small dataset of pictures and masks and runs the recipe beside this file,
`segmentation.toml`, with everything smaller; that file says how the full-size run is started.
"""

import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

import datastd
from datastd.train import Recipe, run

HEIGHT, WIDTH = 48, 64
UNKNOWN = 255


def draw(folder: Path, split: str, numbers: range) -> None:
    """Write pictures of noise with a bright disc and a dark one, and masks of them."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    for what in ("images", "masks"):
        (folder / what / split).mkdir(parents=True)
    for number in numbers:
        random = np.random.default_rng(number)
        pixels = random.integers(90, 166, (HEIGHT, WIDTH, 3), dtype=np.uint8)
        mask = np.zeros((HEIGHT, WIDTH), np.uint8)
        for kind, middle in ((1, 16), (2, 48)):
            y, x = random.integers(16, 32), middle + random.integers(-3, 4)
            away = np.hypot(rows - y, columns - x) - random.integers(8, 12)
            mask[away < 1] = UNKNOWN  # a border of which nobody says what it is
            mask[away < 0] = kind
            low, high = ((200, 256), (0, 56))[kind - 1]
            pixels[away < 0] = random.integers(low, high, 3)
        Image.fromarray(pixels).save(folder / "images" / split / f"{number:04}.png")
        Image.fromarray(mask).save(folder / "masks" / split / f"{number:04}.png")


with tempfile.TemporaryDirectory() as place:
    data, certificate = Path(place, "discs"), Path(place, "discs.certificate.json")
    draw(data, "train", range(32))
    draw(data, "val", range(32, 40))
    done = datastd.certify(data, "semantic-segmentation/1", out=certificate)
    print("certificate", done.digest[:12])
    smaller = {
        "data": data, "certificate": certificate, "out": Path(place, "run"),
        "epochs": 4, "batch": 8, "optimizer": "adam", "learning_rate": 0.003,
        "workers": 1, "threads": 1, "task.size": "[24, 32]", "model.classes": 3,
    }  # fmt: skip
    recipe = Path(__file__).with_suffix(".toml")
    run(Recipe.read(recipe, [f"{name}={value}" for name, value in smaller.items()]))
