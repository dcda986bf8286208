"""The report in a notebook: one table, no script, nothing from the data but names."""

from html import escape

from datastd.model import Outcome, Verdict
from datastd.quiet import safe
from datastd.report import Report
from datastd.report.words import answered, not_asked
from datastd.words import many

COLOUR = {
    Outcome.PASS: "#1a7f37",
    Outcome.WARN: "#9a6700",
    Outcome.FAIL: "#cf222e",
    Outcome.WAIVED: "#0969da",
    Outcome.UNKNOWN: "#8250df",
}
"""Of each outcome, on a light ground; read beside its word, never alone."""


def fragment(report: Report) -> str:
    """The report as one HTML element, every text escaped."""
    rows = "".join(_row(verdict) for verdict in report.verdicts)
    advice = f"<li>{_text(report.advice)}</li>" if report.advice else ""
    advice += "".join(f"<li>{_text(one)}</li>" for one in answered(report))
    asked = advice + "".join(f"<li>not asked: {_text(one)}</li>" for one in not_asked(report))
    return (
        f"<div><p>{_badge(report.outcome)} <b>{_text(report.data.path)}</b>"
        f" ({_text(report.data.format)}) against <b>{_text(report.standard.name)}</b>,"
        f" profile {_text(report.standard.profile)}: {_text(_looked_at(report))}</p>"
        "<table><thead><tr><th>outcome</th><th>code</th><th>defect</th>"
        "<th>observed</th><th>limit</th><th>checked</th><th>examples</th></tr></thead>"
        f"<tbody>{rows}</tbody></table><ul>{asked}</ul></div>"
    )


def _looked_at(report: Report) -> str:
    known = report.accounting
    return str(report.drawn or f"{many(known.samples, 'sample')}, {known.defective:,} defective")


def _row(verdict: Verdict) -> str:
    shown = verdict.examples if verdict.outcome is not Outcome.PASS else ()
    keys = "<br>".join(
        _text(f"{one.key}: {one.detail}" if one.detail else one.key) for one in shown
    )
    because = f' title="{_text(verdict.because)}"' if verdict.because else ""
    return (
        f"<tr><td>{_badge(verdict.outcome)}</td><td>{_text(verdict.code)}</td>"
        f"<td>{_text(verdict.name)}, {_text(verdict.unit)}</td>"
        f"<td>{verdict.observed:g}</td><td{because}>{verdict.limit:g}</td>"
        f"<td>{verdict.checked:,}</td><td>{keys}</td></tr>"
    )


def _badge(outcome: Outcome) -> str:
    return f'<b style="color:{COLOUR[outcome]}">{outcome.upper()}</b>'


def _text(value: str) -> str:
    return escape(safe(value, longest=400), quote=True)
