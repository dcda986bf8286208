"""A report decides nothing: what it says follows from its numbers, in every face."""

import csv
import io
import json
import re
from html.parser import HTMLParser

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from support import samples

import datastd
from datastd.errors import UsageError
from datastd.model import Example, Level, Outcome, Verdict, worst
from datastd.report import (
    Accounting,
    DataName,
    InputName,
    NotAsked,
    Report,
    Split,
    StandardName,
)
from datastd.report.notebook import fragment as page
from datastd.report.table import SCHEMA, frame
from datastd.report.text import plain_text, show

HOSTILE = st.text(min_size=1, max_size=30) | st.sampled_from(
    ["[red]x[/red]", "[/]", "<script>alert(1)</script>", '"><img src=x>', "=1+1", "@x", "-x",
     "\x1b[2J", "\u202egpj", "a\nb", "::error::x", "\ud800", "|", "[link=x]y[/link]"]
)  # fmt: skip


def verdict(code="L101", **changes):
    given = {
        "code": code, "name": "some-defect", "level": Level.ERROR, "observed": 0.0, "limit": 0.0,
        "unit": "samples", "checked": 10, "failed": 0,
    }  # fmt: skip
    return Verdict(**{**given, **changes})


def report(*verdicts, **changes):
    given = {
        "data": DataName(path="data/digits", format="idx", digest="0" * 64),
        "standard": StandardName(name="mine/1", digest="1" * 64, profile="dev"),
        "complete": True,
        "accounting": Accounting(files=4, bytes=100, samples=10, defective=0),
        "splits": {"train": Split(records=10, recordDigest="2" * 64)},
        "verdicts": verdicts or (verdict(),),
    }  # fmt: skip
    return Report(**{**given, **changes})


def failed(key="train#3", detail="", code="Q109"):
    return verdict(
        code, observed=2.0, failed=2, because="why", examples=(Example(key=key, observed=2.0, detail=detail),)
    )


FULL = report(
    verdict(), failed(), verdict("C012", level=Level.WARN, observed=0.5),
    verdict("F001", checked=0),
    not_asked=(NotAsked(code="L199", needs="evaluation"), NotAsked(code="F007", needs="files")),
    inputs=(InputName(role="reference", path="x", digest="3" * 64),),
)  # fmt: skip


def test_the_json_is_the_contract():
    stated = FULL.plain()
    assert [*stated] == [
        "schema", "data", "standard", "complete", "accounting", "splits", "verdicts", "inputs",
        "not_asked", "waivers", "outcome",
    ]  # fmt: skip
    assert stated["schema"] == "datastd-report/1"
    assert {*stated["data"]} == {"path", "format", "digest"}
    assert {*stated["standard"]} == {"name", "digest", "profile"}
    assert {*stated["accounting"]} == {"files", "bytes", "samples", "defective"}
    assert {"code", "name", "level", "outcome", "observed", "limit", "unit", "checked", "failed",
            "because", "examples"} <= {*stated["verdicts"][0]}  # fmt: skip
    assert {*stated["verdicts"][1]["examples"][0]} >= {"key", "observed"}
    assert stated["not_asked"] == [
        {"code": "L199", "needs": "evaluation"}, {"code": "F007", "needs": "files"}
    ]  # fmt: skip
    assert stated["outcome"] == "fail"


def test_a_saved_report_is_loaded_as_it_was(tmp_path):
    FULL.save(tmp_path / "r.json")
    assert Report.load(tmp_path / "r.json") == FULL


