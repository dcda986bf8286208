"""Near duplicates from end to end: what is found, and that nothing but the data decides it."""

import gzip
import io
import tempfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from support import SHARED, needs_data, write_idx

import datastd
from datastd import Standard
from datastd.disk import Tree
from datastd.engines import looking, nearby, pairs, spool, tasks
from datastd.engines.fold import Fold
from datastd.engines.hamming import within
from datastd.engines.local import run
from datastd.measures.pixels import gray
from datastd.measures.pixels.likeness import sketches, unlikeness
from datastd.measures.pixels.phash import hashed, phash
from datastd.rules.pixels.exact_duplicate import ExactDuplicate
from datastd.rules.pixels.mirror_duplicate import MirrorDuplicate
from datastd.rules.pixels.near_duplicate import NearDuplicate
from datastd.rules.pixels.near_duplicate_conflicting_label import NearDuplicateConflictingLabel
from datastd.rules.pixels.near_duplicate_cross_split import NearDuplicateCrossSplit
from datastd.rules.pixels.near_in_evaluation import NearInEvaluation
from datastd.rules.pixels.possible_duplicate_cross_split import PossibleDuplicateCrossSplit
from datastd.sources.idx import Idx


@pytest.fixture(autouse=True)
def _small_buckets(monkeypatch):
    """Few buckets and short parts: what many rows need, seen with few."""
    monkeypatch.setattr(spool, "BUCKETS", 7)
    monkeypatch.setattr(spool, "PART", 2)


def standard(**settings):
    rules = (
        NearDuplicate, NearDuplicateCrossSplit, MirrorDuplicate, NearDuplicateConflictingLabel, NearInEvaluation,
    )  # fmt: skip
    return Standard(
        name="near/1", about="Near duplicates.", formats=("idx", "memory"), measures=(phash,),
        rules=(*(rule(**settings) for rule in rules), PossibleDuplicateCrossSplit(), ExactDuplicate()),
    )  # fmt: skip


def picture(seed, size=(48, 64)):
    """Smooth shapes in colour: unlike any of another seed."""
    random = np.random.default_rng(seed)
    coarse = Image.fromarray(random.integers(0, 256, (7, 9, 3), dtype=np.uint8))
    return np.asarray(coarse.resize(size[::-1], Image.BICUBIC))


def again(image, quality=60):
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(io.BytesIO(file.getvalue())))


def judged(images, labels=None, test=(), **settings):
    """Failing keys by code, with the report."""
    def split(some, labels):
        return np.stack(some), np.array(labels if labels is not None else [0] * len(some))

    data = {"train": split(images, labels)}
    if len(test):
        data["test"] = split(test, None)
    report = datastd.check(data, standard(**settings))
    codes = [verdict.code for verdict in report.verdicts]
    return {c: k for c in codes if (k := report.failing(c)["key"].to_list())}, report


PICTURES = [picture(seed) for seed in range(12)]


def test_pictures_that_are_unlike_are_not_found():
    found, report = judged(PICTURES, test=[picture(seed) for seed in range(50, 60)])
    assert not found
    assert {v.checked for v in report.verdicts} == {22}
    assert {v.code for v in report.verdicts} == {"L101", "L103", "L104", "L106", "L196", "L197"}
    assert [one.code for one in report.not_asked] == ["L198"]


def test_a_copy_is_found_where_it_is_and_each_side_names_the_other():
    found, report = judged([*PICTURES, again(PICTURES[3])], test=[picture(99), again(PICTURES[5])])
    assert found == {
        "L103": ["train#3", "train#12"], "L104": ["test#1", "train#5"],
    }  # fmt: skip
    (one, other) = report["L103"].examples
    assert one.detail == f"near train#12 at distance {one.observed:g}"
    assert other.detail == f"near train#3 at distance {one.observed:g}"
    assert (report["L103"].observed, report["L103"].failed) == (1, 2)


def test_a_mirror_image_is_found_by_its_own_rule_only():
    found, _ = judged([*PICTURES, PICTURES[2][:, ::-1], again(PICTURES[4][:, ::-1])], test=[again(PICTURES[6][:, ::-1])])
    assert found == {"L106": ["test#0", "train#2", "train#4", "train#6", "train#12", "train#13"]}


def test_a_picture_that_is_its_own_mirror_image_is_no_pair():
    even = picture(0)
    even = np.concatenate([even, even[:, ::-1]], axis=1)
    wide = [np.concatenate([one, one], axis=1) for one in PICTURES]
    assert not judged([even, *wide])[0]


