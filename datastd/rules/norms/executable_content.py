"""N308."""

from typing import ClassVar

import polars as pl

from datastd.model import Profile
from datastd.rules.norms.files import FileNorm, suffix

_SUFFIXES = [
    "py", "pyc", "sh", "bash", "bat", "cmd", "ps1", "exe", "dll", "so", "dylib", "jar", "class",
    "js", "vbs", "msi", "app", "pkl", "pickle", "pt", "pth", "joblib", "dill", "xlsm", "docm",
    "ipynb",
]  # fmt: skip


class ExecutableContent(FileNorm):
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
    should: ClassVar[str] = "no file that runs"
    found: ClassVar[str] = "one by its suffix"

    asked_from: Profile = "dev"

    def wrong(self) -> pl.Expr:
        spared = pl.col("path").str.contains(r"(^|/)meta\.pkl$")
        return suffix().is_in(_SUFFIXES) & ~spared
