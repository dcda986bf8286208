"""Questions about texts whose answers are spans of them: SQuAD 1.1, and XQuAD."""

import pandera.polars as pa

from datastd import Standard, limit
from datastd.measures.spans.answer_words import answer_words
from datastd.measures.spans.articles import articles
from datastd.measures.spans.asked_hash import asked_hash
from datastd.measures.spans.bert_unrecoverable import bert_unrecoverable
from datastd.measures.spans.beyond_points import beyond_points
from datastd.measures.spans.context_blank import context_blank
from datastd.measures.spans.context_edge import context_edge
from datastd.measures.spans.context_hash import context_hash
from datastd.measures.spans.edge_marks import edge_marks
from datastd.measures.spans.given_away import given_away
from datastd.measures.spans.golds import golds
from datastd.measures.spans.id_blank import id_blank
from datastd.measures.spans.impossible_kind import impossible_kind
from datastd.measures.spans.misaligned import misaligned
from datastd.measures.spans.nothing_left import nothing_left
from datastd.measures.spans.plausible_wrong import plausible_wrong
from datastd.measures.spans.question_words import question_words
from datastd.measures.spans.shift import shift
from datastd.measures.spans.splits_word import splits_word
from datastd.measures.text.minhash import minhash
from datastd.rules.spans.qa_context_cross_split import QaContextCrossSplit
from datastd.rules.spans.qa_question_cross_split import QaQuestionCrossSplit
from datastd.rules.spans.qa_question_paraphrase_leak import QaQuestionParaphraseLeak
from datastd.rules.spans.squad_conflicting_answers import SquadConflictingAnswers
from datastd.rules.spans.squad_context_duplicate import SquadContextDuplicate
from datastd.rules.spans.squad_duplicate_question import SquadDuplicateQuestion
from datastd.rules.spans.squad_id_duplicate import SquadIdDuplicate
from datastd.rules.spans.squad_impossible_with_answers import SquadImpossibleWithAnswers
from datastd.rules.spans.squad_offset_unit import SquadOffsetUnit
from datastd.rules.spans.squad_train_answer_count import SquadTrainAnswerCount
from datastd.rules.spans.squad_version_mismatch import SquadVersionMismatch
from datastd.schemas.norms import NORMS
from datastd.schemas.raw_text import FILES
from datastd.schemas.versions import against_reference

_MEASURED = "measured in SQuAD 1.1's dev"

MEASURES = (
    answer_words, articles, asked_hash, bert_unrecoverable, beyond_points, context_blank,
    context_edge, context_hash, edge_marks, given_away, golds, id_blank, impossible_kind, minhash,
    misaligned, nothing_left, plausible_wrong, question_words, shift, splits_word,
)  # fmt: skip

RULES = (
    SquadVersionMismatch(),
    SquadOffsetUnit(),
    SquadIdDuplicate(),
    SquadImpossibleWithAnswers(),
    SquadTrainAnswerCount(),
    SquadDuplicateQuestion(),
    SquadConflictingAnswers(
        limit=2,
        because="measured: 1 pair of 10,570 in SQuAD 1.1's dev, 2 of 1,190 in XQuAD's English",
    ),
    SquadContextDuplicate(),
    QaContextCrossSplit(),
    QaQuestionCrossSplit(),
    QaQuestionParaphraseLeak(),
    *FILES,
    *against_reference("question_words"),
    *NORMS,
)


class Questions(pa.DataFrameModel):
    """One row per question."""

    context_blank: int = limit(eq=0)
    context_edge: int = limit(eq=0, tolerate=0.01, because=f"{_MEASURED}: 35 of 10,570 questions")
    id_blank: int = limit(eq=0)
    question_words: int = limit(ge=3)


class Rows(Questions):
    """One row per question that has an answer."""

    impossible_kind: int = limit(eq=0, because="version 1.1 has no `is_impossible`")


class Answers(pa.DataFrameModel):
    """One row per answer."""

    misaligned: int = limit(eq=0)
    beyond_points: int = limit(eq=0)
    plausible_wrong: int = limit(eq=0)
    nothing_left: int = limit(
        eq=0,
        tolerate=1e-4,
        because=f"{_MEASURED}: 3 of 34,726 answers are articles or marks alone",
    )
    edge_marks: int = limit(eq=0, tolerate=0.01, because=f"{_MEASURED}: 314 of 34,726 answers")
    splits_word: int = limit(
        eq=0, tolerate=0.01, because=f"{_MEASURED}: 76 of 34,726, units mostly"
    )
    bert_unrecoverable: int = limit(eq=0)
    given_away: int = limit(eq=0, tolerate=0.005, because=f"{_MEASURED}: 37 of 34,726")
    answer_words: int = limit(
        le=30,
        tolerate=0.001,
        because=f"BERT's max_answer_length; {_MEASURED}: 5 of 34,726 are longer",
    )


standard = Standard(
    name="squad-1.1/1",
    about="Questions about texts, answered by spans that are where they say: SQuAD 1.1, XQuAD.",
    formats=("squad",),
    measures=MEASURES,
    rows=Rows,
    annotations=Answers,
    rules=RULES,
    proposed=("squad",),
)
