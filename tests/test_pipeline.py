"""Data in, a verdict out: whatever the data, however they are handed over."""

import gzip
import json
import shutil
from typing import Literal

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pydantic import Field
from support import SHARED, needs_data, samples, sound, write_idx
from whole_card import put_card

import datastd
from datastd import Record, Standard
from datastd.errors import UsageError
from datastd.pipeline import formats, reader
from datastd.rules.columns.duplicate_rows import DuplicateRows
from datastd.sources.idx import Idx


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return sound(tmp_path_factory.mktemp("pipeline") / "good")


@needs_data
def test_real_mnist_passes_its_standard():
    report = datastd.check(SHARED / "mnist", standard="mnist/1")
    assert (report.outcome, report.accounting.samples) == ("pass", 70_000)
    assert {name: split.records for name, split in report.splits.items()} == {
        "train": 60_000, "test": 10_000
    }  # fmt: skip


@needs_data
def test_the_test_set_of_kmnist_passes_and_its_truncated_training_set_is_refused(tmp_path):
    images = np.load(SHARED / "kmnist" / "kmnist-test-imgs.npz")["arr_0"]
    labels = np.load(SHARED / "kmnist" / "kmnist-test-labels.npz")["arr_0"]
    folder = write_idx(tmp_path / "kmnist", test=(images, labels))
    assert datastd.check(folder, standard="idx-images/1").outcome == "pass"
    name = "train-images-idx3-ubyte.gz"
    (folder / name).write_bytes((SHARED / "kmnist" / f"TRUNCATED-{name}").read_bytes())
    train = np.load(SHARED / "kmnist" / "kmnist-train-labels.npz")["arr_0"]
    write_idx(tmp_path / "labels", gz=True, train=(np.zeros((60_000, 1, 1), np.uint8), train))
    shutil.move(tmp_path / "labels" / "train-labels-idx1-ubyte.gz", folder)
    report = datastd.check(folder, standard="idx-images/1")
    assert report.outcome == "fail"
    assert report["F003"].examples[0].key == name
    assert report.accounting.samples > report.splits["test"].records + 1000  # the rest was read
    assert report.splits["test"].records == 10_000


def test_each_side_of_a_pair_is_listed(tmp_path):
    train, test = samples(200), samples(100, seed=1)
    train[0][150], train[1][150] = test[0][3], test[1][3]
    report = datastd.check(write_idx(tmp_path / "d", train=train, test=test))
    assert report.failing("L102").rows() == [
        ("t10k-images-idx3-ubyte#3", "test", 2.0, "in one split"),
        ("train-images-idx3-ubyte#150", "train", 2.0, "in one split"),
    ]
    assert report.failing("L101").rows() == []


def test_the_evaluation_set_is_an_input_and_is_not_counted(good, tmp_path):
    images, labels = samples(100, seed=7)
    images[5] = samples(200)[0][11]
    other = write_idx(tmp_path / "evaluation", test=(images, labels))
    alone = datastd.check(good)
    assert [one.code for one in alone.not_asked if one.needs == "evaluation"] == ["L199"]
    report = datastd.check(good, inputs={"evaluation": other})
    assert report["L199"].outcome == "fail"
    assert report.failing("L199")["key"].to_list() == ["train-images-idx3-ubyte#11"]
    assert report.accounting == alone.accounting
    assert report.splits == alone.splits
    assert [one.role for one in report.inputs] == ["evaluation"]
    assert "evaluation" not in {one.needs for one in report.not_asked}


def test_an_input_that_is_not_sound_is_refused(good, tmp_path):
    other = sound(tmp_path / "evaluation")
    (other / "train-labels-idx1-ubyte").write_bytes(b"")
    with pytest.raises(UsageError, match="F002"):
        datastd.check(good, inputs={"evaluation": other})


def test_what_is_not_asked_is_in_order(good):
    codes = [one.code for one in datastd.check(good).not_asked]
    assert codes == sorted(codes)
    assert len(codes) > 20


