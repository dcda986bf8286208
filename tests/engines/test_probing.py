"""What measures know of an input is made before the data are read, wherever these are measured."""

from pathlib import Path

import pytest

import datastd
from datastd.engines import probing
from datastd.errors import UsageError
from datastd.measures.text.shared_ngrams import shared_ngrams
from datastd.rules.text.contamination_ngram import ContaminationNgram
from datastd.standard import Standard

OUTSIDE = Path(__file__).parents[1] / "outside"

STANDARD = """
import pandera.polars as pa
from datastd import Standard, limit
from datastd.rules.pixels.in_evaluation import InEvaluation
from lookout.known import known
class Rows(pa.DataFrameModel):
    known: int = limit(eq=0)
standard = Standard(
    name="known/1", about="Images.", formats=("lookout.hazards",), measures=(known,), rows=Rows, rules=(InEvaluation(),)
)
"""
FOUND = [f"{n:02}.haz" for n in (2, 9, 19)]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(OUTSIDE)
    (tmp_path / "standard.py").write_text(STANDARD)
    for name, numbers in {"data": range(20), "other": (40, 9, 2, 41, 42, 43, 44, 45, 19)}.items():
        (tmp_path / name).mkdir()
        for number in numbers:
            (tmp_path / name / f"{number:02}.haz").write_text(f"{number}")
    return tmp_path


def check(folder, **inputs):
    standard = folder / "standard.py"
    return datastd.check(folder / "data", standard, format="lookout.hazards", inputs=inputs, jobs=2)


@pytest.mark.parametrize("isolated", [True, False])
def test_a_measure_knows_the_input_here_and_in_a_worker(isolated, folder, monkeypatch):
    from lookout.hazards import Hazards

    monkeypatch.setattr(Hazards, "isolated", isolated)
    report = check(folder, evaluation=folder / "other")
    assert report.failing("Q991")["key"].to_list() == FOUND
    assert (report["Q991"].checked, report["L199"].checked) == (20, 20)


def test_a_sample_that_ends_its_process_hides_no_other(folder):
    (folder / "data" / "07.haz").write_text("crash")
    report = check(folder, evaluation=folder / "other")
    assert report.failing("Q991")["key"].to_list() == FOUND
    assert (report["F902"].failed, report["Q991"].checked) == (1, 19)


def test_without_the_input_nothing_was_looked_at(folder):
    report = check(folder)
    assert (report["Q991"].checked, report["Q991"].outcome) == (0, "unknown")


def test_an_input_that_cannot_be_read_is_refused(folder):
    (folder / "other" / "41.haz").write_text("bad")
    with pytest.raises(UsageError, match=r"--input evaluation: expected sound data, found F902 in 41\.haz"):
        check(folder, evaluation=folder / "other")


def test_an_input_that_is_too_large_to_know_is_refused(folder, monkeypatch):
    monkeypatch.setattr(probing, "MOST", 6)
    with pytest.raises(UsageError, match="expected at most 6 rows to know before the data are read"):
        check(folder, evaluation=folder / "other")


def test_a_standard_knows_what_its_measures_take_of_inputs():
    standard = Standard(name="a/1", about="b", formats=("jsonl",), measures=(shared_ngrams,), rules=(ContaminationNgram(),))
    assert [one.column for one in standard.probes] == ["sought_ngrams"]
    assert standard.roles == {"evaluation"}


def test_an_input_without_a_sample_is_refused(tmp_path):
    for name, content in {"data": '{"text": "a"}\n', "other": "\n"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.jsonl").write_text(content)
    standard = Standard(name="a/1", about="b", formats=("jsonl",), measures=(shared_ngrams,), rules=(ContaminationNgram(),))
    with pytest.raises(UsageError, match="--input evaluation"):
        datastd.check(tmp_path / "data", standard, inputs={"evaluation": tmp_path / "other"})
