"""N308."""

from typing import ClassVar

import polars as pl

from datastd.model import Profile
from datastd.rules import RowRule

_SUFFIXES = [
    "py", "pyc", "sh", "bash", "bat", "cmd", "ps1", "exe", "dll", "so", "dylib", "jar", "class",
    "js", "vbs", "msi", "app", "pkl", "pickle", "pt", "pth", "joblib", "dill", "xlsm", "docm",
    "ipynb",
]  # fmt: skip


class ExecutableContent(RowRule):
    """
    A file that runs, or that loads as what it likes: scripts, programs, libraries, pickles,
    macros.

    Told by the suffix: .py .sh .bat .cmd .ps1 .exe .dll .so .dylib .jar .class .js .vbs .msi
    .app .pkl .pickle .pt .pth .joblib .dill .xlsm .docm .ipynb. CIFAR's batches, which are
    pickles without a suffix, are read without unpickling, and so is nanoGPT's ``meta.pkl``.

    Why it matters:
        A loading script runs as whoever loads the data, and so does a pickle.

    Remedy:
        Take it out; write arrays as safetensors, Parquet or ``.npy``.

    Source:
        Hugging Face datasets no longer runs loading scripts; nullifAI 2025; A3's S06.
    """

    code: ClassVar[str] = "N308"
    name: ClassVar[str] = "executable-content"
    unit: ClassVar[str] = "files"
    table: ClassVar[str] = "files"
    reads: ClassVar[tuple[str, ...]] = ("path",)

    asked_from: Profile = "dev"

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        ends = pl.col("path").str.to_lowercase().str.extract(r"\.([a-z0-9]+)$")
        spared = pl.col("path").str.contains(r"(^|/)meta\.pkl$")
        return rows.filter(ends.is_in(_SUFFIXES).fill_null(value=False) & ~spared).select(
            key="path", split=pl.lit(""), observed=pl.lit(1.0)
        )

    def bound(self) -> str:
        return "no file that runs"

    def says(self, observed: float) -> str:
        del observed
        return f"expected {self.bound()}, found one by its suffix"
