"""Cure: what passes is written anew, the rest is named, and a half is never seen."""

import gzip
import json
import os
import resource
import signal
import subprocess
import sys
import time
import tomllib
import warnings
from pathlib import Path

import cifar_files
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from support import ROOT, samples, sound, write_idx

import datastd
from datastd import cleaning, draft, pipeline
from datastd.card import read
from datastd.cleaning import papers
from datastd.describing import describe
from datastd.disk import Tree
from datastd.errors import DataChanged, NothingLeft, NotJudged, UsageError
from datastd.model import Outcome
from datastd.rules import in_key_order, precedence
from datastd.rules.columns.group_leak import GroupLeak
from datastd.rules.pixels.duplicate_conflicting_label import DuplicateConflictingLabel
from datastd.rules.pixels.exact_duplicate import ExactDuplicate
from datastd.rules.pixels.exact_duplicate_cross_split import ExactDuplicateCrossSplit
from datastd.sources.idx import Idx

COMMAND = str(Path(sys.executable).with_name("datastd"))
IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"


def datastd_(*arguments, cwd, **options):
    done = subprocess.run(
        [COMMAND, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, **options
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def spoiled(folder, **options):
    """200 and 100 samples: train #7 is test #3, #9 is #8, #20 and #21 are alike but for the label."""
    train, test = samples(200), samples(100, seed=1)
    train[0][7], train[1][7] = test[0][3], test[1][3]
    train[0][9], train[1][9] = train[0][8], train[1][8]
    train[0][21], train[1][21] = train[0][20], (train[1][20] + 1) % 10
    train[0][30] = 5
    return write_idx(folder, train=train, test=test, **options)


def content(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(Path(folder).rglob("*")) if path.is_file()
    }  # fmt: skip


def log(out, name="removed"):
    return [json.loads(line) for line in (out / "_meta" / f"{name}.jsonl").read_text().splitlines()]


def left_over(place):
    return [path.name for path in place.iterdir() if path.name.startswith(".tmp-")]


def pictures(folder, paths, *, seed=0, size=40):
    """Noise of one's own for each path: nothing to find fault with."""
    random = np.random.default_rng(seed)
    for path in paths:
        place = Path(folder) / path
        place.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(random.integers(0, 256, (size, size, 3), dtype=np.uint8)).save(place)
    return Path(folder)


# ------------------------------------------------------------------ what stays, and what goes


VISITS = """
from typing import Literal
from pydantic import Field
from datastd import Record, Standard
from datastd.schemas import table
class Visit(Record):
    id: str = Field(min_length=1)
    group: str = Field(alias="patient", pattern="^p[0-9]+$")
    label: Literal["ill", "well"]
    temperature: float | None = Field(default=None, le=45)
standard = Standard(name="visits/1", about="Visits.", formats=("csv",), records=Visit, rules=table.standard.rules)
"""


@pytest.mark.parametrize("bad", ["v,p1,sick,37", "v,x9,ill,37", ",p1,ill,37", "v,p1,ill,46", "v,p1,ill,warm"])
def test_a_record_that_its_standard_does_not_allow_goes(bad, tmp_path):
    (tmp_path / "visits.py").write_text(VISITS)
    (tmp_path / "data").mkdir()
    rows = [f"v{n},p{n},{'ill' if n % 3 else 'well'},{36 + n / 10}" for n in range(30)]
    (tmp_path / "data/train.csv").write_text("\n".join(["id,patient,label,temperature", *rows, bad, ""]))
    done = datastd_("clean", "data", "out", "--standard", "visits.py", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "out/train.csv").read_text().splitlines()[1:] == rows


def test_what_passes_is_written_and_the_rest_is_named(tmp_path):
    data = spoiled(tmp_path / "data")
    before = content(data)
    done = datastd_("clean", "data", "out", "--standard", "idx-images/1", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "300 samples, of which 4 are left out (L102 1, L105 2, Q109 1) and 296 are in out" in done.stdout
    assert "out/_meta/removed.jsonl" in done.stdout
    assert content(data) == before
    out = tmp_path / "out"
    gone = {one["key"].rpartition("#")[2]: one for one in log(out)}
    assert list(gone) == ["7", "20", "21", "30"]
    assert gone["7"]["kept_instead"] == "t10k-images-idx3-ubyte#3"
    assert gone["7"]["codes"] == ["L102"]
    assert gone["7"]["why"] == [
        {"code": "L102", "observed": 2.0, "limit": "in one split", "detail": "expected in one split, found 2 alike"}
    ]
    assert "kept_instead" not in gone["20"]
    with Idx(Tree(data)) as old, Idx(Tree(out)) as new:
        rows = np.array([n for n in range(200) if n not in {7, 20, 21, 30}])
        wanted, found = old.take(IMAGES, rows), new.take(IMAGES, np.arange(196))
        assert (wanted.columns["image"] == found.columns["image"]).all()
        assert (wanted.columns["label"] == found.columns["label"]).all()
    assert datastd_("check", "out", "--standard", "idx-images/1", cwd=tmp_path).returncode == 0
    summary = json.loads((out / "_meta" / "cleaning.json").read_text())
    assert summary["samples"]["by_code"] == {"L102": 1, "L105": 2, "Q109": 1}
    assert summary["splits"] == {"test": {"in": 100, "out": 100}, "train": {"in": 200, "out": 196}}
    assert not left_over(tmp_path)


def test_what_warns_stays_unless_it_is_asked_for(tmp_path):
    data = spoiled(tmp_path / "data")
    kept = datastd.clean(data, tmp_path / "a", "idx-images/1")
    assert kept.outcome is Outcome.WARN
    dropped = datastd.clean(data, tmp_path / "b", "idx-images/1", also=["L101"])
    assert dropped.outcome is Outcome.PASS
    assert (kept.rows_out, dropped.rows_out) == (296, 295)
    (twin,) = (one for one in log(tmp_path / "b") if one["codes"] == ["L101"])
    assert (twin["key"], twin["kept_instead"]) == (f"{IMAGES}#9", f"{IMAGES}#8")


def test_cleaning_what_is_clean_changes_no_sample(tmp_path):
    data = spoiled(tmp_path / "data")
    datastd.clean(data, tmp_path / "a", "idx-images/1")
    again = datastd.clean(tmp_path / "a", tmp_path / "b", "idx-images/1")
    assert (again.rows_in, again.rows_out, again.removed, again.files) == (296, 296, {}, 0)
    first, second = content(tmp_path / "a"), content(tmp_path / "b")
    assert second.pop("_meta/removed-2.jsonl") == b""  # and the earlier log still stands
    second.pop("_meta/cleaning-2.json")
    assert first == second


@given(
    copies=st.lists(st.tuples(st.integers(0, 39), st.integers(0, 39)), max_size=8),
    constant=st.sets(st.integers(0, 39), max_size=3),
    relabel=st.booleans(),
    jobs=st.sampled_from([1, 3]),
)
def test_nothing_is_dropped_silently_and_nothing_bad_stays(tmp_path_factory, copies, constant, relabel, jobs):
    place = tmp_path_factory.mktemp("law")
    images, labels = samples(40, classes=2)
    for one, other in copies:
        images[one] = images[other]
        labels[one] = labels[one] if relabel else labels[other]
    images[[*constant]] = 9
    write_idx(place / "data", train=(images[:25], labels[:25]), test=(images[25:], labels[25:]))
    try:
        done = datastd.clean(place / "data", place / "out", "idx-images/1", jobs=jobs, also=["L101"])
    except NothingLeft:
        return
    gone = [one["key"] for one in log(place / "out")]
    assert len(gone) == len({*gone}) == done.rows_in - done.rows_out
    assert done.rows_in == 40
    after = done.report
    assert all(after[code].outcome is Outcome.PASS for code in ("L101", "L102", "L105", "Q109"))
    for one in log(place / "out"):
        assert one.get("kept_instead") not in gone
    other = datastd.clean(place / "data", place / "jobs", "idx-images/1", jobs=2, also=["L101"])
    assert other.rows_out == done.rows_out
    assert content(place / "out") == content(place / "jobs")


def test_a_sample_that_is_bad_for_another_reason_is_not_what_stays(tmp_path):
    train, test = samples(200), samples(100, seed=1)
    test[0][3] = train[0][7] = 9  # alike, and constant: neither is worth keeping
    train[1][7] = test[1][3]
    out = datastd.clean(write_idx(tmp_path / "data", train=train, test=test), tmp_path / "out", "idx-images/1")
    assert out.removed == {"Q109": 2}
    assert out.outcome is Outcome.PASS


@pytest.mark.parametrize("text", [b" ", b"\xff"])  # samples that are bad, and that cannot be read
def test_a_split_of_which_nothing_would_stay_is_refused(tmp_path, text):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/train.jsonl").write_bytes(b"".join(b'{"text": "a text %d"}\n' % n for n in range(9)))
    (tmp_path / "data/test.jsonl").write_bytes(b'{"text": "%s"}\n' % text * 2)
    with pytest.raises(NothingLeft) as raised:
        datastd.clean(tmp_path / "data", tmp_path / "out", "raw-text/1")
    assert str(raised.value).startswith(f"{tmp_path / 'data'}: split test: expected a sample that passes, found all 2 to be left")
    assert not (tmp_path / "out").exists()
    done = datastd_("clean", "data", "out", "--standard", "raw-text/1", cwd=tmp_path)
    assert done.returncode == 1
    with (tmp_path / "data/test.jsonl").open("ab") as file:
        file.write(b'{"text": "another"}\n')
    assert datastd.clean(tmp_path / "data", tmp_path / "out", "raw-text/1").rows_out == 10


def test_what_cannot_be_cured_is_said_and_exits_1(tmp_path):
    spoiled(tmp_path / "data")
    (tmp_path / "sized.py").write_text(
        "from datastd import Standard\n"
        "from datastd.rules.pixels.exact_duplicate_cross_split import ExactDuplicateCrossSplit\n"
        "from datastd.rules.splits.split_size import SplitSize\n"
        "sizes = {'train': 200, 'test': 100}\n"
        "standard = Standard(name='sized/1', about='x', formats=('idx',),\n"
        "                    rules=(SplitSize(sizes=sizes), ExactDuplicateCrossSplit()))\n"
    )
    assert "C199" not in datastd_("check", "data", "--standard", "sized.py", cwd=tmp_path).stdout
    done = datastd_("clean", "data", "out", "--standard", "sized.py", cwd=tmp_path)
    assert done.returncode == 1
    assert "C199" in done.stdout
    assert "FAIL" in done.stdout
    assert (tmp_path / "out" / IMAGES).is_file()


def test_an_input_is_asked_and_what_is_in_it_goes(tmp_path):
    data = sound(tmp_path / "data")
    images, labels = samples(20, seed=5)
    images[3] = samples(200)[0][11]
    write_idx(tmp_path / "held", test=(images, labels))
    done = datastd.clean(data, tmp_path / "out", "idx-images/1", inputs={"evaluation": tmp_path / "held"})
    assert done.removed == {"L199": 1}
    assert log(tmp_path / "out")[0]["key"] == f"{IMAGES}#11"
    assert done.report["L199"].outcome is Outcome.PASS
    assert [one.role for one in done.report.inputs] == ["evaluation"]


@pytest.mark.parametrize(("bad", "left"), [("{bad\n", {"description": "x"}), ("", None)])
def test_numbers_of_records_that_are_no_more_true_are_not_kept(bad, left, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "train.jsonl").write_text("".join(f'{{"text": "text {n}"}}\n' for n in range(5)) + bad)
    stated = {"description": "x", "splits": {"train": {"num_examples": 5 + bool(bad)}}, "dataset_size": 9}
    for name, said in (("dataset_info.json", stated), ("dataset_infos.json", {"default": stated})):
        (data / name).write_text(json.dumps(said))
    assert datastd.check(data, "raw-text/1").failing("C004").is_empty()
    cleaned = datastd.clean(data, tmp_path / "out", "raw-text/1")
    assert cleaned.outcome == "pass"
    assert json.loads((tmp_path / "out/dataset_info.json").read_text()) == (left or stated)
    assert json.loads((tmp_path / "out/dataset_infos.json").read_text()) == {"default": left or stated}


def test_a_class_that_is_gone_is_said(tmp_path):
    images, labels = samples(200)
    images[labels == 4] = 3
    write_idx(tmp_path / "data", train=(images, labels))
    done = datastd_("clean", "data", "out", "--standard", "idx-images/1", cwd=tmp_path)
    assert "no sample is left of class 4" in done.stdout
    assert json.loads((tmp_path / "out" / "_meta" / "cleaning.json").read_text())["classes_removed"] == [4]


def test_a_dataset_without_a_sound_sample_is_not_written(tmp_path):
    images, labels = samples(200)
    write_idx(tmp_path / "data", train=(images * 0, labels))
    done = datastd_("clean", "data", "out", "--standard", "idx-images/1", cwd=tmp_path)
    assert done.returncode == 1
    assert "expected a sample that passes, found all 200 to be left out" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


# ---------------------------------------------------------------------------- of what is alike


def rows_of(*rows):
    return pl.DataFrame(
        [(key, split, 2.0, "", group) for key, split, group in rows],
        {"key": pl.String, "split": pl.String, "observed": pl.Float64, "detail": pl.String, "group": pl.String},
        orient="row",
    )


ALIKE = rows_of(("a#0", "train", "x"), ("a#1", "train", "x"), ("b#0", "test", "x"), ("b#1", "test", "x"))


@pytest.mark.parametrize(
    ("rule", "goes"),
    [
        (ExactDuplicateCrossSplit(), {"a#0": "b#0", "a#1": "b#0"}),
        (DuplicateConflictingLabel(), dict.fromkeys(["a#0", "a#1", "b#0", "b#1"])),
    ],
)
def test_a_split_to_measure_with_keeps_what_is_alike(rule, goes):
    assert dict(rule.cure(ALIKE).select("key", "kept").rows()) == goes


@given(st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from(["train", "val", "test"]), st.integers(0, 1))))
def test_what_a_rule_about_groups_cures_is_cured(made):
    rows = pl.DataFrame(
        [(f"a#{n}", split, "data", digest.encode(), label) for n, (digest, split, label) in enumerate(made)],
        {"key": pl.String, "split": pl.String, "origin": pl.String, "digest": pl.Binary, "label": pl.Int64},
        orient="row",
    )
    for rule in (ExactDuplicate(), ExactDuplicateCrossSplit(), DuplicateConflictingLabel()):
        failing = in_key_order(rule.grouped(rows).with_columns(detail=pl.lit("")))
        goes = rule.cure(failing)
        left = rows.filter(~pl.col("key").is_in(goes["key"].to_list()))
        assert rule.failing(left).is_empty()
        assert rule.spares == ({*left["digest"]} == {*rows["digest"]}) or failing.is_empty()
        assert not {*goes["kept"].drop_nulls()} & {*goes["key"]}


@given(st.lists(st.tuples(st.sampled_from(["p", "q", "", " ", None]), st.sampled_from(["train", "val", "test"]))))
def test_what_is_of_an_unknown_group_goes_and_takes_no_other_with_it(made):
    rows = pl.DataFrame(
        [(f"a#{n}", split, "data", group) for n, (group, split) in enumerate(made)],
        {"key": pl.String, "split": pl.String, "origin": pl.String, "group": pl.String}, orient="row",
    )  # fmt: skip
    rule = GroupLeak()
    failing = in_key_order(rule.grouped(rows))
    unknown = {key for key, _, _, group in rows.rows() if not (group or "").strip()}
    assert {*failing.filter(pl.col("detail") == "expected a group, found none")["key"]} == unknown
    goes = {*rule.cure(failing)["key"]}
    assert unknown <= goes
    left = rows.filter(~pl.col("key").is_in([*goes]))
    assert rule.failing(left).is_empty()
    assert {*left["group"]} == {*rows["group"]} - {"", " ", None}


def test_the_first_of_a_group_stays():
    two = rows_of(("a#0", "train", "x/train"), ("a#1", "train", "x/train"), ("b#0", "test", "x/test"),
                  ("a#5", "train", "y/train"))  # fmt: skip
    assert dict(ExactDuplicate().cure(two).select("key", "kept").rows()) == {"a#1": "a#0"}


def test_what_could_not_be_compared_cannot_stay():
    goes = ExactDuplicate().cure(rows_of(("a#0", "train", None), ("a#1", "train", None)))
    assert goes["key"].to_list() == ["a#0", "a#1"]
    assert goes["kept"].to_list() == [None, None]


def test_test_comes_before_val_before_any_other_before_train():
    names = ["test", "set/val", "validation", "extra", "data", "train", "a/training"]
    ranks = pl.DataFrame({"split": names}).select(precedence()).to_series().to_list()
    assert ranks == [0, 1, 1, 2, 2, 3, 3]


# ------------------------------------------------------------------------------------- formats


def test_every_format_can_be_written():
    for name in pipeline.formats():
        assert cleaning._writes(pipeline.reader(name)), name


def test_idx_keeps_gzip_and_element_types_and_other_bytes(tmp_path):
    images, labels = samples(200)
    images[3] = 4
    data = write_idx(tmp_path / "data", gz=True, train=(images.astype(">i2") * 2, labels.astype(">i4")))
    datastd.clean(data, tmp_path / "out", "idx-images/1")
    out = tmp_path / "out"
    raw = gzip.decompress((out / "train-labels-idx1-int.gz").read_bytes())
    assert raw[:8] == bytes([0, 0, 0x0C, 1, 0, 0, 0, 199])
    assert (np.frombuffer(raw[8:], ">i4") == np.delete(labels, 3)).all()
    assert (out / "train-images-idx3-short.gz").read_bytes()[4:8] == bytes(4)  # no time in it


def test_idx_cures_its_own_defects(tmp_path):
    data = write_idx(tmp_path / "data", train=samples(200))
    (data / IMAGES).write_bytes((data / IMAGES).read_bytes()[:-100])  # two are cut
    (data / LABELS).rename(data / "train-labels-idx3-ubyte")
    (data / "stray.bin").write_bytes(b"x")
    (data / ".DS_Store").write_bytes(b"y")
    done = datastd.clean(data, tmp_path / "out", "idx-images/1")
    assert (done.rows_in, done.rows_out, done.unnamed) == (200, 198, 2)
    assert done.outcome is Outcome.PASS
    files = {one["file"]: one["codes"] for one in log(tmp_path / "out")}
    assert files == {".DS_Store": ["F007"], "stray.bin": ["F099"], "train-labels-idx3-ubyte": ["F108"]}


@pytest.mark.parametrize(("profile", "links"), [("dev", 2), ("team", 1), ("release", 1)])
def test_where_a_link_is_forbidden_none_is_made(profile, links, tmp_path):
    data = pictures(tmp_path / "data", [f"{split}/{name}/{n}.png" for split in ("train", "val") for name in "ab" for n in range(12)])
    done = datastd.clean(data, tmp_path / "out", "image-classification/1", profile=profile)
    assert (tmp_path / "out/val/b/0.png").stat().st_nlink == links
    assert {one.code: one.outcome for one in done.report.verdicts}.get("N372") in {None, Outcome.PASS}


def test_a_folder_of_pictures_is_linked_or_copied(tmp_path):
    names = [f"{split}/{name}/{n}.png" for split in ("train", "val") for name in "ab" for n in range(12)]
    data = pictures(tmp_path / "data", names)
    (data / "val" / "b" / "0.png").write_bytes((data / "train" / "b" / "0.png").read_bytes())
    (data / "train" / "a" / "1.png").write_bytes((data / "train" / "a" / "1.png").read_bytes()[:-99])
    (data / "train" / "a" / "odd name\u00e9.txt").write_text("x")
    (data / "README.md").write_text("hello")
    before = content(data)
    for copy, links in ((False, 2), (True, 1)):
        out = tmp_path / f"out{links}"
        done = datastd.clean(data, out, "image-classification/1", copy=copy)
        assert content(data) == before
        assert (done.rows_in, done.rows_out, done.files) == (48, 46, 1)
        gone = {one.get("key", one.get("file")): one["codes"] for one in log(out)}
        assert gone == {"train/a/1.png": ["F132"], "train/b/0.png": ["L102"],
                        "train/a/odd name\u00e9.txt": ["F123"]}  # fmt: skip
        assert (out / "val/b/0.png").stat().st_nlink == links
        assert (out / "README.md").stat().st_nlink == 1  # papers are written on
        assert (out / "val/b/0.png").read_bytes() == before["val/b/0.png"]
        assert all(v.outcome in {Outcome.PASS, Outcome.WARN} for v in done.report.verdicts)


def test_labels_of_a_flat_split_lose_their_lines(tmp_path):
    data = pictures(tmp_path / "data", [
        *(f"train/{name}/images/{name}_{n}.png" for name in "ab" for n in range(12)),
        *(f"val/images/v_{n}.png" for n in range(8)),
    ])  # fmt: skip
    lines = [f"v_{n}.png\t{'ab'[n % 2]}\t0\t0\t9\t9\r\n" for n in range(8)]
    (data / "val" / "val_annotations.txt").write_bytes("".join(lines).encode())
    boxes = [f"a_{n}.png\t0\t0\t9\t9\n" for n in range(12)]
    (data / "train" / "a" / "a_boxes.txt").write_text("".join(boxes))
    (data / "wnids.txt").write_text("a\nb\n")
    (data / "train" / "b" / "b_boxes.txt").write_bytes(b"\xff\xfe")  # of no use, and nobody's concern
    Image.new("RGB", (40, 40)).save(data / "val/images/v_3.png")
    Image.new("RGB", (40, 40), "red").save(data / "train/a/images/a_5.png")
    done = datastd.clean(data, tmp_path / "out", "image-classification/1")
    out = tmp_path / "out"
    assert done.outcome.opens, done.report
    assert (out / "val/val_annotations.txt").read_bytes().decode() == "".join(lines[:3] + lines[4:])
    assert (out / "train/a/a_boxes.txt").read_text() == "".join(boxes[:5] + boxes[6:])
    assert (out / "wnids.txt").stat().st_nlink == 2
    assert (out / "train/b/b_boxes.txt").read_bytes() == b"\xff\xfe"


def test_a_numbered_truth_loses_its_lines(tmp_path):
    data = pictures(tmp_path / "data", [
        *(f"train/n{name}/{n}.png" for name in "12" for n in range(12)),
        *(f"val/ILSVRC2012_val_{n:08}.png" for n in range(6)),
    ])  # fmt: skip
    (data / "map_clsloc.txt").write_text("n1 1 tench\nn2 2 frog\n")
    (data / "ILSVRC2012_validation_ground_truth.txt").write_text("1\n1\n2\n2\n2\n1\n")
    Image.new("RGB", (40, 40)).save(data / "val" / "ILSVRC2012_val_00000002.png")
    done = datastd.clean(data, tmp_path / "out", "image-classification/1")
    assert done.outcome.opens
    text = (tmp_path / "out" / "ILSVRC2012_validation_ground_truth.txt").read_text()
    assert text == "1\n1\n2\n2\n1\n"


@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "parquet"])
def test_an_index_loses_its_rows_and_no_column(tmp_path, suffix):
    names = [f"p/{n}.png" for n in range(24)]
    data = pictures(tmp_path / "data", names)
    Image.new("RGB", (40, 40)).save(data / "p" / "5.png")
    table = pl.DataFrame({
        "file_name": [*names, "p/gone.png", "p/3.png"], "label": ["ab"[n % 2] for n in range(26)],
        "note": [f'say "{n}", \u00e9' if n else "" for n in range(26)], "weight": [n / 4 for n in range(26)],
    })  # fmt: skip
    place = data / f"index.{suffix}"
    write = {
        "csv": lambda: table.write_csv(place), "tsv": lambda: table.write_csv(place, separator="\t"),
        "jsonl": lambda: table.write_ndjson(place), "parquet": lambda: table.write_parquet(place),
    }  # fmt: skip
    write[suffix]()
    done = datastd.clean(data, tmp_path / "out", "image-classification/1")
    assert (done.rows_in, done.rows_out) == (26, 23)
    assert done.outcome.opens, done.report
    read = {"csv": pl.read_csv, "tsv": lambda p: pl.read_csv(p, separator="\t"), "jsonl": pl.read_ndjson,
            "parquet": pl.read_parquet}  # fmt: skip
    found = read[suffix](tmp_path / "out" / f"index.{suffix}")
    wanted = table[[n for n in range(24) if n != 5]]
    assert found.with_columns(pl.col("note").fill_null("")).equals(wanted)
    gone = [one["key"] for one in log(tmp_path / "out")]
    assert gone == [f"index.{suffix}#24", f"index.{suffix}#25", "p/5.png"]


