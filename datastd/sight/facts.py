"""What is found out of items, and the tables that it stands in."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from datastd.model import DATA
from datastd.rules.sight import TABLES
from datastd.sight import colours, parts, sequences, spans, spelling, tracing
from datastd.sight.pipeline import Pipeline
from datastd.sight.raw import Raw
from datastd.sight.sequences import Tokens

IDS, LABELS = "token ids", "labels of the tokens"
"""What an item of a text lacks: nothing could be looked at, or not what is learned."""

_FAR = (1 << 63) - 1
_KNOWN = 4  # labels that made samples get


class Item(NamedTuple):
    """
    An item that waits for its batch.

    Attributes:
        raw: Its record.
        value: The item.
        at: Which of several windows of the record it is.
        lacks: What collate has to make of it: `IDS`, `LABELS`.
    """

    raw: Raw
    value: Any
    at: str = ""
    lacks: frozenset[str] = frozenset()

    @property
    def says(self) -> str:
        """What it lacks, in words: without ids nothing is known of labels."""
        return IDS if IDS in self.lacks else LABELS if self.lacks else ""


class Facts:
    """
    The tables of `datastd.rules.sight`, filled sample by sample.

    Attributes:
        asked: Tables whose rules are asked: some record has what they are about.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._labels: list[int | str] = []
        self._number = 0
        self._unbegun: list[tuple[Raw, str]] = []
        self.asked = {"runs", "items"}

    def tables(self) -> dict[str, pl.DataFrame]:
        """Every table that is asked for, in the order of the samples."""
        # Where none begins, answers do not come to the model: prompts are all that it gets.
        unbegun, self._unbegun = self._unbegun if self._rows["ends"] else [], []
        for raw, at in unbegun:
            self.add("ends", raw, {"is_seen": False}, at)
        return {
            name: pl.DataFrame(self._rows[name], schema, orient="row")
            for name, schema in TABLES.items()
            if name in self.asked
        }

    def add(self, table: str, raw: Raw, row: Mapping[str, Any], at: str = "") -> None:
        """Add a row about a sample, or about the part *at* of it."""
        self.asked.add(table)
        key = f"{raw.key}@{at}" if at else raw.key
        # A label may be any number; of one beyond all others nobody needs to know how far.
        known = {name: min(max(value, -_FAR), _FAR) if type(value) is int else value
                 for name, value in row.items()}  # fmt: skip
        self._rows[table].append({"key": key, "split": raw.split, "origin": DATA, **known})

    def expect(self, raw: Raw) -> None:
        """Have the rules asked that are about what a record has."""
        kept = {*self._kept(raw)}
        for part, tables in _OF_PART.items():
            if part in kept:
                self.asked.update(tables)

    def _kept(self, raw: Raw) -> Iterable[str]:
        """Parts of a record that the objective does not do without."""
        there = {
            "picture": raw.picture is not None, "label": raw.label is not None,
            "boxes": raw.boxes is not None, "mask": raw.mask is not None,
            "answer": raw.answers is not None,
        }  # fmt: skip
        return (name for name, is_there in there.items()
                if is_there and name not in self._pipeline.leaves)  # fmt: skip

    def look(self, raw: Raw, items: list[Any]) -> list[Item]:
        """Look at what came out of a sample, and say what of it still waits for collate."""
        kept = {*self._kept(raw)}
        self._number += 1
        several = len(items) > 1
        waiting = [self._look_at(Item(raw, item, f"window {n}" if several else ""), kept)
                   for n, item in enumerate(items)]  # fmt: skip
        if "answer" in kept and raw.answers:
            self._question(raw, items)
        if {"boxes", "mask"} & kept:
            self._trace(raw)
        if "picture" in kept and self._number <= colours.MOST:
            self._colours(raw)
        if raw.messages and "tokens" not in self._pipeline.leaves:
            self._ends(raw)
        return waiting

    def _look_at(self, item: Item, kept: set[str]) -> Item:
        raw, value, at, _ = item
        looks = {
            "picture": self._picture, "label": self._label, "boxes": self._boxes,
            "mask": self._mask, "answer": self._answer,
        }  # fmt: skip
        lacks = [what for name in looks if name in kept and (what := looks[name](raw, value, at))]
        wanted = self._wanted(raw, kept)
        item = item._replace(lacks=wanted & self._sides(item))
        if item.lacks and self._pipeline.collate is None:
            lacks.append(item.says)
        amount, place = nonfinite(value)
        row = {"nonfinite": amount, "place": place, "lacks": ", ".join(lacks)}
        self.add("items", raw, row, at)
        return item

    def _wanted(self, raw: Raw, kept: set[str]) -> frozenset[str]:
        """What items have of tokens: those of a text, and of a record that has nothing else."""
        if raw.picture is not None or "tokens" in self._pipeline.leaves:
            return frozenset()
        if not kept:
            return frozenset({IDS, LABELS})
        is_text = bool(raw.messages) or raw.answers is not None
        return frozenset({IDS} if is_text or isinstance(raw.values.get("text"), str) else ())

    def _sides(self, item: Item) -> set[str]:
        """Look at the tokens of an item, of either side if there are two; say what it lacks."""
        sides = parts.sides(item.value)
        if not sides:
            return self._tokens(item, item.at)
        short = {IDS} if {*parts.SIDES} & {*(item.raw.messages or ())} - {*sides} else set()
        for side, value in sides.items():
            short |= self._tokens(item._replace(value=value), f"{item.at} {side}".strip())
        return short

    def _picture(self, raw: Raw, item: object, at: str) -> str:
        seen, before = parts.picture(item, self._pipeline), raw.picture
        if seen is None or before is None:
            return "a picture"
        if before.dtype.kind not in "iu" or (spread := int(before.max()) - int(before.min())) == 0:
            return ""
        pixels = seen.pixels
        is_floating = pixels.dtype.kind == "f"
        known = pixels[np.isfinite(pixels)] if is_floating else pixels
        row = {
            "low": float(known.min()) if known.size else None,
            "high": float(known.max()) if known.size else None,
            "floating": is_floating,
            "before": spread / np.iinfo(before.dtype).max,
            "deviation": float(known.std(dtype=np.float64)) if known.size else None,
        }
        self.add("pictures", raw, row, at)
        return ""

    def _label(self, raw: Raw, item: object, at: str) -> str:
        seen, expected = parts.label(item, self._pipeline), self._pipeline.label(raw.label)
        if seen is None:
            return "the label of the record"
        if expected is None:
            return "a number for the label of the record (Pipeline.labels)"
        self.add("labels", raw, {"label": expected, "seen": seen}, at)
        self.add("classes_seen", raw, {"low": seen, "high": seen}, at)
        return ""

    def _boxes(self, raw: Raw, item: object, at: str) -> str:
        seen, labels = parts.corners(item, self._pipeline), parts.box_labels(item, self._pipeline)
        picture, known = parts.picture(item, self._pipeline), raw.boxes
        if seen is None or labels is None or picture is None or known is None:
            return "boxes and their labels"
        for number, (left, top, right, bottom) in enumerate(seen.tolist()):
            row = {"left": left, "top": top, "right": right, "bottom": bottom,
                   "width": picture.width, "height": picture.height}  # fmt: skip
            self.add("boxes", raw, row, f"{at} box {number}".strip())
        expected = [self._pipeline.label(one) for one in known.labels]
        row = {"before": len(expected), "after": len(seen), "labels": len(labels),
               "strange": strangers(labels, expected)}  # fmt: skip
        self.add("boxed", raw, row, at)
        if labels:
            self.add("classes_seen", raw, {"low": min(labels), "high": max(labels)}, at)
        return ""

    def _mask(self, raw: Raw, item: object, at: str) -> str:
        seen, picture = parts.mask(item, self._pipeline), parts.picture(item, self._pipeline)
        if seen is None or picture is None or raw.mask is None:
            return "the mask of the record"
        values, counts = np.unique(seen, return_counts=True)
        before = np.unique(raw.mask).tolist()
        known = {self._pipeline.label(one) for one in before} | {*self._pipeline.ignore}
        strange = np.array([value not in known for value in values.tolist()], bool)
        row = {
            "width": seen.shape[1], "height": seen.shape[0], "picture_width": picture.width,
            "picture_height": picture.height, "strange": int(counts[strange].sum()),
            "value": float(values[strange][0]) if strange.any() else None,
        }  # fmt: skip
        self.add("masks", raw, row, at)
        counted = values[~np.isin(values, self._pipeline.ignore)]
        if len(counted):
            ends = {"low": int(counted.min()), "high": int(np.ceil(counted.max()))}
            self.add("classes_seen", raw, ends, at)
        return ""

    def _answer(self, raw: Raw, item: object, at: str) -> str:
        start, end = spans.span(item, self._pipeline)
        known = spans.tokens(item, self._pipeline)
        if start is None or end is None:
            return "the span of the answer"
        if known is None:
            return "offsets of tokens"
        none = self._pipeline.no_answer
        none = none(item) if callable(none) else none
        first, last = spans.expected(known, raw.answers or (), raw.context, none, (start, end))
        row = {"start": start, "end": end, "first": first, "last": last}
        self.add("windows", raw, row, at)
        return ""

    def _question(self, raw: Raw, items: list[Any]) -> None:
        """Count the windows that hold an answer, where it can be told."""
        answers = raw.answers or ()
        told = [known for item in items if (known := spans.tokens(item, self._pipeline))]
        holding = sum(any(spans.held(known, one, raw.context) for one in answers) for known in told)
        if told:
            self.add("questions", raw, {"windows": len(items), "holding": holding})

    def _own(self, item: Item) -> Tokens | None:
        """The tokens that an item has itself."""
        value, pipeline = item.value, self._pipeline
        if item.raw.picture is not None and parts.part(value, "ids", pipeline) is None:
            return None
        ids = parts.ids(value, "ids", pipeline)
        if ids is None or not ids.size:
            return None
        attention = parts.array(parts.part(value, "attention", pipeline))
        return Tokens(ids, parts.ids(value, "targets", pipeline), attention).whole

    def _tokens(self, item: Item, at: str) -> set[str]:
        """Look at the tokens of an item, and say what of them is lacking."""
        known = self._own(item)
        if known is None:
            return {IDS, LABELS}
        self._ids(item.raw, known.ids, at)
        if self._pipeline.collate is None or at != item.at:
            self._sequence(item.raw, known, parts.fields(item.value) or (), at)
        if known.targets is None:
            return {LABELS}
        self._targets(item.raw, known.targets, at)
        return set()

    def lack(self, item: Item) -> None:
        """Note down that collate did not make what an item lacks."""
        if item.lacks:
            self.add("items", item.raw, {"nonfinite": 0, "place": "", "lacks": item.says}, item.at)

    def batched(self, item: Item, known: Tokens | None, names: Iterable[str]) -> None:
        """Look at the tokens that a batch has of an item, under these *names*."""
        own = None if parts.sides(item.value) else self._own(item)
        found = known or own
        if item.lacks and (found is None or (LABELS in item.lacks and found.targets is None)):
            self.lack(item if found is None else item._replace(lacks=frozenset({LABELS})))
        if found is None:
            return
        if found is known and (own is None or {*_ends(known.ids)} - {*_ends(own.ids)}):
            self._ids(item.raw, known.ids, item.at)
        if LABELS in item.lacks and found.targets is not None:
            self._targets(item.raw, found.targets, item.at)
        self._sequence(item.raw, found, names if known else parts.fields(item.value) or (), item.at)

    def _sequence(self, raw: Raw, known: Tokens, names: Iterable[str], at: str) -> None:
        """Look at the padding of a sequence, and at which tokens its labels are of."""
        if (row := sequences.padding(known, self._pipeline)) is not None:
            self.add("paddings", raw, row, at)
        if self._pipeline.decode is not None:
            share = spelling.alike(raw, known, self._pipeline)
            if share is None or share >= 0:
                self.add("spelled", raw, {"alike": share}, at)
        if (ahead := sequences.shift(known, self._pipeline)) is not None:
            least, most = (0, 0) if {"input_ids", "labels"} <= {*names} else (0, 1)
            if self._pipeline.shift is not None:
                least = most = self._pipeline.shift
            self.add("shifts", raw, {"ahead": ahead, "least": least, "most": most}, at)

    def _ids(self, raw: Raw, ids: parts.Numbers, at: str) -> None:
        low, high = _ends(ids)
        self.add("ids_seen", raw, {"low": low, "high": high}, at)

    def _targets(self, raw: Raw, targets: parts.Numbers, at: str) -> None:
        """Look at the labels of tokens."""
        counted = targets[~np.isin(targets, self._pipeline.ignore)]
        self.add("targets", raw, {"tokens": len(targets), "counted": len(counted)}, at)
        if len(counted):
            self._ids(raw, counted, at)

    def _trace(self, raw: Raw) -> None:
        """Follow a sample by one that is made."""
        for label in raw.boxes.labels if raw.boxes else ():
            if label not in self._labels and len(self._labels) < _KNOWN:
                self._labels.append(label)
        if not tracing.can_be_traced(raw) or (raw.boxes and not self._labels):
            return
        found = None
        for number in range(tracing.TRIES):
            try:
                made = tracing.trace(
                    raw, self._pipeline, self._number + tracing.QUARTERS * number, self._labels
                )
            except Exception:  # noqa: BLE001, S112  -- the user's; of real samples it is a finding
                continue
            found = made or found
            if made and (made.agrees or made.surely):
                break
        if found:
            self.add("traces", raw, found.row)

    def _ends(self, raw: Raw) -> None:
        """See whether the ends of answers come to the model."""
        try:
            found = spelling.ends(raw, self._pipeline, self._number)
        except Exception:  # noqa: BLE001  -- likewise
            return
        for side, one in found.items():
            at = side if len(found) > 1 else ""
            if one.begins or one.is_seen:
                self.add("ends", raw, {"is_seen": one.is_seen}, at)
            else:
                self._unbegun.append((raw, at))

    def _colours(self, raw: Raw) -> None:
        """See whether colours keep their order."""
        try:
            found = colours.order(raw, self._pipeline, self._number)
        except Exception:  # noqa: BLE001  -- likewise
            return
        if found:
            self.add("colours", raw, {"order": found, "expected": self._pipeline.channels})


_OF_PART = {
    "label": ("labels", "classes_seen"),
    "boxes": ("boxes", "boxed", "traces", "classes_seen"),
    "mask": ("masks", "traces", "classes_seen"),
    "answer": ("windows",),
}


def _ends(ids: parts.Numbers) -> tuple[int, int]:
    return int(ids.min()), int(ids.max())


def nonfinite(item: object) -> tuple[int, str]:
    """How many numbers of an item are none, and in which of its tensors the first of them is."""
    found = [
        (int(value.size - np.isfinite(value).sum()), place)
        for place, value in parts.leaves(item)
        if value.dtype.kind == "f"
    ]
    some = [(amount, place) for amount, place in found if amount]
    return sum(amount for amount, _ in some), (some[0][1] or "the item") if some else ""


def strangers(labels: list[int], expected: list[int | None]) -> int:
    """How many labels are none of those *expected*, in their order; some may be left out."""
    left = iter(expected)
    for number, one in enumerate(labels):
        if not any(one == other for other in left):
            return len(labels) - number
    return 0
