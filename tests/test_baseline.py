"""A baseline accepts what was recorded: no new key, no greater count; and it never certifies."""

import json

import numpy as np
import pytest
from support import samples, write_idx

import datastd
from datastd.cli import main
from datastd.errors import UsageError
from datastd.model import Outcome
from datastd.report import Report
from datastd.report.recording import hash_of, hashes_of

STANDARD = "idx-images/1"


def flawed(folder, rows):
    images, labels = samples(200)
    images[rows] = np.arange(len(rows))[:, None, None] * 20 + 40
    return write_idx(folder, train=(images, labels), test=samples(100, seed=1))


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    place = tmp_path_factory.mktemp("baseline")
    for name, rows in {"before": [1, 2, 3], "less": [1, 3], "moved": [1, 2, 4], "more": [1, 2, 3, 4]}.items():
        flawed(place / name, rows)
    datastd.check(place / "before", STANDARD).save(place / "before.json")
    return place


def judged(place, name):
    report = datastd.check(place / name, STANDARD, baseline=place / "before.json")
    (code,) = {one.code for one in Report.load(place / "before.json").verdicts if one.outcome is Outcome.FAIL}
    return report, report[code]


@pytest.mark.parametrize(("name", "accepted"), [("before", True), ("less", True), ("moved", False), ("more", False)])
def test_what_was_recorded_is_accepted_and_nothing_new(name, accepted, place):
    report, verdict = judged(place, name)
    assert verdict.outcome is (Outcome.WAIVED if accepted else Outcome.FAIL)
    assert report.outcome.exit_code == (0 if accepted else 1)
    assert not report.passed


def test_the_report_says_what_was_accepted(place, tmp_path):
    report, verdict = judged(place, "less")
    assert report.baseline.accepted == {verdict.code: 2}
    assert "cannot be certified" in str(report)
    report.save(tmp_path / "r.json")
    assert json.loads((tmp_path / "r.json").read_text())["baseline"]["accepted"] == {verdict.code: 2}
    assert not Report.load(tmp_path / "r.json").passed


def test_what_another_rule_finds_fails(place, tmp_path):
    stated = json.loads((place / "before.json").read_text())
    code = next(one["code"] for one in stated["verdicts"] if one["outcome"] == "fail")
    stated["verdicts"] = [one for one in stated["verdicts"] if one["code"] != code]
    stated["outcome"] = datastd.model.worst([Outcome(one["outcome"]) for one in stated["verdicts"]])
    stated.pop("recorded")
    (tmp_path / "b.json").write_text(json.dumps(stated))
    report = datastd.check(place / "before", STANDARD, baseline=tmp_path / "b.json")
    assert report[code].outcome is Outcome.FAIL


def test_keys_that_were_not_recorded_are_new(place, tmp_path):
    stated = json.loads((place / "before.json").read_text())
    (code,) = stated.pop("recorded")
    (tmp_path / "b.json").write_text(json.dumps(stated))
    assert datastd.check(place / "before", STANDARD, baseline=tmp_path / "b.json")[code].outcome is Outcome.FAIL


def test_hashes_of_what_is_no_text_of_them_are_none():
    assert hashes_of("%") == hashes_of("") == set()
    assert len(hash_of("a")) == 8


def test_it_is_of_the_same_standard(place, tmp_path):
    stated = json.loads((place / "before.json").read_text())
    stated["standard"]["name"] = "mnist/1"
    (tmp_path / "b.json").write_text(json.dumps(stated))
    with pytest.raises(UsageError, match="a report of idx-images/1"):
        datastd.check(place / "before", STANDARD, baseline=tmp_path / "b.json")


def test_it_certifies_nothing(place, tmp_path, capsys):
    command = ["certify", str(place / "before"), "--standard", STANDARD, "--out", str(tmp_path / "c.json")]
    assert main([*command, "--baseline", str(place / "before.json")]) == 2
    assert "a baseline is for `check`" in capsys.readouterr().err
    assert not (tmp_path / "c.json").exists()


def test_the_command_takes_it(place, capsys):
    command = ["check", str(place / "less"), "--standard", STANDARD, "--baseline", str(place / "before.json")]
    assert main(command) == 0
    assert "WAIVED" in capsys.readouterr().out
    assert main([*command[:1], str(place / "more"), *command[2:]]) == 1


@pytest.mark.parametrize("text", ["", "{}", "[]"])
def test_what_is_no_report_is_refused(text, place, tmp_path):
    (tmp_path / "b.json").write_text(text)
    with pytest.raises(UsageError):
        datastd.check(place / "before", STANDARD, baseline=tmp_path / "b.json")
