"""Fine-tuning data: conversations, tasks, pairs of answers, and answers with a label."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.errors import DataChanged, UsageError
from datastd.sources import Batch, Defect, Findings, Plan, Shard, keys
from datastd.sources.chat.arrays import Cutter, Elements
from datastd.sources.chat.defects import (
    AlpacaStructure,
    ChatArray,
    ChatCallShape,
    ChatFileBomPolicy,
    ChatMessageKeys,
    ChatMessagesMissing,
    CompletionShape,
    KtoLabelType,
    OpenaiDpoShape,
    PrefFields,
    PrefScoreType,
    SharegptStructure,
    StepwiseShape,
)
from datastd.sources.chat.reading import COLUMNS, FIELDS, Records, together
from datastd.sources.chat.words import NAMES
from datastd.sources.encoding import BOM, JsonlBom, Numbers, Utf8Invalid, Utf16Suspected
from datastd.sources.files import COMMON, head_of
from datastd.sources.jsonl.defects import (
    JsonDuplicateKey,
    JsonlInvalidLine,
    JsonlNotObject,
    JsonLoneSurrogate,
    JsonNonfiniteNumber,
)
from datastd.sources.lines import documents
from datastd.sources.serial import (
    LONGEST,
    MANY,
    SHARD,
    Part,
    Place,
    RecordTooLong,
    Serial,
    kept,
    stem,
)
from datastd.sources.streams import PIECE, codec_of, content

AZURE = "azure-openai"
"""The option for files that go to Azure's service, which asks for a byte order mark."""

_AZURES_MOST = 512 << 20  # bytes of a file
_RUN = 16 << 20  # bytes that are looked at together: fewer, and each look costs more than they
_HEAD = 64 << 10  # bytes in which a file shows what it is
_TRIED = 16  # files that are asked what they are
_SIGNS = (
    {"messages"}, {"conversations"}, {"instruction", "output"}, {"prompt", "completion"},
    {"chosen", "rejected"}, {"completions", "labels"}, {"preferred_output"},
)  # fmt: skip
"""Keys by which a file shows that it holds such data."""


@dataclass
class Some(Part):
    """
    Records that are looked at together, lines or elements of an array.

    Attributes:
        piece: The bytes.
        starts: Where each record begins in them,
        stops: and where it ends.
        numbers: The number of the line of each in the piece; none for elements.
        glued: Elements before which anything but one comma stands.
        lines: Lines in the piece.
    """

    piece: bytes
    starts: Numbers
    stops: Numbers
    numbers: Numbers | None = None
    glued: NDArray[np.bool_] | None = None
    lines: int = 0

    def __post_init__(self) -> None:
        self.size, self.records = len(self.piece), len(self.starts)

    @classmethod
    def of_lines(cls, piece: bytes) -> "Some":
        """The lines of a piece that are not blank."""
        found = documents(piece, joined=False)
        return cls(piece, found.start, found.stop, found.line, lines=found.feeds)

    @classmethod
    def of_elements(cls, found: Elements) -> "Some":
        """The elements of a piece of an array."""
        return cls(found.piece, found.starts, found.stops, None, found.glued)

    def read(
        self, path: str, start: Place, wanted: Numbers | None = None
    ) -> Iterator[Batch | Defect]:
        """Yield what is wrong with records, then those that are read; all, or some of them."""
        for first in range(0, self.records, MANY):
            part = slice(first, first + MANY)
            mine = Records(self.piece, self.starts[part], self.stops[part])
            is_sound = mine.sound if self.glued is None else mine.sound & ~self.glued[part]
            asked = np.ones(len(is_sound), np.bool_)
            if wanted is not None:
                asked = np.isin(np.arange(first, first + len(is_sound)), wanted)
            before = start.record + first
            for row in np.flatnonzero(~is_sound & asked).tolist():
                yield self._defect(path, start, mine, first, row)
            sound = np.flatnonzero(is_sound & asked)
            if len(sound):
                yield mine.batch(keys(path, before + sound), sound)

    def _defect(self, path: str, start: Place, mine: Records, first: int, row: int) -> Defect:
        key = f"{path}#{start.record + first + row}"
        if self.glued is not None and self.glued[first + row]:
            at = f"byte {start.byte + int(self.starts[first + row])}"
            return ChatArray(path, at, "one comma before it", "another", key)

        def place(byte: int) -> str:
            if self.numbers is None:
                return f"byte {start.byte + byte}"
            line = start.line + int(self.numbers[first + row]) + 1
            return f"line {line}, byte {byte - int(self.starts[first + row])}"

        return mine.defect(path, row, key, place)

    def shown(self, path: str, start: Place, wanted: Numbers) -> Batch:
        """The records numbered so in it, as far as they are sound, with their text."""
        mine = Records(self.piece, self.starts[wanted], self.stops[wanted])
        sound = np.flatnonzero(mine.sound)
        batch = mine.batch(keys(path, start.record + wanted[sound]), sound)
        texts = [self.piece[self.starts[n] : self.stops[n]].decode() for n in wanted[sound]]
        record = pl.Series(texts, dtype=pl.String)
        return replace(batch, columns={**batch.columns, "record": record})

    def rows(self, path: str, start: Place, wanted: Sequence[str] | None) -> Iterator[Defect]:
        del wanted
        yield from (one for one in self.read(path, start) if isinstance(one, Defect))

    def written(self, numbers: NDArray[np.int64]) -> Iterator[bytes]:
        yield from kept(self.piece, self.starts, numbers)


