"""
Models of n-grams: an input that says how likely a text is, one word after the other.

The input ``ngrams`` is one file in ARPA's format, plain or gzip, as KenLM and SRILM write
it; KenLM's binary files are not read.  An n-gram is known by the n-gram of all its words but
the last, and by that word: the two numbers are its key, and keys are compared, not hashes
of them.  It takes 24 to 32 bytes of memory, and a word those of its name.

As KenLM does, the reader refuses positive logarithms, a model without ``<s>`` or ``</s>``,
words that are no 1-gram, n-grams of which all words but the last are none, and back-off
behind n-grams of the highest order.  Where ``<unk>`` is missing, its probability is 10^-100.

Source:
    Heafield 2011, "KenLM: Faster and Smaller Language Model Queries", lm/read_arpa.cc.
"""

import gzip
import io
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, NoReturn, TypeAlias

import numpy as np
from numpy.typing import NDArray

from datastd.errors import UsageError
from datastd.inputs import Given
from datastd.kernels import helper, kernel

Bytes: TypeAlias = NDArray[np.uint8]
Numbers: TypeAlias = NDArray[np.int64]
Slots: TypeAlias = NDArray[np.int32]
Keys: TypeAlias = NDArray[np.uint64]
Logs: TypeAlias = NDArray[np.float32]

MOST = 1 << 26
"""N-grams that a model may have: 2 GiB, and as much again while it is read."""

_PIECE = 1 << 22  # bytes that are parsed at once
_LINE = 1 << 16  # bytes of a line
_NAMES = 1 << 31  # bytes of all words
_GZIP = b"\x1f\x8b"
_HEAD = re.compile(rb"ngram[ \t]*([1-9])[ \t]*=[ \t]*([0-9]{1,18})")
_UNKNOWN = -100.0  # log10 of the probability of `<unk>`, where nothing says it
_FURTHEST = 1e30  # no logarithm is further from 0
_DIGITS = 18  # of a number; those behind are left out

_OFFSET, _FNV = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)  # of FNV-1a
_ODD = np.uint64(0x9E3779B97F4A7C15)

_FORM, _NUMBER, _POSITIVE, _WORD, _CONTEXT, _BACK = range(1, 7)
_WRONG = {
    _FORM: ("a logarithm, words, and perhaps another logarithm", "another line"),
    _NUMBER: ("finite numbers for logarithms", "another"),
    _POSITIVE: ("the logarithm of a probability", "a number above 0"),
    _WORD: ("words of the 1-grams", "another"),
    _CONTEXT: ("an n-gram that goes on from a shorter one", "one that does not"),
    _BACK: ("no back-off behind n-grams of the highest order", "one"),
}


class Model(NamedTuple):
    """
    A model as kernels have it: n-grams are numbered, the 1-grams first.

    Attributes:
        names: The words, one after the other, uint8.
        edges: Where each begins, and where the last ends; shape (V + 1,), int64.
        words: A table of words by hash, open addressing: the number, or -1; int32.
        keys: Of each n-gram of two words or more: the number of that of all words but the
            last, and in the lower half the last; shape (N - V,), uint64.
        slots: A table of these by their keys, likewise.
        logs: log10 of the probability of each n-gram; shape (N,), float32.
        backs: log10 of the back-off behind each; shape (N,), float32.
        order: Words of the longest n-grams.
        unknown: The number of ``<unk>``.
        start: That of ``<s>``.
        end: That of ``</s>``.
    """

    names: Bytes
    edges: Numbers
    words: Slots
    keys: Keys
    slots: Slots
    logs: Logs
    backs: Logs
    order: int
    unknown: int
    start: int
    end: int


class Ngrams(Given):
    """
    A model of n-grams, read from a file.

    Attributes:
        model: What kernels are given.

    Raises:
        UsageError: No such file, or one that is damaged or contradicts itself.
    """

    expects = "a file of n-grams in ARPA's format"

    def __init__(self, role: str, path: Path) -> None:
        super().__init__(role, path)
        try:
            self.model = _Reader(self).read()
            self.compare()
        except BaseException:
            self.close()
            raise


