"""The report for a terminal, and as JSON."""

import io
import json
from collections.abc import Callable, Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from datastd.model import Outcome, Verdict
from datastd.quiet import safe
from datastd.report import Report
from datastd.report.words import blind, not_asked, seen, spelled, tally

_STYLE = {
    Outcome.PASS: "green",
    Outcome.WARN: "yellow",
    Outcome.FAIL: "bold red",
    Outcome.UNKNOWN: "magenta",
}
_COLUMNS = ("outcome", "code", "defect", "observed", "limit", "checked")


class Terminal(Console):
    """A console that says so when nobody reads any more, instead of ending the process."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def as_json(report: Report) -> bytes:
    """The contract ``datastd-report/1``: finite numbers, ASCII, one object."""
    return json.dumps(report.plain(), indent=2, allow_nan=False).encode() + b"\n"


def show(report: Report, console: Console) -> None:
    """Print the report: what holds on one line each, what does not with its samples."""
    console.print(_head(report), soft_wrap=True)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in _COLUMNS:
        right = name in {"observed", "limit", "checked"}
        table.add_column(name, justify="right" if right else "left", no_wrap=right)
    folded = blind(report)
    failing = [v for v in report.verdicts if v.outcome is not Outcome.PASS or v.failed]
    shown = [v for v in failing if v.code not in folded]
    for verdict in shown:
        table.add_row(
            Text(verdict.outcome, _STYLE[verdict.outcome]),
            safe(verdict.code),
            Text(safe(f"{verdict.name}, {verdict.unit}")),
            f"{verdict.observed:g}",
            f"≤ {verdict.limit:g}",
            f"{verdict.checked:,}",
        )
    if shown:
        console.print(table)
    for verdict in report.verdicts:
        if verdict.outcome is not Outcome.PASS:
            _examples(verdict, console)
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


def _examples(verdict: Verdict, console: Console) -> None:
    if verdict.because:
        why = f"  {verdict.code} at most {verdict.limit:g}: {verdict.because}"
        console.print(Text(safe(why, longest=400)), soft_wrap=True)
    for one in verdict.examples:
        console.print(
            Text.assemble(
                (f"  {safe(verdict.code)} ", _STYLE[verdict.outcome]),
                (safe(one.key), "bold"),
                f"  {safe(one.says, longest=400)}",
            ),
            soft_wrap=True,
        )
    more = verdict.failed - len(verdict.examples)
    if verdict.examples and more > 0:
        console.print(Text(f"  {safe(verdict.code)} … and {more:,} more"))


def _foot(report: Report, console: Console) -> None:
    if report.advice:
        console.print(Text(safe(f"  {report.advice}")))
    if folded := blind(report):
        console.print(Text(safe(f"  nothing was looked at: {spelled(folded)}")))
    for one in not_asked(report):
        console.print(Text(safe(f"  not asked: {one}")))
    console.print(
        Text.assemble((report.outcome.upper(), _STYLE[report.outcome]), f"  {tally(report)}")
    )
    if report.worst.outcome is not Outcome.PASS:
        hint = f"  datastd explain {report.worst.code}  says what it means"
        console.print(Text(safe(hint), "dim"))


RENDER: Mapping[str, Callable[[Report], bytes]] = {".json": as_json}
