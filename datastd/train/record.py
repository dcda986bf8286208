"""What a run leaves to be read: a CSV of its epochs, and the same for TensorBoard and MLflow."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from torch.utils.tensorboard import SummaryWriter

from datastd import digest
from datastd.disk import make_folder, publish
from datastd.errors import NotInstalled, UsageError
from datastd.objectives import Objective
from datastd.train.checkpoint import Origin
from datastd.train.settings import Settings
from datastd.versions import versions

Row = Sequence[float | None]
_PACKAGES = ("datastd", "torch", "torchvision", "transformers", "numpy", "Pillow")


class Record(contextlib.AbstractContextManager["Record"]):
    """
    The numbers of each epoch, in a folder.

    Args:
        folder: Where ``epochs.csv`` and ``tensorboard/`` go; it is made.  None keeps none.
        metrics: Names of the scores of an epoch.
        known: Epochs of a run that goes on: number, loss of training, and the scores.
        told: What MLflow is told of the run at its beginning; of nothing, it is not told of it.

    Raises:
        NotInstalled: MLflow is wanted, and is not there.
        UsageError: It is there, and nothing can be written where it is told to.
    """

    def __init__(
        self, folder: Path | None, metrics: Sequence[str], known: Sequence[Row],
        told: Mapping[str, Any],
    ) -> None:  # fmt: skip
        self._folder, self._rows = folder, [tuple(row) for row in known]
        self._columns = ("epoch", "train_loss", *(f"test_{name}" for name in metrics))
        self._scalars = ("loss/train", *(f"{name}/test" for name in metrics))
        if folder is None:
            return
        make_folder(folder)
        for stray in folder.glob(".tmp-*"):  # of a run that was killed while it wrote
            stray.unlink(missing_ok=True)
        self._write(folder)
        # Events of epochs after those that are known belong to a run that was left.
        self._writer = SummaryWriter(folder / "tensorboard", purge_step=len(known) + 1)
        self._mlflow = _mlflow() if told else None
        if self._mlflow:
            with _heard():
                self._mlflow.start_run()
                self._mlflow.log_params(told)

    def add(self, row: Row) -> None:
        """Note one epoch: its number, and the numbers of it; none for what was not measured."""
        if self._folder is None:
            return
        self._rows.append(tuple(row))
        self._write(self._folder)
        epoch, *numbers = row
        for name, number in zip(self._scalars, numbers, strict=True):
            if number is not None:
                self._writer.add_scalar(name, number, epoch)
                if self._mlflow:
                    with _heard():
                        self._mlflow.log_metric(name, number, step=epoch)
        self._writer.flush()

    def _write(self, folder: Path) -> None:
        lines = [self._columns, *self._rows]
        text = "".join(
            ",".join("" if cell is None else str(cell) for cell in line) + "\n" for line in lines
        )
        publish(folder / "epochs.csv", text.encode())

    def __exit__(self, *_: object) -> None:
        if self._folder is not None:
            self._writer.close()
            if self._mlflow:
                self._mlflow.end_run()


@contextlib.contextmanager
def _heard() -> Iterator[None]:
    """
    Tell MLflow something.

    Raises:
        UsageError: It does not take it.
    """
    try:
        yield
    except Exception as error:  # noqa: BLE001  -- its own, and those of whatever it writes to
        found, hint = f"{error}".partition("\n")[0], "look at MLFLOW_TRACKING_URI, or leave it out"
        raise UsageError("mlflow", "a place that MLflow can write to", found, hint) from None


def _mlflow() -> Any:  # noqa: ANN401  -- the package may not be there
    with contextlib.suppress(ImportError):
        import mlflow  # noqa: PLC0415

        return mlflow
    raise NotInstalled(
        "mlflow", "the package mlflow", "none", "pip install mlflow, or leave it out"
    )


def write_down(folder: Path, settings: Settings, task: Objective, origin: Origin) -> None:
    """Write beside the weights what they depend on: recipe, certificate, versions."""
    recipe = {**settings.model_dump(mode="json"), "task": task.model_dump(mode="json")}
    known = {
        "recipe": recipe, "certificate": origin.certificate, "data": origin.data,
        "versions": versions(*_PACKAGES),
    }  # fmt: skip
    publish(folder / "run.json", digest.canonical(known) + b"\n")
