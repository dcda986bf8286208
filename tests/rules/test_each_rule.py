"""
Every rule: a clean case, planted defects, a boundary pair, a negative control, and laws.

`CASES` says for each rule what it must come to; the laws hold for all of them.
"""

import datetime as dt
import gzip
import itertools
import math
import random
import re
import runpy

import box_cases
import drift_cases
import mask_cases
import numpy as np
import polars as pl
import pytest
import response_cases
import sight_cases
import span_cases
import voc_cases
import waiver_cases
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from support import ROOT, SHARED, needs_data

from datastd import reference, sources
from datastd.measures import Measure
from datastd.model import Level, Outcome
from datastd.rules import FAILING, LaterRule, Rule, fold
from datastd.rules.columns.conflicting_labels import ConflictingLabels
from datastd.rules.columns.constant_column import ConstantColumn
from datastd.rules.columns.duplicate_rows import DuplicateRows
from datastd.rules.columns.filter_never_fires import FilterNeverFires
from datastd.rules.columns.filter_threshold_not_enforced import FilterThresholdNotEnforced
from datastd.rules.columns.foreign_key_missing import ForeignKeyMissing
from datastd.rules.columns.group_leak import GroupLeak
from datastd.rules.columns.id_duplicate_across_shards import IdDuplicateAcrossShards
from datastd.rules.columns.id_leak import IdLeak
from datastd.rules.columns.id_unstable_across_versions import IdUnstableAcrossVersions
from datastd.rules.columns.identifier_column_as_feature import IdentifierColumnAsFeature
from datastd.rules.columns.measured_vs_declared import MeasuredVsDeclared
from datastd.rules.columns.mixed_null_tokens import MixedNullTokens
from datastd.rules.columns.mixed_types import MixedTypes
from datastd.rules.columns.null_rate_high import NullRateHigh
from datastd.rules.columns.row_hash_leak import RowHashLeak
from datastd.rules.columns.string_variants import StringVariants
from datastd.rules.columns.target_leak import TargetLeak
from datastd.rules.columns.temporal_leak import TemporalLeak
from datastd.rules.columns.timestamp_future import TimestampFuture
from datastd.rules.columns.unique_violation import UniqueViolation
from datastd.rules.columns.unit_scale_mixture import UnitScaleMixture
from datastd.rules.embeddings.image_embedding_duplicate import ImageEmbeddingDuplicate
from datastd.rules.embeddings.non_iid_order import NonIidOrder
from datastd.rules.files import known_bad_list_hit as known_bad
from datastd.rules.files.byte_identical import ByteIdentical
from datastd.rules.files.filename_not_portable import FilenameNotPortable
from datastd.rules.files.junk_file import JunkFile
from datastd.rules.files.known_bad_list_hit import KnownBadListHit
from datastd.rules.files.manifest_checksum_mismatch import ManifestChecksumMismatch
from datastd.rules.files.manifest_file_missing import ManifestFileMissing
from datastd.rules.files.manifest_file_unlisted import ManifestFileUnlisted
from datastd.rules.files.shard_number_gap import ShardNumberGap
from datastd.rules.files.shard_size_imbalance import ShardSizeImbalance
from datastd.rules.files.split_name_ambiguous import SplitNameAmbiguous
from datastd.rules.labels.cifar_label_range import Cifar100LabelRange, CifarLabelRange
from datastd.rules.labels.class_imbalance import ClassImbalance
from datastd.rules.labels.class_name_variant import ClassNameVariant
from datastd.rules.labels.class_too_few import ClassTooFew
from datastd.rules.labels.imagefolder_empty_class import ImagefolderEmptyClass
from datastd.rules.labels.imagefolder_hidden_class_dir import ImagefolderHiddenClassDir
from datastd.rules.labels.label_cardinality import LabelCardinality
from datastd.rules.labels.label_issue_confident_learning import LabelIssueConfidentLearning
from datastd.rules.labels.label_missing import LabelMissing
from datastd.rules.labels.label_missing_in_split import LabelMissingInSplit
from datastd.rules.labels.label_out_of_range import LabelOutOfRange
from datastd.rules.labels.order_leak import OrderLeak
from datastd.rules.labels.property_label_correlation import PropertyLabelCorrelation, _bins
from datastd.rules.pixels.cifar_channel_order import CifarChannelOrder
from datastd.rules.pixels.constant_image import ConstantImage
from datastd.rules.pixels.depth_mixed import DepthMixed
from datastd.rules.pixels.duplicate_conflicting_label import DuplicateConflictingLabel
from datastd.rules.pixels.exact_duplicate import ExactDuplicate
from datastd.rules.pixels.exact_duplicate_cross_split import ExactDuplicateCrossSplit
from datastd.rules.pixels.image_odd_size import ImageOddSize
from datastd.rules.pixels.in_evaluation import InEvaluation
from datastd.rules.pixels.mirror_duplicate import MirrorDuplicate
from datastd.rules.pixels.near_duplicate import NearDuplicate
from datastd.rules.pixels.near_duplicate_conflicting_label import NearDuplicateConflictingLabel
from datastd.rules.pixels.near_duplicate_cross_split import NearDuplicateCrossSplit
from datastd.rules.pixels.near_in_evaluation import NearInEvaluation
from datastd.rules.pixels.possible_duplicate_cross_split import PossibleDuplicateCrossSplit
from datastd.rules.required_input import RequiredInput
from datastd.rules.row_limits import RowLimit
from datastd.rules.spans.qa_question_paraphrase_leak import QaQuestionParaphraseLeak
from datastd.rules.splits.class_list import ClassList
from datastd.rules.splits.class_set_differs_between_splits import ClassSetDiffersBetweenSplits
from datastd.rules.splits.record_count_mismatch import RecordCountMismatch
from datastd.rules.splits.small_test_split import SmallTestSplit
from datastd.rules.splits.split_size import SplitSize
from datastd.rules.text.contamination_common_ngram_guard import ContaminationCommonNgramGuard
from datastd.rules.text.contamination_ngram import ContaminationNgram
from datastd.rules.text.contamination_ratio import ContaminationRatio
from datastd.rules.text.doc_exact_duplicate import DocExactDuplicate
from datastd.rules.text.doc_near_duplicate_minhash import DocNearDuplicateMinhash
from datastd.rules.text.doc_normalised_duplicate import DocNormalisedDuplicate
from datastd.rules.text.exact_substring_duplicate import ExactSubstringDuplicate
from datastd.rules.text.language_id_low import LanguageIdLow
from datastd.rules.text.language_metadata_mismatch import LanguageMetadataMismatch
from datastd.rules.text.paragraph_duplicate_corpus import ParagraphDuplicateCorpus
from datastd.rules.text.perplexity_high import PerplexityHigh
from datastd.rules.text.train_val_doc_overlap import TrainValDocOverlap
from datastd.rules.text.train_val_near_overlap import TrainValNearOverlap
from datastd.rules.text.url_duplicate import UrlDuplicate
from datastd.rules.tokens.detokenise_roundtrip import DetokeniseRoundtrip
from datastd.rules.tokens.eos_consecutive import EosConsecutive
from datastd.rules.tokens.eos_count_mismatch import EosCountMismatch
from datastd.rules.tokens.eos_missing_at_end import EosMissingAtEnd
from datastd.rules.tokens.shard_token_count_manifest import ShardTokenCountManifest
from datastd.rules.tokens.special_token_in_text import SpecialTokenInText
from datastd.rules.tokens.token_byteswap_suspect import TokenByteswapSuspect
from datastd.rules.tokens.token_dtype_misread import TokenDtypeMisread
from datastd.rules.tokens.token_dtype_too_small import TokenDtypeTooSmall
from datastd.rules.tokens.token_id_out_of_vocab import TokenIdOutOfVocab
from datastd.rules.tokens.token_window_cross_split import TokenWindowCrossSplit
from datastd.rules.tokens.token_window_repeated import TokenWindowRepeated
from datastd.rules.tokens.unk_rate_high import UnkRateHigh
from datastd.rules.tokens.vocab_coverage_low import VocabCoverageLow
from datastd.rules.turns.chat_answer_cut import ChatAnswerCut
from datastd.rules.turns.chat_other_form import ChatOtherForm
from datastd.rules.turns.chat_tokenizer_token import ChatTokenizerToken
from datastd.rules.turns.chat_too_few_examples import ChatTooFewExamples
from datastd.rules.turns.chat_too_long import ChatTooLong
from datastd.sources import Defect
from datastd.vocabulary import Vocabulary

RULES = [
    value for value in reference._defined(reference.rules)
    if isinstance(value, type) and issubclass(value, Rule) and "code" in vars(value)
]  # fmt: skip


def rows(*columns, **named):
    """A samples table: keys in order, all of the data, in the split `train` unless named."""
    count = len(next(iter(named.values())))
    base = {"key": [f"f#{n}" for n in range(count)], "origin": ["data"] * count,
            "split": ["train"] * count}  # fmt: skip
    return pl.DataFrame({**base, **named})


def files(*paths, **named):
    base = {"path": [*paths], "folded": [p.casefold() for p in paths], "origin": ["data"] * len(paths),
            "sha256": [str(n) for n in range(len(paths))], "paper": [False] * len(paths),
            "bytes": [9] * len(paths)}  # fmt: skip
    return pl.DataFrame({**base, **named})


def stated(**named):
    """The manifest: what is there, and what is stated, by path."""
    found, said = zip(*named.values(), strict=True)
    return pl.DataFrame({"path": [*named], "found": [*found], "stated": [*said],
                         "data": [one != "README" for one in named], "origin": ["data"] * len(named)},
                        {"path": pl.String, "found": pl.String, "stated": pl.String, "data": pl.Boolean, "origin": pl.String})  # fmt: skip


def counts(**named):
    there, said = zip(*named.values(), strict=True)
    return pl.DataFrame({"split": [*named], "records": [*there], "stated": [*said], "origin": ["data"] * len(named)})


def pairs(*found, count=6, splits="", origins="", labels=(), more=()):
    """
    What the engine hands to a rule about pairs: *count* rows by themselves, then pairs.

    A pair is (one, other, distance, difference) and perhaps whether it is mirrored.
    Splits and origins are letters: a, b… and d for data, e for evaluation.
    """
    splits = splits or "a" * count
    origins = [{"d": "data", "e": "evaluation"}[o] for o in origins or "d" * count]
    labels = labels or [0] * count
    alone = [(f"f#{n}", splits[n], origins[n], labels[n], *[None] * 8) for n in range(count)]
    beside = [
        (f"f#{a}", splits[a], origins[a], labels[a], f"f#{b}", splits[b], origins[b], labels[b],
         distance, difference, bool(turned), _group(found, a))
        for a, b, distance, difference, *turned in found
    ]
    return pl.DataFrame([*alone, *beside], PAIRS, orient="row")


def _group(found, one):
    """The least number that hangs together with one."""
    known = {one}
    for _ in found:
        known |= {n for a, b, *_ in found for n in (a, b) if {a, b} & known}
    return min(known)


PAIRS = {
    "key": pl.String, "split": pl.String, "origin": pl.String, "label": pl.Int64,
    "other": pl.String, "other_split": pl.String, "other_origin": pl.String,
    "other_label": pl.Int64, "distance": pl.Int64, "difference": pl.Float64,
    "mirrored": pl.Boolean, "group": pl.Int64,
}


def digests(text):
    return [letter.encode() for letter in text]


def classes(*folders, samples=None):
    """A classes table of folders ``<split>/<class>``, or ``<class>`` in the split ``train``."""
    names = [folder.rpartition("/")[2] for folder in folders]
    splits = [folder.rpartition("/")[0] or "train" for folder in folders]
    return pl.DataFrame({"key": [*folders], "origin": ["data"] * len(folders), "split": splits,
                         "class_name": names, "samples": samples or [9] * len(folders)},
                        schema_overrides={"samples": pl.Int64})  # fmt: skip


def sizes(*pairs):
    width, height = zip(*pairs, strict=True)
    return rows(width_px=[*width], height_px=[*height])


def predicted(labels, *probabilities, **named):
    return rows(label=[*labels], probabilities=[[float(p) for p in one] for one in probabilities], **named)


def turned(*steps):
    """Vectors of two numbers, each turned by so many hundredths of a radian."""
    return [[math.cos(n / 100), math.sin(n / 100)] for n in steps]


def shuffled(count, seed):
    return random.Random(seed).sample(range(count), count)


def ids(*edges, pairs=0, **named):
    """Samples by their first and last id; -1 where there is none."""
    first, last = zip(*edges, strict=True)
    eos = [{a, b}.issuperset({9}) + pairs for a, b in edges]
    return rows(first_id=[*first], last_id=[*last], eos_count=eos, eos_pairs=[pairs] * len(edges), **named)


def in_files(table, *names):
    return table.with_columns(key=pl.Series([f"{name}#{n}" for n, name in enumerate(names)]))


def anchor(*values, splits="ab", left=32, right=32, start=0):
    """Anchors with 64 tokens around them that count up from *start*, or from that of each."""
    return rows(anchor=[*values], at=[32 * n for n in range(len(values))], split=[*splits],
                left=[left] * len(values), right=[right] * len(values)).with_columns(
        around=pl.Series([[*range(n, n + 64)] for n in (start if isinstance(start, list) else [start] * len(values))],
                         dtype=pl.Array(pl.UInt16, 64)))  # fmt: skip


def column(*values, name="c", **named):
    return rows(**{name: [*values]}, **named)


def times(*days, **named):
    """A day of the year 2020 for each row."""
    zone = dt.UTC
    day = [None if n is None else dt.datetime(2020, 1, 1, tzinfo=zone) + dt.timedelta(n) for n in days]
    return rows(time=pl.Series(day, dtype=pl.Datetime("us", "UTC")), **named)


REFERS = ForeignKeyMissing(column="parent", key="id")


def referring(parents, ids, **named):
    """Rows that refer to others, as the engine brings them together."""
    return REFERS.brought(rows(parent=[*parents], id=[*ids], **named))


