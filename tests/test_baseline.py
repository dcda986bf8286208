"""A baseline accepts what was recorded: no new key, no greater count; and it never certifies."""

import base64
import json
from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import samples, write_idx

import datastd
from datastd.baseline import Accepted
from datastd.cli import main
from datastd.errors import UsageError
from datastd.model import Level, Outcome, Verdict
from datastd.report import Report, StandardName, digest_of
from datastd.report.recording import hash_of, hashes_of

STANDARD = "idx-images/1"
NAMED = StandardName(name=STANDARD, digest="0" * 64, profile="dev")


def flawed(folder, rows):
    images, labels = samples(200)
    images[rows] = np.arange(len(rows))[:, None, None] * 20 + 40
    return write_idx(folder, train=(images, labels), test=samples(100, seed=1))


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    place = tmp_path_factory.mktemp("baseline")
    for name, rows in {"before": [1, 2, 3], "less": [1, 3], "moved": [1, 2, 4], "more": [1, 2, 3, 4], "others": [5, 6, 7]}.items():
        flawed(place / name, rows)
    datastd.check(place / "before", STANDARD).save(place / "before.json")
    return place


def judged(place, name, baseline=None):
    report = datastd.check(place / name, STANDARD, baseline=baseline or place / "before.json")
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


@pytest.mark.parametrize(("name", "new"), [("moved", [4]), ("more", [4]), ("others", [5, 6, 7])])
def test_what_is_new_is_named_and_nothing_else(name, new, place, capsys):
    report, verdict = judged(place, name)
    assert [one.key.rpartition("#")[2] for one in verdict.examples] == [str(row) for row in new]
    assert all(one.detail.startswith("new: expected ") and ", found " in one.detail for one in verdict.examples)
    assert report.baseline.new == {verdict.code: len(new)}
    assert f": {verdict.code} {len(new)}" in str(report).split("new since", 1)[1]
    assert report.baseline.accepted == {}


@given(rows=st.lists(st.integers(0, 9), min_size=1, max_size=6), known=st.lists(st.integers(0, 9), max_size=6))
def test_a_finding_is_as_often_accepted_as_it_was_recorded(rows, known):
    def verdict(keys):
        return Verdict(code="Q109", name="n", level=Level.ERROR, observed=len(keys), limit=0, unit="u", checked=20, failed=len(keys))

    table = pl.DataFrame({"key": [str(row) for row in rows], "split": "", "observed": 1.0, "detail": "", "limit": "0"})
    recorded = base64.b64encode(b"".join(hash_of(str(row)) for row in known)).decode()
    earlier = Report.model_construct(verdicts=(verdict(known),), recorded={"Q109": recorded} if known else {}, standard=NAMED, sha256="0" * 64)
    (found,), said = Accepted("b.json", "0" * 64, earlier).accept([verdict(rows)], lambda code: table, NAMED)
    left = Counter(rows) - Counter(known)
    assert (found.outcome is Outcome.WAIVED) == (not left)
    assert said.new == ({"Q109": left.total()} if left else {})
    assert [one.key for one in found.examples] == [str(row) for row in _last(rows, left)][:5]


def _last(rows, left):
    """Of rows those beyond what is known: of each value the last."""
    return [row for at, row in enumerate(rows) if rows[at:].count(row) <= left[row]]


def changed(place, tmp_path, change, *, sealed=True):
    """The recorded report after a change; *sealed* by somebody who writes its digest anew."""
    stated = json.loads((place / "before.json").read_text())
    change(stated)
    if sealed:
        stated["sha256"] = digest_of(stated)
    (tmp_path / "b.json").write_text(json.dumps(stated))
    return tmp_path / "b.json"


EDITS = {
    "other data": lambda stated: stated["data"].update(digest="0" * 64),
    "more keys": lambda stated: stated["recorded"].update(Q109=base64.b64encode(bytes(80)).decode()),
    "a greater count": lambda stated: stated["verdicts"][0].update(checked=stated["verdicts"][0]["checked"] + 1),
    "another file count": lambda stated: stated["accounting"].update(files=7),
    "its digest": lambda stated: stated.update(sha256="0" * 64),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_a_baseline_that_was_edited_is_refused(edit, place, tmp_path):
    with pytest.raises(UsageError, match="sha256: expected that of the rest of the report"):
        datastd.check(place / "before", STANDARD, baseline=changed(place, tmp_path, edit, sealed=False))


def test_a_baseline_without_its_digest_is_refused(place, tmp_path):
    edited = changed(place, tmp_path, lambda stated: stated.pop("sha256"), sealed=False)
    with pytest.raises(UsageError, match="a report with its sha256"):
        datastd.check(place / "before", STANDARD, baseline=edited)


def test_it_is_of_the_standard_as_it_is_now(place, tmp_path):
    edited = changed(place, tmp_path, lambda stated: stated["standard"].update(digest="0" * 64))
    with pytest.raises(UsageError, match="one of other definitions"):
        datastd.check(place / "before", STANDARD, baseline=edited)


def test_what_another_rule_finds_fails(place, tmp_path):
    stated = json.loads((place / "before.json").read_text())
    code = next(one["code"] for one in stated["verdicts"] if one["outcome"] == "fail")
    stated["verdicts"] = [one for one in stated["verdicts"] if one["code"] != code]
    stated["outcome"] = datastd.model.worst([Outcome(one["outcome"]) for one in stated["verdicts"]])
    stated.pop("recorded")
    stated["sha256"] = digest_of(stated)
    (tmp_path / "b.json").write_text(json.dumps(stated))
    report = datastd.check(place / "before", STANDARD, baseline=tmp_path / "b.json")
    assert report[code].outcome is Outcome.FAIL


def test_keys_that_were_not_recorded_are_new(place, tmp_path):
    edited = changed(place, tmp_path, lambda stated: stated.pop("recorded"))
    report, verdict = judged(place, "before", edited)
    assert verdict.outcome is Outcome.FAIL
    assert report.baseline.new == {verdict.code: 3}


def test_hashes_of_what_is_no_text_of_them_are_none():
    assert hashes_of("%") == hashes_of("") == []
    assert len(hash_of("a")) == 8


def test_it_is_of_the_same_standard(place, tmp_path):
    edited = changed(place, tmp_path, lambda stated: stated["standard"].update(name="mnist/1"))
    with pytest.raises(UsageError, match="a report of idx-images/1"):
        datastd.check(place / "before", STANDARD, baseline=edited)


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
