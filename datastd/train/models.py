"""Networks by name: what a recipe may ask for."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Annotated, Any

from pydantic import Field
from torch import nn

from datastd.errors import UsageError
from datastd.model import Model
from datastd.train.settings import Settings
from datastd.words import meant

_Width = Annotated[int, Field(ge=1, le=1 << 20)]


class Network(Model):
    """
    A network by name: the table ``[model]`` of a recipe.

    Attributes:
        name: What it is called.
        classes: Its outputs.
        layers: Hidden sizes, of ``mlp``.
        weights: A file of parameters.
    """

    name: str
    classes: _Width
    layers: tuple[_Width, ...] = ()
    weights: str | None = None


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


def build(network: Network, task: str, shape: Sequence[int]) -> nn.Module:
    """Build a network for samples of a shape, height, width and channels."""
    del task
    if network.name != "mlp":
        raise UsageError("model.name", "mlp", network.name, meant(network.name, ["mlp"]))
    try:
        return mlp(math.prod(shape), network.layers, network.classes)
    except (RuntimeError, MemoryError) as error:
        first = str(error).partition("\n")[0]
        raise UsageError("model.layers", "a network that fits in memory", first) from None


def prepared(network: Network, model: nn.Module) -> str:
    """Put parameters from a file into a network; say which."""
    raise NotImplementedError


def groups(
    network: Network, settings: Settings
) -> Callable[[nn.Module], list[dict[str, Any]]] | None:
    """What gives the optimizer its groups of parameters; none where one rate is for all."""
    del network, settings
    return None
