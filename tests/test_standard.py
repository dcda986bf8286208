"""A standard is named, versioned, and cannot be weakened behind its name."""

import datetime as dt
import os
import subprocess
import sys
import textwrap
from typing import Literal

import pandera.polars as pa
import pytest
from pydantic import ValidationError, create_model

from datastd import Record, Standard, Tolerance, limit
from datastd import standard as standards
from datastd.errors import UsageError
from datastd.measures.pixels.contrast import contrast
from datastd.measures.pixels.mean import mean
from datastd.measures.text.perplexity import perplexity
from datastd.measures.text.shared_ngrams import shared_ngrams
from datastd.measures.tokens.highest_id import highest_id
from datastd.measures.tokens.outside_count import outside_count
from datastd.measures.tokens.token_count import token_count
from datastd.measures.tokens.unk_count import unk_count
from datastd.model import PROFILES, Level
from datastd.rules.columns.filter_threshold_not_enforced import FilterThresholdNotEnforced
from datastd.rules.columns.group_leak import GroupLeak
from datastd.rules.labels.class_imbalance import ClassImbalance
from datastd.rules.pixels.constant_image import ConstantImage
from datastd.rules.pixels.exact_duplicate import ExactDuplicate
from datastd.rules.pixels.in_evaluation import InEvaluation
from datastd.rules.splits.split_size import SplitSize
from datastd.rules.tokens.token_id_out_of_vocab import TokenIdOutOfVocab
from datastd.rules.tokens.unk_rate_high import UnkRateHigh
from datastd.vocabulary import Vocabulary

BASE = {"name": "mine/1", "about": "Mine.", "formats": ("idx",), "rules": (ExactDuplicate(),)}


def made(**changes):
    return Standard(**{**BASE, **changes})


class Rows(pa.DataFrameModel):
    mean: float = limit(ge=1)


class Other(pa.DataFrameModel):
    mean: float = limit(ge=2)


class Measured(Record):
    mean: float


class Counted(Record):
    scan: int


class Sought(Record):
    sought_ngrams: int
    normal_words: str


class Placed(Record):
    digest: bytes
    origin: str


class Pictured(Record):
    image: str
    record: int
    separators: int
    split: str
    tokens: str
    text: str


class Masked(Record):
    mask: str
    instance_mask: int


class Modelled(Record):
    ngrams: str
    utf8: str


class Told(Record):
    vocabulary: int


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"records": Measured, "measures": (mean,)}, r"names that are not taken, found \['mean'\]"),
        ({"records": Counted, "measures": (token_count, unk_count)}, r"names that are not taken, found \['scan'\]"),
        ({"records": Sought, "measures": (shared_ngrams,)},
         r"names that are not taken, found \['normal_words', 'sought_ngrams'\]"),
        ({"records": Placed}, r"names that are not taken, found \['digest', 'origin'\]"),
        ({"records": Pictured}, r"names that are not taken, found \['image', 'record', 'separators', 'split', 'tokens'\]"),
        ({"records": Masked}, r"names that are not taken, found \['instance_mask', 'mask'\]"),
        ({"records": Modelled, "measures": (perplexity,)}, r"names that are not taken, found \['ngrams', 'utf8'\]"),
        ({"records": Told, "measures": (token_count, unk_count), "rules": (UnkRateHigh(vocabulary=Vocabulary(size=9, eos=8)),)},
         r"names that are not taken, found \['vocabulary'\]"),
        ({"name": "mine"}, "name"),
        ({"name": "Mine/1"}, "name"),
        ({"name": "mine/1.0"}, "name"),
        ({"about": ""}, "about"),
        ({"formats": ()}, "formats"),
        ({"rules": ()}, "at least one rule"),
        ({"rules": (ExactDuplicate(), ExactDuplicate())}, "L101: expected each code once"),
        ({"rules": (ConstantImage(),)}, r"Q109: expected a measure for each of \['contrast'\]"),
        ({"requires": ("evalution",)}, "requires.0\n  Input should be 'evaluation'"),
        ({"requires": ("evaluation",)}, r"requires: expected roles .*, found \['evaluation'\]"),
        ({"tolerates": (Tolerance(code="F003", limit=1, because="x"),) * 2}, "F003: expected each"),
        ({"rule": ()}, "Extra inputs"),
        ({"rows": Rows, "measures": (mean,), "rules": (_ := ExactDuplicate(), _)}, "L101"),
    ],
)
def test_what_is_no_sound_standard_is_refused(changes, says):
    with pytest.raises((ValidationError, UsageError), match=says):
        made(**changes)


