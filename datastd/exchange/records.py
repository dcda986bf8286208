"""
Record sets of Croissant: how a reader of it gets to the samples that datastd reads.

Croissant has a way into tables, lines of JSON, Parquet, documents of a file each, in a folder or in
archives of tar, and pictures of a file each; not to what stands beside these.  Of any other format
the files are described, no record set claims more, and a note says why, and what is left out.
"""

import fnmatch
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import numpy as np
import polars as pl

from datastd.digest import Manifest
from datastd.disk import Tree
from datastd.exchange.objects import Object, identifier
from datastd.exchange.parcel import Parcel
from datastd.sources import Source
from datastd.sources.known import reader
from datastd.sources.pictures import Pictures
from datastd.sources.tabular import Rows, Tabular
from datastd.sources.webdataset import WebDataset
from datastd.sources.webdataset.values import TEXTS

MEDIA: Mapping[str, str] = {
    ".csv": "text/csv", ".tsv": "text/tab-separated-values", ".jsonl": "application/jsonlines",
    ".ndjson": "application/jsonlines", ".json": "application/json", ".toml": "application/toml",
    ".parquet": "application/x-parquet", ".txt": "text/plain", ".md": "text/markdown",
    ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp",
    ".gif": "image/gif", ".bmp": "image/bmp", ".tif": "image/tiff", ".tiff": "image/tiff",
    ".tar": "application/x-tar", ".zip": "application/zip", ".xml": "application/xml",
    ".arrow": "application/vnd.apache.arrow.file", ".warc": "application/warc",
    ".npy": "application/x-npy", ".yaml": "application/yaml", ".yml": "application/yaml",
}  # fmt: skip
"""Media types by suffix; a codec around a table is no part of it, as readers look for it."""

_TABLES = {
    "text/csv": "csv", "text/tab-separated-values": "csv", "application/jsonlines": "jsonl",
    "application/x-parquet": "parquet",
}  # fmt: skip
"""Media types whose records a reader of Croissant gets at by their names, and their format here."""

_QUESTIONS = "$.data[*].paragraphs[*].qas[*]."
"""Where the questions of SQuAD are: what stands further out has no way to each of them."""

_TEXT = "txt"
"""The suffix of a member of an archive that is a text, and nothing else."""

