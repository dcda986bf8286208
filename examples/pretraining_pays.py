"""
Fine-tuning against training from scratch, by the number of labels that there are.

    python examples/pretraining_pays.py ../shared/data/mnist --kmnist ../shared/data/kmnist

A small convolutional network is pretrained on 10,000 digits from 0 to 4, and then has to tell
5 to 9 apart, classes that it has never seen, with a new last layer.  It is set against the same
network from fresh parameters: by as many steps on the same labels, and by as many steps as
pretraining and fine-tuning come to together.  With ``--kmnist`` it is pretrained on all ten
digits and fine-tuned on Japanese characters, which look otherwise.  Everything is trained
on is certified; the scores are those on test pictures that are in none of it.
"""

import argparse
import copy
import math
import sys
import tempfile
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from certification import certified
from digits import Digits, accuracy, read, write
from tables import save, show, spread
from torch import nn

from datastd.train import finetune, pretrain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STANDARD = "idx-images/1"
BUDGETS = (3, 10, 30, 100)  # labels of each class
BATCH, PRETRAINED, EPOCHS, STEPS = 50, 10_000, 3, 150
# By a seed that is not shown, with 3 and 10 labels: fresh parameters were better off by 0.001 than
# by 0.003; of pretrained ones the body about as well by 0.0003, and worse by 0.0001 and frozen.
SETTINGS = {"batch": BATCH, "learning_rate": 0.001, "schedule": "cosine", "threads": 1}
ARMS = ("fine-tuned", "from scratch, as many steps", "from scratch, as many as both")
COLUMNS = ("task", "labels a class", "seeds", *ARMS, "gain over the better of these")


class Task(NamedTuple):
    """What is learned first, and what has to be learned with few labels."""

    name: str
    first: Digits
    then: Digits
    test: Digits
    classes: int


class Scores(NamedTuple):
    """Accuracies in percent for one task, number of labels of each class, and seed."""

    task: str
    budget: int
    tuned: float
    scratch: float
    longer: float


def network(classes: int) -> nn.Sequential:
    """Two layers of convolutions and two that are fully connected; the last one is the head."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(32 * 7 * 7, 64), nn.ReLU(),
        nn.Linear(64, classes), nn.LogSoftmax(dim=1),
    )  # fmt: skip


def other_digits(mnist: Path) -> Task:
    """0 to 4 first, then 5 to 9."""
    train, test = read(mnist, "train"), read(mnist, "t10k")
    late = [one.of(np.flatnonzero(one.labels > 4)) for one in (train, test)]  # noqa: PLR2004
    then, tested = (Digits(one.images, one.labels - 5) for one in late)
    first = train.of(np.flatnonzero(train.labels < 5))  # noqa: PLR2004
    return Task("digits 5 to 9, after 0 to 4", first, then, tested, 5)


def characters(mnist: Path, kmnist: Path) -> Task:
    """Digits first, then characters: of KMNIST's test split, 6,000 to learn from."""
    arrays = (np.load(kmnist / f"kmnist-test-{what}.npz")["arr_0"] for what in ("imgs", "labels"))
    every = Digits(*arrays)
    order = np.random.default_rng(0).permutation(len(every.labels))
    return Task(
        "Japanese characters, after digits",
        read(mnist, "train"), every.of(order[:6000]), every.of(order[6000:]), 10,
    )  # fmt: skip


