"""Averages of parameters: what is scored, and kept in the end, where they are asked for."""

import contextlib
from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn

from datastd.networks.weights import refuse_others
from datastd.train.world import local, part_of


class Averages:
    """
    Exponential averages of parameters.

    Attributes:
        kept: One of each parameter, by name.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        parameters = dict(model.named_parameters())
        self._parameters, self._decay = [*parameters.values()], decay
        self.kept = {name: one.detach().clone() for name, one in parameters.items()}

    def update(self) -> None:
        """Let them follow the parameters by one step."""
        kept = local(self.kept.values())
        torch._foreach_lerp_(kept, local(self._parameters), 1 - self._decay)

    def take(self, known: Mapping[str, Tensor]) -> None:
        """
        Go on from those of a checkpoint, which are whole.

        Raises:
            UsageError: They are those of another network.
        """
        refuse_others("averages", self.kept, known)
        for name, mine in self.kept.items():
            mine.copy_(part_of(known[name], mine))

    @torch.no_grad()
    def swap(self) -> None:
        """Exchange parameters and averages."""
        for mine, theirs in zip(local(self.kept.values()), local(self._parameters), strict=True):
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
