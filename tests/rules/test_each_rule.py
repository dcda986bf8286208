"""
Every rule: a clean case, planted defects, a boundary pair, a negative control, and laws.

`CASES` says for each rule what it must come to; the laws hold for all of them.
"""

import itertools
import math
import random
import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datastd import reference, sources
from datastd.measures import Measure
from datastd.model import Level, Outcome
from datastd.rules import FAILING, Rule, fold
from datastd.rules.files.byte_identical import ByteIdentical
from datastd.rules.files.filename_not_portable import FilenameNotPortable
from datastd.rules.files.junk_file import JunkFile
from datastd.rules.labels.class_imbalance import ClassImbalance
from datastd.rules.labels.class_too_few import ClassTooFew
from datastd.rules.labels.label_out_of_range import LabelOutOfRange
from datastd.rules.labels.order_leak import OrderLeak
from datastd.rules.pixels.constant_image import ConstantImage
from datastd.rules.pixels.depth_mixed import DepthMixed
from datastd.rules.pixels.duplicate_conflicting_label import DuplicateConflictingLabel
from datastd.rules.pixels.exact_duplicate import ExactDuplicate
from datastd.rules.pixels.exact_duplicate_cross_split import ExactDuplicateCrossSplit
from datastd.rules.pixels.in_evaluation import InEvaluation
from datastd.rules.required_input import RequiredInput
from datastd.rules.row_limits import RowLimit
from datastd.rules.splits.split_size import SplitSize
from datastd.sources import Defect

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
            "sha256": [str(n) for n in range(len(paths))], "paper": [False] * len(paths)}  # fmt: skip
    return pl.DataFrame({**base, **named})


def digests(text):
    return [letter.encode() for letter in text]


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
    # files
    (JunkFile(), files("a", "b/c.txt", "x.part.gz", "DS_Store"), 0, []),
    (JunkFile(), files("._a", "x/.DS_Store", "Thumbs.db", "b/__MACOSX/c", "a.swp", "ok"), 5,
     ["._a", "Thumbs.db", "a.swp", "b/__MACOSX/c", "x/.DS_Store"]),
    (JunkFile(), files("x.tmp"), 1, ["x.tmp"]),
    (ByteIdentical(), files("a", "b"), 0, []),
    (ByteIdentical(), files("a", "b", sha256=["x", "x"]), 1, ["a", "b"]),
    (ByteIdentical(), files("a", "b", "c", sha256=["x", "x", "x"], paper=[False, False, True]), 1, ["a", "b"]),
    (ByteIdentical(), files("a", "b", sha256=["x", "x"], paper=[False, True]), 0, []),
    (FilenameNotPortable(), files("a", "b/a", "é.png", "x" * 255), 0, []),
    (FilenameNotPortable(), files("A.jpg", "a.jpg", "b.jpg"), 2, ["A.jpg", "a.jpg"]),
    (FilenameNotPortable(), files("a?", "b ", "c.", "d|", "e:f", "g*", '"h"', "<i>"), 8,
     ['"h"', "<i>", "a?", "b ", "c.", "d|", "e:f", "g*"]),
    (FilenameNotPortable(), files("x" * 256), 1, ["x" * 256]),
    (FilenameNotPortable(), files("e\u0301.png"), 1, ["e\u0301.png"]),
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
    judged = {type(rule) for rule, *_ in CASES}
    assert judged == {*RULES} - {RowLimit, RequiredInput}
    for kind in judged:
        observed = [amount for rule, _, amount, _ in CASES if type(rule) is kind]
        assert observed.count(0) >= 1
        assert sum(amount > 0 for amount in observed) >= 2


@pytest.mark.parametrize(("rule", "table", "observed", "keys"), CASES)
def test_the_rule_finds_what_was_planted_and_nothing_else(rule, table, observed, keys):
    measured = fold(rule, [table])
    assert measured.observed == pytest.approx(observed)
    assert measured.checked == table.filter(pl.col("origin") == "data").height
    assert rule.failing(table).schema.names() == [*FAILING]
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
]  # fmt: skip


def table_of(drawn, origins=("data",)):
    digest, label, split, contrast = zip(*drawn, strict=True)
    return rows(digest=digests(digest), label=[*label], split=[*split], contrast=[*contrast],
                origin=[origins[n % len(origins)] for n in range(len(drawn))])  # fmt: skip


@pytest.mark.parametrize("rule", ON_SAMPLES, ids=lambda rule: rule.code)
@given(drawn=SAMPLES, cuts=st.lists(st.integers(0, 100), max_size=6), mixed=st.booleans())
def test_any_rows_in_any_parts_give_one_measurement(rule, drawn, cuts, mixed):
    table = table_of(drawn, ("data", "evaluation") if mixed and rule.needs else ("data",))
    whole = fold(rule, [table])
    parts = parts_of(rule, table, cuts)
    assert fold(rule, parts) == whole
    if rule.meets_on:
        assert fold(rule, parts[::-1]) == whole  # parts that meet come in any order


NEVER_IMPROVES = [rule for rule in ON_SAMPLES if rule.code not in {"Q114", "C012", "C199", "Q115"}]


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
    codes += [v.code for v in reference._defined(reference.measures) if isinstance(v, Measure)]
    codes += [
        v.code for v in reference._defined(sources)
        if isinstance(v, type) and issubclass(v, Defect) and "code" in vars(v)
    ]  # fmt: skip
    assert len(codes) == len({*codes})


def inputs(**given):
    return pl.DataFrame({"role": [*given], "given": [*given.values()]})


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


def test_compared_with_nothing_is_not_compared():
    alone = rows(digest=digests("aab"))
    assert fold(InEvaluation(), [alone]).checked == 0
    beside = rows(digest=digests("aabc"), origin=["data"] * 3 + ["evaluation"])
    assert fold(InEvaluation(), [beside]).checked == 3