@pytest.mark.parametrize(
    "edit",
    [
        lambda r: r.update(outcome="pass"),
        lambda r: r["verdicts"][1].update(outcome="pass"),
        lambda r: r["verdicts"][1].update(observed=0.0),
        lambda r: r.update(verdicts=[]),
        lambda r: r.update(extra=1),
        lambda r: r.update(schema="datastd-report/2"),
        lambda r: r["verdicts"].pop(1),
        lambda r: r["accounting"].update(samples=-1),
        lambda r: r.pop("outcome"),
    ],
)
def test_an_edited_report_is_refused(edit, tmp_path):
    stated = FULL.plain()
    edit(stated)
    (tmp_path / "r.json").write_text(json.dumps(stated))
    with pytest.raises(UsageError, match="a report of datastd"):
        Report.load(tmp_path / "r.json")


def test_a_report_that_claims_to_be_complete_is_refused(tmp_path):
    stated = report(complete=False).plain() | {"complete": True}
    (tmp_path / "r.json").write_text(json.dumps(stated))
    with pytest.raises(UsageError, match="does not follow"):
        Report.load(tmp_path / "r.json")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"a":1,"a":2}', "[" * 5000, "NaN"])
def test_what_is_no_report_is_refused(text, tmp_path):
    (tmp_path / "r.json").write_text(text)
    with pytest.raises(UsageError):
        Report.load(tmp_path / "r.json")


def test_the_outcome_is_the_worst_and_incomplete_is_unknown():
    assert report().outcome == "pass"
    assert report(verdict(), failed()).outcome == "fail"
    assert report(complete=False).outcome == "unknown"
    assert report(failed(), complete=False).outcome == "fail"
    assert not report(complete=False).passed
    assert report(verdict("C012", level=Level.WARN, observed=1.0)).passed


def test_a_report_without_a_verdict_cannot_be():
    with pytest.raises(ValueError):
        Report(**{**dict(report()), "verdicts": ()})


def test_a_verdict_is_found_by_its_code():
    assert FULL["Q109"].failed == 2
    with pytest.raises(KeyError, match="expected one of C012, F001, L101, Q109, found Q1"):
        FULL["Q1"]


def test_a_report_from_a_file_lists_examples_only(tmp_path):
    with pytest.raises(UsageError, match="check again"):
        report(failed()).failing("Q109")
    with pytest.raises(KeyError):
        report().failing("X")


@pytest.mark.parametrize("name", ["r.pdf", "r", "r.json.gz", ".json"])
def test_a_name_that_no_report_has_is_refused(name, tmp_path):
    with pytest.raises(UsageError, match=r"\.json, \.html, \.sarif, \.xml, \.md, \.parquet, \.csv"):
        report().save(tmp_path / name)
    assert not [*tmp_path.iterdir()]


def test_a_place_that_cannot_be_written_to_is_refused(tmp_path):
    with pytest.raises(UsageError, match="a place to write to"):
        report().save(tmp_path / "absent" / "r.json")


def test_the_text_shows_what_does_not_hold_and_its_samples():
    text = str(FULL)
    assert text == plain_text(FULL)
    assert "Q109 train#3  observed 2" in text
    assert "… and 1 more" in text
    assert "unknown  F001" in text
    assert "warn     C012" in text
    assert "L101" not in text  # nothing to say of it
    assert "L199 needs --input evaluation=PATH" in text
    assert "F007 needs a folder" in text
    assert "FAIL  4 rules: 1 pass, 1 warn, 1 fail, 1 unknown" in text
    assert "datastd explain Q109" in text or "datastd explain C012" in text
    assert "proposed" not in text


@pytest.mark.parametrize("width", [20, 60, 100])
def test_a_narrow_terminal_leaves_out_no_column_and_no_letter_of_a_name(width):
    stream, name = io.StringIO(), "a-name-that-is-much-longer-than-what-is-left-of-a-line-for-it"
    show(report(failed(), verdict("C012", level=Level.WARN, observed=0.5, name=name)), Console(file=stream, width=width))
    text = stream.getvalue()
    assert "outcome  code  defect" in text
    assert re.search("^fail +Q109 +some-defect, samples +2 +≤ 0 +2 +10$", text, re.MULTILINE)
    _, _, rest = text.partition("C012")
    assert name in "".join(re.findall("^ *([a-z-]+)", rest, re.MULTILINE))