class Chat(Serial):
    """
    Fine-tuning data: JSON lines, or arrays of JSON in ``.json``; plain or compressed.

    A sample is a record, in one of these forms, told by its keys: ``openai`` (``messages``),
    ``sharegpt`` (``conversations``), ``alpaca`` (``instruction``, ``input``, ``output``),
    ``completion`` (``prompt``, ``completion``), ``preference`` (``chosen``, ``rejected``), ``kto``
    (``label`` or ``kto_tag``), ``stepwise`` (``completions``, ``labels``), ``openai-dpo``
    (``preferred_output``, ``non_preferred_output``).  Its annotations are its turns, by their
    number, and ``chosen.`` or ``rejected.`` before it where they are of that side of a pair.

    Columns: ``form``, ``forms`` (of how many the record has keys), ``turns``, ``calls`` (of tools);
    ``system``, ``prompt`` and ``response`` (what the user said last before the last answer, and
    that answer), ``chosen`` and ``rejected`` (the last turn of either side), all texts;
    ``instruction`` and ``input`` (of tasks in Alpaca's form); ``score_chosen``, ``score_rejected``,
    ``label``; ``tools`` (those declared, as JSON), ``images``, ``videos``, ``audios`` (how many are
    listed), ``steps`` and ``labels`` (how many), ``tagged`` (whether turns have tags, as ShareGPT's
    do).

    For files that go to Azure's service the format is ``chat:azure-openai``: they begin with a
    byte order mark, which is wrong everywhere else.

    Source:
        OpenAI, "Supervised fine-tuning"; TRL, "Dataset formats and types"; LLaMA-Factory,
        data/README.md; Taori et al. 2023, Stanford Alpaca.
    """

    format: ClassVar[str] = "chat"
    columns: ClassVar[tuple[str, ...]] = COLUMNS
    annotates: ClassVar[tuple[str, ...]] = FIELDS
    kinds: ClassVar[tuple[type[Defect], ...]] = (
        *COMMON, JsonlInvalidLine, JsonlNotObject, JsonDuplicateKey, JsonNonfiniteNumber,
        JsonLoneSurrogate, JsonlBom, Utf8Invalid, Utf16Suspected, ChatMessagesMissing,
        ChatMessageKeys, ChatCallShape, SharegptStructure, AlpacaStructure, PrefFields,
        PrefScoreType, KtoLabelType, OpenaiDpoShape, CompletionShape, StepwiseShape, ChatArray,
        ChatFileBomPolicy, RecordTooLong,
    )  # fmt: skip

    suffixes: ClassVar[tuple[str, ...]] = (".jsonl", ".ndjson", ".json")
    such_as: ClassVar[str] = "a name such as x.jsonl or x.json, or a paper"
    too_long: ClassVar[type[Defect]] = JsonlInvalidLine
    by_runs: ClassVar[bool] = True

    def __init__(
        self,
        tree: Tree,
        service: str = "",
        *,
        shard: int = SHARD,
        run: int = _RUN,
        longest: int = LONGEST,
    ) -> None:
        super().__init__(tree, shard=shard, run=run, longest=longest)
        self._service = service
        self._arrays: dict[str, bool] = {}

    @classmethod
    def of(cls, tree: Tree, options: Sequence[str] = ()) -> Self:
        if [*options] not in ([], [AZURE]):
            found = f"{cls.format}:{','.join(options)}"
            raise UsageError("--format", f"{cls.format}, or {cls.format}:{AZURE}", found)
        return cls(tree, *options)

    @property
    def called(self) -> str:
        return f"{self.format}:{self._service}" if self._service else self.format

    def plan(self) -> Plan:
        if self._plan is None:
            plan = super().plan()
            if self._service == AZURE:
                kept = [one for one in plan.defects if not isinstance(one, JsonlBom)]
                self._plan = replace(plan, defects=(*kept, *self._unfit()))
        return super().plan()

    def _unfit(self) -> Iterator[Defect]:
        """Name files that Azure's service does not take."""
        for path, stamp in self.tree.stamps.items():
            if self.is_ours(path) and not _begins(self.tree, path).startswith(BOM):
                yield ChatFileBomPolicy(path, "byte 0", "a byte order mark", "none")
            elif self.is_ours(path) and stamp.size >= _AZURES_MOST:
                expected = f"fewer than {_AZURES_MOST} bytes"
                yield ChatFileBomPolicy(path, "", expected, f"{stamp.size}")

    @classmethod
    def recognises(cls, tree: Tree) -> bool:
        ours = [path for path in tree.stamps if cls.is_ours(path)]
        return any(_shows(tree, path) for path in ours[:_TRIED])

    @property
    def stated(self) -> frozenset[str]:
        return frozenset(self.columns)

    def _is_array(self, path: str) -> bool:
        """Say whether a file is one array."""
        if path not in self._arrays:
            named = stem(path).endswith(".json")
            self._arrays[path] = named and _head(self.tree, path).lstrip()[:1] == b"["
        return self._arrays[path]

    def parts(
        self, path: str, start: Place, pieces: Iterator[bytes], trouble: Findings
    ) -> Iterator[Part]:
        del path, start
        yield from self._lines(pieces, trouble, self._run)

    def _lines(self, pieces: Iterator[bytes], trouble: Findings, run: int) -> Iterator[Part]:
        for found in self.whole_lines(pieces, trouble, run):
            yield found if isinstance(found, Part) else Some.of_lines(found)

    def _parts(
        self, path: str, start: Place, stop: int | None, trouble: Findings
    ) -> Iterator[Part]:
        # To be numbered, records need not lie together: what a core's cache holds is enough.
        run = min(self._run, PIECE) if stop is None else self._run
        pieces = self.pieces(path, start, stop, trouble)
        if not self._is_array(path):
            yield from self._lines(pieces, trouble, run)
            return
        whole = stop is None or codec_of(path) is not None or stop == self.tree.stamps[path].size
        cutter = Cutter(path, start.byte, run, self._longest, trouble, start.record == 0, whole)
        for found in cutter.cut(pieces):
            yield found if isinstance(found, Part) else Some.of_elements(found)

    def read(self, shard: Shard) -> Iterator[Batch | Defect]:
        for part, start in self._read(shard):
            if isinstance(part, Some):
                yield from part.read(shard.path, start)
            else:
                found = part.rows(shard.path, start, None)
                yield from (one for one in found if isinstance(one, Defect))

    def take(self, path: str, rows: NDArray[np.int64]) -> Batch:
        wanted = np.unique(rows)
        return _ordered(path, rows, [*self._some(path, wanted)])

    def evidence(self, path: str, rows: NDArray[np.int64]) -> Batch:
        """Look at the wanted records alone, as far as they are numbered by those before them."""
        wanted, found = np.unique(rows), list[Batch]()
        for shard in self.shards_with(path, wanted):
            last = wanted[wanted < shard.stop][-1]
            for part, start in self._read(shard):
                here = wanted[(wanted >= start.record) & (wanted < start.record + part.records)]
                if len(here) and isinstance(part, Some):
                    found.append(part.shown(path, start, here - start.record))
                if start.record + part.records > last:
                    break
        return _ordered(path, rows, found)

    def _some(self, path: str, wanted: Numbers) -> Iterator[Batch]:
        """Yield those of the records *wanted*, in order, that are read."""
        for shard in self.shards_with(path, wanted):
            for part, start in self._read(shard):
                here = wanted[(wanted >= start.record) & (wanted < start.record + part.records)]
                if len(here) and isinstance(part, Some):
                    found = part.read(path, start, here - start.record)
                    yield from (one for one in found if isinstance(one, Batch))

    def _begun(self, path: str, start: int, stop: int) -> list[int]:
        return [] if self._is_array(path) else super()._begun(path, start, stop)

    def _is_whole(self, path: str, rows: NDArray[np.int64]) -> bool:
        if not self._is_array(path):
            return super()._is_whole(path, rows)
        return len(rows) == sum(shard.stop - shard.start for shard in self._shards[path])

    def _written(self, path: str, rows: NDArray[np.int64]) -> Iterator[bytes]:
        if not self._is_array(path):
            yield from super()._written(path, rows)
            return
        parted = b"["
        for shard in self._shards[path]:
            for part, start in self._read(shard):
                if isinstance(part, Some):
                    here = rows[(rows >= start.record) & (rows < start.record + part.records)]
                    for number in (here - start.record).tolist():
                        yield parted + part.piece[part.starts[number] : part.stops[number]]
                        parted = b",\n"
        yield b"]\n"