C = {"columns": ("c",)}
TRAIN_TEST = {"split": ["train", "test"]}


def runs(*found, count=3, items=(range(3),)):
    """
    What documents share with the items of an evaluation set.

    A run that is found is (document, run); an item is the runs that it has.  Each run
    is of 10 bytes, 5 behind the last, and the first item that has it is the other.
    """
    other = {gram: n for n, grams in reversed([*enumerate(items)]) for gram in grams}

    def row(key, origin, gram, at):
        return (key, origin, "train", gram, at, 5 * at, 5 * at + 10, f"e#{other[gram]}", 5 * gram, 5 * gram + 10)

    alone = [(f"f#{n}", "data", "train", *[None] * 7) for n in range(count)]
    beside = [(f"e#{n}", "evaluation", "train", *[None] * 7) for n in range(len(items))]
    here = [row(f"f#{n}", "data", gram, gram) for n, gram in sorted(found)]
    there = [row(f"e#{n}", "evaluation", gram, gram) for n, grams in enumerate(items) for gram in grams]
    names = ("gram", "at", "start", "stop", "other", "other_start", "other_stop")
    schema = {"key": pl.String, "origin": pl.String, "split": pl.String,
              **{name: pl.String if name == "other" else pl.Int64 for name in names}}  # fmt: skip
    return pl.DataFrame([*alone, *here, *beside, *there], schema, orient="row")


def each(count, *grams):
    return [(n, gram) for n in range(count) for gram in grams]


def stretches(*spans, anchor=7, **named):
    """Stretches with these spans, of one anchor unless they are named; 10 bytes each."""
    count = len(spans)
    table = rows(anchor=[anchor] * count, start=[10 * n for n in range(count)], stop=[10 * n + 10 for n in range(count)],
                 spans=[[*some] for some in spans], **named)  # fmt: skip
    return table.cast({"spans": pl.List(pl.UInt64), "anchor": pl.UInt64})


STATED = MeasuredVsDeclared(stated={"length": "true", "share": "part"})
FILTERED = FilterThresholdNotEnforced(at_least={"words": 50}, at_most={"words": 100, "share": 0.3})
NEVER = FilterNeverFires(at_least={"words": 50}, at_most={"words": 100}, rows=2)
BEFORE = {"origin": ["data", "reference", "reference"]}
TEN = {"vocabulary": Vocabulary(size=10, eos=9)}
BOTH = {"vocabulary": Vocabulary(size=10, eos=9, bos=8)}
MANY = {"vocabulary": Vocabulary(size=65_537, eos=9)}
DARK = [10.0, 10.1, 10.2, 10.1, 10.0]
LIGHT = [200.0, 201.0, 202.0, 201.0, 200.0]
Q112 = PropertyLabelCorrelation(properties=("mean",))

