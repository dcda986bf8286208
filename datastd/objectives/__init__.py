"""What every objective is: from samples to batches, a loss, and scores."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, repeat
from typing import Any, ClassVar, TypeVar

import numpy as np
import torch
from PIL.Image import Image, Resampling
from pydantic import PrivateAttr
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import default_collate

from datastd.certificate import Certified
from datastd.errors import UsageError
from datastd.loading import Feed, Part
from datastd.model import Model
from datastd.sight.pipeline import Pipeline
from datastd.sight.raw import Raw, records
from datastd.sources.pictures.decode import planes

Random = np.random.Generator
Seen = TypeVar("Seen")


class Objective(Model):
    """
    What is minimised, on which data, and what is scored; the table ``[task]`` of a recipe.

    A batch is whatever `collate` gives: tensors in dicts, tuples or lists.  Losses are sums, so
    that parts of a step, wherever they are computed, add up to the step: the loop divides by the
    weight of all of them.

    Class attributes:
        takes: What a sample has to have, of `Raw`; ``a|b`` is either.
        rules: Codes of which the certificate has to have a verdict; ``a|b`` is of either.
        metrics: Names of the scores; the first is the loss.
        draws: Whether an item may depend on what is drawn.
    """

    takes: ClassVar[tuple[str, ...]]
    rules: ClassVar[tuple[str, ...]] = ()
    metrics: ClassVar[tuple[str, ...]] = ("loss",)
    draws: ClassVar[bool] = True

    _outputs: int = PrivateAttr(0)  # classes that the model tells apart, where that is known

    def begin(self, model: nn.Module, data: Certified, feed: Feed) -> None:
        """
        Look at model and data, before the first step and before a run goes on.

        Raises:
            UsageError: They do not fit each other.
        """

    def item(self, sample: dict[str, Any], random: Random | None) -> Any:  # noqa: ANN401
        """What the model gets of a sample, a list where that is several; *random* augments it."""
        raise NotImplementedError

    def items(
        self, samples: Iterable[dict[str, Any]], randoms: Iterable[Random | None]
    ) -> Iterator[Any]:
        """What `item` gives of each of many samples: some is done for many in less time."""
        return map(self.item, samples, randoms)

    def collate(self, items: list[Any]) -> Any:  # noqa: ANN401
        """A batch of items."""
        return default_collate(items)

    def seen(self, sample: dict[str, Any]) -> Any:  # noqa: ANN401
        """An item as the model is given it, whatever is left to be done on its device."""
        return self.item(sample, None)

    def pipeline(self, model: nn.Module, batch: int) -> Pipeline:
        """What the loop makes of samples, as `preview` takes it."""
        del model
        known = self._outputs or None
        return Pipeline(transform=self.seen, collate=self.collate, batch=batch, classes=known)

    def weight(self, batch: Any) -> float:  # noqa: ANN401
        """Of how many things the loss is the sum."""
        return float(len(batch[0]))

    def loss(self, model: nn.Module, batch: Any) -> Tensor:  # noqa: ANN401
        """The loss, summed: a scalar with a gradient."""
        raise NotImplementedError

    def judge(self, model: nn.Module, batch: Any) -> Any:  # noqa: ANN401
        """What the scores need to know of a batch: states add up."""
        raise NotImplementedError

    def scores(self, state: Any) -> dict[str, float]:  # noqa: ANN401
        """The `metrics`, of the sum of all states."""
        raise NotImplementedError

    def columns(self, feed: Feed) -> bool:
        """Say whether `steps` takes the samples of a feed as arrays: many steps at once."""
        del feed
        return False

    def steps(self, part: Part, order: tuple[int, int] | None, most: int) -> list[list[Any]]:
        """
        The batches of each step of a part, of at most so many items.

        What is drawn of a sample depends on seed, epoch and its number alone.
        """
        numbers = part.numbers.tolist() if order and self.draws else ()
        randoms = chain((np.random.default_rng([*(order or ()), n]) for n in numbers), repeat(None))
        found = (
            one if isinstance(one, list) else [one]
            for one in self.items((raw.sample() for raw in part.raws), randoms)
        )  # fmt: skip
        made = []
        for length in part.lengths:
            some = [*islice(found, length)]
            if len(some) != length:
                msg = f"items: expected one of each of {length} samples, found {len(some)}"
                raise AssertionError(msg)
            items = [*chain.from_iterable(some)]
            made.append([self.collate(items[n : n + most]) for n in range(0, len(items), most)])
        return made

    def stand_in(self, feed: Feed) -> Any:  # noqa: ANN401
        """A batch for a process that has none, so that it takes the step with the others."""
        (first, *_) = records(feed.first, "")
        found = self.item(first.sample(), None)
        return self.collate(found[:1] if isinstance(found, list) else [found])

    def refuse_unfit(self, data: Certified, feed: Feed) -> None:
        """
        Refuse data that are not of the kind that is learned from.

        Raises:
            UsageError: A sample lacks something, or nobody looked for what spoils training.
        """
        (first, *_) = records(feed.first, "")
        for wanted in self.takes:
            if not any(_has(first, one) for one in wanted.split("|")):
                raise UsageError(
                    "data", f"samples with {wanted.replace('|', ' or ')}, for {self.called}",
                    f"none in {first.key}", "certify data of that kind, or name another task",
                )  # fmt: skip
        predicate = data.certificate.statement.predicate
        known = {one.code for one in predicate.verdicts}
        if lacking := [codes for codes in self.rules if known.isdisjoint(codes.split("|"))]:
            raise UsageError(
                "certificate",
                f"verdicts of {', '.join(lacking).replace('|', ' or ')}, for {self.called}",
                f"none in {predicate.standard.called}", "certify them against a standard that asks",
            )  # fmt: skip

    @property
    def called(self) -> str:
        """The objective's name."""
        return str(getattr(self, "name", type(self).__name__))


