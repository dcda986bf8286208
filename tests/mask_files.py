"""Small datasets of images and masks, in the layouts that are published."""

from pathlib import Path

import numpy as np
from PIL import Image
from support import picture

SIZE = (40, 48)


def colormap(entries=256):
    """VOC's colours, from its definition: three bits of the number at a time, to the top of each band."""
    colours = np.zeros((entries, 3), np.uint8)
    for number in range(entries):
        rest = number
        for bit in range(7, -1, -1):
            for band in range(3):
                colours[number, band] |= (rest >> band & 1) << bit
            rest >>= 3
    return colours


def values(seed=0, *, size=SIZE, classes=(0, 1, 2)):
    """Values of a sound mask: a block of each class, and a border of 255 around one."""
    random = np.random.default_rng(seed)
    mask = np.full(size, classes[0], np.uint8)
    top, left = random.integers(2, 10, 2)
    mask[top : top + 14, left : left + 16] = 255
    mask[top + 1 : top + 13, left + 1 : left + 15] = classes[1]
    mask[top + 20 :, left + 20 :] = classes[-1]
    return mask


def mask_image(array, *, palette=None):
    """A mask as a grey picture; with a *palette*, as one of indices."""
    if palette is None:
        return Image.fromarray(array)
    image = Image.fromarray(array, "P")
    image.putpalette(np.asarray(palette, np.uint8).tobytes())
    return image


def write(path, image, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, **options)
    return path


LAYOUTS = {
    "plain": ("images/{}.jpg", "masks/{}.png", ""),
    "splits inside": ("images/train/{}.png", "masks/train/{}.png", ""),
    "splits outside": ("train/images/{}.png", "train/labels/{}.png", ""),
    "camvid": ("train/{}.png", "trainannot/{}.png", ""),
    "camvid of kaggle": ("train/{}.png", "train_labels/{}_L.png", ""),
    "camvid as published": ("701_StillsRaw_full/{}.png", "LabeledApproved_full/{}_L.png", ""),
    "penn-fudan": ("PNGImages/{}.png", "", "PedMasks/{}_mask.png"),
    "voc": ("VOC2012/JPEGImages/{}.jpg", "VOC2012/SegmentationClass/{}.png", "VOC2012/SegmentationObject/{}.png"),
    "cityscapes": (
        "leftImg8bit/train/aachen/{}_leftImg8bit.png", "gtFine/train/aachen/{}_gtFine_labelIds.png",
        "gtFine/train/aachen/{}_gtFine_instanceIds.png",
    ),
}  # fmt: skip
"""By layout, where an image, its mask of classes and its mask of instances are."""


def instances_of(mask):
    """Instances that agree with classes: one for each class beside the background."""
    found = np.where((mask == 0) | (mask == 255), mask, 0)
    for number, value in enumerate(sorted({*mask.ravel().tolist()} - {0, 255}), 1):
        found[mask == value] = number
    return found.astype(np.uint8)


def write_masks(folder, layout="plain", *, each=4, seed=0, palette=None, names="{:04}", classes=(0, 1, 2)):
    """Write a sound dataset; return its folder."""
    folder, (image, mask, instances) = Path(folder), LAYOUTS[layout]
    for number in range(seed, seed + each):
        name = names.format(number)
        array = values(number, classes=classes)
        write(folder / image.format(name), picture(number, size=SIZE), **({"quality": 95} if image.endswith("jpg") else {}))
        if mask:
            write(folder / mask.format(name), mask_image(array, palette=palette))
        if instances:
            write(folder / instances.format(name), mask_image(instances_of(array), palette=palette))
    return folder