# Rule, rows, what is observed, and the keys that fail.
CASES = [
    # constant image: clean; two plants; the boundary; NaN and null are no pass
    (ConstantImage(), rows(contrast=[1.0, 9.0, 255.0]), 0, []),
    (ConstantImage(), rows(contrast=[1.0, 0.0, 255.0]), 1, ["f#1"]),
    (ConstantImage(), rows(contrast=[0.0, 0.0]), 2, ["f#0", "f#1"]),
    (ConstantImage(), rows(contrast=[5e-324]), 0, []),
    (ConstantImage(), rows(contrast=[math.nan, math.inf, None, -1.0]), 4, ["f#0", "f#1", "f#2", "f#3"]),
    # labels
    (LabelOutOfRange(classes=10), rows(label=[0, 9, 5]), 0, []),
    (LabelOutOfRange(classes=10), rows(label=[0, 10, 5]), 1, ["f#1"]),
    (LabelOutOfRange(classes=10), rows(label=[-1, 11]), 2, ["f#0", "f#1"]),
    (LabelOutOfRange(classes=26, first=1), rows(label=[1, 26]), 0, []),
    (LabelOutOfRange(classes=26, first=1), rows(label=[0, 27]), 2, ["f#0", "f#1"]),
    (LabelOutOfRange(), rows(label=[0, 10**6]), 0, []),
    (LabelOutOfRange(), rows(label=[-1, None]), 2, ["f#0", "f#1"]),
    (CifarLabelRange(), rows(label=[0, 9, 5]), 0, []),
    (CifarLabelRange(), rows(label=[0, 10, 5]), 1, ["f#1"]),
    (CifarLabelRange(), rows(label=[-1, 255, None]), 3, ["f#0", "f#1", "f#2"]),
    (Cifar100LabelRange(), rows(label=[0, 99], coarse=[0, 19]), 0, []),
    (Cifar100LabelRange(), rows(label=[0, 100], coarse=[20, 0]), 2, ["f#0", "f#1"]),
    (Cifar100LabelRange(), rows(label=[-1, 5, None], coarse=[0, -1, 3]), 3, ["f#0", "f#1", "f#2"]),
    (Cifar100LabelRange(), rows(label=[1, 2], coarse=[None, 3]), 1, ["f#0"]),
    # the order of channels: the sum over a file decides, and not one image
    (CifarChannelOrder(images=2), rows(planar_lead=[5.0, -4.0]), 0, []),
    (CifarChannelOrder(images=2), rows(planar_lead=[4.0, -4.0]), 0, []),  # the boundary
    (CifarChannelOrder(images=2), rows(planar_lead=[4.0, -5.0]), 1, []),
    (CifarChannelOrder(images=2), rows(planar_lead=[9.0, None]), 1, []),
    (CifarChannelOrder(images=1), rows(planar_lead=[math.nan]), 1, []),
    (CifarChannelOrder(images=1), rows(planar_lead=[math.inf]), 1, []),
    (CifarChannelOrder(), rows(planar_lead=[2.0**60, *[-1.0] * 99]), 0, []),
    (CifarChannelOrder(), rows(planar_lead=[1.0, *[-1.0] * 99]), 1, []),
    # duplicates in a split: groups, and every row of them
    (ExactDuplicate(), rows(digest=digests("abc")), 0, []),
    (ExactDuplicate(), rows(digest=digests("aba")), 1, ["f#0", "f#2"]),
    (ExactDuplicate(), rows(digest=digests("aabbb")), 2, ["f#0", "f#1", "f#2", "f#3", "f#4"]),
    (ExactDuplicate(), rows(digest=digests("aa"), split=["train", "test"]), 0, []),
    (ExactDuplicate(), rows(digest=[b"a", None]), 1, ["f#1"]),
    # duplicates across splits
    (ExactDuplicateCrossSplit(), rows(digest=digests("ab"), split=["train", "test"]), 0, []),
    (ExactDuplicateCrossSplit(), rows(digest=digests("aa"), split=["train", "test"]), 1, ["f#0", "f#1"]),
    (ExactDuplicateCrossSplit(), rows(digest=digests("aab"), split=["train", "train", "test"]), 0, []),
    (ExactDuplicateCrossSplit(), rows(digest=digests("aaab"), split=["train", "train", "test", "test"]),
     1, ["f#0", "f#1", "f#2"]),
    (ExactDuplicateCrossSplit(), rows(digest=digests("aa")), 0, []),
    # documents, likewise
    (DocExactDuplicate(), rows(digest=digests("aba")), 1, ["f#0", "f#2"]),
    (DocExactDuplicate(), rows(digest=digests("aabb")), 2, ["f#0", "f#1", "f#2", "f#3"]),
    (DocExactDuplicate(), rows(digest=digests("abc")), 0, []),
    (DocExactDuplicate(), rows(digest=digests("aa"), split=["train", "test"]), 0, []),
    (TrainValDocOverlap(), rows(digest=digests("aa"), split=["train", "test"]), 1, ["f#0", "f#1"]),
    (TrainValDocOverlap(), rows(digest=digests("aabb"), split=["train", "val", "train", "val"]),
     2, ["f#0", "f#1", "f#2", "f#3"]),
    (TrainValDocOverlap(), rows(digest=digests("ab"), split=["train", "test"]), 0, []),
    (TrainValDocOverlap(), rows(digest=digests("aa")), 0, []),
    (DocNormalisedDuplicate(), rows(digest=digests("abc"), normal_digest=digests("xxy")), 1, ["f#0", "f#1"]),
    (DocNormalisedDuplicate(), rows(digest=digests("abcd"), normal_digest=digests("xyyx")), 2, ["f#0", "f#1", "f#2", "f#3"]),
    (DocNormalisedDuplicate(), rows(digest=digests("aab"), normal_digest=digests("xxx")), 1, ["f#0", "f#1", "f#2"]),
    (DocNormalisedDuplicate(), rows(digest=digests("aab"), normal_digest=digests("xxy")), 0, []),  # L301's
    (DocNormalisedDuplicate(), rows(digest=digests("ab"), normal_digest=digests("xx"), split=["train", "test"]), 0, []),
    (DocNormalisedDuplicate(), rows(digest=digests("ab"), normal_digest=[b"x", None]), 1, ["f#1"]),
    # one address
    (UrlDuplicate(), rows(url_hash=[7, 8, 7]), 1, ["f#0", "f#2"]),
    (UrlDuplicate(), rows(url_hash=[7, 8, 8, 7]), 2, ["f#0", "f#1", "f#2", "f#3"]),
    (UrlDuplicate(), rows(url_hash=[7, 8]), 0, []),
    (UrlDuplicate(), rows(url_hash=[7, 7], split=["train", "test"]), 0, []),
    (UrlDuplicate(), rows(url_hash=[7, None]), 1, ["f#1"]),
    # paragraphs of several documents
    (ParagraphDuplicateCorpus(), rows(paragraph=[7, 8, 7]), 1, ["f#0", "f#2"]),
    (ParagraphDuplicateCorpus(), rows(paragraph=[7, 7], split=["train", "test"]), 1, ["f#0", "f#1"]),
    (ParagraphDuplicateCorpus(), rows(paragraph=[7, 8]), 0, []),
    (ParagraphDuplicateCorpus(documents=2), rows(paragraph=[7, 8, 7]), 0, []),  # the boundary
    (ParagraphDuplicateCorpus(documents=2), rows(paragraph=[7, 8, 7, 7]), 1, ["f#0", "f#2", "f#3"]),
    (ParagraphDuplicateCorpus(), rows(paragraph=[7, None]), 1, ["f#1"]),
    # documents that are nearly alike: 0.3 is the boundary
    (DocNearDuplicateMinhash(), pairs(), 0, []),
    (DocNearDuplicateMinhash(), pairs((0, 1, 0, 0.3), (2, 3, 0, 0.0)), 2, ["f#0", "f#1", "f#2", "f#3"]),
    (DocNearDuplicateMinhash(), pairs((0, 1, 0, 0.1), (1, 4, 0, 0.2)), 1, ["f#0", "f#1", "f#4"]),
    (DocNearDuplicateMinhash(), pairs((0, 1, 0, 0.3000001)), 0, []),
    (DocNearDuplicateMinhash(similarity=0.9), pairs((0, 1, 0, 0.3)), 0, []),
    (DocNearDuplicateMinhash(), pairs((0, 1, 0, 0.1), splits="abaaaa"), 0, []),
    (DocNearDuplicateMinhash(), pairs((0, 1, 0, 0.1), origins="deddde"), 0, []),
    (QaQuestionParaphraseLeak(), pairs((0, 1, 0, 0.1)), 0, []),
    (QaQuestionParaphraseLeak(), pairs((0, 3, 0, 0.3), splits="aabbbb"), 0.5, ["f#0", "f#3"]),
    (QaQuestionParaphraseLeak(), pairs((0, 3, 0, 0.1), (0, 4, 0, 0.1), splits="aaabbb"), 2 / 3, ["f#0", "f#3", "f#4"]),
    (QaQuestionParaphraseLeak(), pairs((0, 3, 0, 0.31), splits="aabbbb"), 0, []),
    (TrainValNearOverlap(), pairs((0, 1, 0, 0.1)), 0, []),
    (TrainValNearOverlap(), pairs((0, 1, 0, 0.1), splits="aabbbb"), 0, []),
    (TrainValNearOverlap(), pairs((0, 3, 0, 0.1), splits="aabbbb"), 0.5, ["f#0", "f#3"]),
    (TrainValNearOverlap(), pairs((0, 3, 0, 0.1), (0, 4, 0, 0.1), splits="aaabbb"), 2 / 3, ["f#0", "f#3", "f#4"]),
    (TrainValNearOverlap(), pairs((0, 3, 0, 0.4), splits="aabbbb"), 0, []),
    # runs of an evaluation set: none is too many, and what more than ten documents have is boilerplate
    (ContaminationNgram(), runs(), 0, []),
    (ContaminationNgram(), runs((1, 0)), 1, ["f#1"]),
    (ContaminationNgram(), runs((0, 0), (0, 1), (2, 2), items=(range(3), range(9))), 2, ["f#0", "f#2"]),
    (ContaminationNgram(), runs(*each(10, 1), count=11), 10, [f"f#{n}" for n in range(10)]),  # the boundary
    (ContaminationNgram(), runs(*each(11, 1), count=11), 0, []),
    (ContaminationNgram(common=1), runs(*each(2, 1), (1, 2)), 1, ["f#1"]),
    # and it is listed
    (ContaminationCommonNgramGuard(), runs(), 0, []),
    (ContaminationCommonNgramGuard(), runs(*each(10, 1), count=11), 0, []),
    (ContaminationCommonNgramGuard(), runs(*each(11, 1), count=12), 11, [f"f#{n}" for n in range(11)]),
    (ContaminationCommonNgramGuard(common=1), runs(*each(2, 1), (2, 2)), 2, ["f#0", "f#1"]),
    # the share of an item that is in the data, in whichever documents
    (ContaminationRatio(), runs(*each(1, *range(6)), items=(range(10),)), 0, []),
    (ContaminationRatio(), runs(*each(1, *range(7)), items=(range(10),)), 1, ["f#0"]),  # the boundary
    (ContaminationRatio(), runs(*each(1, *range(4)), *[(2, n) for n in range(4, 9)], items=(range(10), range(11))),
     2, ["f#0", "f#2"]),
    (ContaminationRatio(share=1), runs((1, 0), items=(range(1), range(1, 9))), 1, ["f#1"]),
    (ContaminationRatio(), runs(*each(11, *range(7)), count=11, items=(range(10),)), 0, []),
    # spans that were there before: the first of equal ones is new
    (ExactSubstringDuplicate(), stretches([1, 2], [3], []), 0, []),
    (ExactSubstringDuplicate(), stretches([1, 2], [2, 3]), 1, ["f#1"]),
    (ExactSubstringDuplicate(), stretches([1, 2, 3], [9], [1, 2, 3], [3], split=["a", "b", "c", "a"]), 2, ["f#2", "f#3"]),
    (ExactSubstringDuplicate(), stretches([1], [1], key=["f#0", "f#0"]), 1, ["f#0"]),
    (ExactSubstringDuplicate(), stretches([1], [1], key=["f#10", "f#9"]), 1, ["f#10"]),
    (ExactSubstringDuplicate(), stretches([], []), 0, []),
    (ExactSubstringDuplicate(), stretches([1], [1]).with_columns(anchor=pl.Series([7, 8], dtype=pl.UInt64)), 0, []),
    # one image, two labels
    (DuplicateConflictingLabel(), rows(digest=digests("aab"), label=[1, 1, 2]), 0, []),
    (DuplicateConflictingLabel(), rows(digest=digests("aab"), label=[1, 2, 2]), 1, ["f#0", "f#1"]),
    (DuplicateConflictingLabel(), rows(digest=digests("aa"), label=[1, 2], split=["a", "b"]), 1, ["f#0", "f#1"]),
    (DuplicateConflictingLabel(), rows(digest=digests("ab"), label=[1, 2]), 0, []),
    # evaluation: only rows of the judged data are named and counted
    (InEvaluation(), rows(digest=digests("ab"), origin=["data", "evaluation"]), 0, []),
    (InEvaluation(), rows(digest=digests("aa"), origin=["data", "evaluation"]), 1, ["f#0"]),
    (InEvaluation(), rows(digest=digests("aaab"), origin=["data", "data", "evaluation", "data"]),
     1, ["f#0", "f#1"]),
    (InEvaluation(), rows(digest=digests("aab"), origin=["data", "data", "evaluation"]), 0, []),
    # pairs that are near: groups, and both sides of every pair; the boundary of both looks
    (NearDuplicate(), pairs(), 0, []),
    (NearDuplicate(), pairs((0, 1, 4, 0.25)), 1, ["f#0", "f#1"]),
    (NearDuplicate(), pairs((0, 1, 5, 0.1)), 0, []),
    (NearDuplicate(), pairs((0, 1, 4, 0.2500001)), 0, []),
    (NearDuplicate(), pairs((0, 1, 0, 0.0), (1, 3, 2, 0.1), (4, 5, 2, 0.1)), 2, ["f#0", "f#1", "f#3", "f#4", "f#5"]),
    (NearDuplicate(), pairs((0, 1, 2, 0.1), splits="abaaaa"), 0, []),
    (NearDuplicate(), pairs((0, 1, 2, 0.1, True)), 0, []),
    (NearDuplicate(), pairs((0, 1, 2, 0.1), origins="deddde"), 0, []),
    (NearDuplicate(distance=10, difference=0.3), pairs((0, 1, 10, 0.3)), 1, ["f#0", "f#1"]),
    (NearDuplicateCrossSplit(), pairs((0, 1, 2, 0.1)), 0, []),
    (NearDuplicateCrossSplit(), pairs((0, 1, 2, 0.1), splits="abaaaa"), 1, ["f#0", "f#1"]),
    (NearDuplicateCrossSplit(), pairs((0, 1, 2, 0.1), (1, 2, 2, 0.1), (3, 4, 0, 0.0), splits="abbaba"),
     2, ["f#0", "f#1", "f#3", "f#4"]),
    (NearDuplicateCrossSplit(), pairs((0, 1, 5, 0.1), splits="abaaaa"), 0, []),
    (PossibleDuplicateCrossSplit(), pairs((0, 1, 4, 0.1), splits="abaaaa"), 0, []),
    (PossibleDuplicateCrossSplit(), pairs((0, 1, 5, 0.1), splits="abaaaa"), 1, ["f#0", "f#1"]),
    (PossibleDuplicateCrossSplit(), pairs((0, 1, 10, 0.1), (2, 3, 11, 0.1), splits="ababab"), 1, ["f#0", "f#1"]),
    (MirrorDuplicate(), pairs((0, 1, 2, 0.1)), 0, []),
    (MirrorDuplicate(), pairs((0, 1, 2, 0.1, True)), 1, ["f#0", "f#1"]),
    (MirrorDuplicate(), pairs((0, 1, 2, 0.1, True), (2, 3, 0, 0.0, True), (4, 5, 5, 0.0, True), splits="abaaaa"),
     2, ["f#0", "f#1", "f#2", "f#3"]),
    # a group under two labels fails whole, also where the odd one is next but one
    (NearDuplicateConflictingLabel(), pairs((0, 1, 2, 0.1), labels=[7, 7, 8, 8, 8, 8]), 0, []),
    (NearDuplicateConflictingLabel(), pairs((0, 1, 2, 0.1), labels=[7, 8, 8, 8, 8, 8]), 1, ["f#0", "f#1"]),
    (NearDuplicateConflictingLabel(), pairs((0, 1, 2, 0.1), (1, 2, 0, 0.1), (4, 5, 0, 0.0), labels=[7, 7, 8, 8, 9, 9],
                                            splits="aabbbb"), 1, ["f#0", "f#1", "f#2"]),
    (NearDuplicateConflictingLabel(), pairs((0, 1, 2, 0.1), labels=[7, None, 8, 8, 8, 8]), 1, ["f#0", "f#1"]),
    # an evaluation set: only the judged data are named
    (NearInEvaluation(), pairs((0, 1, 2, 0.1), origins="ddddde"), 0, []),
    (NearInEvaluation(), pairs((0, 5, 2, 0.1), origins="ddddde"), 1, ["f#0"]),
    (NearInEvaluation(), pairs((0, 5, 2, 0.1), (1, 5, 0, 0.0), (2, 4, 4, 0.25), origins="ddddee"), 2, ["f#0", "f#1", "f#2"]),
    (NearInEvaluation(), pairs((0, 5, 5, 0.1), origins="ddddde"), 0, []),
    # balance: 1 - K n / N for the rarest
    (ClassImbalance(), rows(label=[0, 1, 0, 1]), 0.0, []),
    (ClassImbalance(), rows(label=[0] * 19 + [1]), 0.9, []),  # the boundary: n/N = 0.1/K passes
    (ClassImbalance(), rows(label=[0] * 20 + [1]), 1 - 2 / 21, []),
    (ClassImbalance(classes=3), rows(label=[0, 1]), 1.0, []),
    (ClassImbalance(classes=2), rows(label=[0, 1, 2]), 0.0, []),  # a stray label is F107's
    (ClassImbalance(classes=2, first=1), rows(label=[1, 2]), 0.0, []),
    # classes of a split
    (ClassTooFew(classes=1), rows(label=[0] * 10), 0, []),
    (ClassTooFew(classes=1), rows(label=[0] * 9), 1, []),
    (ClassTooFew(classes=2), rows(label=[0] * 10), 1, []),
    (ClassTooFew(), rows(label=[0] * 10 + [1], split=["train"] * 10 + ["test"]), 2, []),
    (ClassTooFew(classes=1), rows(label=[0] * 11, split=["train"] * 10 + ["test"]), 0, []),
    (ClassTooFew(classes=1, first=5), rows(label=[5] * 10), 0, []),
    (ClassTooFew(), rows(label=[0], split=["extra"]), 1, []),  # the only split is to learn from
    (ClassTooFew(), rows(label=[0] * 10 + [0], split=["train"] * 10 + ["extra"]), 0, []),
    (ClassTooFew(), rows(label=[0] * 10 + [0], split=["mnist/train-b"] * 9 + ["mnist/val"] * 2), 1, []),
    (ClassTooFew(), rows(label=[*range(3)] * 20 + [7] * 10, split=["a/train"] * 30 + ["a/test"] * 30 + ["b/all"] * 10),
     0, []),  # classes of one set are none of another
    (ClassTooFew(), rows(label=[0, 1] * 10 + [0], split=["a/train"] * 20 + ["a/test"]), 1, []),
    (ClassTooFew(classes=2), rows(label=[0, 1] * 10 + [0], split=["train"] * 20 + ["val"]), 1, []),
    # ids outside the vocabulary
    (TokenIdOutOfVocab(**TEN), rows(outside_count=[0, 0], highest_id=[9, -1]), 0, []),
    (TokenIdOutOfVocab(**TEN), rows(outside_count=[0, 1], highest_id=[9, 10]), 1, ["f#1"]),
    (TokenIdOutOfVocab(**TEN), rows(outside_count=[3, None], highest_id=[4, 4]), 2, ["f#0", "f#1"]),
    # types: 65,536 ids fit 16 bits, and one more does not
    (TokenDtypeTooSmall(vocabulary=Vocabulary(size=65_536, eos=9)), rows(token_bit=[16, 16]), 0, []),
    (TokenDtypeTooSmall(**MANY), rows(token_bit=[32, 64]), 0, []),
    (TokenDtypeTooSmall(**MANY), rows(token_bit=[32, 16]), 1, []),
    (TokenDtypeTooSmall(**MANY), in_files(rows(token_bit=[16, 16, 32]), "a", "b", "c"), 2, []),
    # byte order: a fifth outside passes, and what swapping does not mend is another defect
    (TokenByteswapSuspect(**TEN), rows(token_count=[10, 10], outside_count=[2, 2], swapped_outside_count=[0, 0]), 0, []),
    (TokenByteswapSuspect(**TEN), rows(token_count=[10, 10], outside_count=[2, 3], swapped_outside_count=[0, 0]), 1, []),
    (TokenByteswapSuspect(**TEN), rows(token_count=[100], outside_count=[90], swapped_outside_count=[1]), 1, []),
    (TokenByteswapSuspect(**TEN), rows(token_count=[100], outside_count=[90], swapped_outside_count=[2]), 0, []),
    (TokenByteswapSuspect(**TEN), in_files(rows(token_count=[9, 9], outside_count=[9, 0], swapped_outside_count=[0, 0]),
                                           "a", "b"), 1, []),
    # every second id
    (TokenDtypeMisread(**TEN), rows(token_count=[20], token_bit=[16], alternate_zeros=[9]), 0, []),  # the boundary
    (TokenDtypeMisread(**TEN), rows(token_count=[20], token_bit=[16], alternate_zeros=[10]), 1, []),
    (TokenDtypeMisread(**TEN), rows(token_count=[20, 20], token_bit=[16, 16], alternate_zeros=[10, 9]), 1, []),
    (TokenDtypeMisread(**TEN), rows(token_count=[20], token_bit=[32], alternate_zeros=[10]), 0, []),
    # ends of text and documents
    (EosCountMismatch(**TEN), rows(eos_count=[1, 1], documents_stated=[2, 2]), 0, []),
    (EosCountMismatch(**TEN), rows(eos_count=[1, 0], documents_stated=[2, 2]), 1, []),
    (EosCountMismatch(**TEN), rows(eos_count=[1, 2], documents_stated=[2, 2]), 1, []),
    (EosCountMismatch(**TEN), rows(eos_count=[1, None], documents_stated=[None, None]).cast({"documents_stated": pl.Int64}),
     1, []),
    (EosCountMismatch(**TEN), in_files(rows(eos_count=[1, 1, 3], documents_stated=[1, 2, 2]), "a", "b", "b"), 1, []),
    # side by side: in a sample, and from one to the next of a file
    (EosConsecutive(**TEN), ids((1, 9), (1, 9)), 0, []),
    (EosConsecutive(**TEN), ids((1, 9), (9, 9)), 0.5, []),
    (EosConsecutive(**TEN), ids((1, 9), (-1, -1), (9, 1)), 0.5, []),
    (EosConsecutive(**TEN), in_files(ids((1, 9), (9, 1)), "a", "b"), 0.0, []),
    (EosConsecutive(**TEN), ids((1, 1), pairs=1), 1.0, []),
    (EosConsecutive(**TEN), rows(first_id=[1], last_id=[9], eos_count=[1000], eos_pairs=[1]), 0.001, []),  # the boundary
    (EosConsecutive(**TEN), rows(first_id=[1], last_id=[9], eos_count=[999], eos_pairs=[1]), 1 / 999, []),
    (EosConsecutive(**TEN), ids((-1, -1)), 0.0, []),
    # the end of a file
    (EosMissingAtEnd(**TEN), ids((1, 1), (1, 9)), 0, []),
    (EosMissingAtEnd(**TEN), ids((1, 9), (9, 1)), 1, []),
    (EosMissingAtEnd(**TEN), ids((1, 9), (-1, -1)), 0, []),
    (EosMissingAtEnd(**TEN), ids((-1, -1)), 1, []),
    (EosMissingAtEnd(**BOTH), ids((8, 1), (1, 1)), 0, []),
    (EosMissingAtEnd(**BOTH), in_files(ids((8, 1), (1, 8), (1, 9)), "a", "b", "c"), 1, []),
    # how many of the ids there are
    (VocabCoverageLow(**TEN, tokens=5), rows(id=[0, 1, 2, 3, 4], count=[1] * 5), 0.5, []),  # the boundary
    (VocabCoverageLow(**TEN, tokens=5), rows(id=[0, 1, 2, 3, 0], count=[1] * 5), 0.6, []),
    (VocabCoverageLow(**TEN, tokens=5), rows(id=[0] * 5, count=[1] * 5), 0.9, []),
    (VocabCoverageLow(**TEN, tokens=5), rows(id=[0] * 4, count=[1] * 4), 0.0, []),  # too few to tell
    # what is unknown
    (UnkRateHigh(**TEN), rows(token_count=[500, 500], unk_count=[1, 0]), 0.001, []),  # the boundary
    (UnkRateHigh(**TEN), rows(token_count=[500, 500], unk_count=[1, 1]), 0.002, []),
    (UnkRateHigh(**TEN), in_files(rows(token_count=[500, 500], unk_count=[0, 1]), "a", "b"), 0.002, []),
    (UnkRateHigh(**TEN), rows(token_count=[0], unk_count=[0]), 0.0, []),
    # control tokens, and ends of text in a document
    (SpecialTokenInText(), rows(control_count=[0, 0], inner_marks=[0, 5], is_document=[True, False]), 0, []),
    (SpecialTokenInText(), rows(control_count=[0, 1], inner_marks=[1, 0], is_document=[True, False]), 2, ["f#0", "f#1"]),
    (SpecialTokenInText(), rows(control_count=[None, 2], inner_marks=[0, 0], is_document=[True, True]), 2, ["f#0", "f#1"]),
    # what was counted before
    (ShardTokenCountManifest(**TEN), rows(token_count=[3, 4], tokens_stated=[7, 7]), 0, []),
    (ShardTokenCountManifest(**TEN), rows(token_count=[3, 4], tokens_stated=[8, 8]), 1, []),
    (ShardTokenCountManifest(**TEN), in_files(rows(token_count=[3, 4, 5], tokens_stated=[3, 3, 9]), "a", "b", "c"), 2, []),
    # windows that were there before: the first of equal ones is new
    (TokenWindowRepeated(), rows(at=[0, 64], window=[1, 2]), 0.0, []),
    (TokenWindowRepeated(), rows(at=[0, 64, 0, 64], window=[1, 2, 2, 1]), 0.5, ["f#2", "f#3"]),
    (TokenWindowRepeated(), rows(at=[64, 0, 128], window=[1, 1, 1]).with_columns(key=pl.lit("f#0")), 2 / 3, ["f#0", "f#0"]),
    (TokenWindowRepeated(), rows(at=[0] * 20, window=[1, *range(1, 20)]), 0.05, ["f#1"]),  # the boundary
    (TokenWindowRepeated(), rows(at=[0] * 19, window=[1, *range(1, 19)]), 1 / 19, ["f#1"]),
    # windows of two splits: 64 tokens and no fewer
    (TokenWindowCrossSplit(), anchor(1, 2), 0, []),
    (TokenWindowCrossSplit(), anchor(1, 1), 2, ["f#0", "f#1"]),
    (TokenWindowCrossSplit(), anchor(1, 1, splits="aa"), 0, []),
    (TokenWindowCrossSplit(), anchor(1, 1, left=16, right=16), 2, ["f#0", "f#1"]),  # the boundary
    (TokenWindowCrossSplit(), anchor(1, 1, left=16, right=15), 0, []),
    (TokenWindowCrossSplit(), anchor(1, 1, start=[0, 99]), 0, []),  # another text with that hash
    (TokenWindowCrossSplit(), anchor(1, 1, 1, splits="aba", start=[0, 0, 99]), 2, ["f#0", "f#1"]),
    # one depth
    (DepthMixed(), rows(depth_bit=[8, 8], split=["train", "test"]), 0, []),
    (DepthMixed(), rows(depth_bit=[32]), 0, []),
    (DepthMixed(), rows(depth_bit=[8, 16], split=["train", "test"]), 1, []),
    (DepthMixed(), rows(depth_bit=[8, 16, 32]), 2, []),
    (DepthMixed(), rows(depth_bit=[None, None]), 1, []),
    (DepthMixed(), rows(depth_bit=[8, None]), 1, []),
    (DepthMixed(), rows(depth_bit=[8.0, math.nan]), 1, []),
    # order: 5 % of the changes of a random order
    (OrderLeak(), rows(label=[0, 1] * 10), 0.0, []),
    (OrderLeak(), rows(label=[0] * 50 + [1] * 50), 1 - 1 / (99 * (1 - 2 * 50 * 49 / (100 * 99))), []),
    (OrderLeak(), rows(label=[0] * 9 + [1]), 1 - 1 / (9 * (1 - 9 * 8 / 90)), []),
    (OrderLeak(), rows(label=[0] * 9 + [1] * 9 + [0] * 9), 1 - 2 / (26 * (1 - (18 * 17 + 9 * 8) / (27 * 26))), []),
    (OrderLeak(), rows(label=[7] * 9), 0.0, []),
    (OrderLeak(), rows(label=[3]), 0.0, []),
    # sizes
    (SplitSize(sizes={"train": 2}), rows(label=[0, 0]), 0, []),
    (SplitSize(sizes={"train": 2}), rows(label=[0]), 1, []),
    (SplitSize(sizes={"train": 2}), rows(label=[0] * 4), 2, []),
    (SplitSize(sizes={"train": 1}), rows(label=[0, 0], split=["train", "more"]), 1, []),
    (SplitSize(sizes={"train": 1, "test": 3}), rows(label=[0]), 3, []),
    # predictions: t_k is the mean of p[k] over the samples labelled k
    (LabelIssueConfidentLearning(), predicted([0, 0, 1, 1], (0.9, 0.1), (0.8, 0.2), (0.1, 0.9), (0.2, 0.8)), 0, []),
    (LabelIssueConfidentLearning(), predicted([0, 0, 0, 1], (1, 0), (1, 0), (0.1, 0.9), (0.1, 0.9)), 1, ["f#2"]),
    (LabelIssueConfidentLearning(), predicted([0, 0, 1, 1], (1, 0), (0, 1), (1, 0), (0, 1)), 2, ["f#1", "f#2"]),
    # the boundary: t_1 is 0.9, and p_1 may lack 1e-6
    (LabelIssueConfidentLearning(), predicted([0, 0, 1], (1, 0), (0.1000005, 0.8999995), (0.1, 0.9)), 1, ["f#1"]),
    (LabelIssueConfidentLearning(), predicted([0, 0, 1], (1, 0), (0.100002, 0.899998), (0.1, 0.9)), 0, []),
    # sure of one class: that one, though another is likelier
    (LabelIssueConfidentLearning(), predicted([0, 0, 1], (1, 0), (0.6, 0.4), (0.7, 0.3)), 1, ["f#1"]),
    # sure of both: the likelier
    (LabelIssueConfidentLearning(), predicted([0, 0, 1, 1], (0.6, 0.4), (0.2, 0.8), (0.4, 0.6), (0.8, 0.2)),
     2, ["f#1", "f#3"]),
    # a class without samples has no threshold; a label without a class is an issue; first=1
    (LabelIssueConfidentLearning(), predicted([0, 0], (0.9, 0.1), (0.0, 1.0)), 0, []),
    (LabelIssueConfidentLearning(), predicted([0, 2, None, -1], *[(0.9, 0.1)] * 4), 3, ["f#1", "f#2", "f#3"]),
    (LabelIssueConfidentLearning(first=1), predicted([1, 1, 2, 2], (0.9, 0.1), (0.8, 0.2), (0.1, 0.9), (0.2, 0.8)), 0, []),
    # embeddings: the nearest of each
    (ImageEmbeddingDuplicate(), rows(embedding=[[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]]), 0, []),
    (ImageEmbeddingDuplicate(), rows(embedding=[[1.0, 0.0], [0.0, 1.0], [5.0, 0.1]]), 2, ["f#0", "f#2"]),
    (ImageEmbeddingDuplicate(), rows(embedding=[[3.0, 4.0]] * 3, split=["a", "b", "c"]), 3, ["f#0", "f#1", "f#2"]),
    (ImageEmbeddingDuplicate(cosine=0.6), rows(embedding=[[1.0, 0.0], [0.6, 0.8]]), 2, ["f#0", "f#1"]),  # the boundary
    (ImageEmbeddingDuplicate(cosine=0.6), rows(embedding=[[1.0, 0.0], [0.5999, 0.80007]]), 0, []),
    (ImageEmbeddingDuplicate(), rows(embedding=[[1.0, 0.0], [0.0, 0.0]]), 1, ["f#1"]),  # points nowhere
    (ImageEmbeddingDuplicate(), rows(embedding=[[1e300, 0.0], [0.0, 1e-300]]), 0, []),
    (ImageEmbeddingDuplicate(), rows(embedding=[[1.0, 1.0]]), 0, []),  # alone
    # order: clean; sorted by class; halves of two populations; p of 2 in 40, and of 1; copies;
    # splits of two populations, each of them in random order
    (NonIidOrder(), rows(embedding=turned(*shuffled(60, 28))), 0, []),
    (NonIidOrder(), rows(embedding=np.eye(3)[[0] * 20 + [1] * 20 + [2] * 20].tolist()), 25 / 26, []),
    (NonIidOrder(), rows(embedding=turned(*[n + 50 * (at > 29) for at, n in enumerate(shuffled(60, 28))])), 25 / 26, []),
    (NonIidOrder(permutations=39), rows(embedding=turned(*shuffled(60, 73))), 38 / 40, []),
    (NonIidOrder(permutations=39), rows(embedding=turned(*shuffled(60, 5))), 39 / 40, []),
    (NonIidOrder(), rows(embedding=[[1.0, 2.0]] * 60), 16 / 26, []),
    (NonIidOrder(), rows(embedding=turned(*shuffled(60, 28), *[n + 50 for n in shuffled(60, 40)]), split=["a"] * 60 + ["b"] * 60), 0, []),
    (NonIidOrder(neighbours=1), rows(embedding=turned(0, 1, 5)), 9 / 26, []),  # others have as much
    # sizes of images: √(w·h) beyond 3 IQR of the quartiles
    (ImageOddSize(), sizes(*[(n, n) for n in range(100, 120)]), 0, []),
    (ImageOddSize(), sizes(*[(224, 224)] * 9, (4000, 4000)), 1, ["f#9"]),  # IQR 0: any other size
    (ImageOddSize(), sizes(*[(100, 200)] * 5, *[(200, 100)] * 5), 0, []),  # turned, and no other size
    (ImageOddSize(), sizes((1, 1), (2, 2), (3, 3), (4, 4), (10, 10)), 0, []),  # Q3 + 3 IQR is 10
    (ImageOddSize(), sizes((1, 1), (2, 2), (3, 3), (4, 4), (10, 11)), 1, ["f#4"]),
    (ImageOddSize(iqr_factor=2.9), sizes((1, 1), (2, 2), (3, 3), (4, 4), (10, 10)), 1, ["f#4"]),
    (ImageOddSize(), sizes((1, 1), (9, 0), (None, 9)), 2, ["f#1", "f#2"]),  # no size is no pass
    (ImageOddSize(), sizes((None, None)), 1, ["f#0"]),
    # a property that tells the label; the others of a bin tell it
    (Q112, rows(label=[0, 1] * 5, mean=[7.0] * 10), 0.0, []),
    (Q112, rows(label=[0] * 5 + [1] * 5, mean=DARK + LIGHT), 1.0, []),
    (Q112, rows(label=[0] * 5 + [1] * 5, mean=DARK + DARK), 0.0, []),
    (Q112, rows(label=[0] * 5 + [1] * 5, mean=[math.nan] * 5 + LIGHT), 1.0, []),  # what is none tells too
    (Q112, rows(label=[0, 1], mean=[1.0, 200.0]), 0.0, []),  # a bin of one tells nothing of others
    (Q112, rows(label=[3] * 4, mean=[1.0, 2.0, 3.0, 4.0]), 0.0, []),  # one class: nothing to tell
    (Q112, rows(label=[0] * 5 + [1] * 5, mean=DARK + LIGHT[:3] + DARK[:2]), 0.6, []),
    (PropertyLabelCorrelation(properties=("mean", "std")),
     rows(label=[0] * 5 + [1] * 5, mean=[7.0] * 10, std=DARK + LIGHT), 1.0, []),
    # published lists
    (KnownBadListHit(listed={"a.JPEG": "x"}), rows(label=[0, 1]), 0, []),
    (KnownBadListHit(listed={"a.JPEG": "x"}), files("a.JPEG", "b/a.JPEG", "ba.JPEG", "a.JPEG/b")
     .rename({"path": "key"}).with_columns(split=pl.lit("train")), 2, ["a.JPEG", "b/a.JPEG"]),
    (KnownBadListHit(listed={"test#1": "x"}), rows(label=[0] * 3, split=["train", "test", "test"]), 1, ["f#1"]),
    (KnownBadListHit(listed={"train#1": "x", "train#01": "y"}), rows(label=[0] * 12), 1, ["f#1"]),
    # classes by folder
    (ClassSetDiffersBetweenSplits(), classes("train/a", "train/b", "val/a", "val/b"), 0, []),
    (ClassSetDiffersBetweenSplits(), classes("train/a", "val/a", "val/aardvark"), 1, ["val/aardvark"]),
    (ClassSetDiffersBetweenSplits(), classes("train/a", "val/b"), 2, ["train/a", "val/b"]),
    (ClassSetDiffersBetweenSplits(), classes("a", "b"), 0, []),  # one split
    (ClassSetDiffersBetweenSplits(), classes("x/train/a", "x/val/a", "y/train/b"), 0, []),  # sets apart
    (ClassSetDiffersBetweenSplits(), classes("x/train/a", "x/val/b", "y/train/b"), 2, ["x/train/a", "x/val/b"]),
    (ClassList(classes=("a", "b")), classes("train/a", "train/b", "val/b", "val/a"), 0, []),
    (ClassList(classes=("a", "b")), classes("train/a", "train/b", "val/b"), 1, []),
    (ClassList(classes=("a", "b")), classes("a", "b", "c", "val/c"), 4, []),
    (LabelMissing(), rows(label=[0, 5]), 0, []),
    (LabelMissing(), rows(label=[0, None]), 1, ["f#1"]),
    (LabelMissing(), rows(label=pl.Series([None, None], dtype=pl.Int64)), 2, ["f#0", "f#1"]),
    (ClassNameVariant(), classes("dog", "cat", "dogs", "val/dog"), 0, []),
    (ClassNameVariant(), classes("Dog", "dog", "cat"), 2, ["Dog", "dog"]),
    (ClassNameVariant(), classes("hot dog", "hot-dog", "val/hot_dog"), 3, ["hot dog", "hot-dog", "val/hot_dog"]),
    (ClassNameVariant(), classes("ﬁg", "fig", "straße", "STRASSE"), 4, ["STRASSE", "fig", "straße", "ﬁg"]),
    (ImagefolderEmptyClass(), classes("a", "b", samples=[1, 9]), 0, []),
    (ImagefolderEmptyClass(), classes("a", "zebra", samples=[1, 0]), 1, ["zebra"]),
    (ImagefolderEmptyClass(), classes("a", "b", samples=[None, -1]), 2, ["a", "b"]),
    (ImagefolderHiddenClassDir(), classes("a", "a.b", "_x", "__MACOS"), 0, []),
    (ImagefolderHiddenClassDir(), classes("a", ".ipynb_checkpoints", "val/__MACOSX"), 2,
     [".ipynb_checkpoints", "val/__MACOSX"]),
    (ImagefolderHiddenClassDir(), classes("."), 1, ["."]),
    # files
    (JunkFile(), files("a", "b/c.txt", "x.part.gz", "DS_Store"), 0, []),
    (JunkFile(), files("._a", "x/.DS_Store", "Thumbs.db", "b/__MACOSX/c", "a.swp", "ok"), 5,
     ["._a", "Thumbs.db", "a.swp", "b/__MACOSX/c", "x/.DS_Store"]),
    (JunkFile(), files("x.tmp"), 1, ["x.tmp"]),
    (ByteIdentical(), files("a", "b"), 0, []),
    (ByteIdentical(), files("a", "b", sha256=["x", "x"]), 1, ["a", "b"]),
    (ByteIdentical(), files("a", "b", "c", sha256=["x", "x", "x"], paper=[False, False, True]), 1, ["a", "b"]),
    (ByteIdentical(), files("a", "b", sha256=["x", "x"], paper=[False, True]), 0, []),
    # columns: what each holds, and null
    (NullRateHigh(**C), column(*range(20)), 0, []),
    (NullRateHigh(**C), column(*range(19), None), 0.05, []),  # the boundary
    (NullRateHigh(**C), column(*range(18), None, None), 0.1, []),
    (NullRateHigh(**C), column(1.0, math.nan), 0.5, []),
    (NullRateHigh(columns=("c", "d")), column(1, 2, d=[None, None]), 1.0, []),
    (ConstantColumn(**C), column("a", "b"), 0, []),
    (ConstantColumn(**C), column("a", None), 0, []),
    (ConstantColumn(**C), column("a", "a"), 1, []),
    (ConstantColumn(**C), column(None, None), 1, []),
    (ConstantColumn(columns=("c", "d")), column(1, 1, d=[2.5, 2.5]), 2, []),
    (MixedNullTokens(**C), column("a", "", ""), 0, []),
    (MixedNullTokens(**C), column("a", None), 0, []),
    (MixedNullTokens(**C), column("", "NA"), 1, []),
    (MixedNullTokens(**C), column(None, "null "), 1, []),
    (MixedNullTokens(columns=("c", "d")), column("none", "-", d=["nan", "NaN"]), 1, []),
    (MixedTypes(**C), column(*"abcdefghij"), 0, []),
    (MixedTypes(**C), column("7", *["x"] * 9), 0, []),  # the boundary: 10 % are a kind of their own
    (MixedTypes(**C), column("7", *["x"] * 99), 0, []),  # and 1 % are single errors
    (MixedTypes(**C), column("7", *["x"] * 10), 1, []),
    (MixedTypes(**C), column("x", *["-1.5e3"] * 98), 1, []),
    (StringVariants(**C), column("USA", "Canada", None), 0, []),
    (StringVariants(**C), column("USA", "usa "), 1, []),
    (StringVariants(**C), column("e\u0301", "\u00e9"), 1, []),
    (StringVariants(**C), column("-", "?", ""), 0, []),  # of these nothing is left to compare
    (StringVariants(**C), column(*map(str, range(10_000)), "a", "A"), 0, []),  # no categories
    (IdentifierColumnAsFeature(**C), column(3, 3, 5), 0, []),
    (IdentifierColumnAsFeature(**C), column(3, 5, 4), 1, []),
    (IdentifierColumnAsFeature(**C), column(-1, 0, 1), 1, []),
    (IdentifierColumnAsFeature(**C), column(3, 5, None), 0, []),
    (IdentifierColumnAsFeature(**C), column(7), 0, []),
    (IdentifierColumnAsFeature(**C), column(1, 3, 3, 4, 4), 0, []),
    (IdentifierColumnAsFeature(**C), column(0.0, 1.0), 0, []),
    (UnitScaleMixture(**C), column(1.0, 5.0, 99.0), 0, []),
    (UnitScaleMixture(**C), column(1.0, 1.2, 200.0), 1, []),
    (UnitScaleMixture(**C), column(-1, 1000, 0, 0), 1, []),
    (UnitScaleMixture(**C), column(*[1.0] * 99, 1000.0), 1, []),  # the boundary: 1 % of them
    (UnitScaleMixture(**C), column(*[1.0] * 100, 1000.0), 0, []),
    (UnitScaleMixture(**C), column(0.0, math.nan, None), 0, []),
    (TimestampFuture(), times(0, None), 0, []),
    (TimestampFuture(), times(0, 365 * 900), 1, ["f#1"]),
    (TimestampFuture(), times(-365 * 29, -365 * 31), 1, ["f#1"]),
    (UniqueViolation(column="c"), column("a", "b"), 0, []),
    (UniqueViolation(column="c"), column("a", "b", "a"), 1, ["f#0", "f#2"]),
    (UniqueViolation(column="c"), column(1, 1, **TRAIN_TEST), 1, ["f#0", "f#1"]),
    (REFERS, referring("aab", "abc"), 0, []),
    (REFERS, referring("abx", "abc"), 1, ["f#2"]),
    (REFERS, referring("xyxa", "abcd"), 2, ["f#0", "f#1", "f#2"]),
    (REFERS, referring([None, None, "a"], ["a", None, "c"]), 0, []),
    (REFERS, referring(["a", ""], ["A", None]), 2, ["f#0", "f#1"]),
    (REFERS, referring([2, 1], [1, 2], **TRAIN_TEST), 0, []),  # whatever the split
    (REFERS, referring([1.0, None, 3.0], [1, 2, 3]), 0, []),  # a float is what pandas makes of a null
    (REFERS, referring([1.0, 2.5, 9.0], [1, 2, 3]), 2, ["f#1", "f#2"]),
    (REFERS, referring([1, 11], ["1", "2"]), 1, ["f#1"]),  # as text
    (REFERS, referring([b"\xff", b"\x00"], [b"\xff", b"\x01"]), 1, ["f#1"]),
    (REFERS, referring([7], [None]), 1, ["f#0"]),  # there are no keys at all
    (DetokeniseRoundtrip(), rows(lost=[0.0, 0.01], found=["", ""]), 0, []),  # the boundary
    (DetokeniseRoundtrip(), rows(lost=[0.0, 0.0101, 1.0], found=["", "a", "b"]), 2, ["f#1", "f#2"]),
    (DetokeniseRoundtrip(), rows(lost=[math.nan, None], found=["a", None]), 2, ["f#0", "f#1"]),
    (DetokeniseRoundtrip(share=0.5), rows(lost=[0.5, 0.6], found=["", "a"]), 1, ["f#1"]),
    # ids, groups and times
    (IdDuplicateAcrossShards(), column("a", "b", name="id"), 0, []),
    (IdDuplicateAcrossShards(), column("a", "a", name="id"), 1, ["f#0", "f#1"]),
    (IdDuplicateAcrossShards(), column("a", None, name="id"), 1, ["f#1"]),
    (IdDuplicateAcrossShards(), column("a", "a", name="id", **TRAIN_TEST), 0, []),
    (IdLeak(), column("a", "a", name="id"), 0, []),
    (IdLeak(), column("a", "a", name="id", **TRAIN_TEST), 1, ["f#0", "f#1"]),
    (IdLeak(), column(7, 7, 8, 8, name="id", split=["train", "val", "val", "val"]), 1, ["f#0", "f#1"]),
    (GroupLeak(), column("p", "p", "q", name="group"), 0, []),
    (GroupLeak(), column("p", "p", name="group", **TRAIN_TEST), 1, ["f#0", "f#1"]),
    (GroupLeak(), column("p", None, name="group", **TRAIN_TEST), 1, ["f#1"]),
    (GroupLeak(), column("p", "", name="group", **TRAIN_TEST), 1, ["f#1"]),
    (GroupLeak(), column("", " \t", name="group", **TRAIN_TEST), 2, ["f#0", "f#1"]),
    (GroupLeak(), column("", "", name="group"), 1, ["f#0", "f#1"]),
    (GroupLeak(), column(0, 1, name="group", **TRAIN_TEST), 0, []),
    (GroupLeak(), column(False, False, name="group", **TRAIN_TEST), 1, ["f#0", "f#1"]),
    (IdUnstableAcrossVersions(), rows(digest=digests("aa"), id=["1", "1"], origin=["data", "reference"]), 0, []),
    (IdUnstableAcrossVersions(), rows(digest=digests("aa"), id=["1", "2"], origin=["data", "reference"]), 1, ["f#0"]),
    (IdUnstableAcrossVersions(), rows(digest=digests("ab"), id=["1", "2"], origin=["data", "reference"]), 0, []),
    (IdUnstableAcrossVersions(), rows(digest=digests("aaab"), id=["1", "3", "2", "9"],
                                      origin=["data", "data", "reference", "reference"]), 1, ["f#0", "f#1"]),
    (IdUnstableAcrossVersions(), rows(digest=digests("aaa"), id=["1", "2", "1"], origin=["data", "reference", "reference"]), 0, []),
    (TemporalLeak(), times(0, 5, **TRAIN_TEST), 0, []),
    (TemporalLeak(), times(5, 5, **TRAIN_TEST), 0, []),  # the boundary
    (TemporalLeak(), times(6, 5, **TRAIN_TEST), 1, ["f#0"]),
    (TemporalLeak(), times(6, 7, 1, 9, split=["train", "train", "train", "dev"]), 0, []),
    (TemporalLeak(), times(6, 7, 1, 5, split=["train", "train", "train", "dev"]), 2, ["f#0", "f#1"]),
    (TemporalLeak(), times(6, None, **TRAIN_TEST), 1, ["f#1"]),
    (TemporalLeak(), times(6, 1), 0, []),
    # rows
    (RowHashLeak(), rows(digest=digests("ab"), **TRAIN_TEST), 0, []),
    (RowHashLeak(), rows(digest=digests("aa"), **TRAIN_TEST), 1, ["f#0", "f#1"]),
    (RowHashLeak(), rows(digest=digests("aabb"), split=["train", "test"] * 2), 2, ["f#0", "f#1", "f#2", "f#3"]),
    (DuplicateRows(), rows(digest=digests("abc")), 0, []),
    (DuplicateRows(), rows(digest=digests("aaab")), 0.5, ["f#0", "f#1", "f#2"]),
    (DuplicateRows(), rows(digest=digests("aa"), **TRAIN_TEST), 0, []),
    (DuplicateRows(), rows(digest=digests("abcdefghijklmnopqrss")), 0.05, ["f#18", "f#19"]),  # the boundary
    (DuplicateRows(), rows(digest=digests("aabb")), 0.5, ["f#0", "f#1", "f#2", "f#3"]),
    (ConflictingLabels(), rows(digest=digests("aab"), label=["x", "x", "y"]), 0, []),
    (ConflictingLabels(), rows(digest=digests("aa"), label=["x", "y"]), 1, ["f#0", "f#1"]),
    (ConflictingLabels(), rows(digest=digests("aab"), label=[1, 2, 2]), 1, ["f#0", "f#1"]),
    (TargetLeak(properties=("c",)), column(*"xyxy", label=[0, 0, 1, 1]), 0, []),
    (TargetLeak(properties=("c",)), column(*"xxyy", label=[0, 0, 1, 1]), 1.0, []),
    (TargetLeak(properties=("c",)), column(*"abcd", label=[0, 0, 1, 1]), 0, []),  # a name tells nothing
    (TargetLeak(properties=("c",)), column(1.0, 1.0, 9.0, 9.0, label=["x", "x", "y", "y"]), 1.0, []),
    (SmallTestSplit(), rows(split=["train"] * 200 + ["test"] * 100), 0, []),
    (SmallTestSplit(), rows(split=["train"] * 200 + ["test"] * 99), 1, []),
    (SmallTestSplit(rows=1, share=0.01), rows(split=["train"] * 201 + ["val"] * 2 + ["test"] * 3), 1, []),
    (SmallTestSplit(), rows(split=["train"] * 5), 0, []),
    (LabelCardinality(classes=2), rows(label=[0, 1, 1, None]), 0, []),
    (LabelCardinality(classes=3), rows(label=["a", "b"]), 1, []),
    (LabelCardinality(classes=1), rows(label=["a", "b", "c"]), 2, []),
    (LabelMissingInSplit(), rows(label=["a", "b", "a", "b"], split=["train", "train", "test", "test"]), 0, []),
    (LabelMissingInSplit(), rows(label=["a", "b"]), 0, []),
    (LabelMissingInSplit(), rows(label=[1, 2, 1], split=["train", "train", "test"]), 1, []),
    (LabelMissingInSplit(), rows(label=[1, 2, 3, 4], split=["train", "train", "test", "test"]), 4, []),
    # the manifest, and numbered shards
    (ManifestChecksumMismatch(), stated(a=("x", "x"), b=("y", None), c=(None, "z")), 0, []),
    (ManifestChecksumMismatch(), stated(a=("x", "y"), b=("y", "y")), 1, ["a"]),
    (ManifestChecksumMismatch(), stated(a=("x", "y"), b=(None, "")), 2, ["a", "b"]),
    (ManifestFileMissing(), stated(a=("x", "y"), b=("y", None)), 0, []),
    (ManifestFileMissing(), stated(a=(None, "y")), 1, ["a"]),
    (ManifestFileMissing(), stated(a=(None, "y"), b=(None, "y"), c=(None, "")), 2, ["a", "b"]),
    (ManifestFileUnlisted(), stated(a=("x", "x")), 0, []),
    (ManifestFileUnlisted(), stated(a=("x", None), b=("x", None)), 2, ["a", "b"]),
    (ManifestFileUnlisted(), stated(README=("x", None)), 0, []),
    (ManifestFileUnlisted(), stated(a=("x", None)), 1, ["a"]),
    (ShardNumberGap(), files("x-00000-of-00002.gz", "x-00001-of-00002.gz", "y"), 0, []),
    (ShardNumberGap(), files("x-00000-of-00003.gz", "x-00002-of-00003.gz"), 1, []),
    (ShardNumberGap(), files("x-1-of-2", "x-2-of-2"), 2, []),  # 2 is too many, 0 is missing
    (ShardNumberGap(), files("a-0-of-1", "b-0-of-2"), 1, []),
    (ShardNumberGap(), files("a-0-of-2", "a-1-of-2", "a-1-of-3"), 1, []),
    (ShardNumberGap(), files("a-0-of-2", "a-00-of-2", "a-1-of-2"), 1, []),
    (ShardNumberGap(), files("a-0-of-99999999999999999999"), 1, []),
    (ShardSizeImbalance(), files("a0", "a1", "a2", "a3", bytes=[9, 9, 27, 999]), 3.0, []),  # the last is let be
    (ShardSizeImbalance(), files("a0", "a1", "a2", "a3", bytes=[9, 9, 90, 9]), 10.0, []),
    (ShardSizeImbalance(), files("a0", "a1", "a2", bytes=[9, 90, 9]), 0, []),  # too few to tell
    (ShardSizeImbalance(), files("a", "b", "c", "d", bytes=[1, 1, 99, 1]), 0, []),
    (ShardSizeImbalance(), files("a0", "a1", "a2", "a3", bytes=[0, 0, 8, 9]), 8.0, []),
    (SplitNameAmbiguous(), files("train.jsonl", "val/dev.jsonl", "trainer_test.txt", "latest_train"), 0, []),
    (SplitNameAmbiguous(), files("train_eval.jsonl"), 1, ["train_eval.jsonl"]),
    (SplitNameAmbiguous(), files("Test-Train/0.gz", "x"), 1, ["Test-Train/0.gz"]),
    (SplitNameAmbiguous(), files("train/test.jsonl"), 0, []),
    (RecordCountMismatch(), counts(train=(9, 9)), 0, []),
    (RecordCountMismatch(), counts(train=(9, 10), test=(1, 1)), 1, ["train"]),
    (RecordCountMismatch(), counts(train=(10, 9), test=(0, 1)), 2, ["test", "train"]),
    (FilenameNotPortable(), files("a", "b/a", "é.png", "x" * 255), 0, []),
    (FilenameNotPortable(), files("A.jpg", "a.jpg", "b.jpg"), 2, ["A.jpg", "a.jpg"]),
    (FilenameNotPortable(), files("a?", "b ", "c.", "d|", "e:f", "g*", '"h"', "<i>"), 8,
     ['"h"', "<i>", "a?", "b ", "c.", "d|", "e:f", "g*"]),
    (FilenameNotPortable(), files("x" * 256), 1, ["x" * 256]),
    (FilenameNotPortable(), files("e\u0301.png"), 1, ["e\u0301.png"]),
    # claims: of records about themselves, and of filters
    (STATED, rows(length=[3, None], true=[3, 9], share=[0.5, None], part=[0.5, 0.1]), 0, []),
    (STATED, rows(length=[3, 4], true=[3, 3], share=[0.5, None], part=[0.5, 0.1]), 1, ["f#1"]),
    (STATED, rows(length=[10**15], true=[10**15 + 1], share=[0.5], part=[0.5]), 1, ["f#0"]),
    (STATED, rows(length=[1, 1, 1], true=[1, 1, 1], share=[1 + 9e-7, 1 + 2e-6, math.nan], part=[1.0, 1.0, 1.0]), 2, ["f#1", "f#2"]),
    (STATED, rows(length=[1, 1], true=[1, None], share=[0.5, 0.5], part=[math.nan, 0.5]), 2, ["f#0", "f#1"]),
    (STATED, rows(length=["3", "x"], true=[3, 3], share=[0.5, 0.5], part=[0.5, 0.5]), 1, ["f#1"]),
    (FILTERED, rows(words=[50, 100], share=[0.3, 0.0]), 0, []),
    (FILTERED, rows(words=[49, 101, 50], share=[0.3, 0.31, 0.31]), 3, ["f#0", "f#1", "f#2"]),
    (FILTERED, rows(words=[None, 60, 60], share=[0.1, math.nan, 0.0]), 2, ["f#0", "f#1"]),
    (NEVER, rows(words=[60, 49, 101], **BEFORE), 0, []),
    (NEVER, rows(words=[10, 50, 101], **BEFORE), 1, []),  # the data themselves are filtered
    (NEVER, rows(words=[60, 50, 100], **BEFORE), 2, []),
    (NEVER, rows(words=[60, None, None], **BEFORE), 2, []),  # a metric that nothing fills
    (NEVER, rows(words=[60.0, math.nan, 49.0], **BEFORE), 1, []),
    (NEVER, rows(words=[60, 60, 60], origin=["data", "data", "reference"]), 0, []),  # too few to tell
    # languages: of the standard, and of the record
    # tokens of conversations: the boundary; a plant; the answer cut; what is unknown fails
    (ChatTooLong(), rows(tokens=[4096, 5], before=[4095, 0]), 0, []),
    (ChatTooLong(), rows(tokens=[4097, 5, 5000], before=[10, 0, 4200]), 2 / 3, ["f#0", "f#2"]),
    (ChatTooLong(most_tokens=4), rows(tokens=[5, None], before=[5, None]), 1, ["f#0", "f#1"]),
    (ChatAnswerCut(), rows(tokens=[4097, 5], before=[4095, 0]), 0, []),
    (ChatAnswerCut(), rows(tokens=[4097, 5000, 4096], before=[4096, 4200, 4096]), 2 / 3, ["f#0", "f#1"]),
    (ChatAnswerCut(), rows(tokens=[9, None], before=[3, None]), 0.5, ["f#1"]),
    # examples: ten are enough, nine are not, and what nobody read says nothing
    (ChatTokenizerToken(), rows(found=[0, 0]), 0, []),
    (ChatTokenizerToken(), rows(found=[0, 1, None]), 2, ["f#1", "f#2"]),
    (ChatTokenizerToken(), rows(found=[7]), 1, ["f#0"]),
    (ChatOtherForm(), rows(form=["openai", "alpaca", "completion", "sharegpt"]), 0, []),
    (ChatOtherForm(), rows(form=["openai", "kto", "preference", None]), 3, ["f#1", "f#2", "f#3"]),
    (ChatOtherForm(forms=("kto",)), rows(form=["kto", "openai"]), 1, ["f#1"]),
    (ChatTooFewExamples(), rows(turns=[2] * 10), 0, []),
    (ChatTooFewExamples(), rows(turns=[2] * 9), 1, []),
    (ChatTooFewExamples(examples=3), rows(turns=[2]), 2, []),
    (ChatTooFewExamples(examples=3), rows(turns=[2] * 3), 0, []),
    (LanguageIdLow(), rows(language_probability=[0.66, 1.0]), 0, []),
    (LanguageIdLow(), rows(language_probability=[0.66, 0.65, 0.0]), 2, ["f#1", "f#2"]),
    (LanguageIdLow(), rows(language_probability=[math.nan, 1.0, 2.0]), 2, ["f#0", "f#2"]),  # are none
    (LanguageIdLow(above=0.3, in_language="fr"), rows(language_probability=[0.31, 0.3]), 1, ["f#1"]),
    (PerplexityHigh(), rows(perplexity=[1.0, 1500.0]), 0, []),
    (PerplexityHigh(), rows(perplexity=[1.0, 1500.1, 1e308]), 2, ["f#1", "f#2"]),
    (PerplexityHigh(most=340), rows(perplexity=[340.0, 341.0, math.nan, math.inf]), 3, ["f#1", "f#2", "f#3"]),
    (LanguageMetadataMismatch(), rows(language=["en", "EN-us", "eng", "fr"], language_found=["en"] * 4,
                                      language_found_probability=[1.0, 1.0, 1.0, 0.89]), 0, []),
    (LanguageMetadataMismatch(), rows(language=["en", "en", "?"], language_found=["en", "fr", "en"],
                                      language_found_probability=[1.0, 0.9, 1.0]), 2, ["f#1", "f#2"]),
    (LanguageMetadataMismatch(sure=0.5), rows(language=["en", "de"], language_found=["fr", "fr"],
                                              language_found_probability=[0.5, math.nan]), 2, ["f#0", "f#1"]),
    *box_cases.CASES,
    *drift_cases.CASES,
    *sight_cases.CASES,
    *span_cases.CASES,
    *response_cases.cases(pairs, runs),
    *mask_cases.CASES,
    *voc_cases.CASES,
    *waiver_cases.CASES,
]  # fmt: skip


