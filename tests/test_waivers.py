"""A waiver covers what it says, of the data that it says, until its day; and stays visible."""

import json
import shutil
from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import samples, write_idx

import datastd
from datastd import clock
from datastd.certificate import keygen
from datastd.cli import main
from datastd.errors import UsageError
from datastd.model import Outcome, Waiver
from datastd.report import Report
from datastd.waivers import Approval, Waivers, _pattern, approval_of, approve, waive

STANDARD = "idx-images/1"
LATER = str(clock.today() + timedelta(days=366))


def flawed(folder, count=3):
    """Images of which *count* are constant: Q101, an error."""
    images, labels = samples(200)
    images[:count] = np.arange(count)[:, None, None] * 20 + 40
    return write_idx(folder, train=(images, labels), test=samples(100, seed=1))


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    place = tmp_path_factory.mktemp("waivers")
    flawed(place / "data")
    report = datastd.check(place / "data", STANDARD)
    report.save(place / "report.json")
    return SimpleNamespace(place=place, data=place / "data", report=report, digest=report.data.digest)


def code_of(report):
    """The one code that fails."""
    (code,) = [one.code for one in report.verdicts if one.outcome is Outcome.FAIL]
    return code


def written(path, *tables):
    text = ""
    for one in tables:
        known = {"glob": "**", "samples": 1000, "bytes": 10**9, "owner": "Ada", "reason": "known",
                 "expires": LATER, **one}  # fmt: skip
        digest = f', digest = "{known["digest"]}"' if known.get("digest") else ""
        text += (
            f'[[waiver]]\ncode = "{known["code"]}"\nscope = {{ glob = "{known["glob"]}"{digest} }}\n'
            f'owner = "{known["owner"]}"\nreason = "{known["reason"]}"\nexpires = {known["expires"]}\n'
            f"budget = {{ samples = {known['samples']}, bytes = {known['bytes']} }}\n"
        )
    path.write_text(text)
    return path


def checked(judged, tmp_path, *tables, **options):
    path = written(tmp_path / "waivers.toml", *tables)
    return datastd.check(judged.data, STANDARD, waivers=path, **options)


def test_what_is_waived_is_waived_and_stays_in_the_report(judged, tmp_path):
    code = code_of(judged.report)
    report = checked(judged, tmp_path, {"code": code, "digest": judged.digest})
    assert report[code].outcome is Outcome.WAIVED
    assert report[code].observed == judged.report[code].observed
    assert report[code].examples == judged.report[code].examples
    assert report.outcome is Outcome.WAIVED
    assert report.passed
    assert report.outcome.exit_code == 0
    (one,) = report.waivers
    assert (one.code, one.owner, one.used.samples) == (code, "Ada", report[code].failed)
    report.save(tmp_path / "r.json")
    stated = json.loads((tmp_path / "r.json").read_text())
    assert stated["outcome"] == "waived"
    assert stated["waivers"][0]["code"] == code
    assert Report.load(tmp_path / "r.json")[code].outcome is Outcome.WAIVED
    assert "waived" in str(report)
    assert "Ada" in str(report)


def test_a_file_by_its_path_may_be_waived_without_a_digest(judged, tmp_path):
    code = code_of(judged.report)
    report = checked(judged, tmp_path, {"code": code, "glob": "train-images-*"})
    assert report[code].outcome is Outcome.WAIVED
    other = checked(judged, tmp_path, {"code": code, "glob": "t10k-*"})
    assert other[code].outcome is Outcome.FAIL
    assert other["N412"].outcome is Outcome.WARN


def test_a_file_may_be_named_by_its_own_digest(judged, tmp_path):
    code = code_of(judged.report)
    import hashlib

    file = hashlib.sha256((judged.data / "train-images-idx3-ubyte").read_bytes()).hexdigest()
    assert checked(judged, tmp_path, {"code": code, "digest": file})[code].outcome is Outcome.WAIVED
    other = hashlib.sha256((judged.data / "t10k-images-idx3-ubyte").read_bytes()).hexdigest()
    assert checked(judged, tmp_path, {"code": code, "digest": other})[code].outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"expires": "2020-01-31"}, "N411"),
        ({"code": "Q199"}, "N412"),
        ({"digest": "0" * 64}, "N412"),
        ({"digest": None}, "N413"),
        ({"expires": date.fromisoformat(LATER) + timedelta(days=1)}, "N413"),
        ({"expires": date.max}, "N413"),
        ({"digest": None, "glob": "*"}, "N413"),
        ({"digest": None, "glob": "**/*"}, "N413"),
        ({"digest": None, "glob": "*-ubyte"}, "N413"),
        ({"digest": None, "glob": "./?*e"}, "N413"),
        ({"code": "Q*"}, "N413"),
        ({"code": "Q101,Q102"}, "N413"),
        ({"code": "*"}, "N413"),
        ({"samples": 2}, "N414"),
        ({"bytes": 10}, "N414"),
    ],
)
def test_a_waiver_that_does_not_hold_covers_nothing_and_is_a_finding(change, finding, judged, tmp_path):
    code = code_of(judged.report)
    report = checked(judged, tmp_path, {"code": code, "digest": judged.digest, **change})
    assert report[code].outcome is Outcome.FAIL
    assert not report.waivers
    assert not report[finding].outcome.opens or finding == "N412"
    assert report[finding].failed == 1
    others = {"N411", "N412", "N413", "N414", "N415"} - {finding}
    assert all(report[one].outcome is Outcome.PASS for one in others)


