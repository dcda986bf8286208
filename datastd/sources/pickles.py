"""
A pickle read opcode by opcode: nothing in it is imported, called or run.

A stack machine that knows what the files of a format are made of, as Python 2 wrote them
and as Python 3 writes them with any protocol from 2 on, and refuses all else.  Long
strings stay where they are: the machine steps over them and says where they lie.
"""

import pickle
import pickletools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from datastd.sources import Defect
from datastd.sources.streams import Bytes

OPCODES = 1 << 19  # 50,000 images need 200,000
MARKS = 16  # inside each other: a tuple in a list in a dictionary needs three
SHORT = 64  # bytes of the longest string that is looked at: keys, and names of types
_LINE = 64  # bytes of the longest name of a module, or of what is in it
_WHOLE = 8  # bytes of the widest whole number
_WINDOW = 1 << 16  # bytes read at once

POINTERS = {b"version https://git-lfs": "a git-lfs pointer", b".git/annex/": "a git-annex pointer",
            b"/annex/objects/": "a git-annex pointer"}  # fmt: skip
"""How the stand-ins begin that tools leave where data have not been fetched."""


class Known(Enum):
    """What a pickle of numpy's arrays names, and the modules where it is found."""

    RECONSTRUCT = "_reconstruct", "numpy.core.multiarray", "numpy._core.multiarray"
    NDARRAY = "ndarray", "numpy"
    DTYPE = "dtype", "numpy"
    FROMBUFFER = "_frombuffer", "numpy.core.numeric", "numpy._core.numeric"
    ENCODE = "encode", "_codecs"