def parts_of(rule, table, cuts):
    """Any partition that a rule allows: runs of rows, or by the value that they meet on."""
    if rule.meets_on is None:
        edges = sorted({0, table.height, *(c % (table.height + 1) for c in cuts)})
        return [table[a:b] for a, b in itertools.pairwise(edges)]
    buckets = {}
    for n, value in enumerate(table[rule.meets_on].to_list()):
        place = (hash(str(value)) + sum(cuts)) % (len(cuts) + 1)
        buckets.setdefault(place, []).append(n)
    return [table[numbers] for numbers in buckets.values()]


def test_every_rule_has_cases_of_both_kinds():
    # One that adds to another's definition has no code of its own.
    judged = {type(rule) for rule, *_ in CASES if "code" in vars(type(rule))}
    elsewhere = {kind for kind in RULES if kind.__module__.startswith("datastd.rules.norms.")}  # theirs are beside this
    assert judged == {*RULES} - {RowLimit, RequiredInput} - elsewhere
    for kind in judged:
        observed = [amount for rule, _, amount, _ in CASES if type(rule) is kind]
        assert observed.count(0) >= 1
        assert sum(amount > 0 for amount in observed) >= 2


def looked_at(rule, table):
    """The rows that a rule counts as looked at: of the data, and each once."""
    once = {"other": pl.col("other").is_null(), "refers": pl.col("refers")}
    origin = "reference" if isinstance(rule, FilterNeverFires) else "data"
    return table.filter(pl.col("origin") == origin, *(one for name, one in once.items() if name in table.columns))


