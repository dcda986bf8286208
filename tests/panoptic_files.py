"""Panoptic segments in COCO's layout, made for tests: sound as long as nobody changes them."""

import json
from pathlib import Path

import numpy as np
from mask_files import write as save
from PIL import Image
from support import picture

SIZE = (40, 48)
CATEGORIES = [{"id": 1, "name": "person", "isthing": 1}, {"id": 2, "name": "car", "isthing": 1}, {"id": 3, "name": "sky", "isthing": 0}]
JSON = "annotations/panoptic_train2017.json"
MASKS = "annotations/panoptic_train2017"
PICTURES = "images/train2017"


def numbers(seed=0):
    """A mask: three segments, of which one is not in one piece, and some pixels of none."""
    mask = np.zeros(SIZE, np.int64)
    mask[:20] = 256 * 256 * 5 + seed + 1
    mask[5:12, 3:9] = 300 + seed
    mask[25:30, 10:40] = 70_000 + seed
    mask[33, 2] = 70_000 + seed
    return mask


def colours(mask):
    return Image.fromarray(np.stack([mask >> 8 * band & 255 for band in range(3)], axis=2).astype(np.uint8))


def segment(mask, number, category=1, **more):
    """What a list says of a segment."""
    rows, columns = np.nonzero(mask == number)
    left, top = int(columns.min()), int(rows.min())
    box = [left, top, int(columns.max()) - left + 1, int(rows.max()) - top + 1]
    return {"id": int(number), "category_id": category, "iscrowd": 0, "bbox": box, "area": len(rows)} | more


def annotation(number, mask, name=None):
    some = [one for one in np.unique(mask).tolist() if one]
    return {"image_id": number, "file_name": name or f"{number:06}.png",
            "segments_info": [segment(mask, one, CATEGORIES[n % 3]["id"]) for n, one in enumerate(some)]}  # fmt: skip


def panoptic(count=6):
    """A file, and the masks that go with it by their names."""
    images = [{"id": n, "file_name": f"{n:06}.jpg", "width": SIZE[1], "height": SIZE[0]} for n in range(1, count + 1)]
    masks = {f"{n:06}.png": numbers(n) for n in range(1, count + 1)}
    annotations = [annotation(n, masks[f"{n:06}.png"]) for n in range(count, 0, -1)]
    return {"info": {}, "images": images, "annotations": annotations, "categories": CATEGORIES}, masks


def write(folder, made, name=JSON):
    path = Path(folder) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(made if isinstance(made, bytes) else json.dumps(made).encode())
    return Path(folder)


def sound(folder, count=6):
    """Write a dataset that nobody finds fault with; return its folder, and what the file says."""
    made, masks = panoptic(count)
    for name, mask in masks.items():
        save(Path(folder) / MASKS / name, colours(mask))
    for one in made["images"]:
        save(Path(folder) / PICTURES / one["file_name"], picture(one["id"], size=SIZE), quality=95)
    return write(folder, made), made
