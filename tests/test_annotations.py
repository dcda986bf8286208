"""What is said of annotations is said of each of them, however the data are cut."""

import tempfile
from pathlib import Path

import pandera.polars as pa
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from outside.annotated import Shifted, Strips, beyond, letters, share, spread

import datastd
from datastd import Standard, limit, reference
from datastd.disk import Tree
from datastd.engines import tasks
from datastd.engines.fold import Fold
from datastd.engines.local import run
from datastd.errors import UsageError
from datastd.measures import measure
from datastd.model import Outcome
from datastd.rules import GroupRule


class Rows(pa.DataFrameModel):
    width: int = limit(ge=1)
    spread: int = limit(le=50)


class Marks(pa.DataFrameModel):
    start: int = limit(ge=0)
    beyond: int = limit(eq=0)
    letters: int = limit(ge=1)
    share: float = limit(le=1.0)


class Twice(GroupRule):
    """Marks of one length."""

    code, name, unit, table = "Q915", "mark-twice", "groups", "annotations"
    reads, meets_on, group = ("length",), "length", ("length",)

    def wrong(self):
        return pl.len().over("length") > 1


def standard(**changes):
    return Standard(**{
        "name": "strips-of-tests/1", "about": "Strips.", "formats": ("strips",), "rows": Rows, "annotations": Marks,
        "measures": (beyond, letters, share, spread), "rules": (Shifted(), Twice()),
    } | changes)  # fmt: skip


def write(folder, *lines, name="train.strips"):
    Path(folder).mkdir(exist_ok=True)
    (Path(folder) / name).write_text("".join(f"{line}\n" for line in lines))
    return folder


def measured(folder, shard=1 << 20, batch=1 << 20, jobs=1):
    with Strips(Tree(folder)) as source:
        source.shard, source.batch = shard, batch
        asked = standard()
        fold = Fold(asked)
        for part in run(tasks(source, source.plan().shards, {}), asked, {}, jobs=jobs, done=lambda _: None):
            fold.add(part)
        found = {rule.called[0]: one for rule, one in fold.measurements({})}
        return found, {code: fold.failing_of(code).rows() for code in found}, fold.histograms


SOUND = ["9 0+3+ab 4+2+c", "5", "7 2+5+x"]


@pytest.fixture
def check(tmp_path):
    def judge(*lines, **changes):
        folder = write(tmp_path / "data", *lines)
        return datastd.check(folder, standard(**changes), format="outside.annotated")

    return judge


def test_sound_marks_pass_and_are_counted(check):
    report = check(*SOUND)
    assert report.outcome is Outcome.PASS
    assert {v.code: v.checked for v in report.verdicts if v.code[0] in "QC"} == {
        "C708.width": 3, "C708.annotations.start": 3, "Q910": 3, "Q911": 3, "Q912": 3, "Q913": 3, "Q914": 3, "Q915": 3,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("line", "codes", "observed"),
    [
        ("9 0+3+ab 8+2+c", {"Q910"}, 1.0),  # and width is that of its own strip
        ("9 0+3+ab 2+2+", {"Q911"}, 0.0),  # the text of the mark, and not of the strip
        ("9 0+3+ab -2+2+c", {"C708.annotations.start"}, -2.0),
        ("9 0+3+ab 3+2+c", {"Q914"}, 3.0),
        ("99 0+3+ab 2+60+c", {"Q913"}, None),
        ("9 0+3+ab 2+3+c", {"Q915"}, 2.0),
    ],
)
def test_a_bad_mark_is_named_by_sample_and_id(check, line, codes, observed):
    report = check("9 0+7+a", line)
    assert {v.code for v in report.verdicts if v.outcome is not Outcome.PASS} == codes
    (code,) = codes
    last = report.failing(code).rows()[-1]
    key = "train.strips#1" if code == "Q913" else "train.strips#1@1"
    assert last[:2] == (key, "train")
    assert observed is None or last[2] == observed
    assert report[code].unit == {"Q914": "annotations", "Q915": "groups", "Q913": "fraction of samples"}.get(code, "fraction of annotations")


def test_nothing_looked_at_is_no_pass(check):
    report = check("9", "5")
    assert report["Q910"].outcome is Outcome.UNKNOWN
    assert report["C708.width"].outcome is Outcome.PASS