@pytest.mark.parametrize(("rule", "table", "observed", "keys"), CASES)
def test_the_rule_finds_what_was_planted_and_nothing_else(rule, table, observed, keys):
    measured = fold(rule, [table])
    assert measured.observed == pytest.approx(observed)
    assert measured.checked == looked_at(rule, table).height
    assert rule.failing(table).schema.names()[: len(FAILING)] == [*FAILING]
    assert sorted(rule.failing(table)["key"].to_list()) == sorted(keys)
    if keys:
        assert measured.failed == len(keys)
        assert [one.key for one in measured.examples] == keys[:5]


@pytest.mark.parametrize(("rule", "table", "observed", "keys"), CASES)
def test_the_verdict_is_what_the_limit_makes_of_it(rule, table, observed, keys):
    outcome = rule.judge(fold(rule, [table])).outcome
    bad = Outcome.FAIL if rule.level is Level.ERROR else Outcome.WARN
    assert outcome == (bad if observed > rule.limit else Outcome.PASS)


@pytest.mark.parametrize(("rule", "table", "observed", "keys"), CASES)
@given(cuts=st.lists(st.integers(0, 100), max_size=5))
def test_how_the_rows_are_cut_up_changes_nothing(rule, table, observed, keys, cuts):
    assert fold(rule, parts_of(rule, table, cuts)) == fold(rule, [table])