def test_from_team_on_nothing_is_known_of_data_without_a_card(good):
    report = datastd.check(good, profile="team")
    assert (report.outcome, report["N007"].outcome, report["N001"].outcome) == ("unknown", "warn", "unknown")


def test_release_asks_for_an_evaluation_set(good, tmp_path):
    good = shutil.copytree(good, tmp_path / "data")  # it gets a card
    report = datastd.check(good, profile="release")
    assert (report.outcome, report["L199"].outcome) == ("unknown", "unknown")
    other = write_idx(tmp_path / "evaluation", test=samples(100, seed=7))
    assert datastd.check(good, profile="release", inputs={"evaluation": other}).outcome == "unknown"  # it has no card
    put_card(good, "idx", train=200, test=100)
    assert datastd.check(good, profile="release", inputs={"evaluation": other}).passed


ARRAYS = samples(120)


def _frame():
    return pl.DataFrame({"label": ARRAYS[1].astype(np.int64), "contrast": np.full(120, 9.0)})


@pytest.mark.parametrize(
    ("data", "outcome"),
    [
        (lambda: ARRAYS, "pass"),
        (lambda: {"train": ARRAYS, "test": samples(60, seed=1)}, "pass"),
        (lambda: {"train": ARRAYS, "test": ARRAYS}, "fail"),
        (lambda: (np.zeros((60, 4, 4)), ARRAYS[1][:60]), "fail"),
        (lambda: (np.full((60, 4, 4), np.nan), ARRAYS[1][:60]), "fail"),
        (lambda: (ARRAYS[0][:0], ARRAYS[1][:0]), "unknown"),
        (_frame, "warn"),  # all its rows are alike
        (lambda: _frame().to_arrow(), "warn"),
        (lambda: _frame().clear(), "unknown"),
    ],
)
def test_data_in_memory_get_a_report(data, outcome):
    report = datastd.check(data())
    assert report.outcome == outcome
    assert report.data.digest is None
    assert str(report)
    assert report._repr_html_()


def test_a_pandas_table_gets_a_report():
    pytest.importorskip("pandas")
    report = datastd.check(_frame().to_pandas())
    assert (report.outcome, report.standard.name) == ("warn", "table/1")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (lambda: ARRAYS, "idx-images/1"),
        (_frame, "table/1"),
        (lambda: pl.DataFrame({"text": ["a", "b"], "label": [0, 1]}), "raw-text/1"),
    ],
)
def test_the_standard_that_is_proposed_is_about_what_is_there(data, name):
    report = datastd.check(data())
    assert report.standard.name == name
    assert report.advice.startswith(f"{name} is proposed")


class Visit(Record):
    age: int = Field(ge=0)
    patient: str = Field(alias="who")
    label: Literal["ill", "well"] | None = None
    tags: list[str] = Field(default_factory=list)


def _verdicts(report, codes):
    return {(v.code, v.outcome, v.checked, v.failed) for v in report.verdicts if v.code in codes}


@given(
    ages=st.lists(st.integers(-1, 3) | st.none(), min_size=1, max_size=9),
    kinds=st.sampled_from([{}, {"age": pl.String}, {"who": pl.Categorical}, {"label": pl.Categorical}]),
    lacks=st.sampled_from(["", "who", "label", "tags"]),
)
def test_a_table_in_memory_is_read_as_one_in_a_file(tmp_path_factory, ages, kinds, lacks):
    count = len(ages)
    table = pl.DataFrame({
        "age": ages, "who": ["p"] * count, "label": ["ill", "well", "odd"][:count] + ["ill"] * (count - 3),
        "tags": [["x"]] * count,
    }, schema={"age": pl.Int64, "who": pl.String, "label": pl.String, "tags": pl.List(pl.String)}).cast(kinds)  # fmt: skip
    table = table.drop(lacks) if lacks else table
    folder = tmp_path_factory.mktemp("data")
    table.write_parquet(folder / "x.parquet")
    standard = Standard(name="visits/1", about="x", formats=("parquet",), records=Visit, rules=(DuplicateRows(),))
    here, there = datastd.check(table, standard), datastd.check(folder, standard)
    codes = {v.code for v in here.verdicts}
    assert _verdicts(here, codes) == _verdicts(there, codes)
    assert here.accounting.samples == there.accounting.samples == count
    assert here.accounting.defective == there.accounting.defective
    assert codes >= {"C701", "C705", "C706", "C799", "C709", "L706"}


