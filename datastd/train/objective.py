"""What is minimised: from a batch of the source to tensors, a loss and a score."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from datastd.errors import UsageError
from datastd.sight.pipeline import Pipeline
from datastd.sources import Batch


@dataclass(frozen=True, slots=True)
class Classification:
    """
    Negative log-likelihood of one class for each image.

    Pixels of 8 bits are divided by 255, as torchvision's ``ToTensor`` does; then
    *mean* is taken away and *std* divided by, as its ``Normalize`` does.

    Attributes:
        mean: What is taken away from every pixel.
        std: What every pixel is divided by.
    """

    mean: float
    std: float

    @staticmethod
    def tensors(batch: Batch) -> tuple[Tensor, Tensor]:
        """Images (N, C, H, W) in the element type read, and classes (N,) as int64."""
        images = np.asarray(batch.columns["image"])
        labels = np.ascontiguousarray(batch.columns["label"])
        return _channels_first(images), torch.from_numpy(labels)

    def _pixels(self, images: Tensor) -> Tensor:
        """What the model gets of images (N, C, H, W): float32."""
        whole = 255.0 if images.dtype == torch.uint8 else 1.0
        # One multiplication and one addition in place of three passes over the pixels.
        return images.float().mul_(1 / (whole * self.std)).add_(-self.mean / self.std)

    def _scores(self, model: nn.Module, images: Tensor) -> Tensor:
        scores: Tensor = model(self._pixels(images))
        return scores

    def pipeline(self, batch: int, classes: int) -> Pipeline:
        """What the loop makes of samples, one by one, as `preview` takes it."""
        return Pipeline(transform=self._item, collate=_stacked, batch=batch, classes=classes)

    def _item(self, sample: Mapping[str, Any]) -> tuple[Tensor, Any]:
        """The picture (C, H, W) of a sample as the model gets it, and its label."""
        image = np.array(sample["image"])  # a copy: PIL's own cannot be written to
        images = _channels_first(image.reshape(1, *image.shape[:2], -1))
        return self._pixels(images)[0], sample.get("label")

    def loss(self, model: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
        """Mean loss over the batch; a scalar with a gradient."""
        return nn.functional.nll_loss(self._scores(model, images), labels)

    def score(self, model: nn.Module, images: Tensor, labels: Tensor) -> tuple[float, int]:
        """Sum of the losses over the batch, and how many classes were right."""
        scores = self._scores(model, images)
        total = nn.functional.nll_loss(scores, labels, reduction="sum")
        return total.item(), int((scores.argmax(1) == labels).sum().item())

    def probabilities(self, model: nn.Module, images: Tensor) -> Tensor:
        """Probability of each class, shape (N, classes); what *model* gives need not be scaled."""
        return nn.functional.softmax(self._scores(model, images), dim=1)

    def classes(self, model: nn.Module, images: Tensor) -> int:
        """
        Number of classes that *model* tells apart.

        Raises:
            UsageError: It does not take the images, or gives no scores by class.
        """
        learning = model.training
        model.eval()  # a look leaves no trace in the statistics of a layer
        try:
            with torch.no_grad():
                scores = self._scores(model, images)
        except RuntimeError as error:
            first = str(error).partition("\n")[0]
            shape = f"images of shape {tuple(images.shape[1:])}"
            raise UsageError("model", f"a network that takes {shape}", first) from None
        finally:
            model.train(learning)
        sizes = tuple(scores.shape) if isinstance(scores, Tensor) else ()
        if len(sizes) != 2 or sizes[0] != len(images):  # noqa: PLR2004
            found = f"a {type(scores).__name__} of shape {sizes}, of {len(images)} images"
            raise UsageError("model", "scores of shape (N, classes)", found)
        return sizes[1]

    @staticmethod
    def refuse_labels(labels: Tensor, classes: int) -> None:
        """
        Refuse labels that are none of *classes*: on a GPU they would end the process.

        Raises:
            UsageError: There is such a label.
        """
        low, high = int(labels.min()), int(labels.max())
        if low < 0 or high >= classes:
            raise UsageError(
                "model", f"an output for each label from {low} to {high}", f"{classes} outputs",
                "state more classes",
            )  # fmt: skip


def _channels_first(images: NDArray[Any]) -> Tensor:
    """Images (N, H, W, C) as a tensor (N, C, H, W)."""
    return torch.from_numpy(np.ascontiguousarray(images.transpose(0, 3, 1, 2)))


def _stacked(items: list[tuple[Tensor, int]]) -> tuple[Tensor, Tensor]:
    """Pictures (N, C, H, W) and labels (N,) of some items."""
    images, labels = zip(*items, strict=True)
    return torch.stack(images), torch.tensor(labels)
