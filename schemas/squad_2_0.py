"""Questions about texts of which some have no answer: SQuAD 2.0."""

from datastd import Standard, limit
from datastd.rules.spans.qa_unanswerable_ratio import QaUnanswerableRatio
from datastd.schemas.squad_1_1 import MEASURES, RULES, Answers, Questions


class Rows(Questions):  # type: ignore[misc]
    """One row per question, whether it has an answer or not."""

    impossible_kind: int = limit(eq=1, because="version 2.0 has `is_impossible` on all questions")


standard = Standard(
    name="squad-2.0/1",
    about="Questions about texts, answered by spans that are where they say, or by nothing.",
    formats=("squad",),
    measures=MEASURES,
    rows=Rows,
    annotations=Answers,
    rules=(*RULES, QaUnanswerableRatio()),
)
