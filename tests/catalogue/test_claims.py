"""Claims of records that do not hold."""

import pytest

from catalogue.planting import PROSE, check, passes, stated

PLANTS = {
    "C724": stated(PROSE, "en", text_length=len(PROSE) + 1),
    "C725": stated(" ".join(PROSE.split()[:49]), "en"),
}
"""Judged by `CLAIMING`."""

CLAIMING = """
from datastd import Standard
from datastd.measures.text.character_count import character_count
from datastd.measures.text.split_word_count import split_word_count
from datastd.records import Document
from datastd.rules.columns.filter_never_fires import FilterNeverFires
from datastd.rules.columns.filter_threshold_not_enforced import FilterThresholdNotEnforced
from datastd.rules.columns.measured_vs_declared import MeasuredVsDeclared
class Page(Document):
    text_length: int | None = None
standard = Standard(name="claims/1", about="What is claimed is so.", formats=("jsonl",), records=Page,
    measures=(character_count, split_word_count),
    rules=(MeasuredVsDeclared(stated={"text_length": "character_count"}),
           FilterThresholdNotEnforced(at_least={"split_word_count": 50}),
           FilterNeverFires(at_least={"split_word_count": 50}, rows=21)))
"""
"""Text whose records say how long they are, and that is said to be filtered."""


def test_claims_that_hold_have_no_flaw(tmp_path):
    passes(stated(PROSE + " and more", "en")(tmp_path / "data"), CLAIMING, tmp_path)


@pytest.mark.parametrize("code", PLANTS)
def test_a_claim_that_does_not_hold_turns_its_code_red(code, tmp_path):
    done, verdicts = check(PLANTS[code](tmp_path / "data"), CLAIMING, tmp_path)
    assert (done.returncode, verdicts[code]["outcome"], verdicts[code]["failed"]) == (1, "fail", 1)
    assert verdicts[code]["examples"][0]["key"] == "train.jsonl#20"
    assert code in done.stdout


@pytest.mark.parametrize(("before", "observed"), [(49, 0), (51, 1)])
def test_a_filter_is_tried_on_what_was_there_before_it(before, observed, tmp_path):
    data = stated(PROSE + " and more", "en")(tmp_path / "data")
    unfiltered = stated(" ".join((PROSE + " and more").split()[:before]), "en")(tmp_path / "before")
    _, verdicts = check(data, CLAIMING, tmp_path, "--input", f"reference={unfiltered}")
    assert verdicts["N204"]["observed"] == observed
    assert verdicts["N204"]["checked"] == 21
