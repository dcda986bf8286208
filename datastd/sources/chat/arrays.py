"""
Files that are one array of JSON, cut into its elements.

Quotes and brackets tell where an element ends, and no more is held of the file than some MiB.
Whether an element is JSON is asked later, of each by itself: what is wrong in one costs no
other.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from datastd.bits import eight, equal, lowest
from datastd.kernels import helper, kernel
from datastd.sources import Findings
from datastd.sources.chat.defects import ChatArray
from datastd.sources.encoding import NEWLINE, Bytes, Numbers, is_blank
from datastd.sources.jsonl.grammar import BACKSLASH, QUOTE
from datastd.sources.serial import Lost, Passed, TooLong

_BEFORE, _FIRST, _NEXT, _AFTER, _INSIDE, _DONE, _BEHIND = range(7)
"""Where one is: before the array, where an element may begin, behind one, in one, at the end."""

_PHASE, _DEPTH, _WITHIN, _START, _GLUED, _WRONG = range(6)  # of a state
_PLAIN, _QUOTED, _ESCAPED, _BARE = range(4)  # what one is within, of an element
_QUOTES = np.uint64(QUOTE * 0x0101010101010101)
_BACKSLASHES = np.uint64(BACKSLASH * 0x0101010101010101)


_Found: TypeAlias = tuple[Numbers, Numbers, NDArray[np.bool_]]
_NOTHING: _Found = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.bool_))


@dataclass(frozen=True, slots=True)
class Elements:
    """
    Elements of an array, and what stands between them.

    Attributes:
        piece: Bytes of the file, from behind an element on.
        starts: Where each begins in them,
        stops: and where it ends.
        glued: Whether anything but one comma stands before it.
    """

    piece: bytes
    starts: Numbers
    stops: Numbers
    glued: NDArray[np.bool_]


@dataclass
class Cutter:
    """
    Cuts an array into elements.

    Attributes:
        path: The file.
        at: The byte of it that comes next.
        run: Bytes that are looked at together.
        longest: Bytes that an element may have.
        trouble: Takes what is wrong with the array as a whole.
        first: Whether the array begins here, or an element has just ended.
        whole: Whether the file ends where the pieces do.
    """

    path: str
    at: int
    run: int
    longest: int
    trouble: Findings
    first: bool
    whole: bool
    _state: Numbers = field(init=False)

    def __post_init__(self) -> None:
        self._state = np.zeros(6, np.int64)
        self._state[_PHASE], self._state[_WRONG] = _BEFORE if self.first else _AFTER, -1

    def cut(self, pieces: Iterator[bytes]) -> Iterator[Elements | Passed]:
        """Cut what the pieces hold; where the array is broken, something is lost with it."""
        lost = False
        for part in self._cut(pieces):
            lost |= isinstance(part, Lost)
            yield part
        if self.trouble.defects and self.whole and not lost:
            yield Lost(0)

    def _cut(self, pieces: Iterator[bytes]) -> Iterator[Elements | Passed]:
        held, scanned, state = b"", 0, self._state
        found = _NOTHING
        for piece in pieces:
            held += piece
            if len(held) - scanned < self.run:
                continue
            found = self._scanned(held, scanned, found)
            scanned = len(held)
            if state[_PHASE] == _INSIDE and scanned - state[_START] > self.longest:
                begin = int(found[1][-1]) if len(found[1]) else 0
                if begin:
                    yield self._elements(held[:begin], found)
                held = yield from self._skipped(scanned - begin, pieces)
                scanned, found = 0, _NOTHING
                continue
            end = int(found[1][-1]) if len(found[1]) else 0
            if state[_PHASE] >= _DONE:
                end = scanned
            elif not end and state[_PHASE] != _INSIDE and scanned > self.longest:
                self._complain("an element", "white space")
                state[_PHASE], end = _BEHIND, scanned
            if end:
                yield self._elements(held[:end], found)
                held, scanned, found = held[end:], scanned - end, _NOTHING
                state[_START] -= end
        yield from self._last(held, self._scanned(held, scanned, found))

    def _elements(self, piece: bytes, found: _Found) -> Elements:
        self.at += len(piece)
        return Elements(piece, *found)

    def _scanned(self, held: bytes, at: int, known: _Found) -> _Found:
        """Go on through what is held; the elements that end in it."""
        before = int(self._state[_WRONG])
        more = _scan(np.frombuffer(held, np.uint8), at, self._state)
        wrong = int(self._state[_WRONG])
        if before < 0 <= wrong:
            self._complain("the end of the array, once", "more", wrong)
        return tuple(map(np.concatenate, zip(known, more, strict=True)))  # type: ignore[return-value]

    def _complain(self, expected: str, found: str, beyond: int = 0) -> None:
        if not self.trouble.defects:
            at = f"byte {self.at + beyond}"
            self.trouble.defects.append(ChatArray(self.path, at, expected, found))

    def _skipped(
        self, size: int, pieces: Iterator[bytes]
    ) -> Generator[Elements | Passed, None, bytes]:
        """Pass by an element that is too long; give what stands behind it."""
        state, rest = self._state, b""
        for piece in pieces:
            end = int(_scan_one(np.frombuffer(piece, np.uint8), state))
            size += end
            if state[_PHASE] != _INSIDE:
                rest = piece[end:]
                break
        self.at += size
        if state[_PHASE] == _INSIDE:
            yield from self._broken(size)
        else:
            yield TooLong(size, most=self.longest, in_lines=False)
        return rest

    def _last(self, held: bytes, found: _Found) -> Iterator[Elements | Passed]:
        """What is left at the end."""
        state = self._state
        if state[_PHASE] == _INSIDE and state[_WITHIN] == _BARE and not self.whole:
            # Who stops before the file ends does so behind an element: this number is all there.
            one = state[_START], len(held), state[_GLUED] != 0
            found = tuple(map(np.append, found, one))  # type: ignore[assignment]
            state[_PHASE] = _AFTER
        end = int(found[1][-1]) if len(found[1]) else 0
        phase = state[_PHASE]
        if phase == _INSIDE:
            if end:
                yield self._elements(held[:end], found)
            if len(held) > end:
                self.at += len(held) - end
                yield from self._broken(len(held) - end)
            return
        if held:
            yield self._elements(held, found)
        if phase < _DONE and self.whole:
            self._complain("the end of the array", "the end of the file")

    def _broken(self, size: int) -> Iterator[Passed]:
        """An element that the file breaks off in."""
        self._complain("the end of an element", "the end of the file")
        yield Lost(size)


@helper
def _inside(line: Bytes, at: int, state: Numbers) -> int:  # noqa: C901, PLR0912
    """Go on through an element; return where it ends, or the bytes do."""
    stop, depth, within = len(line), state[_DEPTH], state[_WITHIN]
    while at < stop:
        byte = line[at]
        if within == _QUOTED:
            if at + 8 <= stop:
                block = eight(line, at)
                found = equal(block, _QUOTES) | equal(block, _BACKSLASHES)
                at += lowest(found) if found else 8
                if not found:
                    continue
                byte = line[at]
            at += 1
            if byte == BACKSLASH:
                within = _ESCAPED
            elif byte == QUOTE:
                within = _PLAIN
                if depth == 0:
                    state[_PHASE] = _AFTER
                    break
        elif within == _ESCAPED:
            within = _QUOTED
            at += 1
        elif within == _BARE:
            if byte in (0x2C, 0x5D, NEWLINE) or is_blank(byte):
                state[_PHASE] = _AFTER
                break
            at += 1
        else:
            at += 1
            if byte == QUOTE:
                within = _QUOTED
            elif byte in (0x7B, 0x5B):
                depth += 1
            elif byte in (0x7D, 0x5D):
                depth -= 1
                if depth == 0:
                    state[_PHASE] = _AFTER
                    break
    state[_DEPTH], state[_WITHIN] = depth, within
    return at


@kernel
def _scan_one(line: Bytes, state: Numbers) -> int:
    return int(_inside(line, 0, state))


@kernel
def _scan(line: Bytes, at: int, state: Numbers) -> _Found:  # noqa: C901, PLR0912
    starts, stops = np.empty(len(line) - at + 1, np.int64), np.empty(len(line) - at + 1, np.int64)
    glued, count, stop = np.empty(len(line) - at + 1, np.bool_), 0, len(line)
    while at < stop:
        phase, byte = state[_PHASE], line[at]
        if phase == _INSIDE:
            at = _inside(line, at, state)
            if state[_PHASE] == _AFTER:
                starts[count], stops[count] = state[_START], at
                glued[count], state[_GLUED] = state[_GLUED] != 0, 0
                count += 1
            continue
        if phase == _BEHIND:
            break
        if is_blank(byte) or byte == NEWLINE:
            at += 1
        elif phase == _DONE:
            state[_PHASE], state[_WRONG] = _BEHIND, at
        elif phase == _BEFORE and byte == 0x5B:
            state[_PHASE] = _FIRST
            at += 1
        elif byte == 0x2C and phase != _BEFORE:
            state[_GLUED] |= phase != _AFTER
            state[_PHASE] = _NEXT
            at += 1
        elif byte == 0x5D and phase != _BEFORE:
            if phase == _NEXT:  # a comma before the end
                state[_WRONG] = at
            state[_PHASE] = _DONE
            at += 1
        else:
            state[_GLUED] |= phase in (_AFTER, _BEFORE)
            state[_PHASE], state[_START], state[_DEPTH] = _INSIDE, at, 0
            state[_WITHIN] = _BARE
            if byte in (0x7B, 0x5B):
                state[_WITHIN], state[_DEPTH] = _PLAIN, 1
            elif byte == QUOTE:
                state[_WITHIN] = _QUOTED
            at += 1
    return starts[:count].copy(), stops[:count].copy(), glued[:count].copy()