def test_a_column_says_in_which_split_a_row_is_and_is_no_part_of_it():
    table = pl.DataFrame({"a": [1, 2, 1], "split": pl.Series(["train", "train", "test"], dtype=pl.Categorical)})
    assert datastd.check(table)["L702"].failed == 2
    assert datastd.check(table.with_columns(split=pl.lit("train")))["L702"].failed == 0
    for wrong, said in (([1, 2, 3], "expected text, found Int64"), (["a", None, "b"], "expected a split for every row, found 1 without")):
        with pytest.raises(UsageError, match=f"column split: {said}"):
            datastd.check(table.with_columns(split=pl.Series(wrong)))


def test_a_table_without_a_text_has_as_many_defects_as_rows():
    report = datastd.check(pl.DataFrame({"text": ["a", None], "n": [1, 2]}))
    assert (report["F301"].failed, report.accounting.samples) == (1, 2)
    with pytest.raises(UsageError, match="at least one column"):
        datastd.check(pl.DataFrame(), standard="table/1")


TABLE = """
import pandera.polars as pa
from datastd import Standard, limit

class Rows(pa.DataFrameModel):
    words: int = limit(ge=1, le=10)
    score: float = limit(ge=0, le=1, tolerate=0.25, because="a quarter is known to be odd")

standard = Standard(name="my-table/1", about="A table.", formats=("memory",), rows=Rows)
"""


def test_a_table_is_held_to_the_row_limits_of_the_users_standard(tmp_path):
    (tmp_path / "table.py").write_text(TABLE)
    good = pl.DataFrame({"words": [1, 5, 10, 2], "score": [0.0, 0.5, 1.0, 7.0]})
    check = datastd.check
    assert check(good, standard=tmp_path / "table.py").outcome == "pass"
    bad = good.with_columns(words=pl.Series([1, 5, 11, 2]))
    report = check(bad, standard=tmp_path / "table.py")
    assert report.outcome == "fail"
    assert report.failing("C708.words").rows() == [("table#2", "table", 11.0, "≥ 1 and ≤ 10")]


@pytest.mark.parametrize("data", [None, 3, b"x", [1], ({}, {}), (1, 2, 3), {"a": 1}])
def test_what_is_no_data_is_refused(data):
    with pytest.raises(UsageError):
        datastd.check(data)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda f: (f / "train-images-idx3-ubyte").unlink(),
        lambda f: (f / "train-labels-idx1-ubyte").unlink(),
        lambda f: (f / "train-labels-idx1-ubyte").rename(f / "labels.bin"),
        lambda f: (f / "more").mkdir(),
        lambda f: (f / "link").symlink_to(f / "train-labels-idx1-ubyte"),
        lambda f: (f / "train-images-idx3-ubyte").write_bytes(b"<html>404</html>"),
        lambda f: (f / "train-images-idx3-ubyte").write_bytes(
            b"\0\0\x08\x03" + b"\xff" * 12 + b"\0" * 64
        ),
        lambda f: (f / "train-images-idx3-ubyte").write_bytes(
            b"\0\0\x08\x03\0\0\x04\0\0\0\x04\0\0\x10\0\0"
        ),
        lambda f: (f / "train-images-idx3-ubyte.gz").write_bytes(
            gzip.compress((f / "train-images-idx3-ubyte").read_bytes())
        ),
    ],
)
def test_a_spoiled_folder_fails_and_names_a_file(spoil, tmp_path):
    folder = sound(tmp_path / "data")
    spoil(folder)
    report = datastd.check(folder)
    assert report.outcome == "fail"
    failed = [v for v in report.verdicts if v.outcome == "fail"]
    assert any(v.examples for v in failed)
    json.loads(json.dumps(report.plain()))


