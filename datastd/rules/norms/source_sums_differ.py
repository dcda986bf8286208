"""N177."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, expected


class SourceSumsDiffer(Norm):
    """
    Sources whose records do not add up to what the steps that read them read.

    A first step that names no inputs reads all sources.

    Why it matters:
        Records that nobody accounts for were lost, or added.

    Remedy:
        Correct the numbers.

    Source:
        A3's C22.
    """

    code: ClassVar[str] = "N177"
    name: ClassVar[str] = "source-sums-differ"

    level: Level = Level.WARN
    error_from: Profile | None = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        rows = {one.id: one.rows for one in facts.card.collection.sources if one.id}
        for number, step in enumerate(facts.card.processing.steps):
            names = step.inputs or (tuple(rows) if number == 0 else ())
            known = [rows[name] for name in names if name in rows]
            if not known or len(known) < len(names) or None in known or step.rows_in is None:
                continue
            total = sum(filter(None, known))
            wrong = (
                ""
                if total == step.rows_in
                else expected(f"{total}, as sources state", step.rows_in)
            )
            yield Look(f"processing.steps.{number}.rows_in", wrong)