# -------------------------------------------------------------------------------- the data card


CARDS = st.sampled_from([
    "x = 1", "name = 'x'", "# only a comment", "[a]\nb = 1\r\n", "[processing]\nby = 'me'\n[other]\n",
    "[[processing.steps]]\nname = 'scaled'\n\n[other]\nx = 1\n", 'title = "\u00e9 \U0001f600"\n\n\n',
])  # fmt: skip


@given(CARDS, st.text(max_size=20), st.dictionaries(st.text(max_size=5), st.integers(0, 9), max_size=3))
def test_a_step_is_added_and_every_other_byte_stays(card, text, removed):
    if any(0xD800 <= ord(c) < 0xE000 for c in text + "".join(removed)):
        return
    step = {"name": "datastd clean", "odd": text, "rows_in": 3, "removed": removed, "inputs": [text]}
    grown = papers.with_step(card, step)
    assert grown.startswith(card)
    assert tomllib.loads(grown)["processing"]["steps"][-1] == step


WRITTEN = (
    'card_version = 1\n[identity]\ntitle = """\n[storage]\nfiles = 9\n"""\n\n[ processing . splits . "train" ]  # learn\nrows = 3 # three\n'
    'record_digest = "x"\nbytes = 7\n[storage]\r\nfiles = 1\r\n# bytes =   Bytes of them.\n[processing.splits.test]\nrows=5\n'
)
COUNTS = {("processing", "splits", "train", "rows"): 2, ("processing", "splits", "val", "rows"): 4, ("storage", "files"): 8, ("storage", "bytes"): 9}


