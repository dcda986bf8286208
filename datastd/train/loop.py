"""
The loop: epochs over certified data, each step of them able to be the last.

It minimises what an objective says, and knows no network and no kind of data.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from torch import nn

from datastd.certificate import Certified
from datastd.disk import refuse_inside
from datastd.errors import UsageError
from datastd.loading import Feed, Share
from datastd.model import explain
from datastd.networks import grouped, learned
from datastd.networks.weights import refuse_infinite
from datastd.objectives import Objective, unwrapped
from datastd.objectives.classification import Classification
from datastd.report.progress import Bar
from datastd.signals import asked_to_stop
from datastd.train.checkpoint import Checkpoint, Origin
from datastd.train.conditions import deterministic, said_plainly, seeded
from datastd.train.record import Record
from datastd.train.settings import Settings
from datastd.train.steps import CHECKPOINT, Epoch, Groups, Run
from datastd.train.world import World, local
from datastd.words import meant

TEST = "test"
Say = Callable[[str], object]


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


def pretrain(  # noqa: PLR0913
    model: nn.Module | Callable[[], nn.Module],
    data: Certified,
    task: Objective | None = None,
    *,
    groups: Groups = grouped,
    out: str | Path | None = None,
    resume: str | Path | None = None,
    say: Say = lambda _: None,
    **settings: Any,  # noqa: ANN401  -- checked by `Settings`
) -> Result:
    """
    Minimise the expected loss over *data*, from fresh parameters.

    Args:
        model: A network, whose parameters are drawn anew from the seed, or a function
            that builds one.
        data: What `datastd.open` gave.
        task: What is minimised, of `datastd.objectives`; none is `Classification`.
        groups: Gives the optimizer's groups of parameters, of a model, rate and weight decay.
        out: Folder for checkpoints, what they depend on, a CSV and TensorBoard.
        resume: A checkpoint of this very run, to go on from.
        say: Is told a line for each epoch: ``say=print`` shows them.
        **settings: Fields of `Settings`: epochs, batch, learning_rate, device …

    Raises:
        TypeError: *data* is not certified.
        UsageError: A setting, a split, the network or the checkpoint does not fit.
        DataChanged: A file changed under the trainer.
    """
    refuse_uncertified(data)
    known = settings_of(settings)
    say = say if World.speaks() else lambda _: None
    with seeded(known.seed):
        fresh = _fresh(model)
    return fit(fresh, data, task or Classification(), known, groups, out, resume, None, say)


def finetune(  # noqa: PLR0913
    model: nn.Module,
    data: Certified,
    task: Objective | None = None,
    *,
    start: str | Path | None = None,
    groups: Groups = grouped,
    out: str | Path | None = None,
    resume: str | Path | None = None,
    say: Say = lambda _: None,
    **settings: Any,  # noqa: ANN401  -- checked by `Settings`
) -> Result:
    """
    Minimise the expected loss over *data*, from the parameters that *model* has.

    Args:
        model: A network; its parameters are changed in place.  Those that do not learn have
            ``requires_grad`` false; a new head is put on before, as in torch.
        data: What `datastd.open` gave.
        task: What is minimised, of `datastd.objectives`; none is `Classification`.
        start: A checkpoint of this very network, whose parameters are put into *model* first.
            `datastd.networks.weights.put` takes over those of another, less their head.
        groups: Gives the optimizer's groups of parameters, of a model, rate and weight decay:
            ``functools.partial(grouped, heads=["head.*"], head_rate=0.01)``, with `grouped` of
            `datastd.networks`, lets the head learn at a rate of its own.
        out: Folder for checkpoints, what they depend on, a CSV and TensorBoard.
        resume: A checkpoint of this very run, to go on from.
        say: Is told a line for each epoch: ``say=print`` shows them.
        **settings: Fields of `Settings`: epochs, batch, learning_rate, device …

    Raises:
        TypeError: *data* is not certified.
        UsageError: A setting, a split, the network or a checkpoint does not fit.
        DataChanged: A file changed under the trainer.
    """
    refuse_uncertified(data)
    known = settings_of(settings)
    say = say if World.speaks() else lambda _: None
    if not isinstance(model, nn.Module):
        raise TypeError(f"model: expected a torch.nn.Module, found {type(model).__name__}")
    return fit(model, data, task or Classification(), known, groups, out, resume, start, say)


def fit(  # noqa: PLR0913, PLR0917
    model: nn.Module,
    data: Certified,
    task: Objective,
    settings: Settings,
    groups: Groups,
    out: str | Path | None,
    resume: str | Path | None,
    start: str | Path | None,
    say: Say,
) -> Result:
    """Take the epochs of a run, of a network as it is, or with the parameters of *start*."""
    begun = Checkpoint.load(start) if start is not None else None
    if begun:
        begun.into(model)
    refuse_no_task(task)
    if out is not None:
        refuse_inside(Path(out), data.root)
    with said_plainly():
        world = World.join(settings.device)
    with (
        deterministic(settings.threads, world.device),
        asked_to_stop() as asked,
        said_plainly(),
    ):
        share = Share(world.rank, world.size, settings.buffer)
        held_out = scored(settings, data)
        feed = Feed(data, settings.train, share=share)
        test = Feed(data, held_out, share=share) if held_out else None
        run = Run(model, task, settings, world, data, feed, test, groups, asked)
        origin = _origin(data, task, settings, begun, world, run)
        done = (
            run.resume(Checkpoint.load(resume), origin, task.metrics) if resume is not None else []
        )
        place = Path(out) if out is not None and world.rank == 0 else None

        def keep() -> None:
            (data.prove if len(done) == settings.epochs else data.compare)()
            names, every = zip(*unwrapped(run.model).named_parameters(), strict=True)
            finite = dict(zip(names, local(every), strict=True))
            refuse_infinite("model", finite, "lower the learning rate, or set clip")
            if out is not None:
                run.save(place, origin, [one.row(task.metrics) for one in done])

        told = origin.settings if settings.mlflow else {}
        rows = [one.row(task.metrics) for one in done]
        with Record(place, task.metrics, rows, told) as record:
            if len(done) == settings.epochs:  # nothing to do, and yet something to leave
                keep()
            left = feed.samples * (settings.epochs - len(done)) - run.step * settings.batch
            with Bar("training", left) as bar:
                for number in range(len(done) + 1, settings.epochs + 1):
                    for _ in run.learn(number, bar):
                        if run.stopped or run.is_due:
                            keep()
                        if run.stopped:
                            raise KeyboardInterrupt
                    done.append(Epoch(number, run.mean_loss(), run.score(test) if test else {}))
                    keep()
                    record.add(done[-1].row(task.metrics))
                    say(str(done[-1]))
        run.average()
        return Result(model, tuple(done), place / CHECKPOINT if place else None)


def refuse_uncertified(data: object) -> None:
    """Raise `TypeError` where *data* is not what `datastd.open` gave."""
    if type(data) is not Certified:
        raise TypeError(
            f"data: expected what datastd.open gives, found {type(data).__name__}; "
            "data = datastd.open(path, certificate=…, standard=…)"
        )


def refuse_no_task(task: object) -> None:
    """Raise `TypeError` where *task* is no objective, but its class or its name."""
    if not isinstance(task, Objective):
        found = f"the class {task.__name__}" if isinstance(task, type) else type(task).__name__
        hint = "task = datastd.train.Classification(…), or another"
        raise TypeError(f"task: expected an objective, found {found}; {hint}")


def scored(settings: Settings, data: Certified) -> str | None:
    """
    The split that is scored after each epoch, if there is one beside that which is learned.

    Raises:
        UsageError: It is the one that is learned: what is known by heart says nothing.
    """
    if settings.test == settings.train:
        expected = "another split than the one that is trained on"
        raise UsageError("test", expected, settings.test, "leave it out")
    return settings.test or (TEST if TEST in {*data.splits} - {settings.train} else None)


def settings_of(given: dict[str, Any]) -> Settings:
    """
    Check the settings that were given.

    Raises:
        UsageError: They are none.
    """
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        hint = next((meant(name, Settings.model_fields, "help(datastd.train.Settings) has all")
                     for name in given if name not in Settings.model_fields), "")  # fmt: skip
        expected = f"fields of {Settings.__name__}"
        raise UsageError("settings", expected, explain(error), hint) from None


def _origin(  # noqa: PLR0913, PLR0917
    data: Certified, task: Objective, settings: Settings, begun: Checkpoint | None, world: World,
    run: Run,
) -> Origin:  # fmt: skip
    statement = data.certificate.statement
    return Origin(
        certificate=data.certificate.digest,
        data=statement.subject[0].digest.sha256,
        standard=statement.predicate.standard.called,
        settings={
            **settings.decisive,
            **task.model_dump(mode="json"),
            "parameters": learned(unwrapped(run.model), run.optimizer.param_groups),
        },
        epoch=0,
        processes=world.size,
        start=begun.digest if begun else "",
    )


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