_PICTURES = frozenset({"image/jpeg", "image/png"})
_UNCLEAR = pl.Object
"""What stands for values of different types."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WHOLE = r"^-?(0|[1-9][0-9]{0,17})$"
_NUMBER = r"^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?$"

_UNKNOWN = "its readers know no such files"
_WAYLESS: Mapping[str, str] = {
    "idx": "arrays behind a header", "cifar": "rows of bytes, or pickles",
    "nanogpt": "tokens without a header", "llmc": "tokens behind a header",
    "megatron": "tokens beside an index", "datatrove": "tokens beside an index",
    "dolma": "tokens beside a list of documents", "mds": "shards beside an index of its own",
    "arrow": "its readers know CSV, JSON and Parquet, and no Arrow",
    "webdataset": "they are texts in members txt of plain archives, or none that it gets at",
}  # fmt: skip
"""Why there is no way to the records of a format; of any other, `_UNKNOWN`."""

_FOLDER = {"regex": r"^(?:.*/)?([^/]+)/[^/]+$"}
"""The folder that a file is in."""

_OF_SET = "sha256 is that of the lines which sha256sum writes of these files, ordered by path"


def media(path: str) -> str:
    """The media type of a file, by its name; readers of tables look for gzip themselves."""
    lower = path.lower()
    bare = lower.removesuffix(".gz")
    kind = MEDIA.get(bare[bare.rfind(".") :], "") if "." in bare else ""
    if kind and (bare == lower or kind in _TABLES):
        return kind
    return "application/gzip" if bare != lower else "application/octet-stream"


@dataclass(frozen=True)
class Place:
    """
    Where fields are from.

    Attributes:
        source: The file, or the set of files, as a field names it.
        files: The set of files, where it is one.
        within: Files that are described by the set, and not one by one.
    """

    source: Object
    files: Object | None = None
    within: frozenset[str] = frozenset()


@dataclass
class Sets:
    """
    How a reader gets to the samples.

    Attributes:
        files: The sets of files.
        records: The sets of records.
        within: Files that are described by the set that they are in.
    """

    files: list[Object] = field(default_factory=list)
    records: list[Object] = field(default_factory=list)
    within: set[str] = field(default_factory=set)

    def add(self, split: str, fields: Sequence[Object], place: Place) -> None:
        """Add the records of a split."""
        called = identifier(split)
        record = {"@type": "cr:RecordSet", "@id": called, "name": split, "field": [*fields]}
        self.records.append(record)
        self.files += [place.files] if place.files else []
        self.within |= place.within


def record_sets(parcel: Parcel) -> Sets:
    """Sets of files and records; none where Croissant has no way to the samples."""
    source = parcel.source
    paths = _paths(source)
    if isinstance(source, Pictures):
        return _of_pictures(parcel, paths)
    kinds = {media(path) for of in paths.values() for path in of}
    kind = kinds.pop() if len(kinds) == 1 else ""
    if kind in _TABLES and _is_a_row_each(source):
        return _of_tables(parcel, paths, kind)
    if source.format == "squad" and kind == "application/json":
        return _of_questions(parcel, paths)
    if source.called == "text" and kind == "text/plain":
        return _of_documents(parcel, paths)
    if isinstance(source, WebDataset) and kind == MEDIA[".tar"] and _has_texts(source, paths):
        return _of_archives(parcel, source, paths)
    why = _WAYLESS.get(source.format, _UNKNOWN)
    what = f"Croissant has no way to the records of {source.called} ({why}): files only, without"
    parcel.notes.append(f"{what} {', '.join(source.columns)}")
    return Sets()


def _is_a_row_each(source: Source) -> bool:
    """Say whether a sample is a row as any reader sees it: a dialogue is a line of JSON."""
    if source.format == "csv":
        return not getattr(source, "delimiter", "")  # readers know a comma, and a tab in .tsv
    return isinstance(source, Tabular) or source.format == "chat"


def _paths(source: Source) -> dict[str, list[str]]:
    """The files of each split, in data order."""
    found: dict[str, dict[str, None]] = {}
    for shard in source.plan().shards:
        here = found.setdefault(shard.split, {})
        if isinstance(source, Pictures):
            rows = np.arange(shard.start, shard.stop)
            here |= dict.fromkeys(source.paths_of(shard.split, rows))
        elif shard.path in source.tree.stamps:
            here[shard.path] = None
        else:  # a bundle of files
            keys = [key for one in source.read(shard) if not isinstance(one, Exception)
                    for key in one.keys]  # fmt: skip
            here |= dict.fromkeys(key.rpartition("#")[0] or key for key in keys)
    return {split: [*of] for split, of in found.items()}


def _of_tables(parcel: Parcel, paths: Mapping[str, Sequence[str]], kind: str) -> Sets:
    sets = Sets()
    columns = _columns(parcel.source, _TABLES[kind])
    for split, of in paths.items():
        found = [columns.get(path, {}) for path in of]
        place = _file_or_set(parcel, split, of, kind)
        known = [one for one in found if one is not None]
        fields = [
            each
            for name, one in (reduce(_both, known) if len(known) == len(found) else {}).items()
            for each in _field(parcel, split, name, one, place.source)
        ]
        if fields:
            sets.add(split, fields, place)
        else:
            parcel.notes.append(f"no record set: {split}: values of no one type under their names")
    return sets


def _of_questions(parcel: Parcel, paths: Mapping[str, Sequence[str]]) -> Sets:
    sets = Sets()
    for split, of in paths.items():
        place = _file_or_set(parcel, split, of, "application/json")
        fields = [
            _field_of(split, name, "sc:Text", place, {"jsonPath": f"{_QUESTIONS}{name}"})
            for name in ("id", "question")
        ]
        sets.add(split, fields, place)
        parcel.notes.append(f"no field of a record set: {split}: context, answers")
    return sets


Columns = dict[str, Any]
"""What columns hold, as polars has it."""


def _columns(source: Source, format_name: str) -> dict[str, Columns | None]:
    """The columns of each file, all of which is read; None where they hold now this, now that."""
    found: dict[str, Columns | None] = {}
    with ExitStack() as stack:
        table = source
        if source.format != format_name:  # dialogues are lines of JSON, whatever they say
            table = stack.enter_context(reader(format_name)(Tree(source.tree.root)))
        if not isinstance(table, Tabular):
            return found
        for shard in table.plan().shards:
            for rows in table.rows(shard, None):
                known = found.get(shard.path, {})
                if isinstance(rows, Rows) and known is not None:
                    here = _schema(rows)
                    found[shard.path] = None if here is None else _both(known, here)
    return found


def _schema(rows: Rows) -> Columns | None:
    """Names of values, and what they are; None where objects stand among other values."""
    record = rows.beside.get("record")
    if isinstance(record, pl.Series):
        try:
            decoded = record.str.json_decode(infer_schema_length=None)
        except pl.exceptions.PolarsError:
            return None
        return {one.name: one.dtype for one in getattr(decoded.dtype, "fields", ())}
    if set(rows.forms.values()) == {"strings"}:
        return {name: _spelled(rows.frame[name]) for name in rows.frame.columns}
    return dict(rows.frame.schema)


def _spelled(values: pl.Series) -> Any:
    """What strings are spelled as: numbers, where each is written as only numbers are."""
    stated = values.drop_nulls().filter(values.drop_nulls() != "")
    if stated.is_empty():
        return pl.Null
    if stated.str.contains(_WHOLE).all():
        return pl.Int64
    return pl.Float64 if stated.str.contains(_NUMBER).all() else pl.String


def _both(some: Columns, more: Columns) -> Columns:
    """Columns of two tables; of one that both have, what both hold."""
    return {
        name: _either(some.get(name, pl.Null), more.get(name, pl.Null)) for name in {**some, **more}
    }


def _either(one: Any, other: Any) -> Any:
    if other in {one, pl.Null}:
        return one
    if one == pl.Null:
        return other
    if {_type(one), _type(other)} == {"sc:Integer", "sc:Float"}:
        return pl.Float64
    if isinstance(one, pl.List) and isinstance(other, pl.List):
        return pl.List(_either(one.inner, other.inner))
    if isinstance(one, pl.Struct) and isinstance(other, pl.Struct):
        held = [{part.name: part.dtype for part in each.fields} for each in (one, other)]
        return pl.Struct(_both(*held))
    return pl.String if {_type(one), _type(other)} == {"sc:Text"} else _UNCLEAR


def _type(kind: Any) -> str:
    """The type of values in Croissant; empty where it has none."""
    if kind in {pl.String, pl.Categorical, pl.Enum, pl.Null}:
        return "sc:Text"
    if kind == pl.Boolean:
        return "sc:Boolean"
    if kind in {pl.Date, pl.Datetime}:
        return "sc:Date" if kind == pl.Date else "sc:DateTime"
    if isinstance(kind, type) or kind is None:
        kind = kind() if kind is not None and issubclass(kind, pl.DataType) else None
    if kind is not None and kind.is_integer() and kind != pl.Int128:
        return "sc:Integer"
    return "sc:Float" if kind is not None and kind.is_float() else ""


def _field(parcel: Parcel, split: str, name: str, kind: Any, place: Object) -> Iterator[Object]:
    """Yield the field of a column: none for what Croissant's readers cannot give."""
    called = f"{identifier(split)}/{identifier(name)}"
    head = {"@type": "cr:Field", "@id": called, "name": name}
    source = {**place, "extract": {"column": name}}
    is_list = isinstance(kind, pl.List)
    inner = kind.inner if is_list else kind
    if _type(inner):
        many = {"isArray": True, "arrayShape": "-1"} if is_list else {}
        yield {**head, "dataType": _type(inner), **many, "source": source}
        return
    parts = []
    for one in inner.fields if isinstance(inner, pl.Struct) else ():
        if _type(one.dtype) and _NAME.fullmatch(one.name):
            parts.append({
                "@type": "cr:Field", "@id": f"{called}/{one.name}", "name": one.name,
                "dataType": _type(one.dtype),
                "source": {**source, "transform": {"jsonPath": one.name}},
            })  # fmt: skip
        else:
            parcel.notes.append(f"no field of a record set: {split}: {name}.{one.name}")
    if parts:
        yield {**head, **({"repeated": True} if is_list else {}), "subField": parts}
    else:
        parcel.notes.append(f"no field of a record set: {split}: {name}")


