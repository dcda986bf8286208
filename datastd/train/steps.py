"""The steps of a run: a model as it learns, and as it is scored."""

import contextlib
import itertools
import math
import operator
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self, TypeAlias, TypeVar

import polars as pl
import torch
import torch._dynamo  # the first optimizer would load it: a second that is no training
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from datastd.certificate import Certified
from datastd.disk import make_folder
from datastd.errors import UsageError
from datastd.loading import Feed, Part
from datastd.loading.feed import BLOCK, made_ahead
from datastd.networks import grouped
from datastd.objectives import Objective, moved, unwrapped
from datastd.report.progress import Bar
from datastd.train.averages import Averages
from datastd.train.checkpoint import Checkpoint, Origin, kept, save
from datastd.train.conditions import seeded
from datastd.train.record import write_down
from datastd.train.settings import Settings
from datastd.train.world import World, alone, whole

CHECKPOINT = "checkpoint.safetensors"
_TEST_BATCH = 256  # pictures; of many more, what a small network makes leaves the cache
_LOOK = 32  # steps after which losses are looked at: to look waits for a GPU
_NAMED = 8  # samples of a step that went wrong
_BLOCK_BYTES = 32 << 20  # of pictures that are taken at once, by the first of them
_RECORDS = 64  # samples that are taken at once, beside the step's: to ask takes its time

Keys: TypeAlias = pl.Series | Sequence[str]
Seen = TypeVar("Seen")
Groups = Callable[[nn.Module, float, float], list[dict[str, Any]]]


class Epoch(NamedTuple):
    """
    The numbers of one epoch.

    Attributes:
        number: From 1.
        train_loss: Mean loss over the training split, while it was learned.
        scores: The objective's metrics over the test split after the epoch; empty without one.
    """

    number: int
    train_loss: float
    scores: dict[str, float]

    @property
    def test_loss(self) -> float | None:
        """Mean loss over the test split; none without one."""
        return self.scores.get("loss")

    @property
    def test_accuracy(self) -> float | None:
        """Share of the test split whose class is right, of an objective that has classes."""
        return self.scores.get("accuracy")

    def row(self, metrics: Sequence[str]) -> tuple[float | None, ...]:
        """Its numbers in the order of the CSV's columns; none for what was not scored."""
        return (self.number, self.train_loss, *map(self.scores.get, metrics))

    @classmethod
    def of_row(cls, row: Sequence[float | None], metrics: Sequence[str]) -> Self:
        """What `row` was made of."""
        number, loss, *rest = row
        scores = {name: one for name, one in zip(metrics, rest, strict=True) if one is not None}
        return cls(int(number or 0), loss or 0.0, scores)

    def __str__(self) -> str:
        text = f"epoch {self.number}: train loss {self.train_loss:.4f}"
        return text + "".join(
            f", test {name.replace('_', ' ')} {n:.4f}" for name, n in self.scores.items()
        )


@dataclass(frozen=True, slots=True)
class Step:
    """
    What one step is of, in this process.

    Attributes:
        keys: The samples.
        batches: Them as batches; where other processes have more, stand-ins behind their own.
        own: How many of the batches are no stand-ins.
        weight: The weight of those.
        total: The weight of the step, over all processes.
    """

    keys: Keys
    batches: Sequence[Any]
    own: int
    weight: float
    total: float


