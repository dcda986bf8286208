"""What is wrong with an item of a list: as JSON, or in Pydantic's words."""

import functools
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import ValidationError

from datastd.bits import eight, put_eight
from datastd.disk import Tree
from datastd.errors import DataChanged
from datastd.kernels import kernel
from datastd.records import Record, said
from datastd.records.coco import CocoAnnotation, CocoCaption, CocoCategory, CocoImage
from datastd.records.words import found_there
from datastd.sources import Defect
from datastd.sources.coco.defects import (
    CocoAnnotationFields,
    CocoBboxMalformed,
    CocoIdType,
    CocoImageFields,
    CocoRleNegativeCount,
    CocoRleStringInvalid,
    CocoTopLevel,
)
from datastd.sources.encoding import Bytes, Numbers
from datastd.sources.jsonl.defects import WRONG, JsonlInvalidLine
from datastd.sources.jsonl.tape import faulty

_IDS = frozenset({"id", "image_id", "category_id"})
_TAGS = frozenset({"list", "mask", "packed"})  # of `Shape`
_GAP = 512  # bytes between items that are read along
_SHORT = 256  # bytes


@dataclass(frozen=True, slots=True)
class Items:
    """
    Items of lists, read from a file.

    Attributes:
        path: The file.
        line: Bytes of it, together.
        places: Where each begins in these; shape (N,).
        starts: Where it begins in the file.
        lengths: How long it is.
    """

    path: str
    line: bytes
    places: Numbers
    starts: Numbers
    lengths: Numbers

    @property
    def stops(self) -> Numbers:
        """Where each ends in the bytes."""
        return self.places + self.lengths

    def raw(self, one: int) -> bytes:
        """An item, as it stands."""
        return self.line[self.places[one] : self.places[one] + self.lengths[one]]

    def together(self) -> memoryview:
        """All of them, one behind the other."""
        line = np.frombuffer(self.line, np.uint8)
        return _together(line, self.places, self.lengths)[: self.lengths.sum()].data

    def faults(self, some: Numbers) -> tuple[Numbers, Numbers]:
        """What is wrong with some of them as JSON, 0 for nothing, and at which byte of the file."""
        found, at = faulty(self.line, self.places[some], self.stops[some])
        return found.astype(np.int64), at - self.places[some] + self.starts[some]

    def wrong(self, one: int, record: type[Record] | None, key: str) -> Defect:
        """What is wrong with one, as `every_wrong` says of several."""
        return self.every_wrong(np.array([one]), record, [key])[0]

    def every_wrong(
        self, some: Numbers, record: type[Record] | None, keys: Iterable[str]
    ) -> list[Defect]:
        """
        What is wrong with some that are no *record*, by which the samples *keys* are lost.

        Args:
            some: Their numbers among these.
            record: What they have to be; None for annotations of a file that is no list.
            keys: See above.
        """
        faults, places = self.faults(some)
        rows = zip(some.tolist(), faults.tolist(), places.tolist(), keys, strict=True)
        return [self._named(one, record, key, fault, at) for one, fault, at, key in rows]

    def _named(
        self, one: int, record: type[Record] | None, key: str, fault: int, at: int
    ) -> Defect:
        if fault:
            kind, expected, found = WRONG[fault]
            kind = CocoTopLevel if kind is JsonlInvalidLine else kind
            return kind(self.path, f"byte {at}", expected, found, key)
        content = self.raw(one)
        if record is None:
            record = annotated({*held} if isinstance(held := json.loads(content), dict) else ())
        ask = _asked if len(content) > _SHORT else _asked_once
        kind, expected, found = ask(record, content)
        return kind(self.path, f"byte {self.starts[one]}", expected, found, key)


@kernel
def _together(line: Bytes, places: Numbers, lengths: Numbers) -> Bytes:
    """Those parts of the bytes, one behind the other, and eight bytes more."""
    made, end = np.empty(lengths.sum() + 8, np.uint8), 0
    for row in range(len(places)):
        at, stop, to = places[row], places[row] + lengths[row], end
        while at < stop and at + 8 <= len(line):  # what is too much, the next one covers
            put_eight(made, to, eight(line, at))
            at += 8
            to += 8
        while at < stop:
            made[to] = line[at]
            at += 1
            to += 1
        end += lengths[row]
    return made


def annotated(keys: Collection[str]) -> type[Record]:
    """What an annotation is, by its keys."""
    is_object = "bbox" in keys or "category_id" in keys
    return CocoCaption if "caption" in keys and not is_object else CocoAnnotation


def read(tree: Tree, path: str, starts: Numbers, stops: Numbers) -> Items:
    """
    Read items, which may lie anywhere in a file.

    Raises:
        OSError: It cannot be read.
        DataChanged: It is shorter than it was.
    """
    order = np.argsort(starts, kind="stable")
    begin, end = starts[order], stops[order]
    breaks = np.flatnonzero(begin[1:] - end[:-1] > _GAP) + 1
    first = np.concatenate([[0], breaks]) if len(starts) else breaks
    last = np.append(first[1:], len(starts)) - 1 if len(starts) else breaks
    lengths = end[last] - begin[first]
    with tree.open(path) as descriptor:
        pieces = tree.read_each(descriptor, lengths.tolist(), begin[first].tolist())
    offset = np.cumsum(lengths) - lengths
    places = np.empty_like(starts)
    run = np.repeat(np.arange(len(first)), last - first + 1)
    places[order] = begin - begin[first][run] + offset[run]
    line = b"".join(pieces)
    if len(line) != lengths.sum():
        raise DataChanged(path, f"{lengths.sum()} bytes", f"{len(line)}", "run the check again")
    return Items(path, line, places, starts, stops - starts)


def _asked(record: type[Record], content: bytes) -> tuple[type[Defect], str, str]:
    """What a record asks for and what is there instead, in Pydantic's words; and its code."""
    kind = {CocoImage: CocoImageFields, CocoCategory: CocoTopLevel}.get(record)
    try:
        record.model_validate_json(content)
    except ValidationError as error:
        every = error.errors(include_url=False, include_context=False)
        place: Sequence[int | str] = every[0]["loc"]
        where = next((one for one in reversed(place) if isinstance(one, str)), "")
        name = ".".join(str(one) for one in place if one not in _TAGS)
        if every[0]["type"] == "missing":
            return kind or CocoAnnotationFields, f"a value as {name}", "none"
        if where in _IDS:
            kind = CocoIdType
        elif where == "bbox":
            kind = CocoBboxMalformed
        elif "counts" in place:
            kind = CocoRleStringInvalid if "packed" in place else CocoRleNegativeCount
        words = said(every[0]["type"], every[0]["msg"]) + (f" as {name}" if name else "")
        found = found_there(every[0]["type"], every[0]["input"], "values")
        return kind or CocoAnnotationFields, words, found
    return kind or CocoAnnotationFields, f"what {record.__name__} asks for", "another value"


_asked_once = functools.lru_cache(1 << 10)(_asked)
"""As `_asked`, of short ones: many are alike."""
