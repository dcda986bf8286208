"""Where and how the work runs changes nothing of what it comes to."""

import gzip
import itertools
import tempfile
import threading
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import samples, write_idx

import datastd
from datastd import engines
from datastd import standard as standards
from datastd.disk import Tree
from datastd.engines import examine, spool, tasks
from datastd.engines.defects import lost, said, tabled
from datastd.engines.fold import Fold
from datastd.engines.line import Line
from datastd.engines.local import run
from datastd.engines.spool import Meeting, Spool
from datastd.errors import DataChanged, UsageError
from datastd.measures import measure
from datastd.quiet import utf8
from datastd.sources import Batch, serial
from datastd.sources.files import unreadable
from datastd.sources.idx import Idx
from datastd.sources.idx.defects import LengthMismatch
from datastd.waiting import cores

STANDARD = standards.load("idx-images/1")


def spoiled(seed):
    """Two splits with some of every defect of values."""
    random = np.random.default_rng(seed)
    train, test = samples(40, seed=seed), samples(30, seed=seed + 1)
    for _ in range(int(random.integers(0, 6))):
        train[0][random.integers(40)] = train[0][random.integers(40)]
        test[0][random.integers(30)] = train[0][random.integers(40)]
        test[0][random.integers(30)] = 5
    return {"train": train, "test": test}


def measured(folder, *, shard, batch, jobs):
    with Idx(Tree(folder), shard=shard, batch=batch) as source:
        fold = Fold(STANDARD)
        for part in run(tasks(source, source.plan().shards, {}), STANDARD, {}, jobs=jobs, done=lambda _: None):
            fold.add(part)
        codes = {rule.called[0] for rule, _ in fold.measurements({})}
        failing = {code: fold.failing_of(code).rows() for code in sorted(codes)}
        first = {code: fold.first_of(code, 6).rows() for code in sorted(codes)}
        return fold.read, fold.splits(), fold.measurements({}), failing, fold.histograms, first


@pytest.fixture(autouse=True)
def _small_buckets(monkeypatch):
    """Few buckets and short parts: what many rows need, seen with few."""
    monkeypatch.setattr(spool, "BUCKETS", 7)
    monkeypatch.setattr(spool, "PART", 2)
    monkeypatch.setattr(spool, "PIECE", 3)


@given(
    st.integers(0, 10**6), st.integers(64, 64 * 50), st.integers(64, 64 * 50), st.integers(1, 4),
    st.sampled_from([0, 3, 1 << 18]),
)  # fmt: skip
@settings(max_examples=20)
def test_shards_batches_jobs_and_spilling_change_nothing(seed, shard, batch, jobs, most):
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        folder = write_idx(f"{place}/d", **spoiled(seed))
        whole = measured(folder, shard=1 << 20, batch=1 << 20, jobs=1)
        patch.setattr(Meeting.__init__, "__defaults__", (most, *Meeting.__init__.__defaults__[1:]))
        patch.setattr(Spool.__init__, "__defaults__", (most, *Spool.__init__.__defaults__[1:]))
        cut = measured(folder, shard=shard, batch=batch, jobs=jobs)
    assert cut[:2] == whole[:2]
    assert [(r.called, m) for r, m in cut[2]] == [(r.called, m) for r, m in whole[2]]
    assert cut[3] == whole[3]


@given(st.lists(st.lists(st.integers(0, 9), max_size=6), max_size=10), st.sampled_from([0, 2, 5, 100]))
def test_a_spool_gives_back_what_it_was_given_in_order(pieces, most):
    kept = Spool(most)
    for number, numbers in enumerate(pieces):
        kept.add("ab"[number % 2], pl.DataFrame({"n": numbers}, schema={"n": pl.Int64}))
    for which in (0, 1):
        found = [n for piece in kept.read("ab"[which]) for n in piece["n"].to_list()]
        assert found == [n for numbers in pieces[which::2] for n in numbers]
        assert [n for piece in kept.read("ab"[which]) for n in piece["n"].to_list()] == found


@given(st.lists(st.lists(st.integers(0, 9), max_size=6), max_size=10), st.sampled_from([0, 2, 5, 100]))
def test_equal_values_meet_and_none_is_lost(pieces, most):
    met_once(pieces, most)


@pytest.mark.parametrize("part", [2, 8, 40, 90, 400])
def test_a_batch_on_disk_may_hold_more_than_is_asked_for(part, monkeypatch):
    monkeypatch.setattr(spool, "PART", part)
    monkeypatch.setattr(spool, "BUCKETS", 64)
    numbers = np.random.default_rng(0).integers(0, 10, (12, 40))
    met_once([[*map(int, some)] for some in numbers], 100)


