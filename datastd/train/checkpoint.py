"""
What is left of a run that was stopped: enough to go on exactly where it was.

A checkpoint is a safetensors file, never a pickle.  Its metadata name the certificate
of the data, so that a model can be traced to what it was trained on.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import safetensors.torch
import torch
from pydantic import Field, JsonValue, NonNegativeInt, PositiveInt, ValidationError, model_validator
from safetensors import SafetensorError
from torch import Tensor, nn

from datastd import digest
from datastd.disk import publish, read_whole
from datastd.errors import UsageError
from datastd.model import FrozenMapping, Model, explain
from datastd.networks.weights import refuse_infinite, refuse_others
from datastd.train.world import part_of, whole

_KEY = "datastd-checkpoint/2"  # the one key of the metadata: of two, the order is by chance
_MOST = 1 << 40  # bytes
_ELSE = "weights of another: model.weights of a recipe, or datastd.networks.weights.put"
_STATES = {"SGD": ("momentum_buffer",)}  # kinds of tensors that an optimizer keeps
_STEP = "step"  # the one of them that is a number


class Origin(Model):
    """
    Where parameters come from.

    Attributes:
        certificate: SHA-256 of the certificate of the data.
        data: SHA-256 of the manifest of the data.
        standard: Name of the standard that the certificate is of.
        settings: The settings that decide the parameters, those of the objective among them.
        epoch: Epochs that are done.
        step: Steps of the one after them that are done.
        learned: Sum of the losses of those steps, and of their weights.
        processes: How many processes shared its steps.
        scaler: The state of the scaler of gradients, of ``fp16``.
        optimized: Numbers of the parameters for which the optimizer keeps a state.
        start: SHA-256 of the checkpoint that fine-tuning began with; empty for none.
        history: Numbers of each epoch, as in the CSV.
    """

    certificate: str
    data: str
    standard: str
    settings: FrozenMapping[str, JsonValue]
    epoch: NonNegativeInt
    step: NonNegativeInt = 0
    learned: tuple[float, float] = (0.0, 0.0)
    processes: PositiveInt = 1
    scaler: FrozenMapping[str, int | float] = Field(default_factory=dict)
    optimized: tuple[int, ...] = ()
    start: str = ""
    history: tuple[tuple[float | None, ...], ...] = ()

    @model_validator(mode="after")
    def _knows_every_epoch(self) -> Self:
        if len(self.history) != self.epoch:
            msg = f"history: expected {self.epoch} epochs, found {len(self.history)}"
            raise ValueError(msg)
        return self


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """
    Parameters, the optimizer's state, and where they come from.

    Attributes:
        origin: Where they come from.
        model: Parameters and buffers by name.
        optimizer: Tensors of the optimizer's state, by parameter's number and name.
        averages: Averages of the parameters, by name; empty without them.
        digest: SHA-256 of the file.
    """

    origin: Origin
    model: Mapping[str, Tensor]
    optimizer: Mapping[str, Tensor]
    averages: Mapping[str, Tensor]
    digest: str

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """
        Read a checkpoint.

        Raises:
            UsageError: No checkpoint of datastd, or a damaged one.
        """
        content = read_whole(Path(path), most=_MOST, what="a checkpoint")
        try:
            tensors = safetensors.torch.load(content)
            origin = Origin.model_validate_json(_metadata(content).get(_KEY, ""))
        except ValidationError as error:
            raise UsageError(str(path), "a checkpoint of datastd", explain(error)) from None
        except (SafetensorError, ValueError, KeyError) as error:
            raise UsageError(str(path), "a checkpoint of datastd", str(error)) from None
        parts: dict[str, dict[str, Tensor]] = {"model": {}, "optimizer": {}, "averages": {}}
        for name, tensor in sorted(tensors.items()):  # safetensors has them in any order
            part, _, rest = name.partition(".")
            if part not in parts:
                raise UsageError(str(path), f"tensors of {', '.join(parts)}", name)
            parts[part][rest] = tensor
        return cls(origin, **parts, digest=digest.of_bytes(content))

    def into(self, model: nn.Module, optimizer: torch.optim.Optimizer | None = None) -> None:
        """
        Put the parameters into *model*, and the state into *optimizer* if one is given.

        Without one, to begin with, they are the averages, where there are ones.

        Raises:
            UsageError: They are those of another network.
        """
        here, learned = model.state_dict(), dict(model.named_parameters())
        refuse_others("parameters", here, self.model, "" if optimizer else _ELSE)
        if self.averages:
            refuse_others("averages", learned, self.averages)
        for some in (self.model, self.averages):
            refuse_infinite("checkpoint", {name: some[name] for name in learned if name in some})
        taken = {**self.model, **(self.averages if optimizer is None else {})}
        model.load_state_dict({name: part_of(t, here[name]) for name, t in taken.items()})
        if optimizer is None:
            return
        parameters = [one for group in optimizer.param_groups for one in group["params"]]
        # A parameter without a gradient, such as one of a frozen layer, has no state.
        numbers = [n for n in self.origin.optimized if n in range(len(parameters))]
        kinds = _STATES.get(type(optimizer).__name__, (_STEP, "exp_avg", "exp_avg_sq"))
        like = {
            (n, kind): torch.zeros(()) if kind == _STEP else parameters[n]
            for n in numbers for kind in kinds
        }  # fmt: skip
        # Torch's kernels trust these to be as large as the parameters.
        own = {f"{n}.{kind}": one for (n, kind), one in like.items()}
        refuse_others("the state of an optimizer", own, self.optimizer)
        state: dict[int, dict[str, Tensor]] = {}
        for (n, kind), one in like.items():
            state.setdefault(n, {})[kind] = part_of(self.optimizer[f"{n}.{kind}"], one)
        groups = optimizer.state_dict()["param_groups"]
        optimizer.load_state_dict({"state": state, "param_groups": groups})


def _metadata(content: bytes) -> Mapping[str, str]:
    """Metadata of a safetensors file: of the very bytes that were read, once."""
    length = int.from_bytes(content[:8], "little")
    stated: Mapping[str, str] = json.loads(content[8 : 8 + length]).get("__metadata__", {})
    return stated


def kept(
    model: nn.Module, optimizer: torch.optim.Optimizer, averages: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """What a checkpoint holds, whole and on the CPU; every process has to ask for it."""
    state: dict[int, dict[str, Any]] = optimizer.state_dict()["state"]
    tensors = {
        **{f"model.{name}": tensor for name, tensor in model.state_dict().items()},
        **{f"optimizer.{n}.{name}": t for n, of in state.items() for name, t in of.items()
           if isinstance(t, Tensor)},
        **{f"averages.{name}": tensor for name, tensor in averages.items()},
    }  # fmt: skip
    # Copies, for safetensors writes no tensors that share their memory, as tied weights do.
    return {name: whole(t.detach()).cpu().contiguous().clone() for name, t in tensors.items()}


def save(path: Path, origin: Origin, tensors: Mapping[str, Tensor]) -> None:
    """Write a checkpoint whole, or leave the one that was there."""
    numbers = {int(name.split(".")[1]) for name in tensors if name.startswith("optimizer.")}
    known = origin.model_copy(update={"optimized": tuple(sorted(numbers))})
    metadata = {_KEY: digest.canonical(known.model_dump(mode="json")).decode()}
    publish(path, safetensors.torch.save(dict(tensors), metadata))