def test_papers_are_hashed_and_are_no_samples(good, tmp_path):
    folder = shutil.copytree(good, tmp_path / "data")
    before = datastd.check(folder)
    (folder / "README.md").write_text("digits")
    (folder / "_meta").mkdir()
    (folder / "_meta" / "notes.txt").write_text("digits")
    after = datastd.check(folder)
    assert after.outcome == "pass"
    assert after.accounting.samples == before.accounting.samples
    assert after.accounting.files == before.accounting.files + 2
    assert after.data.digest != before.data.digest


@given(st.integers(1, 4), st.sampled_from([70, 700, 7000]), st.sampled_from([64, 640]))
def test_the_verdict_does_not_depend_on_jobs_shards_or_batches(jobs, shard, batch):
    train, test = samples(90), samples(60, seed=1)
    train[0][3] = train[0][8]
    test[0][2] = train[0][8]
    test[0][5] = 0
    data = {"train": train, "test": test}
    # The same samples through files, cut up at every size, and from memory, in one piece.
    whole = datastd.check(data, jobs=1)
    with pytest.MonkeyPatch.context() as patch:
        import tempfile

        from datastd.sources import idx

        patch.setattr(Idx.__init__, "__kwdefaults__", {"shard": shard, "batch": batch})
        with tempfile.TemporaryDirectory() as folder:
            cut = datastd.check(write_idx(f"{folder}/d", **data), jobs=jobs)
        assert shard < idx.SHARD
    numbers = [(v.code, v.observed, v.checked, v.failed) for v in whole.verdicts]
    assert [(v.code, v.observed, v.checked, v.failed) for v in cut.verdicts
            if v.code in {n[0] for n in numbers} and v.unit != "files"
            and v.code != "F009"] == [n for n in numbers if n[0] not in {"F009", "F007", "F006"}]
    assert {k: s.record_digest for k, s in cut.splits.items()} == {
        k: s.record_digest for k, s in whole.splits.items()
    }  # fmt: skip


@given(
    st.lists(
        st.tuples(st.sampled_from(["copy", "leak", "blank", "label"]), st.integers(0, 89)),
        min_size=1, max_size=6,
    )
)  # fmt: skip
def test_adding_a_defect_never_improves_a_verdict(plants):
    order = {"pass": 0, "warn": 1, "unknown": 2, "fail": 3}
    train, test = samples(90), samples(60, seed=1)
    before = datastd.check({"train": train, "test": test}, standard="idx-images/1")
    for what, at in plants:
        if what == "copy":
            train[0][at] = train[0][(at + 1) % 90]
        elif what == "leak":
            train[0][at] = test[0][at % 60]
        elif what == "blank":
            train[0][at] = 9
        else:
            train[0][at], train[1][at] = train[0][at - 1], (train[1][at - 1] + 1) % 10
        after = datastd.check({"train": train, "test": test}, standard="idx-images/1")
        assert order[after.outcome] >= order[before.outcome]
        before = after
    assert before.outcome != "pass"


def test_the_formats_are_found_by_walking():
    assert "idx" in formats()
    assert reader("idx") is Idx
    for wrong in ("files", "memory", "nonsense", "os", "os.path", "datastd.sources.memory.x"):
        with pytest.raises(UsageError):
            reader(wrong)


