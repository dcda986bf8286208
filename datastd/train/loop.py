"""
The loop: epochs over certified data, each one able to be the last.

Minimises what `objective.Classification` says, and knows no network.
"""

import contextlib
import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import torch
import torch._dynamo  # the first optimizer would load it: a second that is no training
from numpy.typing import NDArray
from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt, ValidationError
from torch import Tensor, nn

from datastd import digest
from datastd.certificate import Certified
from datastd.disk import refuse_inside
from datastd.errors import UsageError
from datastd.model import Model, explain
from datastd.report.progress import Bar
from datastd.sources import Batch
from datastd.train.checkpoint import Checkpoint, Origin, save
from datastd.train.feed import Feed
from datastd.train.objective import Classification
from datastd.train.record import Record
from datastd.waiting import MOST

CHECKPOINT = "checkpoint.safetensors"
TEST = "test"
_TEST_BATCH = 1024
_MOST_BATCH = 1 << 20


class Settings(Model):
    """
    How to train; what decides the parameters, and what does not.

    Attributes:
        epochs: Passes over the training split.
        batch: Samples of one step.
        learning_rate: Of Adam.
        mean: Taken away from every pixel; 8-bit pixels are divided by 255 before.
        std: What every pixel is divided by.
        seed: Decides fresh parameters, and the order of each epoch.
        train: Name of the split that is trained on.
        test: Name of the split that is scored after each epoch; none takes the one
            that is called ``test``, where there is one.
        threads: Threads of torch; none leaves torch's own number.
        device: ``cpu``, ``cuda``, or ``auto`` for the best there is.
    """

    epochs: PositiveInt = 5
    batch: int = Field(64, ge=1, le=_MOST_BATCH)
    learning_rate: PositiveFloat = 0.003
    mean: float = 0.5
    std: PositiveFloat = 0.5
    seed: NonNegativeInt = 0
    train: str = Field("train", min_length=1)
    test: str | None = Field(None, min_length=1)
    threads: int | None = Field(None, ge=1, le=MOST)
    device: Literal["auto", "cpu", "cuda"] = "auto"

    @property
    def decisive(self) -> dict[str, int | float | str]:
        """What decides the parameters after a given number of epochs."""
        known = Settings.model_fields.keys() - {"epochs", "test", "threads", "device"}
        return {name: getattr(self, name) for name in sorted(known)}


class Epoch(NamedTuple):
    """
    The numbers of one epoch.

    Attributes:
        number: From 1.
        train_loss: Mean loss over the training split, while it was learned.
        test_loss: Mean loss over the test split after the epoch; none without one.
        test_accuracy: Share of the test split whose class is right, likewise.
    """

    number: int
    train_loss: float
    test_loss: float | None
    test_accuracy: float | None

    def __str__(self) -> str:
        text = f"epoch {self.number}: train loss {self.train_loss:.4f}"
        if self.test_loss is None:
            return text
        return f"{text}, test loss {self.test_loss:.4f}, test accuracy {self.test_accuracy:.4f}"


@dataclass(frozen=True, slots=True)
class Result:
    """
    What training came to.

    Attributes:
        model: The trained network.
        epochs: The numbers of each epoch, those before a resumption included.
        checkpoint: The last checkpoint, where a folder was given.
    """

    model: nn.Module
    epochs: tuple[Epoch, ...]
    checkpoint: Path | None


def pretrain(
    model: nn.Module | Callable[[], nn.Module],
    data: Certified,
    *,
    out: str | Path | None = None,
    resume: str | Path | None = None,
    say: Callable[[str], object] = lambda _: None,
    **settings: Any,  # noqa: ANN401  -- checked by `Settings`
) -> Result:
    """
    Minimise the expected loss over *data*, from fresh parameters.

    Args:
        model: A network, whose parameters are drawn anew from the seed, or a function
            that builds one.  Takes float32 (N, C, H, W), gives log-probabilities.
        data: What `datastd.open` gave.
        out: Folder for a checkpoint after each epoch, a CSV and TensorBoard.
        resume: A checkpoint of this very run, to go on from.
        say: Is told a line for each epoch.
        **settings: Fields of `Settings`.

    Raises:
        TypeError: *data* is not certified.
        UsageError: A setting, a split, the network or the checkpoint does not fit.
        DataChanged: A file changed under the trainer.
    """
    refuse_uncertified(data)
    known = settings_of(settings)
    with seeded(known.seed, 0):
        fresh = _fresh(model)
    return _train(fresh, data, known, out, resume, None, say)


