"""
JSON as a tape: what lies in a document, value after value, and where.

For documents that are one JSON value and hold many records, such as SQuAD's.  One pass
judges every byte by RFC 8259, as for JSON lines, and notes of each value that is asked for
what it is, where it is, and in what it lies; nothing becomes a Python object.  What makes
the rest unreadable ends the pass.  What does not, a key that stands twice, half a surrogate
pair, bytes that are no UTF-8, a number that is not finite, is a *fault* of the innermost
value on the tape, and the pass goes on.  Of an object with more than a million keys nobody
knows whether one stands twice: that is the same fault.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
import polars as pl
from numba.extending import register_jitable
from numpy.typing import NDArray

from datastd.kernels import helper, kernel, routine
from datastd.sources.encoding import NEWLINE, Bytes, Numbers, is_blank
from datastd.sources.jsonl.grammar import (
    MINUS,
    NONFINITE,
    QUOTE,
    SURROGATE,
    SYNTAX,
    TEXT,
    TWICE,
    UTF8,
    is_word,
    number,
    string,
)
from datastd.sources.jsonl.keys import (
    AFTER,
    COLON,
    DEEP,
    FIRST_KEY,
    FIRST_VALUE,
    INFINITE,
    KEY,
    KEYS,
    LITERALS,
    SEED,
    SLOTS,
    VALUE,
    Table,
    enter,
    fresh,
    hashed,
    joined,
    plain,
    which,
)
from datastd.sources.jsonl.scan import strings

OBJECT, ARRAY, STRING, NUMBER, TRUE, FALSE, NULL = range(7)
"""What a value is."""

LARGEST = 1 << 31
"""Whole numbers are told from 0 on, and below it."""

PIECE = 4 << 20  # bytes of a file that are looked at together
LONGEST = 256 << 20  # bytes of a string, or of white space

_MORE, _CROWDED = 255, 254  # beside what can be wrong: the piece ends too early, keys lack room
_OF_EACH = 64  # bytes of a value and its key, if there is no more to it than to most
_TAIL = 16  # bytes that an escape, a character or a word needs at most
STATE = 8
_DEPTH, _EXPECTED, _OBJECTS, _UNDER, _CLOSED, _COUNT, _WITHIN, _KEYS = range(STATE)  # of a state


PARENT, KEYED, KIND, ESCAPED, VALUES, _FAULT = range(6)  # of what is known of a value
START, STOP, _FAULT_AT = range(3)  # of where it is
_Known: TypeAlias = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Tape:
    """
    Values in the order in which they begin.

    Attributes:
        known: Of each its parent, key, kind, and so on; shape (N, 6), int32.
        where: Where each begins, ends, and is faulty; shape (N, 3), int64.
    """

    known: _Known
    where: Numbers

    def __len__(self) -> int:
        return len(self.known)

    @property
    def parent(self) -> _Known:
        """The number of what each lies in; -1 for a document."""
        return self.known[:, PARENT]

    @property
    def key(self) -> _Known:
        """The number of the name that it is under, among those asked for; -1 in an array."""
        return self.known[:, KEYED]

    @property
    def kind(self) -> _Known:
        """What it is."""
        return self.known[:, KIND]

    @property
    def escaped(self) -> NDArray[np.bool_]:
        """Whether it holds escapes."""
        return self.known[:, ESCAPED] > 0

    @property
    def count(self) -> _Known:
        """
        How many values an array or an object has.

        Of a number what it is, if that is whole, from 0 on and below `LARGEST`; else -1.
        """
        return self.known[:, VALUES]

    @property
    def fault(self) -> _Known:
        """What is wrong in it, and in nothing on the tape that lies in it; 0 for nothing."""
        return self.known[:, _FAULT]

    @property
    def start(self) -> Numbers:
        """Where it begins: behind the quote, for a string."""
        return self.where[:, START]

    @property
    def stop(self) -> Numbers:
        """Where it ends: before the quote; where it is unfinished, 0."""
        return self.where[:, STOP]

    @property
    def fault_at(self) -> Numbers:
        """Where the fault is."""
        return self.where[:, _FAULT_AT]

    def room(self, count: int, more: int) -> "Tape":
        """The same with room for *more* than *count* values."""
        if count + more <= len(self):
            return self
        size = max(count + more, 2 * count)
        longer = Tape(np.empty((size, 6), np.int32), np.empty((size, 3), np.int64))
        longer.known[:count], longer.where[:count] = self.known[:count], self.where[:count]
        return longer

    def first(self, count: int) -> "Tape":
        """The first values alone."""
        return Tape(self.known[:count], self.where[:count])

    def strings(self, piece: bytes, rows: NDArray[np.int64], base: int = 0) -> pl.Series:
        """What these strings say, of a *piece* that begins at *base*; null where a row is -1."""
        there = rows >= 0
        starts = np.where(there, self.start[rows] - base, -1)
        return strings(piece, starts, self.stop[rows] - base, self.escaped[rows] & there)

    def raw(self, piece: bytes, row: int) -> bytes:
        """A value as it stands in the piece that it was read from."""
        quote = int(self.kind[row] == STRING)
        return piece[self.start[row] - quote : self.stop[row] + quote]

    def members(self, owners: Numbers, key: int) -> Numbers:
        """Of each of the values *owners*, the number of what it has under a key; -1 for none."""
        place = np.full(len(self) + 1, -1, np.int64)
        place[owners] = np.arange(len(owners))
        rows = np.flatnonzero(self.key == key)
        owner = place[self.parent[rows]]
        found = np.full(len(owners) + 1, -1, np.int64)
        found[owner] = rows  # those of none of them go to the last, which is left out
        return found[:-1]

    def within(self, arrays: Numbers) -> Numbers:
        """The numbers of all that lies directly in these arrays, in order; -1 is none of them."""
        is_one = np.zeros(len(self) + 1, np.bool_)
        is_one[arrays] = True
        is_one[-1] = False
        return np.flatnonzero(is_one[self.parent])


def _most(piece: bytes) -> int:
    """No fewer values than begin in a piece: each stands behind a comma, or first."""
    return piece.count(b",") + piece.count(b"[") + piece.count(b"{") + 2


@helper
def _string(line: Bytes, at: int, stop: int) -> tuple[int, int, bool, int, int]:
    """As `string`: what ends it, its end, escapes; and what is wrong otherwise, and where."""
    has_escapes, fault, fault_at = False, TEXT, 0
    while True:
        wrong, end, escaped, _ = string(line, at, stop)
        has_escapes |= escaped
        if wrong not in (SURROGATE, UTF8):
            return wrong, end, has_escapes, fault, fault_at
        if fault == TEXT:
            fault, fault_at = wrong, end
        at = end + 1  # what an escape stands for is plain, read without its backslash


@helper
def _blame(known: _Known, where: Numbers, anchor: int, fault: int, at: int) -> None:
    if known[anchor, _FAULT] == TEXT:
        known[anchor, _FAULT], where[anchor, _FAULT_AT] = fault, at


@register_jitable
def _of_open(table: Table, row: int, owners: Numbers, depth: int) -> tuple[Table, int]:
    """The keys of the objects that are open, in a table with room for more, and their number."""
    is_open, count = np.zeros(len(table.hashes), np.bool_), 0
    for slot in range(len(table.hashes)):
        if table.owners[slot, 0] == row:
            for one in range(1, depth + 1):
                is_open[slot] |= table.owners[slot, 1] == owners[one]
            count += is_open[slot]
    if count > KEYS:
        return table, count
    larger = fresh(len(table.hashes) * (2 if 4 * count > len(table.hashes) else 1))
    for slot in range(len(table.hashes)):
        if is_open[slot]:
            enter(larger, row, table.owners[slot, 1], table.hashes[slot])
    return larger, count


@helper
def _whole(line: Bytes, at: int, stop: int) -> int:
    """The number that digits are, if it is below `LARGEST`; else -1."""
    value, begin = 0, at
    if line[at] == MINUS:
        at += 1
    for n in range(at, stop):
        if not 0x30 <= line[n] <= 0x39 or value >= LARGEST:
            return -1
        value = value * 10 + (line[n] - 0x30)
    return value if value < LARGEST and (value == 0 or at == begin) else -1


@routine
def _walk(  # noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917  -- one automaton
    line: Bytes, at: int, stop: int, last: int, base: int, row: int, state: Numbers,
    owners: Numbers, places: Numbers, anchors: Numbers, table: Table, known: _Known,
    where: Numbers, wanted: Bytes, bounds: Numbers, deepest: int, unjudged: int, seed: np.uint64,
    scratch: Bytes,
) -> tuple[int, int]:  # fmt: skip
    """
    Go on through a document: where that ends, and why; `_CROWDED` if its keys need more room.

    Of *line* the bytes from *at* on up to *stop* come next, the *last* of it (1) or not (0);
    it begins at *base* of what places are counted in.  *row* numbers the document.  What is
    known of it is in *state*, and of each depth in *owners* (the number of the object, or -1 for
    an array), *places* (its place on the tape, or -1) and *anchors* (that of the innermost value
    that has one).  In the arrays under the key *unjudged*, -1 for none, nobody looks for keys
    that stand twice.  *scratch* has room for a character.
    """
    depth, expected = state[_DEPTH], state[_EXPECTED]
    under, count = state[_UNDER], state[_COUNT]
    why = _MORE
    while at < stop:
        byte = line[at]
        if is_blank(byte) or byte == NEWLINE:
            at += 1
            continue
        if state[_CLOSED]:
            why = SYNTAX
            break
        if not last and stop - at < _TAIL:  # what begins here may not be all there
            break
        if expected == AFTER:
            is_object = owners[depth] >= 0
            if byte == 0x2C:  # a comma
                expected = KEY if is_object else VALUE
                at += 1
                continue
            if byte != (0x7D if is_object else 0x5D):
                why = SYNTAX
                break
        elif expected == COLON:
            if byte != 0x3A:
                why = SYNTAX
                break
            expected = VALUE
            at += 1
            continue
        closes = expected == AFTER
        closes |= (expected == FIRST_KEY and byte == 0x7D) or (
            expected == FIRST_VALUE and byte == 0x5D
        )
        if closes:
            at += 1
            if places[depth] >= 0:
                where[places[depth], STOP] = base + at
            if state[_WITHIN] == depth:
                state[_WITHIN] = 0
            depth -= 1
            expected = AFTER
            state[_CLOSED] = depth == 0
            continue
        if expected in (FIRST_KEY, KEY):
            if byte != QUOTE:
                why = SYNTAX
                break
            if not state[_WITHIN] and 2 * (state[_KEYS] + 1) > len(table.hashes):
                why = _CROWDED
                break
            wrong, end, escaped, fault, fault_at = _string(line, at + 1, stop)
            if wrong:
                if not last and stop - end < _TAIL:
                    break
                at, why = end, SYNTAX
                break
            if fault:
                _blame(known, where, anchors[depth], fault, base + fault_at)
            if not state[_WITHIN]:
                state[_KEYS] += 1
                if state[_KEYS] > KEYS or (
                    enter(table, row, owners[depth], hashed(line, at + 1, end, scratch, seed))
                ):
                    _blame(known, where, anchors[depth], TWICE, base + at)
            under = -1
            if places[depth] >= 0 and depth < deepest:
                if escaped:
                    under = which(line, at + 1, end, wanted, bounds, scratch)
                else:
                    under = plain(line, at + 1, end, wanted, bounds)
            at, expected = end + 1, COLON
            if at < stop and line[at] == 0x3A:  # mostly it does, and sooner so
                at, expected = at + 1, VALUE
                at += at < stop and line[at] == 0x20
            continue
        # A value begins.
        kind, end, fault, fault_at, has_escapes, closed_at = NULL, at, TEXT, at, False, at
        value = np.int64(0)
        if byte == QUOTE:
            kind = STRING
            wrong, end, has_escapes, fault, fault_at = _string(line, at + 1, stop)
            if wrong:
                if not last and stop - end < _TAIL:
                    break
                at, why = end, SYNTAX
                break
            closed_at, end = end, end + 1
        elif byte in (0x7B, 0x5B):
            kind = OBJECT if byte == 0x7B else ARRAY
            if depth == DEEP:
                why = SYNTAX
                break
            end = at + 1
        elif byte == MINUS or 0x30 <= byte <= 0x39:
            kind = NUMBER
            wrong, end = number(line, at, stop)
            if wrong == SYNTAX and end == at + 1 and is_word(line, end, stop, INFINITE[1]):
                fault, end = NONFINITE, end + 8
            elif wrong == NONFINITE:
                fault, end = NONFINITE, at
                while end < stop and (
                    0x30 <= line[end] <= 0x39 or line[end] in (0x2B, MINUS, 0x2E, 0x45, 0x65)
                ):
                    end += 1
            elif wrong:
                if not last and stop - end < _TAIL:
                    break
                at, why = end, SYNTAX
                break
            if not last and end == stop:
                break
            closed_at, value = end, np.int64(_whole(line, at, end))
        else:
            length = 0
            for n in range(len(LITERALS)):
                if is_word(line, at, stop, LITERALS[n]):
                    length, kind = is_word(line, at, stop, LITERALS[n]), TRUE + n
            for n in range(len(INFINITE)):
                if is_word(line, at, stop, INFINITE[n]):
                    length, kind, fault = is_word(line, at, stop, INFINITE[n]), NUMBER, NONFINITE
                    value = np.int64(-1)
            if not length:
                why = SYNTAX
                break
            end = at + length
            closed_at = end
        place, outer = np.int64(-1), places[depth]
        if depth == 0 or (outer >= 0 and depth < deepest and (owners[depth] < 0 or under >= 0)):
            place = count
            known[place, PARENT] = outer if depth else -1
            known[place, KEYED] = under if depth and owners[depth] >= 0 else -1
            known[place, KIND], known[place, ESCAPED] = kind, has_escapes
            known[place, VALUES], known[place, _FAULT] = value, TEXT
            where[place, START] = base + at + (kind == STRING)
            where[place, STOP] = 0 if kind <= ARRAY else base + closed_at
            where[place, _FAULT_AT] = 0
            count += 1
        if depth and outer >= 0:
            known[outer, VALUES] += 1
        if fault:
            anchor = place if place >= 0 else anchors[depth]
            _blame(known, where, int(anchor), fault, base + fault_at)
        at = end
        if kind <= ARRAY:
            depth += 1
            owners[depth] = state[_OBJECTS] if kind == OBJECT else -1
            state[_OBJECTS] += kind == OBJECT
            places[depth] = place
            anchors[depth] = place if place >= 0 else anchors[depth - 1]
            if kind == ARRAY and under == unjudged and under >= 0 and not state[_WITHIN]:
                state[_WITHIN] = depth
            expected = FIRST_KEY if kind == OBJECT else FIRST_VALUE
        else:
            expected = AFTER
            state[_CLOSED] = depth == 0
            if depth and at < stop and line[at] == 0x2C:  # likewise
                at, expected = at + 1, KEY if owners[depth] >= 0 else VALUE
                at += at < stop and line[at] == 0x20
        under = -1
    if at == stop:
        why = TEXT if last and state[_CLOSED] else SYNTAX if last else _MORE
    state[_DEPTH], state[_EXPECTED] = depth, expected
    state[_UNDER], state[_COUNT] = under, count
    return at, why


@register_jitable
def _through(  # noqa: PLR0913, PLR0917
    line: Bytes, at: int, stop: int, last: int, base: int, row: int, state: Numbers, open_: Numbers,
    table: Table, known: _Known, where: Numbers, wanted: Bytes, bounds: Numbers, deepest: int,
    unjudged: int, seed: np.uint64, scratch: Bytes,
) -> tuple[int, int, Table]:  # fmt: skip
    """As `_walk`, with as much room for keys as they need: who makes arrays counts references."""
    while True:
        at, why = _walk(
            line, at, stop, last, base, row, state, open_[0], open_[1], open_[2], table, known,
            where, wanted, bounds, deepest, unjudged, seed, scratch,
        )  # fmt: skip
        if why != _CROWDED:
            return at, why, table
        table, state[_KEYS] = _of_open(table, row, open_[0], state[_DEPTH])


@kernel
def _go_on(  # noqa: PLR0913, PLR0917
    line: Bytes, last: int, base: int, state: Numbers, open_: Numbers, table: Table,
    known: _Known, where: Numbers, wanted: Bytes, bounds: Numbers, deepest: int, unjudged: int,
    seed: np.uint64,
) -> tuple[int, int, Table]:  # fmt: skip
    return _through(
        line, 0, len(line), last, base, 0, state, open_, table, known, where, wanted, bounds,
        deepest, unjudged, seed, np.zeros(8, np.uint8),
    )  # fmt: skip


@register_jitable
def blank(size: int) -> tuple[_Known, Numbers]:
    """A tape on which nothing is yet; what is not written to takes no memory."""
    return np.empty((size, 6), np.int32), np.empty((size, 3), np.int64)


@helper
def most(start: int, stop: int, deepest: int) -> int:
    """No fewer values than a document has: a comma parts two, a bracket ends one, or it is open."""
    return (stop - start) // 2 + 1 + deepest


@register_jitable
def roomy(known: _Known, where: Numbers, count: int, more: int) -> tuple[_Known, Numbers]:
    """A tape with room for *more* than the *count* values that are on it."""
    if count + more <= len(known):
        return known, where
    longer, wider = blank(max(count + more, 2 * len(known)))
    longer[:count], wider[:count] = known[:count], where[:count]
    return longer, wider


@register_jitable
def one(  # noqa: PLR0913, PLR0917
    line: Bytes, start: int, stop: int, row: int, count: int, state: Numbers, open_: Numbers,
    table: Table, known: _Known, where: Numbers, wanted: Bytes, bounds: Numbers, deepest: int,
    seed: np.uint64, scratch: Bytes,
) -> tuple[int, int, Table]:  # fmt: skip
    """
    Go through one document of several, whose number is *row*, behind *count* values.

    Returns:
        Where it stops being JSON, or -1; how many values there are then; and the keys' table.
    """
    state[:] = 0
    state[_UNDER], state[_COUNT] = -1, count
    at, why, table = _through(
        line, start, stop, 1, 0, row, state, open_, table, known, where, wanted, bounds, deepest,
        -1, seed, scratch,
    )  # fmt: skip
    return (-1 if why == TEXT else at), state[_COUNT], table


@kernel
def _each(  # noqa: PLR0913, PLR0917
    line: Bytes, starts: Numbers, stops: Numbers, wanted: Bytes, bounds: Numbers, deepest: int,
    seed: np.uint64,
) -> tuple[_Known, Numbers, Numbers]:  # fmt: skip
    open_ = np.zeros((3, DEEP + 1), np.int64)
    table, count, scratch = fresh(SLOTS), 0, np.zeros(8, np.uint8)
    known, where = roomy(*blank(0), 0, max(len(starts), len(line) // _OF_EACH))
    ends, state = np.full(len(starts), -1, np.int64), np.zeros(8, np.int64)
    for row in range(len(starts)):
        known, where = roomy(known, where, count, most(starts[row], stops[row], deepest))
        ends[row], count, table = one(
            line, starts[row], stops[row], row, count, state, open_, table, known, where, wanted,
            bounds, deepest, seed, scratch,
        )  # fmt: skip
    return known[:count], where[:count], ends


@kernel
def _faulty(
    line: Bytes, starts: Numbers, stops: Numbers, seed: np.uint64
) -> tuple[NDArray[np.int8], Numbers]:
    open_ = np.zeros((3, DEEP + 1), np.int64)
    known, where = np.zeros((1, 6), np.int32), np.zeros((1, 3), np.int64)
    wanted, bounds = np.zeros(0, np.uint8), np.zeros(1, np.int64)
    found, places = np.zeros(len(starts), np.int8), np.zeros(len(starts), np.int64)
    table, scratch = fresh(SLOTS), np.zeros(8, np.uint8)
    for row in range(len(starts)):
        state = np.zeros(8, np.int64)
        state[_UNDER] = -1
        known[0, _FAULT] = TEXT  # of what is no JSON at all, nothing comes on the tape
        at, why, table = _through(
            line, starts[row], stops[row], 1, 0, row, state, open_, table, known, where, wanted,
            bounds, 1, -1, seed, scratch,
        )  # fmt: skip
        found[row] = SYNTAX if why else known[0, _FAULT]
        places[row] = at if why else where[0, _FAULT_AT]
    return found, places


def faulty(line: bytes, starts: Numbers, stops: Numbers) -> tuple[NDArray[np.int8], Numbers]:
    """What is wrong with each of several documents in *line*, 0 for nothing, and where that is."""
    return _faulty(np.frombuffer(line, np.uint8), starts, stops, SEED)


@kernel
def _slots(size: int) -> Table:
    return fresh(size)


_NONE = Tape(np.empty((0, 6), np.int32), np.empty((0, 3), np.int64))


def each(line: bytes, starts: Numbers, stops: Numbers, names: Sequence[str], deepest: int) -> Tape:
    """The tape of several documents, each of which was found sound before; as `judged`."""
    return judged(line, starts, stops, names, deepest)[0]


def judged(
    line: bytes, starts: Numbers, stops: Numbers, names: Sequence[str], deepest: int
) -> tuple[Tape, Numbers]:
    """
    The tape of several documents in *line*, and where each stops being JSON.

    Args:
        line: Bytes.
        starts: Where the documents begin, in order; *stops*: where they end.
        stops: See *starts*.
        names: Keys whose values are wanted.
        deepest: Values that lie so deep, or deeper, are not on the tape; a document lies at 0.

    Returns:
        What was found before that, and the byte; -1 where all of a document is JSON.
    """
    bytes_ = np.frombuffer(line, np.uint8)
    known, where, ends = _each(bytes_, starts, stops, *joined(names), deepest, SEED)
    return Tape(known, where), ends


def _some(pieces: Iterator[bytes], least: int) -> tuple[bytes, bool]:
    """The next pieces, of so many bytes together or more; and whether that was all."""
    found = [next(pieces, b"")]
    while found[-1] and sum(map(len, found)) < least:
        found.append(next(pieces, b""))
    return b"".join(found), not found[-1]


class Ended(NamedTuple):
    """
    How a document ended.

    Attributes:
        tape: What is in it.
        at: Where the bytes stop being JSON; None where all of it is.
        said: What the strings say that were asked for, by their places on the tape.
    """

    tape: Tape
    at: int | None
    said: dict[int, str]


def whole(
    pieces: Iterator[bytes],
    names: Sequence[str],
    deepest: int,
    *,
    unjudged: str,
    told: Sequence[str],
) -> Ended:
    """
    Go through a document that comes in pieces, of which no more than a few are held.

    Args:
        pieces: The bytes.
        names: Keys whose values are wanted.
        deepest: Values that lie so deep, or deeper, are not on the tape; the document lies at 0.
        unjudged: A key in whose arrays nobody looks for keys that stand twice: `each` does.
        told: Keys whose strings are wanted, of the first 64 KiB of each.
    """
    keys = joined(names)
    state, open_ = np.zeros(8, np.int64), np.zeros((3, DEEP + 1), np.int64)
    state[_UNDER] = -1
    table, tape = _slots(SLOTS), _NONE
    held, base, said = b"", 0, dict[int, str]()
    asked = np.array([names.index(one) for one in told], np.int8)
    ending, why, lacks = False, _MORE, 0
    while why == _MORE:
        more, ending = _some(pieces, lacks)
        held += more
        bytes_, before = np.frombuffer(held, np.uint8), int(state[_COUNT])
        tape = tape.room(before, _most(held))
        used, why, table = _go_on(
            bytes_, int(ending), base, state, open_, table, tape.known, tape.where, *keys, deepest,
            names.index(unjudged), SEED,
        )  # fmt: skip
        found = np.arange(before, int(state[_COUNT]))
        found = found[np.isin(tape.key[found], asked) & (tape.kind[found] == STRING)]
        sound = found[tape.fault[found] == TEXT]
        short = sound[tape.stop[sound] - tape.start[sound] <= 1 << 16]
        said |= dict(zip(short.tolist(), tape.strings(held, short, base).to_list(), strict=True))
        if why == SYNTAX or (len(held) > LONGEST and not used):
            return Ended(tape.first(int(state[_COUNT])), base + used, said)
        held, base = held[used:], base + used
        lacks = len(held)  # as much again: what is long is not looked at for every piece
    return Ended(tape.first(int(state[_COUNT])), None, said)
