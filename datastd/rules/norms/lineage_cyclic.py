"""N260."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.rules.norms import Facts, Look, Norm, expected
from datastd.rules.norms.lineage import name_of


class LineageCyclic(Norm):
    """
    Steps that do not follow from sources: one that reads what comes after it, two of one id, or
    a result that no later step reads, the last aside.

    Why it matters:
        What depends on itself was never made.

    Remedy:
        Order the steps; name in `inputs` what each reads.

    Source:
        PROV-DM; A3's P01.
    """

    code: ClassVar[str] = "N260"
    name: ClassVar[str] = "lineage-not-in-order"

    def looks(self, facts: Facts) -> Iterator[Look]:
        steps = facts.card.processing.steps
        names = [name_of(number, step) for number, step in enumerate(steps)]
        read = {name for step in steps for name in step.inputs}
        for number, (step, name) in enumerate(zip(steps, names, strict=True)):
            at = f"processing.steps.{number}"
            twice = name in names[:number]
            yield Look(f"{at}.id", expected("an id of its own", "one twice") if twice else "")
            later = {*step.inputs} & {*names[number:]} - {*names[:number]}
            what = "sources and earlier steps"
            yield Look(f"{at}.inputs", expected(what, "a later one") if later else "")
            follows = number + 1 < len(steps) and not steps[number + 1].inputs
            lost = number + 1 < len(steps) and name not in read and not follows
            yield Look(at, expected("a step that reads what it gave", "none") if lost else "")
