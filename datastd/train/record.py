"""What a run leaves to be read: a CSV of its epochs, and the same for TensorBoard."""

from collections.abc import Sequence
from pathlib import Path

from torch.utils.tensorboard import SummaryWriter

from datastd.disk import make_folder, publish

COLUMNS = ("epoch", "train_loss", "test_loss", "test_accuracy")
SCALARS = ("loss/train", "loss/test", "accuracy/test")


class Record:
    """
    The numbers of each epoch, in a folder.

    Args:
        folder: Where ``epochs.csv`` and ``tensorboard/`` go; it is made.
        known: Epochs of a run that goes on.
    """

    def __init__(self, folder: Path, known: Sequence[Sequence[float | None]]) -> None:
        make_folder(folder)
        self._path = folder / "epochs.csv"
        self._rows = [tuple(row) for row in known]
        self._write()
        # Events of epochs after those that are known belong to a run that was left.
        self._writer = SummaryWriter(folder / "tensorboard", purge_step=len(known) + 1)

    def add(self, row: Sequence[float | None]) -> None:
        """Note one epoch, columns as `COLUMNS`; none for what was not measured."""
        self._rows.append(tuple(row))
        self._write()
        epoch, *numbers = row
        for name, number in zip(SCALARS, numbers, strict=True):
            if number is not None:
                self._writer.add_scalar(name, number, epoch)
        self._writer.flush()

    def _write(self) -> None:
        lines = [COLUMNS, *self._rows]
        text = "".join(
            ",".join("" if cell is None else str(cell) for cell in line) + "\n" for line in lines
        )
        publish(self._path, text.encode())

    def close(self) -> None:
        """Give the files back."""
        self._writer.close()
