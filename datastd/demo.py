"""
The tour: real digits, a defect refused, a certificate, and two ways to train on it.

Needs no network: scikit-learn ships 1,797 real handwritten digits.
"""

import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from datastd.certificate import certify
from datastd.certificate import open as open_certified
from datastd.disk import make_folder, publish
from datastd.errors import NotInstalled, UsageError
from datastd.pipeline import check
from datastd.report import Report
from datastd.report.text import show
from datastd.sources.idx.header import encode
from datastd.words import many

STANDARD = "idx-images/1"
_MARK = "TOUR.md"
_NOTE = "Written by `datastd demo`; the next tour begins by deleting what this one left.\n"
_LEFT = {_MARK, "digits-0-4", "digits-5-9", "spoiled", "runs",
         "digits-0-4.certificate.json", "digits-5-9.certificate.json"}  # fmt: skip
_EPOCHS, _BAR = 12, 20
_Digits = tuple[NDArray[np.uint8], NDArray[np.uint8]]

_CARD = """\
card_version = 1

[identity]
name = "{name}"
version = "1.0.0"
status = "active"
title = "Handwritten digits {first} to {last}"
description = "Optical recognition of handwritten digits, enlarged from 8x8 to 28x28 pixels."
license = "CC-BY-4.0"
modality = ["image"]
task = ["image-classification"]
created = 1998-07-01
citation = "E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, 1998."

[[identity.parties]]
name = "E. Alpaydin, C. Kaynak"
role = "creator"
contact = "https://archive.ics.uci.edu/dataset/80"

[identity.use]
codes = ["research", "teaching"]
intended = "A tour of what datastd does with real digits."
out_of_scope = "Anything but a tour: they are few and small."
known_limits = "Low resolution, and the hands of 43 writers."

[[collection.sources]]
id = "scikit-learn"
method = "human"
description = "Digits that 43 people wrote, scanned and counted into 8x8 cells."
license = "CC-BY-4.0"
attribution = "UCI Machine Learning Repository, data set 80; shipped with scikit-learn"
retrieved_from = 1998-07-01
retrieved_to = 1998-07-01
personal_data = "no"
rows = {rows}

[[processing.steps]]
id = "enlarge"
op = "normalise"
tool = "datastd demo"
tool_version = "{version}"
params = {{ height_px = 28, width_px = 28 }}
started = {day}
ended = {day}
rows_in = {rows}
rows_out = {rows}

[processing.splits.train]
rows = {train}

[processing.splits.test]
rows = {test}

[storage]
format = "idx"
files = 4
bytes = {bytes}
compression = "none"
access = "clear"
review_by = {review}
"""


def tour(out: Path) -> int:
    """
    Take the tour; files are left in *out*.

    Raises:
        UsageError: There is something else at *out*, or an extra is not installed.
    """
    # A command is to be pasted, and a name of the user's is not markup.
    console = Console(width=100, emoji=False, highlight=False, markup=False, soft_wrap=True)
    pretrained, spoiled, fresh = out / "digits-0-4", out / "spoiled", out / "digits-5-9"
    digits = _digits()
    train, finetune, network = _trainer()

    console.rule("datastd: from real digits to a trained model, through the gate")
    _clear(out)
    console.print(f"\nFiles go to {out}: look at them, spoil them, run this again.")

    _step(console, "1. Two datasets, written as IDX from 1,797 real handwritten digits")
    for folder, first, last in ((pretrained, 0, 4), (fresh, 5, 9)):
        splits = _write(folder, digits, first, last)
        console.print(f"  {folder}: digits {first} to {last}, {splits}, and a data card")

    _step(console, "2. A spoiled copy: one test image, put into the training split as well")
    _spoil(pretrained, spoiled)
    refused = _check(console, spoiled)
    console.print(f"exit code {refused.outcome.exit_code}: no certificate, so no training")
    if refused.passed:  # the gate would be open: nothing that follows could be trusted
        return 1

    _step(console, "3. The sound ones: checked, and certified")
    _check(console, pretrained)
    for folder in (pretrained, fresh):
        place = _certificate(folder)
        certificate = certify(folder, STANDARD, out=place)
        records = certificate.statement.predicate.coverage.records
        console.print(f"  $ datastd certify {folder} --standard {STANDARD} --out {place}")
        console.print(f"  certified: {many(records, 'sample')}, bound to their bytes\n")

    _step(console, "4. Pretrain on digits 0 to 4: 784-128-64-10, Adam 0.003, fresh parameters")
    folder = out / "runs"
    with open_certified(pretrained, certificate=_certificate(pretrained)) as data:
        result = train(network, data, epochs=_EPOCHS, out=folder / "pretrain", threads=1)
        console.print(f"  {result.epochs[0]}\n  …\n  {result.epochs[-1]}")
        console.print(f"  {result.checkpoint} names the certificate that it was trained under")

    _step(console, "5. Digits 5 to 9: fine-tuned from these parameters, and learned from scratch")
    with open_certified(fresh, certificate=_certificate(fresh)) as data:
        common = {"epochs": _EPOCHS, "threads": 1}
        tuned = finetune(result.model, data, out=folder / "finetune", **common)
        scratch = train(network, data, out=folder / "scratch", **common)
    _curves(console, [e.test_accuracy or 0 for e in tuned.epochs],
            [e.test_accuracy or 0 for e in scratch.epochs])  # fmt: skip

    console.print(
        "\n  Fine-tuning starts low: the output layer has learned that 5 to 9 never occur, and\n"
        "  forgets it within a few epochs."
    )

    _step(console, "What next")
    console.print(
        f"  datastd explain L102                        what was wrong with {spoiled}\n"
        f"  datastd verify {fresh} {_certificate(fresh)}\n"
        "                                       change a byte of the data, and verify again\n"
        f"  tensorboard --logdir {folder}\n"
    )
    return 0


