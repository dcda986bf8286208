"""
The fields of objects that are alike, read at once from their bytes into columns.

One pass over each object asks of every byte what RFC 8259 asks, and of every field what its
record asks.  An object is sound, or has other objects or lists in it that are still to be judged,
or is *odd*: whoever names what is wrong with it asks `datastd.sources.jsonl.tape`, and Pydantic.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.kernels import helper, kernel, routine
from datastd.sources.coco.scan import blanks, skip
from datastd.sources.encoding import Bytes, Numbers, as_strings, gathered
from datastd.sources.jsonl.grammar import BACKSLASH, MINUS, QUOTE, escape, is_word, number, string
from datastd.sources.jsonl.keys import (
    KEYS,
    LITERALS,
    SEED,
    SLOTS,
    enter,
    fresh,
    grown,
    hashed,
    joined,
    plain,
    which,
)
from datastd.sources.jsonl.scan import strings

ANY, WHOLE, REAL, TEXT, REALS, BOX, SHAPE = range(7)
"""What a field is: any value, a number, a string, numbers, four of them, or a shape."""

SOUND, NESTED, ODD = range(3)
"""What an object is: sound, sound but for values in others, or neither."""

NO_SHAPE, POLYGONS, RUNS, RUNS_IN_TEXT = range(4)
"""What a shape is."""

RUN = 1 << 32
"""No run of a mask is as long."""

_POINTS, _KEYPOINTS, _REALS = range(3)  # where a number goes that is hard to read
_EASY = np.uint64(1 << 53)  # below it float64 holds every whole number
_POWERS = 10.0 ** np.arange(23)  # that float64 holds, too
_MOST = np.uint64((1 << 63) - 1)
_DIGITS, _GROUPS = 19, 7  # of a number that fits into 64 bits, and of five bits into 35


@helper
def _real(line: Bytes, at: int, stop: int) -> tuple[int, float, bool]:  # noqa: C901, PLR0912
    """Where the number here ends, -1 where there is none; what it is; whether it is hard to say."""
    negative = line[at] == MINUS
    at += negative
    if at >= stop or not 0x30 <= line[at] <= 0x39:
        return -1, 0.0, False
    mantissa, digits, exponent = np.uint64(0), 0, 0
    if line[at] == 0x30:
        at += 1
        if at < stop and 0x30 <= line[at] <= 0x39:
            return -1, 0.0, False
    else:
        while at < stop and 0x30 <= line[at] <= 0x39:
            mantissa = mantissa * np.uint64(10) + np.uint64(line[at] - 0x30)
            digits += 1
            at += 1
    if at < stop and line[at] == 0x2E:
        at += 1
        begin = at
        while at < stop and 0x30 <= line[at] <= 0x39:
            mantissa = mantissa * np.uint64(10) + np.uint64(line[at] - 0x30)
            digits += digits > 0 or line[at] != 0x30
            at += 1
        if at == begin:
            return -1, 0.0, False
        exponent = begin - at
    if at < stop and line[at] | 0x20 == 0x65:
        at += 1
        is_less = at < stop and line[at] == MINUS
        if at < stop and line[at] in (MINUS, 0x2B):
            at += 1
        begin, power = at, 0
        while at < stop and 0x30 <= line[at] <= 0x39:
            power = min(power * 10 + (line[at] - 0x30), 1 << 40)
            at += 1
        if at == begin:
            return -1, 0.0, False
        exponent += -power if is_less else power
    if digits > _DIGITS or (digits and (mantissa >= _EASY or abs(exponent) >= len(_POWERS))):
        return at, 0.0, True
    value = float(mantissa)
    if digits:
        value = value / _POWERS[-exponent] if exponent < 0 else value * _POWERS[exponent]
    return at, -value if negative else value, False


@helper
def _whole(line: Bytes, at: int, stop: int) -> tuple[int, int]:
    """Where the whole number of 64 bits that begins here ends, -1 where none does; what it is."""
    negative = line[at] == MINUS
    at += negative
    begin, value, most = at, np.uint64(0), _MOST + np.uint64(negative)
    while at < stop and 0x30 <= line[at] <= 0x39:
        digit = np.uint64(line[at] - 0x30)
        if value > (most - digit) // np.uint64(10):
            return -1, 0
        value = value * np.uint64(10) + digit
        at += 1
    if at == begin or (line[begin] == 0x30 and at > begin + 1):
        return -1, 0
    if at < stop and (line[at] == 0x2E or line[at] | 0x20 == 0x65):
        return -1, 0
    return at, int(np.int64(~value + np.uint64(1)) if negative else np.int64(value))


@helper
def _next(line: Bytes, at: int, stop: int) -> tuple[int, bool]:
    """Where the next item of a list begins, or what follows the list: -1 for neither; and which."""
    at = blanks(line, at, stop)
    if at >= stop:
        return -1, False
    if line[at] == 0x2C:
        at = blanks(line, at + 1, stop)
        return (at if at < stop else -1), True
    return (at + 1 if line[at] == 0x5D else -1), False


@helper
def _first(line: Bytes, at: int, stop: int) -> tuple[int, bool]:
    """As `_next`, of the first item of the list that begins here."""
    if line[at] != 0x5B:
        return -1, False
    at = blanks(line, at + 1, stop)
    if at >= stop:
        return -1, False
    return (at + 1, False) if line[at] == 0x5D else (at, True)


@routine
def _text(line: Bytes, at: int, stop: int) -> tuple[int, bool]:
    """Where the string ends that *at* lies in, -1 where it is none; whether it has escapes."""
    wrong, end, escaped, _ = string(line, at, stop)
    return -1 if wrong else end, escaped


@routine
def _one(line: Bytes, at: int, stop: int) -> tuple[int, float, bool]:
    """As `_real`, of one by itself."""
    return _real(line, at, stop)


@routine
def _name(  # noqa: PLR0913, PLR0917
    line: Bytes, at: int, stop: int, wanted: Bytes, bounds: Numbers, scratch: Bytes
) -> int:
    """As `which`, of a key with escapes."""
    return which(line, at, stop, wanted, bounds, scratch)


@routine
def _reals(  # noqa: PLR0913, PLR0917
    line: Bytes, at: int, stop: int, into: NDArray[np.float64], count: int, hard: Numbers,
    hards: int, place: int,
) -> tuple[int, int, int]:  # fmt: skip
    """Read a list of numbers: where it ends, -1 where it is none, and how many there are now."""
    at, more = _first(line, at, stop)
    while at >= 0 and more:
        end, value, is_hard = _real(line, at, stop)
        if end < 0:
            return -1, count, hards
        if is_hard:
            hard[hards, 0], hard[hards, 1], hard[hards, 2], hard[hards, 3] = place, count, at, end
            hards += 1
        into[count] = value
        count += 1
        at, more = _next(line, end, stop)
    return at, count, hards


@routine
def _runs(line: Bytes, at: int, stop: int, into: Numbers, count: int) -> tuple[int, int]:
    """Read a list of runs, as `_reals` does."""
    at, more = _first(line, at, stop)
    while at >= 0 and more:
        end, value = _whole(line, at, stop)
        if end < 0 or not 0 <= value < RUN:
            return -1, count
        into[count] = value
        count += 1
        at, more = _next(line, end, stop)
    return at, count


@routine
def _packed(line: Bytes, at: int, stop: int, into: Numbers, count: int) -> tuple[int, int]:
    """Read runs as pycocotools packs them into a string: where it ends, -1 where it is none."""
    first, value, groups = count, np.int64(0), 0
    while at < stop:
        point, end = int(line[at]), at + 1
        if point == QUOTE:
            return (end if groups == 0 else -1), count
        if point == BACKSLASH:
            wrong, point, end = escape(line, at + 1, stop)
            if wrong:
                return -1, count
        if not 48 <= point <= 111 or groups == _GROUPS:
            return -1, count
        at, six = end, np.int64(point - 48)
        value |= (six & 0x1F) << np.int64(5 * groups)
        groups += 1
        if six & 0x20:
            continue
        if six & 0x10:
            value |= np.int64(-1) << np.int64(5 * groups)
        if count - first > 2:
            value += into[count - 2]
        if not 0 <= value < RUN:
            return -1, count
        into[count] = value
        count += 1
        value, groups = np.int64(0), 0
    return -1, count


@routine
def _other(line: Bytes, at: int, stop: int) -> tuple[int, int]:
    """Where a value of whatever kind ends, -1 where it is none; and what it is: `NESTED`, say."""
    byte = line[at]
    if byte == QUOTE:
        end, _ = _text(line, at + 1, stop)
        return (end + 1 if end >= 0 else -1), SOUND
    if byte in (0x7B, 0x5B):
        return skip(line, at, stop), NESTED
    if byte == MINUS or 0x30 <= byte <= 0x39:
        wrong, end = number(line, at, stop)
        return (-1 if wrong else end), SOUND
    for n in range(len(LITERALS)):
        length = is_word(line, at, stop, LITERALS[n])
        if length:
            return at + length, SOUND
    return -1, SOUND


@kernel
def _read(  # noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917  -- one automaton
    line: Bytes, starts: Numbers, stops: Numbers, wanted: Bytes, bounds: Numbers, kinds: Numbers,
    seed: np.uint64, wholes: Numbers, ends: Numbers, reals: NDArray[np.float64], has: Numbers,
    state: NDArray[np.int8], shape: NDArray[np.int8], points: NDArray[np.float64],
    rings: Numbers, runs: Numbers, keypoints: NDArray[np.float64], until: Numbers, hard: Numbers,
) -> int:  # fmt: skip
    """Fill the columns; how many numbers were hard to read."""
    table, scratch = fresh(SLOTS), np.zeros(8, np.uint8)
    hards, count, ring, run, keypoint = 0, 0, 0, 0, 0
    shape_field = 0
    for one in range(len(kinds)):
        shape_field = one if kinds[one] == SHAPE else shape_field
    size_key, counts_key = len(kinds), len(kinds) + 1  # in a shape: names behind those of fields
    for row in range(len(starts)):
        at, stop = starts[row], stops[row]
        keys, seen, nested, odd = 0, np.int64(0), False, False
        begun = count, ring, run, keypoint, hards
        odd = line[at] != 0x7B
        first = True
        while not odd:
            at = blanks(line, at + 1, stop)
            if at < stop and line[at] == 0x7D and first:
                break
            first = False
            if at >= stop or line[at] != QUOTE:
                odd = True
                break
            end, escaped = _text(line, at + 1, stop)
            if end < 0:
                odd = True
                break
            if escaped:
                field = _name(line, at + 1, end, wanted, bounds[: len(kinds) + 1], scratch)
            else:
                field = plain(line, at + 1, end, wanted, bounds[: len(kinds) + 1])
            if field >= 0:
                odd = bool(seen >> field & 1)
                seen |= 1 << field
            else:
                keys += 1
                if 2 * keys > len(table.hashes) and keys <= KEYS:
                    table = grown(table, row)
                odd = keys > KEYS or enter(table, row, 0, hashed(line, at + 1, end, scratch, seed))
            at = blanks(line, end + 1, stop)
            if odd or at >= stop or line[at] != 0x3A:
                odd = True
                break
            at = blanks(line, at + 1, stop)
            if at >= stop:
                odd = True
                break
            kind = kinds[field] if field >= 0 else ANY
            if kind == WHOLE:
                at, wholes[field, row] = _whole(line, at, stop)
            elif kind == REAL:
                end, reals[field, row], is_hard = _one(line, at, stop)
                if is_hard:
                    hard[hards, 0], hard[hards, 1] = _REALS, field * len(starts) + row
                    hard[hards, 2], hard[hards, 3] = at, end
                    hards += 1
                at = end
            elif kind == TEXT:
                if line[at] == QUOTE:
                    end, escaped = _text(line, at + 1, stop)
                    wholes[field, row], ends[field, row] = at + 1, end
                    seen |= np.int64(escaped) << np.int64(32 + field)
                    at = end + 1 if end >= 0 else -1
                else:
                    at = -1
            elif kind == REALS:
                at, keypoint, hards = _reals(
                    line, at, stop, keypoints, keypoint, hard, hards, _KEYPOINTS
                )
            elif kind == BOX:
                at, more = _first(line, at, stop)
                number_ = 0
                while at >= 0 and more and number_ < 4:
                    end, reals[field + number_, row], is_hard = _one(line, at, stop)
                    if end < 0:
                        at = -1
                        break
                    if is_hard:
                        hard[hards, 0] = _REALS
                        hard[hards, 1] = (field + number_) * len(starts) + row
                        hard[hards, 2], hard[hards, 3] = at, end
                        hards += 1
                    number_ += 1
                    at, more = _next(line, end, stop)
                if number_ != 4 or more:
                    at = -1
            elif kind == SHAPE and line[at] == 0x5B:
                at, more = _first(line, at, stop)
                while at >= 0 and more:
                    before = count
                    at, count, hards = _reals(line, at, stop, points, count, hard, hards, _POINTS)
                    if at < 0:
                        break
                    rings[ring] = count - before
                    ring += 1
                    shape[row] = POLYGONS
                    at, more = _next(line, at, stop)
            elif kind == SHAPE and line[at] == 0x7B:
                parts = 0
                is_first = True
                while at >= 0:
                    at = blanks(line, at + 1, stop)
                    if is_first and at < stop and line[at] == 0x7D:
                        at += 1
                        break
                    is_first = False
                    if at >= stop or line[at] != QUOTE:
                        at = -1
                        break
                    end, escaped = _text(line, at + 1, stop)
                    if end < 0:
                        at = -1
                        break
                    if escaped:
                        part = _name(line, at + 1, end, wanted, bounds[len(kinds) :], scratch)
                    else:
                        part = plain(line, at + 1, end, wanted, bounds[len(kinds) :])
                    part += len(kinds) if part >= 0 else 0
                    at = blanks(line, end + 1, stop)
                    if at >= stop or line[at] != 0x3A:
                        at = -1
                        break
                    at = blanks(line, at + 1, stop)
                    if at >= stop:
                        at = -1
                        break
                    if part == size_key and not parts & 1:
                        parts |= 1
                        at, more = _first(line, at, stop)
                        if at >= 0 and more:
                            at, ends[shape_field, row] = _whole(line, at, stop)
                        if at >= 0:
                            at, more = _next(line, at, stop) if more else (-1, False)
                        if at >= 0 and more:
                            at, wholes[shape_field, row] = _whole(line, at, stop)
                        if at >= 0:
                            at, more = _next(line, at, stop) if more else (-1, False)
                        if more:
                            at = -1
                    elif part == counts_key and not parts & 2:
                        parts |= 2
                        if line[at] == QUOTE:
                            at, run = _packed(line, at + 1, stop, runs, run)
                            shape[row] = RUNS_IN_TEXT
                        else:
                            at, run = _runs(line, at, stop, runs, run)
                            shape[row] = RUNS
                    elif part < 0:
                        at, _ = _other(line, at, stop)
                        nested = True  # whether a key stands twice is asked later
                    else:
                        at = -1
                    if at < 0:
                        break
                    at = blanks(line, at, stop)
                    if at < stop and line[at] == 0x7D:
                        at += 1
                        break
                    if at >= stop or line[at] != 0x2C:
                        at = -1
                if parts != 3:
                    at = -1
            elif kind == ANY:
                at, is_nested = _other(line, at, stop)
                nested |= is_nested == NESTED
            else:
                at = -1
            if at < 0:
                odd = True
                break
            at = blanks(line, at, stop)
            if at < stop and line[at] == 0x7D:
                break
            odd = at >= stop or line[at] != 0x2C
        has[row] = seen
        state[row] = NESTED if nested else SOUND
        if odd or at + 1 != stop:
            state[row], shape[row] = ODD, NO_SHAPE
            count, ring, run, keypoint, hards = begun
        until[0, row + 1], until[1, row + 1] = count, ring
        until[2, row + 1], until[3, row + 1] = run, keypoint
    return hards


@dataclass(frozen=True, slots=True)
class Fields:
    """
    The fields of some objects, in columns; N objects, F fields.

    Attributes:
        wholes: Whole numbers, and of strings where they begin; of a shape its width in pixels;
            shape (F, N).
        ends: Where strings end; of a shape its height; shape (F, N).
        reals: Numbers; a box takes its row and the three behind it; shape (F + 3, N).
        has: Which fields there are, as bits; above them, from the 32nd on, which have escapes.
        state: `SOUND`, `NESTED` or `ODD`; nothing else is said of an odd one.
        shape: `NO_SHAPE`, `POLYGONS`, `RUNS` or `RUNS_IN_TEXT`.
        points: All numbers of all polygons.
        rings: How many numbers each polygon has.
        runs: The runs of all masks.
        keypoints: The numbers of all lists of such.
        until: Where those of each object begin in the last four, and at last end; (4, N + 1).
    """

    wholes: Numbers
    ends: Numbers
    reals: NDArray[np.float64]
    has: Numbers
    state: NDArray[np.int8]
    shape: NDArray[np.int8]
    points: NDArray[np.float64]
    rings: Numbers
    runs: Numbers
    keypoints: NDArray[np.float64]
    until: Numbers

    def there(self, field: int) -> NDArray[np.bool_]:
        """Which objects have a field."""
        return (self.has >> field & 1).astype(np.bool_)

    def texts(self, line: bytes, field: int) -> pl.Series:
        """What a string says; null where there is none."""
        there = self.there(field) & (self.state != ODD)
        starts = np.where(there, self.wholes[field], -1)
        escaped = self.there(32 + field) & there
        return strings(line, starts, self.ends[field], escaped)


def read(line: bytes, starts: Numbers, stops: Numbers, fields: Sequence[tuple[str, int]]) -> Fields:
    """
    Read objects that lie in *line* from *starts* on up to *stops*.

    Args:
        line: Bytes.
        starts: Where each begins; shape (N,).
        stops: Where it ends.
        fields: Names of fields, and what each is; no more than one is a shape, or `REALS`.
    """
    count, many = len(starts), len(fields)
    size = int((stops - starts).sum()) + 1
    kinds = np.array([kind for _, kind in fields], np.int64)
    made = Fields(
        wholes=np.zeros((many, count), np.int64), ends=np.zeros((many, count), np.int64),
        reals=np.zeros((many + 3, count)), has=np.zeros(count, np.int64),
        state=np.zeros(count, np.int8), shape=np.zeros(count, np.int8),
        # No number takes less than two bytes, and no hard one less than four.
        points=np.empty(size // 2 + 1), rings=np.empty(size // 2 + 1, np.int64),
        runs=np.empty(size, np.int64), keypoints=np.empty(size // 2 + 1),
        until=np.zeros((4, count + 1), np.int64),
    )  # fmt: skip
    hard = np.empty((size // 4 + 1, 4), np.int64)
    bytes_ = np.frombuffer(line, np.uint8)
    hards = _read(
        bytes_, starts, stops, *joined([*(name for name, _ in fields), "size", "counts"]), kinds,
        SEED, made.wholes, made.ends, made.reals, made.has, made.state, made.shape, made.points,
        made.rings, made.runs, made.keypoints, made.until, hard,
    )  # fmt: skip
    _put(made, bytes_, hard[:hards])
    return made


def _put(made: Fields, line: Bytes, hard: Numbers) -> None:
    """Read the numbers that are hard to read, and put them in their places."""
    texts = as_strings(*gathered(line, hard[:, 2], hard[:, 3]))
    values = texts.cast(pl.Float64).to_numpy()
    for which_, into in enumerate((made.points, made.keypoints, made.reals.reshape(-1))):
        here = hard[:, 0] == which_
        into[hard[here, 1]] = values[here]
    wrong = hard[~np.isfinite(values)]
    if len(wrong):
        count = len(made.state)
        rows = np.where(
            wrong[:, 0] == _REALS, wrong[:, 1] % count,
            np.where(
                wrong[:, 0] == _POINTS, np.searchsorted(made.until[0], wrong[:, 1], "right"),
                np.searchsorted(made.until[3], wrong[:, 1], "right"),
            ) - 1,
        )  # fmt: skip
        made.state[rows] = ODD
