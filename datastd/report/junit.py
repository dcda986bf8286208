"""The report as JUnit XML, in the style of pytest's: one test case per rule."""

from collections.abc import Callable, Mapping
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from datastd.model import Outcome, Verdict
from datastd.quiet import safe
from datastd.report import Report
from datastd.report.evidence import findings
from datastd.report.words import answered, headline, seen

_LISTED = 100  # rows of a rule


def as_junit(report: Report) -> bytes:
    """
    One suite: a failure where a rule fails, an error where it is unknown.

    What only warns passes, and says so in its output; what was not asked is skipped.
    """
    of = [verdict.outcome for verdict in report.verdicts]
    unknown = of.count(Outcome.UNKNOWN) + (not report.complete)
    counts = {
        "tests": len(of) + len(report.not_asked) + (not report.complete),
        "failures": of.count(Outcome.FAIL), "errors": unknown, "skipped": len(report.not_asked),
    }  # fmt: skip
    numbers = {name: str(count) for name, count in counts.items()}
    suites = Element("testsuites", name="datastd")
    name = safe(f"{report.standard.name}: {report.data.path}")
    suite = SubElement(suites, "testsuite", {"name": name, "time": "0", **numbers})
    properties = SubElement(suite, "properties")
    for key, value in _about(report).items():
        SubElement(properties, "property", name=key, value=safe(value))
    for verdict in report.verdicts:
        _case(report, verdict, suite)
    for one in report.not_asked:
        case = SubElement(suite, "testcase", _named(report, one.code, "not asked"))
        says = safe(f"{one.code} needs {one.give}")
        SubElement(case, "skipped", type="datastd.not_asked", message=says)
    if not report.complete:
        case = SubElement(suite, "testcase", _named(report, "complete", "everything looked at"))
        SubElement(case, "error", message="not everything was looked at")
    indent(suites)
    text: bytes = tostring(suites, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _about(report: Report) -> dict[str, str]:
    return {
        "outcome": report.outcome, "profile": report.standard.profile,
        "standard.digest": report.standard.digest, "data.digest": report.data.digest or "none",
        "accounting": seen(report),
        **{f"answered.{n}": said for n, said in enumerate(answered(report), 1)},
    }  # fmt: skip


def _named(report: Report, code: str, name: str) -> dict[str, str]:
    return {"classname": safe(report.standard.name), "name": safe(f"{code} {name}"), "time": "0"}


def _case(report: Report, verdict: Verdict, suite: Element) -> None:
    case = SubElement(suite, "testcase", _named(report, verdict.code, verdict.name))
    if verdict.outcome is Outcome.PASS:
        return
    tag = {Outcome.FAIL: "failure", Outcome.UNKNOWN: "error"}.get(verdict.outcome, "system-out")
    message = safe(headline(verdict), longest=400)
    shown = SubElement(case, tag, {} if tag == "system-out" else {"message": message})
    shown.text = "\n".join([message, *_rows(report, verdict)])


def _rows(report: Report, verdict: Verdict) -> list[str]:
    found = findings(report, verdict, _LISTED)
    rows = [safe(f"{one.key}: {one.says}", longest=400) for one in found]
    more = verdict.failed - len(found) if found else 0
    return [*rows, f"… and {more:,} more"] if more > 0 else rows


RENDER: Mapping[str, Callable[[Report], bytes]] = {".xml": as_junit}
