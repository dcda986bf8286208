"""
What a worker says to who started it: JSON and Arrow, never a pickle.

The worker decodes what strangers wrote.  Whatever became of it, what it says is data.
"""

import io
import json
import struct
from collections.abc import Sequence
from typing import Any, NamedTuple

import polars as pl

from datastd.digest import strict_json
from datastd.engines import Seen
from datastd.engines.defects import COLUMNS
from datastd.sources import Defect

_HEAD = struct.Struct("<Q")
_DEFECTS = ""  # the name of their table: no measure is called so
_DEEP = 8  # lists and objects inside each other, in what a worker says


class Told(NamedTuple):
    """
    What a worker said of one piece of its work.

    Attributes:
        number: Which piece.
        samples: How many of its samples are read so far.
        seen: What was seen of those that it has not spoken of before, if it says it.
        is_last: Whether it is done.
        trouble: What ended it early: the name of an exception, and its arguments.
    """

    number: int
    samples: int = 0
    seen: Seen | None = None
    is_last: bool = False
    trouble: tuple[str, ...] = ()


def encode(told: Told) -> bytes:
    """Write what a worker says as one message."""
    seen = told.seen or Seen()
    tables = [(name, _packed(table)) for name, table in seen.tables.items()]
    if seen.defects.height:
        tables.append((_DEFECTS, _packed(seen.defects)))
    head = json.dumps(
        {
            "number": told.number,
            "samples": told.samples,
            "trouble": told.trouble,
            "seen": told.seen is not None,
            "last": told.is_last,
            "tables": [[name, len(content)] for name, content in tables],
            "hashes": seen.hashes,
        }
    ).encode()
    return b"".join([_HEAD.pack(len(head)), head, *(content for _, content in tables)])


def decode(message: bytes, kinds: Sequence[type[Defect]]) -> Told:
    """
    Read a message; defects are of these *kinds*, by their codes.

    Raises:
        ValueError: It is none.
    """
    try:
        (length,) = _HEAD.unpack_from(message)
        at = _HEAD.size + length
        head: dict[str, Any] = strict_json(message[_HEAD.size : at], depth=_DEEP)
        seen = Seen(hashes={str(path): str(value) for path, value in head["hashes"].items()})
        for name, size in head["tables"]:
            seen.tables[name] = pl.read_ipc_stream(io.BytesIO(message[at : at + size]))
            at += size
        if (defects := seen.tables.pop(_DEFECTS, None)) is not None:
            seen.defects = _of_kinds(defects, kinds)
        trouble = tuple(str(one) for one in head["trouble"])
        return Told(
            int(head["number"]), int(head["samples"]), seen if head["seen"] else None,
            bool(head["last"]), trouble,
        )  # fmt: skip
    except (
        struct.error,
        LookupError,
        TypeError,
        AttributeError,
        OverflowError,
        OSError,
        pl.exceptions.PolarsError,
        pl.exceptions.PanicException,
    ) as error:
        msg = f"expected a message of a worker, found {type(error).__name__}"
        raise ValueError(msg) from None


def _packed(table: pl.DataFrame) -> bytes:
    stream = io.BytesIO()
    table.write_ipc_stream(stream)
    return stream.getvalue()


def _of_kinds(defects: pl.DataFrame, kinds: Sequence[type[Defect]]) -> pl.DataFrame:
    """The table of defects, if it is one, and of these kinds."""
    known = defects.get_column("code").is_in([kind.code for kind in kinds])
    if (
        dict(defects.schema) != COLUMNS
        or not known.all()
        or defects.null_count().sum_horizontal()[0]
    ):
        raise LookupError(defects.columns)
    return defects
