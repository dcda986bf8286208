"""The samples of a shard, taken apart into the values of their columns, many at once."""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.sources import Defect, Ragged
from datastd.sources.encoding import Utf8Invalid, as_bytes, gathered, not_utf8, strings
from datastd.sources.jsonl.defects import WRONG
from datastd.sources.jsonl.grammar import NO_OBJECT, NO_TEXT, TEXT
from datastd.sources.jsonl.scan import scan
from datastd.sources.mds.defects import SampleInvalid
from datastd.sources.mds.index import ARRAYS, NUMERALS, SCALARS, Column

Numbers: TypeAlias = NDArray[np.int64]
_DECIMAL = r"[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?"
_IS_NUMERAL = {
    "str_int": r"^[+-]?[0-9]+$",
    "str_float": rf"^({_DECIMAL}|[+-]?(inf|nan))$",
    "str_decimal": rf"^({_DECIMAL}|[+-]?(Infinity|s?NaN[0-9]*))$",
}
"""What Python writes of a number in each of the encodings in decimal."""

_WIDTH = 0b11  # bits that say how long the numbers of a shape are: 1, 2, 4 or 8 bytes


class Wrong(NamedTuple):
    """A value that is none: of which sample, and the parts of its defect."""

    row: int
    column: str
    kind: type[Defect]
    expected: str
    found: str


class Parts(NamedTuple):
    """
    Where the values of samples lie.

    Attributes:
        block: The bytes of the samples, one after the other.
        starts: Where each value begins; shape (N, C).
        stops: Where it ends.
        sound: Which samples are made of their columns.
    """

    block: NDArray[np.uint8]
    starts: Numbers
    stops: Numbers
    sound: NDArray[np.bool_]

    def rows(self, wanted: NDArray[Any]) -> "Parts":
        """Those samples alone."""
        starts, stops = self.starts[wanted], self.stops[wanted]
        return Parts(self.block, starts, stops, self.sound[wanted])


def parts(block: bytes, bounds: Numbers, columns: Sequence[Column]) -> Parts:
    """Find the values of samples that lie between *bounds* in *block*."""
    varies = np.array([one.size is None for one in columns], np.bool_)
    head = 4 * int(varies.sum())
    content = np.frombuffer(block + bytes(head), np.uint8)
    begins, ends = bounds[:-1], bounds[1:]
    sizes = np.empty((len(begins), len(columns)), np.int64)
    sizes[:] = [one.size or 0 for one in columns]
    places = begins[:, None] + np.arange(head)
    sizes[:, varies] = np.ascontiguousarray(content[places]).view("<u4")
    stops = begins[:, None] + head + np.cumsum(sizes, axis=1)
    return Parts(content, stops - sizes, stops, begins + head + sizes.sum(axis=1) == ends)


def series(of: Parts, columns: Sequence[Column], at: int) -> tuple[pl.Series, list[Wrong]]:
    """The values of the column numbered *at*, of samples that are sound; null where one is none."""
    column = columns[at]
    starts, stops = np.ascontiguousarray(of.starts[:, at]), np.ascontiguousarray(of.stops[:, at])
    if column.encoding in SCALARS and column.dtype is not None:
        return pl.Series(column.name, _numbers(of, starts, column.dtype)), []
    if column.encoding == "str" or column.encoding in NUMERALS:
        valid = not_utf8(of.block, starts, stops) < 0
        bad = np.flatnonzero(~valid).tolist()
        texts = strings(of.block, starts, stops, valid).alias(column.name)
        wrong = [Wrong(row, column.name, Utf8Invalid, "UTF-8", "other bytes") for row in bad]
        if column.encoding in NUMERALS:
            other = texts.str.contains(_IS_NUMERAL[column.encoding]).eq(other=False)
            bad = np.flatnonzero(other.fill_null(value=False).to_numpy()).tolist()
            said = column.name, SampleInvalid, "a number in decimal digits", "another text"
            wrong += [Wrong(row, *said) for row in bad]
        return texts, wrong
    every = np.ones(len(starts), np.bool_)
    raw = as_bytes(*gathered(of.block, starts, stops), every).alias(column.name)
    return _json(raw) if column.encoding == "json" else (raw, [])


def _numbers(of: Parts, starts: Numbers, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Numbers that begin at *starts*."""
    places = starts[:, None] + np.arange(dtype.itemsize)
    found = np.ascontiguousarray(of.block[places]).view(dtype)[:, 0]
    native = dtype.newbyteorder("=")
    return found.astype(np.float32 if native == np.float16 else native)


def _json(raw: pl.Series) -> tuple[pl.Series, list[Wrong]]:
    """Values as JSON, each on one line."""
    lines = [one.replace(b"\n", b"\r") for one in raw]
    found = scan(b"".join(line + b"\n" for line in lines), "text").found
    bad = np.flatnonzero(~np.isin(found, (TEXT, NO_TEXT, NO_OBJECT))).tolist()
    wrong = [Wrong(row, raw.name, *WRONG[int(found[row])]) for row in bad]
    lost = {*bad}
    texts = [None if row in lost else line.decode() for row, line in enumerate(lines)]
    return pl.Series(raw.name, texts, pl.String), wrong


def tokens(of: Parts, columns: Sequence[Column], at: int) -> tuple[Ragged, NDArray[np.bool_]]:
    """
    The ids of each sample, in the machine's byte order.

    Returns:
        The ids of those samples that are sound rows of whole numbers, all of one type; and
        which these are, shape (N,).
    """
    column, starts, stops = columns[at], of.starts[:, at].copy(), of.stops[:, at]
    sound, dtype = of.sound.copy(), column.dtype
    if dtype is None:
        sound &= stops > starts
        kinds = of.block[np.where(sound, starts, 0)]
        first = int(kinds[np.argmax(sound)]) if sound.any() else 0
        dtype = ARRAYS.get(first, np.dtype("<u2"))
        sound &= (kinds == first) & (first in ARRAYS and dtype.kind in "iu")
        starts += 1
    if column.shape is None:
        starts, sound = _behind_shape(of, starts, stops, dtype.itemsize, sound)
    content, offsets = gathered(of.block, starts[sound], stops[sound])
    values = content.view(dtype).astype(dtype.newbyteorder("="), copy=False)
    return Ragged(values, offsets // dtype.itemsize), sound


def _behind_shape(
    of: Parts, starts: Numbers, stops: Numbers, size: int, sound: NDArray[np.bool_]
) -> tuple[Numbers, NDArray[np.bool_]]:
    """Where values begin behind a shape of one axis, and which come to what it says."""
    there = sound & (stops > starts)
    said = of.block[np.where(there, starts, 0)]
    widths = 1 << (said & _WIDTH).astype(np.int64)
    begins = starts + 1 + widths
    there &= (said >> 2 == 1) & (begins <= stops)
    count = np.zeros(len(starts), np.int64)
    for n in range(7, -1, -1):
        byte = of.block[np.where(there & (n < widths), starts + 1 + n, 0)].astype(np.int64)
        count = np.where(n < widths, np.minimum(count, 1 << 40) << 8 | byte, count)
    return begins, there & (count > 0) & (count * size == stops - begins)
