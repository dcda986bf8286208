"""MNIST with one kind of defect at a time: what it costs, what is found, what it takes to mend."""

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from certification import certified, cleaned, shut
from digits import BATCH, RATE, Digits, accuracy, network, read, trained_by_hand, write
from numpy.random import Generator
from numpy.typing import NDArray
from outcomes import Outcome

import datastd
from datastd.train import predictions, pretrain

Mask = NDArray[np.bool_]
STANDARDS = Path(__file__).parent / "standards"
OURS = STANDARDS / "digits.py"
LABELLED = STANDARDS / "labelled_digits.py"
NOISE, LEAKED, BROKEN = 0.2, 0.5, 0.2  # shares of samples
CROWD, COPIES = 0.01, 0.5  # a hundredth of the pictures fills half of the split
RARE, LEFT = (3, 8), 0.02  # classes, and the share of them that is left
SHIFT, SCALE = 100, 0.5


@dataclass(frozen=True)
class Set:
    """A dataset: what is trained on, and what its makers would report on."""

    train: Digits
    test: Digits


@dataclass(frozen=True)
class Spoiled(Set):
    """
    A dataset with defects.

    Attributes:
        bad: By split, whether a sample was spoiled.
        mended: What its makers do where leaving samples out is no remedy, and what it is called.
    """

    bad: tuple[Mask, Mask]
    mended: tuple[str, Set] | None = None
    standard: Path = OURS

    @property
    def keys(self) -> set[str]:
        """Keys of the samples that were spoiled."""
        stems = ("train-images-idx3-ubyte", "t10k-images-idx3-ubyte")
        pairs = zip(stems, self.bad, strict=True)
        return {f"{stem}#{row}" for stem, mask in pairs for row in np.flatnonzero(mask)}


def label_noise(sound: Set, random: Generator) -> Spoiled:
    """A fifth of the labels are of another class."""
    splits, bad = [], []
    for digits in (sound.train, sound.test):
        wrong = random.random(len(digits.labels)) < NOISE
        others = (digits.labels + random.integers(1, 10, len(wrong))) % 10
        splits.append(Digits(digits.images, np.where(wrong, others, digits.labels).astype("u1")))
        bad.append(wrong)
    return Spoiled(*splits, bad=(bad[0], bad[1]), standard=LABELLED)


def leakage(sound: Set, random: Generator) -> Spoiled:
    """Half of the test pictures are in the training split, too."""
    train, test = sound.train.copy(), sound.test
    count = int(LEAKED * len(test.labels))
    there = random.choice(len(train.labels), count, replace=False)
    here = random.choice(len(test.labels), count, replace=False)
    train.images[there], train.labels[there] = test.images[here], test.labels[here]
    return Spoiled(train, test, bad=(_mask(train, there), _mask(test, [])))


def duplicates(sound: Set, random: Generator) -> Spoiled:
    """Half of the training split are copies of a hundredth of it."""
    train = sound.train.copy()
    order = random.permutation(len(train.labels))
    copied, there = np.split(order[: int(COPIES * len(order))], [int(CROWD * len(order))])
    source = random.choice(copied, len(there))
    train.images[there], train.labels[there] = train.images[source], train.labels[source]
    return Spoiled(train, sound.test, bad=(_mask(train, there), _mask(sound.test, [])))


def broken_pictures(sound: Set, random: Generator) -> Spoiled:
    """A fifth of the pictures: blank, cut off in the middle, or noise from there on."""
    splits, bad = [], []
    for digits in (sound.train.copy(), sound.test.copy()):
        count = len(digits.labels)
        rows = random.choice(count, int(BROKEN * count), replace=False)
        blank, cut, noise = np.array_split(rows, 3)
        digits.images[blank] = 0
        digits.images[cut, 14:] = 0
        digits.images[noise, 14:] = random.integers(0, 256, (len(noise), 14, 28))
        splits.append(digits)
        bad.append(_mask(digits, rows))
    return Spoiled(*splits, bad=(bad[0], bad[1]))


def imbalance(sound: Set, random: Generator) -> Spoiled:
    """Of two classes, one sample in fifty is left; what is missing has to be collected."""
    splits = []
    for digits in (sound.train, sound.test):
        rare = np.isin(digits.labels, RARE)
        splits.append(digits.of(np.flatnonzero(~rare | (random.random(len(rare)) < LEFT))))
    none = _mask(splits[0], []), _mask(splits[1], [])
    return Spoiled(*splits, bad=none, mended=("collect what is missing", sound))