def _has(raw: Raw, part: str) -> bool:
    """Say whether a record has a part."""
    known: Mapping[str, object] = {
        "image": raw.picture, "label": raw.label, "boxes": raw.boxes, "mask": raw.mask,
        "answers": raw.answers, "turns": raw.messages, **raw.values,
    }  # fmt: skip
    return known.get(part) is not None


def unwrapped(model: nn.Module) -> nn.Module:
    """The model that was given, without what shares it."""
    return model.module if isinstance(model, DistributedDataParallel) else model


def moved(batch: Any, device: torch.device) -> Any:  # noqa: ANN401
    """A batch on a device, from the CPU; what is no tensor stays as it is."""
    if device.type == "cpu":
        return batch
    if isinstance(batch, Tensor):
        return batch.to(device, non_blocking=True)
    if isinstance(batch, Mapping):
        return {name: moved(one, device) for name, one in batch.items()}
    if isinstance(batch, list | tuple):
        return type(batch)(moved(one, device) for one in batch)
    return batch


def refuse_labels(low: int, high: int, outputs: int) -> None:
    """
    Refuse labels that a model has no output for: on a GPU they would end the process.

    Raises:
        UsageError: There is such a label.
    """
    if low < 0 or high >= outputs:
        raise UsageError(
            "model", f"an output for each label from {low} to {high}", f"{outputs} outputs",
            "state more classes",
        )  # fmt: skip


def normalised(pictures: Tensor, mean: Sequence[float], std: Sequence[float]) -> Tensor:
    """Pictures (…, C, H, W) as float32: 8 bits are divided by 255; less *mean*, by *std*."""
    whole = 255.0 if pictures.dtype == torch.uint8 else 1.0
    pictures = pictures.to(torch.float32, copy=True)  # a batch may be looked at again
    if len(mean) == len(std) == 1:
        # One multiplication and one addition in place of three passes over the pixels.
        return pictures.mul_(1 / (whole * std[0])).add_(-mean[0] / std[0])
    scale, shift = torch.tensor(std), torch.tensor(mean)
    scale, shift = 1 / (whole * scale), -shift / scale
    scale, shift = (one.to(pictures.device)[:, None, None] for one in (scale, shift))
    return pictures.mul_(scale).add_(shift)


def channels_first(picture: Any) -> Tensor:  # noqa: ANN401
    """The grey or colour levels of a picture, of Pillow or (H, W, C), as a tensor (C, H, W)."""
    if isinstance(picture, Image):
        return torch.from_numpy(planes(picture))
    array = np.asarray(picture)
    levels = array.reshape(*array.shape[:2], -1).transpose(2, 0, 1)
    return torch.from_numpy(np.array(levels, order="C"))


def resized(picture: Any, size: tuple[int, int], how: Resampling = Resampling.BILINEAR) -> Any:  # noqa: ANN401
    """
    A picture of Pillow at a height and width, by Pillow.

    Raises:
        UsageError: It is none, but an array.
    """
    return of_pillow(picture, "task.size").resize(size[::-1], how)


def of_pillow(picture: Any, field: str) -> Image:  # noqa: ANN401
    """
    A picture of Pillow, which *field* of a recipe needs.

    Raises:
        UsageError: It is none, but an array.
    """
    if not isinstance(picture, Image):
        found = f"{picture.dtype} of shape {picture.shape}"
        raise UsageError(field, "pictures of 8 bits, that Pillow holds", found, "leave it out")
    return picture


def converted(picture: Any, mode: str) -> Any:  # noqa: ANN401
    """
    A picture of Pillow in another of its modes.

    Raises:
        UsageError: It is none, but an array.
    """
    known = of_pillow(picture, "task.mode")
    return known if known.mode == mode else known.convert(mode)


def looked(model: nn.Module, pictures: Tensor, look: Callable[[Tensor], Seen]) -> Seen:
    """
    What a model makes of pictures (N, C, H, W), and no trace of it left.

    Raises:
        UsageError: It does not take them.
    """
    device = next((one.device for one in model.parameters()), torch.device("cpu"))
    learning = model.training
    model.eval()  # a look leaves no trace in the statistics of a layer
    try:
        with torch.no_grad():
            return look(pictures.to(device))
    except RuntimeError as error:
        expected = f"a network that takes images of shape {tuple(pictures.shape[1:])}"
        raise UsageError("model", expected, str(error).partition("\n")[0]) from None
    finally:
        model.train(learning)
