"""
The public summary of training content that Article 53(1)(d) of the EU's AI Act asks for.

Every row of the Commission's template stands in it: filled from the card, or said to be missing.
A card is of one dataset, so that what the template asks of the model stays to be filled in.

Source:
    European Commission, Template for the Public Summary of Training Content, C(2025) 5235, annex.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from datastd.card import Card
from datastd.card.collection import Provenance
from datastd.card.fields import places
from datastd.digest import of_bytes
from datastd.exchange.parcel import Parcel
from datastd.exchange.spelling import markdown

SECTIONS: Mapping[str, str] = {
    "1.1": "Provider identification",
    "1.2": "Model identification",
    "1.3": "Modalities, overall training data size and other characteristics",
    "2.1": "Publicly available datasets",
    "2.2.1": "Datasets commercially licensed by rightsholders or their representatives",
    "2.2.2": "Private datasets obtained from other third parties",
    "2.3": "Data crawled and scraped from online sources",
    "2.4": "User data",
    "2.5": "Synthetic data",
    "2.6": "Other sources of data",
    "3.1": "Respect of reservation of rights from text and data mining exception or limitation",
    "3.2": "Removal of illegal content",
    "3.3": "Other information",
}
"""Sections of the template."""

_OF_METHOD: Mapping[str, str] = {
    "download": "2.1", "derived": "2.1", "licensed": "2.2.1", "crawl": "2.3", "user": "2.4",
    "synthetic": "2.5", "api": "2.6", "sensor": "2.6", "human": "2.6", "simulation": "2.6",
}  # fmt: skip
"""Which section a source belongs to, by how it was got."""

_IMAGES = ((10**6, "Less than 1 million images"), (10**9, "1 million to 1 billion images"))
_MOST_IMAGES = "More than 1 billion images"
_LISTED = 1000  # domains
_PAPER = 64 << 20  # bytes of a list of domains

MISSING = "Missing"


class Row(NamedTuple):
    """
    A row of the template.

    Attributes:
        section: Which it is in.
        label: What it asks.
        said: What the card says to that; empty for nothing.
        lacks: What would have to be known.
        is_optional: Whether the template lets it be left out.
    """

    section: str
    label: str
    said: str = ""
    lacks: str = "the card does not state it"
    is_optional: bool = False


_BESIDE = frozenset({
    "identity.name", "identity.title", "identity.version", "identity.parties[].name",
    "identity.parties[].contact",
})  # fmt: skip
"""Fields that its head and its first section name."""

_OF_MODEL = "to be filled in for the model that is trained"
_WHICH = "the card does not say of which product users were"
_NOT_HERE = "no source of this kind is stated, and not every source says how it was got"


def write(parcel: Parcel) -> bytes:
    """The summary, as Markdown."""
    rows = [*summary(parcel)]
    title = f"# Public summary of training content: {markdown(_name(parcel.card))}"
    lines = [title, "", "Of one dataset: what else a model is trained on is not in it."]
    for section, title in SECTIONS.items():
        lines += ["", f"## {section}. {title}", "", "| asked | said |", "|---|---|"]
        lines += [_line(row) for row in rows if row.section == section]
    missing = [f"{row.section} {row.label}" for row in rows if not row.said and not row.is_optional]
    if missing:
        parcel.notes.append(f"rows that are missing: {'; '.join(missing)}")
    parcel.leaves("the summary", {one.path for one in places() if one.terms.eu} | _BESIDE)
    return ("\n".join(lines) + "\n").encode()


def _name(card: Card) -> str:
    named = card.identity.title or card.identity.name or "a dataset"
    return f"{named} {card.identity.version}" if card.identity.version else named


def _line(row: Row) -> str:
    optional = " (optional)" if row.is_optional else ""
    said = markdown(row.said) if row.said else f"**{MISSING}**: {markdown(row.lacks)}"
    return f"| {markdown(row.label + optional)} | {said} |"


def summary(parcel: Parcel) -> Iterator[Row]:
    """Every row of the template, in its order."""
    card = parcel.card
    yield from _general(parcel)
    by_section: dict[str, list[Provenance]] = {}
    unclear = not card.collection.sources
    for one in card.collection.sources:
        section = "2.4" if one.user_data else _OF_METHOD.get(one.method or "", "")
        by_section.setdefault(section, []).append(one)
        unclear |= not section
    kinds = ", ".join(card.identity.modality)
    for section in ("2.1", "2.2.1", "2.2.2", "2.3", "2.4", "2.5", "2.6"):
        yield from _of_section(section, by_section.get(section, ()), kinds, parcel, unclear=unclear)
    yield from _processing(card)


def _general(parcel: Parcel) -> Iterator[Row]:
    card = parcel.card
    people = [
        f"{one.name} ({one.contact})" if one.contact else one.name
        for one in card.identity.parties
        if one.name and one.role in {"creator", "publisher", None}
    ]
    yield Row("1.1", "Provider name and contact details", "; ".join(people))
    representative = "Authorised representative name and contact details"
    yield Row(
        "1.1", representative, lacks="to be filled in where the provider is outside the Union"
    )
    for label in ("Versioned model name(s)", "Model dependencies",
                  "Date of placement of the model on the Union market"):  # fmt: skip
        yield Row("1.2", label, lacks=_OF_MODEL)
    yield Row("1.3", "Modality", ", ".join(card.identity.modality))
    lacks = "tokens, or hours, are not counted by the card" if not _size(parcel) else ""
    yield Row("1.3", "Training data size", _size(parcel), lacks)
    yield Row("1.3", "Types of content", card.identity.description or "")
    days = [one.retrieved_to for one in card.collection.sources if one.retrieved_to is not None]
    yield Row("1.3", "Latest date of data acquisition or collection",
              max(days).strftime("%m/%Y") if days else "")  # fmt: skip
    yield Row("1.3", "Whether the model is continuously trained on new data", lacks=_OF_MODEL)
    yield Row("1.3", "Linguistic characteristics of the overall training data",
              ", ".join(card.identity.languages))  # fmt: skip
    countries = [*dict.fromkeys(c for one in card.collection.sources for c in one.origin_countries)]
    told = (f"countries of origin: {', '.join(countries)}" if countries else "",
            card.identity.use.biases, card.identity.use.known_limits)  # fmt: skip
    yield Row("1.3", "Other relevant characteristics of the overall training data", _joined(told))
    yield Row("1.3", "Additional comments", _sizes(card), is_optional=True)


def _joined(texts: Iterable[str | None]) -> str:
    return "; ".join(text for text in texts if text)


def _size(parcel: Parcel) -> str:
    """The band of the template: of images, which the data show."""
    counts = [*parcel.splits.values()]
    if "image" not in parcel.card.identity.modality or None in counts or not counts:
        return ""
    images = sum(count or 0 for count in counts)
    return next((band for most, band in _IMAGES if images < most), _MOST_IMAGES)


def _sizes(card: Card) -> str:
    rows = [split.rows for split in card.processing.splits.values() if split.rows is not None]
    told = (f"{sum(rows)} records" if rows else "",
            f"{card.storage.bytes} bytes" if card.storage.bytes is not None else "")  # fmt: skip
    return _joined(told)


def _of_section(
    section: str, sources: Sequence[Provenance], kinds: str, parcel: Parcel, *, unclear: bool
) -> Iterator[Row]:
    """The rows of a section: whether there are such sources, and what the template asks of them."""
    used = "Yes" if sources else ("" if unclear else "No")
    for label, said in _asked(section, sources, kinds, parcel).items():
        if label.endswith("?"):
            yield Row(section, label, used, _NOT_HERE)
        elif label.endswith("? "):  # two questions, and the card tells no one of them
            yield Row(section, label.strip(), "" if sources else used, _WHICH)
        elif sources:
            yield Row(section, label, said, is_optional=label == _COMMENTS)
        else:
            none = "" if unclear else "Not applicable"
            yield Row(section, label, none, _NOT_HERE, is_optional=label == _COMMENTS)


_COMMENTS = "Additional comments"
_KIND = "Modality of the content covered"


def _asked(
    section: str, sources: Sequence[Provenance], kinds: str, parcel: Parcel
) -> Mapping[str, str]:
    """What a section asks, and what its sources say to that."""
    named = "; ".join(map(_described, sources))
    comments = {_COMMENTS: _joined(_periods(sources))}
    crawlers = [one.crawler for one in sources if one.crawler is not None]
    rows: Mapping[str, Mapping[str, str]] = {
        "2.1": {
            "Were publicly available datasets used?": "", _KIND: kinds,
            "List of large publicly available datasets": named,
            "General description of other publicly available datasets": "None: each is listed",
            **comments,
        },
        "2.2.1": {"Were commercial licensing agreements concluded?": "", _KIND: kinds},
        "2.2.2": {
            "Were private datasets obtained from other third parties?": "", _KIND: kinds,
            "List of publicly known private datasets": "",
            "General description of private datasets that are not publicly known": "", **comments,
        },
        "2.3": {
            "Were crawlers used by the provider or on its behalf?": "",
            "Crawler names or identifiers": _joined(
                _joined((one.name, one.agent)) for one in crawlers
            ),
            "Purposes of the crawlers": _joined(one.original_purpose for one in sources),
            "General description of crawler behaviour": _joined(
                f"{what}: {said}"
                for one in crawlers
                for what, said in (("robots.txt", one.robots), ("captcha", one.captcha),
                                   ("paywall", one.paywall))
                if said
            ),
            "Period of data collection": _joined(_periods(sources)),
            "Comprehensive description of the type of content and online sources crawled": named,
            "Type of modality covered": kinds,
            "Summary of the most relevant domain names crawled": _joined(
                _domains(one, parcel) for one in sources
            ),
            _COMMENTS: "",
        },
        "2.4": {
            "Was data from user interactions with the model used? ": "",
            "Was data from user interactions with other services or products used? ": "",
            "General description of the services or products": named, _KIND: kinds, **comments,
        },
        "2.5": {
            "Was synthetic data created by the provider or on its behalf?": "",
            "Modality of the synthetic data": kinds,
            "General-purpose models used to generate it, if on the market": _joined(
                _joined((one.generator.model, one.generator.version, one.generator.license))
                for one in sources
                if one.generator is not None
            ),
            "Other models used to generate it": "", **comments,
        },
        "2.6": {
            "Were data from other sources used?": "",
            "Narrative description of these sources and the data": named, **comments,
        },
    }  # fmt: skip
    return rows[section]


def _described(one: Provenance) -> str:
    """A source by its name, its place, its version, its licence and what it is."""
    told = (one.id, one.uri, one.revision, one.license, one.description)
    return ", ".join(text for text in told if text)


def _periods(sources: Sequence[Provenance]) -> Iterator[str]:
    for one in sources:
        if one.retrieved_from is not None or one.retrieved_to is not None:
            ends = [
                day.strftime("%m/%Y") if day else "…"
                for day in (one.retrieved_from, one.retrieved_to)
            ]
            yield f"{one.id or 'a source'}: {' to '.join(ends)}"


def _domains(one: Provenance, parcel: Parcel) -> str:
    """The tenth of all domains that most bytes are from, as the source's own list has them."""
    tree, path = parcel.source.tree, one.domains_file
    if path is None or path not in tree.stamps or tree.stamps[path].size > _PAPER:
        return ""
    with tree.open(path) as descriptor:
        content = tree.read(descriptor, tree.stamps[path].size, 0)
    if one.domains_sha256 is not None and of_bytes(content) != one.domains_sha256:
        return ""
    found = []
    for line in content.decode(errors="replace").splitlines():
        domain, _, rest = line.partition("\t")
        size = rest.partition("\t")[0]
        if size.isascii() and size.isdigit() and len(size) < 20:  # noqa: PLR2004
            found.append((-int(size), domain))
    most = sorted(found)[: min(_LISTED, math.ceil(len(found) / 10))]
    names = ", ".join(domain for _, domain in most)
    return f"{len(most)} of {len(found)} domains, by bytes: {names}" if most else ""