NUMPY: Mapping[tuple[str, str], Known] = {
    (place, one.value[0]): one for one in Known for place in one.value[1:]
}
"""What numpy names when it writes an array, by module and name."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """
    What the pickles of one format are made of, beside plain values.

    Attributes:
        whose: Whose they are, such as ``CIFAR's files``.
        defect: What it is called if anything else is in one.
        names: What they may name, by module and name; nothing, where no array is in them.
        numbered: Whether whole numbers are keys too.
    """

    whose: str
    defect: type[Defect]
    names: Mapping[tuple[str, str], Known] = field(default_factory=dict)
    numbered: bool = False


class Kind(Enum):
    """What the bytes of a long string stand for."""

    BYTES = "themselves"
    TEXT = "UTF-8"
    LATIN1 = "bytes written as text, in UTF-8: one or two for each"


@dataclass(slots=True)
class Span:
    """A long string that was stepped over: where it lies, and what its bytes stand for."""

    at: int
    size: int
    kind: Kind


@dataclass(slots=True, eq=False)
class Dtype:
    """An element type as numpy writes it, such as ``u1``."""

    kind: str


@dataclass(slots=True, eq=False)
class Array:
    """An array as numpy writes it; nothing of it is trusted yet."""

    dtype: Dtype | None = None
    shape: tuple[object, ...] = ()
    fortran: bool = False
    data: object = None

    def __str__(self) -> str:
        kind = self.dtype.kind if self.dtype else "no type"
        order = " in Fortran's order" if self.fortran else ""
        shape = ", ".join(str(n) if isinstance(n, int) else "?" for n in self.shape[:4])
        return f"{kind} of shape ({shape}{', …' if len(self.shape) > 4 else ''}){order}"  # noqa: PLR2004


def stand_in(head: bytes) -> str:
    """Say what a file is that only points to its data; empty for nothing of the kind."""
    return next((found for begin, found in POINTERS.items() if head.startswith(begin)), "")


def read_dictionary(path: str, content: Bytes, dialect: Dialect) -> Mapping[object, object]:
    """
    Read the dictionary that a pickle holds, by its keys.

    Values are whole numbers, `str`, `bytes`, lists, tuples, dictionaries, None, `Array`,
    and `Span` for a string longer than `SHORT`.

    Raises:
        Defect: Anything else is in it; it is the *dialect*'s, and names the byte.
    """
    return _Machine(path, content, dialect).run()


class _Machine:
    """The stack, the marks and the memo of one pickle."""

    def __init__(self, path: str, content: Bytes, dialect: Dialect) -> None:
        self._path, self._content, self._dialect = path, content, dialect
        self._window, self._base, self._next = b"", 0, 0
        self._opcode_at = 0
        self._stack: list[object] = []
        self._below: list[list[object]] = []  # what lies under each mark
        self._memo: dict[int, object] = {}

    def run(self) -> Mapping[object, object]:
        """Go through all opcodes; give what is left on the stack."""
        head = self._content.read(0, 128)
        if head[:1] != pickle.PROTO or head[1:2] not in {b"\2", b"\3", b"\4", b"\5"}:
            found = stand_in(head) or head[:2].hex() or "the end of the file"
            raise self._wrong("a pickle of protocol 2 to 5", found)
        for _ in range(OPCODES):
            self._opcode_at = self._place
            opcode = self.take(1)
            if opcode == pickle.STOP:
                return self._result()
            step = _STEPS.get(opcode)
            if step is None:
                raise self._wrong(f"an opcode that {self._dialect.whose} use", _name(opcode))
            try:
                step(self)
            except IndexError:
                raise self._wrong(f"values for {_name(opcode)}", "an empty stack") from None
        raise self._wrong(f"at most {OPCODES} opcodes", "more")

    def _result(self) -> Mapping[object, object]:
        if self._below or len(self._stack) != 1:
            raise self._wrong("one value at the end", f"{len(self._stack)}")
        (value,) = self._stack
        if not isinstance(value, dict):
            raise self._wrong("a dictionary", f"a {type(value).__name__.lower()}")
        if left := self._content.size - self._place:
            raise self._wrong("the end of the file after STOP", f"{left} bytes more")
        return value

    def _wrong(self, expected: str, found: str) -> Defect:
        return self._dialect.defect(self._path, f"byte {self._opcode_at}", expected, found)

    # -- bytes ---------------------------------------------------------------------

    @property
    def _place(self) -> int:
        """Offset of the next byte."""
        return self._base + self._next

    def take(self, length: int) -> bytes:
        """The next few bytes."""
        end = self._next + length
        if end > len(self._window):
            self._base, self._next = self._place, 0
            self._window, end = self._content.read(self._base, max(_WINDOW, length)), length
            if end > len(self._window):
                raise self._wrong(f"{length} bytes more", "the end of the file")
        taken = self._window[self._next : end]
        self._next = end
        return taken

    def number(self, length: int) -> int:
        """A length or a position: little-endian, without a sign."""
        return int.from_bytes(self.take(length), "little")

    def line(self) -> str:
        """The name of a module, or of what is in it, up to the end of the line."""
        line = bytearray()
        while (byte := self.take(1)) != b"\n":
            line += byte
            if len(line) > _LINE:
                raise self._wrong(f"a name of at most {_LINE} bytes", "a longer one")
        return line.decode("latin-1")

    def string(self, length: int, kind: Kind) -> None:
        """Push a string of as many bytes as the next *length* bytes say."""
        size = self.number(length)
        if size <= SHORT:
            content = self.take(size)
            self._stack.append(self._text(content) if kind is Kind.TEXT else content)
            return
        if size > self._content.size - self._place:
            raise self._wrong(f"a string of {size} bytes", "the end of the file")
        self._stack.append(Span(self._place, size, kind))
        if self._next + size <= len(self._window):
            self._next += size
        else:
            self._base, self._next, self._window = self._place + size, 0, b""

    def _text(self, content: bytes) -> str:
        try:
            return content.decode()
        except UnicodeDecodeError:
            raise self._wrong("text in UTF-8", "other bytes") from None

    # -- opcodes -------------------------------------------------------------------

    def protocol(self) -> None:
        self.take(1)
        if self._opcode_at:
            raise self._wrong("PROTO at byte 0 only", "PROTO")

    def frame(self) -> None:
        """A hint for readers: how many bytes are worth reading at once."""
        if self.number(8) > self._content.size - self._place:
            raise self._wrong("a frame that ends in the file", "a longer one")

    def long(self) -> None:
        length = self.number(1)
        if length > _WHOLE:
            raise self._wrong(f"a whole number of at most {_WHOLE} bytes", f"{length} bytes")
        self._stack.append(int.from_bytes(self.take(length), "little", signed=True))

    def mark(self) -> None:
        if len(self._below) == MARKS:
            raise self._wrong(f"at most {MARKS} marks inside each other", "more")
        self._below.append(self._stack)
        self._stack = []

    def above_mark(self) -> list[object]:
        """Take what was pushed since the last mark, and the mark."""
        above, self._stack = self._stack, self._below.pop()
        return above

    def last(self, length: int) -> list[object]:
        """Take the last few values."""
        if length > len(self._stack):
            raise IndexError
        start = len(self._stack) - length
        taken = self._stack[start:]
        del self._stack[start:]
        return taken

    def push(self, value: object) -> None:
        self._stack.append(value)

    def extend(self, items: list[object]) -> None:
        into = self._stack[-1]
        if not isinstance(into, list):
            raise self._wrong("a list to append to", f"a {type(into).__name__.lower()}")
        into.extend(items)

    def set_items(self, items: list[object]) -> None:
        into = self._stack[-1]
        if not isinstance(into, dict) or len(items) % 2:
            raise self._wrong("pairs, and a dictionary to put them in", "others")
        for key, value in zip(items[::2], items[1::2], strict=True):
            name = key.decode("latin-1") if isinstance(key, bytes) else key
            known = isinstance(name, str) or (self._dialect.numbered and type(name) is int)
            if not known:
                raise self._wrong(f"a key of at most {SHORT} bytes", "another key")
            if name in into:
                raise self._wrong("each key once", "one twice")
            into[name] = value

    def remember(self, place: int | None) -> None:
        self._memo[len(self._memo) if place is None else place] = self._stack[-1]

    def recall(self, place: int) -> None:
        if place not in self._memo:
            raise self._wrong("a place in the memo that was filled", f"{place}")
        self._stack.append(self._memo[place])

    def name(self, parts: Sequence[object]) -> None:
        """Push what goes by the name of a module, and of something in it."""
        match parts:
            case str() as module, str() as what if (module, what) in self._dialect.names:
                self._stack.append(self._dialect.names[module, what])
            case _:
                found = ".".join(part if isinstance(part, str) else "?" for part in parts)
                raise self._wrong(f"a name that {self._dialect.whose} use", found)

    def call(self, function: object, arguments: object) -> None:
        """Stand in for the few calls that numpy writes; make none."""
        match function, arguments:
            case Known.RECONSTRUCT, (Known.NDARRAY, (0,), "b" | b"b"):
                made: object = Array()
            case Known.DTYPE, (str() as kind, 0, 1):
                made = Dtype(kind)
            case Known.DTYPE, (bytes() as kind, 0, 1):
                made = Dtype(kind.decode("latin-1"))
            case Known.FROMBUFFER, (data, Dtype() as dtype, tuple() as shape, "C" | "F" as order):
                made = Array(dtype, shape, order == "F", data)
            case Known.ENCODE, (Span(kind=Kind.TEXT) as span, "latin1"):
                made = Span(span.at, span.size, Kind.LATIN1)
            case Known.ENCODE, (str() as text, "latin1"):
                made = self._latin1(text)
            case _:
                raise self._wrong("a call that numpy writes", "another")
        self._stack.append(made)

    def _latin1(self, text: str) -> bytes:
        try:
            return text.encode("latin-1")
        except UnicodeEncodeError:
            raise self._wrong("bytes written as text", "other text") from None

    def build(self, state: object) -> None:
        """Fill in what numpy keeps as the state of a type, or of an array."""
        match self._stack[-1], state:
            case Dtype(), (3, str() | bytes(), None, None, None, -1, -1, 0):
                pass
            case Array(dtype=None) as array, (1, tuple() as shape, Dtype() as dtype, 0 | 1 as order,
                                              data):  # fmt: skip
                array.dtype, array.shape, array.fortran, array.data = dtype, shape, order == 1, data
            case _:
                raise self._wrong("the state of an array", "another")


def _name(opcode: bytes) -> str:
    """What an opcode is called; its number, where it is none."""
    return _OPCODES.get(opcode.decode("latin-1"), opcode.hex())


_OPCODES = {one.code: one.name for one in pickletools.opcodes}


_STEPS: Mapping[bytes, Callable[[_Machine], None]] = {
    pickle.PROTO: _Machine.protocol,
    pickle.FRAME: _Machine.frame,
    pickle.NONE: lambda m: m.push(None),
    pickle.NEWTRUE: lambda m: m.push(True),  # noqa: FBT003
    pickle.NEWFALSE: lambda m: m.push(False),  # noqa: FBT003
    pickle.BININT1: lambda m: m.push(m.number(1)),
    pickle.BININT2: lambda m: m.push(m.number(2)),
    pickle.BININT: lambda m: m.push(int.from_bytes(m.take(4), "little", signed=True)),
    pickle.LONG1: _Machine.long,
    pickle.SHORT_BINSTRING: lambda m: m.string(1, Kind.BYTES),
    pickle.BINSTRING: lambda m: m.string(4, Kind.BYTES),
    pickle.SHORT_BINBYTES: lambda m: m.string(1, Kind.BYTES),
    pickle.BINBYTES: lambda m: m.string(4, Kind.BYTES),
    pickle.BINBYTES8: lambda m: m.string(8, Kind.BYTES),
    pickle.BYTEARRAY8: lambda m: m.string(8, Kind.BYTES),
    pickle.SHORT_BINUNICODE: lambda m: m.string(1, Kind.TEXT),
    pickle.BINUNICODE: lambda m: m.string(4, Kind.TEXT),
    pickle.BINUNICODE8: lambda m: m.string(8, Kind.TEXT),
    pickle.EMPTY_DICT: lambda m: m.push({}),
    pickle.EMPTY_LIST: lambda m: m.push([]),
    pickle.EMPTY_TUPLE: lambda m: m.push(()),
    pickle.MARK: _Machine.mark,
    pickle.TUPLE: lambda m: m.push(tuple(m.above_mark())),
    pickle.TUPLE1: lambda m: m.push(tuple(m.last(1))),
    pickle.TUPLE2: lambda m: m.push(tuple(m.last(2))),
    pickle.TUPLE3: lambda m: m.push(tuple(m.last(3))),
    pickle.APPEND: lambda m: m.extend(m.last(1)),
    pickle.APPENDS: lambda m: m.extend(m.above_mark()),
    pickle.SETITEM: lambda m: m.set_items(m.last(2)),
    pickle.SETITEMS: lambda m: m.set_items(m.above_mark()),
    pickle.BINPUT: lambda m: m.remember(m.number(1)),
    pickle.LONG_BINPUT: lambda m: m.remember(m.number(4)),
    pickle.MEMOIZE: lambda m: m.remember(None),
    pickle.BINGET: lambda m: m.recall(m.number(1)),
    pickle.LONG_BINGET: lambda m: m.recall(m.number(4)),
    pickle.GLOBAL: lambda m: m.name([m.line(), m.line()]),
    pickle.STACK_GLOBAL: lambda m: m.name(m.last(2)),
    pickle.REDUCE: lambda m: m.call(*m.last(2)),
    pickle.BUILD: lambda m: m.build(*m.last(1)),
}
"""What each opcode does.  What is not here is not read."""
