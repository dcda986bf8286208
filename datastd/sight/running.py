"""A pipeline run on sample after sample, and batch after batch."""

from collections.abc import Mapping
from typing import Any

from datastd.quiet import utf8
from datastd.sight import batches, parts
from datastd.sight.chance import seed
from datastd.sight.facts import LABELS, Facts, nonfinite
from datastd.sight.pipeline import Pipeline, StepFailed
from datastd.sight.raw import Raw

UNSEEN = (Exception,)
"""What it raises to look at an item that is none: it may be anything, and that is a finding."""


class Run:
    """
    One pipeline on records, in order.

    Attributes:
        facts: What was found out so far.
    """

    def __init__(self, pipeline: Pipeline, seed: int) -> None:
        self._pipeline, self._seed = pipeline, seed
        self._waiting: list[tuple[Raw, Any, bool]] = []
        self._first: dict[str, str] = {}
        self.facts = Facts(pipeline)

    def add(self, raw: Raw) -> None:
        """Run the pipeline on a record; what it raises is a finding."""
        self.facts.expect(raw)
        sample = raw.sample()
        seed(self._seed, raw.key)
        fault, items, waits = None, list[Any](), list[bool]()
        try:
            items = self._pipeline.items(sample)
        except StepFailed as error:
            fault = utf8(str(error))
        try:
            waits = self.facts.look(raw, items) if not fault else []
        except UNSEEN as error:
            fault = utf8(str(StepFailed("item", error)))
        self.facts.add("runs", raw, {"fault": fault})
        if fault:
            return
        self._waiting += [(raw, *one) for one in zip(items, waits, strict=True)]
        while len(self._waiting) >= self._pipeline.batch:
            self._collate(self._pipeline.batch)

    def end(self) -> Facts:
        """Collate what is left, and give what was found out."""
        if self._waiting:
            self._collate(len(self._waiting))
        return self.facts

    def _collate(self, count: int) -> None:
        some, self._waiting = self._waiting[:count], self._waiting[count:]
        if self._pipeline.collate is None:
            return
        first, fault, found = some[0][0], None, {"form": "", "size": ""}
        items = [item for _, item, _ in some]
        seed(self._seed, f"batch of {first.key}")
        try:
            batch = self._pipeline.run("collate", [*map(batches.bare, items)])
            form = batches.form(batch, items, self._pipeline)
            found = {"form": form, "size": batches.size(batch)}
            fault = batches.lost(batch, map(batches.bare, items), self._pipeline) or None
            self._targets(batch, some)
            self._finite(batch, some)
        except StepFailed as error:
            fault = utf8(str(error))
        except UNSEEN as error:
            fault = utf8(str(StepFailed("batch", error)))
        else:
            self._first = self._first or found
        named = {f"first_{name}": text for name, text in (self._first or found).items()}
        self.facts.add("batches", first, {"fault": fault, **found, **named})

    def _finite(self, batch: object, some: list[tuple[Raw, Any, bool]]) -> None:
        """Find numbers that are none only in the batch."""
        amount, place = nonfinite(batch)
        if amount and not any(nonfinite(item)[0] for _, item, _ in some):
            row = {"nonfinite": amount, "place": f"the batch, {place}", "lacks": ""}
            self.facts.add("items", some[0][0], row)

    def _targets(self, batch: object, some: list[tuple[Raw, Any, bool]]) -> None:
        """Look at labels of tokens that collate alone has made."""
        waiting = [(number, raw) for number, (raw, _, waits) in enumerate(some) if waits]
        known = isinstance(batch, Mapping) and parts.part(batch, "targets", self._pipeline)
        labels = parts.array(known) if waiting else None
        for number, raw in waiting:
            if labels is None or labels.ndim != 2 or len(labels) != len(some):  # noqa: PLR2004
                self.facts.add("items", raw, {"nonfinite": 0, "place": "", "lacks": LABELS})
            else:
                self.facts.targets(raw, labels[number])
