"""What a certificate says follows from a report that passed, and from nothing else."""

import copy
import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from datastd import digest
from datastd.certificate.statement import Statement, Terms, issue, parse_time
from datastd.digest import Manifest
from datastd.disk import Tree
from datastd.model import Level, Verdict
from datastd.report import Report


def fields(report):
    given = dict(report)
    del given["schema_"]
    return given


@pytest.fixture(scope="module")
def manifest(certified):
    with Tree(certified / "data") as tree:
        return Manifest.of(tree, jobs=1)


@pytest.fixture(scope="module")
def statement(report, manifest):
    return issue(report, manifest, "digits", Terms(90))


def test_it_is_an_in_toto_statement_about_one_subject(statement, manifest, report):
    plain = statement.plain()
    assert {*plain} == {"_type", "subject", "predicateType", "predicate"}
    assert plain["_type"] == "https://in-toto.io/Statement/v1"
    assert plain["predicateType"] == "urn:datastd:conformance:v1"
    assert plain["subject"] == [{"name": "digits", "digest": {"sha256": manifest.digest}}]
    predicate = plain["predicate"]
    assert {*predicate} == {
        "verifier", "timeVerified", "timeExpires", "resourceUri", "policy", "standard", "format",
        "coverage", "splits", "verdicts", "inputs", "notAsked", "waivers", "evidence",
        "sequence", "supersedes",
        "verificationResult", "verifiedLevels", "checks",
    }  # fmt: skip
    assert predicate["verificationResult"] == "PASSED"
    assert predicate["verifiedLevels"] == ["DATASTD_IDX_IMAGES_1_DEV"]
    assert predicate["policy"] == {
        "uri": "datastd:standard/idx-images/1", "digest": {"sha256": report.standard.digest}
    }  # fmt: skip
    assert predicate["standard"] == {"name": "idx-images", "version": "1", "profile": "dev"}
    assert predicate["coverage"] == {
        "mode": "full", "files": 4, "bytes": report.accounting.bytes, "records": 300
    }  # fmt: skip
    assert predicate["checks"] == {
        "total": len(report.verdicts), "passed": len(report.verdicts), "warned": 0, "waived": 0,
        "skipped": len(report.not_asked),
    }  # fmt: skip
    assert [one for one in predicate["notAsked"] if one["needs"] == "evaluation"] == [{"code": "L199", "needs": "evaluation"}]
    assert {one["code"] for one in predicate["notAsked"]} >= {"N001", "N370"}
    assert predicate["evidence"]["manifest"] == manifest.digest
    assert predicate["evidence"]["report"] == digest.of_bytes(digest.canonical(report.plain()))
    assert {*predicate["evidence"]} == {"manifest", "report"}
    assert {name: split["records"] for name, split in predicate["splits"].items()} == {
        "train": 200, "test": 100
    }  # fmt: skip
    for split in predicate["splits"].values():
        assert {*split} == {"records", "recordDigest"}
    assert predicate["verifier"]["id"] == "urn:datastd"
    assert {*predicate["verifier"]["version"]} == {
        "datastd", "numba", "numpy", "pandera", "polars", "pydantic", "python"
    }  # fmt: skip
    assert predicate["resourceUri"] == "pkg:generic/digits"
    assert predicate["format"] == "idx"


def test_a_card_is_part_of_the_evidence_and_a_name_of_the_uri(report, manifest):
    carded = Manifest((*manifest.files, ("datacard.toml", "a" * 64), ("x/datacard.toml", "b" * 64)))
    known = Report(**{**fields(report), "data": {**dict(report.data), "digest": carded.digest}})
    plain = issue(known, carded, "my digits/é", Terms(1)).plain()["predicate"]
    assert plain["evidence"]["card"] == "a" * 64
    assert plain["resourceUri"] == "pkg:generic/my%20digits%2F%C3%A9"


def test_it_holds_for_as_long_as_was_said(report, manifest):
    before = datetime.now(UTC).replace(microsecond=0)
    predicate = issue(report, manifest, "d", Terms(2.5)).predicate
    assert before <= predicate.verified <= datetime.now(UTC)
    assert predicate.expires - predicate.verified == timedelta(days=2.5)


