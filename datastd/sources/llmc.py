"""Token ids as llm.c reads them: a header of 1,024 bytes, then uint16 or uint32."""

from collections.abc import Iterator
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.sources import Defect, Findings
from datastd.sources.tokens import (
    LLMC,
    TOKENS,
    Ids,
    TokenFile,
    TokenSource,
    begins_as,
    in_blocks,
    named,
    stretches,
)

_START = 1024  # bytes of the header: 256 numbers of 32 bits
_MOST = 1 << 31


class _Kind(NamedTuple):
    """A version of the format, and the type of its ids."""

    version: int
    dtype: np.dtype[np.generic]


_KINDS = {20240520: _Kind(1, np.dtype("<u2")), 20240801: _Kind(7, np.dtype("<u4"))}


class Magic(Defect):
    """
    A first number that is not that of a training file: 20240520, or 20240801 for Llama 3.

    Evaluation files, 20240522, are refused by name: they hold questions with four endings
    each, and no stream of text.

    Why it matters:
        A file without a header loses its first 512 ids and is cut elsewhere; an evaluation
        file trains on its own framing, and on the test.

    Remedy:
        Check a file without a header as ``--format nanogpt``; keep evaluation files apart.

    Source:
        Karpathy, llm.c, dev/data/data_common.py.
    """

    code, name = "F411", "llmc-magic"


class VersionDtype(Defect):
    """
    A version that does not belong to the magic number: 1 with 20240520, 7 with 20240801.

    Why it matters:
        The version says how wide an id is: read in the wrong width, every id is another.

    Remedy:
        Write the file again with llm.c's ``write_datafile``.

    Source:
        Karpathy, llm.c, dev/data/data_common.py, ``HEADERS_INFO``.
    """

    code, name = "F412", "llmc-version-dtype"


class LengthMismatch(Defect):
    """
    A file that is not 1,024 bytes and the ids that its header counts.

    Why it matters:
        llm.c ends here; another reader trains on a cut file, or on what was appended.

    Remedy:
        Fetch or write the file again.

    Source:
        Karpathy, llm.c, llmc/dataloader.h.
    """

    code, name = "F413", "llmc-length"


class TokenCount(Defect):
    """
    A header that counts no ids, or more than fit its 31 bits.

    Why it matters:
        The number wraps: a reader sees a negative one, or a file of nothing.

    Remedy:
        Split the ids over several files.

    Source:
        Karpathy, llm.c, dev/data/data_common.py: ``assert len(toks) < 2**31``.
    """

    code, name = "F414", "llmc-token-count"


class Llmc(TokenSource):
    """
    Token ids in llm.c's ``.bin`` files: 256 numbers of 32 bits, then the ids.

    Version 1 holds uint16, for GPT-2, and version 7 uint32, for Llama 3; all of it is
    little-endian.  Documents are not marked but by their end-of-text token, so that a
    sample is a block of 1,024 tokens, the last of a file shorter.

    Source:
        Karpathy, llm.c, dev/data/data_common.py.
    """

    format: ClassVar[str] = "llmc"
    kinds: ClassVar[tuple[type[Defect], ...]] = (
        *TOKENS, Magic, VersionDtype, LengthMismatch, TokenCount,
    )  # fmt: skip
    documents: ClassVar[bool] = False
    names: ClassVar[str] = "a name such as train.bin"

    @classmethod
    def recognises(cls, tree: Tree) -> bool:
        return any(begins_as(tree, path) in LLMC.values() for path in cls.payloads_in(tree))

    @classmethod
    def payloads_in(cls, tree: Tree) -> list[str]:
        return named(tree, [".bin"])

    def open_file(self, path: str, findings: Findings) -> TokenFile:
        del findings
        content = self.opened(path)
        head = content.read(0, _START)
        magic = int.from_bytes(head[:4], "little")
        kind = _KINDS.get(magic)
        if kind is None:
            expected, found = " or ".join(map(str, _KINDS)), f"{magic}"
            if magic in LLMC:
                found = f"{magic}, {LLMC[magic]}"
            raise Magic(path, "byte 0", expected, found)
        if len(head) < _START:
            raise LengthMismatch(path, "", f"a header of {_START} bytes", f"{len(head)}")
        version, count = np.frombuffer(head, "<u4")[1:3].tolist()
        if version != kind.version:
            expected = f"version {kind.version}, for {magic}"
            raise VersionDtype(path, "byte 4", expected, f"{version}")
        if not 0 < count < _MOST:
            raise TokenCount(path, "byte 8", f"from 1 to {_MOST - 1} ids", f"{count}")
        size = _START + count * kind.dtype.itemsize
        if content.size != size:
            at = f"byte {min(size, content.size)}"
            raise LengthMismatch(path, at, f"{size} bytes for {count} ids", f"{content.size}")
        return in_blocks(path, Ids(content, _START, kind.dtype, count))

    def written(self, file: TokenFile, rows: NDArray[np.int64]) -> Iterator[bytes]:
        count = sum(end - begin for begin, end in stretches(file, rows))
        head = file.ids.content.read(0, _START)
        yield head[:8] + count.to_bytes(4, "little") + head[12:]
        yield from super().written(file, rows)