def test_a_card_in_other_forms_is_written_anew():
    text = papers.with_counts(WRITTEN, COUNTS)
    assert tomllib.loads(text)["identity"] == tomllib.loads(WRITTEN)["identity"]
    inline = 'card_version = 1\nstorage = { files = 1 }\n\n[processing]\nsplits = { train = { rows = 3, bytes = 1 } }\nsteps = []\n'
    known = tomllib.loads(papers.with_counts(inline, COUNTS))
    assert known == {"card_version": 1, "storage": {"files": 8}, "processing": {"splits": {"train": {"rows": 2}}, "steps": []}}


def test_counts_are_set_on_their_lines_and_nothing_else_is():
    text = WRITTEN.replace("[storage]\nfiles = 9\n", "")
    changed = text.replace("rows = 3 # three", "rows = 2 # three").replace('record_digest = "x"\nbytes = 7\n', "").replace("files = 1\r", "files = 8\r")
    assert papers.with_counts(text, COUNTS) == changed


def test_a_card_that_is_whole_is_so_after_cleaning(tmp_path):
    data = spoiled(tmp_path / "data")
    describe(data)
    done = datastd.clean(data, tmp_path / "out", "idx-images/1")
    again = datastd.check(tmp_path / "out", "idx-images/1")
    for report in (done.report, again):
        assert {report[code].outcome for code in ("N060", "N202", "N274", "N366", "N370")} == {Outcome.PASS}
    card = read((tmp_path / "out" / "datacard.toml").read_bytes())
    assert {name: one.rows for name, one in card.processing.splits.items()} == {name: one.records for name, one in again.splits.items()}