class _Reader:
    """Reads a file line by line, and the n-grams of a section many lines at once."""

    def __init__(self, given: Given) -> None:
        self._where = given.where
        self._pieces = _pieces(given)
        self._content, self._at, self._line = b"", 0, 0

    def read(self) -> Model:
        """Read all of it, and refuse what comes behind the end."""
        counts = self._counts()
        model = self._words(counts[0], order=len(counts))
        for number, count in enumerate(counts[1:], 2):
            self._expect(f"\\{number}-grams:")
            model = self._longer(model, number, count)
        self._expect(r"\end" + "\\")
        if (line := self._said()) is not None:
            self._refuse("the end of the file", line)
        return model

    def _fill(self) -> bool:
        """Have content to go on with; False at the end of the file."""
        if self._at == len(self._content):
            self._content, self._at = next(self._pieces, b""), 0
        return bool(self._content)

    def _said(self) -> bytes | None:
        """The next line that is not blank; None at the end of the file."""
        while self._fill():
            end = self._content.index(b"\n", self._at)
            line = self._content[self._at : end].strip()
            self._at, self._line = end + 1, self._line + 1
            if line:
                return line
        return None

    def _expect(self, wanted: str) -> None:
        if (line := self._said()) != wanted.encode():
            self._refuse(wanted, line)

    def _refuse(self, expected: str, line: bytes | None) -> NoReturn:
        if line is None:
            raise UsageError(self._where, expected, "the end of the file")
        raise UsageError(f"{self._where}: line {self._line}", expected, "another line")

    def _counts(self) -> list[int]:
        """How many n-grams there are of each order, as the head says; goes on to the first."""
        self._expect("\\data\\")
        counts, line = list[int](), self._said()
        while line is not None and (found := _HEAD.fullmatch(line)):
            if int(found[1]) != len(counts) + 1:
                self._refuse(f"how many {len(counts) + 1}-grams there are", line)
            counts.append(int(found[2]))
            line = self._said()
        if not counts:
            self._refuse("how many 1-grams there are", line)
        if line != b"\\1-grams:":
            self._refuse("\\1-grams:", line)
        if (every := sum(counts)) > MOST:
            raise UsageError(self._where, f"at most {MOST} n-grams", f"{every}")
        return counts

    def _words(self, count: int, *, order: int) -> Model:
        """The 1-grams, and with them what a sentence begins and ends with."""
        names, lengths, size = list[Bytes](), list[Numbers](), 0
        logs, backs = list[Logs](), list[Logs]()
        for content, found in self._section(_NOTHING._replace(order=order), 1, count):
            names.append(_joined(content, found.spans))
            if (size := size + len(names[-1])) > _NAMES:
                raise UsageError(self._where, f"words of at most {_NAMES} bytes", f"{size}")
            lengths.append(found.spans[:, 1] - found.spans[:, 0])
            logs.append(found.logs)
            backs.append(found.backs)
        model = _NOTHING._replace(
            names=np.concatenate([_NOTHING.names, *names]),
            edges=np.cumsum(np.concatenate([np.zeros(1, np.int64), *lengths])),
            words=_table(count), order=order,
            logs=np.concatenate([_NOTHING.logs, *logs]),
            backs=np.concatenate([_NOTHING.backs, *backs]),
        )  # fmt: skip
        self._refuse_twice(1, _enter_words(model))
        place = {name: _number(model, name) for name in ("<s>", "</s>", "<unk>", "<UNK>")}
        for name in ("<s>", "</s>"):
            if place[name] < 0:
                raise UsageError(self._where, f"{name} among the 1-grams", "none")
        model = model._replace(start=place["<s>"], end=place["</s>"])
        unknown = max(place["<unk>"], place["<UNK>"])
        if unknown < 0:  # it comes behind all others, and bears no name
            unknown, model = count, model._replace(
                edges=np.append(model.edges, model.edges[-1]),
                logs=np.append(model.logs, np.float32(_UNKNOWN)),
                backs=np.append(model.backs, np.float32(0)),
            )  # fmt: skip
        return model._replace(unknown=unknown)

    def _longer(self, model: Model, number: int, count: int) -> Model:
        """The model, and the n-grams of so many words."""
        keys, logs, backs = [model.keys], [model.logs], [model.backs]
        for _, found in self._section(model, number, count):
            keys.append(found.keys)
            logs.append(found.logs)
            backs.append(found.backs)
        every = np.concatenate(keys)
        longer = model._replace(
            keys=every, slots=_table(len(every)), logs=np.concatenate(logs),
            backs=np.concatenate(backs),
        )  # fmt: skip
        self._refuse_twice(number, _enter(longer) - len(model.keys))
        return longer

    def _section(self, model: Model, number: int, count: int) -> "Iterator[tuple[Bytes, _Parsed]]":
        """Yield the n-grams of a section, and the content in which they are."""
        done = 0
        while done < count:
            parsed = None
            if self._fill():
                content = np.frombuffer(self._content, np.uint8)
                rows = min(count - done, self._content.count(b"\n", self._at))
                parsed = _parse(content, self._at, rows, number, model)
                done, self._line = done + len(parsed.logs), self._line + len(parsed.logs)
                if parsed.wrong:
                    where = f"{self._where}: line {self._line + 1}"
                    raise UsageError(where, *_WRONG[parsed.wrong])
                yield content, parsed
                self._at = parsed.at
            if parsed is None or (done < count and parsed.at < len(content)):
                raise UsageError(self._where, f"{count} {number}-grams, as it says", f"{done}")

    def _refuse_twice(self, number: int, place: int) -> None:
        if place >= 0:
            found = f"the {place + 1}. of them, which was there before"
            raise UsageError(f"{self._where}: {number}-grams", "each once", found)