def test_keys_are_in_the_order_of_numbers(check):
    report = check("99 " + " ".join(f"{2 * n}+1+" for n in range(12)))
    assert [key for key, *_ in report.failing("Q911").rows()] == [f"train.strips#0@{n}" for n in range(12)]


strips = st.lists(
    st.tuples(st.integers(1, 12), st.lists(st.tuples(st.integers(-1, 9), st.integers(1, 60), st.sampled_from(["", "a", "é"])), max_size=4)),
    max_size=8,
)


@given(strips, st.integers(1, 4), st.integers(1, 4), st.integers(1, 3), st.sampled_from([1, 3, 1 << 16]))
@settings(max_examples=40, deadline=None)
def test_shards_batches_jobs_and_pieces_change_nothing(strips, shard, batch, jobs, piece):
    lines = [f"{width} " + " ".join(f"{a}+{n}+{text}" for a, n, text in marks) for width, marks in strips]
    with tempfile.TemporaryDirectory() as folder:
        write(folder, *lines)
        write(folder, *reversed(lines), name="test.strips")
        whole = measured(folder)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("datastd.engines.ROWS", piece)
            assert measured(folder, shard, batch, jobs) == whole
        marks = [mark for _, some in strips for mark in some] * 2
        found = whole[0]
        assert found["Q911"].checked == len(marks)
        assert found["Q911"].failed == sum(not text for *_, text in marks)
        assert found["Q910"].failed == 2 * sum(a + n > width for width, some in strips for a, n, _ in some)


def test_clean_leaves_out_the_sample_of_a_bad_mark_and_names_the_mark(tmp_path):
    folder = write(tmp_path / "a@b", *SOUND[:2], "9 0+1+a 5+1+b 7+1+c", SOUND[2])
    done = datastd.clean(folder, tmp_path / "out", standard(rules=(Shifted(),)), format="outside.annotated")
    assert (tmp_path / "out" / "train.strips").read_text().splitlines() == SOUND
    assert (done.rows_in, done.rows_out, dict(done.removed)) == (4, 3, {"Q914": 1})
    log = (tmp_path / "out" / done.log).read_text()
    assert '"train.strips#2"' in log
    assert '"codes": ["Q914"]' in log
    assert "1: expected at most 0, found 5" in log
    assert "2: expected at most 0, found 7" in log


@measure("Q916", "mark-lost", unit="u", over="annotations")
def lost(nothing_of_that_name):
    return nothing_of_that_name


class Lost(pa.DataFrameModel):
    lost: int = limit(eq=0)


class Typo(pa.DataFrameModel):
    strat: int = limit(ge=0)


def test_a_measure_that_lacks_something_has_looked_at_nothing(check):
    report = check(*SOUND, annotations=Lost, measures=(lost,), rows=None, rules=())
    assert report["Q916"].outcome is Outcome.UNKNOWN


def test_columns_that_annotations_do_not_have_are_refused(check):
    with pytest.raises(UsageError, match=r"C708.annotations.strat: expected columns that annotations have.* found strat"):
        check(*SOUND, annotations=Typo)
    with pytest.raises(UsageError, match=r"Q910: .* found beyond"):
        check(*SOUND, measures=(letters, share, spread), rules=(Needs(),), annotations=None)


class Needs(Shifted):
    code, name, reads = "Q910", "mark-needs", ("beyond",)


def test_limits_on_annotations_are_in_the_digest_and_explained(tmp_path):
    assert standard().digest != standard(annotations=None).digest
    assert len({standard(annotations=one).digest for one in (Marks, Lost, None)}) == 3
    terms = reference._terms(standard())
    assert "Limits on each sample:\n  C708.width error width ≥ 1\n" in terms
    assert "Limits on each annotation:\n" in terms
    assert "Q910 error beyond = 0" in terms
    assert reference.explain("C708.annotations.start")


def test_a_standard_of_annotations_alone_is_one():
    alone = standard(rows=None, rules=(), annotations=Marks)
    assert [rule.called[0] for rule in alone.judged] == ["C708.annotations.start", "Q910", "Q911", "Q912"]


def test_the_report_shows_how_values_are_spread(check, tmp_path):
    pytest.importorskip("jinja2")
    report = check("9 0+3+ab 8+2+c")
    report.save(tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text()
    assert "train.strips#0@1" in page
    assert {*report.evidence.distributions} >= {"Q910", "C708.annotations.start", "Q913"}