@pytest.mark.parametrize(("named", "after"), [
    (["a", "b", "c"], ["a", "c"]),
    (["a", "b"], ["a", "b"]),  # was wrong before, and still is
    (None, None),
])  # fmt: skip
def test_a_card_names_the_classes_that_are_left(named, after, tmp_path):
    data = pictures(tmp_path / "data", [f"train/{name}/{n}.png" for name in "abc" for n in range(3)])
    for path in (data / "train/b").iterdir():
        path.write_bytes(b"no picture")
    describe(data)
    card = (data / "datacard.toml").read_text()
    said = 'names = ["a", "b", "c"]'
    assert said in card
    changed = card.replace(said, "" if named is None else f"names = {json.dumps(named)}")
    (data / "datacard.toml").write_text(changed)
    datastd.clean(data, tmp_path / "out", "image-classification/1")
    there = read((tmp_path / "out" / "datacard.toml").read_bytes()).processing.labels
    assert [*(there.names if there else ())] == (after or [])
    assert not (tmp_path / "out/train/b").exists()


def test_data_without_a_card_get_none_and_init_takes_up_what_was_done(tmp_path):
    done = datastd.clean(spoiled(tmp_path / "data"), tmp_path / "out", "idx-images/1")
    assert not (tmp_path / "out" / "datacard.toml").exists()
    describe(tmp_path / "out")
    (step,) = read((tmp_path / "out" / "datacard.toml").read_bytes()).processing.steps
    assert (step.op, step.tool, step.rows_in, step.rows_out, dict(step.removed)) == ("filter", "datastd clean", 300, 296, done.removed)
    report = datastd.check(tmp_path / "out", "idx-images/1")
    assert report["N202"].outcome is report["N201"].outcome is Outcome.PASS


