"""What several faces say, said once: numbers, counts, and where a sample is."""

import os
import re
from pathlib import Path

from datastd.model import WORST_FIRST, Outcome, Verdict
from datastd.quiet import safe
from datastd.report import Report
from datastd.words import many, number

_FEW = 6
"""Codes that are spelled out one by one."""
# A sentence ends where a capital letter follows; what an array looks like is of no use to a reader.
_END = re.compile(r"(?<=[^.]\.) (?=[A-Z0-9])|[;,.]? [Ss]hape \(N")
_LINE = re.compile(r"line ([1-9]\d{0,8})\b", re.ASCII)
_PACKED = (".gz", ".bz2", ".xz", ".zst")
_SAMPLE = re.compile(r"#(\d+)(?:@.*)?$", re.DOTALL)


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
    """Every verdict for machines: the worst in front, and else in the order of the report."""
    return sorted(report.verdicts, key=lambda verdict: WORST_FIRST.index(verdict.outcome))


def heaviest_first(report: Report) -> list[Verdict]:
    """Every verdict as people look at them; equal ones in the order of the report: by code."""
    return sorted(report.verdicts, key=lambda verdict: verdict.turn)


def meaning(report: Report, verdict: Verdict) -> tuple[str, dict[str, str]]:
    """
    What the code of a verdict is about, and by heading what else its docstring says.

    Both are empty where a report knows no docstrings: it was loaded.
    """
    about: list[str] = []
    sections: dict[str, list[str]] = {}
    text = report.evidence.explained(verdict.code) if report.evidence else ""
    for line in text.splitlines():
        if line.endswith(":") and not line.startswith(" "):
            sections[line[:-1]] = []
        else:
            [about, *sections.values()][-1].append(line.strip())
    return _prose(about), {head: _prose(body) for head, body in sections.items()}


def _prose(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split()).replace("``", "").replace("`", "")


def in_short(about: str) -> str:
    """
    The first sentence of what a code is about, without the shape of an array.

    >>> in_short("Lines of each text that end in ... or in none. Shape (N,), int64.")
    'Lines of each text that end in ... or in none.'
    >>> in_short("Whether each text is blank; shape (N,), int64, 1 where it has none.")
    'Whether each text is blank.'
    """
    first = _END.split(about, maxsplit=1)[0]
    return first if first.endswith(".") or not first else f"{first}."


def not_asked(report: Report) -> list[str]:
    """Rules that nobody asked, and what they need, those of one need together."""
    needs: dict[str, list[str]] = {}
    for one in report.not_asked:
        needs.setdefault(one.give, []).append(one.code)
    return [
        f"{_spelled(codes)} {'needs' if len(codes) == 1 else 'need'} {what}"
        for what, codes in needs.items()
    ]


def _spelled(codes: list[str]) -> str:
    """Codes, one by one; of many the first and the last, and how many they are."""
    if len(codes) <= _FEW:
        return ", ".join(codes)
    return f"{min(codes)} to {max(codes)} ({many(len(codes), 'rule')})"


def answered(report: Report) -> list[str]:
    """What somebody answers for, a waiver or a baseline in a line each."""
    said = [
        f"waived {one.code} in {one.scope.glob}: {many(one.used.samples, 'row')} of at most "
        f"{one.budget.samples:,}, {many(one.used.bytes, 'byte')} of at most "
        f"{one.budget.bytes:,}; {one.owner} until {one.expires}: {one.reason}"
        for one in report.waivers
    ]
    if report.baseline:
        rows = [f"{code} {count:,}" for code, count in report.baseline.accepted.items()]
        said.append(
            f"accepted as in {report.baseline.path}: {', '.join(rows) or 'nothing'}; "
            "data that are judged so cannot be certified"
        )
        new = [f"{code} {count or 'more'}" for code, count in report.baseline.new.items()]
        said += [f"new since {report.baseline.path}: {', '.join(new)}"] if new else []
    return said


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
    # An annotation's name stands behind a file's, which may have the sign in it, too.
    for one in (file, file.rpartition("@")[0]):
        path = Path(report.data.path, one)
        try:
            there = bool(number_) or path.is_file()
        except (OSError, ValueError):
            return None
        if there and one:
            return str(_from_root(path))
    return None


def line_of(key: str, says: str) -> int | None:
    """
    The line at which a record of a text begins, where a finding says it.

    What is said of a file that is one sample may be of the file of its annotations; and what is
    compressed has no lines for who is shown one.

    >>> line_of("train.jsonl#8", "line 9, byte 14: expected"), line_of("a.jpg", "line 9: expected")
    (9, None)
    """
    file, number_ = sample_of(key)
    found = _LINE.match(says)
    return int(found[1]) if found and number_ and not file.endswith(_PACKED) else None


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
