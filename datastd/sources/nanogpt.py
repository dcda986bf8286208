"""Token ids as nanoGPT prepares them: uint16 and nothing else, and perhaps a `meta.pkl`."""

import pickle
from collections.abc import Iterable, Iterator
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.sources import Batch, Defect, Findings, Plan, Ragged, keys
from datastd.sources.files import UNNAMED, PicklePayload, is_data, pickle_in, split_named
from datastd.sources.pickles import Dialect, read_dictionary
from datastd.sources.streams import Bytes
from datastd.sources.tokens import (
    BLOCK,
    TOKENS,
    Ids,
    TokenFile,
    TokenSource,
    begins_as,
    in_blocks,
    named,
)

_ID = np.dtype("<u2")
_META = "meta.pkl"
_BESIDE = frozenset({"input.txt", "prepare.py"})  # what nanoGPT keeps in the same folder
_HEADER = 256  # numbers of 32 bits, in llm.c


class Length(Defect):
    """
    A file that is no whole number of uint16, or has no more of them than a block.

    A block is 1,024 tokens, as in nanoGPT's ``train.py``.

    Why it matters:
        ``get_batch`` takes a random place with a block after it: there is none.  Half an
        id at the end is a copy that was cut.

    Remedy:
        Write the file again; add a small one to another.

    Source:
        Karpathy, nanoGPT, train.py, ``get_batch``.
    """

    code, name = "F421", "nanogpt-length"


class HiddenHeader(Defect):
    """
    A file that begins with the header of another format.

    Known are the magic numbers of llm.c, of Megatron's index and of numpy; and, where a magic
    number was lost, 256 numbers of which the third counts the rest and all later ones are zero.

    Why it matters:
        The header, 512 ids of garbage, would be trained on.

    Remedy:
        Check it as ``--format llmc`` or ``megatron``, or cut the header off.

    Source:
        datastd's own definition.
    """

    code, name = "F422", "nanogpt-hidden-header"


class MetaVocab(Defect):
    """
    Ids that ``meta.pkl`` has no room for: at or above its ``vocab_size``.

    The block is left out.  A ``meta.pkl`` that states no size at all is named too.

    Why it matters:
        The model is built with an embedding of that size: such an id ends the training
        process on a GPU.

    Remedy:
        Write ``meta.pkl`` and the ids again from one vocabulary.

    Source:
        Karpathy, nanoGPT, data/shakespeare_char/prepare.py.
    """

    code, name = "F423", "nanogpt-meta-vocab"
    unit = "samples"


class MetaOpcode(Defect):
    """
    A ``meta.pkl`` with anything in it but dictionaries, text and whole numbers.

    It is read opcode by opcode, and nothing in it is imported, called or run.

    Why it matters:
        Unpickling runs whatever code the file names.

    Remedy:
        Do not load it.  Write it again: ``vocab_size``, ``itos`` and ``stoi``.

    Source:
        Python documentation of `pickle` and `pickletools`.
    """

    code, name = "F499", "nanogpt-meta-opcode"


META = Dialect("nanoGPT's files", MetaOpcode, numbered=True)