def _pieces(given: Given) -> Iterator[bytes]:
    """Yield the file unpacked, in pieces of whole lines."""
    raw = io.BufferedReader(io.FileIO(given.descriptor, closefd=False), _PIECE)
    packed = raw.peek(2)[:2] == _GZIP
    file = gzip.GzipFile(fileobj=raw) if packed else raw
    left = b""
    try:
        while piece := file.read(_PIECE):
            end = piece.rfind(b"\n") + 1
            if not end and len(left) + len(piece) > _LINE:
                raise UsageError(given.where, f"lines of at most {_LINE} bytes", "a longer one")
            if end:
                yield left + piece[:end]
                left = b""
            left += piece[end:]
    except (EOFError, OSError, zlib.error) as error:
        expected = f"a {'gzip ' if packed else ''}file that can be read"
        raise UsageError(given.where, expected, str(error)) from None
    if left:
        yield left + b"\n"


class _Parsed(NamedTuple):
    """
    Lines of a section.

    Attributes:
        at: Where the next line begins.
        wrong: What is wrong with it, or 0.
        spans: Of 1-grams where the word begins and ends; shape (L, 2).
        keys: Of longer ones the key; shape (L,).
        logs: As `Model` has them; L.
        backs: Likewise.
    """

    at: int
    wrong: int
    spans: Numbers
    keys: Keys
    logs: Logs
    backs: Logs


def _parse(content: Bytes, at: int, rows: int, number: int, model: Model) -> _Parsed:
    """Read up to so many lines from *at* on, but no blank line and none with a backslash."""
    spans = np.zeros((rows if number == 1 else 0, 2), np.int64)
    keys = np.zeros(0 if number == 1 else rows, np.uint64)
    logs, backs = np.zeros(rows, np.float32), np.zeros(rows, np.float32)
    at, done, wrong = _lines(content, at, rows, number, model, spans, keys, logs, backs)
    return _Parsed(at, wrong, spans[:done], keys[:done], logs[:done], backs[:done])


def _table(count: int) -> Slots:
    """A table for so many, at most half full."""
    return np.full(1 << max(6, (2 * count).bit_length()), -1, np.int32)


_NOTHING = Model(
    np.zeros(0, np.uint8), np.zeros(1, np.int64), _table(0), np.zeros(0, np.uint64), _table(0),
    np.zeros(0, np.float32), np.zeros(0, np.float32), 0, -1, -1, -1,
)  # fmt: skip


def _number(model: Model, name: str) -> int:
    """The number of a word; -1 if it is none."""
    content = np.frombuffer(name.encode(), np.uint8)
    return int(_word_of(content, model))


@helper
def word(content: Bytes, start: int, stop: int, model: Model) -> int:
    """
    The number of the word between two bytes.

    Below 0 where it is none: less 2, the slot that it would take.
    """
    value = _OFFSET
    for at in range(start, stop):
        value = (value ^ np.uint64(content[at])) * _FNV
    mask = len(model.words) - 1
    slot = np.int64((value ^ value >> np.uint64(32)) & np.uint64(mask))
    while model.words[slot] >= 0:
        found = model.words[slot]
        first, size = model.edges[found], stop - start
        if model.edges[found + 1] - first == size:
            same = 0
            while same < size and model.names[first + same] == content[start + same]:
                same += 1
            if same == size:
                return int(found)
        slot = (slot + 1) & mask
    return int(-2 - slot)


@helper
def ngram(before: int, last: int, model: Model) -> int:
    """
    The number of the n-gram that goes on from another by a word.

    Below 0 where there is none: less 2, the slot that it would take.
    """
    key = np.uint64(before) << np.uint64(32) | np.uint64(last)
    mask = len(model.slots) - 1
    mixed = (key ^ key >> np.uint64(29)) * _ODD
    slot = np.int64((mixed ^ mixed >> np.uint64(32)) & np.uint64(mask))
    while model.slots[slot] >= 0:
        if model.keys[model.slots[slot]] == key:
            return int(model.slots[slot] + len(model.edges) - 1)
        slot = (slot + 1) & mask
    return int(-2 - slot)


@kernel
def _word_of(content: Bytes, model: Model) -> int:
    return word(content, 0, len(content), model)


