"""Times of records against the period that the card states: asked of a standard whose record has a time."""

import json
import pickle

import pytest

import datastd
from datastd import claims
from datastd import standard as standards
from datastd.disk import Tree
from datastd.model import Outcome

STANDARD = """
from datetime import datetime
from datastd import Record, Standard
from datastd.schemas.norms import NORMS
class Row(Record):
    text: str
    {time}
standard = Standard(name="news/1", about="News.", formats=("jsonl",), records=Row, rules=NORMS)
"""
CARD = """
card_version = 1
[identity]
name = "news"
[[collection.sources]]
id = "paper"
{first}
"""
TIME = "time: datetime | None"
YEARS = ("content_from = 2020-01-01\ncontent_to = 2020-12-31", ["2020-01-01T00:00:00Z", "2020-12-31T23:30:00Z"], "2021-01-01T00:30:00Z")


@pytest.fixture
def news(tmp_path):
    def written(period, times, time=TIME):
        (tmp_path / "news.py").write_text(STANDARD.format(time=time))
        (tmp_path / "data").mkdir(exist_ok=True)
        lines = [json.dumps({"text": f"The {n}th line of news.", **({"time": one} if time else {})}) for n, one in enumerate(times)]
        (tmp_path / "data/train.jsonl").write_text("\n".join(lines) + "\n")
        if period is not None:
            (tmp_path / "data/datacard.toml").write_text(CARD.format(first=period))
        return tmp_path / "data", tmp_path / "news.py"

    return written


def judged(news, profile="team", **how):
    report = datastd.check(*news, profile=profile, **how)
    return {one.code: one for one in report.verdicts}.get("N176"), {one.code: one for one in report.not_asked}.get("N176"), report


@pytest.mark.parametrize(("profile", "outcome"), [("team", Outcome.WARN), ("release", Outcome.FAIL)])
@pytest.mark.parametrize("jobs", [1, 3])
def test_a_record_of_another_time_is_found_and_named(profile, outcome, jobs, news):
    period, times, other = YEARS
    found, _, _ = judged(news(period, times * 20), profile, jobs=jobs)
    assert (found.outcome, found.checked) == (Outcome.PASS, 40)
    found, _, report = judged(news(period, [*times * 20, other, None]), profile, jobs=jobs)
    assert (found.outcome, found.checked, found.failed) == (outcome, 41, 1)
    (one,) = found.examples
    assert (one.key, one.detail) == ("train.jsonl#40", "expected a day of a period that the card states, found 2021-01-01")
    assert report.failing("N176")["key"].to_list() == ["train.jsonl#40"]


@pytest.mark.parametrize("period", ["", "content_from = 2020-01-01\n[[collection.sources]]\nid = \"web\""])
def test_where_a_source_may_be_of_any_time_it_is_not_asked(period, news):
    found, lacks, _ = judged(news(period, YEARS[1]))
    assert found is None
    assert "which time it is about" in lacks.give


@pytest.mark.parametrize(("period", "times", "time", "profile", "needs"), [
    (None, YEARS[1], TIME, "team", "card"), (YEARS[0], YEARS[1], "", "team", "time"), (YEARS[0], YEARS[1], "", "release", "time"),
])  # fmt: skip
def test_without_a_card_or_a_time_it_is_not_asked(period, times, time, profile, needs, news):
    found, lacks, _ = judged(news(period, times, time), profile)
    assert (found, lacks.needs) == (None, needs)


def test_at_dev_nobody_is_told_of_it(news):
    assert judged(news(YEARS[0], [YEARS[2]]), "dev")[:2] == (None, None)


def test_records_without_any_time_were_not_looked_at(news):
    found, _, report = judged(news(YEARS[0], [None, None]))
    assert (found.outcome, found.checked) == (Outcome.UNKNOWN, 0)
    assert not report.passed


def test_a_card_changes_no_digest_and_what_one_dataset_states_is_not_asked_of_another(news, tmp_path):
    folder, named = news(YEARS[0], YEARS[1])
    plain = standards.load(named)
    assert datastd.check(folder, plain, profile="team").standard.digest == plain.digest
    (folder / "datacard.toml").write_text(CARD.format(first="content_to = 2019-12-31"))
    assert datastd.check(folder, plain, profile="team")["N176"].failed == 2


def test_no_shipped_standard_has_a_time_and_each_says_that_it_is_not_asked():
    for one in standards.every():
        (rule,) = [rule for rule in one.rules if rule.code == "N176"]
        assert rule.asks == ("time",)
        assert one.records is None or "time" not in one.records.model_fields


def test_a_standard_that_was_told_of_a_card_is_the_one_that_was_loaded(news):
    folder, named = news(YEARS[0], YEARS[1])
    card = claims.card(Tree(folder)).card
    for plain in (standards.load(named), standards.load("raw-text/1")):
        told = plain.of_card(card)
        assert told is not plain
        assert told.digest == plain.digest
        assert told.of_card(card).plain is plain
        assert standards.load(told) is plain
        assert pickle.loads(pickle.dumps(told)).digest == plain.digest
