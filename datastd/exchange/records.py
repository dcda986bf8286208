"""
Record sets of Croissant: how a reader of it gets to the samples that datastd reads.

Croissant has a way into tables, lines of JSON, Parquet, documents of a file each, and pictures of a
file each.  Of any other format the files are described, and no record set claims more.
"""

import fnmatch
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import numpy as np
import polars as pl

from datastd.digest import Manifest
from datastd.disk import Tree
from datastd.exchange.objects import Object, identifier
from datastd.exchange.parcel import Parcel
from datastd.pipeline import reader
from datastd.sources import Source
from datastd.sources.pictures import Pictures
from datastd.sources.serial import stem
from datastd.sources.tabular import Rows, Tabular

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

_PICTURES = frozenset({"image/jpeg", "image/png"})
_UNCLEAR = pl.Object
"""What stands for values of different types."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WHOLE = r"^-?(0|[1-9][0-9]{0,17})$"
_NUMBER = r"^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?$"

_OF_SET = "sha256 is that of the lines which sha256sum writes of these files, ordered by path"


def media(path: str) -> str:
    """The media type of a file, by its name."""
    whole = stem(path)
    suffix = whole[whole.rfind(".") :] if "." in whole else ""
    is_packed = len(whole) < len(path)
    if suffix in MEDIA and (not is_packed or MEDIA[suffix] in _TABLES):
        return MEDIA[suffix]
    return "application/gzip" if path.lower().endswith(".gz") else "application/octet-stream"


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


def record_sets(parcel: Parcel) -> Sets:
    """Sets of files and records; none where Croissant has no way to the samples."""
    source = parcel.source
    paths = _paths(source)
    if isinstance(source, Pictures) and source.format == "image-folder":
        return _of_pictures(parcel, paths)
    kinds = {media(path) for of in paths.values() for path in of}
    kind = kinds.pop() if len(kinds) == 1 else ""
    if kind in _TABLES and (isinstance(source, Tabular) or source.format == "chat"):
        return _of_tables(parcel, paths, kind)
    if source.called == "text" and kind == "text/plain":
        return _of_documents(parcel, paths)
    parcel.notes.append(f"Croissant has no way to the records of {source.called}: files only")
    return Sets()


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
    with _again(parcel.source, _TABLES[kind]) as table:
        for split, of in paths.items():
            columns = reduce(_both, (_columns(table, path) for path in of))
            place = _file_or_set(parcel, split, of, kind, sets)
            fields = [
                each
                for name, one in columns.items()
                for each in _field(parcel, split, name, one, place)
            ]
            sets.records.append(_records(split, fields))
    return sets


def _again(source: Source, format_name: str) -> Tabular:
    """The files of a source, as tables of a format; what it reads besides is of no matter here."""
    if isinstance(source, Tabular) and source.format == format_name:
        return type(source)(Tree(source.tree.root))
    table = reader(format_name)(Tree(source.tree.root))
    if not isinstance(table, Tabular):
        raise AssertionError(format_name)  # noqa: TRY004  -- cannot be
    return table


def _columns(table: Tabular, path: str) -> dict[str, Any]:
    """The columns of a file, and what they hold: all of it is read."""
    found: dict[str, Any] = {}
    for shard in table.plan().shards:
        if shard.path == path:
            for rows in table.rows(shard, None):
                if isinstance(rows, Rows):
                    found = _both(found, _schema(rows)) if found else _schema(rows)
    return found


def _schema(rows: Rows) -> dict[str, Any]:
    record = rows.beside.get("record")
    if isinstance(record, pl.Series):
        try:
            decoded = record.str.json_decode(infer_schema_length=None)
        except pl.exceptions.PolarsError:
            return {}
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


def _both(some: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
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
        held = [{field.name: field.dtype for field in each.fields} for each in (one, other)]
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
    if kind is not None and kind.is_integer():
        return "sc:Integer"
    return "sc:Float" if kind is not None and kind.is_float() else ""


def _field(
    parcel: Parcel,
    split: str,
    name: str,
    kind: Any,
    place: Object,
) -> Iterator[Object]:
    """Yield the field of a column: none for what Croissant's readers cannot give."""
    called = f"{identifier(split)}/{identifier(name)}"
    head = {"@type": "cr:Field", "@id": called, "name": name}
    source = {**place, "extract": {"column": name}}
    inner = kind.inner if isinstance(kind, pl.List) else kind
    many = {"isArray": True, "arrayShape": "-1"} if isinstance(kind, pl.List) else {}
    if _type(inner):
        yield {**head, "dataType": _type(inner), **many, "source": source}
        return
    parts = []
    for one in inner.fields if isinstance(inner, pl.Struct) else ():
        if _type(one.dtype) and _NAME.fullmatch(one.name):
            part = {**source, "transform": {"jsonPath": one.name}}
            parts.append({
                "@type": "cr:Field", "@id": f"{called}/{identifier(one.name)}", "name": one.name,
                "dataType": _type(one.dtype), "source": part,
            })  # fmt: skip
        else:
            parcel.notes.append(f"no field of a record set: {split}: {name}.{one.name}")
    if parts:
        yield {**head, **({"repeated": True} if many else {}), "subField": parts}
    else:
        parcel.notes.append(f"no field of a record set: {split}: {name}")


