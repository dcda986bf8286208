"""What rules about questions and answers must come to: taken up by `rules/test_each_rule.py`."""

import polars as pl

from datastd.offsets import IN_BYTES, MISPLACED, NEXT, UTF_16
from datastd.rules.spans.qa_context_cross_split import QaContextCrossSplit
from datastd.rules.spans.qa_question_cross_split import QaQuestionCrossSplit
from datastd.rules.spans.qa_unanswerable_ratio import QaUnanswerableRatio
from datastd.rules.spans.squad_conflicting_answers import SquadConflictingAnswers
from datastd.rules.spans.squad_context_duplicate import SquadContextDuplicate
from datastd.rules.spans.squad_duplicate_question import SquadDuplicateQuestion
from datastd.rules.spans.squad_id_duplicate import SquadIdDuplicate
from datastd.rules.spans.squad_impossible_with_answers import SquadImpossibleWithAnswers
from datastd.rules.spans.squad_offset_unit import SquadOffsetUnit
from datastd.rules.spans.squad_train_answer_count import SquadTrainAnswerCount
from datastd.rules.spans.squad_version_mismatch import SquadVersionMismatch


def rows(*keys, **named):
    count = len(next(iter(named.values())))
    base = {"key": [*keys] or [f"f#{n}" for n in range(count)], "origin": ["data"] * count, "split": ["train"] * count}
    return pl.DataFrame({**base, **named}, schema_overrides={"impossible": pl.Boolean})


def hashes(text):
    return [one.encode() for one in text]


def shifts(*of, plausible=()):
    keys = [f"f#{n}@0" for n in range(len(of))]
    return rows(*keys, shift=[*of], plausible=[n in plausible for n in range(len(of))])


def versions(*of, keys=()):
    version, flag, plausible = zip(*of, strict=True)
    return rows(*keys, version=[*version], flag=[*flag], plausible=[*plausible])


def asked(text, *golds, splits=""):
    named = {"split": [{"a": "train", "b": "val"}[one] for one in splits]} if splits else {}
    return rows(asked_hash=hashes(text), golds=[*golds] or [""] * len(text), **named)


