"""What rules about answers, prompts and pairs must come to: taken up by `rules/test_each_rule.py`."""

import polars as pl

from datastd.answers import LEADS, OPEN_FENCE, TRAILS, UNENDED
from datastd.rules.responses.chat_benchmark_contamination import ChatBenchmarkContamination
from datastd.rules.responses.chat_record_cross_split import ChatRecordCrossSplit
from datastd.rules.responses.conversation_prefix_leak import ConversationPrefixLeak
from datastd.rules.responses.instruction_near_duplicate import InstructionNearDuplicate
from datastd.rules.responses.kto_one_label import KtoOneLabel
from datastd.rules.responses.pref_contradicted import PrefContradicted
from datastd.rules.responses.pref_length_bias import PrefLengthBias
from datastd.rules.responses.prompt_conflicting_response import PromptConflictingResponse
from datastd.rules.responses.prompt_duplicate import PromptDuplicate
from datastd.rules.responses.response_edge_whitespace import ResponseEdgeWhitespace
from datastd.rules.responses.response_language_mismatch import ResponseLanguageMismatch
from datastd.rules.responses.response_repetition import _LIMITS, ResponseRepetition
from datastd.rules.responses.response_truncated import ResponseTruncated


def rows(**named):
    count = len(next(iter(named.values())))
    base = {"key": [f"f#{n}" for n in range(count)], "origin": ["data"] * count, "split": ["train"] * count}
    return pl.DataFrame({**base, **named}, schema_overrides={
        "answer_ends": pl.Int64, "answer_points": pl.Int64, "length_lead": pl.Int64, "prompt_digest": pl.Binary, "judged_pair": pl.Binary, "judged_first": pl.Int64,
        "said_digest": pl.Binary, "form": pl.String, "label": pl.Boolean, "final_answer": pl.String, "asked": pl.String, "answered": pl.String,
        "asked_probability": pl.Float64, "answered_probability": pl.Float64,
    })  # fmt: skip


def splits(text):
    return [{"a": "train", "b": "val"}[one] for one in text]


def hashes(text):
    return [None if one == "." else one.encode() for one in text]


def ended(*of):
    ends, points = zip(*of, strict=True)
    return rows(answer_ends=[*ends], answer_points=[*points])


def spoken(*of, sure=0.95, wanted=False):
    return rows(asked=[one[:2] for one in of], answered=[one[2:] for one in of], wanted=[wanted] * len(of),
                asked_probability=[sure] * len(of), answered_probability=[0.95] * len(of))  # fmt: skip


def repeats(words=50, times=1, **fractions):
    return rows(words=[words, 9], times=[times, 1], **{name: [fractions.get(name, 0.0), 0.5] for name in _LIMITS})


def turns(text, whole, of="", parted=""):
    """Prefixes by letter; the samples that they are of, and the splits of these."""
    table = rows(conversation=hashes(text), whole=[one == "w" for one in whole], split=splits(parted or "a" * len(text)))
    return table.with_columns(key=pl.Series([f"f#{one}" for one in of or range(len(text))]))


def asked(text, *said, parted=""):
    named = {"split": splits(parted)} if parted else {}
    return rows(prompt_digest=hashes(text), final_answer=[*said] or [None] * len(text), **named)


def labelled(text, parted="", form="kto"):
    """Answers that are good (+), bad (-), or have no label."""
    labels = [{"+": True, "-": False}.get(one) for one in text]
    return rows(form=["openai" if one is None else form for one in labels], label=labels, split=[PARTS[one] for one in parted or "a" * len(text)])


PARTS = {"a": "train", "b": "val", "c": "a/test2", "d": "data", "e": "dev"}


def judged(text, *first, parted=""):
    named = {"split": splits(parted)} if parted else {}
    return rows(judged_pair=hashes(text), judged_first=[*first], **named)


STYLED = ResponseEdgeWhitespace()


