"""A pipeline run on sample after sample, and batch after batch."""

from datastd.quiet import utf8
from datastd.sight import batches
from datastd.sight.chance import seed
from datastd.sight.facts import Facts, Item, nonfinite
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
        self._waiting: list[Item] = []
        self._first: dict[str, str] = {}
        self.facts = Facts(pipeline)

    def add(self, raw: Raw) -> None:
        """Run the pipeline on a record; what it raises is a finding."""
        self.facts.expect(raw)
        sample = raw.sample()
        seed(self._seed, raw.key)
        fault, waiting = None, list[Item]()
        try:
            waiting = self.facts.look(raw, self._pipeline.items(sample))
        except StepFailed as error:
            fault = utf8(str(error))
        except UNSEEN as error:
            fault = utf8(str(StepFailed("item", error)))
        self.facts.add("runs", raw, {"fault": fault})
        self._waiting += waiting
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
        first, fault, found, laid = some[0].raw, None, {"form": "", "size": ""}, None
        seed(self._seed, f"batch of {first.key}")
        try:
            parted = [batches.looked_at(one.value, self._pipeline) for one in some]
            batch = self._pipeline.run("collate", [batches.bare(one.value) for one in some])
            pictured = [one.value for one in some if one.raw.picture is not None]
            form = batches.form(batch, pictured, self._pipeline)
            found = {"form": form, "size": batches.size(batch)}
            fault = batches.lost(batch, parted) or None
            laid = batches.Laid(batch, parted, self._pipeline)
            self._laid(laid, some)
            self._finite(batch, some)
        except StepFailed as error:
            fault = utf8(str(error))
        except UNSEEN as error:
            fault = utf8(str(StepFailed("batch", error)))
        else:
            self._first = self._first or found
        for one in some if laid is None else ():
            self.facts.lack(one)
        named = {f"first_{name}": text for name, text in (self._first or found).items()}
        self.facts.add("batches", first, {"fault": fault, **found, **named})

    def _finite(self, batch: object, some: list[Item]) -> None:
        """Find numbers that are none only in the batch."""
        amount, place = nonfinite(batch)
        if amount and not any(nonfinite(one.value)[0] for one in some):
            row = {"nonfinite": amount, "place": f"the batch, {place}", "lacks": ""}
            self.facts.add("items", some[0].raw, row)

    def _laid(self, laid: batches.Laid, some: list[Item]) -> None:
        """Look at what the batch has of each of its items."""
        self.facts.asked.add("collated")
        for number, (one, moved) in enumerate(zip(some, laid.moved(), strict=True)):
            if moved is not None:
                self.facts.add("collated", one.raw, {"fault": moved or None}, one.at)
            self.facts.batched(one, laid.tokens(number), laid.names)