CASES = [
    (SquadVersionMismatch(), versions(("1.1", 0, 0), ("1.1", 0, 0)), 0, []),
    (SquadVersionMismatch(), versions(("v2.0", 1, 0), ("v2.0", 0, 0)), 0, []),
    (SquadVersionMismatch(), versions(("2.0", 0, 1), ("1.1", 0, 0), keys=["a#0", "b#0"]), 0, []),
    (SquadVersionMismatch(), versions(("1.1", 0, 0), ("1.1", 1, 0)), 1, []),
    (SquadVersionMismatch(), versions(("1.1", 0, 1), ("2.0", 0, 0), ("", 0, 0), keys=["a#0", "b#0", "c#0"]), 3, []),
    (SquadOffsetUnit(), shifts(0, 0), 0, []),
    (SquadOffsetUnit(), shifts(0, MISPLACED), 0, []),
    (SquadOffsetUnit(), shifts(0, MISPLACED | NEXT, plausible={1}), 0, []),
    (SquadOffsetUnit(), shifts(0, MISPLACED | NEXT), 1, ["f#1@0"]),
    (SquadOffsetUnit(), shifts(MISPLACED | UTF_16 | NEXT, MISPLACED | IN_BYTES, 0, MISPLACED), 2, ["f#0@0", "f#1@0"]),
    (SquadIdDuplicate(), rows(id=["x", "y"]), 0, []),
    (SquadIdDuplicate(), rows("a#0", "b#0", id=["x", "x"]), 0, []),  # files of translations share ids
    (SquadIdDuplicate(), rows(id=["x", "y", "x"]), 1, ["f#0", "f#2"]),
    (SquadIdDuplicate(), rows(id=["x", "x", "x"]), 1, ["f#0", "f#1", "f#2"]),
    (SquadIdDuplicate(), rows("a#0", "b#0", "b#1", id=["x", "x", "x"]), 1, ["b#0", "b#1"]),
    (SquadIdDuplicate(), rows("a#0", "a#1", "b#0", "b#1", id=["x"] * 4), 2, ["a#0", "a#1", "b#0", "b#1"]),
    (SquadImpossibleWithAnswers(), rows(impossible=[True, False, None], answers=[0, 1, 3]), 0, []),
    (SquadImpossibleWithAnswers(), rows(impossible=[True, False], answers=[1, 1]), 1, ["f#0"]),
    (SquadImpossibleWithAnswers(), rows(impossible=[False, None], answers=[0, 0]), 2, ["f#0", "f#1"]),
    (SquadTrainAnswerCount(), rows(impossible=[True, False, None], answers=[0, 1, 1]), 0, []),
    (SquadTrainAnswerCount(), rows(impossible=[None], answers=[3], split=["val"]), 0, []),
    (SquadTrainAnswerCount(), rows(impossible=[None, False], answers=[0, 2]), 2, ["f#0", "f#1"]),
    (SquadTrainAnswerCount(answers=3), rows(impossible=[None, False], answers=[3, 2]), 1, ["f#1"]),
    (SquadDuplicateQuestion(), asked("ab"), 0, []),
    (SquadDuplicateQuestion(), asked("aa", splits="ab"), 0, []),
    (SquadDuplicateQuestion(), asked("aba"), 1, ["f#0", "f#2"]),
    (SquadDuplicateQuestion(), asked("aabb", splits="aaab"), 1, ["f#0", "f#1"]),
    (SquadConflictingAnswers(), asked("ab", "1", "2"), 0, []),
    (SquadConflictingAnswers(), asked("aa", "1 2", "2 3"), 0, []),
    (SquadConflictingAnswers(), asked("aa", "", ""), 0, []),
    (SquadConflictingAnswers(), asked("aabb", "1 2", "3", "1", "1"), 1, ["f#0", "f#1"]),
    (SquadConflictingAnswers(), asked("aa", "1", ""), 1, ["f#0", "f#1"]),
    (SquadConflictingAnswers(), asked("aaa", "1 2", "2 3", "3 1", splits="aab"), 1, ["f#0", "f#1", "f#2"]),
    (SquadContextDuplicate(), rows(context_hash=hashes("aab"), title=["t", "t", "u"]), 0, []),
    (SquadContextDuplicate(), rows(context_hash=hashes("aa"), title=["t", "u"], split=["train", "val"]), 0, []),
    (SquadContextDuplicate(), rows(context_hash=hashes("aa"), title=["t", "u"]), 1, ["f#0", "f#1"]),
    (SquadContextDuplicate(), rows(context_hash=hashes("aabb"), title=["t", "u", "t", "v"]), 2, ["f#0", "f#1", "f#2", "f#3"]),
    (QaUnanswerableRatio(), rows(impossible=[True, False]), 0, []),
    (QaUnanswerableRatio(), rows(impossible=[True, False, False, False, False]), 0, []),  # 0.2
    (QaUnanswerableRatio(), rows(impossible=[True, True, True, False, False]), 0, []),  # 0.6
    (QaUnanswerableRatio(), rows(impossible=[True, True]), 0.4, []),
    (QaUnanswerableRatio(), rows(impossible=[False, False]), 0.2, []),
    (QaUnanswerableRatio(least=0.5, most=0.5), rows(impossible=[True, False, False, False]), 0.25, []),
    (QaContextCrossSplit(), rows(article=hashes("aab"), split=["train", "train", "val"]), 0, []),
    (QaContextCrossSplit(), rows(article=hashes("aab"), split=["train", "val", "val"]), 1, ["f#0", "f#1"]),
    (QaContextCrossSplit(), rows(article=hashes("abab"), split=["train", "train", "val", "val"]), 2, ["f#0", "f#1", "f#2", "f#3"]),
    (QaQuestionCrossSplit(), asked("aab", splits="aab"), 0, []),
    (QaQuestionCrossSplit(), asked("aa", splits="ab"), 1, ["f#0", "f#1"]),
    (QaQuestionCrossSplit(), asked("aabb", splits="abba"), 2, ["f#0", "f#1", "f#2", "f#3"]),
]  # fmt: skip