def _processing(card: Card) -> Iterator[Row]:
    yield Row("3.1", "Is the provider a signatory of the Code of Practice for general-purpose AI?",
              lacks=_OF_MODEL)  # fmt: skip
    measures = [
        f"{source.id or 'a source'}: {one.protocol or 'a protocol'}"
        + (f", read on {one.checked}" if one.checked is not None else "")
        + (f", {one.removed} records removed" if one.removed is not None else "")
        + (f", where nothing was said: {one.on_unknown}" if one.on_unknown else "")
        for source in card.collection.sources
        for one in source.opt_out
    ]
    yield Row("3.1", "Measures implemented to respect reservations of rights", _joined(measures))
    yield Row("3.1", _COMMENTS, is_optional=True)
    safety = card.processing.content_safety
    told = (
        safety and safety.method,
        safety and safety.threshold is not None and f"from a score of {safety.threshold}",
        safety and safety.removed is not None and f"{safety.removed} records removed",
    )
    yield Row("3.2", "Measures taken to avoid or remove illegal content",
              _joined(text for text in told if isinstance(text, str)))  # fmt: skip
    steps = [
        _joined((step.op, step.tool and f"by {step.tool} {step.tool_version or ''}".rstrip(),
                 f"{step.rows_in} records in, {step.rows_out} out"
                 if None not in (step.rows_in, step.rows_out) else "", step.why))
        for step in card.processing.steps
    ]  # fmt: skip
    yield Row("3.3", "Other relevant information about data processing", " / ".join(steps),
              is_optional=True)  # fmt: skip
