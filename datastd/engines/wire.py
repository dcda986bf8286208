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
from datastd.sources import Defect

_HEAD = struct.Struct("<Q")
_DEEP = 8  # lists and objects inside each other, in what a worker says


class Told(NamedTuple):
    """
    What a worker said of one piece of its work.

    Attributes:
        number: Which piece.
        samples: How many of its samples are read so far.
        seen: All that was seen, at the end of it.
        trouble: What ended it early: the name of an exception, and its arguments.
    """

    number: int
    samples: int = 0
    seen: Seen | None = None
    trouble: tuple[str, ...] = ()


def encode(told: Told) -> bytes:
    """Write what a worker says as one message."""
    tables, seen = [], told.seen or Seen()
    for name, table in seen.tables.items():
        stream = io.BytesIO()
        table.write_ipc_stream(stream)
        tables.append((name, stream.getvalue()))
    head = json.dumps(
        {
            "number": told.number,
            "samples": told.samples,
            "trouble": told.trouble,
            "seen": told.seen is not None,
            "tables": [[name, len(content)] for name, content in tables],
            "defects": [[one.code, *one.args] for one in seen.defects],
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
    known = {kind.code: kind for kind in kinds}
    try:
        (length,) = _HEAD.unpack_from(message)
        at = _HEAD.size + length
        head: dict[str, Any] = strict_json(message[_HEAD.size : at], depth=_DEEP)
        seen = Seen(
            defects=[
                known[code](
                    str(path), str(where), str(expected), str(found), str(key), int(samples)
                )
                for code, path, where, expected, found, key, samples in head["defects"]
            ],
            hashes={str(path): str(value) for path, value in head["hashes"].items()},
        )
        for name, size in head["tables"]:
            seen.tables[name] = pl.read_ipc_stream(io.BytesIO(message[at : at + size]))
            at += size
        trouble = tuple(str(one) for one in head["trouble"])
        return Told(
            int(head["number"]), int(head["samples"]), seen if head["seen"] else None, trouble
        )
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
