"""The report inside GitHub Actions: annotations on the log, and a summary of the job."""

import contextlib
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from datastd.model import Outcome
from datastd.quiet import safe
from datastd.report import Report
from datastd.report.evidence import findings
from datastd.report.markdown import as_markdown
from datastd.report.words import (
    answered,
    file_of,
    folder_of,
    headline,
    heaviest_first,
    line_of,
    not_asked,
)

_MOST = 10  # annotations of a kind and a step that GitHub shows
_KIND = {Outcome.FAIL: "error", Outcome.UNKNOWN: "error", Outcome.WARN: "warning",
         Outcome.WAIVED: "warning"}  # fmt: skip


@contextmanager
def unheard(say: Callable[[str], None]) -> Iterator[None]:
    """Let what is printed meanwhile be no command, whatever names are in it."""
    token = secrets.token_hex(16)
    say(f"::stop-commands::{token}")
    try:
        yield
    finally:
        say(f"::{token}::")


def annotations(report: Report) -> list[str]:
    """
    Commands of the workflow that mark what does not hold, at the file where it is.

    At most `_MOST` of a kind: the last says how many more there are.
    """
    by: dict[str, list[str]] = {"error": [], "warning": [], "notice": []}
    if not report.complete:
        by["error"].append(_command("error", None, "datastd", "not everything was looked at"))
    for verdict in heaviest_first(report):
        if verdict.outcome is Outcome.PASS:
            continue
        kind, found = _KIND[verdict.outcome], findings(report, verdict, 1)
        says = headline(verdict)
        file, line = folder_of(report), None
        if found:
            at = file_of(report, found[0].key)
            file, line = at or file, line_of(found[0].key, found[0].says) if at else None
            says = f"{says}; first {found[0].key}: {found[0].says}"
        by[kind].append(_command(kind, file, f"{verdict.code} {verdict.name}", says, line))
    by["notice"] += [_command("notice", None, "waived", one) for one in answered(report)]
    by["notice"] += [_command("notice", None, "not asked", one) for one in not_asked(report)]
    return [line for kind, some in by.items() for line in _capped(kind, some)]


def _capped(kind: str, some: list[str]) -> list[str]:
    if len(some) <= _MOST:
        return some
    more = f"{len(some) - _MOST + 1:,} more of this kind stand in the log and in the report"
    return [*some[: _MOST - 1], _command(kind, None, "datastd", more)]


def _command(kind: str, file: str | None, title: str, message: str, line: int | None = None) -> str:
    """Write a command as GitHub's own toolkit does, of text that is safe already."""
    at = str(line or "")
    given = {"file": safe(file or "", longest=1000), "line": at, "title": safe(title)}
    said = ",".join(f"{name}={_property(value)}" for name, value in given.items() if value)
    return f"::{kind} {said}::{_data(safe(message, longest=800))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def summarise(report: Report) -> None:
    """Append the report to the summary of the job; what cannot be written changes nothing."""
    place = os.environ.get("GITHUB_STEP_SUMMARY")
    if not place:
        return
    flags = os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with contextlib.suppress(OSError, ValueError):
        descriptor = os.open(place, flags)
        with os.fdopen(descriptor, "ab") as file:
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                file.write(as_markdown(report))
