"""Averages of parameters: what is scored, and kept in the end, where they are asked for."""

import contextlib
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from datastd.train.world import local, part_of


class Averages:
    """
    Exponential averages of parameters.

    Attributes:
        kept: One of each parameter.
    """

    def __init__(self, parameters: Sequence[nn.Parameter], decay: float) -> None:
        self._parameters, self._decay = parameters, decay
        self.kept = [one.detach().clone() for one in parameters]

    def update(self) -> None:
        """Let them follow the parameters by one step."""
        torch._foreach_lerp_(local(self.kept), local(self._parameters), 1 - self._decay)

    def take(self, known: Sequence[Tensor]) -> None:
        """Go on from those of a checkpoint, which are whole."""
        for mine, one in zip(self.kept, known, strict=True):
            mine.copy_(part_of(one, mine))

    @torch.no_grad()
    def swap(self) -> None:
        """Exchange parameters and averages."""
        for mine, theirs in zip(local(self.kept), local(self._parameters), strict=True):
            held = theirs.clone()
            theirs.copy_(mine)
            mine.copy_(held)

    @contextlib.contextmanager
    def in_place(self) -> Iterator[None]:
        """Have the averages where the parameters are."""
        self.swap()
        try:
            yield
        finally:
            self.swap()