@pytest.mark.parametrize(("rule", "table", "observed", "keys"), CASES)
def test_nothing_looked_at_is_unknown(rule, table, observed, keys):
    for parts in ([], [table.clear()]):
        measured = fold(rule, parts)
        assert measured.checked == 0
        assert rule.judge(measured).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(("rule", "table", "observed", "keys"), CASES)
@given(cuts=st.lists(st.integers(0, 100), min_size=1, max_size=5))
def test_partials_may_be_made_one_at_any_time(rule, table, observed, keys, cuts):
    partials = [rule.partial(part) for part in parts_of(rule, table, cuts)]
    half = len(partials) // 2
    some = [rule.merged(partials[:half] or partials[:1]), *partials[half or 1 :]]
    assert rule.finish(some) == rule.finish(partials)
    if isinstance(rule, LaterRule):
        assert rule.learn(some).sort(pl.all()).equals(rule.learn(partials).sort(pl.all()))


SAMPLES = st.lists(
    st.tuples(
        st.sampled_from("abcdef"), st.integers(-1, 4), st.sampled_from(["train", "test"]),
        st.sampled_from([0.0, 1.0, math.nan]),
    ),
    min_size=1, max_size=25,
)  # fmt: skip
ON_SAMPLES = [
    ConstantImage(), LabelOutOfRange(classes=3), ExactDuplicate(), ExactDuplicateCrossSplit(),
    DuplicateConflictingLabel(), InEvaluation(), ClassImbalance(), ClassImbalance(classes=3),
    ClassTooFew(), ClassTooFew(classes=3, train=3), OrderLeak(), SplitSize(sizes={"train": 9}),
    CifarLabelRange(classes=3), Cifar100LabelRange(classes=3, coarse=2), CifarChannelOrder(images=1),
    DocExactDuplicate(), TrainValDocOverlap(), RowHashLeak(), ConflictingLabels(), DuplicateRows(),
    LabelCardinality(classes=0), LabelMissingInSplit(), SmallTestSplit(), NullRateHigh(columns=("contrast",)),
    ConstantColumn(columns=("label", "contrast")), UnitScaleMixture(columns=("label",)),
    IdentifierColumnAsFeature(columns=("label",)), MixedTypes(columns=("split",)), UniqueViolation(column="label"),
    DocExactDuplicate(), TrainValDocOverlap(), DocNormalisedDuplicate(), UrlDuplicate(),
    ParagraphDuplicateCorpus(), ParagraphDuplicateCorpus(documents=3),
]  # fmt: skip