def finetune(  # noqa: PLR0913
    model: nn.Module,
    data: Certified,
    *,
    start: str | Path | None = None,
    out: str | Path | None = None,
    resume: str | Path | None = None,
    say: Callable[[str], object] = lambda _: None,
    **settings: Any,  # noqa: ANN401  -- checked by `Settings`
) -> Result:
    """
    Minimise the expected loss over *data*, from the parameters that *model* has.

    Args:
        model: A network; its parameters are changed in place.
        data: As for `pretrain`, as what follows.
        start: A checkpoint whose parameters are put into *model* first.
        out: See *data*.
        resume: See *data*.
        say: See *data*.
        **settings: See *data*.

    Raises:
        TypeError: *data* is not certified.
        UsageError: A setting, a split, the network or a checkpoint does not fit.
        DataChanged: A file changed under the trainer.
    """
    refuse_uncertified(data)
    known = settings_of(settings)
    if not isinstance(model, nn.Module):
        raise TypeError(f"model: expected a torch.nn.Module, found {type(model).__name__}")
    begun = Checkpoint.load(start) if start is not None else None
    if begun:
        begun.into(model)
    return _train(model, data, known, out, resume, begun, say)


def refuse_uncertified(data: object) -> None:
    """Raise `TypeError` where *data* is not what `datastd.open` gave."""
    if type(data) is not Certified:
        raise TypeError(
            f"data: expected what datastd.open gives, found {type(data).__name__}; "
            "data = datastd.open(path, certificate=…, standard=…)"
        )


def scored(settings: Settings, data: Certified) -> str | None:
    """The split that is scored after each epoch, if there is one."""
    return settings.test or (TEST if TEST in data.splits else None)


def settings_of(given: dict[str, Any]) -> Settings:
    """
    Check the settings that were given.

    Raises:
        UsageError: They are none.
    """
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        raise UsageError("settings", f"fields of {Settings.__name__}", explain(error)) from None


def _fresh(model: nn.Module | Callable[[], nn.Module]) -> nn.Module:
    """Build the network, or draw every parameter of it anew."""
    if not isinstance(model, nn.Module):
        model = model()
        if not isinstance(model, nn.Module):
            found = type(model).__name__
            raise TypeError(f"model: expected a function that gives a Module, found {found}")
        return model
    for name, module in model.named_modules():
        reset = getattr(module, "reset_parameters", None)
        if callable(reset):
            reset()
        elif [*module.parameters(recurse=False)]:
            raise UsageError(
                f"model.{name}", "a module with reset_parameters", type(module).__name__,
                "give a function that builds the network",
            )  # fmt: skip
    return model


@contextlib.contextmanager
def seeded(seed: int, epoch: int) -> Iterator[None]:
    """Draw torch's random numbers from *seed* and *epoch*, and leave its own as they were."""
    devices = range(torch.cuda.device_count()) if torch.cuda.is_available() else ()
    with torch.random.fork_rng(devices):
        mixed = digest.of_bytes(f"{seed} {epoch}".encode())
        torch.manual_seed(int(mixed[:15], 16))
        yield