@pytest.mark.parametrize(("expires", "counts"), [(0, True), (-1, False)])
def test_a_waiver_counts_on_its_last_day(expires, counts, judged, tmp_path):
    code, day = code_of(judged.report), clock.today() + timedelta(days=expires)
    report = checked(judged, tmp_path, {"code": code, "digest": judged.digest, "expires": day})
    assert report.passed is counts


@pytest.mark.parametrize(("samples_", "counts"), [(3, True), (2, False)])
def test_a_budget_is_used_up_to_its_last_sample(samples_, counts, judged, tmp_path):
    code = code_of(judged.report)
    report = checked(judged, tmp_path, {"code": code, "digest": judged.digest, "samples": samples_})
    assert report.passed is counts


def test_several_waivers_share_what_fails(judged, tmp_path):
    code = code_of(judged.report)
    report = checked(judged, tmp_path, {"code": code, "glob": "train-*", "samples": 3},
                     {"code": code, "digest": judged.digest})  # fmt: skip
    assert report[code].outcome is Outcome.WAIVED
    assert [one.used.samples for one in report.waivers] == [3]
    assert report["N412"].failed == 1  # for the second nothing is left


def test_a_finding_of_which_a_part_is_waived_fails(judged, tmp_path):
    flawed(tmp_path / "data")
    images, labels = samples(100, seed=1)
    images[0] = 99
    write_idx(tmp_path / "data", test=(images, labels))
    report = datastd.check(tmp_path / "data", STANDARD)
    code = code_of(report)
    path = written(tmp_path / "waivers.toml", {"code": code, "glob": "train-*"})
    again = datastd.check(tmp_path / "data", STANDARD, waivers=path)
    assert again[code].outcome is Outcome.FAIL
    assert again[code].waived == 3
    assert again.waivers[0].used.samples == 3


def test_other_data_are_not_waived(judged, tmp_path):
    code = code_of(judged.report)
    flawed(tmp_path / "data", count=4)
    path = written(tmp_path / "waivers.toml", {"code": code, "digest": judged.digest})
    assert datastd.check(tmp_path / "data", STANDARD, waivers=path)[code].outcome is Outcome.FAIL


@pytest.mark.parametrize("code", ["F001", "F005", "F008", "N401", "N411", "N416"])
def test_some_codes_cannot_be_waived(code, judged, tmp_path):
    with pytest.raises(UsageError, match="cannot: mend the data"):
        checked(judged, tmp_path, {"code": code, "digest": judged.digest})


