"""What is minimised: from a batch of the source to tensors, a loss and a score."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from datastd.errors import UsageError
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
        channels_first = np.ascontiguousarray(images.transpose(0, 3, 1, 2))
        return torch.from_numpy(channels_first), torch.from_numpy(labels)

    def _scores(self, model: nn.Module, images: Tensor) -> Tensor:
        whole = 255.0 if images.dtype == torch.uint8 else 1.0
        # One multiplication and one addition in place of three passes over the pixels.
        pixels = images.float().mul_(1 / (whole * self.std)).add_(-self.mean / self.std)
        scores: Tensor = model(pixels)
        return scores

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
