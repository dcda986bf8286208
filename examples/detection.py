"""
Objects in boxes: certify them, and train a detector: `python examples/detection.py`.

It draws a small dataset in COCO's layout and runs the recipe beside this file, `detection.toml`,
with everything smaller: so few steps find nothing yet.  That file says how the full-size run is
started.
"""

import json
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

import datastd
from datastd.train import Recipe, run

HEIGHT, WIDTH = 64, 80
NAMES = {1: "bright thing", 2: "dark thing"}


def draw(folder: Path, split: str, numbers: range) -> None:
    """Write pictures of noise with one or two rectangles in each, and say where they are."""
    (folder / split).mkdir(parents=True)
    (folder / "annotations").mkdir(exist_ok=True)
    images, annotations = [], []
    for number in numbers:
        random = np.random.default_rng(number)
        pixels = random.integers(90, 166, (HEIGHT, WIDTH, 3), dtype=np.uint8)
        for left in (4, 44)[: 1 + number % 2]:
            x, y = left + int(random.integers(8)), int(random.integers(4, 30))
            w, h = (int(side) for side in random.integers(12, 24, 2))
            category = int(random.integers(1, 3))
            low, high = ((200, 256), (0, 56))[category - 1]
            pixels[y : y + h, x : x + w] = random.integers(low, high, (h, w, 3))
            annotations.append({
                "id": len(annotations) + 1, "image_id": number, "category_id": category,
                "bbox": [x, y, w, h], "area": w * h, "iscrowd": 0,
                "segmentation": [[x, y, x + w, y, x + w, y + h, x, y + h]],
            })  # fmt: skip
        name = f"{number:06}.png"
        Image.fromarray(pixels).save(folder / split / name)
        images.append({"id": number, "file_name": name, "width": WIDTH, "height": HEIGHT})
    categories = [{"id": one, "name": name} for one, name in NAMES.items()]
    known = {"images": images, "annotations": annotations, "categories": categories}
    (folder / "annotations" / f"instances_{split}.json").write_text(json.dumps(known))


with tempfile.TemporaryDirectory() as place:
    data, certificate = Path(place, "things"), Path(place, "things.certificate.json")
    draw(data, "train2017", range(1, 33))
    draw(data, "val2017", range(33, 41))
    print("certificate", datastd.certify(data, "coco-instances/1", out=certificate).digest[:12])
    smaller = {
        "data": data, "certificate": certificate, "out": Path(place, "run"),
        "epochs": 2, "batch": 4, "warmup": 4, "workers": 1, "threads": 1,
        "model.classes": 1 + len(NAMES),
        "model.name": "fasterrcnn_mobilenet_v3_large_320_fpn",
        "model.options": "{min_size = 64, max_size = 80}",
    }  # fmt: skip
    recipe = Path(__file__).with_suffix(".toml")
    run(Recipe.read(recipe, [f"{name}={value}" for name, value in smaller.items()]))
