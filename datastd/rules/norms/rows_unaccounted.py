"""N202."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.rules.norms import Facts, Look, Norm, expected, same
from datastd.rules.norms.lineage import SHRINKING, name_of


class RowsUnaccounted(Norm):
    """
    Records that no step accounts for.

    What a step gives is what it read, less what it removed; a filter, a removal of duplicates
    or a sample never grows; what a step reads is what the steps that it names gave; and what
    the last gave is what there is.

    Why it matters:
        Records that got lost are the ones that were rare.

    Remedy:
        Correct the numbers, or add the step that is missing.

    Source:
        OpenLineage, statistics; A3's P04.
    """

    code: ClassVar[str] = "N202"
    name: ClassVar[str] = "row-accounting-mismatch"

    def looks(self, facts: Facts) -> Iterator[Look]:
        processing = facts.card.processing
        gave: dict[str, int | None] = {}
        before: int | None = None
        for number, step in enumerate(processing.steps):
            at = f"processing.steps.{number}"
            reads = [gave[name] for name in step.inputs if name in gave]
            total = sum(filter(None, reads)) if reads and None not in reads else None
            known = total if step.inputs else before
            if known is not None and step.rows_in is not None and len(reads) == len(step.inputs):
                yield same(f"{at}.rows_in", f"{known}, as was given before", known, step.rows_in)
            if step.rows_in is not None and step.rows_out is not None:
                left = step.rows_in - sum(step.removed.values())
                if step.removed:
                    yield same(f"{at}.rows_out", f"{left}, what is left", left, step.rows_out)
                grew = step.op in SHRINKING and step.rows_out > step.rows_in
                wrong = expected(f"at most {step.rows_in}", step.rows_out) if grew else ""
                yield Look(f"{at}.rows_out", wrong)
            before = gave[name_of(number, step)] = step.rows_out
        if before is not None and facts.splits:
            there = sum(facts.splits.values())
            at = f"processing.steps.{len(processing.steps) - 1}.rows_out"
            yield same(at, f"{there}, as there are", there, before)
