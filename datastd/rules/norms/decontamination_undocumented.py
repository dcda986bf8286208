"""N209."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, stated


class DecontaminationUndocumented(Norm):
    """
    Evaluation sets that were kept out, and nobody says which, how, and what became of what was
    found; or none.

    Why it matters:
        A score on data that were trained on is no score.

    Remedy:
        State `processing.decontamination`, one for each evaluation set; give it as `--input
        evaluation=PATH`, too.

    Source:
        lm-evaluation-harness; A3's P12.
    """

    code: ClassVar[str] = "N209"
    name: ClassVar[str] = "decontamination-undocumented"

    level: Level = Level.WARN
    error_from: Profile | None = "release"
    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        found = facts.card.processing.decontamination
        yield stated("processing.decontamination", found, "evaluation sets that were kept out")
        for number, one in enumerate(found):
            at = f"processing.decontamination.{number}"
            for name in ("against", "against_sha256", "method", "action", "hits"):
                yield stated(f"{at}.{name}", getattr(one, name), f"the {name} of it")
