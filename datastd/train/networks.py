"""Networks by name: what a recipe may ask for."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Protocol

from torch import nn


class Builder(Protocol):
    """Builds a network with parameters drawn from torch's random numbers."""

    def __call__(self, inputs: int, layers: Sequence[int], classes: int) -> nn.Module:
        """
        Build for samples of *inputs* numbers; *layers* are the hidden sizes.

        The network takes float32 of shape (N, C, H, W) and gives log-probabilities of
        shape (N, classes).
        """


def mlp(inputs: int, layers: Sequence[int], classes: int) -> nn.Module:
    """
    Fully connected layers with ReLU between them, and LogSoftmax.

    With 784 inputs, layers 128 and 64, and ten classes it is the network of the
    source document.
    """
    sizes = [inputs, *layers]
    hidden = [
        part for before, after in pairwise(sizes) for part in (nn.Linear(before, after), nn.ReLU())
    ]
    return nn.Sequential(nn.Flatten(), *hidden, nn.Linear(sizes[-1], classes), nn.LogSoftmax(dim=1))


NETWORKS: Mapping[str, Builder] = {"mlp": mlp}
"""Every network that a recipe may name."""
