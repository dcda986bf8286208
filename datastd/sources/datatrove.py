"""Token ids as datatrove writes them: `.ds` of ids, `.ds.index` of where documents end."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.sources import Defect, Findings
from datastd.sources.files import head_of, is_data, unreadable
from datastd.sources.streams import Bytes
from datastd.sources.tokens import (
    DOCUMENTS,
    Ids,
    TokenFile,
    TokenSource,
    ends,
    named,
    pieces,
    stretches,
)

_BESIDE = (".ds.index", ".ds.loss", ".ds.metadata")
_STEP = 1 << 17  # ends that are looked at together
_MOST = 1 << 12  # bytes of the metadata: three short lines
_DTYPES: Mapping[int, np.dtype[np.generic]] = {2: np.dtype("<u2"), 4: np.dtype("<u4")}


class IndexMismatch(Defect):
    """
    An index, a mask or metadata that cannot be those of the ids beside them.

    ``.index`` holds where each document ends, as uint64: in order, and the last at the end
    of the ids, which take 2 bytes or 4.  ``.loss`` holds a byte for each id.  The second
    line of ``.metadata`` is a whole number.

    Why it matters:
        Documents are cut in the wrong places; a mask hides the wrong tokens.

    Remedy:
        Write the files again together.

    Source:
        Hugging Face, datatrove, pipeline/tokens/tokenizer.py.
    """

    code, name = "F431", "datatrove-index-mismatch"


class Datatrove(TokenSource):
    """
    Token ids of datatrove: ``<name>.ds``, and ``<name>.ds.index`` with the ends of documents.

    A sample is a document.  How wide an id is, 2 bytes or 4, follows from the last end.
    ``.ds.loss`` and ``.ds.metadata`` are held against the ids where they are there.

    Source:
        Hugging Face, datatrove, pipeline/tokens/tokenizer.py.
    """

    format: ClassVar[str] = "datatrove"
    columns: ClassVar[tuple[str, ...]] = (*TokenSource.columns, "documents_stated", "tokens_stated")
    kinds: ClassVar[tuple[type[Defect], ...]] = (*DOCUMENTS, IndexMismatch)
    documents: ClassVar[bool] = True
    names: ClassVar[str] = "a name such as train.ds, or train.ds.index"

    @classmethod
    def recognises(cls, tree: Tree) -> bool:
        return bool(named(tree, [".ds", ".ds.index"]))

    @classmethod
    def payloads_in(cls, tree: Tree) -> list[str]:
        known = {*named(tree, [".ds"])}
        known |= {path.removesuffix(".index") for path in named(tree, [".ds.index"])}
        return sorted(known, key=str.encode)

    @classmethod
    def beside(cls, tree: Tree) -> Iterable[str]:
        return named(tree, _BESIDE)

    @property
    def stated(self) -> frozenset[str]:
        self.plan()
        silent = all(file.stated["tokens_stated"] is None for file in self._files.values())
        return super().stated - ({"tokens_stated"} if silent else set())

    def open_file(self, path: str, findings: Findings) -> TokenFile:
        beside = f"{path}.index"
        for here, other in ((path, beside), (beside, path)):
            if not self._has(here):
                raise IndexMismatch(other, "", f"{here} beside it", "none")
        content, index = self.opened(path), Bytes(self.tree, beside, gzipped=False)
        count, total = _checked(beside, index)
        width, rest = divmod(content.size, total) if total else (0, 1)
        if rest or width not in _DTYPES:
            expected = f"2 or 4 bytes for each of {total} ids, as {beside} says"
            raise IndexMismatch(path, "", expected, f"{content.size} bytes")
        self._check_mask(f"{path}.loss", total)

        def bounds(start: int, stop: int) -> NDArray[np.int64]:
            begin = [] if start else [0]
            raw = index.read(8 * max(0, start - 1), 8 * (stop - max(0, start - 1)))
            return np.concatenate([begin, np.frombuffer(raw, "<u8")]).astype(np.int64)

        stated: dict[str, int | None] = {"documents_stated": count, "tokens_stated": None}
        with findings:
            stated["tokens_stated"] = self._tokens_in(f"{path}.metadata")
        return TokenFile(path, Ids(content, 0, _DTYPES[width], total), count, bounds, stated)

    def parts(self, path: str) -> Sequence[str]:
        return [part for end in _BESIDE if self._has(part := path.removesuffix(".ds") + end)]

    def rewritten(self, part: str, file: TokenFile, rows: NDArray[np.int64]) -> Iterator[bytes]:
        if part.endswith(".index"):
            yield from (some.astype("<u8").tobytes() for some in ends(file, rows))
        elif part.endswith(".loss"):
            mask = Bytes(self.tree, part, gzipped=False)
            for begin, end in stretches(file, rows):
                yield from pieces(mask, begin, end)
        else:
            count = sum(end - begin for begin, end in stretches(file, rows))
            tokenizer = head_of(self.tree, part, _MOST).partition(b"\n")[0]
            yield tokenizer + f"\n{count}\n".encode()

    def _has(self, path: str) -> bool:
        return path in self.tree.stamps and is_data(path)

    def _check_mask(self, path: str, total: int) -> None:
        """Hold the mask against the number of ids."""
        if self._has(path) and (found := self.tree.stamps[path].size) != total:
            raise IndexMismatch(path, f"byte {min(found, total)}", f"{total} bytes", f"{found}")

    def _tokens_in(self, path: str) -> int | None:
        """The number of tokens that the metadata state; none where there are none."""
        if not self._has(path):
            return None
        try:
            lines = head_of(self.tree, path, _MOST).split(b"\n")
        except OSError as error:
            raise unreadable(path, error) from None
        number = lines[1].strip() if len(lines) > 1 else b""
        if not number.isdigit() or len(number) > 18:  # noqa: PLR2004  -- what fits 63 bits
            found = "another line" if number else "none"
            raise IndexMismatch(path, "line 2", "the number of tokens", found)
        return int(number)


def _checked(path: str, index: Bytes) -> tuple[int, int]:
    """Look at all ends of an index; give the number of documents, and of ids."""
    count, rest = divmod(index.size, 8)
    if rest:
        at = f"byte {index.size - rest}"
        raise IndexMismatch(path, at, "8 bytes for each document", f"{rest}")
    before = 0
    for start in range(0, count, _STEP):
        stop = min(start + _STEP, count)
        some = np.frombuffer(index.read(8 * start, 8 * (stop - start)), "<u8")
        wrong = some < np.concatenate([np.array([before], np.uint64), some[:-1]])
        if wrong.any() or int(some[-1]) > np.iinfo(np.int64).max:
            row = int(np.argmax(wrong)) if wrong.any() else len(some) - 1
            least = int(some[row - 1]) if row else before
            where, expected = f"byte {8 * (start + row)}", f"an end from {least} on"
            raise IndexMismatch(path, where, expected, f"{some[row]}")
        before = int(some[-1])
    return count, before
