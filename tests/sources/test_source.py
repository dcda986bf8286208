"""The contract of every source."""

import pickle

import numpy as np
import pytest
from support import samples

from datastd.errors import UsageError
from datastd.pipeline import formats, reader
from datastd.sources import Batch, Defect, Findings, Plan, Shard, keys
from datastd.sources.files import is_paper, pickle_in


def test_what_a_plan_has_lost_it_says_why():
    shard, defect = Shard("a", "train", 0, 3), Defect("a", "", "x", "y")
    assert Plan((shard,), (), 1).samples == 3
    assert Plan((shard, Shard("b", "t", 5, 7)), (defect,), 1, 5).samples == 5
    assert Plan((shard, Shard("b", "t", 0, 999, "bytes")), (), 2).samples is None
    for wrong in ({"lost": 1}, {"lost": -1, "defects": (defect,)}):
        with pytest.raises(AssertionError):
            Plan((shard,), **wrong)


def test_keys_number_the_samples_of_a_file():
    assert keys("a/b", np.array([0, 7])).to_list() == ["a/b#0", "a/b#7"]


def test_a_defect_names_the_sample_that_it_costs_or_the_file():
    assert Defect("a", "", "x", "y").key == "a"
    one = Defect("a", "line 3", "x", "y", "a#2", 4)
    again = pickle.loads(pickle.dumps(one))
    assert (again.key, again.samples, str(again)) == ("a#2", 4, "line 3: expected x, found y")
    assert pickle.loads(pickle.dumps(one.under("b"))).args == ("a", "line 3", "x", "y", "b", 4)


def test_a_defect_is_gathered_and_nothing_else():
    findings = Findings()
    with findings:
        raise Defect("a", "byte 4", "x", "y")
    assert [str(d) for d in findings.defects] == ["byte 4: expected x, found y"]
    with pytest.raises(ZeroDivisionError), findings:
        1 / 0


def test_the_payload_decides_the_digest_and_the_label_does_not():
    images, labels = samples(4)
    one = Batch(keys("a", np.arange(4)), {"image": images, "label": labels})
    other = Batch(keys("b", np.arange(4)), {"image": images, "label": labels + 1})
    assert one.digests() == other.digests()
    assert len(one) == 4


@pytest.mark.parametrize("name", formats())
def test_each_format_says_what_it_can_find(name):
    source = reader(name)
    assert source.format == name
    assert source.columns
    codes = [kind.code for kind in source.kinds]
    assert len({*codes}) == len(codes)
    assert all(issubclass(kind, Defect) for kind in source.kinds)


def test_a_module_without_a_source_is_no_format():
    with pytest.raises(UsageError, match="a module with a Source"):
        reader("json.decoder")


@pytest.mark.parametrize(
    ("path", "paper"),
    [
        ("README.md", True), ("readme", True), ("LICENSE", True), ("datacard.toml", True),
        ("_meta/x/y", True), ("manifest-sha256.txt", True), ("ATTRIBUTION.txt", True),
        ("sub/README.md", False), ("README.exe", False), ("meta/x", False), ("train", False),
    ],
)  # fmt: skip
def test_papers_lie_at_the_root_or_in_meta(path, paper):
    assert is_paper(path) is paper


@pytest.mark.parametrize(
    "head", [b"", b"\x80", b"\x80\x01x", b"\x80\x06", b"PK\3\4", b"\x93NUMPY\1\0v\0{'descr': '<f4'", b"text"]
)
def test_what_needs_no_unpickling_is_no_pickle(head):
    assert pickle_in(head) == ""