def test_constant_pictures_are_not_near_each_other():
    flat = [np.full((48, 64, 3), value, np.uint8) for value in (0, 0, 7, 255)]
    found, report = judged([*PICTURES, *flat])
    assert found == {"L101": ["train#12", "train#13"]}
    assert report["L103"].checked == 12


def test_what_is_equal_to_the_byte_is_not_near_but_its_near_copy_is():
    found, _ = judged([PICTURES[0], PICTURES[0], PICTURES[1]])
    assert found == {"L101": ["train#0", "train#1"]}
    found, report = judged([PICTURES[0], PICTURES[0], PICTURES[1], again(PICTURES[0])])
    assert found == {"L101": ["train#0", "train#1"], "L103": ["train#0", "train#1", "train#3"]}
    assert report["L103"].observed == 1
    # Across splits the same: what is equal is another rule's.
    found, _ = judged([PICTURES[0], PICTURES[1]], test=[PICTURES[0]])
    assert not found


def test_labels_of_a_group_are_compared_across_splits_too():
    copies = [again(PICTURES[0], q) for q in (50, 70, 90)]
    assert "L197" not in judged([*PICTURES, *copies])[0]
    found, report = judged([*PICTURES, *copies], [0] * 14 + [1])
    assert found["L197"] == ["train#0", "train#12", "train#13", "train#14"]
    assert report["L197"].observed == 1


def test_a_crop_is_possible_and_not_certain():
    def cropped(image):
        return np.asarray(Image.fromarray(image[2:-2, 2:-2]).resize((64, 48)))

    crops = [cropped(one) for one in PICTURES]
    found, report = judged(PICTURES, test=crops)
    certain, possible = ({*found.get(code, ())} for code in ("L104", "L196"))
    assert len(certain | possible) >= 20
    assert possible
    assert not certain & possible
    assert report["L196"].outcome == "warn"


def test_an_evaluation_set_takes_part(tmp_path):
    grey = [np.asarray(Image.fromarray(one).convert("L")) for one in PICTURES]
    labels = (np.arange(12) % 3).astype(np.uint8)
    data = write_idx(tmp_path / "data", train=(np.stack(grey), labels))
    copy = np.asarray(Image.fromarray(again(grey[4])))
    other = [np.asarray(Image.fromarray(picture(77 + n)).convert("L")) for n in range(4)]
    evaluation = write_idx(tmp_path / "eval", test=(np.stack([*other, copy, other[0]]), labels[:6]))
    report = datastd.check(data, standard(), inputs={"evaluation": evaluation})
    assert report.failing("L198")["key"].to_list() == ["train-images-idx3-ubyte#4"]
    assert report["L198"].examples[0].detail.startswith("near t10k-images-idx3-ubyte#4 at distance")
    assert report["L103"].outcome == "pass"
    clean = write_idx(tmp_path / "other", test=(np.stack(other), labels[:4]))
    assert datastd.check(data, standard(), inputs={"evaluation": clean})["L198"].outcome == "pass"


def crowd():
    """Two crowds of copies, some singles, mirror images, exact copies: 40 grey pictures."""
    random = np.random.default_rng(0)
    grey = [np.asarray(Image.fromarray(one).convert("L")) for one in PICTURES]
    some = [again(grey[n % 3], int(q)) for n, q in enumerate(random.integers(30, 96, 20))]
    some += [grey[n] for n in random.integers(0, 12, 14)] + [one[:, ::-1] for one in grey[:6]]
    return np.stack([some[n] for n in random.permutation(40)])


def measured(folder, *, shard=1 << 20, batch=1 << 20, jobs=1):
    asks = standard(distance=8)
    with Idx(Tree(folder), shard=shard, batch=batch) as source:
        fold = Fold(asks)
        for part in run(tasks(source, source.plan().shards, {}), asks, {}, jobs=jobs, done=lambda _: None):
            fold.add(part)
        found = {rule.code: one for rule, one in fold.measurements({})}
        return found, {code: fold.failing_of(code).rows() for code in found}


@given(st.integers(64, 1 << 17), st.integers(64, 1 << 17), st.integers(1, 4), st.sampled_from([0, 3, 1 << 18]))
@settings(max_examples=3)
def test_shards_batches_jobs_and_spilling_change_nothing(shard, batch, jobs, most):
    images = crowd()
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        folder = write_idx(f"{place}/d", train=(images[:28], np.zeros(28, np.uint8)), test=(images[28:], np.ones(12, np.uint8)))
        whole = measured(folder)
        patch.setattr(spool.Meeting.__init__, "__defaults__", (most, *spool.Meeting.__init__.__defaults__[1:]))
        patch.setattr(spool.Spool.__init__, "__defaults__", (most, *spool.Spool.__init__.__defaults__[1:]))
        patch.setattr(pairs, "HELD", most)
        patch.setattr(nearby, "KEPT", most)
        patch.setattr(pairs, "EDGES", max(1, most))
        assert measured(folder, shard=shard, batch=batch, jobs=jobs) == whole
    assert all(whole[0][code].observed for code in ("L103", "L104", "L106"))