@pytest.mark.parametrize("kind", [str, bool, dt.date, Literal["a", "b"], int, float | None])
def test_a_filter_reads_numbers_or_is_refused(kind):
    how = {"name": "x/1", "about": "x", "formats": ("jsonl",), "rules": (FilterThresholdNotEnforced(at_least={"size": 1}),)}
    record = create_model("Row", __base__=Record, size=kind)
    if kind in {int, float | None}:
        assert Standard(records=record, **how)
        return
    with pytest.raises(ValidationError, match=r"C725: expected numbers as \['size'\], found other"):
        Standard(records=record, **how)


@pytest.mark.parametrize(("kind", "refused"), [
    (list[str], True), (dict[str, str], True), (str | int, True), (tuple[str, ...], True), (str, False), (int | None, False), (Literal["a", "b"], False), (bool, False),
])  # fmt: skip
def test_a_rule_reads_a_field_of_one_value_or_is_refused(kind, refused):
    record = create_model("Row", __base__=Record, group=kind)
    if not refused:
        assert Standard(name="x/1", about="x", formats=("jsonl",), records=record, rules=(GroupLeak(),))
        return
    with pytest.raises(ValidationError, match=r"L703: expected one value a record for each of \['group'\], found lists or objects"):
        Standard(name="x/1", about="x", formats=("jsonl",), records=record, rules=(GroupLeak(),))


def test_rules_tell_measures_one_vocabulary():
    few, more = Vocabulary(size=9, eos=8), Vocabulary(size=10, eos=8)
    rules = TokenIdOutOfVocab(vocabulary=few), UnkRateHigh(vocabulary=few)
    counts = token_count, outside_count, highest_id, unk_count
    assert made(rules=rules, measures=counts).told == {"vocabulary": few}
    assert made().told == {}
    with pytest.raises(ValidationError, match="C409: expected the vocabulary of the other rules, found another"):
        made(rules=(rules[0], UnkRateHigh(vocabulary=more)), measures=counts)


def test_a_tolerance_needs_a_reason():
    with pytest.raises(ValidationError):
        Tolerance(code="F003", limit=1, because="")
    assert made(tolerates=(Tolerance(code="F003", limit=1, because="x"),)).tolerance("F003").limit == 1
    assert made().tolerance("F003") is None


CHANGES = {
    "name": {"name": "mine/2"},
    "formats": {"formats": ("idx", "memory")},
    "rule": {"rules": (ClassImbalance(),)},
    "limit": {"rules": (ExactDuplicate(limit=1, because="x"),)},
    "warn": {"rules": (ExactDuplicate(limit=1, because="x", warn=0),)},
    "because": {"rules": (ExactDuplicate(limit=1, because="y"),)},
    "level": {"rules": (ExactDuplicate(level=Level.ERROR),)},
    "error_from": {"rules": (ExactDuplicate(error_from="team"),)},
    "parameter": {"rules": (ClassImbalance(classes=3),)},
    "more": {"rules": (ExactDuplicate(), ClassImbalance())},
    "measures": {"measures": (mean,)},
    "rows": {"measures": (mean,), "rows": Rows},
    "bound": {"measures": (mean,), "rows": Other},
    "tolerates": {"tolerates": (Tolerance(code="F003", limit=1, because="x"),)},
    "needs": {"rules": (ExactDuplicate(), InEvaluation())},
    "requires": {"rules": (ExactDuplicate(), InEvaluation()), "requires": ("evaluation",)},
}


def test_the_digest_covers_everything_that_decides_a_verdict():
    digests = {name: made(**changes).digest for name, changes in CHANGES.items()}
    digests["nothing"] = made().digest
    assert len({*digests.values()}) == len(digests)
    assert made().digest == made().digest == made(about="Other words.").digest


def test_the_digest_covers_the_versions_of_rules_and_measures(monkeypatch):
    import dataclasses

    before = made().digest
    monkeypatch.setattr(ExactDuplicate, "version", 2)
    assert made().digest != before
    newer = dataclasses.replace(mean, version=2)
    assert made(measures=(newer,)).digest != made(measures=(mean,)).digest


def test_a_docstring_does_not_change_a_digest(monkeypatch):
    before = made().digest
    monkeypatch.setattr(ExactDuplicate, "__doc__", "Others.")
    assert made().digest == before


def test_every_digest_of_a_shipped_standard_is_listed():
    listed = standards.shipped()
    found = {one.name: one.digest for one in standards.every()}
    assert {*found} == {*listed}
    for name, digest in found.items():
        assert listed[name][-1] == digest
        assert len({*listed[name]}) == len(listed[name])