def _field_of(
    split: str, name: str, kind: str | list[str], place: Place, extract: Object, **more: Object
) -> Object:
    """A field by its name."""
    source = {**place.source, "extract": extract, **more}
    called = f"{identifier(split)}/{name}"
    return {"@type": "cr:Field", "@id": called, "name": name, "dataType": kind, "source": source}


def _file_or_set(parcel: Parcel, split: str, paths: Sequence[str], kind: str) -> Place:
    """Where fields of a split are from: its one file, or a set of its files."""
    if len(paths) == 1:
        return Place({"fileObject": {"@id": file_id(paths[0])}})
    found = _file_set(parcel, split, paths, kind)
    return Place({"fileSet": {"@id": found["@id"]}}, found)


def _bundle(parcel: Parcel, split: str, paths: Sequence[str], kinds: Sequence[str]) -> Place:
    """Where fields of a split are from, whose samples are files: these have one digest."""
    here = frozenset(paths)
    sizes = sum(one.bytes for one in parcel.files if one.path in here)
    listed = Manifest(tuple(one for one in parcel.manifest.files if one[0] in here))
    found = _file_set(parcel, split, paths, [*kinds]) | {
        "description": _OF_SET, "contentSize": f"{sizes} B", "sha256": listed.digest,
    }  # fmt: skip
    return Place({"fileSet": {"@id": found["@id"]}}, found, here)


