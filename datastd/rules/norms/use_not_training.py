"""N063."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, expected, stated


class UseNotTraining(Norm):
    """
    A dataset that does not say what it may be used for; or that is for evaluation alone.

    Each code of `identity.use.codes` is a use that the owner allows. What is for
    ``ai-evaluation`` and no other use of a model is never trained on.

    Why it matters:
        A benchmark that was trained on measures nothing any more.

    Remedy:
        State the codes; ``ai-pre-training`` to pretrain, ``ai-alignment`` to finetune.

    Source:
        D&TA 1.0.0, intended-purpose; A3's I09.
    """

    code: ClassVar[str] = "N063"
    name: ClassVar[str] = "declared-use-not-training"

    level: Level = Level.WARN
    error_from: Profile | None = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        codes = facts.card.identity.use.codes
        yield stated("identity.use.codes", codes, "what it may be used for")
        alone = {one for one in codes if one.startswith("ai-")} == {"ai-evaluation"}
        wrong = expected("a use in training", "ai-evaluation alone") if alone else ""
        yield Look("identity.use.codes", wrong)