class Run:
    """
    A model as it learns: its optimizer, its averages, and how far it is.

    Attributes:
        model: The network, as the processes share it.
        optimizer: What changes it.
        step: Steps of this epoch that are done.

    Raises:
        UsageError: Model, data and objective do not fit each other.
    """

    def __init__(  # noqa: PLR0913, PLR0917
        self, model: nn.Module, task: Objective, settings: Settings, world: World, data: Certified,
        feed: Feed, test: Feed | None,
        groups: Groups = grouped, asked: threading.Event | None = None,
    ) -> None:  # fmt: skip
        self._task, self._settings, self._world = task, settings, world
        self._asked = asked or threading.Event()
        self._feed = feed
        model.to(world.device)
        if test and test.element != feed.element:
            expected = f"images of the element type that is trained on, {feed.element}"
            raise UsageError("split to score", expected, test.element)
        with seeded(settings.seed):  # the first look gives a lazy layer its shape
            for one in filter(None, (test, feed)):  # what an objective keeps is of what is learned
                task.refuse_unfit(data, one)
                task.begin(model, data, one)
        if not [*model.parameters()]:
            raise UsageError("model", "a network with parameters", "none")
        self.model = world.shared(model, settings.parallel)
        self.optimizer = _optimizer(self.model, settings, groups)
        self._parameters = [one for group in self.optimizer.param_groups for one in group["params"]]
        self._rates = [group["lr"] for group in self.optimizer.param_groups]
        if settings.compile:
            self.model.compile()
        self._scaler = torch.amp.GradScaler(world.device.type, enabled=settings.precision == "fp16")
        self._averages = Averages(unwrapped(self.model), settings.ema) if settings.ema else None
        self._stand_in = task.stand_in(feed)
        self._last = math.nan, torch.tensor(0.0)
        self.step, self.stopped, self._learned = 0, False, (0.0, 0.0)

    def learn(self, epoch: int, bar: Bar) -> Iterator[int]:
        """Take the steps of an epoch that are left, and say after each how many were taken."""
        settings = self._settings
        learning(self.model)
        if not self.step:
            self._learned = (0.0, 0.0)
        before, begun = (epoch - 1) * self._feed.steps(settings.batch), time.monotonic()
        taken: list[tuple[Tensor, float, Keys]] = []
        for step in self._steps(self._feed, (settings.seed, epoch), self.step):
            self._set_rates(before + self.step)
            _seed(settings.seed, epoch, self.step, self._world)
            self.optimizer.zero_grad(set_to_none=True)
            share, losses = self._share(step.total), []
            for number, batch in enumerate(step.batches):
                with alone(self.model, last=number == len(step.batches) - 1):
                    with self._precision():
                        loss = self._task.loss(self.model, moved(batch, self._world.device))
                    counts = number < step.own
                    self._scaler.scale(loss if counts else loss * 0.0).backward(share)
                losses.append(loss.detach() if counts else loss.detach() * 0.0)
            if step.total:
                losses += self._descend()
            self.step += 1
            taken.append((sum(losses[1:], losses[0]), step.weight, step.keys))
            if len(taken) == _LOOK or self.stopped or self.is_due:
                samples, mean = len(taken) * settings.batch, self._looked(epoch, taken)
                rate = samples / (time.monotonic() - begun)
                bar.advance(samples, f"{rate:.0f}/s, loss {mean:.4f}")
                begun = time.monotonic()
            yield self.step
        bar.advance(len(taken) * settings.batch)
        self._looked(epoch, taken)
        self.step = 0

    def _share(self, total: float) -> Tensor:
        """What a loss counts: processes take the mean of their gradients; the sum is wanted."""
        if self._last[0] != total:
            share = self._world.size / (total or 1.0)
            self._last = total, torch.tensor(share, device=self._world.device)
        return self._last[1]

    def _descend(self) -> list[Tensor]:
        """Take the step; where the gradient's length is looked at, 0 or no number."""
        self._scaler.unscale_(self.optimizer)
        clip, seen = self._settings.clip, []
        if clip:
            norm = whole(nn.utils.clip_grad_norm_(self._parameters, clip))
            # Of 16 bits too large a gradient is no end: the scaler leaves the step out.
            seen = [] if self._scaler.is_enabled() else [0.0 * norm]
        self._scaler.step(self.optimizer)
        self._scaler.update()
        if self._averages:
            self._averages.update()
        return seen

    @property
    def is_due(self) -> bool:
        """Whether a checkpoint is to be written after this step."""
        every = self._settings.save_every
        return every is not None and self.step % every == 0

    def _looked(self, epoch: int, taken: list[tuple[Tensor, float, Keys]]) -> float:
        """
        Add losses up, and give the mean of a thing that is learned.

        Raises:
            UsageError: One is no finite number; the samples of its step are named.
        """
        losses: list[float] = torch.stack([loss for loss, *_ in taken]).tolist() if taken else []
        for place, (loss, (_, _, keys)) in enumerate(zip(losses, taken, strict=True)):
            if not math.isfinite(loss):
                where = f"epoch {epoch}, step {self.step - len(taken) + place + 1}, {_named(keys)}"
                hint = "look at these samples, lower the learning rate, or set clip"
                raise UsageError(where, "a finite loss", f"{loss}", hint)
        weight = sum(weight for _, weight, _ in taken)
        self._learned = (self._learned[0] + sum(losses), self._learned[1] + weight)
        taken.clear()
        return sum(losses) / (weight or 1.0)

    def _learned_by_all(self) -> tuple[float, float]:
        """Sum of the losses of the epoch, and of their weights, over all processes."""
        losses, weights = zip(*self._world.gather(self._learned), strict=True)
        return sum(losses), sum(weights)

    def mean_loss(self) -> float:
        """
        The mean loss of the epoch, over all processes.

        Raises:
            UsageError: Nothing was learned: no target counted.
        """
        loss, weight = self._learned_by_all()
        if not weight:
            found, hint = "none that counts", "preview what the model sees: each is left out"
            raise UsageError("the split to train on", "targets to learn", found, hint)
        return loss / weight

    def score(self, test: Feed) -> dict[str, float]:
        """
        The objective's scores over a split.

        Raises:
            UsageError: The loss is no finite number.
        """
        state: Any = None
        for found in self.each(test, self._task.judge):
            state = found if state is None else operator.iadd(state, found)
        scores = self._task.scores(self._world.gathered(state))
        for name, number in scores.items():
            if not math.isfinite(number):
                raise UsageError(
                    "the split to score", f"a finite {name}", f"{number}", "lower the learning rate"
                )
        return scores

    @contextlib.contextmanager
    def judging(self) -> Iterator[None]:
        """The model as it is scored: of averages where there are ones, and it does not learn."""
        self.model.eval()
        averages = self._averages.in_place() if self._averages else contextlib.nullcontext()
        with averages, torch.no_grad(), self._precision():
            yield

    def each(self, feed: Feed, look: Callable[[nn.Module, Any], Seen]) -> Iterator[Seen]:
        """What is seen of the model on each batch of a split, in data order."""
        with self.judging():
            for step in self._steps(feed, None):
                for number, batch in enumerate(step.batches):
                    found = look(self.model, moved(batch, self._world.device))
                    if number < step.own:
                        yield found

    def _steps(self, feed: Feed, order: tuple[int, int] | None, skip: int = 0) -> Iterator[Step]:
        """The steps of an epoch, read and made ahead, and agreed upon with the other processes."""
        task, settings, arrays = self._task, self._settings, self._task.columns(feed)
        batch = max(settings.batch, _TEST_BATCH) if arrays and order is None else settings.batch
        most = math.ceil(batch / (settings.accumulate * self._world.size))
        room = min(BLOCK if arrays else _RECORDS, _BLOCK_BYTES // max(1, math.prod(feed.shape)))
        together = max(1, room // batch)
        parts = feed.parts(order, batch, skip=skip, together=together, columns=arrays)

        def made(part: Part) -> Iterator[tuple[Keys, list[Any]]]:
            ends = [0, *itertools.accumulate(part.lengths)]
            keys = [part.keys[first:last] for first, last in itertools.pairwise(ends)]
            return zip(keys, task.steps(part, order, most), strict=True)

        with contextlib.closing(made_ahead(parts, made, settings.workers)) as blocks:
            for keys, batches in itertools.chain.from_iterable(blocks):
                weight, asked = sum(map(task.weight, batches)), self._asked.is_set()
                every = self._world.gather([len(batches), weight, asked])
                counts, weights, stops = zip(*every, strict=True)
                self.stopped = any(stops)
                lacking = max(1, int(max(counts))) - len(batches)
                padded = [*batches, *[self._stand_in] * lacking]
                yield Step(keys, padded, len(batches), weight, sum(weights))

    def _set_rates(self, step: int) -> None:
        """Set the learning rates of a step of the run, counted from 0."""
        settings, factor = self._settings, 1.0
        if settings.warmup and step < settings.warmup:
            factor = (step + 1) / settings.warmup
        elif settings.schedule == "cosine":
            last = self._feed.steps(settings.batch) * settings.epochs
            done = (step - settings.warmup) / max(1, last - settings.warmup)
            factor = (1 + math.cos(math.pi * min(done, 1))) / 2
        for group, rate in zip(self.optimizer.param_groups, self._rates, strict=True):
            group["lr"] = rate * factor

    def _precision(self) -> contextlib.AbstractContextManager[Any]:
        if self._settings.precision == "fp32":
            return contextlib.nullcontext()
        kind = torch.bfloat16 if self._settings.precision == "bf16" else torch.float16
        return torch.autocast(self._world.device.type, kind)

    def average(self) -> None:
        """Let the model have the averages of its parameters, where they were kept."""
        if self._averages:
            self._averages.swap()

    def save(self, place: Path | None, origin: Origin, history: Sequence[Any]) -> None:
        """Write a checkpoint and its recipe, all together; one of them has a *place* for it."""
        learned = self._learned_by_all() if self.step else (0.0, 0.0)
        if place is None and self._settings.parallel == "ddp":
            return  # of what all have, one copy is enough
        averages = self._averages.kept if self._averages else {}
        tensors = kept(unwrapped(self.model), self.optimizer, averages)
        if place:
            known = {
                **dict(origin), "epoch": len(history), "history": tuple(history),
                "step": self.step, "learned": learned, "scaler": self._scaler.state_dict(),
            }  # fmt: skip
            make_folder(place)
            save(place / CHECKPOINT, Origin(**known), tensors)
            # Not before: of a checkpoint that was there, another recipe is true.
            write_down(place, self._settings, self._task, origin)

    def resume(self, found: Checkpoint, origin: Origin, metrics: Sequence[str]) -> list[Epoch]:
        """
        Go on from a checkpoint of the same data, settings and start; of no other.

        Raises:
            UsageError: It is of another.
        """
        asked, known = (
            {"data": one.data, "start": one.start or "none", **one.settings}
            for one in (origin, found.origin)
        )
        for what in sorted({*asked, *known}):
            if asked.get(what) != known.get(what):
                raise UsageError(
                    f"resume: {what}", f"{known.get(what)}, as it began", f"{asked.get(what)}",
                    "a run can only go on as it began",
                )  # fmt: skip
        if found.origin.epoch > self._settings.epochs:
            expected = f"at least the {found.origin.epoch} that are done"
            raise UsageError("resume: epochs", expected, f"{self._settings.epochs}")
        most, step = self._feed.steps(self._settings.batch), found.origin.step
        if step > most and self._feed.seeks:
            raise UsageError("resume: step", f"at most the {most} of an epoch", f"{step}")
        width = len(metrics) + 2
        if odd := {len(row) for row in found.origin.history} - {width}:
            raise UsageError("resume: history", f"{width} numbers of each epoch", f"{min(odd)}")
        if found.origin.step and not self._feed.seeks:  # whose shards are by process
            now, then = (f"{one.processes} processes" for one in (origin, found.origin))
            if now != then:
                raise UsageError("resume: in an epoch of streams", then, now)
        found.into(unwrapped(self.model), self.optimizer)
        if self._averages:
            self._averages.take(found.averages)
        self._scaler.load_state_dict(dict(found.origin.scaler))
        self.step = found.origin.step
        self._learned = (0.0, 0.0) if self._world.rank else found.origin.learned
        return [Epoch.of_row(row, metrics) for row in found.origin.history]


def learning(model: nn.Module) -> None:
    """Let a model learn; a frozen normalisation keeps its statistics."""
    model.train()
    for part in model.modules():
        own = [*part.parameters(recurse=False)]
        if isinstance(part, _BatchNorm) and own and not any(one.requires_grad for one in own):
            part.eval()


def _optimizer(model: nn.Module, settings: Settings, groups: Groups) -> torch.optim.Optimizer:
    rate, decay = settings.learning_rate, settings.weight_decay
    some = groups(unwrapped(model), rate, decay)
    if settings.optimizer == "sgd":
        return torch.optim.SGD(some, lr=rate, momentum=settings.momentum)
    kind = torch.optim.Adam if settings.optimizer == "adam" else torch.optim.AdamW
    return kind(some, lr=rate, weight_decay=decay, fused=settings.parallel == "ddp")


def _named(keys: Keys) -> str:
    """The samples of a step, by name; where they are many, the first of them."""
    more = f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else ""
    return f"samples {', '.join(keys[:_NAMED])}{more}"


def _seed(seed: int, epoch: int, step: int, world: World) -> None:
    """Draw what a step draws from its place in the run, so that a run can go on from any."""
    mixed = hash((seed, epoch, step, world.rank)) & (1 << 63) - 1  # of integers it is no secret's
    torch.default_generator.manual_seed(mixed)
    if world.device.type == "cuda":
        torch.cuda.manual_seed(mixed)