def test_odd_entries_are_named_and_not_followed(tmp_path):
    data = sound(tmp_path / "data")
    (data / "datacard.toml").symlink_to("/etc/passwd")
    (data / "bad\nname").write_text("x")
    (data / "hollow").mkdir()
    (data / "_meta").mkdir()
    np.save(data / "_meta" / "extra.npy", np.array([{}], object), allow_pickle=True)
    (data / "_meta" / "notes.txt").write_text("kept")
    done = datastd.clean(data, tmp_path / "out", "idx-images/1")
    assert done.outcome is Outcome.PASS
    gone = {one["file"]: one["codes"] for one in log(tmp_path / "out")}
    assert gone == {"_meta/extra.npy": ["F008"], "bad\nname": ["F001"], "datacard.toml": ["F001"], "hollow": ["F098"]}
    assert not (tmp_path / "out" / "datacard.toml").is_symlink()
    assert (tmp_path / "out" / "_meta" / "notes.txt").read_text() == "kept"


@pytest.mark.parametrize(
    ("card", "says"),
    [
        (b"a = = 1", "a data card, in TOML"),
        (b"a = '\xff'", "a data card, in TOML"),
        (b"processing = 3", "steps of processing in another form"),
        (b"[processing]\nsteps = []", "steps of processing in another form"),
        (b"[processing.steps]", "steps of processing in another form"),
        (b"#" * (1 << 21), "at most"),
    ],
)
def test_a_card_without_a_place_for_a_step_is_refused_before_the_work(tmp_path, monkeypatch, card, says):
    data = spoiled(tmp_path / "data")
    (data / "datacard.toml").write_bytes(card)
    monkeypatch.setattr(pipeline.Case, "judged", lambda _: pytest.fail("the work began"))
    with pytest.raises(UsageError, match=says):
        datastd.clean(data, tmp_path / "out", "idx-images/1")


