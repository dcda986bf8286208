"""The report as Markdown, for a comment on a pull request or the summary of a job."""

import itertools
from collections.abc import Callable, Iterator, Mapping

from datastd.model import Outcome, Verdict
from datastd.quiet import safe
from datastd.report import Report
from datastd.report.evidence import findings
from datastd.report.words import answered, heaviest_first, not_asked, seen, tally
from datastd.words import number

_LISTED = 10  # rows of a rule
_RULES = 100
_MOST = 60_000  # bytes: a comment on GitHub holds 65,536 characters


def as_markdown(report: Report) -> bytes:
    """The report in at most `_MOST` bytes; what is cut is said to be."""
    text, left = "", _MOST - 200
    blocks = [*_blocks(report)]
    for at, block in enumerate(blocks):
        left -= len(block.encode()) + 2
        if left < 0:
            text += f"… {len(blocks) - at:,} more paragraphs had no room.\n"
            break
        text += f"{block}\n\n"
    return text.encode()


def _blocks(report: Report) -> Iterator[str]:
    """Every paragraph: what can be cut comes last."""
    yield f"### datastd: {report.outcome.upper()}"
    yield (
        f"{code(report.data.path)} ({plain(report.data.format)}) against "
        f"{code(report.standard.name)}, profile {report.standard.profile}: {seen(report)}. "
        f"{tally(report)}."
    )
    if not report.complete:
        yield "**Not everything was looked at.**"
    if report.advice:
        yield f"{plain(report.advice)}."
    open_ = [v for v in heaviest_first(report) if v.outcome is not Outcome.PASS]
    if open_:
        head = "| outcome | code | defect | observed | limit | failed | checked |\n"
        head += "|---|---|---|--:|--:|--:|--:|"
        rows = _fitting([_row(verdict) for verdict in open_[:_RULES]])
        yield "\n".join([head, *rows])
        if len(open_) > len(rows):
            yield f"… and {len(open_) - len(rows):,} more rules."
    if said := answered(report):
        yield "\n".join(_fitting([f"- {plain(one)}" for one in said]))
    if report.not_asked:
        yield "\n".join(_fitting([f"- not asked: {plain(one)}" for one in not_asked(report)]))
    for verdict in open_[:_RULES]:
        if rows := _rows(report, verdict):
            about = f"{code(verdict.code)} {plain(verdict.name)}"
            yield f"<details><summary>{about}</summary>\n\n" + "\n".join(rows) + "\n\n</details>"


def _fitting(lines: list[str]) -> list[str]:
    """The first lines that leave room for others."""
    sizes = itertools.accumulate(len(line.encode()) for line in lines)
    return [line for line, size in zip(lines, sizes, strict=True) if size < _MOST // 3]


def _row(verdict: Verdict) -> str:
    cells = (
        f"**{verdict.outcome}**", code(verdict.code), f"{plain(verdict.name)}",
        f"{number(verdict.observed)} {plain(verdict.unit)}", f"≤ {number(verdict.limit)}",
        f"{verdict.failed:,}", f"{verdict.checked:,}",
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _rows(report: Report, verdict: Verdict) -> list[str]:
    found = findings(report, verdict, _LISTED)
    because = [f"- limit because: {plain(verdict.because)}"] if verdict.because else []
    rows = [f"- {code(one.key)}: {plain(one.says)}" for one in found]
    more = verdict.failed - len(found) if found else 0
    return [*because, *rows, f"- … and {more:,} more"] if more > 0 else [*because, *rows]


def plain(text: str) -> str:
    """
    Text that is nothing but text: no mark, link, element, mention or reference.

    A reader of Markdown decodes the characters; GitHub looks for ``@name`` and ``#1``
    after that, but never within code.
    """
    quoted = _entities(text)
    return f"<code>{quoted}</code>" if "&#64;" in quoted or "&#35;" in quoted else quoted


def code(text: str) -> str:
    """A name, as code."""
    return f"<code>{_entities(text)}</code>"


def _entities(text: str) -> str:
    shown = safe(text, longest=400)
    return "".join(c if c.isalnum() or c in " -,–…≤≥×·" else f"&#{ord(c)};" for c in shown)


RENDER: Mapping[str, Callable[[Report], bytes]] = {".md": as_markdown}
