"""What a model scores on certified data, without learning anything."""

from typing import Any

from torch import nn

from datastd.certificate import Certified
from datastd.errors import UsageError
from datastd.loading import Feed, Share
from datastd.objectives import Objective
from datastd.objectives.classification import Classification
from datastd.objectives.preference import Preference
from datastd.train.conditions import deterministic, said_plainly
from datastd.train.loop import TEST, refuse_no_task, refuse_uncertified, settings_of
from datastd.train.steps import Run
from datastd.train.world import World


def evaluate(
    model: nn.Module,
    data: Certified,
    task: Objective | None = None,
    *,
    split: str = TEST,
    **settings: Any,  # noqa: ANN401  -- checked by `Settings`
) -> dict[str, float]:
    """
    Score a model on a split, as `pretrain` and `finetune` do after each epoch.

    Args:
        model: A network; no parameter changes, and it is left as `eval` leaves it.
        data: What `datastd.open` gave.
        task: What is scored, of `datastd.objectives`; none is `Classification`.  Of preferences
            there is nothing to score without the model that training began with.
        split: The split.
        **settings: Fields of `Settings`; batch, precision, workers, threads and device count.

    Raises:
        TypeError: *data* is not certified.
        UsageError: A setting, the split or the network does not fit.
        DataChanged: A file changed meanwhile.
    """
    refuse_uncertified(data)
    known, objective = settings_of(settings), task or Classification()
    refuse_no_task(objective)
    if isinstance(objective, Preference):
        expected = "an objective of one model"
        raise UsageError("task", expected, "preferences, which compare two", "score while training")
    world = World.join(known.device)
    with deterministic(known.threads, world.device), said_plainly():
        feed = Feed(data, split, share=Share(world.rank, world.size, known.buffer))
        run = Run(model, objective, known, world, data, feed, feed, _all)
        scores = run.score(feed)
        data.prove()
    return scores


def _all(model: nn.Module, rate: float, decay: float) -> list[dict[str, Any]]:
    """The parameters for an optimizer that takes no step: frozen ones, too."""
    del rate, decay
    return [{"params": [*model.parameters()]}]
