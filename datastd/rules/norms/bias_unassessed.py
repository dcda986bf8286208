"""N067."""

from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar

from datastd.model import Profile
from datastd.rules.norms import Facts, Look, Norm, expected, hashed, stated

_YEAR = timedelta(days=366)


class BiasUnassessed(Norm):
    """
    A dataset whose biases and gaps nobody assessed within a year of its making.

    The assessment is a file of the dataset whose SHA-256 the card states, and the day of it.

    Why it matters:
        A model learns what the data lean to, and the law asks who looked.

    Remedy:
        Assess it; name the file, its SHA-256 and the day.

    Source:
        Regulation (EU) 2024/1689, Art. 10(2)(f) to (h); A3's I14.
    """

    code: ClassVar[str] = "N067"
    name: ClassVar[str] = "bias-assessment-missing"

    asked_from: Profile = "release"

    def looks(self, facts: Facts) -> Iterator[Look]:
        use = facts.card.identity.use
        yield stated("identity.use.biases", use.biases, "what biases are known")
        yield hashed(facts, "identity.use.bias_report", use.bias_report, use.bias_report_sha256)
        if use.bias_assessed is None:
            yield stated("identity.use.bias_assessed", None, "the day of the assessment")
        else:
            old = facts.today - use.bias_assessed > _YEAR
            wrong = expected(f"a day since {facts.today - _YEAR}", use.bias_assessed) if old else ""
            yield Look("identity.use.bias_assessed", wrong)
