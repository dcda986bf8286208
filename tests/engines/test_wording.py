"""Near duplicates of instructions from end to end, held against every pair."""

import itertools
import json
import random
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from measures.test_responses import plain_likeness, plain_words
from support import SHARED, needs_data

import datastd
from datastd import Standard
from datastd.engines import pairs, spool, wording
from datastd.measures.responses.instruction_words import instruction_words
from datastd.rules.responses.instruction_near_duplicate import InstructionNearDuplicate


def judged(folder, *, similarity=0.7, **splits):
    """The verdict, and what fails it, by key."""
    folder = Path(folder)
    for split, texts in splits.items():
        lines = [json.dumps({"instruction": text, "input": "", "output": "Yes."}) + "\n" for text in texts]
        (folder / f"{split}.jsonl").write_text("".join(lines))
    rules = (InstructionNearDuplicate(similarity=similarity),)
    report = datastd.check(folder, Standard(name="near/1", about="Near.", formats=("chat",), measures=(instruction_words,), rules=rules))
    return report["L602"], {row["key"]: row for row in report.failing("L602").rows(named=True)}


def plainly(texts, similarity=0.7):
    """Which are near another one, that is not of the same words."""
    words, near = [plain_words(text) for text in texts], set()
    for one, other in itertools.combinations(range(len(texts)), 2):
        if words[one] != words[other] and plain_likeness(words[one], words[other]) > similarity:
            near |= {one, other}
    return near


WORDS = st.lists(st.sampled_from(["a", "b", "c", "d", "e", "f"]), max_size=14).map(" ".join)
VARIED = st.tuples(st.lists(st.sampled_from("abcdefghijklmnop"), min_size=4, max_size=20), st.integers(0, 99)).map(
    lambda drawn: " ".join(one for n, one in enumerate(drawn[0]) if (n * 7 + drawn[1]) % 9)
)


@given(st.lists(WORDS | VARIED, min_size=2, max_size=25), st.sampled_from([0.3, 0.5, 0.7, 0.9]))
@example(["one two three four five six seven eight nine ten", "one two three four five six seven x y z"], 0.7)  # equal to it, and not above
@example(["one two three four five six seven eight nine ten", "one two three four five six seven eight y z"], 0.7)
@example(["a a a a b", "a a a b b", "b a a a a", "a"], 0.5)
@settings(max_examples=60, deadline=None)
def test_every_pair_is_found_and_no_other(texts, similarity):
    with tempfile.TemporaryDirectory() as folder:
        verdict, found = judged(folder, similarity=similarity, train=texts)
    assert {int(key.split("#")[1]) for key in found} == plainly(texts, similarity)
    assert verdict.checked == sum(bool(plain_words(text)) for text in texts)


def varied(texts, seed):
    """The texts, and three variants of each: words taken out, put in, changed."""
    drawn = random.Random(seed)
    known = sorted({word for text in texts for word in text.split()})
    for text in texts * 3:
        words = text.split()
        for _ in range(drawn.randint(0, max(1, len(words) // 3))):
            at, how = drawn.randrange(len(words) + 1), drawn.random()
            words[at : at + (how < 0.7)] = [] if 0.4 < how < 0.7 and len(words) > 1 else [drawn.choice(known)]
        yield " ".join(words)


@needs_data
def test_recall_is_whole_on_the_seeds_of_self_instruct(tmp_path):
    lines = (SHARED / "self_instruct/data/seed_tasks.jsonl").read_text().splitlines()
    seeds = [json.loads(line)["instruction"] for line in lines]
    verdict, found = judged(tmp_path, train=seeds)
    # "Use a counterstereotype to complete the given sentence.", "Write a conversation based on the
    # given facts.": two pairs of 175 that differ by two words.
    assert {*found} == {f"train.jsonl#{n}" for n in plainly(seeds)}
    assert (len(found), verdict.observed) == (4, 2)
    texts = [*seeds, *varied(seeds, 1)]
    _, found = judged(tmp_path, train=texts)
    assert {int(key.split("#")[1]) for key in found} == plainly(texts)
    assert len(found) > 600


def test_the_same_words_are_one_instruction_and_not_another(tmp_path):
    _, found = judged(tmp_path, train=["Name it, please.", "name it please", "Say nothing at all."], val=["Name it please!"])
    assert found == {}
    verdict, found = judged(tmp_path, train=["Name it, please.", "name it please", "Name it now please"], val=["Name it please!"])
    assert {*found} == {"train.jsonl#0", "train.jsonl#1", "train.jsonl#2", "val.jsonl#0"}
    assert verdict.observed == 1


def test_what_is_near_is_named_with_the_nearest(tmp_path):
    texts = ["one two three four five six", "one two three four five nine", "one two three four five six seven"]
    verdict, found = judged(tmp_path, train=texts)
    assert found["train.jsonl#0"]["observed"] == pytest.approx(12 / 13)
    assert found["train.jsonl#1"]["observed"] == pytest.approx(10 / 12)
    assert {one.detail for one in verdict.examples} >= {"near train.jsonl#2: ROUGE-L 0.923"}


def test_a_long_instruction_is_compared_with_none(tmp_path):
    words = [f"w{n}" for n in range(wording.LONGEST)]
    texts = [" ".join(words), " ".join(words[1:]), " ".join([*words, "more"]), " ".join([*words, "most"])]
    verdict, found = judged(tmp_path, train=texts)
    assert {*found} == {"train.jsonl#0", "train.jsonl#1"}
    assert verdict.checked == 4


def test_a_crowd_is_found_whole_with_few_leaders(tmp_path, monkeypatch):
    texts = [f"Say in one word whether this sentence is kind: {n}" for n in range(300)]
    verdict, found = judged(tmp_path, train=texts)
    assert (verdict.observed, len(found)) == (1, 300)
    assert wording.LEADERS < 300


def test_words_may_lie_in_files(tmp_path, monkeypatch):
    texts = [f"{a} {b} of the {c}, quickly now" for a in "xyz" for b in "uvw" for c in "rst"]
    whole = judged(tmp_path, train=texts)[1]
    monkeypatch.setattr(pairs, "HELD", 1)
    monkeypatch.setattr(spool, "ROWS", 3)
    monkeypatch.setattr(pairs, "EDGES", 2)
    assert judged(tmp_path, train=texts)[1] == whole != {}


@given(st.integers(1, 400), st.integers(1, 400), st.floats(0.05, 0.95))
def test_fewer_words_in_common_are_never_near(one, other, least):
    needed = wording._needed(one + other, least)
    assert 2 * (needed - 1) / (one + other) <= least + 1e-12
    assert wording._entries(np.array([one]), least)[0] == one - wording._needed(2 * one, least) + 1
