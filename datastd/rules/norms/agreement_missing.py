"""N107."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, stated


class AgreementMissing(Norm):
    """
    Several labels of each sample, and nobody says how far they agreed.

    Why it matters:
        Labels on which people do not agree are noise, and no model learns more than they agree
        on.

    Remedy:
        State `agreement` and `agreement_measure`.

    Source:
        Croissant RAI 1.0, dataAnnotationAnalysis; A3's C18.
    """

    code: ClassVar[str] = "N107"
    name: ClassVar[str] = "annotator-agreement-missing"

    level: Level = Level.WARN
    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        for number, one in enumerate(facts.card.collection.sources):
            if one.annotation is not None and (one.annotation.per_item or 0) > 1:
                at = f"collection.sources.{number}.annotation"
                yield stated(f"{at}.agreement", one.annotation.agreement, "how far they agreed")
                measure = one.annotation.agreement_measure
                yield stated(f"{at}.agreement_measure", measure, "how that was measured")
