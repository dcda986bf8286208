"""Files in COCO's layout, made for tests: sound as long as nobody changes them."""

import json
from pathlib import Path

import numpy as np
from PIL import Image

CATEGORIES = [{"id": 1, "name": "person", "supercategory": "animal"}, {"id": 3, "name": "car", "supercategory": "vehicle"}]
JOINTS = {"keypoints": ["nose", "hand"], "skeleton": [[1, 2]]}


def box(number, image, *, x=2, y=3, w=10, h=8, category=1, **more):
    """An object: a rectangle."""
    ring = [x, y, x + w, y, x + w, y + h, x, y + h]
    return {"id": number, "image_id": image, "category_id": category, "bbox": [x, y, w, h], "area": w * h, "iscrowd": 0,
            "segmentation": [ring]} | more  # fmt: skip


def crowd(number, image, *, height=32, width=40, runs=(100, 50), packed=None, **more):
    """Objects in one mask, whose runs are numbers, or packed."""
    counts = [*runs, height * width - sum(runs)] if packed is None else packed
    return box(number, image) | {"iscrowd": 1, "segmentation": {"size": [height, width], "counts": counts}} | more


def picture(number, name=None, *, width=40, height=32, **more):
    return {"id": number, "file_name": name or f"{number:06}.png", "width": width, "height": height} | more


def coco(count=6, *, start=1, each=2, categories=CATEGORIES, **more):
    """A file of boxes: pictures with some objects each, which lie in it in another order."""
    numbers = [*range(start, start + count)]
    marks = [
        box(each * n + k, n, x=2 + 12 * k, w=9 + (n + k) % 3, h=6 + n % 7, category=[1, 3][k % 2])
        for k in range(each) for n in numbers
    ]  # fmt: skip
    return {"info": {"year": 2017}, "images": [*map(picture, numbers)], "annotations": marks, "categories": [{**one} for one in categories]} | more


def captions(count=6, start=1):
    numbers = range(start, start + count)
    return {"images": [*map(picture, numbers)],
            "annotations": [{"id": n, "image_id": n, "caption": f"A picture, number {n}, \u00e9."} for n in numbers]}  # fmt: skip


def keypoints(count=6, start=1):
    made = coco(count, start=start, each=1, categories=[CATEGORIES[0] | JOINTS])
    for one in made["annotations"]:
        one |= {"keypoints": [4, 5, 2, 0, 0, 0], "num_keypoints": 1, "category_id": 1}
    return made


def results(count=6, start=1):
    return [{"image_id": n, "category_id": 1, "bbox": [1.5, 2.25, 8, 6], "score": 0.5 + n / 100} for n in range(start, start + count)]


def write(folder, made, name="annotations/instances_train2017.json", **how):
    """Write what was made, or bytes as they are; return the folder."""
    path = Path(folder) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(made if isinstance(made, bytes) else json.dumps(made, **how).encode())
    return Path(folder)


def draw(folder, made, place="images/train2017", seed=0):
    """Write the pictures of a file, each unlike all others; return the folder."""
    (Path(folder) / place).mkdir(parents=True, exist_ok=True)
    for n, one in enumerate(made["images"]):
        rng = np.random.default_rng([seed, n])
        pixels = rng.integers(0, 256, (one["height"], one["width"], 3), np.uint8)
        Image.fromarray(pixels).save(Path(folder) / place / one["file_name"])
    return Path(folder)


def sound(folder, count=6):
    """Two splits with pictures that nobody finds fault with."""
    for split, start in {"train2017": 1, "val2017": count + 1}.items():
        made = coco(count, start=start)
        write(folder, made, f"annotations/instances_{split}.json")
        draw(folder, made, f"images/{split}", seed=start)
    return Path(folder)
