"""What a network makes of samples that it never saw: the input that Q113 reads."""

import copy
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from datastd.certificate import Certified
from datastd.disk import refuse_inside, refuse_place
from datastd.errors import UsageError
from datastd.inputs import write_predictions
from datastd.loading import Feed
from datastd.loading.feed import BLOCK
from datastd.objectives.classification import Classification
from datastd.report.progress import Bar
from datastd.train.conditions import deterministic, seeded
from datastd.train.loop import refuse_uncertified, settings_of
from datastd.train.settings import Settings
from datastd.train.steps import Run
from datastd.train.world import World

_FEWEST = 2  # folds
_ROWS = 1 << 12  # of a row group: with 1,000 classes 16 MiB


def predictions(  # noqa: PLR0913
    model: nn.Module | Callable[[], nn.Module],
    data: Certified,
    task: Classification | None = None,
    *,
    out: str | Path,
    folds: int = 5,
    splits: Sequence[str] | None = None,
    say: Callable[[str], object] = lambda _: None,
    **settings: Any,  # noqa: ANN401  -- checked by `Settings`
) -> Path:
    """
    Write the probability of each class for every sample, by a model that never saw it.

    The samples are dealt into folds, each with its share of every label, in a way that
    depends on the seed alone.  For each fold a model learns from all the others, and says
    what it makes of this one.  The file is the input ``predictions``: a column ``key``, a
    column ``probabilities``, rows in data order, and metadata that name the certificate.

    Args:
        model: A network that has not learned from these data, copied as it is for each
            fold; or a function that builds one.  Takes and gives what `pretrain` asks.
        data: What `datastd.open` gave.
        task: What is minimised; none is `Classification` as it is.
        out: The file, Parquet; not in the dataset.
        folds: Parts of the data, from 2 on.
        splits: Splits whose samples are dealt, all together; none means all of them.
        say: Is told a line for each fold.
        **settings: Fields of `Settings`; ``train`` and ``test`` play no part.

    Raises:
        TypeError: *data* is not certified.
        UsageError: A setting, a split, the network or the place does not fit.
        DataChanged: A file changed under the trainer.
    """
    refuse_uncertified(data)
    known = settings_of(settings)
    place = Path(out)
    refuse_inside(place, data.root)
    refuse_place(place)
    named = tuple(data.splits if splits is None else splits)
    every = Feed(data, *named)
    if type(folds) is not int or not _FEWEST <= folds <= every.samples:
        raise UsageError("folds", f"a whole number from {_FEWEST} to {every.samples}", f"{folds}")
    fold_of = _dealt(every, folds, known.seed)
    objective = task or Classification()
    world = World.join(known.device)
    with tempfile.TemporaryFile() as beside:
        values: Any = None
        with Bar("cross-validating", every.samples * (folds - 1) * known.epochs) as bar:
            for fold in range(folds):
                rows = np.flatnonzero(fold_of == fold)
                seen = Feed(data, *named, part=np.flatnonzero(fold_of != fold))
                unseen = Feed(data, *named, part=rows)
                with deterministic(known.threads, world.device):
                    with seeded(known.seed):
                        fresh = _copied(model)
                    run = Run(fresh, objective, known, world, data, seen, unseen)
                    for epoch in range(1, known.epochs + 1):
                        for _ in run.learn(epoch, bar):
                            pass
                    loss = run.mean_loss()
                    if values is None:  # on disk: of ImageNet it is 5 GB
                        shape = every.samples, objective.outputs
                        values = np.memmap(beside, np.float32, "w+", shape=shape)
                    start = 0
                    for some in run.each(unseen, lambda m, one: objective.probabilities(m, one[0])):
                        probable = some.float().cpu().numpy()
                        values[rows[start : start + len(some)]] = probable
                        start += len(some)
                data.prove()
                say(f"fold {fold + 1} of {folds}: train loss {loss:.4f}, {start} predicted")
        origin = _origin(data, objective, known, named, folds, model)
        write_predictions(place, _keys(every), values, origin)
    return place


def _origin(  # noqa: PLR0913, PLR0917
    data: Certified, task: Classification, settings: Settings, splits: Sequence[str], folds: int,
    model: nn.Module | Callable[[], nn.Module],
) -> dict[str, Any]:  # fmt: skip
    """Where the numbers come from: data, certificate, model, and what decided the rest."""
    statement = data.certificate.statement
    with seeded(settings.seed):
        shown = str(_copied(model))
    return {
        "certificate": data.certificate.digest,
        "data": statement.subject[0].digest.sha256,
        "standard": statement.predicate.standard.called,
        "splits": splits,
        "folds": folds,
        "epochs": settings.epochs,
        "settings": {k: v for k, v in settings.decisive.items() if k != "train"},
        "task": task.model_dump(mode="json"),
        "model": shown,
    }


def _dealt(feed: Feed, folds: int, seed: int) -> NDArray[np.int64]:
    """The fold of each sample: every label goes round the folds, in a random order."""
    parts = feed.parts(None, 1, together=BLOCK, columns=True)
    labels = np.concatenate([part().columns["label"] for part in parts])
    order = np.random.default_rng([seed, 0]).permutation(feed.samples)
    by_label = order[np.argsort(labels[order], kind="stable")]
    fold_of = np.empty(feed.samples, np.int64)
    fold_of[by_label] = np.arange(feed.samples) % folds
    return fold_of


def _copied(model: nn.Module | Callable[[], nn.Module]) -> nn.Module:
    """A network of its own for a fold: with the parameters given, or built anew."""
    fresh = copy.deepcopy(model) if isinstance(model, nn.Module) else model()
    if not isinstance(fresh, nn.Module):
        raise TypeError(f"model: expected a function that gives a Module, found {type(fresh)}")
    return fresh


def _keys(feed: Feed) -> Iterator[Sequence[str]]:
    """Keys of all samples in data order, a row group at a time."""
    for read in feed.parts(None, 1, together=_ROWS, columns=True):
        yield [*read().keys]