def cases(pairs, runs):
    """Rule, rows, what is observed, and the keys that fail; *pairs* and *runs* make tables."""
    return [
        (ResponseTruncated(), ended((0, 1000), (UNENDED, 979), (UNENDED, 10)), 0, []),
        (ResponseTruncated(), ended((0, 1000), (UNENDED, 980), (UNENDED, 10)), 1, ["f#1"]),  # the boundary
        (ResponseTruncated(), ended((UNENDED, 499), (UNENDED, 499)), 0, []),
        (ResponseTruncated(), ended((UNENDED, 500), (0, 500), (None, None)), 1, ["f#0"]),
        (ResponseTruncated(), ended((OPEN_FENCE, 5), (OPEN_FENCE | UNENDED, 6), (0, 7)), 2, ["f#0", "f#1"]),
        (ResponseTruncated(within=0.5, least=10), ended((0, 10), (UNENDED, 5), (UNENDED, 4)), 1, ["f#1"]),
        (STYLED, ended((0, 1), (UNENDED, 1), (OPEN_FENCE, 1)), 0, []),
        (STYLED, ended((LEADS, 1), (LEADS, 1), (LEADS | UNENDED, 1)), 0, []),
        (STYLED, ended((LEADS, 1), (0, 1), (0, 1)), 1, ["f#0"]),
        (STYLED, ended((LEADS, 1), (LEADS | TRAILS, 1), (TRAILS, 1), (LEADS, 1), (None, 1)), 2, ["f#1", "f#2"]),
        (STYLED, ended((LEADS, 1), (0, 1)), 1, ["f#0"]),  # of two that are as common, the one with less
        (ResponseLanguageMismatch(), spoken("enen", "frfr"), 0, []),
        (ResponseLanguageMismatch(), spoken("enfr", "frfr"), 1, ["f#0"]),
        (ResponseLanguageMismatch(), spoken("enfr", "fren", sure=0.9), 2, ["f#0", "f#1"]),  # the boundary
        (ResponseLanguageMismatch(), spoken("enfr", sure=0.899), 0, []),
        (ResponseLanguageMismatch(), spoken("enfr", wanted=True), 0, []),
        (ResponseRepetition(), repeats(), 0, []),
        (ResponseRepetition(), repeats(**_LIMITS), 0, []),  # the boundary
        (ResponseRepetition(), repeats(top_2=0.2001), 1, ["f#0"]),
        (ResponseRepetition(), repeats(duplicate_10=0.11), 1, ["f#0"]),
        (ResponseRepetition(), repeats(words=49, top_3=0.9), 0, []),
        (ResponseRepetition(), repeats(duplicate_7=float("nan")), 1, ["f#0"]),
        (ResponseRepetition(), repeats(words=1, times=99), 0, []),
        (ResponseRepetition(), repeats(words=1, times=100), 1, ["f#0"]),
        (PrefLengthBias(), rows(length_lead=[1, -1, None]), 0, []),
        (PrefLengthBias(), rows(length_lead=[1] * 7 + [-1] * 3), 0, []),  # 0.7
        (PrefLengthBias(), rows(length_lead=[1] * 3 + [-1] * 7), 0, []),  # 0.3
        (PrefLengthBias(), rows(length_lead=[0, 0]), 0, []),
        (PrefLengthBias(), rows(length_lead=[None]), 0, []),
        (PrefLengthBias(), rows(length_lead=[1] * 9 + [-1]), 0.2, []),
        (PrefLengthBias(), rows(length_lead=[-1, -1, None]), 0.3, []),
        (PrefLengthBias(least=0.5, most=0.5), rows(length_lead=[1, 0]), 0.25, []),
        (PromptDuplicate(), asked("ab"), 0, []),
        (PromptDuplicate(), asked(".."), 0, []),  # nothing is asked
        (PromptDuplicate(), asked("aba"), 1, ["f#0", "f#2"]),
        (PromptDuplicate(), asked("ab.ab.", parted="aabbba"), 2, ["f#0", "f#1", "f#3", "f#4"]),
        (PrefContradicted(), judged("ab", 1, 0), 0, []),
        (PrefContradicted(), judged("aa", 1, 1), 0, []),
        (PrefContradicted(), judged("..", None, None), 0, []),
        (PrefContradicted(), judged("aab.a", 1, 0, 0, None, 0), 1, ["f#0", "f#1", "f#4"]),
        (PrefContradicted(), judged("abab", 1, 1, 0, 0, parted="aabb"), 2, ["f#0", "f#1", "f#2", "f#3"]),
        (ChatRecordCrossSplit(), rows(said_digest=hashes("aab")), 0, []),  # once more in its split
        (ChatRecordCrossSplit(), rows(said_digest=hashes("abab"), split=splits("abab")), 0, []),
        (ChatRecordCrossSplit(), rows(said_digest=hashes("ab"), split=splits("ab")), 0, []),
        (ChatRecordCrossSplit(), rows(said_digest=hashes("aa"), split=splits("ab")), 1, ["f#0", "f#1"]),
        (ChatRecordCrossSplit(), rows(said_digest=hashes("abcba"), split=splits("aaabb")), 2, ["f#0", "f#1", "f#3", "f#4"]),
        (KtoOneLabel(), labelled("+-"), 0, []),
        (KtoOneLabel(), labelled("+-+-", "aadd"), 0, []),
        (KtoOneLabel(), labelled("....", "abcd"), 0, []),  # no such answers at all
        (KtoOneLabel(), labelled("+-+--", "aabce"), 0, []),  # to measure with
        (KtoOneLabel(), labelled("++", form="preference"), 0, []),
        (KtoOneLabel(), labelled("++."), 1, []),
        (KtoOneLabel(), labelled("--", "ad"), 2, []),
        (KtoOneLabel(), labelled("-+-+", "adda"), 0, []),
        (KtoOneLabel(), labelled("-+-", "add"), 1, []),
        (PromptConflictingResponse(), asked("ab", "1", "2"), 0, []),
        (PromptConflictingResponse(), asked("aa", "1", "1"), 0, []),
        (PromptConflictingResponse(), asked("aaa", "1", None, None), 0, []),
        (PromptConflictingResponse(), asked("..", "1", "2"), 0, []),
        (PromptConflictingResponse(), asked("aaa", "1", None, "2"), 1, ["f#0", "f#2"]),
        (PromptConflictingResponse(), asked("abab", "1", "x", "2", "y", parted="aabb"), 2, ["f#0", "f#1", "f#2", "f#3"]),
        (InstructionNearDuplicate(), pairs(), 0, []),
        (InstructionNearDuplicate(), pairs((0, 1, 0, 1 - 0.7)), 0, []),  # above, and not equal
        (InstructionNearDuplicate(), pairs((0, 1, 0, 0.2999)), 1, ["f#0", "f#1"]),
        (InstructionNearDuplicate(), pairs((0, 1, 0, 0.1), (2, 3, 0, 0.2), splits="abaaaa"), 2, ["f#0", "f#1", "f#2", "f#3"]),
        (ChatBenchmarkContamination(), runs(), 0, []),
        (ChatBenchmarkContamination(), runs((1, 0)), 1, ["f#1"]),
        (ChatBenchmarkContamination(), runs((0, 0), (0, 1), (2, 2)), 2, ["f#0", "f#2"]),
        (ConversationPrefixLeak(), turns("aa", "ww"), 0, []),
        (ConversationPrefixLeak(), turns("aa", "--", parted="ab"), 0, []),  # each goes on in its own way
        (ConversationPrefixLeak(), turns("aba", "-w-", of="001", parted="aab"), 0, []),
        (ConversationPrefixLeak(), turns("aba", "-ww", of="001", parted="aab"), 1, ["f#0", "f#1"]),
        (ConversationPrefixLeak(), turns("aa", "ww", parted="ab"), 1, ["f#0", "f#1"]),
        (ConversationPrefixLeak(), turns("aaab", "-w-w", parted="aabb"), 1, ["f#1", "f#2"]),
        (ConversationPrefixLeak(), turns("aabb", "w-w-", parted="abba"), 2, ["f#0", "f#1", "f#2", "f#3"]),
    ]  # fmt: skip