def test_its_times_are_those_of_greenwich(report, manifest, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        verified = issue(report, manifest, "d", Terms(1)).predicate.verified
    finally:
        monkeypatch.undo()
        time.tzset()
    assert abs(verified - datetime.now(UTC)) < timedelta(minutes=1)


def test_defective_samples_are_not_among_its_records(report, manifest):
    seen = {**dict(report.accounting), "samples": 307, "defective": 7}
    tolerated = Report(**{**fields(report), "accounting": seen})
    assert issue(tolerated, manifest, "d", Terms(1)).predicate.coverage.records == 300


def test_no_sample_is_named_in_it(report, manifest):
    warned = [Verdict(**{**dict(v), "level": Level.WARN, "observed": v.limit + 1, "failed": 1,
                         "examples": ({"key": "secret", "observed": 1.0},)})
              if v.code == "L101" else v for v in report.verdicts]  # fmt: skip
    one = Report(**{**fields(report), "verdicts": tuple(warned)})
    plain = issue(one, manifest, "d", Terms(1)).plain()
    assert "secret" not in json.dumps(plain)
    assert plain["predicate"]["checks"]["warned"] == 1


def verdict(report, **changes):
    first = dict(report.verdicts[0])
    return Report(**{**fields(report), "verdicts": (Verdict(**{**first, **changes}), *report.verdicts[1:])})


def test_of_what_did_not_pass_there_is_no_statement(report, manifest):
    says = "expected a report of these bytes that passed, found "
    for changes in ({"observed": 9.0, "limit": 0.0, "level": Level.ERROR}, {"checked": 0}):
        one = verdict(report, **changes)
        with pytest.raises(ValueError) as refused:
            issue(one, manifest, "d", Terms(1))
        assert str(refused.value) == says + one.outcome
    incomplete = Report(**{**fields(report), "complete": False})
    with pytest.raises(ValueError, match="that passed"):
        issue(incomplete, manifest, "d", Terms(1))


def test_a_report_of_other_bytes_is_refused(report, manifest):
    other = Manifest((*manifest.files, ("more", "0" * 64)))
    with pytest.raises(ValueError, match="of these bytes"):
        issue(report, other, "d", Terms(1))


def test_it_survives_its_json(statement):
    again = Statement.from_plain(json.loads(digest.canonical(statement.plain())))
    assert again == statement
    assert digest.canonical(again.plain()) == digest.canonical(statement.plain())


def walk(value, path=()):
    """Every place in a JSON value."""
    yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from walk(inner, (*path, key))


def put(value, path, new):
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = new


WRONG = ["odd", -1, None, [], {}, 1.5, True, float("1e300")]


def test_nothing_in_it_can_be_another_type_or_left_out(statement):
    plain = statement.plain()
    for path in [*walk(plain)][1:]:
        target = plain
        for key in path:
            target = target[key]
        for new in WRONG:
            if type(new) is type(target) or (isinstance(target, float) and isinstance(new, int | float)):
                continue
            if target is None or (path[-1] == "warn"):
                continue
            stated = copy.deepcopy(plain)
            put(stated, path, new)
            with pytest.raises(ValueError):
                Statement.from_plain(stated)
        if isinstance(path[-1], str) and path[0] == "predicate" and "version" not in path:
            stated = copy.deepcopy(plain)
            inner = stated
            for key in path[:-1]:
                inner = inner[key]
            del inner[path[-1]]
            if len(path) > 2 and path[1] in {"splits", "evidence"} and len(path) == 3:
                continue  # what a split or a piece of evidence is called is free
            with pytest.raises(ValueError):
                Statement.from_plain(stated)


@pytest.mark.parametrize(
    ("path", "new"),
    [
        (("_type",), "https://in-toto.io/Statement/v0.1"),
        (("predicateType",), "urn:datastd:conformance:v2"),
        (("subject",), []),
        (("predicate", "verificationResult"), "FAILED"),
        (("predicate", "checks", "total"), 1),
        (("predicate", "checks", "passed"), 1),
        (("predicate", "verdicts", 0, "outcome"), "warn"),
        (("predicate", "verdicts", 0, "observed"), 1e9),
        (("predicate", "verdicts", 0, "checked"), 0),
        (("predicate", "verdicts"), []),
        (("predicate", "coverage", "mode"), "sampled"),
        (("predicate", "coverage", "records"), 0),
        (("predicate", "splits"), {}),
        (("predicate", "splits", "train", "records"), 199),
        (("predicate", "coverage", "records"), 299),
        (("predicate", "verifiedLevels"), ["DATASTD_MNIST_1_RELEASE"]),
        (("predicate", "verifiedLevels"), []),
        (("predicate", "waivers"), [{}]),
        (("predicate", "timeVerified"), "yesterday"),
        (("predicate", "timeExpires"), "2026-13-01T00:00:00Z"),
        (("predicate", "timeExpires"), "2026-1-1T0:00:00Z"),
        (("predicate", "policy", "digest", "sha256"), "0" * 63),
        (("subject", 0, "digest", "sha256"), "X" * 64),
        (("predicate", "more"), 1),
        (("more",), 1),
    ],
)
def test_what_contradicts_itself_or_is_no_statement_is_refused(path, new, statement):
    stated = statement.plain()
    stated = json.loads(json.dumps(stated))
    put(stated, path, new)
    with pytest.raises(ValueError):
        Statement.from_plain(stated)


def test_verdicts_that_do_not_pass_are_named(statement):
    stated = json.loads(json.dumps(statement.plain()))
    for number, outcome in ((0, "unknown"), (2, "unknown")):
        stated["predicate"]["verdicts"][number].update(checked=0, outcome=outcome)
    codes = [stated["predicate"]["verdicts"][number]["code"] for number in (0, 2)]
    with pytest.raises(ValueError) as refused:
        Statement.from_plain(stated)
    assert str(refused.value) == (
        f"predicate: Value error, expected verdicts that pass, found flaws in {', '.join(codes)}"
    )
    stated["predicate"]["verdicts"] = []
    with pytest.raises(ValueError, match="expected verdicts that pass"):
        Statement.from_plain(stated)


def test_records_that_do_not_add_up_are_refused(statement):
    stated = json.loads(json.dumps(statement.plain()))
    stated["predicate"]["coverage"]["records"] = 301
    with pytest.raises(ValueError) as refused:
        Statement.from_plain(stated)
    assert str(refused.value) == (
        "predicate: Value error, expected 301 records in all splits, found 300"
    )


def test_two_subjects_are_refused(statement):
    stated = statement.plain()
    stated["subject"] = stated["subject"] * 2
    with pytest.raises(ValueError):
        Statement.from_plain(stated)


@pytest.mark.parametrize("stated", [None, [], 3, {}, {"predicate": None}, {"predicate": {}}])
def test_what_is_no_statement_at_all_is_refused(stated):
    with pytest.raises(ValueError):
        Statement.from_plain(stated)


def test_times_are_utc_to_the_second():
    assert parse_time("2026-11-24T05:06:07Z") == datetime(2026, 11, 24, 5, 6, 7, tzinfo=UTC)
    with pytest.raises(ValueError):
        parse_time("2026-11-24T05:06:07+01:00")
