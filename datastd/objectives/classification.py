"""Classification: one class for each picture."""

import math
from collections.abc import Sequence
from typing import Any, ClassVar, Literal, Self

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field, PositiveFloat, PositiveInt, PrivateAttr, model_validator
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, nll_loss, softmax

from datastd.certificate import Certified
from datastd.errors import UsageError
from datastd.loading import Feed, Part
from datastd.objectives import (
    Objective,
    Random,
    channels_first,
    converted,
    looked,
    normalised,
    of_pillow,
    refuse_labels,
    resized,
)

AUXILIARY = 0.3
"""What the loss of an auxiliary classifier counts, as in GoogLeNet's paper and torchvision's."""

_AROUND = 256 / 224  # a picture of which the middle is scored, to that: torchvision's references
_TRIES = 10  # of parts that may reach beyond the picture


class Classification(Objective):
    """
    Negative log-likelihood of one class for each picture.

    The model takes float32 (N, C, H, W) and gives log-probabilities, or scores of which they are
    made, of shape (N, classes); or, while it learns, two of them, as Inception v3 does.

    Attributes:
        size: Sides in pixels, height and width, to which pictures are resized: by Pillow,
            bilinear.  None leaves them as they are: all of one size.
        mode: ``RGB`` or ``L``, to which Pillow converts pictures where some have colours and
            others, as 23 of a thousand of ImageNet's, do not.  None leaves them.
        mean: What is taken away from every pixel, of each channel or of all; 8 bits are divided
            by 255 before, as by torchvision's ``ToTensor``.
        std: What every pixel is divided by, likewise.
        flip: Mirror half of the pictures, left to right, while learning.
        crop: Take, while learning, a part of each picture, drawn as torchvision's
            ``RandomResizedCrop`` does, and resize that; and else the middle, *size* of a picture
            whose short side is 256 where that of *size* is 224, as torchvision's references do.
        scale: How much of the area of a picture such a part is, at least and at most.
        ratio: Its width by its height, at least and at most.
        class_weight: ``balanced``: what a sample counts in the loss falls with the number of those
            of its class, N / (K n) for n of N samples in K classes, as scikit-learn has it.
            None counts all alike, as scores always do.

    Raises:
        UsageError: Parts without a *size*, or bounds that are none.
    """

    takes: ClassVar[tuple[str, ...]] = ("image", "label")
    metrics: ClassVar[tuple[str, ...]] = ("loss", "accuracy")

    name: Literal["classification"] = "classification"
    size: tuple[PositiveInt, PositiveInt] | None = None
    mode: Literal["RGB", "L"] | None = None
    mean: tuple[float, ...] = Field((0.5,), min_length=1)
    std: tuple[PositiveFloat, ...] = Field((0.5,), min_length=1)
    flip: bool = False
    crop: bool = False
    scale: tuple[PositiveFloat, PositiveFloat] = (0.08, 1.0)
    ratio: tuple[PositiveFloat, PositiveFloat] = (3 / 4, 4 / 3)
    class_weight: Literal["balanced"] | None = None
    _logs: bool = PrivateAttr(default=False)
    _weights: Tensor | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _can_crop(self) -> Self:
        if self.crop and self.size is None:
            raise UsageError("task.crop", "task.size, to which parts are resized", "none")
        bounds = {"scale": (*self.scale, 1.0), "ratio": (*self.ratio, math.inf)}
        for what, (low, high, most) in bounds.items():
            if not low <= high <= most:
                raise UsageError(f"task.{what}", "the least and the most", f"{low:g} and {high:g}")
        return self

    def begin(self, model: nn.Module, data: Certified, feed: Feed) -> None:
        del data
        pictures, labels = self.stand_in(feed)
        for what, numbers in (("mean", self.mean), ("std", self.std)):
            if len(numbers) not in {1, channels := pictures.shape[1]}:
                expected = f"one number, or one for each of {channels} channels"
                raise UsageError(f"task.{what}", expected, f"{len(numbers)}")
        scores = self._looked(model, pictures)
        self._outputs = scores.shape[1]
        # Log-probabilities, as the source document's network gives them, stay what they are.
        self._logs = bool(scores.logsumexp(1).abs().max() < 1e-4)  # noqa: PLR2004
        known = feed.labels()  # one without an output, at the end, would cost an epoch
        low, high = (known.min(), known.max()) if len(known) else (labels.min(), labels.max())
        refuse_labels(int(low), int(high), self._outputs)
        if self.class_weight:
            self._weights = self._balanced(known).to(scores.device)

    def _balanced(self, labels: NDArray[np.int64]) -> Tensor:
        """
        What a sample of each class counts.

        Raises:
            UsageError: There are no labels: only reading each sample tells them.
        """
        if not len(labels):
            found = "a format that reads each sample for its own"
            hint = "leave it out, or train on pictures in folders, of IDX or of CIFAR"
            raise UsageError("task.class_weight", "labels that lists or folders tell", found, hint)
        counts = np.bincount(labels, minlength=self._outputs)
        shares = len(labels) / (np.count_nonzero(counts) * counts.clip(1))
        return torch.from_numpy(shares).float()

    @property
    def outputs(self) -> int:
        """Number of classes that the model tells apart, once it was looked at."""
        return self._outputs

    def shape(self, known: Sequence[int]) -> tuple[int, ...]:
        """Height, width and channels of what becomes of a picture."""
        channels = known[2] if self.mode is None else len(self.mode)
        return (*(self.size or known[:2]), channels)

    def item(self, sample: dict[str, Any], random: Random | None) -> tuple[Tensor, int]:
        picture = sample["image"]
        if self.mode is not None:
            picture = converted(picture, self.mode)
        if self.size is not None:
            picture = (
                self._part(picture, self.size, random) if self.crop else resized(picture, self.size)
            )
        pixels = channels_first(picture)
        if self.flip and random is not None and random.random() < 0.5:  # noqa: PLR2004
            pixels = pixels.flip(-1)
        return pixels, sample["label"]

    def _part(self, picture: Any, size: tuple[int, int], random: Random | None) -> Any:  # noqa: ANN401
        """A part of a picture, at a height and width; without *random* it is the middle."""
        wide, high = of_pillow(picture, "task.crop").size
        if random is not None:
            return resized(picture.crop(self._drawn(wide, high, random)), size)
        height, width = (round(side * _AROUND) for side in size)
        is_high = high * width >= wide * height
        around = (high * width // wide, width) if is_high else (height, wide * height // high)
        top, left = (round((one - side) / 2) for one, side in zip(around, size, strict=True))
        return resized(picture, around).crop((left, top, left + size[1], top + size[0]))

    def _drawn(self, wide: int, high: int, random: Random) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of a part, as torchvision's `RandomResizedCrop` draws it."""
        least, most = map(math.log, self.ratio)
        for _ in range(_TRIES):
            area = wide * high * random.uniform(*self.scale)
            ratio = math.exp(random.uniform(least, most))
            width, height = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
            if 0 < width <= wide and 0 < height <= high:
                left, top = (int(random.integers(n + 1)) for n in (wide - width, high - height))
                return left, top, left + width, top + height
        ratio = min(max(wide / high, self.ratio[0]), self.ratio[1])
        width, height = min(wide, round(high * ratio)), min(high, round(wide / ratio))
        left, top = (wide - width) // 2, (high - height) // 2
        return left, top, left + width, top + height

    def seen(self, sample: dict[str, Any]) -> tuple[Tensor, Any]:
        picture, label = self.item({"label": None, **sample}, None)
        return normalised(picture, self.mean, self.std), label

    def loss(self, model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
        pictures, labels = batch
        scores: Any = model(normalised(pictures, self.mean, self.std))
        weighed: Any = {"weight": self._weights, "reduction": "sum"}
        if isinstance(scores, tuple):
            main, auxiliary = (cross_entropy(one, labels, **weighed) for one in scores)
            return main + AUXILIARY * auxiliary
        return (nll_loss if self._logs else cross_entropy)(scores, labels, **weighed)

    def judge(self, model: nn.Module, batch: tuple[Tensor, Tensor]) -> NDArray[np.float64]:
        pictures, labels = batch
        scores = model(normalised(pictures, self.mean, self.std)).float()
        loss = (nll_loss if self._logs else cross_entropy)(scores, labels, reduction="sum")
        right = (scores.argmax(1) == labels).sum()
        return np.array([len(labels), loss.item(), right.item()], np.float64)

    def scores(self, state: NDArray[np.float64]) -> dict[str, float]:
        samples, loss, right = state.tolist()
        return {"loss": loss / samples, "accuracy": right / samples}

    def probabilities(self, model: nn.Module, pictures: Tensor) -> Tensor:
        """Probability of each class, shape (N, classes)."""
        return softmax(model(normalised(pictures, self.mean, self.std)), dim=1)

    def columns(self, feed: Feed) -> bool:
        """Pictures that are taken as they are come as arrays."""
        as_they_are = self.size is None and self.mode is None and not self.flip
        return as_they_are and feed.seeks

    def steps(self, part: Part, order: tuple[int, int] | None, most: int) -> list[list[Any]]:
        if not part.columns:
            made: list[list[Any]] = super().steps(part, order, most)
            for _, labels in (batch for step in made for batch in step):
                refuse_labels(int(labels.min()), int(labels.max()), self._outputs)
            return made
        labels = torch.from_numpy(np.array(part.columns["label"]))  # to be written, says torch
        if len(labels):
            refuse_labels(int(labels.min()), int(labels.max()), self._outputs)
        arrays = np.ascontiguousarray(part.columns["image"].transpose(0, 3, 1, 2))
        pictures = torch.from_numpy(arrays)
        steps = zip(pictures.split([*part.lengths]), labels.split([*part.lengths]), strict=True)
        return [[*zip(*(one.split(most) for one in step), strict=True)] for step in steps]

    def _looked(self, model: nn.Module, pictures: Tensor) -> Tensor:
        """What the model makes of a picture."""
        made: Any = looked(model, pictures, lambda one: model(normalised(one, self.mean, self.std)))
        if isinstance(made, Tensor) and made.ndim == 2 and len(made) == len(pictures):  # noqa: PLR2004
            return made
        sizes = tuple(getattr(made, "shape", ()))
        found = f"a {type(made).__name__} of shape {sizes}, of {len(pictures)} images"
        raise UsageError("model", "scores of shape (N, classes)", found)