def shifted_normalisation(sound: Set, _: Generator) -> Spoiled:
    """Every pixel was stored at half its contrast and 100 levels too light."""
    splits = [
        Digits((digits.images * SCALE + SHIFT).astype(np.uint8), digits.labels)
        for digits in (sound.train, sound.test)
    ]
    every = _mask(splits[0], ...), _mask(splits[1], ...)
    return Spoiled(*splits, bad=every, mended=("export them anew", sound))


def _mask(digits: Digits, rows: Any) -> Mask:  # noqa: ANN401  -- what numpy takes for an index
    mask = np.zeros(len(digits.labels), bool)
    mask[rows] = True
    return mask


KINDS: tuple[Callable[[Set, Generator], Spoiled], ...] = (
    label_noise, leakage, duplicates, broken_pictures, imbalance, shifted_normalisation,
)  # fmt: skip
Mending = tuple[tuple[str, ...], Path, dict[str, Path] | None, set[str]]
"""What keeps the gate shut, the mended data, inputs to judge them with, what is left out."""


def study(mnist: Path, folder: Path, *, seed: int, size: int, epochs: int) -> Iterator[Outcome]:
    """
    Plant each kind of defect in *size* pictures, and a quarter as many to test with.

    The scores that count are those on MNIST's own 10,000 test pictures, which are in no dataset.
    """
    pool, truth = read(mnist, "train"), read(mnist, "t10k")
    random = np.random.default_rng(seed)
    rows = random.permutation(len(pool.labels))[: size + size // 4]
    sound = Set(pool.of(rows[:size]), pool.of(rows[size:]))
    for plant in KINDS:
        spoiled = plant(sound, random)
        here = folder / f"{plant.__name__}-{seed}"
        data = write(here / "spoiled", spoiled.train, spoiled.test)
        clean = _relabelled if spoiled.standard is LABELLED else _cleaned
        found, mended, inputs, gone = clean(data, spoiled.standard, here)
        remedy, better = spoiled.mended or ("clean", None)
        if better:
            mended = write(here / "mended", better.train, better.test)
        with certified(mended, spoiled.standard, inputs) as gated:
            result = pretrain(
                network, gated, epochs=epochs, batch=BATCH, learning_rate=RATE, schedule="cosine",
                seed=seed, threads=1,
            )  # fmt: skip
            steps = epochs * math.ceil(gated.splits["train"] / BATCH)
        dirty, never = (trained_by_hand(one.train, steps, seed) for one in (spoiled, sound))
        bad = spoiled.keys
        yield Outcome(
            plant.__name__.replace("_", " "), seed, "accuracy, %", found, remedy,
            planted=len(bad), left_out=len(gone), hits=len(bad & gone),
            reported=accuracy(dirty, spoiled.test), spoiled=accuracy(dirty, truth),
            reported_mended=100 * (result.epochs[-1].test_accuracy or 0),
            mended=accuracy(result.model, truth), sound=accuracy(never, truth),
        )  # fmt: skip


def _cleaned(data: Path, standard: Path, here: Path) -> Mending:
    """Leave out what fails."""
    found = shut(datastd.check(data, standard))
    mended, gone = cleaned(data, here / "cleaned", standard)
    return found, mended, None, gone


def _relabelled(data: Path, standard: Path, here: Path) -> Mending:
    """Predict each label by a network that never saw it, leave out what it doubts; and again."""
    found, gone, left = set[str](), set[str](), list[str]()
    for number in itertools.count():
        # The pictures are sound, whatever their labels: enough to predict these.
        with certified(data, "idx-images/1") as gated:
            place = here / f"{number}.parquet"
            predictions(network, gated, out=place, epochs=3, threads=1)
        inputs = {"predictions": place}
        keys = pq.read_table(place, columns=["key"])["key"].to_pylist()
        left = left or keys  # what each is called in the data as they were
        report = datastd.check(data, standard, inputs=inputs)
        if report.passed:
            break
        found |= {*shut(report)}
        data, left_out = cleaned(data, here / f"cleaned-{number}", standard, inputs)
        names = dict(zip(keys, left, strict=True))
        gone |= {names.pop(key) for key in left_out}
        left = [*names.values()]
    return tuple(sorted(found)), data, inputs, gone