@pytest.mark.parametrize("seed", ["0", "1", "random"])
def test_a_digest_is_the_same_in_every_process(seed):
    script = "from datastd import standard\nfor one in standard.every(): print(one.name, one.digest)"
    done = subprocess.run([sys.executable, "-c", script], env=os.environ | {"PYTHONHASHSEED": seed},
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert done.stdout.split() == [w for one in standards.every() for w in (one.name, one.digest)]


def test_profiles_raise_levels_and_never_lower_them():
    order = [*PROFILES]
    rank = {Level.WARN: 0, Level.ERROR: 1}
    for one in standards.every():
        for rule in one.judged:
            levels = [rank[one.level(rule, profile)] for profile in order]
            assert levels == sorted(levels)
            assert levels[0] >= rank[rule.level] or rule.error_from == "dev"
        needed = [one.required(profile) for profile in order]
        assert needed[0] <= needed[1] <= needed[2]
    assert order == ["dev", "team", "release"]
    asking = made(rules=(InEvaluation(),), requires=("evaluation",))
    assert (asking.required("dev"), made().required("dev")) == ({"evaluation"}, frozenset())
    assert made().required("release") == {"evaluation"}
    rule = ExactDuplicate(error_from="team")
    assert [made().level(rule, p) for p in order] == [Level.WARN, Level.ERROR, Level.ERROR]
    assert made().level(ExactDuplicate(), "release") is Level.WARN
    with pytest.raises(ValidationError, match="Input should be 'dev', 'team' or 'release'"):
        ExactDuplicate(error_from="strict")


def test_a_name_is_loaded_and_a_typo_is_told_the_nearest():
    assert standards.load("mnist/1").name == "mnist/1"
    with pytest.raises(UsageError, match=r"did you mean mnist/1\?"):
        standards.load("mnits/1")
    with pytest.raises(UsageError, match=r"there are cifar10/1, .*mnist/1"):
        standards.load("zzz")
    with pytest.raises(UsageError):
        standards.load("mnist/2")


def test_one_is_proposed_for_a_format():
    assert standards.propose("idx").name == "idx-images/1"
    with pytest.raises(UsageError, match="a standard for jpeg"):
        standards.propose("jpeg")


HEAD = """
from datastd import Standard
from datastd.rules.pixels.exact_duplicate import ExactDuplicate
"""
ONE = 'Standard(name="{}", about="x", formats=("idx",), rules=(ExactDuplicate(),))'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "found 0"),
        (HEAD + "a = " + ONE.format("a/1") + "\nb = " + ONE.format("b/1"), "found 2"),
        (HEAD + "a = " + ONE.format("mnist/1"), "give your standard its own name"),
        (HEAD + "a = " + ONE.format("a"), "a standard, found name"),
        ("1/0", "ZeroDivisionError"),
        ("import nothing_of_that_name", "ModuleNotFoundError"),
        ("def", "SyntaxError"),
        ("raise SystemExit(0)", "SystemExit"),
        ("\xff", "a file that runs"),
        ("\0", "a file that runs"),
        ("from datastd.nothing import x", "ModuleNotFoundError"),
        ("import pandera.polars as pa\nfrom datastd import limit\nlimit()", "at least one bound"),
    ],
)
def test_a_file_that_is_no_standard_is_refused(text, says, tmp_path):
    path = tmp_path / "mine.py"
    path.write_bytes(textwrap.dedent(text).encode("latin-1"))
    with pytest.raises(UsageError, match=says):
        standards.load(path)


def test_a_file_is_loaded_and_one_called_standard_is_meant(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(HEAD + "x = " + ONE.format("x/1"))
    assert standards.load(str(path)).name == "x/1"
    path.write_text(HEAD + "x = " + ONE.format("x/1") + "\nstandard = " + ONE.format("y/1"))
    assert standards.load(path).name == "y/1"
    with pytest.raises(UsageError, match="a file with a standard, found nothing"):
        standards.load(tmp_path / "absent.py")


def test_a_standard_in_memory_that_bears_a_shipped_name_is_refused_too():
    with pytest.raises(UsageError, match="datastd ships"):
        standards.load(made(name="mnist/1"))


def test_a_shipped_standard_cannot_be_weakened_behind_its_name():
    shipped = standards.load("mnist/1")
    sizes = next(rule for rule in shipped.rules if isinstance(rule, SplitSize))
    with pytest.raises((TypeError, ValidationError)):
        sizes.sizes["train"] = 1
    with pytest.raises(ValidationError):
        shipped.rules = ()
    assert contrast in shipped.measures