def test_the_card_says_what_was_done(tmp_path):
    data = spoiled(tmp_path / "data")
    before = 'card_version = 1\n\n[identity]\nname = "x"\nversion = "1.0.0"'
    (data / "datacard.toml").write_text(before)
    digest = datastd.check(data, "idx-images/1").data.digest
    datastd.clean(data, tmp_path / "out", "idx-images/1")
    text = (tmp_path / "out" / "datacard.toml").read_text()
    assert text.startswith(before)
    card = read(text.encode())
    (step,) = card.processing.steps
    assert step.inputs_sha256 == digest
    assert (step.rows_in, step.rows_out, step.params["log"]) == (300, 296, "_meta/removed.jsonl")
    assert step.removed == {"L102": 1, "L105": 2, "Q109": 1}
    assert card.identity.name == "x"


def test_a_manifest_in_the_data_is_written_anew(tmp_path):
    data = spoiled(tmp_path / "data")
    (data / "manifest-sha256.txt").write_text("old\n")
    datastd.clean(data, tmp_path / "out", "idx-images/1")
    assert subprocess.run(["sha256sum", "-c", "--quiet", "manifest-sha256.txt"], cwd=tmp_path / "out").returncode == 0


# --------------------------------------------------------------------------------------- places


@pytest.mark.parametrize(
    ("data", "out", "more", "says"),
    [
        ("data", "full", [], "expected a new folder, or an empty one, found one with files"),
        ("data", "file", [], "expected a new folder, or an empty one, found a file"),
        ("data", "data/out", [], "a place beside the dataset"),
        ("data", "data", [], "a place beside the dataset"),
        ("around/data", "around", [], "a folder around"),
        ("data", "absent/out", [], "a folder that can be written to, found none"),
        ("data", "/proc/out", [], "/proc/out: expected a place"),
        ("data", "", [], "out: expected the path of a new folder"),
        ("", "out", [], "data: expected the path of a folder"),
        ("data", "out", ["--also", "L1O1"], "did you mean L10"),
        ("data", "held/out", ["--input", "evaluation=held"], "a place beside the dataset"),
        ("data", "out", ["--standard", "nonsense"], "the name of a standard"),
    ],
)  # fmt: skip
def test_a_place_or_a_request_that_will_not_do_exits_2(tmp_path, data, out, more, says):
    sound(tmp_path / "data")
    sound(tmp_path / "around" / "data")
    sound(tmp_path / "held")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("x")
    (tmp_path / "file").write_text("x")
    done = datastd_("clean", data, out, *more, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert not left_over(tmp_path)


def test_a_format_that_cannot_be_written_exits_2(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "a.pgm").write_bytes(b"P5 2 2 255\n" + bytes(4))
    done = datastd_(
        "clean", "data", "out", "--format", "lookout.pgm", "--standard", ROOT / "tests/outside/lookout/standard.py",
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT / "tests" / "outside")},
    )  # fmt: skip
    assert done.returncode == 2
    assert "a format that can be written: " in done.stderr
    assert "idx" in done.stderr