def _digits() -> _Digits:
    """Images of shape (1797, 28, 28) and their labels, both uint8."""
    try:
        from sklearn.datasets import load_digits  # noqa: PLC0415  -- an extra
    except ModuleNotFoundError:
        raise NotInstalled(
            "datastd demo", "scikit-learn", "none", 'pip install "datastd[demo]"'
        ) from None
    images, labels = load_digits(return_X_y=True)
    small = np.rint(images.reshape(-1, 8, 8) * (255 / 16)).astype(np.uint8)
    # Each pixel becomes 3x3, with a frame of two: the 28x28 of the document's network.
    large = np.pad(small.repeat(3, axis=1).repeat(3, axis=2), ((0, 0), (2, 2), (2, 2)))
    return large, labels.astype(np.uint8)


def _trainer() -> tuple[Callable, Callable, Callable]:  # type: ignore[type-arg]
    from datastd.networks import mlp  # noqa: PLC0415
    from datastd.train import finetune, pretrain  # noqa: PLC0415  -- an extra

    return pretrain, finetune, lambda: mlp(28 * 28, (128, 64), 10)


def _clear(out: Path) -> None:
    """Begin afresh where an earlier tour was; touch nothing else."""
    make_folder(out)
    mark = out / _MARK
    left = {path.name for path in out.iterdir()}
    if left and (left - _LEFT or not mark.is_file() or mark.read_text() != _NOTE):
        raise UsageError(
            str(out), "an earlier tour, or nothing", "something else", "name another with --out"
        )
    for name in left:
        path = out / name
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    publish(mark, _NOTE.encode())


def _write(folder: Path, digits: _Digits, first: int, last: int) -> str:
    """Write digits *first* to *last* as a dataset of two splits, with a card."""
    images, labels = digits
    wanted = np.flatnonzero((labels >= first) & (labels <= last))
    shuffled = np.random.default_rng(0).permutation(wanted)
    held_out = len(shuffled) // 5
    folder.mkdir()
    for split, rows in (("t10k", shuffled[:held_out]), ("train", shuffled[held_out:])):
        for what, array in (("images", images[rows]), ("labels", labels[rows])):
            name, content = encode(array, f"{split}-{what}")
            (folder / name).write_bytes(content)
    now = datetime.now(UTC).replace(microsecond=0)
    card = _CARD.format(
        name=folder.name, first=first, last=last, rows=len(wanted), test=held_out,
        train=len(wanted) - held_out, version=version("datastd"), day=now.isoformat(),
        bytes=sum(path.stat().st_size for path in folder.iterdir()),
        review=now.date() + timedelta(days=365),
    )  # fmt: skip
    (folder / "datacard.toml").write_text(card)
    return f"{len(shuffled) - held_out} to train on and {held_out} to test with"


def _spoil(sound: Path, spoiled: Path) -> None:
    """Copy a dataset, and put its test image 7 in the place of training image 41."""
    shutil.copytree(sound, spoiled)
    size, header = 28 * 28, 16
    leaked = (sound / "t10k-images-idx3-ubyte").read_bytes()[header + 7 * size :][:size]
    with (spoiled / "train-images-idx3-ubyte").open("r+b") as file:
        file.seek(header + 41 * size)
        file.write(leaked)


def _check(console: Console, folder: Path) -> Report:
    console.print(f"$ datastd check {folder} --standard {STANDARD}")
    report = check(folder, STANDARD)
    show(report, console)
    return report


def _certificate(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.certificate.json")


def _step(console: Console, title: str) -> None:
    console.print(f"\n{title}\n", style="bold")


def _curves(console: Console, tuned: Sequence[float], scratch: Sequence[float]) -> None:
    """Draw two learning curves side by side: test accuracy after each epoch."""
    console.print(f"  epoch   {'fine-tuned':{_BAR + 7}}   from scratch")
    for number, pair in enumerate(zip(tuned, scratch, strict=True), 1):
        bars = "   ".join(f"{one:.3f}  {'█' * round(one * _BAR):{_BAR}}" for one in pair)
        console.print(f"  {number:5}   {bars}".rstrip())