@pytest.mark.parametrize(
    "text",
    [
        "[[waiver]]\n", "[[waivers]]\n", "waiver = 3\n", "x", "\xff",
        '[[waiver]]\ncode = "Q101"\n',
        '[[waiver]]\ncode = "Q101"\nscope = { glob = "a", also = "b" }\n',
    ],
)
def test_what_is_no_file_of_waivers_is_refused(text, judged, tmp_path):
    (tmp_path / "waivers.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError):
        datastd.check(judged.data, STANDARD, waivers=tmp_path / "waivers.toml")


@pytest.mark.parametrize(
    "change",
    [{"owner": ""}, {"reason": "    "}, {"owner": "\u200b" * 5}, {"reason": "\u2060 \u3164 \ufeff"}, {"samples": -1}, {"bytes": 1.5}, {"samples": "true"},
     {"digest": "abc"}, {"expires": '"soon"'}, {"glob": ""}],
)
def test_a_waiver_says_everything_in_its_type(change, judged, tmp_path):
    with pytest.raises(UsageError):
        checked(judged, tmp_path, {"code": "Q101", "digest": judged.digest, **change})


def test_waivers_in_the_dataset_are_refused_and_a_finding(judged, tmp_path):
    shutil.copytree(judged.data, tmp_path / "data")
    inside = written(tmp_path / "data/waivers.toml", {"code": "Q101", "digest": judged.digest})
    with pytest.raises(UsageError, match="outside the dataset"):
        datastd.check(tmp_path / "data", STANDARD, waivers=inside)
    report = datastd.check(tmp_path / "data", STANDARD)
    assert report["N416"].outcome is Outcome.FAIL
    assert report["N416"].examples[0].key == "waivers.toml"
    with pytest.raises(KeyError):
        judged.report["N416"]


def test_tables_in_memory_have_no_waivers(tmp_path):
    path = written(tmp_path / "waivers.toml", {"code": "Q101", "glob": "a"})
    with pytest.raises(UsageError, match="a folder"):
        datastd.check(samples(20), waivers=path)


def test_the_users_configuration_names_them(judged, tmp_path, monkeypatch):
    code = code_of(judged.report)
    written(tmp_path / "waivers.toml", {"code": code, "digest": judged.digest})
    (tmp_path / "datastd.toml").write_text(
        f'[[dataset]]\npath = "{judged.data}"\nstandard = "{STANDARD}"\nwaivers = "waivers.toml"\n'
    )
    monkeypatch.chdir(tmp_path)
    assert datastd.check(judged.data)[code].outcome is Outcome.WAIVED


@given(
    path=st.text("ab/.*?", min_size=1, max_size=8), glob=st.text("ab/.*?", min_size=1, max_size=6)
)
def test_a_glob_means_what_it_says(path, glob):
    def matches(glob, path):
        if not glob:
            return not path
        if glob.startswith("**"):
            return any(matches(glob[2:], path[n:]) for n in range(len(path) + 1))
        if glob[0] == "*":
            free = len(path.partition("/")[0])
            return any(matches(glob[1:], path[n:]) for n in range(free + 1))
        if not path:
            return False
        return (glob[0] == path[0] or (glob[0] == "?" and path[0] != "/")) and matches(glob[1:], path[1:])

    assert pl.Series([path]).str.contains(_pattern(glob))[0] is matches(glob, path)


def test_a_trust_file_that_is_not_there_is_an_error_without_waivers_too(judged, tmp_path):
    with pytest.raises(UsageError, match="found nothing"):
        datastd.check(judged.data, STANDARD, trust=tmp_path / "nowhere.toml")


class TestWaive:
    def test_a_waiver_is_written_from_a_report_and_others_stay(self, judged, tmp_path, capsys):
        code, out = code_of(judged.report), tmp_path / "waivers.toml"
        written(out, {"code": "Q999", "glob": "a", "reason": "another"})
        first = out.read_text()
        assert main(["waive", str(judged.place / "report.json"), "--code", code, "--owner", "Ada \U0001f600",
                     "--reason", 'so "said"\\ \x7f', "--until", LATER, "--out", str(out)]) == 0  # fmt: skip
        assert out.read_text().startswith(first.rstrip())
        other, mine = Waivers.read(out).waivers
        assert other.code == "Q999"
        assert (mine.code, mine.owner, mine.reason) == (code, "Ada \U0001f600", 'so "said"\\ \x7f')
        assert mine.scope.digest == judged.digest
        assert mine.expires == date.fromisoformat(LATER)
        assert datastd.check(judged.data, STANDARD, waivers=out).passed
        assert "\x7f" not in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            ({"code": "Q104"}, "a code that fails"),
            ({"code": "X"}, "a code that fails"),
            ({"until": "2020-01-01"}, "a day from"),
            ({"until": str(date.fromisoformat(LATER) + timedelta(days=1))}, "a day until"),
            ({"until": "soon"}, "a day as"),
            ({"owner": " "}, "an owner"),
            ({"reason": ""}, "an owner and a reason"),
        ],
    )
    def test_what_cannot_be_waived_leaves_nothing(self, changes, says, judged, tmp_path, capsys):
        given_ = {"code": code_of(judged.report), "owner": "Ada", "reason": "known", "until": LATER} | changes
        options = [word for name, value in given_.items() for word in (f"--{name}", value)]
        out = tmp_path / "w.toml"
        assert main(["waive", str(judged.place / "report.json"), *options, "--out", str(out)]) == 2
        assert says in capsys.readouterr().err
        assert not out.exists()

    def test_what_cannot_be_read_is_not_waived(self, tmp_path, capsys):
        (flawed(tmp_path / "data", count=0) / "stray.csv").write_text("a,b\n")
        report, out = tmp_path / "report.json", tmp_path / "w.toml"
        assert main(["check", str(tmp_path / "data"), "--standard", STANDARD, "--report", str(report)]) == 1
        assert main(["waive", str(report), "--code", "F099", "--owner", "Ada", "--reason", "known",
                     "--until", LATER, "--out", str(out)]) == 2  # fmt: skip
        assert "codes that can be waived, found F099" in capsys.readouterr().err
        assert not out.exists()

    @pytest.mark.parametrize(("unit", "budget"), [("samples", 3), ("fraction of samples", 3), ("groups", 300)])
    def test_its_budget_is_what_fails(self, unit, budget, judged, tmp_path):
        verdict = judged.report[code_of(judged.report)].model_copy(update={"unit": unit})
        others = [one for one in judged.report.verdicts if one.code != verdict.code]
        report = judged.report.model_copy(update={"verdicts": (verdict, *others)})
        made = waive(report, verdict.code, owner="Ada", reason="known", until=date.fromisoformat(LATER),
                     out=tmp_path / "w.toml")  # fmt: skip
        assert made.budget.samples == budget

    def test_it_is_not_written_into_the_dataset(self, judged):
        with pytest.raises(UsageError, match="outside the dataset"):
            waive(judged.report, code_of(judged.report), owner="Ada", reason="known",
                  until=date.fromisoformat(LATER), out=judged.data / "waivers.toml")  # fmt: skip


