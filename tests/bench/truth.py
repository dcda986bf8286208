"""
What the near-duplicate rules find of what people judged, and of what is unrelated.

    python tests/bench/truth.py [photos] [small] [digits] > TRUTH.md

Prints Markdown: recall and false pairs by `distance` (bits of the hash) and `difference`
(second look).  Needs ../shared.  Numbers are exact and do not depend on the machine.
"""

import csv
import gzip
import io
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance

from datastd.engines.hamming import within
from datastd.measures.pixels import gray
from datastd.measures.pixels.likeness import sketches, unlikeness
from datastd.measures.pixels.phash import hashed

sys.path.insert(0, str(Path(__file__).parents[1]))

from support import SHARED


def hashes(images):
    """Hash and mirrored hash of each image (H, W, C)."""
    tables = [hashed(gray(one[None])) for one in images]
    return [np.concatenate([t[name].to_numpy() for t in tables]) for name in ("hash", "mirrored")]


def rows(*titles):
    print("| " + " | ".join(titles) + " |\n|" + "---|" * len(titles))


def row(*cells):
    print("| " + " | ".join(f"{c:.3f}" if isinstance(c, float) else str(c) for c in cells) + " |")


def jpeg(image, quality):
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Image.open(io.BytesIO(file.getvalue())).convert(image.mode)


def cropped(image, share):
    """Without *share* of the width and height at each side."""
    x, y = int(image.width * share), int(image.height * share)
    return image.crop((x, y, image.width - x, image.height - y))