def test_what_to_look_at_first_comes_first():
    def one(code, level, observed, failed, checked=9):
        return verdict(code=code, level=level, observed=observed, failed=failed, checked=checked)

    told = report(
        one("C1", Level.WARN, 9.0, 9), one("C2", Level.ERROR, 0.0, 0, checked=0), one("C3", Level.ERROR, 1.0, 1),
        one("C4", Level.ERROR, 5.0, 5), one("C5", Level.ERROR, 1.0, 1),
    )
    found = re.findall(r"^(?:fail|unknown|warn) +(C\d)", str(told), re.MULTILINE)
    assert found == ["C4", "C3", "C5", "C2", "C1"]
    assert told.worst.code == "C4"
    assert [v["code"] for v in told.plain()["verdicts"]] == ["C1", "C2", "C3", "C4", "C5"]
    assert "unknown  C2    there are no samples that could be looked at" in str(told)


def test_rules_that_had_nothing_to_look_at_share_a_line():
    blind = [verdict(f"C{n}", checked=0, unit="fraction of annotations") for n in range(14)]
    text = str(report(*blind, verdict("F1", checked=0, unit="samples")))
    assert "C11 and 3 more: there are no annotations or samples that could be looked at" in " ".join(text.split())
    assert len(re.findall("^unknown", text, re.MULTILINE)) == 1
    assert "some-defect" not in text


def test_a_code_that_a_report_has_not_is_asked_back():
    with pytest.raises(KeyError, match="did you mean L101"):
        report()["L1O1"]


def test_what_a_code_is_about_and_what_to_do_stand_above_its_samples(tmp_path):
    (tmp_path / "x.jsonl").write_text('{"text": "a"}\n{"text": " "}\n')
    lines = str(datastd.check(tmp_path, "raw-text/1")).splitlines()
    at = lines.index("  F303 x.jsonl#1  blank: expected false, found true")
    assert lines[at - 1].startswith("  to do: Leave the record out;")
    assert lines[at - 2] == "F303  Whether each text is empty, or nothing but white space (Python's str.strip)."


def test_a_value_that_is_no_number_is_said_to_be():
    odd = verdict(observed=1.0, failed=1, examples=(Example(key="k", observed=None),))
    assert "L101 k  no finite number" in str(report(odd))


def test_a_proposed_standard_is_said_to_be_in_every_face():
    one = report()
    one.attach(lambda _: pl.DataFrame(), proposed=True)
    assert "mine/1 is proposed" in str(one)
    assert "mine/1 is proposed" in one._repr_html_()


@given(HOSTILE, HOSTILE, HOSTILE)
def test_no_name_can_change_what_the_text_says(key, path, detail):
    shown = str(report(failed(key, detail), data=DataName(path=path, format="idx", digest=None)))
    plain = str(report(failed("k", detail and "d"), data=DataName(path="p", format="idx", digest=None)))
    assert "\x1b" not in shown
    assert len(shown.splitlines()) <= len(plain.splitlines()) + 4  # long names wrap, no more
    for markup in ("[red]", "[/]", "[link=x]"):
        if markup in key:
            assert markup in shown


class _Elements(HTMLParser):
    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, tuple(name for name, _ in attributes)))


@given(HOSTILE, HOSTILE, HOSTILE)
def test_no_name_becomes_an_element_of_the_page(key, path, because):
    def made(key, path, because):
        one = verdict(observed=1.0, failed=1, because=because, examples=(Example(key=key, observed=1.0),))
        return _Elements(page(report(one, data=DataName(path=path, format="idx", digest=None)))).found

    assert made(key, path, because) == made("k", "p", "b")
    assert {tag for tag, _ in made(key, path, because)} <= {
        "div", "p", "b", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "br"
    }  # fmt: skip


