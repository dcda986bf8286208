"""
The report as one page to look at: no script, nothing from elsewhere, nothing unescaped.

The template has two doors.  Every value that it prints passes through `_said`, which
makes it safe to read, and is then escaped by jinja2, which makes it safe to parse.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata, resources

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from datastd.model import Outcome, Verdict
from datastd.quiet import safe
from datastd.report import Report, figure, words
from datastd.report.evidence import Finding, findings
from datastd.report.figure import Figure
from datastd.report.gallery import Gallery, Picture
from datastd.report.notebook import COLOUR
from datastd.words import number

_LISTED = 12  # rows of a rule that are listed; `Report.failing` has them all
_CARDS = 200  # rules shown at length; the table has more
_ROWS = 2_000  # of any table


@dataclass(frozen=True, slots=True)
class _Card:
    """
    One verdict at length.

    Attributes:
        verdict: What is concluded.
        rows: The first failing rows.
        more: Failing rows that are not listed.
        groups: Pictures, those about each other in one list.
        figure: The values, if its rule limits a column.
        about: What the defect is, in a sentence or two.
        docs: What else its docstring says, by heading.
    """

    verdict: Verdict
    rows: list[Finding]
    more: int
    groups: list[list[Picture]]
    figure: Figure | None
    about: str
    docs: dict[str, str]


def page(report: Report) -> bytes:
    """The whole page, as UTF-8."""
    ordered = words.heaviest_first(report)
    cards = _cards(report, [v for v in ordered if v.outcome is not Outcome.PASS or v.failed])
    known = {card.verdict.code for card in cards}
    others = [(v, drawn) for v in ordered if v.code not in known and (drawn := _figure(report, v))]
    return _template().render(
        report=report, seen=report.accounting, ordered=ordered, cards=cards, others=others,
        numbers={card.verdict.code: at for at, card in enumerate(cards)},
        tally=words.tally(report), not_asked=words.not_asked(report), advice=report.advice,
        answered=words.answered(report),
        unshown=sum(v.outcome is not Outcome.PASS or v.failed > 0 for v in ordered) - len(cards),
        loaded=report.evidence is None, version=metadata.version("datastd"),
        most=_ROWS,
        colours=COLOUR, size=(figure.WIDTH, figure.HEIGHT),
    ).encode()  # fmt: skip


def _cards(report: Report, verdicts: list[Verdict]) -> list[_Card]:
    shown = verdicts[:_CARDS]
    gallery, cards = Gallery(report, shown), []
    for verdict in shown:
        rows = findings(report, verdict, _LISTED)
        about, docs = words.meaning(report, verdict)
        more = max(0, verdict.failed - len(rows)) if rows else 0
        drawn = _figure(report, verdict)
        cards.append(_Card(verdict, rows, more, gallery.of(verdict), drawn, about, docs))
    return cards


def _figure(report: Report, verdict: Verdict) -> Figure | None:
    known = report.evidence.distributions.get(verdict.code) if report.evidence else None
    return figure.draw(known, verdict) if known else None


def _said(value: object) -> object:
    """Make a value safe to be read; what the template itself made of such values is."""
    return value if isinstance(value, Markup) else safe(value, longest=600)


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, finalize=_said, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {"number": number, "ours": Markup}
    text = resources.files("datastd.report").joinpath("page.html.jinja").read_text("utf-8")
    return environment.from_string(text)


RENDER: Mapping[str, Callable[[Report], bytes]] = {".html": page}