def _records(split: str, fields: Iterable[Object]) -> Object:
    return {"@type": "cr:RecordSet", "@id": identifier(split), "name": split, "field": [*fields]}


def _file_or_set(parcel: Parcel, split: str, paths: Sequence[str], kind: str, sets: Sets) -> Object:
    """Where fields of a split are from: its one file, or a set of its files."""
    if len(paths) == 1:
        return {"fileObject": {"@id": file_id(paths[0])}}
    sets.files.append(found := _file_set(parcel, split, paths, kind))
    return {"fileSet": {"@id": found["@id"]}}


def _bundle(
    parcel: Parcel, split: str, paths: Sequence[str], kinds: Sequence[str], sets: Sets
) -> Object:
    """Where fields of a split are from, whose samples are files: these have one digest."""
    here = {*paths}
    sizes = sum(one.bytes for one in parcel.files if one.path in here)
    listed = Manifest(tuple(one for one in parcel.manifest.files if one[0] in here))
    found = _file_set(parcel, split, paths, [*kinds])
    sets.files.append(found | {
        "description": _OF_SET, "contentSize": f"{sizes} B", "sha256": listed.digest,
    })  # fmt: skip
    sets.within |= here
    return {"fileSet": {"@id": found["@id"]}}


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
        source = {**_bundle(parcel, split, of, ["text/plain"], sets),
                  "extract": {"fileProperty": "content"}}  # fmt: skip
        text = {"@type": "cr:Field", "@id": f"{identifier(split)}/text", "name": "text",
                "dataType": "sc:Text", "source": source}  # fmt: skip
        sets.records.append(_records(split, [text]))
    return sets


def _of_pictures(parcel: Parcel, paths: Mapping[str, Sequence[str]]) -> Sets:
    sets = Sets()
    classes = parcel.source.classes()
    folders = {*classes["key"]} if classes is not None else set()
    for split, of in paths.items():
        kinds = sorted({media(path) for path in of})
        if {*kinds} - _PICTURES:
            parcel.notes.append(f"readers of Croissant decode JPEG and PNG alone: {split}")
        place, start = _bundle(parcel, split, of, kinds, sets), identifier(split)
        source: Object = {**place, "extract": {"fileProperty": "content"}}
        fields = [{"@type": "cr:Field", "@id": f"{start}/image", "name": "image",
                   "dataType": "sc:ImageObject", "source": source}]  # fmt: skip
        if folders and all(path.rpartition("/")[0] in folders for path in of):
            source = {**place, "extract": {"fileProperty": "fullpath"},
                      "transform": {"regex": r"^(?:.*/)?([^/]+)/[^/]+$"}}  # fmt: skip
            fields.append({"@type": "cr:Field", "@id": f"{start}/class_name", "name": "class_name",
                           "dataType": ["sc:Text", "cr:Label"], "source": source})  # fmt: skip
        sets.records.append(_records(split, fields))
    return sets
