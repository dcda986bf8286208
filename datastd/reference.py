"""
What there is, in words: every rule, measure, standard and format, from docstrings.

Found by walking the packages, so that a module which is there is also explained.
``python -m datastd.reference`` prints the page `schemas/RULES.md`; what
`json_schema` gives of each record lies in `schemas/json/`.
"""

import importlib
import inspect
import json
import pkgutil
import re
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from types import ModuleType

from pydantic import BaseModel

from datastd import measures, records, rules, sight, sources, standard
from datastd.card import Card
from datastd.card.fields import places
from datastd.certificate import refusals
from datastd.errors import UsageError
from datastd.measures import Measure
from datastd.records import Record
from datastd.rules import Rule
from datastd.rules.norms import elsewhere
from datastd.sight import terms
from datastd.sight.pipeline import Pipeline
from datastd.sources import Defect, Source
from datastd.sources.known import formats, reader
from datastd.standard import Standard
from datastd.words import meant

_INDENT = " " * 4
_WIDEST = 48  # letters of a column of titles
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One thing that can be explained.

    Attributes:
        name: A code, the name of a standard, or the name of a format.
        title: What it is called; the column that a measure fills.
        facts: Level, unit and where it is judged, in a line.
        text: Its docstring.
        defect: What a report calls it, where that is not its title.
    """

    name: str
    title: str
    facts: str
    text: str
    defect: str = ""

    @property
    def summary(self) -> str:
        """What it is, in a sentence or two."""
        return self.text.partition("\n\n")[0].replace("\n", " ")

    @property
    def page(self) -> str:
        """The entry whole."""
        return f"{self.name}  {self.title}\n{self.facts}\n\n{self.text}"


def _defects() -> Iterator[Entry]:
    for kind in _defined(sources):
        if isinstance(kind, type) and issubclass(kind, Defect) and "code" in vars(kind):
            place = kind.__module__.split(".")[2]
            shared = {"files": "every format", "pictures": "formats of pictures",
                      "tabular": "formats of records", "tokens": "formats of tokens",
                      "serial": "formats of records", "encoding": "formats of text"}  # fmt: skip
            by = shared.get(place, f"format {place.replace('_', '-')}")
            facts = f"{kind.level}; what cannot be read; {by}"
            yield Entry(kind.code, kind.name, facts, _text(kind))


def _rules() -> Iterator[Entry]:
    for kind in _defined(rules):
        if isinstance(kind, type) and issubclass(kind, Rule) and "code" in vars(kind):
            fields = kind.model_fields
            level, most = fields["level"].default, fields["limit"].default
            needs = f"; needs the input {', '.join(kind.needs)}" if kind.needs else ""
            over = kind.model_fields.get("over")  # where a standard may choose the table
            table = over.default if over else kind.table
            facts = f"{level}; at most {most:g} {kind.unit}, in the table {table}{needs}"
            yield Entry(kind.code, kind.name, facts, _text(kind))


def _attestation() -> Iterator[Entry]:
    for kind in refusals.EVERY:
        yield Entry(kind.code, kind.name, "error; certificates, by the gate", _text(kind))


def _measures() -> Iterator[Entry]:
    for one in _defined(measures):
        if isinstance(one, Measure):
            over = "" if one.over == "samples" else f" of {one.over}"
            needs = ", ".join(one.needs)
            facts = f"{one.level}; {one.name}; in {one.unit}{over}; made from {needs}"
            yield Entry(one.code, one.column, facts, _text(one), one.name)


def _standards() -> Iterator[Entry]:
    for one in standard.every():
        yield Entry(one.name, f"for {', '.join(one.formats)}", f"digest {one.digest}", _terms(one))
    asked = "rules by what a sample has; what has to be said of the pipeline is in each"
    yield Entry(terms.NAME, "for datastd.train.preview alone", asked, _previewed())


def _formats() -> Iterator[Entry]:
    for name in formats():
        kind: type[Source] = reader(name)
        marked = f"; annotations {', '.join(kind.annotates)}" if kind.annotates else ""
        facts = f"columns {', '.join(kind.columns)}{marked}"
        yield Entry(name, kind.__name__, facts, _text(kind))


def _records() -> Iterator[Entry]:
    for name, one in record_models().items():
        fields = ", ".join(field.alias or key for key, field in one.model_fields.items())
        yield Entry(name, "record", f"fields {fields or 'none'}", _text(one))


def _card() -> Iterator[Entry]:
    known = [*places()]
    for one in known:
        called = [f"{name} {value}" for name, value in asdict(one.terms).items()
                  if value and name != "private"]  # fmt: skip
        facts = [*called, *(["private"] if one.terms.private else [])]
        choices = " | ".join(one.choices)
        inner = [part for part in known if part.path.rpartition(".")[0] == one.path]
        held = [f"  {part.path.rpartition('.')[2]}: {part.meaning}" for part in inner]
        text = "\n".join([one.meaning, "", "Fields:", *held]) if held else one.meaning
        yield Entry(one.path, choices, "; ".join(facts) or "datastd's own", text)


def _recipe() -> Iterator[Entry]:
    from datastd.keys import called, keys  # noqa: PLC0415  -- torch
    from datastd.objectives.known import EVERY  # noqa: PLC0415
    from datastd.train import Recipe  # noqa: PLC0415

    known = [*keys()]
    common = ", ".join(one.path for one in known if not one.of)
    yield Entry(RECIPE, "what `datastd train` follows", f"keys {common}", _text(Recipe))
    for kind in EVERY:
        own = ", ".join(one.path for one in known if called(kind) in one.of)
        yield Entry(called(kind), "an objective, as task.name", f"keys {own}", _text(kind))
    for one in known:
        by = f"; of {', '.join(one.of)}" if one.of else ""
        stated = f"default {one.default}" if one.default else "every recipe has it"
        yield Entry(one.path, one.takes, f"{stated}{by}", one.meaning)


def field_of(place: str) -> str:
    """
    A place in a card as its field is called: without marks, and numbers of what is in lists.

    >>> field_of("processing.steps.0.rows_in"), field_of("processing.splits{}.rows")
    ('processing.steps.rows_in', 'processing.splits.rows')
    """
    return re.sub(r"\.\d+(?=\.|$)", "", place.replace("[]", "").replace("{}", ""))


def exported() -> dict[str, type[BaseModel]]:
    """Every model that others may read, by its name: the records, and the data card."""
    return {Card.__name__: Card, **record_models()}


def record_models() -> dict[str, type[Record]]:
    """Every record that datastd defines, by its name."""
    found = [
        one for one in _defined(records)
        if isinstance(one, type) and issubclass(one, Record) and one is not Record
    ]  # fmt: skip
    return {one.__name__: one for one in sorted(found, key=lambda one: one.__name__)}


LISTS: Mapping[str, tuple[Callable[[], Iterator[Entry]], ...]] = {
    "rules": (_defects, _rules, _attestation),
    "measures": (_measures,),
    "standards": (_standards,),
    "formats": (_formats,),
    "records": (_records,),
    "card": (_card,),
}
"""What `entries` knows, by the word that asks for it."""

RECIPE = "recipe"
"""What it knows besides, where torch is: so it stands on no page."""


def entries(what: str) -> list[Entry]:
    """
    Everything of a kind (a key of `LISTS`, or `RECIPE`), by name.

    Raises:
        NotInstalled: Recipes need torch.
    """
    found = (entry for each in LISTS.get(what, (_recipe,)) for entry in each())
    return sorted(found, key=lambda entry: (entry.name, entry.title))


def listing(what: str, width: int | None = None) -> list[str]:
    """Everything of a kind, a line each; where there is a *width*, in paragraphs that fit it."""
    found = entries(what)
    if width:
        return [line for entry in found for line in _fitting(entry, width)]
    names = max(len(e.name) for e in found)
    titles = min(max(len(e.title) for e in found), _WIDEST)  # a longer one goes on
    return [f"{e.name:{names}} {e.title:{titles}} {e.summary}".rstrip() for e in found]


def _fitting(entry: Entry, width: int) -> Iterator[str]:
    """An entry in lines of so many letters, what it is below its name."""
    fit = textwrap.TextWrapper(width, subsequent_indent=_INDENT, break_on_hyphens=False)
    yield from fit.wrap(f"{entry.name}  {entry.title}")
    fit.initial_indent = _INDENT
    yield from fit.wrap(entry.summary)


def explain(name: str) -> str:
    """
    Explain what `LISTS` or a recipe has, by its name.

    A standard may be named by its file, too.

    Raises:
        UsageError: There is nothing of that name.
        NotInstalled: It is a recipe that is asked for, and torch is not there.
    """
    if name.endswith(".py"):
        one = standard.load(name)
        return Entry(one.name, name, f"digest {one.digest}", _terms(one)).page
    known: dict[str, list[Entry]] = {}  # a measure for each definition may have one code
    for what in LISTS:
        for entry in entries(what):
            known.setdefault(entry.name, []).append(entry)
            if what == "card":
                known.setdefault(field_of(entry.name), [entry])
            if what in {"rules", "measures"}:
                known.setdefault(entry.title, [entry])
            if entry.defect:
                known.setdefault(entry.defect, []).append(entry)
    # The limit on a plain column stands under the code and the column: C708.label.
    found = known.get(name) or known.get(field_of(name)) or known.get(name.upper())
    if found is None and (bare := name.partition(".")[0]).upper() == bare:
        found = known.get(bare)
    found = found or _of_recipes(name, known)
    if found is None:
        hint = meant(name, known, "datastd list rules names all")
        expected = "a code, or what `datastd list` names: a measure, a format, a key of a recipe …"
        raise UsageError("explain", expected, name, hint)
    return "\n\n".join(entry.page for entry in found)


def _of_recipes(name: str, known: dict[str, list[Entry]]) -> list[Entry] | None:
    """What a recipe has of a name, where torch is, which takes a while; all goes to *known*."""
    try:
        for entry in entries(RECIPE):
            known.setdefault(entry.name, []).append(entry)
    except ImportError:  # `NotInstalled` is one, and so is what a package within lacks
        if name.lower() == RECIPE:
            raise
    return known.get(name) or known.get(name.lower())


def json_schema(name: str) -> str:
    """
    The JSON Schema of a record, of the card, or of a recipe, for editors and other languages.

    It ends with a line feed.

    Raises:
        UsageError: There is no record of that name.
    """
    known = exported()
    if name.lower() == RECIPE:
        from datastd.keys import schema as of_recipe  # noqa: PLC0415  -- torch

        schema = of_recipe()
    elif name in known:
        schema = known[name].model_json_schema()
    else:
        hint = meant(name, known, "datastd list records names all")
        raise UsageError("explain --json-schema", "the name of a record", name, hint)
    schema = {"$schema": _DIALECT, **schema}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def page() -> str:
    """Everything, as Markdown: the page `schemas/RULES.md`."""
    head = (
        "# What datastd checks\n\n"
        "Generated from docstrings by `python -m datastd.reference`; a test keeps it fresh.\n"
    )
    parts = [head]
    for what in LISTS:
        found = entries(what)
        parts.append(f"## {what.capitalize()}\n\n| name | title | facts |\n|---|---|---|")
        parts += [f"| {e.name} | {e.title} | {e.facts} |" for e in found]
        parts.append("")
        parts += [f"### {e.name} {e.title}\n\n```text\n{e.text}\n```\n" for e in found]
    return "\n".join([*parts, *_elsewhere()])


def _elsewhere() -> Iterator[str]:
    """The norms of A3 by their names there, with what each is here."""
    yield f"## Norms by their names elsewhere\n\n{_text(elsewhere)}\n"
    yield "| A3 | here | why |\n|---|---|---|"
    for name, one in elsewhere.NAMED.items():
        yield f"| {name} | {', '.join(one.codes) or 'not built'} | {one.why} |"
    yield ""


def _terms(one: Standard) -> str:
    """Everything that a standard asks for, with the reasons."""
    lines = [one.about]
    for table, door in one.doors.items():
        lines += ["", f"Limits on each {table.removesuffix('s')}:"]
        for column, limit in door.limits.items():
            code, _ = limit.called
            most = f", {limit.limit:g} of them outside tolerated" if limit.limit else ""
            why = f" ({limit.because})" if limit.because else ""
            lines.append(f"  {code} {limit.level:5} {column} {limit.bound()}{most}{why}")
    lines += ["", "Rules:", *map(_limit, one.rules)]
    lines += ["", "Tolerated defects:"] if one.tolerates else []
    lines += [f"  {t.code} ≤ {t.limit:g} ({t.because})" for t in one.tolerates]
    lines += ["", f"Required inputs: {', '.join(one.requires)}"] if one.requires else []
    return "\n".join(lines)


def _previewed() -> str:
    """Everything that a preview asks for."""
    rules, needs = terms.asked(Pipeline(), ())
    lines = [_text(sight), "", "Rules:"]
    for rule in rules:
        given = needs.get(rule.code, "").replace("pipeline.", "Pipeline.")
        lines.append(_limit(rule) + (f"; needs {given}" if given else ""))
    return "\n".join(lines)


def _limit(rule: Rule) -> str:
    """A rule as a standard asks for it."""
    why = f" ({rule.because})" if rule.because else ""
    raised = f"; error from profile {rule.error_from}" if rule.error_from else ""
    return f"  {rule.code} {rule.level:5} {rule.name} ≤ {rule.limit:g} {rule.unit}{why}{raised}"


def _text(thing: object) -> str:
    return inspect.cleandoc(thing.__doc__ or "")


def _defined(package: ModuleType) -> Iterator[object]:
    """Everything that *package* and the modules below it define themselves."""
    names = [m.name for m in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
    for name in (package.__name__, *names):
        for value in vars(importlib.import_module(name)).values():
            if getattr(getattr(value, "function", value), "__module__", "") == name:
                yield value


if __name__ == "__main__":
    sys.stdout.write(page())
