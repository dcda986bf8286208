"""What an index says of shards, and what the encodings of their columns are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from datastd.disk import Tree
from datastd.sources import Defect
from datastd.sources.jsonl.whole import read
from datastd.sources.mds.defects import IndexInvalid, IndexVersion

NAME = "index.json"
MOST = 1 << 32  # bytes of a shard, whose offsets are numbers of 32 bits
VERSION = 2
_ROOM, _EACH = 1 << 20, 16 << 10  # bytes of an index, and more for each shard there is
_BAD = 1000  # shards that are none, beside as many as there are, and the index is none
_DIGITS = 9  # of the length of an axis

SCALARS: Mapping[str, np.dtype[Any]] = {
    "int": np.dtype("<i8"),
    **{name: np.dtype(name).newbyteorder("<")
       for name in ("uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64",
                    "float16", "float32", "float64")},
}  # fmt: skip
"""Encodings of one number, and how it is stored."""

ARRAYS: Mapping[int, np.dtype[Any]] = {
    {"u": 0, "i": 1, "f": 2}[dtype.kind] + 8 * dtype.itemsize: dtype
    for name, dtype in SCALARS.items()
    if name != "int"
}
"""The types of arrays whose encoding names none, by the byte that stands for each."""

NUMERALS = ("str_int", "str_float", "str_decimal")
"""Encodings of numbers in decimal."""

UNDECODED = (
    "bytes", "pil", "jpeg", "png", "jpeg_array", "jpegarray", "list[pil]", "list[jpeg]",
    "list[png]",
)  # fmt: skip
"""Encodings of which only the bytes are read."""

PICKLE = "pkl"


class _Said(BaseModel):
    """Strict; keys that it does not name are let be."""

    model_config = ConfigDict(strict=True, frozen=True, hide_input_in_errors=True)


class Stored(_Said):
    """A file, as the index describes it."""

    basename: Annotated[str, Field(min_length=1, max_length=255)]
    bytes: Annotated[int, Field(ge=0)]
    hashes: dict[str, str]


class Entry(_Said):
    """A shard, as the index describes it."""

    column_names: list[str]
    column_encodings: list[str]
    column_sizes: list[int | None]
    compression: str | None
    hashes: list[str]
    samples: Annotated[int, Field(ge=0)]
    raw_data: Stored
    zip_data: Stored | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """
    A column of a shard.

    Attributes:
        name: What it is called.
        encoding: The name of its encoding, without what follows a colon.
        size: Bytes of each value; None where they differ.
        dtype: Of a number, or of the values of an array; None where each array says so itself.
        shape: Of each array; None where each says so itself.
    """

    name: str
    encoding: str
    size: int | None = None
    dtype: np.dtype[Any] | None = None
    shape: tuple[int, ...] | None = None

    @classmethod
    def of(cls, name: str, encoding: str) -> "Column | None":
        """The column of an encoding; None where streaming has no such encoding."""
        kind, colon, more = encoding.partition(":")
        if kind == "ndarray":
            return cls._of_arrays(name, more)
        if colon or kind not in {*SCALARS, *NUMERALS, *UNDECODED, "str", "json", PICKLE}:
            return None
        dtype = SCALARS.get(kind)
        return cls(name, kind, dtype.itemsize if dtype else None, dtype)

    @classmethod
    def _of_arrays(cls, name: str, more: str) -> "Column | None":
        """The column of ``ndarray``, ``ndarray:uint16`` or ``ndarray:uint16:2048,2``."""
        kind, colon, axes = more.partition(":")
        dtype = SCALARS.get(kind) if kind != "int" else None
        if dtype is None:
            return None if kind or colon else cls(name, "ndarray")
        if not colon:
            return cls(name, "ndarray", None, dtype)
        parts = axes.split(",")
        if not all(one.isascii() and one.isdigit() and len(one) <= _DIGITS for one in parts):
            return None
        shape = tuple(map(int, parts))
        size = prod(shape) * dtype.itemsize
        return cls(name, "ndarray", size, dtype, shape) if 0 < size < MOST else None

    @property
    def is_whole(self) -> bool:
        """Whether each value is a row of whole numbers, as tokens are."""
        is_row = self.shape is None or len(self.shape) == 1
        kind = self.dtype.kind if self.dtype is not None else "u"
        return self.encoding == "ndarray" and is_row and kind in "iu"


def entries(tree: Tree, path: str, shards: int) -> Iterator[tuple[dict[str, Any], Entry] | Defect]:
    """
    Yield what an index says of each shard, as it is there and as it was understood.

    Args:
        tree: The dataset.
        path: The index.
        shards: How many shards there are beside it.

    Raises:
        Defect: It cannot be read at all.
    """
    known = read(tree, path, _ROOM + shards * _EACH, IndexInvalid)
    _refuse_other(path, "", known, "version")
    every = known.get("shards")
    if not isinstance(every, list):
        raise IndexInvalid(path, "shards", "a list", "none" if every is None else "another value")
    bad = 0
    for number, one in enumerate(every):
        where = f"shard {number}"
        if bad > shards + _BAD:
            raise IndexInvalid(path, where, "shards", f"{bad} before it that are none")
        try:
            if not isinstance(one, dict):
                raise IndexInvalid(path, where, "an object", "another value")
            _refuse_other(path, where, one, "version", "format")
            yield one, Entry.model_validate(one)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            at = ".".join([where, *map(str, first["loc"])])
            yield IndexInvalid(path, at, first["msg"].removeprefix("Input should be "), "another")
            bad += 1
        except Defect as defect:
            yield defect
            bad += 1


def _refuse_other(path: str, where: str, said: Mapping[str, Any], *names: str) -> None:
    """Refuse another version or format."""
    for name, expected in (("version", VERSION), ("format", "mds")):
        found = said.get(name)
        if name in names and (type(found) is not type(expected) or found != expected):
            at = f"{where}.{name}" if where else name
            raise IndexVersion(path, at, f"{expected}", "none" if found is None else "another")