def study(task: Task, budgets: Sequence[int], steps: int, seed: int, folder: Path) -> list[Scores]:
    """Pretrain once, and learn from each number of labels in each of three ways."""
    random = np.random.default_rng(seed)
    rows = random.permutation(len(task.first.labels))[:PRETRAINED]
    with certified(write(folder / "first", task.first.of(rows)), STANDARD) as data:
        known = pretrain(lambda: network(task.classes), data, epochs=EPOCHS, seed=seed, **SETTINGS)
        before = EPOCHS * math.ceil(data.splits["train"] / BATCH)
    order = random.permutation(len(task.then.labels))
    found = []
    for budget in budgets:
        few = [order[task.then.labels[order] == label][:budget] for label in range(task.classes)]
        folder_ = write(folder / f"{budget}", task.then.of(random.permutation(np.concatenate(few))))
        with certified(folder_, STANDARD) as data:
            epochs, longer = (
                round(count / math.ceil(data.splits["train"] / BATCH))
                for count in (steps, before + steps)
            )
            model = copy.deepcopy(known.model)
            torch.manual_seed(seed)
            model[-2].reset_parameters()  # the head knows other classes
            models = [finetune(model, data, epochs=epochs, seed=seed, **SETTINGS).model]
            models += [
                pretrain(
                    lambda: network(task.classes), data, epochs=count, seed=seed, **SETTINGS
                ).model
                for count in (epochs, longer)
            ]
        found.append(Scores(task.name, budget, *(accuracy(one, task.test) for one in models)))
        print(*found[-1], f"seed {seed}", sep=", ", file=sys.stderr)
    return found


def table(found: Sequence[Scores]) -> list[tuple[str, ...]]:
    """One row for each task and budget: mean ± standard deviation over the seeds."""
    rows = []
    for task, budget in dict.fromkeys((one.task, one.budget) for one in found):
        some = [one for one in found if (one.task, one.budget) == (task, budget)]
        arms = zip(*(one[2:] for one in some), strict=True)
        gain = [one.tuned - max(one.scratch, one.longer) for one in some]
        rows.append((task, str(budget), str(len(some)), *map(spread, arms), spread(gain, "+")))
    return rows


def figure(found: Sequence[Scores]) -> "Figure":
    """A panel for each task: accuracy by labels of each class, a line for each way."""
    from matplotlib.figure import Figure  # noqa: PLC0415  -- who wants no plot needs no matplotlib

    tasks = list(dict.fromkeys(one.task for one in found))
    drawn = Figure(figsize=(5 * len(tasks), 4), layout="constrained")
    for task, panel in zip(tasks, drawn.subplots(1, len(tasks), squeeze=False)[0], strict=True):
        some = [one for one in found if one.task == task]
        budgets = sorted({one.budget for one in some})
        for number, arm in enumerate(ARMS, start=2):
            values = [[one[number] for one in some if one.budget == budget] for budget in budgets]
            middle = np.array([np.mean(seeds) for seeds in values])
            panel.plot(budgets, middle, "o-", label=arm)
            low, high = map(min, values), map(max, values)
            panel.fill_between(budgets, [*low], [*high], alpha=0.2)
        panel.set(title=task, xscale="log", xlabel="labels of each class", ylabel="accuracy, %")
        panel.set_xticks(budgets, budgets)
    panel.legend()
    return drawn


def main() -> int:
    """Run every task, print the table, and write it and the plot."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("mnist", type=Path, help="the folder with MNIST's four files")
    parser.add_argument("--kmnist", type=Path, help="a folder with kmnist-test-imgs.npz")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one seed, two budgets, fewer steps")
    parser.add_argument("--out", type=Path, help="a folder for the table and the plot")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    if not asked.mnist.is_dir():
        print(f"skipped: expected MNIST as published at {asked.mnist}, found nothing")
        return 0
    if asked.kmnist and not asked.kmnist.is_dir():
        parser.error(f"--kmnist: expected a folder with kmnist-test-imgs.npz, found {asked.kmnist}")
    tasks = [other_digits(asked.mnist)]
    tasks += [characters(asked.mnist, asked.kmnist)] if asked.kmnist else []
    budgets, steps, seeds = (BUDGETS[:2], 60, 1) if asked.quick else (BUDGETS, STEPS, asked.seeds)
    found = []
    with tempfile.TemporaryDirectory() as work:
        for seed, (number, task) in product(range(seeds), enumerate(tasks)):
            found += study(task, budgets, steps, seed, Path(work, f"{number}-{seed}"))
            if asked.out:  # the next takes a while
                save(asked.out, "pretraining_pays", COLUMNS, table(found), figure(found))
    show(COLUMNS, table(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
