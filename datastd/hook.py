"""
The pre-commit hook: from changed files to the datasets that they belong to.

Loads nothing heavy until a dataset was touched, because it runs at every commit.
"""

import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from datastd import config
from datastd.config import Config, Dataset, Place
from datastd.disk import real
from datastd.errors import NotJudged, UsageError
from datastd.model import Outcome, worst

if TYPE_CHECKING:
    from datastd.report import Report

_GIT_S = 20  # seconds that git may take to list what is staged


def check_touched(files: Sequence[Path], *, show: Callable[["Report"], None]) -> int:
    """
    Check each dataset of `datastd.toml` that a changed file belongs to, once.

    Args:
        files: The files that changed.  What git knows of is added.
        show: Is given each report.

    Returns:
        The exit code: 1 if one failed, else 3 if one is unknown, else 0.

    Raises:
        UsageError: No `datastd.toml`, or a dataset of it cannot be checked.
        NotJudged: git does not say what changed.
    """
    written = config.nearest()
    known = Config.read(written).dataset if written else ()
    if written is None or not known:
        raise UsageError(
            config.NAME, "one [[dataset]] or more, here or in a folder above", "none",
            'write [[dataset]] with path = "…" and standard = "…"',
        )  # fmt: skip
    # The folder is resolved, the file is not: a link in a dataset is a change of it.
    changed = [real(path.parent) / path.name for path in (*files, *_by_git())]
    outcomes = [_check(one, show) for one in known if _touched(one, written, changed)]
    return worst(outcomes).exit_code if outcomes else 0


def _touched(one: Dataset, written: Path, changed: Sequence[Path]) -> bool:
    """Say whether data changed, or anything that decides how they are judged."""
    inputs = (str(Place.of(place).path) for place in one.inputs.values())
    named = (one.path, one.standard, one.trust, one.waivers, *inputs)
    places = {written, *(Path(name) for name in named if name and Path(name).is_absolute())}
    return any(place in (file, *file.parents) for file in changed for place in places)


def _by_git() -> Iterator[Path]:
    """
    Files that git calls changed; none where git is not, or is not asked for.

    pre-commit names neither what was deleted, nor the old name of what was renamed, nor
    links.  Between two commits it says in the environment which they are.
    """
    known = [os.environ.get(f"PRE_COMMIT_{end}_REF") for end in ("FROM", "TO")]
    between = ["...".join(filter(None, known))] if all(known) else ["--cached"]
    command = ["git", "diff", "--name-only", "--no-renames", "--no-relative", "-z", *between, "--"]
    top = ["git", "rev-parse", "--show-toplevel"]
    try:
        root = subprocess.run(top, capture_output=True, check=True, timeout=_GIT_S)  # noqa: S603
        found = subprocess.run(command, capture_output=True, check=True, timeout=_GIT_S)  # noqa: S603
    except (OSError, subprocess.SubprocessError) as error:
        here = Path.cwd()
        if "GIT_DIR" in os.environ or any((at / ".git").exists() for at in (here, *here.parents)):
            failed = f"git that failed, {type(error).__name__}"
            raise NotJudged("hook", "what git calls changed", failed, "run git status") from None
        return
    folder = Path(root.stdout.decode(errors="surrogateescape").rstrip("\n"))
    for name in found.stdout.decode(errors="surrogateescape").split("\0"):
        if name:
            yield folder / name


def _check(one: Dataset, show: Callable[["Report"], None]) -> Outcome:
    from datastd.pipeline import check  # noqa: PLC0415  -- most commits touch no data

    report = check(one.path)
    show(report)
    return report.outcome
