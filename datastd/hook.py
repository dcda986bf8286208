"""
The pre-commit hook: from changed files to the datasets that they belong to.

Loads nothing heavy until a dataset was touched, because it runs at every commit.
"""

import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from datastd import config
from datastd.config import Config, Dataset
from datastd.errors import UsageError
from datastd.model import Outcome, worst

if TYPE_CHECKING:
    from datastd.report import Report

_GIT_S = 20  # seconds that git may take to list what is staged


def check_touched(files: Sequence[Path], *, show: Callable[["Report"], None]) -> int:
    """
    Check each dataset of `datastd.toml` that a changed file belongs to, once.

    Args:
        files: The files that changed.  Staged deletions are added, because
            pre-commit does not name them.
        show: Is given each report.

    Returns:
        The exit code: 1 if one failed, else 3 if one is unknown, else 0.

    Raises:
        UsageError: No `datastd.toml`, or a dataset of it cannot be checked.
    """
    written = config.nearest()
    known = Config.read(written).dataset if written else ()
    if written is None or not known:
        raise UsageError(
            config.NAME, "one [[dataset]] or more, here or in a folder above", "none",
            'write [[dataset]] with path = "…" and standard = "…"',
        )  # fmt: skip
    # The folder is resolved, the file is not: a link in a dataset is a change of it.
    changed = [path.parent.resolve() / path.name for path in (*files, *_deleted())]
    outcomes = [_check(one, show) for one in known if _touched(one, written, changed)]
    return worst(outcomes).exit_code if outcomes else 0


def _touched(one: Dataset, written: Path, changed: Sequence[Path]) -> bool:
    """Say whether data changed, or anything that decides how they are judged."""
    judges = {written, *map(Path, (one.standard, one.trust, *one.inputs.values()))}
    places = {Path(one.path), *(path for path in judges if path.is_absolute())}
    return any(place in (file, *file.parents) for file in changed for place in places)


def _deleted() -> Iterator[Path]:
    """Files whose deletion is staged; none where git is not, or is not asked for."""
    command = ["git", "diff", "--cached", "--name-only", "--diff-filter=D", "-z"]
    top = ["git", "rev-parse", "--show-toplevel"]
    try:
        root = subprocess.run(top, capture_output=True, check=True, timeout=_GIT_S)  # noqa: S603
        gone = subprocess.run(command, capture_output=True, check=True, timeout=_GIT_S)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return
    folder = Path(root.stdout.decode(errors="surrogateescape").rstrip("\n"))
    for name in gone.stdout.decode(errors="surrogateescape").split("\0"):
        if name:
            yield folder / name


def _check(one: Dataset, show: Callable[["Report"], None]) -> Outcome:
    from datastd.pipeline import check  # noqa: PLC0415  -- most commits touch no data

    report = check(one.path)
    show(report)
    return report.outcome