class TestApproval:
    @pytest.fixture
    def project(self, judged, tmp_path):
        code = code_of(judged.report)
        path = written(tmp_path / "waivers.toml", {"code": code, "digest": judged.digest})
        signer, approver = keygen(tmp_path / "signer"), keygen(tmp_path / "approver", "ecdsa")
        (tmp_path / "trust.toml").write_text(signer + approver.replace("[[key]]", "[[approver]]"))
        return SimpleNamespace(code=code, waivers=path, trust=tmp_path / "trust.toml",
                               key=tmp_path / "signer", approver=tmp_path / "approver",
                               data=judged.data, place=tmp_path)  # fmt: skip

    def report(self, project, **options):
        return datastd.check(project.data, STANDARD, waivers=project.waivers, profile="team",
                             **{"trust": project.trust, **options})  # fmt: skip

    def test_above_dev_nobody_waives_alone(self, project):
        report = self.report(project)
        assert report[project.code].outcome is Outcome.FAIL
        assert report["N415"].outcome is Outcome.FAIL

    def test_an_approver_opens(self, project):
        approve(project.waivers, project.approver)
        report = self.report(project)
        assert report[project.code].outcome is Outcome.WAIVED
        assert report["N415"].outcome is Outcome.PASS
        assert len(report.waivers[0].approved_by) == 1

    def test_what_is_changed_after_approval_is_not_approved(self, project):
        approve(project.waivers, project.approver)
        project.waivers.write_text(project.waivers.read_text() + "\n")
        assert self.report(project)["N415"].outcome is Outcome.FAIL

    def test_a_signer_is_no_approver(self, project):
        approve(project.waivers, project.key)
        assert self.report(project)["N415"].outcome is Outcome.FAIL

    def test_without_a_trust_file_nobody_is(self, project):
        approve(project.waivers, project.approver)
        assert self.report(project, trust=None)["N415"].outcome is Outcome.FAIL

    def test_an_approver_may_be_over(self, project):
        approve(project.waivers, project.approver)
        text = project.trust.read_text().replace("[[approver]]\n", "[[approver]]\nnot_after = 2020-01-01\n")
        project.trust.write_text(text)
        assert self.report(project)["N415"].outcome is Outcome.FAIL

    @pytest.mark.parametrize("text", ["", "{}", "[]", '{"signatures": [{"keyid": "a"}]}', '{"signatures": [], "signatures": []}'])
    def test_what_is_no_approval_is_refused(self, text, project):
        approval_of(project.waivers).write_text(text)
        with pytest.raises(UsageError, match="signatures of approvers"):
            self.report(project)

    def test_two_approve_one_after_the_other(self, project):
        approve(project.waivers, project.approver)
        approve(project.waivers, project.key)
        approve(project.waivers, project.key)
        assert len(Waivers.read(project.waivers).approval.signatures) == 2

    def test_a_signature_that_is_no_base64_is_none(self):
        one = Approval(text="", signatures=({"keyid": "a", "sig": "%"},))
        assert one.signatures[0].content == b""


def test_a_waiver_is_frozen_and_closed():
    with pytest.raises(ValueError):
        Waiver.model_validate({"code": "Q101"})
