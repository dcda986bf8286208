"""N201."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.rules.norms import Facts, Look, Norm, expected, stated
from datastd.rules.norms.lineage import is_digest


class LineageStepMissing(Norm):
    """
    A dataset without steps of processing; or a step of which operation, tool, exact version,
    code, parameters, numbers of records or times are not stated.

    Parameters are stated by themselves, or by the SHA-256 of their file; code by a commit or a
    digest.  A step that states the digest of what it read may leave out the times: done again,
    it gives the same.

    Why it matters:
        What cannot be done again cannot be checked, and nobody knows what to blame.

    Remedy:
        State `processing.steps`; `datastd clean` writes its own.

    Source:
        OpenLineage; Croissant RAI 1.0, dataPreprocessingProtocol; A3's P02.
    """

    code: ClassVar[str] = "N201"
    name: ClassVar[str] = "lineage-step-missing"

    def looks(self, facts: Facts) -> Iterator[Look]:
        steps = facts.card.processing.steps
        yield stated("processing.steps", steps, "at least one step")
        for number, step in enumerate(steps):
            at = f"processing.steps.{number}"
            times = () if is_digest(step.inputs_sha256) else ("started", "ended")
            for name in ("op", "tool", "tool_version", "rows_in", "rows_out", *times):
                yield stated(f"{at}.{name}", getattr(step, name), f"the {name} of the step")
            if step.op != "manual":
                yield stated(f"{at}.code", step.code or step.tool_version, "a commit, or a digest")
                told = step.params or step.params_sha256
                yield stated(f"{at}.params_sha256", told, "what the program was told")
            if step.started and step.ended:
                wrong = (
                    ""
                    if step.started <= step.ended
                    else expected("an end after the start", "before")
                )
                yield Look(f"{at}.ended", wrong)
