"""The processes that train together, as `torchrun` starts them: one of them, where it did not."""

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FSDPModule, fully_shard
from torch.distributed.tensor import DTensor, distribute_tensor
from torch.nn.parallel import DistributedDataParallel

from datastd.errors import UsageError


@dataclass(frozen=True, slots=True)
class World:
    """
    The processes, and this one among them.

    Attributes:
        rank: The number of this process.
        size: How many there are.
        device: What it computes on.
    """

    rank: int
    size: int
    device: torch.device

    @staticmethod
    def speaks() -> bool:
        """Say whether this process is the one of all that tells what is done."""
        return os.environ.get("RANK", "0") == "0"

    @classmethod
    def join(cls, wanted: str) -> Self:
        """
        Meet the other processes, of which `torchrun` told in the environment.

        They meet once: another run of the same program goes on with them, and `leave` is for who
        knows that there is none.
        """
        size, local = (
            int(os.environ.get(name, dflt)) for name, dflt in (("WORLD_SIZE", 1), ("LOCAL_RANK", 0))
        )
        device = _device(wanted, local)
        if size > 1 and not dist.is_initialized():
            dist.init_process_group("cpu:gloo,cuda:nccl" if device.type == "cuda" else "gloo")
        return cls(dist.get_rank() if size > 1 else 0, size, device)

    @staticmethod
    def leave() -> None:
        """Part from the other processes, before the program ends and its threads with it."""
        if dist.is_available() and dist.is_initialized():
            dist.destroy_process_group()

    def gather(self, numbers: Sequence[float]) -> list[list[float]]:
        """Some numbers of each process."""
        if self.size == 1:
            return [[*numbers]]
        mine = torch.tensor(numbers, dtype=torch.float64)
        every = [torch.empty_like(mine) for _ in range(self.size)]
        dist.all_gather(every, mine)
        return [one.tolist() for one in every]

    def gathered(self, state: Any) -> Any:  # noqa: ANN401  -- whatever adds up
        """The sum of what each process has."""
        if self.size == 1:
            return state
        every: list[Any] = [None] * self.size
        dist.all_gather_object(every, state)
        some = [one for one in every if one is not None]  # a process may have had no sample
        return sum(some[1:], some[0])

    def shared(self, model: nn.Module, parallel: Literal["ddp", "fsdp"]) -> nn.Module:
        """The model as all processes train it: each with all of it, or with its part."""
        if self.size == 1:
            return model
        if parallel == "ddp":
            return DistributedDataParallel(model)
        mesh = init_device_mesh(self.device.type, (self.size,))
        for block in _blocks(model):
            fully_shard(block, mesh=mesh)
        fully_shard(model, mesh=mesh)
        return model


def _device(wanted: str, local: int) -> torch.device:
    if wanted == "auto":
        wanted = "cuda" if torch.cuda.is_available() else "cpu"
    elif wanted == "cuda" and not torch.cuda.is_available():
        raise UsageError("device", "a GPU that torch can use", "none", "say cpu, or auto")
    if wanted == "cuda":
        torch.cuda.set_device(local)
    return torch.device(f"cuda:{local}" if wanted == "cuda" else wanted)


def _blocks(model: nn.Module) -> Iterator[nn.Module]:
    """The repeated parts of a model: what it has in its outermost lists."""
    for part in (
        (model, *model.children()) if isinstance(model, nn.Sequential) else model.children()
    ):
        if isinstance(part, nn.ModuleList | nn.Sequential):
            yield from (one for one in part if [*one.parameters()])
        else:
            yield from _blocks(part)


@contextlib.contextmanager
def alone(model: nn.Module, *, last: bool) -> Iterator[None]:
    """Let gradients add up in this process, until the *last* part of a step shares them."""
    if isinstance(model, FSDPModule):
        model.set_requires_gradient_sync(last)
        yield
    elif isinstance(model, DistributedDataParallel) and not last:
        with model.no_sync():
            yield
    else:
        yield


def whole(tensor: Tensor) -> Tensor:
    """A tensor of which each process has its part."""
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor


def local(tensors: Iterable[Tensor]) -> list[Tensor]:
    """What this process has of tensors: changes to it are changes to them."""
    return [(one.to_local() if isinstance(one, DTensor) else one).detach() for one in tensors]


def part_of(tensor: Tensor, like: Tensor) -> Tensor:
    """A whole tensor as *like* is shared."""
    if not isinstance(like, DTensor) or tensor.shape != like.shape:
        return tensor
    # Every process has read it: none has to be sent its part.
    return distribute_tensor(tensor, like.device_mesh, like.placements, src_data_rank=None)