def test_an_empty_folder_and_a_link_to_one_are_places(tmp_path):
    data = sound(tmp_path / "data")
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    datastd.clean(data, tmp_path / "link", "idx-images/1")
    assert (tmp_path / "real" / IMAGES).is_file()
    assert (tmp_path / "link").is_symlink()


# --------------------------------------------------------------------------- what goes wrong


SLOW = """
import sys, time
from pathlib import Path
from datastd.draft import Draft
put = Draft.put
def slow(self, path, pieces):
    put(self, path, pieces)
    Path("reached").touch()
    time.sleep(60)
Draft.put = slow
from datastd.cli import main
sys.exit(main(["clean", "data", "out", "--standard", "idx-images/1"]))
"""


def half_way(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW], cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    while not (tmp_path / "reached").exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    return process


def test_killed_half_way_nothing_is_there_and_the_next_run_clears_up(tmp_path):
    data = spoiled(tmp_path / "data")
    before = content(data)
    process = half_way(tmp_path)
    process.kill()
    process.communicate()
    assert not (tmp_path / "out").exists()
    assert len(left_over(tmp_path)) == 1
    assert content(data) == before
    assert datastd.clean(data, tmp_path / "out", "idx-images/1").outcome.opens
    assert not left_over(tmp_path)


def test_what_another_run_is_writing_is_left_alone(tmp_path):
    data = sound(tmp_path / "data")
    with draft.Draft(tmp_path / "out") as other:
        other.put("x", [b"y"])
        datastd.clean(data, tmp_path / "out", "idx-images/1")
        assert (other.folder / "x").read_bytes() == b"y"
        with pytest.raises(UsageError, match="a new folder, or an empty one"):
            other.publish()
    assert not left_over(tmp_path)