def _file_set(
    parcel: Parcel, split: str, paths: Sequence[str], kind: str | Sequence[str]
) -> Object:
    called = f"~files/{identifier(split)}"
    return {
        "@type": "cr:FileSet", "@id": called, "name": called,
        "includes": _patterns(parcel, paths), "encodingFormat": kind,
    }  # fmt: skip


def file_id(path: str) -> str:
    """The identifier of a file."""
    return f"~file/{identifier(path)}"


def _patterns(parcel: Parcel, paths: Sequence[str]) -> list[str]:
    """Patterns that these files match, and no others: one for a folder where that is so."""
    wanted, every = {*paths}, [*parcel.source.tree.stamps]
    folder = os.path.commonpath(paths) if len(paths) > 1 else os.path.dirname(paths[0])  # noqa: PTH120
    start = f"{_literal(folder)}/" if folder else ""
    found = sorted({f"{start}*{_literal(path[path.rfind('.') :])}" for path in paths})
    tests = [re.compile(fnmatch.translate(one)) for one in found]
    is_true = {path for path in every if any(one.match(path) for one in tests)} == wanted
    prefix = _literal(parcel.prefix)
    return [f"{prefix}{one}" for one in (found if is_true else map(_literal, paths))]


def _literal(name: str) -> str:
    """A pattern that only this name matches."""
    return re.sub(r"([*?[])", r"[\1]", name)


def _of_documents(parcel: Parcel, paths: Mapping[str, Sequence[str]]) -> Sets:
    sets = Sets()
    for split, of in paths.items():
        place = _bundle(parcel, split, of, ["text/plain"])
        text = _field_of(split, "text", "sc:Text", place, {"fileProperty": "content"})
        sets.add(split, [text], place)
    return sets


def _has_texts(source: WebDataset, paths: Mapping[str, Sequence[str]]) -> bool:
    """Say whether the text of each sample is a member by itself, of one suffix."""
    every = [source.suffixes(path) & {*TEXTS} for of in paths.values() for path in of]
    return all(_TEXT in of and "text" not in of for of in every) and source.member in {"", _TEXT}


def _of_archives(parcel: Parcel, source: WebDataset, paths: Mapping[str, Sequence[str]]) -> Sets:
    """Texts in archives: of members beside them, readers find none that belongs to a text."""
    sets = Sets()
    for split, of in paths.items():
        called = f"~files/{identifier(split)}"
        files = {
            "@type": "cr:FileSet", "@id": called, "name": called, "includes": f"*.{_TEXT}",
            "containedIn": [{"@id": file_id(path)} for path in of], "encodingFormat": "text/plain",
        }  # fmt: skip
        place = Place({"fileSet": {"@id": called}}, files)
        text = _field_of(split, "text", "sc:Text", place, {"fileProperty": "content"})
        sets.add(split, [text], place)
        if len(of) > 1:
            parcel.notes.append(f"in no order of their archives: {split}")
        if beside := sorted(frozenset().union(*map(source.suffixes, of)) - {_TEXT}):
            parcel.notes.append(f"no field of a record set: {split}: {', '.join(beside)}")
    return sets


def _of_pictures(parcel: Parcel, paths: Mapping[str, Sequence[str]]) -> Sets:
    sets = Sets()
    classes = parcel.source.classes() if parcel.source.format == "image-folder" else None
    folders = {*classes["key"]} if classes is not None else set()
    for split, of in paths.items():
        if classes is None:
            parcel.notes.append(f"no field of a record set: {split}: what stands beside pictures")
        kinds = sorted({media(path) for path in of})
        if {*kinds} - _PICTURES:
            parcel.notes.append(f"readers of Croissant decode JPEG and PNG alone: {split}")
        place = _bundle(parcel, split, of, kinds)
        content = {"fileProperty": "content"}
        fields = [_field_of(split, "image", "sc:ImageObject", place, content)]
        if folders and all(path.rpartition("/")[0] in folders for path in of):
            label, path = ["sc:Text", "cr:Label"], {"fileProperty": "fullpath"}
            fields.append(_field_of(split, "class_name", label, place, path, transform=_FOLDER))
        sets.add(split, fields, place)
    return sets
