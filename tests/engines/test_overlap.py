"""Near duplicates of documents from end to end, held against all sets compared with all."""

import itertools
import json
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import datastd
from datastd import Standard
from datastd.banding import Banding
from datastd.engines import overlap, pairs, spool
from datastd.measures.text.minhash import minhash
from datastd.rules.text.doc_near_duplicate_minhash import DocNearDuplicateMinhash
from datastd.rules.text.train_val_near_overlap import TrainValNearOverlap

SURE = Banding(words=2, bands=100, rows=1)
"""Finds all but 4 in 10^16 of pairs that are half alike."""


def standard(banding=SURE, similarity=0.5):
    rules = (
        DocNearDuplicateMinhash(banding=banding, similarity=similarity),
        TrainValNearOverlap(banding=banding, similarity=similarity),
    )
    return Standard(name="near/1", about="Near.", formats=("jsonl",), measures=(minhash,), rules=rules)


def judged(folder, standard=standard(), **splits):
    """Of each rule, its verdict, and what fails it, by key."""
    folder = Path(folder)
    folder.mkdir(exist_ok=True)
    for split, texts in splits.items():
        lines = [json.dumps({"text": text}) + "\n" for text in texts]
        (folder / f"{split}.jsonl").write_text("".join(lines))
    report = datastd.check(folder, standard)
    return {
        verdict.code: (verdict, {row["key"]: row for row in report.failing(verdict.code).rows(named=True)})
        for verdict in report.verdicts if verdict.code in {"L303", "L398"}
    }  # fmt: skip


def similarity(one, other):
    a, b = ({*itertools.pairwise(text.split())} for text in (one, other))
    return len(a & b) / len(a | b) if a and b else 0.0


def plainly(texts, splits, within):
    """Of each document that is near another one, its group."""
    group = {n: n for n in range(len(texts))}
    near = set()
    for one, other in itertools.combinations(range(len(texts)), 2):
        related = (splits[one] == splits[other]) == within
        if related and texts[one] != texts[other] and similarity(texts[one], texts[other]) >= 0.5:
            near |= {one, other}
            low, high = sorted([group[one], group[other]])
            group = {n: low if g == high else g for n, g in group.items()}
    return near


WORDS = st.lists(st.sampled_from(["a", "b", "c"]), max_size=7).map(" ".join)


@given(st.lists(WORDS, max_size=12), st.lists(WORDS, max_size=6))
@settings(max_examples=40)
def test_what_is_near_is_found(train, test):
    with tempfile.TemporaryDirectory() as place:
        found = judged(place, train=train, test=test)
    keys = [f"{split}.jsonl#{n}" for split, some in (("train", train), ("test", test)) for n in range(len(some))]
    texts, splits = [*train, *test], [0] * len(train) + [1] * len(test)
    for code, within in (("L303", True), ("L398", False)):
        verdict, failing = found[code]
        near = {keys[n] for n in plainly(texts, splits, within)}
        assert {*failing} == near
        has = [len(text.split()) > 1 for text in texts]
        assert verdict.checked == sum(has)
        if code == "L398" and any(has[len(train):]):
            assert verdict.observed == sum(key.startswith("test") for key in near) / sum(has[len(train):])


def document(seed, words=100):
    random = np.random.default_rng(seed)
    return ["".join(word) for word in random.choice([*"abcdefgh"], (words, 7))]


def changed(words, every):
    return [word if n % every else "new" + word for n, word in enumerate(words, 1)]


def test_documents_that_are_unlike_are_not_found(tmp_path):
    texts = [" ".join(document(n)) for n in range(30)]
    found = judged(tmp_path, standard(Banding(), 0.7), train=texts[:20], test=texts[20:])
    assert [verdict.outcome for verdict, _ in found.values()] == ["pass", "pass"]
    assert [verdict.checked for verdict, _ in found.values()] == [30, 30]


def test_a_document_with_a_word_changed_cut_or_written_otherwise_is_found(tmp_path):
    one, other, third = (document(n) for n in range(3))
    train = [
        " ".join(one), " ".join(other), " ".join(third), " ".join(changed(one, 60)),
        "\n".join(other[5:]).upper(), "; ".join(["A", "new", "header.", *third, "12", "May"]),
    ]  # fmt: skip
    found = judged(tmp_path, standard(Banding(), 0.7), train=train)
    verdict, failing = found["L303"]
    assert {*failing} == {f"train.jsonl#{n}" for n in range(6)}
    assert verdict.observed == 3
    for n, example in enumerate(verdict.examples):
        said, _, found = example.detail.rpartition(" ")
        assert said == f"near train.jsonl#{(n + 3) % 6}: Jaccard similarity"
        assert float(found) == pytest.approx(example.observed, abs=1e-3)


