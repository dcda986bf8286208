"""What several faces say, said once: numbers, counts, and where a sample is."""

import os
import re
from pathlib import Path

from datastd.model import WORST_FIRST, Outcome, Verdict
from datastd.quiet import safe
from datastd.report import Report
from datastd.words import many

_FEW = 6
"""Codes that are spelled out one by one."""
_SAMPLE = re.compile(r"#(\d+)(?:@.*)?$", re.DOTALL)


def number(value: float) -> str:
    """
    Write a number to be read.

    >>> number(70000), number(0.25), number(1e-9), number(1e300)
    ('70,000', '0.25', '1e-09', '1e+300')
    """
    whole = float(value).is_integer() and abs(value) < 1e15  # noqa: PLR2004
    return f"{value:,.0f}" if whole else f"{value:.6g}"


def seen(report: Report) -> str:
    """What was looked at, in a line."""
    all_ = report.accounting
    if report.drawn:
        return f"{report.drawn}"
    return (
        f"{many(all_.samples, 'sample')} ({all_.defective:,} defective)"
        f" in {many(all_.files, 'file')}, {many(all_.bytes, 'byte')}"
    )


def tally(report: Report) -> str:
    """How many rules came to what."""
    of = [verdict.outcome for verdict in report.verdicts]
    counts = ", ".join(f"{of.count(o)} {o}" for o in Outcome if of.count(o))
    return f"{many(len(of), 'rule')}: {counts}"


def headline(verdict: Verdict) -> str:
    """The conclusion, in a line."""
    sign = "≤" if verdict.observed <= verdict.limit else ">"
    found = f"{number(verdict.observed)} {sign} {number(verdict.limit)} {verdict.unit}"
    if not verdict.checked:
        return f"{verdict.name}: nothing was looked at"
    return f"{verdict.name}: {found}, {verdict.failed:,} of {verdict.checked:,} fail"


def worst_first(report: Report) -> list[Verdict]:
    """Every verdict, those to look at first in front."""
    return sorted(report.verdicts, key=lambda verdict: WORST_FIRST.index(verdict.outcome))


def not_asked(report: Report) -> list[str]:
    """Rules that nobody asked, and what they need, those of one need together."""
    needs: dict[str, list[str]] = {}
    for one in report.not_asked:
        needs.setdefault(one.give, []).append(one.code)
    return [
        f"{spelled(codes)} {'needs' if len(codes) == 1 else 'need'} {what}"
        for what, codes in needs.items()
    ]


def blind(report: Report) -> list[str]:
    """Codes of rules that looked at nothing and have nothing to name, where these are many."""
    found = [one.code for one in report.verdicts if not one.checked and not one.examples]
    return found if len(found) > _FEW else []


def spelled(codes: list[str]) -> str:
    """Codes, one by one; of many the first and the last, and how many they are."""
    if len(codes) <= _FEW:
        return ", ".join(codes)
    return f"{min(codes)} to {max(codes)} ({many(len(codes), 'rule')})"


def sample_of(key: str) -> tuple[str, str]:
    """
    Split a key into the file, and the number of the sample in it.

    >>> sample_of("train-images#7@box"), sample_of("a/b.png")
    (('train-images', '7'), ('a/b.png', ''))
    """
    found = _SAMPLE.search(key)
    return (key[: found.start()], found[1]) if found else (key, "")


def file_of(report: Report, key: str) -> str | None:
    """
    Where the file of a key is: below the checkout or the working folder, or from the root.

    None where the key names no file, but a class, a split or an input.
    """
    if report.data.format == "memory":
        return None
    file, number_ = sample_of(key)
    if file.startswith("/") or ".." in file.split("/"):  # from no dataset of ours
        return None
    path = Path(report.data.path, file)
    try:
        there = bool(number_) or path.is_file()
    except (OSError, ValueError):
        return None
    return str(_from_root(path)) if there else None


def folder_of(report: Report) -> str | None:
    """Where the dataset is, as `file_of` says it; none for data in memory."""
    return None if report.data.format == "memory" else str(_from_root(Path(report.data.path)))


def _from_root(path: Path) -> Path:
    absolute, root = Path(os.path.normpath(Path.cwd() / path)), Path.cwd()
    if os.environ.get("GITHUB_ACTIONS") == "true":  # a step may work in a folder of the checkout
        root = Path(os.environ.get("GITHUB_WORKSPACE") or root)
    return absolute.relative_to(root) if absolute.is_relative_to(root) else absolute


def lines(text: str) -> list[str]:
    """Every line of a text of several, safe by itself."""
    return [safe(line, longest=400) for line in text.splitlines()]