@kernel
def _enter_words(model: Model) -> int:
    """Put every word into its table; the first that is there already, or -1."""
    for n in range(len(model.edges) - 1):
        place = word(model.names, model.edges[n], model.edges[n + 1], model)
        if place >= 0:
            return n
        model.words[-2 - place] = n
    return -1


@kernel
def _enter(model: Model) -> int:
    """Put every key into its table; the first that is there already, or -1."""
    for n in range(len(model.keys)):
        key = model.keys[n]
        place = ngram(int(key >> np.uint64(32)), int(key & np.uint64(0xFFFFFFFF)), model)
        if place >= 0:
            return n
        model.slots[-2 - place] = n
    return -1


@kernel
def _joined(content: Bytes, spans: Numbers) -> Bytes:
    """The bytes of some spans, one after the other."""
    size = 0
    for n in range(len(spans)):
        size += spans[n, 1] - spans[n, 0]
    joined, at = np.empty(size, np.uint8), 0
    for n in range(len(spans)):
        for byte in range(spans[n, 0], spans[n, 1]):
            joined[at] = content[byte]
            at += 1
    return joined


@helper
def _is_between(byte: int) -> bool:
    """Say whether a byte parts the fields of a line."""
    return byte in (0x20, 0x09, 0x0D)


@helper
def _decimal(content: Bytes, start: int, stop: int) -> float:  # noqa: C901, PLR0912
    """The number that is written between two bytes; NaN if it is none."""
    at, sign = start, 1.0
    if at < stop and content[at] in (0x2B, 0x2D):
        sign = -1.0 if content[at] == 0x2D else 1.0
        at += 1
    whole, scale, digits, behind = np.int64(0), 0, 0, False
    while at < stop and (0x30 <= content[at] <= 0x39 or (content[at] == 0x2E and not behind)):
        if content[at] == 0x2E:
            behind = True
        else:
            digits += 1
            if whole < 10 ** (_DIGITS - 1):
                whole = whole * 10 + (content[at] - 0x30)
                scale -= behind
            else:
                scale += not behind
        at += 1
    if not digits:
        return np.nan
    if at < stop and content[at] in (0x45, 0x65):
        at += 1
        down = at < stop and content[at] == 0x2D
        at += at < stop and content[at] in (0x2B, 0x2D)
        if at == stop:
            return np.nan
        power = 0
        while at < stop and 0x30 <= content[at] <= 0x39:
            power = min(power * 10 + (content[at] - 0x30), 999)
            at += 1
        scale += -power if down else power
    if at < stop:
        return np.nan
    if scale > 99 or whole == 0:
        return np.inf if whole else 0.0
    if scale < -300:
        return 0.0
    return sign * (whole * 10.0**scale if scale >= 0 else whole / 10.0**-scale)


@kernel
def _lines(  # noqa: C901, PLR0911, PLR0912, PLR0913, PLR0917
    content: Bytes, at: int, rows: int, number: int, model: Model,
    spans: Numbers, keys: Keys, logs: Logs, backs: Logs,
) -> tuple[int, int, int]:  # fmt: skip
    """Read lines; where the next begins, how many were read, and what is wrong with it, or 0."""
    fields = np.zeros((number + 3, 2), np.int64)
    for row in range(rows):
        begin, found = at, 0
        while content[at] != 0x0A:
            if _is_between(content[at]):
                at += 1
                continue
            first = at
            while content[at] != 0x0A and not _is_between(content[at]):
                at += 1
            if found < len(fields):
                fields[found] = first, at
            found += 1
        at += 1
        if not found or content[fields[0, 0]] == 0x5C:  # blank, or of the next section
            return begin, row, 0
        if not number + 1 <= found <= number + 2:
            return begin, row, _FORM
        log, back = _decimal(content, fields[0, 0], fields[0, 1]), 0.0
        if found == number + 2:
            back = _decimal(content, fields[number + 1, 0], fields[number + 1, 1])
        if not (abs(log) < _FURTHEST and abs(back) < _FURTHEST):
            return begin, row, _NUMBER
        if log > 0:
            return begin, row, _POSITIVE
        if back != 0 and number == model.order:
            return begin, row, _BACK
        logs[row], backs[row] = log, back
        if number == 1:
            spans[row] = fields[1]
            continue
        before, last = -1, -1
        for n in range(1, number + 1):
            last = word(content, fields[n, 0], fields[n, 1], model)
            if last < 0:
                return begin, row, _WORD
            if n < number:
                before = last if n == 1 else ngram(before, last, model)
                if before < 0:
                    return begin, row, _CONTEXT
        keys[row] = np.uint64(before) << np.uint64(32) | np.uint64(last)
    return at, rows, 0