def test_a_name_in_the_folder_cannot_repaint_a_terminal(tmp_path):
    folder = sound(tmp_path / "data")
    (folder / "a\u202e[red]x\x9b31m").write_text("x")
    report = datastd.check(folder)
    assert "\u202e" not in str(report) + report._repr_html_()
    assert "\x9b" not in str(report) + report._repr_html_()
    assert "[red]" in str(report)


def test_a_tolerance_of_a_code_that_no_format_has_is_refused(good):
    from datastd import Standard, Tolerance
    from datastd.rules.pixels.exact_duplicate import ExactDuplicate

    def tolerating(code):
        return Standard(
            name="mine/1", about="Mine.", formats=("idx", "memory"), rules=(ExactDuplicate(),),
            tolerates=(Tolerance(code=code, limit=1, because="known"),),
        )  # fmt: skip

    for code in ("F104", "F001"):
        assert datastd.check(good, tolerating(code)).passed
    with pytest.raises(UsageError, match="tolerates: expected codes of what cannot be read in its formats, found F1O4"):
        datastd.check(good, tolerating("F1O4"))


def test_an_input_that_nothing_looks_at_is_refused(good):
    with pytest.raises(UsageError, match=r"a role that idx-images/1 looks at, found tokenizer; nothing would"):
        datastd.check(good, "idx-images/1", inputs={"tokenizer": good})


def test_a_measure_is_given_the_inputs_that_it_names(good, tmp_path):
    from datastd import Standard, measure
    from datastd.rules import RowRule

    @measure("Q980", "none-beside", unit="samples")
    def beside(image, evaluation):
        return np.full(len(image), evaluation.plan().samples)

    class Few(RowRule):
        code, name, reads = "Q981", "few-beside", ("beside",)

        def failing(self, rows):
            return rows.filter(pl.col("beside") != 50).select("key", "split", observed=pl.col("beside").cast(float))

    standard = Standard(name="mine/1", about="Mine.", formats=("idx",), measures=(beside,), rules=(Few(),))
    assert standard.roles == {"evaluation"}
    other = write_idx(tmp_path / "other", test=samples(50, seed=9))
    assert datastd.check(good, standard, inputs={"evaluation": other})["Q981"].outcome == "pass"
    assert datastd.check(good, standard)["Q981"].outcome == "unknown"


def test_splits_of_several_depths_are_named(tmp_path):
    train, test = samples(200), samples(100, seed=1)
    folder = write_idx(tmp_path / "d", train=train, test=(test[0].astype(np.int16), test[1]))
    report = datastd.check(folder, "idx-images/1")
    assert report["F193"].outcome == "fail"
    assert [(one.key, one.observed) for one in report["F193"].examples] == [("test", 16), ("train", 8)]


@pytest.mark.parametrize(("stray", "code"), [("a/2.gif", "F123"), ("train/2.png", "F122")])
def test_an_input_of_which_a_file_is_skipped_is_refused_though_it_only_warns(stray, code, tmp_path):
    for root in ("data", "other"):
        for name in ("train/a/1.png", "train/b/1.png"):
            place = tmp_path / root / name
            place.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (40, 40), "red").save(place)
    assert datastd.check(tmp_path / "data", inputs={"evaluation": tmp_path / "other"}).inputs
    where = tmp_path / "other" / (stray if stray.startswith("train") else f"train/{stray}")
    Image.new("RGB", (40, 40), "blue").save(where)
    with pytest.raises(UsageError, match=code):
        datastd.check(tmp_path / "data", inputs={"evaluation": tmp_path / "other"})


def test_an_input_is_opened_with_the_options_of_the_data(tmp_path):
    for root in ("data", "other"):
        for name in ("train/a/1.png", "train/a/2.gif", "train/b/1.png"):
            place = tmp_path / root / name
            place.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (40, 40), "red").save(place)
    inputs = {"evaluation": tmp_path / "other"}
    report = datastd.check(tmp_path / "data", format="image-folder:gif", inputs=inputs)
    assert [one.role for one in report.inputs] == ["evaluation"]  # else F123 would refuse it