def table_of(drawn, origins=("data",)):
    digest, label, split, contrast = zip(*drawn, strict=True)
    return rows(digest=digests(digest), label=[*label], split=[*split], contrast=[*contrast],
                normal_digest=digests("".join(digest).translate(str.maketrans("abc", "def"))),
                url_hash=[n if n >= 0 else None for n in label], paragraph=[n if n >= 0 else None for n in label],
                coarse=[n + 1 for n in label], planar_lead=[n * (number % 7 - 3) for number, n in enumerate(contrast)],
                origin=[origins[n % len(origins)] for n in range(len(drawn))])  # fmt: skip


def test_a_class_that_a_split_lacks_is_shown_by_a_sample_of_another():
    some = rows(label=[0, 1] * 10 + [0], split=["a/train"] * 20 + ["a/test"])
    (one,) = fold(ClassTooFew(), [some]).examples
    assert (one.key, one.detail) == ("a/test: class 1", "expected at least 1, found 0, none such as f#1")


@pytest.mark.parametrize("rule", ON_SAMPLES, ids=lambda rule: rule.code)
@given(drawn=SAMPLES, cuts=st.lists(st.integers(0, 100), max_size=6), mixed=st.booleans())
def test_any_rows_in_any_parts_give_one_measurement(rule, drawn, cuts, mixed):
    table = table_of(drawn, ("data", "evaluation") if mixed and rule.needs else ("data",))
    whole = fold(rule, [table])
    parts = parts_of(rule, table, cuts)
    assert fold(rule, parts) == whole
    if rule.meets_on:
        assert fold(rule, parts[::-1]) == whole  # parts that meet come in any order


def same_in_pieces(rule, table, cuts):
    """What a rule says of rows that have met, and come in pieces, in any order."""
    edges = sorted({0, table.height, *(c % (table.height + 1) for c in cuts)})
    pieces = [table[a:b] for a, b in itertools.pairwise(edges)][::-1]
    partials, found = zip(*rule.met(lambda: iter(pieces)), strict=True)
    assert rule.finish(partials) == rule.finish([rule.partial(table)])
    order = ["key", "observed", "group"]
    whole, listed = (rows.sort(order).select(sorted(rows.columns)) for rows in (rule.grouped(table), pl.concat(found)))
    assert listed.equals(whole)


@pytest.mark.parametrize(("rule", "table"), [case[:2] for case in CASES if case[0].meets_on])
@given(cuts=st.lists(st.integers(0, 100), max_size=5))
def test_rows_that_have_met_may_come_in_pieces(rule, table, cuts):
    same_in_pieces(rule, table, cuts)


@pytest.mark.parametrize("rule", [rule for rule in ON_SAMPLES if rule.meets_on], ids=lambda rule: rule.code)
@given(drawn=SAMPLES, cuts=st.lists(st.integers(0, 30), max_size=4), mixed=st.booleans())
def test_any_rows_that_have_met_may_come_in_pieces(rule, drawn, cuts, mixed):
    same_in_pieces(rule, table_of(drawn, ("data", "evaluation") if mixed and rule.needs else ("data",)), cuts)


NEVER_IMPROVES = [rule for rule in ON_SAMPLES if rule.code not in {"Q114", "C012", "C199", "Q115", "F116", "L706", "C707", "C713", "C715", "C717", "C723", "C740", "C741", "L708"}]


@pytest.mark.parametrize("rule", NEVER_IMPROVES, ids=lambda rule: rule.code)
@given(drawn=SAMPLES, more=SAMPLES)
def test_more_rows_never_lower_what_is_observed(rule, drawn, more):
    before, after = fold(rule, [table_of(drawn)]), fold(rule, [table_of([*drawn, *more])])
    assert after.observed >= before.observed
    assert after.failed >= before.failed


@given(SAMPLES)
def test_groups_agree_with_a_plain_count(drawn):
    table = table_of(drawn)
    seen = {}
    for digest, label, split in table.select("digest", "label", "split").rows():
        seen.setdefault(digest, []).append((label, split))
    groups = [*seen.values()]
    expected = {
        "L101": sum([s for _, s in g].count(split) > 1 for g in groups for split in ("train", "test")),
        "L102": sum(len({s for _, s in g}) > 1 for g in groups),
        "L105": sum(len({label for label, _ in g}) > 1 for g in groups),
    }
    for rule in (ExactDuplicate(), ExactDuplicateCrossSplit(), DuplicateConflictingLabel()):
        assert fold(rule, [table]).observed == expected[rule.code]


KEYS = st.lists(st.tuples(st.sampled_from(["a", "b", "A", "", None]), st.sampled_from(["a", "b", "", None])), min_size=1)


@given(KEYS, st.lists(st.integers(0, 30), max_size=4))
def test_references_agree_with_a_set_of_keys(drawn, cuts):
    parents, keys = zip(*drawn, strict=True)
    table = referring(parents, keys)
    missing = {one for one in parents if one is not None} - {*keys}
    whole = fold(REFERS, [table])
    assert (whole.checked, whole.observed) == (len(drawn), len(missing))
    assert sorted(REFERS.failing(table)["key"]) == sorted(f"f#{n}" for n, one in enumerate(parents) if one in missing)
    assert fold(REFERS, parts_of(REFERS, table, cuts)) == whole
    same_in_pieces(REFERS, table, cuts)


def test_a_reference_is_told_with_what_it_refers_to():
    one, _ = fold(REFERS, [referring(["x", "a", "x"], "abc")]).examples
    assert (one.key, one.observed, one.detail) == ("f#0", 2, "expected a value of id, found x")
    with pytest.raises(ValueError, match="that is not `column`"):
        ForeignKeyMissing(column="id", key="id")


def test_a_few_pictures_do_not_tell_the_order_of_channels():
    few = rows(planar_lead=[-1.0] * 99)
    assert fold(CifarChannelOrder(), [few]).checked == 0
    more = rows(planar_lead=[-1.0] * 100).with_columns(key=pl.lit("g#") + pl.int_range(100).cast(pl.String))
    measured = fold(CifarChannelOrder(), [few, more[:40], more[40:]])
    assert (measured.checked, measured.observed) == (100, 1)
    assert [one.key for one in measured.examples] == ["g"]


def test_coverage_counts_tokens_and_not_the_rows_that_count_them():
    at, below = (fold(VocabCoverageLow(**TEN), [rows(id=[0, 1], count=[9_999_998, n])]) for n in (2, 1))
    assert (at.checked, at.observed, below.observed) == (10_000_000, pytest.approx(0.8), 0)


def test_files_that_state_nothing_are_not_looked_at():
    table = in_files(rows(token_count=[3, 4], tokens_stated=[9, None]), "a", "b")
    measured = fold(ShardTokenCountManifest(**TEN), [table[:1], table[1:]])
    assert (measured.checked, measured.observed) == (1, 1)
    assert measured.examples[0].says == "expected 9 tokens, found 3"
    assert fold(ShardTokenCountManifest(**TEN), [table[1:]]).checked == 0


def test_sorting_by_label_is_the_worst_order():
    labels = [n % 10 for n in range(1000)]
    random.Random(0).shuffle(labels)
    shuffled = fold(OrderLeak(), [rows(label=labels)]).observed
    assert shuffled < 0.1
    assert fold(OrderLeak(), [rows(label=sorted(labels))]).observed > 0.95


def test_order_is_that_of_each_file_and_the_worst_is_named():
    mixed = rows(label=[0, 1] * 20)
    ordered = rows(label=[0] * 500 + [1] * 500).with_columns(
        key=pl.concat_str(pl.lit("g#"), pl.int_range(1000).cast(pl.String))
    )
    measured = fold(OrderLeak(), [mixed, ordered[:300], ordered[300:]])
    assert measured.observed > 0.95
    assert [one.key for one in measured.examples] == ["g"]


