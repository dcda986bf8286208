"""
Croissant 1.1 with its vocabulary for responsible AI: a dataset as JSON-LD of schema.org.

What each field of the card is called there stands in its `Terms`; here is only what has no single
field: the files with their digests, the records, people by what they do, splits and classes.
An import is data alone: no address in it is opened, no pattern run, no context fetched.

Source:
    MLCommons, Croissant Format Specification 1.1; Croissant RAI Specification 1.0.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from datastd.card import Card
from datastd.card.identity import Party, PartyRole
from datastd.card.processing import Processing
from datastd.digest import strict_json
from datastd.exchange.objects import Left, Object, leftover, listed, name_of, only_text, put, take
from datastd.exchange.parcel import File, Parcel
from datastd.exchange.placeholders import refuse_placeholder
from datastd.exchange.records import file_id, media, record_sets
from datastd.exchange.shapes import RAI, Shape, fields, shape
from datastd.exchange.spelling import json_of

VERSIONS = ("http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0")

CONTEXT: Object = {
    "@language": "en", "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape", "citeAs": "cr:citeAs", "column": "cr:column",
    "conformsTo": "dct:conformsTo", "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/", "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"}, "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"}, "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"}, "extract": "cr:extract",
    "field": "cr:field", "fileObject": "cr:fileObject", "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet", "format": "cr:format", "includes": "cr:includes",
    "isArray": "cr:isArray", "isLiveDataset": "cr:isLiveDataset", "jsonPath": "cr:jsonPath",
    "key": "cr:key", "md5": "cr:md5", "name": {"@container": "@language"},
    "parentField": "cr:parentField", "path": "cr:path", "prov": "http://www.w3.org/ns/prov#",
    "rai": "http://mlcommons.org/croissant/RAI/", "recordSet": "cr:recordSet",
    "references": "cr:references", "regex": "cr:regex", "repeated": "cr:repeated",
    "replace": "cr:replace", "samplingRate": "cr:samplingRate", "sc": "https://schema.org/",
    "separator": "cr:separator", "source": "cr:source", "subField": "cr:subField",
    "transform": "cr:transform",
}  # fmt: skip
"""The context of the specification, spelled out: nobody has to fetch one to read the file."""

_ASKED = ("identity.name", "identity.description", "identity.license", "identity.url",
          "identity.parties", "identity.published")  # fmt: skip
"""What the specification requires, and the card may not state."""

_BY_HAND = frozenset({
    "identity.parties[].name", "identity.parties[].role", "identity.parties[].contact",
    "processing.splits{}.rows", "processing.splits{}.purpose", "processing.labels.names",
})  # fmt: skip
"""Fields that stand in no one object."""

_MANIFEST = "storage.manifest"
"""What the distribution says, where there is such a file."""

_ALONE: tuple[PartyRole, ...] = ("creator", "publisher")
"""What people do that Croissant has a property for."""

_ROLE = "contributor"
_SPLITS, _CLASSES = "~splits", "~classes"  # no split is called so: see `identifier`
_SPLIT_PAGES = {"train": "TrainSplit", "val": "ValidationSplit", "test": "TestSplit"}


def write(parcel: Parcel) -> bytes:
    """The dataset in Croissant."""
    parcel.lacks("Croissant", _ASKED)
    is_there = parcel.card.storage.manifest in {one.path for one in parcel.files}
    parcel.leaves("Croissant", {*fields(), *_BY_HAND, *([_MANIFEST] if is_there else [])})
    sets = record_sets(parcel)
    whole = _about(parcel.card)
    alone = (one for one in parcel.files if one.path not in sets.within)
    whole["distribution"] = [*(_file(parcel, one) for one in alone), *sets.files]
    whole["recordSet"] = [*sets.records, *whole.pop("recordSet", ())]
    return json_of(whole)


def _file(parcel: Parcel, file: File) -> Object:
    """A file, with its digest and its size."""
    return {
        "@type": "cr:FileObject", "@id": file_id(file.path), "name": file.path,
        "contentUrl": f"{parcel.prefix}{file.path}", "encodingFormat": media(file.path),
        "contentSize": f"{file.bytes} B", "sha256": file.sha256,
    }  # fmt: skip


def _about(card: Card) -> Object:
    """What the card says, files and records aside."""
    said = put(card, shape())
    sets = [*_card_splits(card), *_card_classes(card)]
    return {
        "@context": CONTEXT, "@type": "sc:Dataset", "conformsTo": [*VERSIONS],
        **said, **_people(card.identity.parties), **_gathered(said),
        **({"recordSet": sets} if sets else {}),
    }  # fmt: skip


def _gathered(said: Object) -> Object:
    """What responsible AI asks of the dataset, where the card knows it of a source or a step."""
    found: dict[str, list[str]] = {}
    for key in ("prov:wasDerivedFrom", "prov:wasGeneratedBy"):
        for one in said.get(key, ()):
            name = f"{name_of(one['@id'])}: " if "@id" in one and len(said[key]) > 1 else ""
            for term, value in one.items():
                if term.startswith(RAI):
                    found.setdefault(term, []).extend(f"{name}{text}" for text in listed(value))
    return {
        term: [*listed(said[term]), "\n".join(texts)] if term in said else "\n".join(texts)
        for term, texts in found.items()
    }


def _people(parties: Sequence[Party]) -> Object:
    """Who answers for the dataset, by what they do."""
    found: dict[str, list[Object]] = {key: [] for key in (*_ALONE, _ROLE)}
    for party in parties:
        known = {"name": party.name, "email": party.contact}
        one = {"@type": "sc:Organization"} | {k: v for k, v in known.items() if v is not None}
        if party.role in _ALONE:
            found[party.role].append(one)
        else:
            role = {"roleName": party.role} if party.role else {}
            found[_ROLE].append({"@type": "sc:Role", **role, _ROLE: one})
    return {key: people for key, people in found.items() if people}


def _card_splits(card: Card) -> Iterator[Object]:
    """The splits that the card states, as the enumeration that Croissant has for them."""
    if not card.processing.splits:
        return
    data: list[Object] = []
    for name, split in card.processing.splits.items():
        page = _SPLIT_PAGES.get(name)
        known = {"url": page and f"https://mlcommons.org/croissant/{page}",
                 "rows": split.rows, "purpose": split.purpose}  # fmt: skip
        data.append({"name": name, **known})
    # Readers ask of each row for all that one of them has: what it does not say is null.
    held = [key for key in data[0] if any(row[key] is not None for row in data)]
    data = [{f"{_SPLITS}/{key}": row[key] for key in held} for row in data]
    kinds = {"name": "sc:Text", "url": "sc:URL", "rows": "sc:Integer", "purpose": "sc:Text"}
    yield _enumeration(_SPLITS, "cr:Split", kinds, data)


def _card_classes(card: Card) -> Iterator[Object]:
    """The classes that the card states."""
    labels = card.processing.labels
    if labels is not None and labels.names:
        data = [{f"{_CLASSES}/name": name} for name in labels.names]
        yield _enumeration(_CLASSES, "sc:Enumeration", {"name": "sc:Text"}, data)


def _enumeration(
    called: str, kind: str, kinds: Mapping[str, str], data: Sequence[Object]
) -> Object:
    fields = [
        {"@type": "cr:Field", "@id": f"{called}/{name}", "name": name, "dataType": of}
        for name, of in kinds.items()
        if any(f"{called}/{name}" in one for one in data)
    ]
    return {
        "@type": "cr:RecordSet", "@id": called, "name": called.removeprefix("~"),
        "dataType": kind, "key": {"@id": f"{called}/name"}, "field": fields, "data": [*data],
    }  # fmt: skip


def read(content: bytes) -> tuple[dict[str, Any], Left]:
    """
    The tables of a card that a description in Croissant comes to, and what it says besides.

    Raises:
        ValueError: It is none.
        UsageError: A digest in it is a placeholder.
    """
    given = strict_json(content)
    if not isinstance(given, dict) or "Dataset" not in str(given.get("@type")):
        msg = "expected one object of type sc:Dataset"
        raise ValueError(msg)
    given, left = _once(given), Left()
    files = listed(given.pop("distribution", []))
    for number, one in enumerate(files):
        _refuse_placeholders(number, one)
    if files:
        left("distribution", "files are what a manifest is about")
    for number, one in enumerate(listed(given.get("prov:wasDerivedFrom", []))):
        if isinstance(one, dict) and "sha256" in one:
            refuse_placeholder(f"prov:wasDerivedFrom[{number}]: sha256", one["sha256"])
    _ungather(given)
    tables = take(given, shape(), left)
    _of_no_source(given, tables, left)
    for number, one in enumerate(listed(given.pop("recordSet", []))):
        _record_set(number, one, tables, left)
    if parties := [*_parties(given, left)]:
        tables.setdefault("identity", {})["parties"] = parties
    given.pop("conformsTo", None)
    leftover(given, left)
    return tables, left


def _once(given: Object) -> Object:
    """
    Properties without prefixes.

    Raises:
        ValueError: One stands there twice, under two names.
    """
    found = {_bare(key): value for key, value in given.items()}
    if len(found) < len(given):
        msg = "a property stands twice, under two names"
        raise ValueError(msg)
    return found


def _bare(key: str) -> str:
    """A property without the prefix that the context may give it."""
    return re.sub(r"^(?:sc:|schema:|cr:|https?://schema\.org/)", "", key)


def _refuse_placeholders(number: int, one: Any) -> None:
    if isinstance(one, dict):
        name = one.get("name") or one.get("@id") or number
        is_empty = re.fullmatch(r"0( ?B)?", str(one.get("contentSize"))) is not None
        for key, stated in one.items():
            if _bare(key) == "sha256":
                refuse_placeholder(f"distribution: {name}: sha256", stated, is_empty=is_empty)


def _ungather(given: Object) -> None:
    """Take out what was written of the dataset because a source or a step has it."""
    try:
        gathered = _gathered(given)
    except (TypeError, AttributeError):  # others write what they like
        return
    for term, value in gathered.items():
        said = listed(given.get(term))
        if said[-1:] == listed(value)[-1:]:
            given[term] = said[:-1]
            if not given[term]:
                del given[term]


def _of_no_source(given: Object, tables: dict[str, Any], left: Left) -> None:
    """Take what the card knows of a source: where none is described, it is of the only one."""
    if tables.get("collection", {}).get("sources"):
        return
    source = next(one.shape for one in shape().inner if one.key == "prov:wasDerivedFrom")
    slots = {key: of for key, of in source.slots.items() if key.startswith(RAI)}
    if found := take(given, Shape(slots, ()), left):
        tables["collection"] = {"sources": [found]}


def _record_set(number: int, one: Any, tables: dict[str, Any], left: Left) -> None:
    """Splits and classes that are listed; any other set of records is about files."""
    said = one if isinstance(one, dict) else {}
    called = said.get("@id")
    rows = said.get("data")
    where = f"recordSet[{called if isinstance(called, str) else number}]"
    kinds = {_bare(str(kind)) for kind in listed(said.get("dataType"))}
    if not isinstance(rows, list) or not ("Split" in kinds or called == _CLASSES):
        left(where, "records are what the data show")
        return
    try:
        data = [{key.rpartition("/")[2]: value for key, value in row.items()} for row in rows]
        if "Split" in kinds:
            found: Object = {
                "splits": {_text(row["name"]): _split(row, left, where) for row in data}
            }
        else:
            found = {"labels": {"names": [row["name"] for row in data]}}
        _refuse_fewer(found, data)
        Processing.of_tables(found)
    except (AttributeError, KeyError, TypeError, ValueError):
        left(where, "expected rows that each have a name")
        return
    tables.setdefault("processing", {}).update(found)


def _refuse_fewer(found: Object, data: Sequence[Object]) -> None:
    """
    Refuse rows of which two have one name.

    Raises:
        ValueError: There are such.
    """
    if len(found.get("splits", data)) < len(data):
        msg = "a name stands twice"
        raise ValueError(msg)


def _text(name: Any) -> str:
    """
    A name that is a text: a key of JSON would make one of anything.

    Raises:
        TypeError: It is none.
    """
    if not isinstance(name, str):
        raise TypeError
    return name


def _split(row: Mapping[str, Any], left: Left, where: str) -> dict[str, Any]:
    for key in sorted({*row} - {"name", "url", "rows", "purpose"}):
        left(f"{where}.{key}")
    return {key: row[key] for key in ("rows", "purpose") if row.get(key) is not None}


def _parties(given: Object, left: Left) -> Iterator[dict[str, Any]]:
    """Who answers for the dataset."""
    for key in (*_ALONE, "maintainer", "funder", _ROLE):
        for number, one in enumerate(listed(given.pop(key, []))):
            where = f"{key}[{number}]"
            role, who = (key, one) if key != _ROLE else _role(one)
            if role is not None and role not in get_args(PartyRole):
                left(f"{where}.roleName", "expected what people do, as the card calls it")
                role = None
            known = {"role": role, **_party(who, left, where)}
            yield {name: value for name, value in known.items() if value is not None}


def _role(one: Any) -> tuple[Any, Any]:
    if isinstance(one, dict) and _bare(str(one.get("@type"))) == "Role":
        return one.get("roleName"), one.get(_ROLE)
    return None, one


def _party(one: Any, left: Left, where: str) -> dict[str, Any]:
    """Name and address of one who answers; what else is said of them is left."""
    if isinstance(one, str):
        return {"name": one}
    found = {}
    for key, value in one.items() if isinstance(one, dict) else [("", one)]:
        text = only_text(value) if isinstance(value, dict) else value
        known = {"name": "name", "email": "contact", "url": "contact"}.get(_bare(key))
        if known and known not in found and isinstance(text, str):
            found[known] = text
        elif key != "@type":
            left(f"{where}.{key}" if key else where)
    return found
