"""N161."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, expected
from datastd.rules.norms.lineage import is_digest, name_of


class SourceUnknown(Norm):
    """
    A source that no step reads; or a step that reads what is neither a source nor a step.

    A first step that names no inputs reads all sources.

    Why it matters:
        What is listed and not used, or used and not listed, is not where the data come from.

    Remedy:
        Name sources in `processing.steps[].inputs`, by their ids.

    Source:
        Data Provenance Initiative; A3's C02.
    """

    code: ClassVar[str] = "N161"
    name: ClassVar[str] = "source-unused-or-unknown"

    level: Level = Level.WARN
    error_from: Profile | None = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        steps = facts.card.processing.steps
        ids = {one.id for one in facts.card.collection.sources if one.id}
        made = {name_of(number, step) for number, step in enumerate(steps)}
        read = {name for step in steps for name in step.inputs}
        reads_all = not steps or not steps[0].inputs
        for number, one in enumerate(facts.card.collection.sources):
            used = reads_all or one.id in read
            wrong = "" if used else expected("a step that reads it", "none")
            yield Look(f"collection.sources.{number}.id", wrong)
        for number, step in enumerate(steps):
            for name in step.inputs:
                known = name in ids or name in made or is_digest(name)
                wrong = "" if known else expected("a source or a step", "another word")
                yield Look(f"processing.steps.{number}.inputs", wrong)
