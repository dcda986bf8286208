"""Semantic segmentation: one class for each pixel."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from PIL.Image import Resampling, fromarray
from pydantic import PositiveFloat, PositiveInt
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from datastd.certificate import Certified
from datastd.errors import UsageError
from datastd.loading import Feed
from datastd.objectives import (
    Objective,
    Random,
    channels_first,
    looked,
    normalised,
    refuse_labels,
    resized,
)
from datastd.scores import accuracy, confusion, mean_iou
from datastd.sight.pipeline import Pipeline

AUXILIARY = 0.5
"""What the loss of an auxiliary head counts: torchvision, references/segmentation/train.py."""

_COLOURS = "RGB"


class Segmentation(Objective):
    """
    Cross entropy of one class for each pixel, those aside whose class is not known.

    The model takes float32 (N, C, H, W) and gives scores of shape (N, classes, H, W); or, as
    torchvision's do, a dict with these as ``out``, and as ``aux`` those of an auxiliary head.

    Attributes:
        size: Sides in pixels, height and width, to which Pillow resizes pictures (bilinear) and
            masks (nearest); scores are of these pixels, too.
        mean: What is taken away from every pixel, once 8 bits are divided by 255: of red, green and
            blue, which pictures are then made of, or of all channels that there are.
        std: What every pixel is divided by, likewise.
        flip: Mirror half of the pictures with their masks, left to right, while learning.
        ignore: The value of a pixel whose class is not known.
        foreground: Of masks of instances: 0 stays, and every instance is class 1.
    """

    takes: ClassVar[tuple[str, ...]] = ("image", "mask")
    # Masks that are colours, of another size, interpolated, or of nothing; the test in training.
    rules: ClassVar[tuple[str, ...]] = ("F251", "F252", "F255", "F256", "L102")
    metrics: ClassVar[tuple[str, ...]] = ("loss", "miou", "pixel_accuracy")

    name: Literal["segmentation"] = "segmentation"
    size: tuple[PositiveInt, PositiveInt] = (512, 512)
    mean: tuple[float] | tuple[float, float, float] = (0.485, 0.456, 0.406)
    std: tuple[PositiveFloat] | tuple[PositiveFloat, PositiveFloat, PositiveFloat] = (
        0.229,
        0.224,
        0.225,
    )
    flip: bool = True
    ignore: int = 255
    foreground: bool = False

    def begin(self, model: nn.Module, data: Certified, feed: Feed) -> None:
        del data
        pictures, masks = self.stand_in(feed)
        shape = looked(model, pictures, lambda some: self._scores(model, some)["out"]).shape
        if len(shape) != 4 or shape[2:] != masks.shape[1:]:  # noqa: PLR2004
            expected = f"scores of shape (N, classes, {self.size[0]}, {self.size[1]})"
            raise UsageError("model", expected, f"some of shape {tuple(shape)}")
        self._outputs = shape[1]
        self.weight((pictures, masks))

    def item(self, sample: dict[str, Any], random: Random | None) -> tuple[Tensor, Tensor]:
        picture, mask = resized(sample["image"], self.size), np.asarray(sample["mask"])
        if len(self.mean) == len(_COLOURS):
            picture = picture.convert(_COLOURS)
        if self.foreground:
            mask = np.where(mask == self.ignore, mask, mask > 0).astype(mask.dtype)
        elif sample.get("mask_kind"):
            remedy = "task.foreground = true has each of them in class 1"
            raise UsageError(sample["key"], "a mask of classes", "one of instances", remedy)
        values = np.array(resized(fromarray(mask), self.size, Resampling.NEAREST), np.int32)
        pixels = channels_first(picture)
        flipped = [-1] if self.flip and random is not None and random.random() < 0.5 else []  # noqa: PLR2004
        return pixels.flip(flipped), torch.from_numpy(values).flip(flipped)

    def seen(self, sample: dict[str, Any]) -> tuple[Tensor, Tensor]:
        picture, mask = self.item(sample, None)
        return normalised(picture, self.mean, self.std), mask

    def pipeline(self, model: nn.Module, batch: int) -> Pipeline:
        values = dict.fromkeys(range(1 << 16), 1) | {0: 0, self.ignore: self.ignore}
        labels, known = values if self.foreground else None, super().pipeline(model, batch)
        return replace(known, labels=labels, ignore=(self.ignore,))

    def weight(self, batch: tuple[Tensor, Tensor]) -> float:
        counted = batch[1] != self.ignore
        low, high = batch[1].where(counted, 0).aminmax()
        refuse_labels(int(low), int(high), self._outputs)
        return float(counted.sum())

    def _scores(self, model: nn.Module, pictures: Tensor) -> Mapping[str, Tensor]:
        made = model(normalised(pictures, self.mean, self.std))
        return made if isinstance(made, Mapping) else {"out": made}

    def _summed(self, scores: Tensor, masks: Tensor) -> Tensor:
        # Pixel by pixel: of whole masks CUDA has no loss that is the same each time.
        flat, known = scores.permute(0, 2, 3, 1).flatten(0, 2), masks.long().flatten()
        return cross_entropy(flat, known, ignore_index=self.ignore, reduction="sum")

    def loss(self, model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
        made = self._scores(model, batch[0])
        losses = {name: self._summed(one, batch[1]) for name, one in made.items()}
        return losses["out"] + AUXILIARY * losses.get("aux", 0)

    def judge(self, model: nn.Module, batch: tuple[Tensor, Tensor]) -> NDArray[np.float64]:
        scores, masks = self._scores(model, batch[0])["out"].float(), batch[1]
        truth, said = (one.cpu().numpy() for one in (masks, scores.argmax(1)))
        taken = confusion(truth, said, scores.shape[1], self.ignore)
        return np.append(taken.astype(np.float64), self._summed(scores, masks).item())

    def scores(self, state: NDArray[np.float64]) -> dict[str, float]:
        taken = state[:-1].reshape(math.isqrt(len(state)), -1)
        found = (float(state[-1] / taken.sum()), mean_iou(taken), accuracy(taken))
        return dict(zip(self.metrics, found, strict=True))
