"""The report for a terminal, and as JSON."""

import io
import json
from collections.abc import Callable, Mapping
from typing import Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from datastd.model import Outcome, Verdict
from datastd.quiet import safe
from datastd.report import Report, digest_of
from datastd.report.recording import recorded
from datastd.report.words import (
    answered,
    heaviest_first,
    in_short,
    meaning,
    not_asked,
    seen,
    tally,
)
from datastd.words import choice, number

_STYLE = {
    Outcome.PASS: "green",
    Outcome.WARN: "yellow",
    Outcome.FAIL: "bold red",
    Outcome.WAIVED: "cyan",
    Outcome.UNKNOWN: "magenta",
}
_COLUMNS = ("outcome", "code", "defect", "observed", "limit", "failed", "checked")
_NUMBERS = _COLUMNS[3:]
_NARROWEST = 80  # columns of the table
_CODES = 12  # of rules that had nothing to look at, named in a line


class Terminal(Console):
    """A console that says so when nobody reads any more, instead of ending the process."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def as_json(report: Report) -> bytes:
    """The contract ``datastd-report/1``: finite numbers, ASCII, one object."""
    plain = report.plain()
    if report.is_fresh and (rows := recorded(report)):
        plain["recorded"] = rows
    if report.is_fresh:
        plain["sha256"] = digest_of(plain)
    return json.dumps(plain, indent=2, allow_nan=False).encode() + b"\n"


def show(report: Report, console: Console) -> None:
    """Print the report: what holds on one line each, what does not with its samples."""
    console.print(_head(report), soft_wrap=True)
    # A narrower terminal breaks the lines itself: no column is left out.
    width = _NARROWEST if console.width < _NARROWEST else None
    table = Table(box=None, pad_edge=False, header_style="dim", width=width)
    for name in _COLUMNS:
        right = name in _NUMBERS
        justify: Literal["left", "right"] = "right" if right else "left"
        # What is too long for a line goes on in the next: half a name finds nothing.
        table.add_column(name, justify=justify, no_wrap=right, overflow="fold")
    ordered = heaviest_first(report)
    open_ = [v for v in ordered if v.outcome is not Outcome.PASS]
    blind = [verdict for verdict in open_ if _is_blind(verdict)]
    shown = [v for v in ordered if v.outcome is not Outcome.PASS or v.failed]
    for verdict in shown:
        if verdict in blind:
            if verdict is blind[0]:
                table.add_row(*_unseen(blind))
            continue
        table.add_row(
            Text(verdict.outcome, _STYLE[verdict.outcome]),
            Text(safe(verdict.code)),
            Text(safe(f"{verdict.name}, {verdict.unit}")),
            number(verdict.observed),
            f"≤ {number(verdict.limit)}",
            number(verdict.failed),
            number(verdict.checked),
        )
    if shown:
        console.print(table, crop=False)
    for verdict in open_:
        if verdict not in blind:
            _found(report, verdict, console)
    _foot(report, console)


def plain_text(report: Report) -> str:
    """The report as it is shown, without colour."""
    stream = io.StringIO()
    show(report, Console(file=stream, width=100, color_system=None, emoji=False))
    return stream.getvalue()


def _head(report: Report) -> Text:
    data, standard = report.data, report.standard
    return Text.assemble(
        (safe(data.path), "bold"),
        f" ({safe(data.format)}) against ",
        (safe(standard.name), "bold"),
        f", profile {safe(standard.profile)}: {seen(report)}",
    )


def _is_blind(verdict: Verdict) -> bool:
    """Whether it is unknown because there was nothing to look at, and nothing is said of it."""
    return not verdict.checked and not verdict.examples


def _unseen(verdicts: list[Verdict]) -> tuple[Text, ...]:
    """Of what there was none to look at, in a row for all rules that look for it."""
    codes = [one.code for one in verdicts]
    kinds = dict.fromkeys(one.unit.rpartition(" of ")[2] for one in verdicts)
    left = len(codes) - _CODES
    which = f"{', '.join(codes[:_CODES])}{f' and {left:,} more' if left > 0 else ''}: "
    said = f"there are no {choice([*kinds])} that could be looked at"
    return (
        Text(Outcome.UNKNOWN, _STYLE[Outcome.UNKNOWN]),
        Text(safe(codes[0]) if len(codes) == 1 else f"{len(codes):,} rules"),
        Text(safe(said if len(codes) == 1 else which + said, longest=400)),
    )


def _found(report: Report, verdict: Verdict, console: Console) -> None:
    """What a verdict is about, what to do, why its limit is what it is, and what shows it."""
    code, style = safe(verdict.code), _STYLE[verdict.outcome]
    about, docs = meaning(report, verdict)
    if about:
        console.print(
            Text.assemble((code, style), safe(f"  {in_short(about)}", longest=400)), soft_wrap=True
        )
    for head, said in (("to do", docs.get("Remedy", "")), ("why this limit", verdict.because)):
        if said:
            console.print(Text(safe(f"  {head}: {said}", longest=400)), soft_wrap=True)
    for one in verdict.examples:
        console.print(
            Text.assemble(
                (f"  {code} ", style), (safe(one.key), "bold"), f"  {safe(one.says, longest=400)}"
            ),
            soft_wrap=True,
        )
    more = verdict.failed - len(verdict.examples)
    if verdict.examples and more > 0:
        console.print(Text(f"  {code} … and {more:,} more"))


def _foot(report: Report, console: Console) -> None:
    if report.advice:
        console.print(Text(safe(f"  {report.advice}")))
    for said in answered(report):
        console.print(Text(safe(f"  {said}", longest=1200)), soft_wrap=True)
    for one in not_asked(report):
        console.print(Text(safe(f"  not asked: {one}")))
    console.print(
        Text.assemble((report.outcome.upper(), _STYLE[report.outcome]), f"  {tally(report)}")
    )
    if report.worst.outcome is not Outcome.PASS:
        hint = f"  datastd explain {report.worst.code}  says more of it"
        console.print(Text(safe(hint), "dim"))


RENDER: Mapping[str, Callable[[Report], bytes]] = {".json": as_json}