def met_once(pieces, most):
    """Let numbers meet, and look that equal ones do and that each is there once."""
    meeting = Meeting("n", most)
    for numbers in pieces:
        meeting.add(pl.DataFrame({"n": numbers}, schema={"n": pl.Int64}))
    groups = []
    for again in meeting.groups():
        groups.append([n for piece in again() for n in piece["n"].to_list()])
        assert [n for piece in again() for n in piece["n"].to_list()] == groups[-1]
    assert sorted(n for group in groups for n in group) == sorted(n for p in pieces for n in p)
    for value in range(10):
        assert sum(value in group for group in groups) <= 1


@given(
    st.integers(0, 10**6), st.integers(1, 80), st.integers(1, 4000), st.integers(1, 3), st.sampled_from([0, 500, 1 << 20]),
)  # fmt: skip
@settings(max_examples=15)
def test_the_size_of_pieces_changes_nothing(seed, rows, size, objects, held):
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        folder = write_idx(f"{place}/d", **spoiled(seed))
        whole = measured(folder, shard=1 << 20, batch=64 * 7, jobs=2)
        for name, value in {"ROWS": rows, "BYTES": size, "OBJECTS": objects}.items():
            patch.setattr(engines, name, value)
        patch.setattr(Line.__init__, "__defaults__", (held, *Line.__init__.__defaults__[1:]))
        cut = measured(folder, shard=1 << 20, batch=64 * 7, jobs=2)
    assert cut[:2] == whole[:2]
    assert [(r.called, m) for r, m in cut[2]] == [(r.called, m) for r, m in whole[2]]
    assert cut[3] == whole[3]
    assert cut[5] == whole[5]


LINES = st.lists(st.sampled_from([
    '{"text": "a line that is said again"}', '{"text": "another, with a\\nsecond"}', "{}", '{"text": 3}', "no JSON", "",
]), max_size=40)  # fmt: skip


@given(LINES, st.integers(1, 9), st.integers(1, 9))
@settings(max_examples=15)
def test_lines_that_can_and_cannot_be_read_are_told_alike_in_pieces_of_any_size(lines, rows, objects):
    def told(folder):
        report = datastd.check(folder, "raw-text/1", jobs=2)
        codes = [one.code for one in report.verdicts if one.failed]
        return report.plain(), {code: report.failing(code).rows() for code in codes}

    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        with gzip.open(Path(place, "x.jsonl.gz"), "wt") as file:
            file.write("\n".join([*lines, '{"text": "one that is there"}']))
        whole = told(place)
        patch.setattr(engines, "ROWS", rows)
        patch.setattr(engines, "OBJECTS", objects)
        patch.setattr(serial, "MANY", rows)
        assert told(place) == whole


class Sized(NamedTuple):
    number: int
    size: int


@given(st.lists(st.integers(0, 9)), st.integers(0, 20), st.booleans())
def test_what_is_put_in_line_is_taken_in_order_and_memory_holds_no_more_than_is_stated(sizes, most, at_once):
    line, put = Line(most), [Sized(*one) for one in enumerate(sizes)]
    if at_once:
        filling = threading.Thread(target=line.fill, args=(put,))
        filling.start()
    else:
        line.fill(put)
        assert line._held <= most
        assert sum(one.size for one, _ in line._waiting if isinstance(one, Sized)) == line._held
    assert [*line.taken()] == put
    assert line._held == 0
    assert not line._folder or not [*line._folder.iterdir()]


def test_what_ends_a_line_is_raised_behind_what_was_put_before():
    def some():
        yield Sized(1, 1)
        raise DataChanged("a", "b", "c")

    line = Line()
    line.fill(some())
    taken = line.taken()
    assert next(taken).number == 1
    with pytest.raises(DataChanged):
        next(taken)


def test_who_leaves_a_line_ends_the_work_behind_it(tmp_path, monkeypatch):
    begun = []

    def endless(task, *_):
        for _ in itertools.count():
            begun.append(task)
            yield engines.Part(rows=1)

    monkeypatch.setattr("datastd.engines.local.examine", endless)
    with Idx(Tree(write_idx(tmp_path / "d", train=samples(20)))) as source:
        parts = run(tasks(source, source.plan().shards, {}), STANDARD, {}, jobs=1, done=lambda _: None)
        assert next(parts).rows == 1
        parts.close()
    assert begun