def test_copies_to_the_byte_are_no_pair_and_are_as_near_to_others(tmp_path):
    one, near = " ".join(document(0)), " ".join(changed(document(0), 60))
    found = judged(tmp_path / "a", standard(Banding(), 0.7), train=[one, one], test=[one])
    assert [verdict.outcome for verdict, _ in found.values()] == ["pass", "pass"]
    found = judged(tmp_path / "b", standard(Banding(), 0.7), train=[one, near, one], test=[one])
    assert {*found["L303"][1]} == {f"train.jsonl#{n}" for n in range(3)}
    assert {*found["L398"][1]} == {"train.jsonl#1", "test.jsonl#0"}
    assert found["L398"][0].observed == 1


def test_the_share_is_that_of_the_split_that_scores(tmp_path):
    texts = [" ".join(document(n)) for n in range(1100)]
    near = [" ".join(changed(document(n), 60)) for n in range(2)]
    one = judged(tmp_path / "a", standard(Banding(), 0.7), train=texts[:100], val=[*texts[100:], near[0]])
    assert one["L398"][0].observed == pytest.approx(1 / 1001)
    assert one["L398"][0].outcome == "pass"
    two = judged(tmp_path / "b", standard(Banding(), 0.7), train=texts[:100], val=[*texts[100:], *near])
    assert two["L398"][0].observed == pytest.approx(2 / 1002)
    assert two["L398"][0].outcome == "fail"


def test_rules_that_tell_two_bandings_are_refused():
    with pytest.raises(ValueError, match="the banding of the other rules"):
        Standard(
            name="near/1", about="Near.", formats=("jsonl",), measures=(minhash,),
            rules=(DocNearDuplicateMinhash(banding=SURE), TrainValNearOverlap()),
        )  # fmt: skip


def test_short_documents_are_like_nothing_and_where_all_are_nothing_is_known(tmp_path):
    found = judged(tmp_path, standard(Banding()), train=["a b c d", "a b c d!", ""], test=["A b c d"])
    assert [verdict.outcome for verdict, _ in found.values()] == ["unknown", "unknown"]


@pytest.mark.parametrize("most", [0, 3])
def test_spilling_changes_nothing(tmp_path, monkeypatch, most):
    texts = [" ".join(changed(document(n % 4), 60 + n)) for n in range(14)]
    whole = judged(tmp_path, standard(Banding(), 0.7), train=texts[:9], test=texts[9:])
    for kind in (spool.Meeting, spool.Spool):
        monkeypatch.setattr(kind.__init__, "__defaults__", (most, *kind.__init__.__defaults__[1:]))
    monkeypatch.setattr(pairs, "EDGES", max(1, most))
    again = judged(tmp_path, standard(Banding(), 0.7), train=texts[:9], test=texts[9:])
    assert again == whole
    assert all(verdict.observed for verdict, _ in whole.values())


def compared(sets, most=0.3):
    """The forest of sets that all agree in one band."""
    count = len(sets)
    sizes = np.array([len(one) for one in sets])
    starts = np.concatenate([[0], np.cumsum(sizes)])
    runs = overlap.Runs(np.concatenate(sets).astype(np.uint32), starts, np.full(count, -1))
    forest = overlap.Forest.of(1, count)
    digests, sides = np.arange(2 * count, dtype=np.uint64).reshape(-1, 2), np.zeros(count, np.int64)
    everything, order = np.array([[0, count]]), np.arange(count)
    overlap._compare(order, everything, runs, sides, digests, np.ones((1, 1, 1), bool), np.array([most]), forest)
    return forest


def test_a_crowd_that_agrees_in_a_band_is_not_compared_all_with_all():
    """20,000 sets that are unlike, in one band: 64 lead, and the rest is compared with these."""
    sets = np.random.default_rng(0).integers(0, 1 << 32, (20_000, 10), dtype=np.uint32)
    sets[-1], sets[-2] = sets[0], sets[-3]
    forest = compared(sets)
    assert forest.used[0] == 1  # the last two are like none that leads
    assert forest.ends[0].tolist() == [0, 19_999]


def test_crowds_that_agree_in_a_band_are_each_found():
    """Those that are alike do not lead alone: who is like none before leads as well."""
    random = np.random.default_rng(1)
    crowds = random.integers(0, 1 << 32, (20, 40), dtype=np.uint32)
    sets = [np.concatenate([crowd, random.integers(0, 1 << 32, 3, dtype=np.uint32)]) for crowd in crowds for _ in range(100)]
    groups = compared(sets).groups()
    assert groups.tolist() == [n // 100 * 100 for n in range(2000)]