def test_the_page_shows_verdicts_and_examples():
    shown = FULL._repr_html_()
    for said in ("FAIL", "Q109", "train#3", "L199", "why", "10 samples"):
        assert said in shown


@pytest.fixture(scope="module")
def real():
    images, labels = samples(120)
    images[3] = images[4]
    images[9] = 0
    return datastd.check((images, labels), "idx-images/1")


def test_the_table_has_every_failing_sample_and_each_rule(real):
    table = frame(real)
    assert table.schema == pl.Schema(SCHEMA)
    assert {*table["code"]} == {verdict.code for verdict in real.verdicts}
    for one in real.verdicts:
        rows = table.filter(pl.col("code") == one.code, pl.col("key").is_not_null())
        assert rows.height == one.failed
    assert table.filter(code="L101")["key"].to_list() == ["data#3", "data#4"]


def test_parquet_and_csv_hold_the_table(real, tmp_path):
    real.save(tmp_path / "r.parquet")
    real.save(tmp_path / "r.csv")
    table = frame(real)
    assert pl.read_parquet(tmp_path / "r.parquet").equals(table)
    rows = [*csv.DictReader(io.StringIO((tmp_path / "r.csv").read_text()))]
    assert [row["code"] for row in rows] == table["code"].to_list()
    assert [row["key"] or None for row in rows] == table["key"].to_list()


@given(HOSTILE)
def test_no_cell_of_the_csv_is_a_formula(key):
    one = report(failed(key))
    key = key.encode("utf-8", "replace").decode()
    failing = pl.DataFrame({"key": [key], "split": [""], "observed": [1.0], "limit": ["0"],
                            "detail": [key]})  # fmt: skip
    one.attach(lambda code: failing if code == "Q109" else failing.clear())
    from datastd.report.table import as_csv

    (row,) = csv.DictReader(io.StringIO(as_csv(one).decode()))
    for cell in (row["key"], row["detail"]):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
        assert "\x1b" not in cell


def test_a_bar_leaves_nothing_where_no_terminal_is(capsys):
    from datastd.report.progress import Bar

    with Bar("working", 10) as bar:
        bar._begun -= 10
        bar.advance(5)
        bar.advance(5)
    assert capsys.readouterr() == ("", "")


def test_no_more_are_lost_than_were_seen():
    from datastd.report import Accounting

    assert Accounting(files=1, bytes=1, samples=2, defective=2).defective == 2
    with pytest.raises(ValueError, match="defective: expected at most 2, found 3"):
        Accounting(files=1, bytes=1, samples=2, defective=3)


def test_the_reason_of_a_limit_that_does_not_hold_is_printed():
    assert "why this limit: why" in str(FULL)


def test_a_waived_verdict_needs_waivers_of_as_much():
    stated = FULL.plain()
    one = next(one for one in stated["verdicts"] if one["outcome"] == "fail")
    one.update(waived=one["failed"], outcome="waived")
    stated["outcome"] = worst([Outcome(v["outcome"]) for v in stated["verdicts"]])
    with pytest.raises(ValueError, match="expected waivers of"):
        Report.from_plain(stated)
    waiver = {"code": one["code"], "scope": {"glob": "**", "digest": "0" * 64}, "owner": "Ada", "reason": "known",
              "expires": "2099-01-01", "budget": {"samples": 99, "bytes": 1}, "approved_by": [],
              "used": {"samples": one["failed"], "bytes": 1}}  # fmt: skip
    assert Report.from_plain({**stated, "waivers": [waiver]})[one["code"]].outcome is Outcome.WAIVED
    less = {**waiver, "used": {"samples": one["failed"] - 1, "bytes": 1}}
    with pytest.raises(ValueError, match="expected waivers of"):
        Report.from_plain({**stated, "waivers": [less]})
    accepted = {"path": "b.json", "digest": "0" * 64, "accepted": {one["code"]: one["failed"]}}
    assert not Report.from_plain({**stated, "baseline": accepted}).passed
