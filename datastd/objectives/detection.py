"""Object detection: boxes of objects, and what they are."""

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any, ClassVar, Literal

import numpy as np
import torch
from pydantic import Field, PositiveInt
from torch import Tensor, nn

from datastd.certificate import Certified
from datastd.errors import UsageError
from datastd.loading import Feed
from datastd.objectives import Objective, Random, channels_first, refuse_labels, resized
from datastd.scores import Detected, coco_map
from datastd.sight.pipeline import Pipeline

_Batch = tuple[tuple[Tensor, ...], tuple[dict[str, Any], ...]]

_WHOLE = 255.0

_OUTPUTS = (
    "roi_heads.box_predictor.cls_score.out_features",  # Faster R-CNN
    "head.classification_head.num_classes",  # RetinaNet, FCOS
    "head.classification_head.num_columns",  # SSD
)


class Detection(Objective):
    """
    The losses of a detector as torchvision has them: Faster R-CNN, RetinaNet, FCOS, SSD.

    The model takes a list of pictures, float32 (3, H, W) from 0 to 1, which it resizes and
    normalises itself, and a list of targets: ``boxes``, float32 (N, 4), of left, top, right and
    bottom, and ``labels``, int64 (N,), from 1 on.  It gives a dict of losses while it learns, means
    over the pictures, and else ``boxes``, ``labels`` and ``scores`` of each picture.

    Objects of a crowd are not learned, and what is found in a crowd is neither right nor wrong;
    those that Pascal VOC calls difficult are objects like any other.  Boxes end where the picture
    does; those without area, of which COCO has two, are left out.

    Attributes:
        classes: Numbers of categories, or names, in the order of the labels, from 1 on; none
            takes the numbers as they are.
        size: Pixels of the longer side, to which Pillow resizes a picture (bilinear) before the
            model does; none leaves it.
        flip: Mirror half of the pictures with their boxes, left to right, while learning.
    """

    takes: ClassVar[tuple[str, ...]] = ("image", "boxes")
    # Boxes without area, or outside; objects twice; a split of nothing; the test in training.
    rules: ClassVar[tuple[str, ...]] = ("F212|F242", "F214|F243", "C209", "C291", "L201")
    metrics: ClassVar[tuple[str, ...]] = ("map", "map50")

    name: Literal["detection"] = "detection"
    classes: tuple[int | str, ...] | None = Field(None, min_length=1)
    size: PositiveInt | None = None
    flip: bool = True

    def begin(self, model: nn.Module, data: Certified, feed: Feed) -> None:
        del data
        for place in _OUTPUTS:  # of another detector nobody knows
            with contextlib.suppress(AttributeError):
                self._outputs = attrgetter(place)(model)
        if self._outputs:
            refuse_labels(0, len(self.classes or ()), self._outputs)
        # Of all samples: a label that nobody expects, at the end, would cost an epoch.
        labels = self._numbered("data", sorted(feed.categories(), key=str))
        if self._outputs and labels:
            refuse_labels(min(labels), max(labels), self._outputs)

    @property
    def _numbers(self) -> dict[Any, int]:
        """The label of each category that is listed."""
        return {one: number for number, one in enumerate(self.classes or (), 1)}

    def item(self, sample: dict[str, Any], random: Random | None) -> tuple[Tensor, dict[str, Any]]:
        before, boxes = sample["boxes"].canvas_size, sample["boxes"].as_subclass(Tensor)
        factor = self.size / max(before) if self.size else 1
        height, width = (max(1, round(side * factor)) for side in before)
        picture = resized(sample["image"], (height, width)).convert("RGB")
        pixels, sides = channels_first(picture), torch.tensor([width, height] * 2)
        boxes = (boxes * (sides / torch.tensor(before[::-1] * 2))).minimum(sides).clamp(min=0)
        if self.flip and random is not None and random.random() < 0.5:  # noqa: PLR2004
            pixels, boxes = pixels.flip(-1), boxes[:, [2, 1, 0, 3]]
            boxes[:, 0::2] = width - boxes[:, 0::2]
        target = {"boxes": boxes, "labels": self._labels(sample), "crowd": sample["iscrowd"] > 0}
        kept = (boxes[:, 2:] > boxes[:, :2]).all(1)
        return pixels, {"key": sample["key"]} | {name: one[kept] for name, one in target.items()}

    def _labels(self, sample: dict[str, Any]) -> Tensor:
        given = np.asarray(sample["labels"]).tolist()
        return torch.tensor(self._numbered(sample["key"], given), dtype=torch.int64)

    def _numbered(self, where: str, given: Sequence[int | str]) -> list[int]:
        """
        The labels of categories.

        Raises:
            UsageError: One of them has none.
        """
        labels = list[int]()
        for one in given:
            label = self._numbers.get(one) if self.classes else one
            if not isinstance(label, int) or label < 1:
                remedy = "list the classes, in order, in task.classes"
                raise UsageError(where, "labels from 1 on", f"{one!r}", remedy)
            labels.append(label)
        return labels

    def collate(self, items: list[Any]) -> _Batch:
        pictures, targets = zip(*items, strict=True)
        return pictures, targets

    def seen(self, sample: dict[str, Any]) -> tuple[Tensor, dict[str, Any]]:
        picture, target = self.item(sample, None)
        return picture / _WHOLE, target

    def pipeline(self, model: nn.Module, batch: int) -> Pipeline:
        return replace(super().pipeline(model, batch), labels=self._numbers or None)

    def weight(self, batch: _Batch) -> float:
        labels = torch.cat([one["labels"] for one in batch[1]])
        if self._outputs and len(labels):
            refuse_labels(int(labels.min()), int(labels.max()), self._outputs)
        return float(len(batch[0]))

    def loss(self, model: nn.Module, batch: _Batch) -> Tensor:
        learned = [
            {name: one[name][~one["crowd"]] for name in ("boxes", "labels")} for one in batch[1]
        ]
        losses = model([one / _WHOLE for one in batch[0]], learned)
        return torch.stack([*losses.values()]).sum() * len(learned)

    def judge(self, model: nn.Module, batch: _Batch) -> list[Detected]:
        made = []
        for there, found in zip(batch[1], model([one / _WHOLE for one in batch[0]]), strict=True):
            every = [there[name] for name in ("boxes", "labels", "crowd")]
            every += [found["boxes"].float(), found["labels"], found["scores"].float()]
            made.append(Detected(there["key"], *(one.cpu().numpy() for one in every)))
        return made

    def scores(self, state: list[Detected]) -> dict[str, float]:
        return {name: one for name, one in coco_map(state).items() if name in self.metrics}