def groups_plainly(images, splits, within_split):
    """Groups of near pairs by comparing all with all."""
    table = hashed(images)
    drawn = sketches(images[..., None])
    near = []
    for one in range(len(images)):
        for other in range(one + 1, len(images)):
            distance = (int(table["hash"][one]) ^ int(table["hash"][other])).bit_count()
            difference = unlikeness(*drawn, np.array([[one, other]]), False)[0]
            equal = (images[one] == images[other]).all()
            related = (splits[one] == splits[other]) == within_split
            if distance <= 8 and difference <= 0.25 and not equal and related:
                near.append((one, other))
    return near


def test_what_fails_is_what_all_with_all_would_fail(tmp_path):
    crowded = crowd()
    folder = write_idx(tmp_path / "d", train=(crowded[:28], np.zeros(28, np.uint8)), test=(crowded[28:], np.zeros(12, np.uint8)))
    _, failing = measured(folder)
    keys = [f"train-images-idx3-ubyte#{n}" for n in range(28)] + [f"t10k-images-idx3-ubyte#{n}" for n in range(12)]
    for code, within_split in (("L103", True), ("L104", False)):
        near = groups_plainly(crowded, ["a"] * 28 + ["b"] * 12, within_split)
        named = {row[0] for row in failing[code]}
        assert named == {keys[n] for pair in near for n in pair}


def test_a_crowd_of_one_hash_is_held_by_its_leaders():
    alike = [PICTURES[0].copy() for _ in range(200)]
    for n, one in enumerate(alike):
        one[n // 64 + 40, n % 64] ^= 1  # each another picture, and all of one hash
    assert len({int(h) for h in hashed(np.stack([c[..., 0] for c in alike]))["hash"]}) == 1
    found, report = judged([*alike, *PICTURES[1:]])
    assert len(found["L103"]) == 200
    assert (report["L103"].observed, report["L103"].failed) == (1, 200)
    assert looking.LEADERS < 200


def test_a_rule_needs_some_distance():
    with pytest.raises(ValueError, match="expected a `distance` beyond 4, found 4"):
        PossibleDuplicateCrossSplit(distance=4)


@needs_data
def test_the_default_for_photos_is_not_for_digits():
    """Of 10,000 test digits the hash alone flags 4,088; imagehash, with Lanczos, 4,085."""
    packed = (SHARED / "mnist" / "t10k-images-idx3-ubyte.gz").read_bytes()
    digits = np.frombuffer(gzip.decompress(packed), np.uint8, offset=16).reshape(-1, 28, 28)
    table = hashed(digits)
    assert len(table["hash"]) == 10_000
    pairs = np.concatenate([*within(table["hash"], 4)])
    assert len(np.unique(pairs[:, :2])) == 4_088
    # What tells a copy from another digit of the same shape is how exact it is.
    strict = datastd.check((digits, np.zeros(10_000, int)), standard(distance=4, difference=0.003))
    assert strict["L103"].observed == 0


@needs_data
def test_pairs_that_people_judged_are_found():
    """Of the 325 of ciFAIR; `tests/bench/truth.py` has the whole table, and the false ones."""
    place = SHARED / "cifar10" / "cifair_pairs"
    judged = [line.split(",")[:2] for line in (place / "pairs.csv").read_text().split()[1:]]
    images = [np.stack([np.asarray(Image.open(place / pair[n]).convert("RGB")) for pair in judged]) for n in (0, 1)]
    table = [hashed(gray(side)) for side in images]
    bits = np.bitwise_count(table[0]["hash"] ^ table[1]["hash"])
    drawn = [np.concatenate(both) for both in zip(*map(sketches, images), strict=True)]
    numbers = np.arange(len(judged))
    unlike = unlikeness(*drawn, np.stack([numbers, numbers + len(judged)], axis=1), False)
    found = {(d, f): int(((bits <= d) & (unlike <= f)).sum()) for d, f in ((4, 0.25), (12, 0.2), (16, 0.25), (22, 0.5))}
    assert found == {(4, 0.25): 59, (12, 0.2): 178, (16, 0.25): 233, (22, 0.5): 311}