COPIES = {
    "JPEG, quality 75": lambda image: jpeg(image, 75),
    "JPEG, quality 20": lambda image: jpeg(image, 20),
    "resized to 50 %": lambda image: image.resize((image.width // 2, image.height // 2)),
    "brightness 1.2": lambda image: ImageEnhance.Brightness(image).enhance(1.2),
    "contrast 1.3": lambda image: ImageEnhance.Contrast(image).enhance(1.3),
    "grey": lambda image: image.convert("L").convert("RGB"),
    "crop of 2.5 % at each side": lambda image: cropped(image, 0.025),
    "crop of 5 % at each side": lambda image: cropped(image, 0.05),
    "rotated by 2 degrees": lambda image: image.rotate(2),
    "mirrored (L106)": lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
}


def photos():
    paths = [*sorted((SHARED / "imagenet_sample_1000").glob("*.JPEG")),
             *sorted((SHARED / "coco128").rglob("*.jpg")),
             *sorted((SHARED / "imagededup/tests/data/base_images").glob("*.jpg"))]  # fmt: skip
    images = [Image.open(path).convert("RGB") for path in paths]
    pixels = [np.asarray(image) for image in images]
    (here, back), drawn, count = hashes(pixels), sketches(pixels), len(images)
    print(f"## {count} photos (ImageNet, COCO, ukbench)\n")
    rows("copy", "d <= 4", "d <= 10", "greatest difference", "d <= 4, difference <= 0.25",
         "d <= 10, difference <= 0.25")  # fmt: skip
    beside = np.stack([np.arange(count), np.arange(count) + count], axis=1)
    for name, change in COPIES.items():
        made, turned = [np.asarray(change(image)) for image in images], "mirrored" in name
        bits = np.bitwise_count(hashes(made)[0] ^ (back if turned else here))
        both = [np.concatenate(two) for two in zip(drawn, sketches(made), strict=True)]
        unlike = unlikeness(*both, beside, turned)
        found = [float(((bits <= d) & (unlike <= 0.25)).mean()) for d in (4, 10)]
        row(name, float((bits <= 4).mean()), float((bits <= 10).mean()), float(unlike.max()), *found)
    one, other = np.triu_indices(count, 1)
    bits = np.bitwise_count(here[one] ^ here[other])
    least = unlikeness(*drawn, np.stack([one, other], axis=1), False).min()
    close = {d: int((bits <= d).sum()) for d in (10, 14, 16)}
    print(f"\n{len(bits):,} unrelated pairs: by distance {close}, least difference {least:.3f}.\n")


REPEATS = """
test_05243_automobile test_07053_automobile, test_07052_automobile train_41091_automobile,
test_09577_airplane train_24374_airplane, test_05164_airplane test_09577_airplane,
train_07998_airplane train_24111_airplane, test_07925_airplane train_05956_airplane,
test_05201_automobile test_07225_automobile, test_02369_automobile train_29555_automobile,
test_08356_automobile test_09788_automobile, test_03520_automobile train_46237_automobile,
test_05394_automobile train_01901_automobile, train_21653_automobile train_00547,
test_03745_automobile train_46237_automobile, test_02369_automobile test_05394_automobile,
test_04236_automobile train_00547, test_01777_deer test_04268_deer,
test_00951_truck train_00594, train_33873_dog train_00675, test_08031_airplane test_00473,
test_03802_horse train_00926, train_00158 test_00466, train_00344 test_00854,
train_00400 train_00502
"""
"""Repeats that ciFAIR, which looks for the one nearest train image, lists no pair of: by eye."""


def small():
    place = SHARED / "cifar10"
    judged = [*csv.DictReader((place / "cifair_pairs" / "pairs.csv").open())]
    names = sorted({one[side].removesuffix(".jpg") for one in judged for side in "ab"})
    images = [np.asarray(Image.open(place / "cifair_pairs" / f"{n}.jpg").convert("RGB")) for n in names]
    for split, batch in (("train", 0), ("test", 50)):
        whole = np.asarray(Image.open(place / f"cifar10_batch_{batch}.png").convert("RGB"))
        images += [*whole.reshape(-1, 32, 32, 3)]
        names += [f"{split}_{n:05}" for n in range(len(whole))]
    images, number = np.stack(images), {name: n for n, name in enumerate(names)}

    pairs = np.array([[number[one[side].removesuffix(".jpg")] for side in "ab"] for one in judged])
    near = np.array([one["judgment"] == "1" for one in judged])
    group = np.arange(len(names))
    same = [(n, number[name.rpartition("_")[0]]) for n, name in enumerate(names)
            if name.rpartition("_")[0] in number]  # an image that is there as JPEG and lossless
    seen = [tuple(number[name] for name in pair.split()) for pair in REPEATS.split(",")]
    for one, other in [*pairs, *same, *seen]:
        group[group == group[one]] = group[other]

    (here, _), drawn = hashes(images), sketches(images)
    one, other = np.triu_indices(len(names), 1)
    unrelated = group[one] != group[other]
    one, other = one[unrelated], other[unrelated]
    bits, unlike = np.bitwise_count(here[one] ^ here[other]), unlikeness(*drawn, np.stack([one, other], 1), False)
    its_bits, its = np.bitwise_count(here[pairs[:, 0]] ^ here[pairs[:, 1]]), unlikeness(*drawn, pairs, False)
    print(f"## {len(pairs)} pairs of CIFAR-10 that ciFAIR judged: {near.sum()} near, the others very similar\n")
    print(f"False are those of {len(bits):,} unrelated pairs that are found (the judged images, and "
          "2,000 lossless ones); precision is that of both sets together.\n")  # fmt: skip
    rows("distance", "difference", "recall", "of the near", "false", "false in 10,000", "precision")
    for distance, difference in ((4, 2), (10, 2), (16, 2), (4, 0.25), (10, 0.2), (10, 0.25), (12, 0.2), (12, 0.25),
                                 (14, 0.2), (16, 0.2), (16, 0.25), (18, 0.3), (20, 0.35), (22, 0.4), (22, 0.5),
                                 (64, 0.44)):  # fmt: skip
        found = (its_bits <= distance) & (its <= difference)
        false = int(((bits <= distance) & (unlike <= difference)).sum())
        second = "hash alone" if difference == 2 else difference
        row("any" if distance == 64 else distance, second, float(found.mean()), float(found[near].mean()), false,
            f"{false / len(bits) * 1e4:.4f}", float(found.sum() / max(1, found.sum() + false)))  # fmt: skip
    print()


def digits():
    def read(name):
        packed = (SHARED / "mnist" / f"{name}-images-idx3-ubyte.gz").read_bytes()
        return np.frombuffer(gzip.decompress(packed), np.uint8, offset=16).reshape(-1, 28, 28)

    test, images = read("t10k"), np.concatenate([read("train"), read("t10k")])
    print("## MNIST\n")
    flagged = np.concatenate([*within(hashed(test)["hash"], 4)])[:, :2]
    print(f"The hash alone, at distance 4, flags {len(np.unique(flagged)):,} of 10,000 test digits.\n")
    here, drawn = hashes(images)["hash"], sketches(images[..., None])
    found = np.concatenate([*within(here, 4)])
    unlike = unlikeness(*drawn, found[:, :2].astype(np.int64), False)
    some = images[60_000:62_000]
    made = {quality: np.stack([np.asarray(jpeg(Image.fromarray(one), quality)) for one in some]) for quality in (95, 75, 20)}
    rows("difference", "pairs of 70,000 digits at distance 4", *(f"recall of JPEG, quality {q}" for q in made))
    copies = {}
    for quality, copy in made.items():
        bits = np.bitwise_count(hashes(copy)["hash"] ^ here[60_000:62_000])
        both = [np.concatenate([d[60_000:62_000], s]) for d, s in zip(drawn, sketches(copy[..., None]), strict=True)]
        beside = np.stack([np.arange(2000), np.arange(2000) + 2000], axis=1)
        copies[quality] = np.where(bits <= 4, unlikeness(*both, beside, False), 2.0)
    for difference in (0.001, 0.002, 0.003, 0.005, 0.01, 0.05, 0.25):
        row(difference, f"{int((unlike <= difference).sum()):,}",
            *(float((one <= difference).mean()) for one in copies.values()))  # fmt: skip
    print()


PARTS = {part.__name__: part for part in (photos, small, digits)}

if __name__ == "__main__":
    print("# Near duplicates: what is found\n\nMade by `python tests/bench/truth.py`.\n")
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()