@given(st.lists(st.builds(
    LengthMismatch, *[st.text(max_size=9)] * 5, st.integers(1, 9),
)))  # fmt: skip
def test_defects_as_a_table_say_what_they_said(found):
    rows = tabled(found).with_columns(said=said()).rows(named=True)
    for row, one in zip(rows, found, strict=True):
        assert (row["code"], row["path"], row["key"], row["samples"]) == (one.code, utf8(one.path), utf8(one.key), one.samples)
        assert row["said"] == utf8(str(one))


def test_a_name_that_is_no_utf8_is_written_out_in_a_table_of_defects():
    (row,) = tabled([LengthMismatch("na\udcefve", "", "a", "b")]).select("path", "key").rows()
    assert row == ("na\\udcefve", "na\\udcefve")


def test_what_was_written_is_deleted(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    kept = Spool(0)
    kept.add("a", pl.DataFrame({"n": [1]}))
    assert [*tmp_path.iterdir()]
    del kept
    assert not [*tmp_path.iterdir()]


def test_a_few_rows_kept_of_many_do_not_keep_the_many():
    kept, names = Spool(), pl.DataFrame({"key": [f"a name of some length #{n}" for n in range(1000)]})
    kept.add("a", names.filter(pl.int_range(pl.len()) == 7))
    (held,) = kept._held["a"]
    assert held.rows() == [("a name of some length #7",)]
    # In the newest layout nothing is copied on the way out: this is what is held.
    assert held.to_arrow(compat_level=pl.CompatLevel.newest()).get_total_buffer_size() < 100


def test_memory_holds_no_more_rows_than_are_stated():
    kept = Spool(10)
    for n in range(100):
        kept.add(str(n % 3), pl.DataFrame({"n": [n]}))
        assert kept._rows <= 10
        assert sum(piece.height for held in kept._held.values() for piece in held) <= 11
    assert spool.ROWS == 1 << 18


def test_only_so_many_parts_are_under_way(monkeypatch, tmp_path):
    folder = write_idx(tmp_path / "d", train=samples(100))
    begun = []
    monkeypatch.setattr("datastd.engines.local.examine", lambda task, *_: begun.append(task) or examine(task, *_))
    with Idx(Tree(folder), shard=64) as source:
        parts = run(tasks(source, source.plan().shards, {}), STANDARD, {}, jobs=2, done=lambda _: None)
        for taken in range(1, 6):
            next(parts)
            assert len(begun) <= taken + 3
        parts.close()
    assert len(begun) < 20


def test_what_breaks_in_one_shard_ends_the_run(tmp_path):
    folder = write_idx(tmp_path / "d", train=samples(100))
    with Idx(Tree(folder), shard=640) as source:
        work = tasks(source, source.plan().shards, {})
        (folder / "train-images-idx3-ubyte").write_bytes(b"")
        with pytest.raises(DataChanged):
            [*run(work, STANDARD, {}, jobs=2, done=lambda _: None)]


class Broken(Idx):
    """Cannot read the first batch of a shard: one defect for each sample in it."""

    def read(self, shard):
        first, *rest = super().read(shard)
        yield from (LengthMismatch(shard.path, "byte 0", "pixels", "none", key) for key in first.keys)
        yield from rest


class Silent(Idx):
    """Leaves the first batch of a shard out, and does not say so."""

    def read(self, shard):
        return iter([*super().read(shard)][1:])


def test_what_cannot_be_read_is_counted_and_the_rest_is_read(tmp_path):
    folder = write_idx(tmp_path / "d", train=samples(20))
    with Broken(Tree(folder), shard=64 * 10, batch=64 * 3) as source:
        fold = Fold(STANDARD)
        for part in run(tasks(source, source.plan().shards, {}), STANDARD, {}, jobs=2, done=lambda _: None):
            fold.add(part)
    assert (fold.read, fold.lost) == (14, 6)
    _, total, first = fold.defects["F104"]
    lost = [f"train-images-idx3-ubyte#{n}" for n in (0, 1, 2, 10, 11, 12)]
    assert (total, first["key"].to_list()) == (6, lost[:5])
    assert fold.failing_of("F104")["key"].to_list() == lost
    assert fold.splits()["train"].records == 14


def test_an_input_of_which_something_cannot_be_read_is_refused(tmp_path):
    folder, other = write_idx(tmp_path / "d", train=samples(20)), write_idx(tmp_path / "e", test=samples(20))
    with Idx(Tree(folder)) as source, Broken(Tree(other)) as evaluation:
        parts = run(tasks(source, source.plan().shards, {"evaluation": evaluation}), STANDARD, {}, jobs=2, done=lambda _: None)
        assert next(parts).rows == 20
        with pytest.raises(UsageError, match="--input evaluation: expected sound data, found F104"):
            [*parts]


def test_a_source_that_gives_other_samples_than_it_planned_is_caught(tmp_path):
    folder = write_idx(tmp_path / "d", train=samples(20))
    with Silent(Tree(folder), batch=64 * 5) as source:
        (task,) = tasks(source, source.plan().shards, {})
        with pytest.raises(AssertionError, match="was read as 15 samples, and 0 defective"):
            [*examine(task, STANDARD, {})]


def test_all_cores_that_are_allowed_are_used():
    import os

    assert cores() == len(os.sched_getaffinity(0))


def test_a_file_that_changes_during_a_check_ends_it(tmp_path, monkeypatch):
    folder = write_idx(tmp_path / "d", train=samples(60))
    read = Idx.read

    def slow(self, shard):
        yield from read(self, shard)
        with Path(folder, "train-labels-idx1-ubyte").open("r+b") as file:
            file.seek(10)
            file.write(b"\0")

    monkeypatch.setattr(Idx, "read", slow)
    with pytest.raises(DataChanged, match="train-labels"):
        datastd.check(folder)


def test_a_file_that_is_added_during_a_check_ends_it(tmp_path, monkeypatch):
    folder = write_idx(tmp_path / "d", train=samples(60))
    read = Idx.read

    def adding(self, shard):
        Path(folder, "more").write_bytes(b"x")
        yield from read(self, shard)

    monkeypatch.setattr(Idx, "read", adding)
    with pytest.raises(DataChanged, match="more"):
        datastd.check(folder)


def test_rows_about_each_other_are_shown_together(tmp_path):
    train, test = samples(40), samples(30, seed=1)
    for at, other in ((2, 9), (5, 3), (7, 3)):  # three groups of one, one of these in two pairs
        test[0][at] = train[0][other]
    write_idx(tmp_path, train=train, test=test)
    report = datastd.check(tmp_path, "idx-images/1")
    rows = report.evidence.first("L102", 24)
    assert rows["key"].to_list() == [
        "t10k-images-idx3-ubyte#2", "train-images-idx3-ubyte#9", "t10k-images-idx3-ubyte#5",
        "t10k-images-idx3-ubyte#7", "train-images-idx3-ubyte#3",
    ]  # fmt: skip
    assert rows["group"].n_unique() == 2
    assert rows["detail"][0] == "expected in one split, found 2 alike"
    assert report.evidence.first("L102", 3)["key"].to_list() == rows["key"].to_list()[:3]
    assert report.evidence.first("Q109", 3).height == 0
    assert report.failing("L102").columns == ["key", "split", "observed", "limit"]


def test_few_of_a_large_group_are_shown(tmp_path):
    images, labels = samples(40)
    images[10:30] = images[10]
    write_idx(tmp_path, train=(images, labels))
    report = datastd.check(tmp_path, "idx-images/1")
    assert report["L101"].failed == 20
    rows = report.evidence.first("L101", 24)["key"].to_list()
    assert rows == [f"train-images-idx3-ubyte#{n}" for n in range(10, 16)]


@measure("Q905", "level-outside", unit="u")
def level(image):
    return pl.Series("anything", image.reshape(len(image), -1).mean(axis=1))


@pytest.mark.parametrize("images", [np.ones((3, 2, 2, 1)), [np.ones((1, 2, 1)), np.ones((2, 2, 1)), np.ones((5, 1, 1))]])
def test_a_measure_may_give_a_series_and_it_is_a_column(images):
    batch = Batch(pl.Series("key", ["a", "b", "c"]), {"image": images})
    (seen,) = engines.measured([batch, batch], [level], {})
    assert {*seen.tables} == {"samples"}
    assert seen.tables["samples"]["level"].to_list() == [1.0] * 6


def test_columns_of_samples_that_nobody_asks_for_go_with_the_batch():
    columns = {"prompt": pl.Series(["a"]), "form": pl.Series(["b"]), "digest": pl.Series([b"c"])}
    batch = Batch(pl.Series("key", ["k"]), columns)
    (every,), (some,) = (engines.measured([batch], [], {}, wanted=wanted) for wanted in (None, {"form", "digest"}))
    assert {*every.tables["samples"].columns} == {"key", "prompt", "form", "digest"}
    assert {*some.tables["samples"].columns} == {"key", "form", "digest"}


def test_what_no_source_need_list_is_lost_and_what_nobody_lists_is_a_bug():
    gone = tabled([unreadable("a", OSError(5, "I/O error"))])
    assert lost(gone, ()).get_column("key").to_list() == ["a"]
    with pytest.raises(AssertionError, match=r"\['F104'\]: found by a source that does not list them"):
        lost(tabled([LengthMismatch("f", "byte 1", "a", "b")]), ())