def test_interrupted_half_way_nothing_is_left(tmp_path):
    spoiled(tmp_path / "data")
    process = half_way(tmp_path)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "interrupted" in said
    assert {path.name for path in tmp_path.iterdir()} == {"data", "reached"}


def test_a_full_disk_is_said_and_nothing_is_left(tmp_path):
    spoiled(tmp_path / "data")
    sound(tmp_path / "warm")
    datastd_("check", "warm", cwd=tmp_path)  # kernels are compiled, and no file of theirs is cut
    done = datastd_(
        "clean", "data", "out", "--standard", "idx-images/1", cwd=tmp_path,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000)),
    )  # fmt: skip
    assert done.returncode == 3, done.stdout + done.stderr
    assert "out: expected a place with room for the new folder, found File too large" in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"data", "warm"}


def test_where_no_second_name_can_be_given_files_are_copied(tmp_path, monkeypatch):
    data = sound(tmp_path / "data")

    def never(*_, **__):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", never)
    datastd.clean(data, tmp_path / "out", "idx-images/1")
    assert (tmp_path / "out" / IMAGES).stat().st_nlink == 1
    assert (tmp_path / "out" / IMAGES).read_bytes() == (data / IMAGES).read_bytes()


@pytest.mark.parametrize("copy", [True, False])
@pytest.mark.parametrize("when", ["before", "after"])
def test_bytes_other_than_were_judged_are_refused(tmp_path, monkeypatch, copy, when):
    data = sound(tmp_path / "data")
    write = Idx.write

    def changing(self, kept, to):
        def change():
            with (data / IMAGES).open("r+b") as file:
                file.seek(20)
                file.write(b"zz")
            os.utime(data / IMAGES, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))

        stamp = (data / IMAGES).stat()
        change() if when == "before" else None
        write(self, kept, to)
        if when == "after":
            change()
            (to.folder / IMAGES).write_bytes((data / IMAGES).read_bytes()) if copy else None

    monkeypatch.setattr(Idx, "write", changing)
    with pytest.raises(DataChanged):
        datastd.clean(data, tmp_path / "out", "idx-images/1", copy=copy)
    assert {path.name for path in tmp_path.iterdir()} == {"data"}


def test_two_names_of_one_file_are_both_linked(tmp_path):
    data = pictures(tmp_path / "data", [f"{name}/{n}.png" for name in "ab" for n in range(12)])
    os.link(data / "a" / "0.png", data / "a" / "twin.png")
    done = datastd.clean(data, tmp_path / "out", "image-classification/1")
    assert done.rows_out == 25
    assert (tmp_path / "out" / "a" / "twin.png").stat().st_nlink == 4


def test_a_layout_that_reads_as_another_dataset_is_refused(tmp_path, monkeypatch):
    data = sound(tmp_path / "data")
    write = Idx.write

    def less(self, kept, to):
        write(self, {path: rows[1:] for path, rows in kept.items()}, to)

    monkeypatch.setattr(Idx, "write", less)
    with pytest.raises(NotJudged, match="the samples that stay"):
        datastd.clean(data, tmp_path / "out", "idx-images/1")
    assert {path.name for path in tmp_path.iterdir()} == {"data"}


def test_nothing_but_paths_is_cleaned(tmp_path):
    with pytest.raises(UsageError, match="the path of a folder"):
        datastd.clean(samples(), tmp_path / "out")


@pytest.mark.parametrize("form", ["bin", "py2", "py3-4"])
def test_cifar_is_written_back_in_its_version(form, tmp_path):
    images, classes = cifar_files.pictures(60), cifar_files.labels(60)
    images[7] = images[3]
    images[9] = 5  # of one colour
    data = cifar_files.write_ten(tmp_path / "data", form=form, count=30, test=20)
    for n, part in ((1, slice(0, 30)), (2, slice(30, 60))):
        cifar_files.write_batch(data, f"data_batch_{n}", images[part], classes[part], form=form)
    found = datastd.clean(data, tmp_path / "out", "cifar10/1", also=["L101", "L105"])
    gone = [7, 9] if classes[7] == classes[3] else [3, 7, 9]
    assert (found.rows_in, found.rows_out) == (80, 80 - len(gone))
    with pipeline.open_source(tmp_path / "out") as source:
        batches = [b for shard in source.plan().shards for b in source.read(shard)]
    there = np.concatenate([b.columns["image"] for b in batches])
    assert (there[:-20] == np.delete(images, gone, axis=0)).all()
    found = np.concatenate([b.columns["label"] for b in batches])
    assert (found[:-20] == np.delete(classes, gone)).all()


def test_a_pickle_that_is_written_reads_as_those_of_python_2(tmp_path):
    import pickle

    from datastd.sources.cifar.pickles import write_pickle

    pixels = np.arange(2 * 3072, dtype=np.int64).astype(np.uint8).reshape(2, 3072)
    content = b"".join(write_pickle(pixels, {"labels": [3, 300]}))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of numpy's old name, as in the originals
        as_text, as_bytes = (pickle.loads(content, encoding=one) for one in ("latin1", "bytes"))
    assert as_text["labels"] == as_bytes[b"labels"] == [3, 300]
    assert (as_text["data"] == pixels).all()
    assert (as_bytes[b"data"] == pixels).all()
