"""What the examples on digits share: MNIST read, a dataset written, a network."""

import gzip
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from loops import by_hand
from numpy.typing import NDArray
from torch import nn

from datastd.sources.idx.header import encode

BATCH, RATE = 64, 0.003  # of the source document; Adam


class Digits(NamedTuple):
    """Pictures (N, 28, 28) of bytes, and their labels (N,)."""

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]

    def of(self, rows: NDArray[np.intp]) -> "Digits":
        """Copies of some of them."""
        return Digits(self.images[rows], self.labels[rows])

    def copy(self) -> "Digits":
        """The same, to be changed."""
        return Digits(self.images.copy(), self.labels.copy())


def read(folder: Path, split: str) -> Digits:
    """Read a split of MNIST, ``train`` or ``t10k``."""
    images, labels = (
        np.array(memoryview(gzip.decompress((folder / f"{split}-{what}.gz").read_bytes())))
        for what in ("images-idx3-ubyte", "labels-idx1-ubyte")
    )
    return Digits(images[16:].reshape(-1, 28, 28), labels[8:])


def write(folder: Path, train: Digits, test: Digits | None = None) -> Path:
    """Write a dataset as MNIST is written: two splits, or one."""
    folder.mkdir(parents=True)
    for split, digits in (("train", train), ("t10k", test)):
        for what, array in zip(("images", "labels"), digits or (), strict=False):
            name, content = encode(array, f"{split}-{what}")
            (folder / name).write_bytes(content)
    return folder


def network(outputs: int = 10) -> nn.Module:
    """Build the source document's first network."""
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(),
        nn.Linear(64, outputs), nn.LogSoftmax(dim=1),
    )  # fmt: skip


def tensors(digits: Digits) -> tuple[torch.Tensor, torch.Tensor]:
    """Pictures as the trainer gives them to a network, and labels."""
    pixels = torch.from_numpy(digits.images).float()[:, None] / 255
    return (pixels - 0.5) / 0.5, torch.from_numpy(digits.labels).long()


def trained_by_hand(digits: Digits, steps: int, seed: int) -> nn.Module:
    """Train the network on whatever is there."""
    torch.manual_seed(seed)
    model = network()
    images, labels = tensors(digits)

    def loss(rows: torch.Tensor) -> torch.Tensor:
        return nn.functional.nll_loss(model(images[rows]), labels[rows])

    return by_hand(model, loss, len(labels), BATCH, RATE, steps)


def accuracy(model: nn.Module, digits: Digits) -> float:
    """Percentage of the pictures whose class is right."""
    images, labels = tensors(digits)
    with torch.no_grad():
        return 100 * (model.eval()(images).argmax(1) == labels).double().mean().item()