def _ordered(path: str, rows: NDArray[np.int64], taken: Sequence[Batch]) -> Batch:
    """
    Records that were read again, as they were asked for.

    Raises:
        DataChanged: Some are not there.
    """
    wanted = np.unique(rows)
    found = [key for one in taken for key in one.keys]
    if len(found) < len(wanted):
        missing = next(key for key in keys(path, wanted) if key not in {*found})
        raise DataChanged(missing, "a record", "none", "run the check again")
    return together(taken, np.searchsorted(wanted, rows))


def _begins(tree: Tree, path: str) -> bytes:
    """The first bytes of what a file holds; none where it cannot be read."""
    try:
        if codec_of(path) is None:
            return head_of(tree, path, _HEAD)
        return next((piece for piece in content(tree, path) if piece), b"")[:_HEAD]
    except (Defect, OSError):
        return b""


def _head(tree: Tree, path: str) -> bytes:
    """As `_begins`, without a mark."""
    return _begins(tree, path).removeprefix(BOM)


def _shows(tree: Tree, path: str) -> bool:
    """
    Say whether a file begins as those of this format do.

    By no kernel: those that read records take long to compile, for data of another format.
    """
    head = _head(tree, path).lstrip()
    if head[:1] not in {b"[", b"{"}:
        return False
    if head[:1] == b"[":
        head = head[1:].lstrip()
    elif b"\n" in head:
        head = head[: head.index(b"\n")]
    try:
        record, _ = json.JSONDecoder().raw_decode(head.decode(errors="replace"))
    except (ValueError, RecursionError):  # a record that is none, or longer than what was looked at
        keys_ = {name for name in NAMES if f'"{name}"'.encode() in head}
    else:
        keys_ = {*record} if isinstance(record, dict) else set()
    return any(some <= keys_ for some in _SIGNS)