@pytest.mark.parametrize("kind", RULES, ids=lambda kind: kind.__name__)
def test_a_rule_says_all_that_the_reference_needs(kind):
    assert re.fullmatch(r"[FQCLN]\d{3}", kind.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", kind.name)
    assert kind.unit
    assert kind.version >= 1
    assert kind.__module__.rpartition(".")[2].replace("_", "") in (kind.__name__.lower(), "rowlimits")


def test_no_code_has_two_homes():
    codes = [kind.code for kind in RULES]
    # Of what tools define in several ways there are several measures, of one code and name.
    codes += [code for code, _ in {
        (v.code, v.name) for v in reference._defined(reference.measures) if isinstance(v, Measure)
    }]  # fmt: skip
    codes += [
        v.code for v in reference._defined(sources)
        if isinstance(v, type) and issubclass(v, Defect) and "code" in vars(v)
    ]  # fmt: skip
    assert len(codes) == len({*codes})


def inputs(**given):
    return pl.DataFrame({"role": [*given], "given": [*given.values()], "judge": ""})


def test_an_input_that_was_promised_and_not_given_leaves_the_verdict_unknown():
    rule = RequiredInput()
    assert rule.judge(fold(rule, [inputs(evaluation=True, tokenizer=True)])).outcome is Outcome.PASS
    for lacking in (inputs(evaluation=False), inputs(tokenizer=True, evaluation=False)):
        measured = fold(rule, [lacking])
        assert rule.judge(measured).outcome is Outcome.UNKNOWN
        (named,) = measured.examples
        assert (named.key, named.detail) == (
            "evaluation", "expected --input evaluation=PATH, found none"
        )  # fmt: skip


@pytest.mark.parametrize("rule", [LabelIssueConfidentLearning(), ImageEmbeddingDuplicate(), NonIidOrder()])
def test_a_sample_without_a_row_in_the_input_leaves_the_verdict_unknown(rule):
    table = rows(label=[0, 0], probabilities=[[0.9, 0.1], None], embedding=[[1.0, 0.0], None])
    measured = fold(rule, [table[:1], table[1:]])
    assert rule.judge(measured).outcome is Outcome.UNKNOWN
    (named,) = measured.examples
    assert named.key == "f#1"
    assert named.detail.startswith("expected a row in the ")
    assert named.detail.endswith("found none; 1 sample without")
    every = fold(rule, [table.with_columns(pl.lit(None, t).alias(c))[:1] for c, t in
                        [(rule.reads[-1], table.schema[rule.reads[-1]])]])  # fmt: skip
    assert every.checked == 0


def test_only_the_splits_that_are_asked_for_need_predictions():
    table = predicted([0, 1, 0], (0.9, 0.1), (0.1, 0.9), (0.5, 0.5), split=["test", "test", "train"])
    table = table.with_columns(probabilities=pl.when(pl.col("split") == "test").then("probabilities"))
    assert fold(LabelIssueConfidentLearning(), [table]).checked == 0
    assert fold(LabelIssueConfidentLearning(splits=("test",)), [table]).checked == 2


def test_more_embeddings_than_can_be_compared_are_not_compared():
    rule = ImageEmbeddingDuplicate(most=2)
    measured = fold(rule, [rows(embedding=[[1.0, 0.0]] * 3)])
    assert rule.judge(measured).outcome is Outcome.UNKNOWN
    assert measured.examples[0].detail == "expected at most 2 samples to compare, found 3"


VECTORS = st.lists(st.tuples(*[st.integers(-3, 3)] * 3), min_size=1, max_size=30)


@given(VECTORS, st.sampled_from([0.5, 0.9, 1.0]))
def test_embedding_duplicates_agree_with_every_pair(vectors, cosine):
    table = rows(embedding=[[float(n) for n in one] for one in vectors])

    def alike(one, other):
        length = math.sqrt(sum(n * n for n in one) * sum(n * n for n in other))
        return not length or sum(a * b for a, b in zip(one, other, strict=True)) / length >= cosine - 1e-9

    expected = [
        f"f#{n}" for n, one in enumerate(vectors)
        if not any(one) or any(alike(one, other) for m, other in enumerate(vectors) if m != n and any(other))
    ]  # fmt: skip
    assert ImageEmbeddingDuplicate(cosine=cosine).failing(table)["key"].to_list() == expected


def test_pairs_are_found_across_pieces_and_name_the_first_of_the_nearest(monkeypatch):
    monkeypatch.setattr("datastd.rules.PIECE", 4)
    vectors = [[math.cos(n), math.sin(n), 3.0 * n] for n in range(11)]
    vectors[9] = vectors[10] = vectors[1]
    found = ImageEmbeddingDuplicate(cosine=1).failing(rows(embedding=vectors))
    assert found["key"].to_list() == ["f#1", "f#9", "f#10"]
    assert [said.rpartition(" ")[2] for said in found["detail"]] == ["f#9", "f#1", "f#1"]


def test_an_order_is_told_as_the_definition_has_it():
    vectors = np.random.default_rng(0).normal(size=(60, 4)) + np.arange(60)[:, None] / 40
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    (found,) = fold(NonIidOrder(), [rows(embedding=vectors.tolist())]).examples
    apart = np.linalg.norm(vectors[:, None] - vectors, axis=2)
    near = [abs(n - m) for n in range(60) for m in np.argsort(apart[n])[1:11]]
    every = [abs(n - m) for n in range(60) for m in range(60) if n != m]
    most = max(abs(np.mean(np.array(near) <= d) - np.mean(np.array(every) <= d)) for d in range(60))
    assert found.detail.endswith(f" found {most:.4f}, p {1 - found.observed:.4f}; 60 of 60 samples looked at")
    assert (found.key, found.observed) == ("train", 25 / 26)


@pytest.mark.parametrize("count", [15, 60, 200])
def test_random_orders_are_seldom_told_from_random_ones(count):
    orders = [rows(embedding=turned(*shuffled(count, seed))) for seed in range(52)]
    observed = [fold(NonIidOrder(), [one]).observed for one in orders]
    assert sum(one > 0.95 for one in observed) <= 5  # two, of 52, by chance
    assert 0.3 < np.mean(observed) < 0.6


@given(cuts=st.lists(st.integers(0, 300), max_size=5))
def test_of_many_samples_the_same_are_looked_at_however_they_are_cut_up(cuts):
    vectors = turned(*shuffled(40, 0), *range(40, 300))  # the first of them tell nothing
    rule, table = NonIidOrder(most=40), rows(embedding=vectors, split=["a", "b"] * 150)
    measured = fold(rule, parts_of(rule, table, cuts))
    assert (measured.observed, measured.checked) == (25 / 26, 40)
    assert measured.examples[0].detail.endswith("; 40 of 300 samples looked at")
    assert fold(rule, [table]) == measured


def test_of_a_few_samples_nobody_knows_the_order():
    few = fold(NonIidOrder(), [rows(embedding=turned(*range(11)))])
    assert NonIidOrder().judge(few).outcome is Outcome.UNKNOWN
    assert few.examples[0].detail == "expected a split of at least 12 samples, found none"
    beside = rows(embedding=turned(*range(23)), split=["a"] * 12 + ["b"] * 11)
    assert fold(NonIidOrder(), [beside]).checked == 12


def test_a_small_split_does_not_hide_what_a_large_one_tells():
    large, small = shuffled(300, 40), shuffled(15, 40)
    vectors = turned(*[n + 40 * (at > 149) for at, n in enumerate(large)], *small)
    measured = fold(NonIidOrder(), [rows(embedding=vectors, split=["a"] * 300 + ["b"] * 15)])
    assert (measured.observed, measured.examples[0].key) == (25 / 26, "a")


def test_an_order_that_could_not_fail_is_refused():
    with pytest.raises(ValueError, match=r"expected a limit below 0\.95, the most .* found 0\.95; ask for more"):
        NonIidOrder(permutations=19)
    assert NonIidOrder(permutations=999, limit=0.998).limit == 0.998


@needs_data
def test_the_test_split_of_mnist_is_not_in_random_order():
    """Its halves are of other writers: `NonIidOrder` says of whom."""
    raw = gzip.decompress((SHARED / "mnist" / "t10k-images-idx3-ubyte.gz").read_bytes())
    table = rows(embedding=np.frombuffer(raw, np.uint8, offset=16).reshape(10_000, 784).astype(np.float32))
    assert fold(NonIidOrder(), [table]).observed == 25 / 26
    mixed = table.with_columns(table["embedding"].sample(fraction=1, shuffle=True, seed=0))
    assert fold(NonIidOrder(), [mixed]).observed < 0.95


@needs_data
def test_the_pictures_of_cifar10_are_not_told_from_a_random_order():
    """Of those published here: the first thousand to train on and to test with."""
    files = [SHARED / "cifar10" / f"cifar10_batch_{n}.png" for n in (0, 50)]
    pictures = np.concatenate([np.asarray(Image.open(one).convert("RGB")) for one in files])
    vectors = pictures.reshape(2000, -1).astype(np.float32)
    table = rows(embedding=vectors - vectors.mean(axis=0), split=["train"] * 1000 + ["test"] * 1000)
    assert fold(NonIidOrder(), [table]).observed < 0.95


def test_a_claim_that_does_not_hold_is_named():
    (one,) = fold(STATED, [rows(length=[4], true=[3], share=[0.7], part=[0.5])]).examples
    assert (one.observed, one.detail) == (4, "expected length to be 3, found 4")
    (one,) = fold(FILTERED, [rows(words=[None], share=[0.9])]).examples
    assert one.detail == "expected words of at least 50, found none"
    for rule in (FilterThresholdNotEnforced, FilterNeverFires):
        with pytest.raises(ValueError, match="at least one threshold"):
            rule()


def test_a_filter_that_never_fires_is_named_with_its_threshold():
    (one,) = fold(NEVER, [rows(words=[60, 49, 60], **BEFORE)]).examples
    assert one.key == "words of at most 100"
    assert fold(NEVER, [rows(words=[60, 49, 60], **BEFORE)]).checked == 2


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(1, 40)), min_size=1, max_size=40))
def test_odd_sizes_agree_with_the_quartiles_of_numpy(pairs):
    x = np.sqrt([w * h for w, h in pairs])
    first, third = np.percentile(x, [25, 75])
    beyond = 3 * (third - first)
    expected = [f"f#{n}" for n, one in enumerate(x) if not first - beyond <= one <= third + beyond]
    assert ImageOddSize().failing(sizes(*pairs))["key"].to_list() == expected


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), min_size=1, max_size=30))
def test_a_property_tells_as_the_others_of_its_bin_do(drawn):
    told = 0
    for n, (label, value) in enumerate(drawn):
        others = [one for m, (one, same) in enumerate(drawn) if same == value and m != n]
        counts = sorted(((others.count(k), k) for k in range(3)), reverse=True)
        told += counts[0][0] > counts[1][0] and counts[0][1] == label
    labels = [label for label, _ in drawn]
    guess = max(labels.count(k) for k in range(3))
    expected = max(0, told - guess) / (len(labels) - guess) if guess < len(labels) else 0
    table = rows(label=labels, mean=[2.0**value for _, value in drawn])
    assert fold(Q112, [table]).observed == pytest.approx(expected)


def test_values_are_told_apart_by_a_thirty_second_of_an_octave():
    bins = _bins(pl.Series([1.0, 1.03, 1.04, -1.0, 0.0, -0.0, math.nan, math.inf, None, 1e300])).to_list()
    assert bins[0] == bins[1] != bins[2]
    assert bins[4] == bins[5]
    assert len({*bins[6:]}) == 1
    assert len({*bins}) == 5


def test_the_lists_that_ship_are_whole():
    listed = known_bad.shipped()
    assert {name: len(one["samples"]) for name, one in listed.items()} == {
        "imagenet-png": 1, "imagenet-cmyk": 22, "imagenet-cmyk-validation": 1, "mnist-label": 15,
    }  # fmt: skip
    assert all({*one} == {"what", "source", "samples"} for one in listed.values())
    rule = KnownBadListHit.of("imagenet-png", "imagenet-cmyk", limit=23, because="as published")
    assert len(rule.listed) == 23
    with pytest.raises(KeyError):
        KnownBadListHit.of("none")


def test_what_was_found_stands_in_the_example():
    table = predicted([0, 0, 0, 1], (1, 0), (1, 0), (0.1, 0.9), (0.1, 0.9))
    (one,) = fold(LabelIssueConfidentLearning(), [table]).examples
    assert one.detail == "expected class 1, of p 0.9, found 0, of p 0.1"
    (one,) = fold(ImageOddSize(), [sizes(*[(224, 224)] * 9, (400, 400))]).examples
    assert one.detail == "expected √(width · height) from 224.0 to 224.0 px, found 400.0"
    (one,) = fold(ClassSetDiffersBetweenSplits(), [classes("train/a", "val/a", "val/b")]).examples
    assert one.detail == "expected the class in every split, found none in train"
    one, _ = fold(ClassNameVariant(), [classes("Dog", "dog")]).examples
    assert one.detail == "expected one spelling, found Dog, dog"
    one, _ = fold(ImageEmbeddingDuplicate(), [rows(embedding=[[1.0, 0.0]] * 2)]).examples
    assert one.detail == "expected a cosine below 0.9, found 1.0 with f#1"
    (one,) = fold(KnownBadListHit(listed={"train#0": "a PNG"}), [rows(label=[0])]).examples
    assert one.detail == "expected a sample on no list of known defects, found a PNG"


@needs_data
@pytest.mark.parametrize(
    ("name", "other", "flagged", "found"), [("mnist", 87, 15, 7), ("cifar10", 706, 244, 48)]
)
def test_confident_learning_finds_what_the_catalogue_says(name, other, flagged, found):
    bench = runpy.run_path(str(ROOT / "tests" / "bench" / "label_errors.py"))
    of = {"mnist": 15, "cifar10": 54}[name]
    expected = f"| x | {other} | {flagged} | {found} of {of} |"
    assert bench["line"]("x", name, bench["published"](name)) == expected


@needs_data
def test_the_list_of_mnist_names_what_people_rejected():
    bench = runpy.run_path(str(ROOT / "tests" / "bench" / "label_errors.py"))
    keys = [f"t10k-images-idx3-ubyte.gz#{n}" for n in range(10_000)]
    table = rows(label=[0] * 10_000, split=["test"] * 10_000).with_columns(key=pl.Series(keys))
    found = KnownBadListHit.of("mnist-label").failing(table)["key"]
    assert found.to_list() == [keys[n] for n in sorted(bench["confirmed"]("mnist"))]


@needs_data
def test_odd_sizes_of_real_photos_are_those_of_numpy():
    shapes = []
    for path in sorted((SHARED / "imagenet_sample_1000").glob("*.JPEG")):
        with Image.open(path) as image:
            shapes.append(image.size)
    x = np.sqrt([w * h for w, h in shapes])
    first, third = np.percentile(x, [25, 75])
    odd = (x < first - 3 * (third - first)) | (x > third + 3 * (third - first))
    assert ImageOddSize().failing(sizes(*shapes))["key"].to_list() == [f"f#{n}" for n in np.flatnonzero(odd)]
    assert 0 < odd.sum() < len(x)


def test_compared_with_nothing_is_not_compared():
    alone = rows(digest=digests("aab"))
    assert fold(InEvaluation(), [alone]).checked == 0
    beside = rows(digest=digests("aabc"), origin=["data"] * 3 + ["evaluation"])
    assert fold(InEvaluation(), [beside]).checked == 3


def test_a_contaminated_document_is_told_where_the_longest_stretch_is(monkeypatch):
    table = runs((0, 0), (0, 2), (0, 3), (0, 4), (1, 1), items=(range(3), range(2, 6)))
    (one, two) = fold(ContaminationNgram(), [table]).examples
    assert one.observed == 4
    assert one.detail == (
        "expected no 13 words of an evaluation item in a row, found bytes 15 to 30, which are 15 to 30 of e#1"
    )
    assert two.detail.endswith("found bytes 5 to 15, which are 5 to 15 of e#0")
    (first, _) = fold(ContaminationRatio(), [table]).examples
    assert (first.observed, first.detail) == (0.75, (
        "expected less than 0.7 of an evaluation item in the data, found 0.75 of e#1: here bytes 15 to 30, which are "
        "15 to 30 of e#1"
    ))
    (first, _) = fold(ContaminationCommonNgramGuard(common=1), [runs((0, 0), (1, 0))]).examples
    assert first.detail == (
        "expected at most 1 documents with one run of an evaluation item, found more with bytes 0 to 10, which are "
        "0 to 10 of e#0"
    )
    whole = fold(ContaminationNgram(), [table])
    for piece in (1, 2, 3):
        monkeypatch.setattr("datastd.rules.PIECE", piece)
        assert fold(ContaminationNgram(), [table]) == whole


def test_a_repeated_span_is_told_with_the_first_of_it():
    (one,) = fold(ExactSubstringDuplicate(), [stretches([1, 2], [2, 3])]).examples
    assert one.detail == "expected new text, found 50 words in bytes 10 to 20 that are in bytes 0 to 10 of f#0"


def test_stretches_that_are_alone_are_looked_at_too():
    both, alone = stretches([1, 2], [2, 3]), stretches([1, 2], anchor=8)
    for rows in (both, alone, pl.concat([both, alone])):
        (met, _), = ExactSubstringDuplicate().met(lambda rows=rows: iter([rows]))
        assert met.get_column("checked").to_list() == [rows.height]


def test_an_evaluation_set_without_a_run_is_not_compared_with():
    for rule in (ContaminationNgram(), ContaminationCommonNgramGuard(), ContaminationRatio()):
        assert fold(rule, [runs(items=())]).checked == 0
        assert fold(rule, [runs(items=((),))]).checked == 0
        assert fold(rule, [runs()]).checked == 3


@given(st.sets(st.tuples(st.integers(0, 5), st.integers(0, 7))), st.lists(st.sets(st.integers(0, 7), min_size=1), min_size=1),
       st.integers(1, 3), st.sampled_from([0.3, 0.5, 1.0]))
def test_contamination_agrees_with_sets(found, items, common, share):
    every = {gram for grams in items for gram in grams}
    found = {(n, gram) for n, gram in found if gram in every}
    table = runs(*found, count=6, items=[sorted(grams) for grams in items])
    having = {gram: {n for n, one in found if one == gram} for gram in every}
    counted = {gram for gram, some in having.items() if 0 < len(some) <= common}
    much = {gram for grams in items if len(grams & counted) / len(grams) >= share for gram in grams & counted}
    for rule, grams in {
        ContaminationNgram(common=common): counted,
        ContaminationCommonNgramGuard(common=common): {gram for gram in every if len(having[gram]) > common},
        ContaminationRatio(common=common, share=share): much,
    }.items():
        expected = sorted({f"f#{n}" for n, gram in found if gram in grams})
        assert fold(rule, [table]).failed == len(expected)
        assert rule.failing(table)["key"].to_list() == expected