@contextlib.contextmanager
def deterministic(threads: int | None) -> Iterator[None]:
    """The same steps give the same numbers; torch's own settings come back at the end."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # else CUDA cannot be exact
    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    torch.set_num_threads(threads or before[0])
    torch.use_deterministic_algorithms(mode=True)
    try:
        yield
    finally:
        torch.set_num_threads(before[0])
        torch.use_deterministic_algorithms(mode=before[1])


def _device(wanted: str) -> torch.device:
    if wanted == "auto":
        wanted = "cuda" if torch.cuda.is_available() else "cpu"
    elif wanted == "cuda" and not torch.cuda.is_available():
        raise UsageError("device", "a GPU that torch can use", "none", "say cpu, or auto")
    return torch.device(wanted)


def _train(  # noqa: PLR0913, PLR0917
    model: nn.Module,
    data: Certified,
    settings: Settings,
    out: str | Path | None,
    resume: str | Path | None,
    begun: Checkpoint | None,
    say: Callable[[str], object],
) -> Result:
    if out is not None:
        refuse_inside(Path(out), data.root)
    feed = Feed(data, settings.train)
    held_out = scored(settings, data)
    test = Feed(data, held_out) if held_out else None
    objective = Classification(settings.mean, settings.std)
    with deterministic(settings.threads), seeded(settings.seed, 0):
        steps = Steps(model, objective, settings, feed, test)
    statement = data.certificate.statement
    origin = Origin(
        certificate=data.certificate.digest,
        data=statement.subject[0].digest.sha256,
        standard=statement.predicate.standard.called,
        settings=settings.decisive,
        epoch=0,
        start=begun.digest if begun else "",
    )
    done: list[Epoch] = []
    if resume is not None:
        done = _resume(Checkpoint.load(resume), origin, settings.epochs, steps)
    record = Record(Path(out), done) if out is not None else None
    place = Path(out, CHECKPOINT) if out is not None else None

    def keep() -> None:
        if place:
            history = tuple(map(tuple, done))
            known = {**dict(origin), "epoch": len(done), "history": history}
            save(place, Origin(**known), model, steps.optimizer)

    try:
        with deterministic(settings.threads):
            if len(done) == settings.epochs:  # nothing to do, and yet something to leave
                keep()
            total = feed.samples * (settings.epochs - len(done))
            with Bar("training", total) as bar:
                for number in range(len(done) + 1, settings.epochs + 1):
                    with seeded(settings.seed, number):
                        loss = steps.learn(feed, number, bar)
                    scores = steps.score(test) if test else (None, None)
                    done.append(Epoch(number, loss, *scores))
                    data.compare()
                    keep()
                    if record:
                        record.add(done[-1])
                    say(str(done[-1]))
    finally:
        if record:
            record.close()
    return Result(model, tuple(done), place)


def _resume(found: Checkpoint, origin: Origin, epochs: int, steps: "Steps") -> list[Epoch]:
    """Go on from a checkpoint of the same data, settings and start; of no other."""
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
    if found.origin.epoch > epochs:
        expected = f"at least the {found.origin.epoch} that are done"
        raise UsageError("resume: epochs", expected, f"{epochs}")
    found.into(steps.model, steps.optimizer)
    return [
        Epoch(int(number or 0), float(loss or 0), *rest)
        for number, loss, *rest in found.origin.history
    ]


def _refuse_infinite(loss: float, where: str) -> None:
    if not math.isfinite(loss):
        raise UsageError(where, "a finite loss", f"{loss}", "lower the learning rate")


class Steps:
    """
    The model, what it minimises and its optimizer, one epoch at a time.

    Attributes:
        model: The network.
        optimizer: What changes it.
        classes: Number of classes that it tells apart.

    Raises:
        UsageError: The model does not take the samples of a split, has no parameters, or
            lacks an output for a label that is scored.
    """

    def __init__(
        self,
        model: nn.Module,
        objective: Classification,
        settings: Settings,
        feed: Feed,
        test: Feed | None,
    ) -> None:
        self.model, self._objective = model, objective
        self._device = _device(settings.device)
        self._seed, self._batch = settings.seed, settings.batch
        model.to(self._device)
        self.classes = self._outputs(feed)
        if test:
            kinds = [np.asarray(one.first.columns["image"]).dtype for one in (feed, test)]
            if kinds[0] != kinds[1]:
                expected = f"images of the element type that is trained on, {kinds[0]}"
                raise UsageError("split to score", expected, f"{kinds[1]}")
            self._outputs(test)
            for block in test.blocks(test.in_order(), _TEST_BATCH):
                self._tensors(block)  # a label without an output would cost an epoch
        if not [*model.parameters()]:
            raise UsageError("model", "a network with parameters", "none")
        self.optimizer = torch.optim.Adam(model.parameters(), lr=settings.learning_rate, fused=True)

    def _outputs(self, feed: Feed) -> int:
        images, _ = self._objective.tensors(feed.first)
        return self._objective.classes(self.model, images.to(self._device))

    def learn(self, feed: Feed, epoch: int, bar: Bar) -> float:
        """Take the steps of one epoch; return the mean loss of a sample."""
        self.model.train()
        objective, optimizer, batch = self._objective, self.optimizer, self._batch
        total, seen = 0.0, 0
        for block in feed.blocks(feed.order(self._seed, epoch), batch):
            tensors = self._tensors(block)
            of_block = torch.zeros((), device=self._device)
            for part in zip(*(t.split(batch) for t in tensors), strict=True):
                optimizer.zero_grad()
                loss = objective.loss(self.model, *part)
                loss.backward()
                optimizer.step()
                of_block += loss.detach() * len(part[0])
            total += of_block.item()
            seen += len(block)
            _refuse_infinite(total, f"epoch {epoch}, before sample {seen}")
            bar.advance(len(block))
        return total / seen

    def score(self, feed: Feed) -> tuple[float, float]:
        """Mean loss and accuracy over a split."""
        self.model.eval()
        total, right = 0.0, 0
        with torch.no_grad():
            for block in feed.blocks(feed.in_order(), _TEST_BATCH):
                for part in zip(*(t.split(_TEST_BATCH) for t in self._tensors(block)), strict=True):
                    loss, correct = self._objective.score(self.model, *part)
                    total, right = total + loss, right + correct
        _refuse_infinite(total, "the split to score")
        return total / feed.samples, right / feed.samples

    def probabilities(self, feed: Feed) -> Iterator[NDArray[np.float32]]:
        """Probability of each class for the samples of *feed* in order, (n, classes) at a time."""
        self.model.eval()
        with torch.no_grad():
            for block in feed.blocks(feed.in_order(), _TEST_BATCH):
                images, _ = self._tensors(block)
                for part in images.split(_TEST_BATCH):
                    yield self._objective.probabilities(self.model, part).float().cpu().numpy()

    def _tensors(self, block: Batch) -> tuple[Tensor, Tensor]:
        images, labels = self._objective.tensors(block)
        self._objective.refuse_labels(labels, self.classes)
        return images.to(self._device), labels.to(self._device)