class NanoGPT(TokenSource):
    """
    Token ids in nanoGPT's ``train.bin`` and ``val.bin``: uint16, little-endian, no header.

    Documents are not marked but by their end-of-text token, so that a sample is a block of
    1,024 tokens, the last of a file shorter.  ``meta.pkl`` beside them is read opcode by
    opcode, and its ``vocab_size`` bounds the ids.

    Source:
        Karpathy, nanoGPT, data/openwebtext/prepare.py and data/shakespeare_char/prepare.py.
    """

    format: ClassVar[str] = "nanogpt"
    kinds: ClassVar[tuple[type[Defect], ...]] = (
        *TOKENS, Length, HiddenHeader, MetaVocab, MetaOpcode,
    )  # fmt: skip
    documents: ClassVar[bool] = False
    names: ClassVar[str] = "a name such as train.bin, or meta.pkl"

    @classmethod
    def recognises(cls, tree: Tree) -> bool:
        # Weights are called `.bin` too: a split, or what lies beside it, tells.
        return any(
            split_named(path.rpartition("/")[2]) != UNNAMED or _meta_of(path) in tree.stamps
            for path in cls.payloads_in(tree)
        )

    @classmethod
    def payloads_in(cls, tree: Tree) -> list[str]:
        return named(tree, [".bin"])

    @classmethod
    def beside(cls, tree: Tree) -> Iterable[str]:
        known = _BESIDE | {_META}
        return (path for path in tree.stamps if path.rpartition("/")[2] in known and is_data(path))

    def __init__(self, tree: Tree, **sizes: int) -> None:
        super().__init__(tree, **sizes)
        self._vocabularies: dict[str, int] = {}

    def _look(self) -> Plan:
        plan = Findings()
        for path in self.beside(self.tree):
            if path.endswith(_META):
                with plan:
                    self._vocabularies[path] = _size_in(path, Bytes(self.tree, path, gzipped=False))
        found = super()._look()
        return Plan(found.shards, (*found.defects, *plan.defects), found.files)

    def open_file(self, path: str, findings: Findings) -> TokenFile:
        del findings
        content = self.opened(path)
        # The first id of a text may well be 640, which begins as a pickle does.
        stops = content.read(content.size - 1, 1) == pickle.STOP
        if stops and (found := pickle_in(content.read(0, 128))):
            raise PicklePayload(path, "byte 0", "token ids", found)
        if other := begins_as(self.tree, path) or _headed(content):
            raise HiddenHeader(path, "byte 0", "ids, and no header", other)
        count, rest = divmod(content.size, _ID.itemsize)
        if rest:
            raise Length(path, f"byte {content.size - rest}", "2 bytes an id", f"{rest} byte")
        if count <= BLOCK:
            raise Length(path, "", f"more than {BLOCK} ids, a block", f"{count}")
        return in_blocks(path, Ids(content, 0, _ID, count))

    def looked_at(
        self, file: TokenFile, rows: NDArray[np.int64], tokens: Ragged
    ) -> Iterator[Batch | Defect]:
        size = self._vocabularies.get(_meta_of(file.path))
        if size is None or (tokens.values < size).all():
            yield from super().looked_at(file, rows, tokens)
            return
        highest = np.maximum.reduceat(tokens.values, tokens.offsets[:-1])  # no block is empty
        good = np.flatnonzero(highest < size)
        if len(good):
            yield from super().looked_at(file, rows[good], tokens[good])
        expected = f"ids below {size}, as {_meta_of(file.path)} says"
        for row in np.flatnonzero(highest >= size).tolist():
            block = tokens.values[tokens.offsets[row] : tokens.offsets[row + 1]]
            at = int(rows[row]) * BLOCK + int(np.argmax(block >= size))
            key = keys(file.path, rows[row : row + 1])[0]
            yield MetaVocab(file.path, f"id {at}", expected, f"{int(highest[row])}", key)


def _meta_of(path: str) -> str:
    """Where the `meta.pkl` would be that is about a file."""
    folder, slash, _ = path.rpartition("/")
    return f"{folder}{slash}{_META}"


def _size_in(path: str, content: Bytes) -> int:
    """The size of the vocabulary that a `meta.pkl` states."""
    size = read_dictionary(path, content, META).get("vocab_size")
    if type(size) is not int or size < 1:
        raise MetaVocab(path, "vocab_size", "a whole number from 1 on", _shown(size))
    return size


def _shown(value: object) -> str:
    if value is None:
        return "none"
    return str(value) if isinstance(value, int) else f"a {type(value).__name__.lower()}"


def _headed(content: Bytes) -> str:
    """Say whether a file has llm.c's header, but for its magic number."""
    head = np.frombuffer(content.read(0, 4 * _HEADER), np.uint8)
    if len(head) < 4 * _HEADER:
        return ""
    numbers = head.view("<i4")
    rest = content.size - 4 * _HEADER
    counted = int(numbers[2]) > 0 and rest in {2 * int(numbers[2]), 4 * int(numbers[2])}
    return "the header of llm.c, less its magic" if counted and not numbers[3:].any() else ""
