"""The report as SARIF 2.1.0, for code scanning and for what else reads it."""

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from importlib import metadata
from typing import Any, TypeAlias
from urllib.parse import quote

from datastd.model import Level, Outcome, Verdict
from datastd.quiet import safe, utf8
from datastd.report import Report
from datastd.report.evidence import Finding, findings
from datastd.report.words import (
    answered,
    file_of,
    folder_of,
    headline,
    line_of,
    lines,
    not_asked,
    sample_of,
    tally,
    worst_first,
)

Json: TypeAlias = dict[str, Any]

MOST = 5_000  # results: GitHub shows so many of a run, and refuses more than 25,000
_RULES = 1_000  # of 25,000 that GitHub takes; no standard has as many
_LEVEL = {Level.ERROR: "error", Level.WARN: "warning"}
_OF = {Outcome.FAIL: "error", Outcome.WARN: "warning", Outcome.WAIVED: "warning"}
_SUPPRESSED = {"kind": "external", "justification": "waived, as the notifications say by whom"}
_ROOT = "%SRCROOT%"


def as_sarif(report: Report) -> bytes:
    """
    The report as one run.

    A warning is a result of level ``warning``, a failure one of level ``error``.  What is
    unknown is of kind ``open`` ("insufficient information to decide"), to which SARIF
    allows no level, and stands among the notifications as an error too.
    """
    ordered = worst_first(report)[:_RULES]
    rules = list({verdict.code: _rule(report, verdict) for verdict in ordered}.values())
    results, cut = _results(report, ordered)
    if (more := len(report.verdicts) - len(ordered)) > 0:
        cut.append(_notice("error", f"{more:,} more rules had no room"))
    run: Json = {
        "tool": {"driver": {
            "name": "datastd", "version": metadata.version("datastd"), "rules": rules,
        }},
        "automationDetails": {"id": safe(f"datastd/{report.standard.name}/{report.data.path}/")},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "Where datastd was run."}}},
        "invocations": [_invocation(report, [*_unknown(report, ordered), *cut])],
        "columnKind": "unicodeCodePoints",
        "properties": {
            "outcome": report.outcome,
            "standard": {name: safe(value) for name, value in report.standard},
            "accounting": report.accounting.model_dump(),
        },
        "results": results,
    }  # fmt: skip
    whole = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
        "runs": [run],
    }  # fmt: skip
    # No text of ours has the sign, and what shows SARIF in a page may forget to escape it.
    text = json.dumps(whole, indent=1, allow_nan=False).replace("<", "\\u003c")
    return text.encode() + b"\n"


def _rule(report: Report, verdict: Verdict) -> Json:
    docs = report.evidence.explained(verdict.code) if report.evidence else ""
    about = lines(docs) or [f"datastd explain {safe(verdict.code)} says what it means."]
    why = f"At most {verdict.limit:g} {verdict.unit}"
    because = f", because: {verdict.because}." if verdict.because else "."
    return {
        "id": safe(verdict.code),
        "name": safe(verdict.name),
        "shortDescription": {"text": _text(verdict.name)},
        "fullDescription": {"text": _braces(" ".join(_first(about)))},
        "help": {"text": _braces("\n".join([*about, "", safe(why + because, longest=600)]))},
        "defaultConfiguration": {"level": _LEVEL[verdict.level]},
        "properties": {
            "outcome": verdict.outcome, "observed": verdict.observed, "limit": verdict.limit,
            "unit": safe(verdict.unit), "checked": verdict.checked, "failed": verdict.failed,
        },
    }  # fmt: skip


def _first(about: list[str]) -> list[str]:
    return about[: about.index("")] if "" in about else about


def _results(report: Report, verdicts: list[Verdict]) -> tuple[list[Json], list[Json]]:
    """Every finding as far as there is room, shared among the rules; and what had none."""
    open_ = [verdict for verdict in verdicts if verdict.outcome is not Outcome.PASS]
    place = {code: at for at, code in enumerate(dict.fromkeys(v.code for v in verdicts))}
    results: list[Json] = []
    cut: list[Json] = []
    for left, verdict in zip(range(len(open_), 0, -1), open_, strict=True):
        index = place[verdict.code]
        room = max(1, (MOST - len(results)) // left)
        found = findings(report, verdict, room)
        results += [_result(report, verdict, index, one) for one in found or (None,)]
        if (more := verdict.failed - len(found)) > 0 and found:
            text = f"{verdict.code}: {len(found):,} listed, {more:,} more fail"
            cut.append(_notice("note", text, index))
    return results, cut


def _result(report: Report, verdict: Verdict, index: int, one: Finding | None) -> Json:
    key = one.key if one else ""
    says = f"{headline(verdict)}: {key}, {one.says}" if one else headline(verdict)
    known = verdict.outcome is not Outcome.UNKNOWN
    level = _OF.get(verdict.outcome, "none")
    identity = utf8(f"{verdict.code}\0{folder_of(report)}\0{key}").encode()
    return {
        "ruleId": safe(verdict.code), "ruleIndex": index,
        "kind": "fail" if known else "open", "level": level,
        "message": {"text": _text(says)},
        "locations": [_location(report, key, one.says if one else "")],
        "partialFingerprints": {"datastd/v1": sha256(identity).hexdigest()},
        "properties": {"split": safe(one.split) if one else ""},
        **({"suppressions": [_SUPPRESSED]} if verdict.outcome is Outcome.WAIVED else {}),
    }  # fmt: skip


def _location(report: Report, key: str, says: str) -> Json:
    """Name the file and the record; the dataset, where the key names no file."""
    place: Json = {}
    file = file_of(report, key) if key else None
    found = file or folder_of(report)
    if found is not None:
        place["physicalLocation"] = {"artifactLocation": _artifact(found)}
        if file and (line := line_of(key, says)):
            place["physicalLocation"]["region"] = {"startLine": line}
    if key:
        name = sample_of(key)[1] or key
        place["logicalLocations"] = [
            {"name": safe(name), "fullyQualifiedName": safe(key, longest=400), "kind": "sample"}
        ]
    return place or {"message": {"text": "data in memory"}}


def _artifact(path: str) -> Json:
    where = quote(utf8(path))
    return (
        {"uri": f"file://{where}"} if path.startswith("/") else {"uri": where, "uriBaseId": _ROOT}
    )


def _unknown(report: Report, verdicts: list[Verdict]) -> list[Json]:
    unknown = [v for v in verdicts if v.outcome is Outcome.UNKNOWN]
    found = [_notice("error", f"{v.code}: {headline(v)}") for v in unknown]
    return found if report.complete else [*found, _notice("error", "not everything was looked at")]


def _invocation(report: Report, notices: list[Json]) -> Json:
    return {
        "executionSuccessful": report.complete,
        "exitCode": report.outcome.exit_code,
        "exitCodeDescription": _text(f"{report.outcome}: {tally(report)}"),
        "toolExecutionNotifications": notices,
        "toolConfigurationNotifications": [
            *(_notice("note", one) for one in answered(report)),
            *(_notice("note", f"not asked: {one}") for one in not_asked(report)),
        ],
    }


def _notice(level: str, text: str, index: int | None = None) -> Json:
    about = {} if index is None else {"associatedRule": {"index": index}}
    return {"level": level, "message": {"text": _text(text)}, **about}


def _text(text: str) -> str:
    """A message of SARIF's: no link and no placeholder in it."""
    return _braces(safe(text, longest=400)).replace("[", r"\[").replace("]", r"\]")


def _braces(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


RENDER: Mapping[str, Callable[[Report], bytes]] = {".sarif": as_sarif}
