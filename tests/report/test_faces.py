"""Every report can be shown in every face, is read back by its readers, and injects nothing."""

import json
import re
import unicodedata
import xml.etree.ElementTree as ET
from datetime import date
from html.parser import HTMLParser
from urllib.parse import quote

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import SHARED

from datastd.model import Amount, Example, Level, Scope, Verdict, Waived
from datastd.report import (
    Accounting,
    Baseline,
    DataName,
    InputName,
    NotAsked,
    Report,
    Split,
    StandardName,
    github,
)  # fmt: skip
from datastd.report.evidence import Evidence
from datastd.report.histogram import Distribution, Histogram
from datastd.report.junit import as_junit
from datastd.report.markdown import as_markdown, code, plain
from datastd.report.sarif import MOST, as_sarif
from datastd.report.text import plain_text

SARIF = SHARED.parent / "published" / "sarif-schema-2.1.0.json"
MARK = "<zq"  # nothing of ours contains it
EVIL = [
    MARK, "<script>document.title='x'</script><zq", '"><img src=x onerror=alert(1)><zq', "'onload='x'<zq",
    "\u202egpj", "a\nb", "a\r\nb", "\n::set-output name=x::y", "::error::x", "##[error]x", "\x00", "\x1b[2J", "\ud800",
    "\ufffe", "|", "`x`", "[l](http://x)", "@octocat", "#1", "http://x.example", "]]>", "&lt;zq", "{0}", "{{ x }}",
    "{% raw %}", "%0A", "a,b:c=d", "../../etc/passwd", "/etc/passwd", "--><zq", "<!--", "x#3", "x#3@y", " ", "",
]  # fmt: skip
TEXT = st.one_of(st.sampled_from(EVIL), st.text(max_size=20), st.builds("".join, st.lists(st.sampled_from(EVIL), max_size=3)))
COUNT = st.one_of(st.integers(0, 20), st.integers(0, 10**18))
AMOUNT = st.floats(0, allow_nan=False, allow_infinity=False)
EXAMPLE = st.builds(Example, key=TEXT, observed=st.none() | st.floats(allow_nan=False, allow_infinity=False), detail=TEXT)


SAID = TEXT.map(lambda text: f"{text}, said Ada"[:400]).filter(lambda text: text.strip() and is_utf8(text))


def is_utf8(text):
    return not any(0xD800 <= ord(c) < 0xE000 for c in text)


@st.composite
def verdicts(draw):
    failed, more = draw(COUNT), draw(COUNT)
    waived = draw(st.sampled_from([None, None, 0, failed]))
    # Nobody can waive what has no code.
    code = draw(TEXT if waived is None else SAID.map(lambda text: text[:60]))
    return Verdict(
        waived=waived, code=code, name=draw(TEXT), level=draw(st.sampled_from(Level)), observed=draw(AMOUNT),
        limit=draw(AMOUNT | st.just(0.0)), warn=draw(st.none() | AMOUNT), unit=draw(TEXT), checked=failed + more,
        failed=failed, because=draw(TEXT), examples=tuple(draw(st.lists(EXAMPLE, max_size=3))),
    )  # fmt: skip


@st.composite
def evidence(draw):
    rows = draw(st.lists(st.tuples(TEXT, TEXT, TEXT, st.none() | TEXT), max_size=5))
    rows = [tuple(v.encode(errors="replace").decode() if v else v for v in row) for row in rows]
    table = pl.DataFrame(rows, dict.fromkeys(["key", "split", "detail", "group"], pl.String), orient="row")
    pixels = draw(st.sampled_from([np.zeros((4, 4, 1), np.uint8), np.full((300, 2, 3), np.nan), np.ones((2, 2, 9)),
                                   np.zeros((0, 3, 1), np.uint8), np.zeros((3, 3), np.uint8)]))  # fmt: skip
    histogram = Histogram.of(pl.Series(draw(st.lists(st.floats() | st.none())), dtype=pl.Float64))
    codes = draw(st.lists(TEXT, max_size=3))
    return Evidence(
        {code: Distribution(code, code, {"ge": 0.0, "isin": (1, "a")}, code, histogram) for code in codes},
        lambda _, most: table.head(most), frozenset(codes), lambda keys: ((key, pixels) for key in keys[::2]),
        lambda code: f"{code}.\n\nWhy:\n    {code}",
    )  # fmt: skip


@st.composite
def waivers(draw, verdicts):
    """Waivers of verdicts, all of whose failing rows they cover."""
    amount = {"samples": 10**18, "bytes": 9}
    return tuple(
        Waived(code=one.code, scope=Scope(glob=draw(SAID)), owner=draw(SAID), reason=draw(SAID), expires=date(2099, 1, 1),
               budget=Amount(**amount), used=Amount(**amount), approved_by=draw(st.just(()) | st.tuples(TEXT.filter(is_utf8))))
        for one in verdicts if one.waived is not None
    )  # fmt: skip


@st.composite
def reports(draw):
    samples = draw(COUNT)
    judged = tuple(draw(st.lists(verdicts(), min_size=1, max_size=4)))
    baseline = Baseline(path=draw(TEXT), digest="0" * 64, accepted=draw(st.dictionaries(TEXT, COUNT, max_size=2)),
                        new=draw(st.dictionaries(TEXT, COUNT, max_size=2)))  # fmt: skip
    made = Report(
        data=DataName(path=draw(TEXT), format=draw(st.sampled_from(["memory", "idx"]) | TEXT), digest=draw(st.none() | TEXT)),
        standard=StandardName(name=draw(TEXT), digest=draw(TEXT), profile="dev"),
        complete=draw(st.booleans()),
        accounting=Accounting(files=draw(COUNT), bytes=draw(COUNT), samples=samples, defective=draw(st.integers(0, samples))),
        splits=draw(st.dictionaries(TEXT, st.builds(Split, records=COUNT, recordDigest=TEXT), max_size=2)),
        verdicts=judged, waivers=draw(waivers(judged)), baseline=draw(st.sampled_from([None, baseline])),
        inputs=tuple(draw(st.lists(st.builds(InputName, role=TEXT, path=TEXT, digest=TEXT), max_size=2))),
        not_asked=tuple(draw(st.lists(st.builds(NotAsked, code=TEXT, needs=TEXT), max_size=2))),
    )  # fmt: skip
    if draw(st.booleans()):
        made.attach(lambda _: pl.DataFrame(), proposed=draw(st.booleans()), evidence=draw(evidence()))
    return made


def hidden(text):
    """Characters that no reader sees, but for the ends of our own lines."""
    return {c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}} - {"\n"}


def quiet(content):
    text = content.decode()
    assert MARK not in text
    assert not hidden(text)
    return text


@given(reports())
def test_junit_is_read_back_whole(report):
    root = ET.fromstring(quiet(as_junit(report)))
    (suite,) = root
    cases = suite.findall("testcase")
    of = [verdict.outcome for verdict in report.verdicts]
    assert len(cases) == int(suite.get("tests")) == len(of) + len(report.not_asked) + (not report.complete)
    for tag, count in {
        "failure": of.count("fail"), "error": of.count("unknown") + (not report.complete),
        "system-out": of.count("warn") + of.count("waived"), "skipped": len(report.not_asked),
    }.items():  # fmt: skip
        assert len([*suite.iter(tag)]) == count
    assert (int(suite.get("failures")), int(suite.get("skipped"))) == (of.count("fail"), len(report.not_asked))


@given(reports())
def test_junitparser_and_pytest_agree(report):
    junitparser = pytest.importorskip("junitparser")
    read = junitparser.JUnitXml.fromstring(as_junit(report).decode())
    (suite,) = read
    assert len([*suite]) == suite.tests
    assert {case.name for case in suite} >= {""} - {""}
    again = junitparser.JUnitXml.fromstring(read.tostring())
    assert [(c.name, c.classname, [r.text for r in c.result]) for c in next(iter(again))] == [
        (c.name, c.classname, [r.text for r in c.result]) for c in suite
    ]


@pytest.fixture(scope="module")
def schema():
    jsonschema = pytest.importorskip("jsonschema")
    if not SARIF.is_file():
        pytest.skip(f"the published schema expected at {SARIF}")
    stated = json.loads(SARIF.read_text())
    return jsonschema.validators.validator_for(stated)(stated)


@given(report=reports())
def test_sarif_is_valid_and_names_each_finding(schema, report):
    text = quiet(as_sarif(report))
    assert "<" not in text
    stated = json.loads(text)
    schema.validate(stated)
    (run,) = stated["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len(rules) == len({verdict.code for verdict in report.verdicts})
    for one in run["results"]:
        assert rules[one["ruleIndex"]]["id"] == one["ruleId"]
        assert (one["kind"] == "open") == (one["level"] == "none")
        assert not re.search(r"(?<!\{)\{(?!\{)", one["message"]["text"].replace("{{", ""))
        for place in one["locations"]:
            uri = place.get("physicalLocation", {}).get("artifactLocation", {}).get("uri", "a")
            assert re.fullmatch(r"[A-Za-z0-9_.~/%:-]*", uri)
            assert ".." not in uri.split("/") or report.data.path.count("..")
    levels = {"fail": "error", "warn": "warning", "waived": "warning", "unknown": "none"}
    for one in run["results"]:
        assert ("suppressions" in one) == (rules[one["ruleIndex"]]["properties"]["outcome"] == "waived")
    assert {one["level"] for one in run["results"]} == {levels[v.outcome] for v in report.verdicts if v.outcome != "pass"}
    assert run["invocations"][0]["exitCode"] == report.outcome.exit_code


class Page(HTMLParser):
    """Elements and attributes of a page."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.values, self.open = set(), [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.values += [(name, value or "") for name, value in attributes]
        if tag not in {"meta", "link", "img", "br", "rect", "path", "line"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in {"rect", "path", "line"}:
            assert self.open.pop() == tag


@given(reports())
def test_the_page_is_whole_and_holds_nothing_that_runs_or_loads(report):
    html = pytest.importorskip("datastd.report.html", exc_type=ImportError)
    text = quiet(html.page(report))
    read = Page(text)
    assert not read.open
    assert not read.tags & {"script", "iframe", "object", "embed", "base", "form", "style2"}
    for name, value in read.values:
        assert not name.startswith("on")
        if name in {"src", "href"}:
            assert value.startswith(("data:image/", "#rule-")) or value == "data:,"
    assert report.outcome.upper() in text


@given(reports())
def test_markdown_has_no_mark_of_the_data(report):
    text = quiet(as_markdown(report))
    assert len(text) <= 60_000
    assert {*re.findall(r"<[^>]*>", text)} <= {"<code>", "</code>", "<details>", "</details>", "<summary>", "</summary>"}
    bare = re.sub(r"<code>.*?</code>", "", text)
    assert "@" not in text
    assert "&#64;" not in bare
    assert "&#35;" not in bare
    assert not re.search(r"https?:|www\.|\]\(|`", text)


@given(TEXT)
def test_a_cell_of_a_table_stays_one_cell(text):
    for cell in (plain(text), code(text)):
        assert not {*"|\n`[]*_~!\\\"'>@:/."} & {*re.sub(r"</?code>", "", cell)}


COMMAND = re.compile(r"::(error|warning|notice) ((?:file|title)=[^:,\n\r]*(?:,title=[^:,\n\r]*)?)::([^\n\r]*)")


@given(reports())
def test_annotations_are_commands_of_ours_and_no_others(report):
    lines = github.annotations(report)
    for line in lines:
        assert COMMAND.fullmatch(line), line
        assert not hidden(line)
    kinds = [line[2:].split(" ")[0] for line in lines]
    assert max(map(kinds.count, kinds), default=0) <= 10
    blocked = {v.outcome for v in report.verdicts} & {"fail", "unknown"} or not report.complete
    assert ("error" in kinds) == bool(blocked)


@given(reports())
def test_every_other_face_shows_it_too(report):
    assert plain_text(report)
    assert report._repr_html_()


def simple(count, **changes):
    one = {"name": "n", "level": Level.ERROR, "observed": 1.0, "limit": 0.0, "unit": "samples", "checked": 5, "failed": 1}
    made = tuple(Verdict(code=f"Q{i}", **{**one, **changes}) for i in range(count))
    return Report(
        data=DataName(path="data/x", format="idx", digest=None), complete=True, verdicts=made, splits={},
        standard=StandardName(name="mine/1", digest="1", profile="dev"),
        accounting=Accounting(files=1, bytes=1, samples=5, defective=0),
    )  # fmt: skip


def test_annotations_beyond_ten_are_counted():
    lines = github.annotations(simple(14))
    assert len(lines) == 10
    assert "5 more" in lines[-1]
    assert "Q8 n" in lines[8]


@pytest.mark.parametrize(
    ("key", "says", "file", "line"),
    [
        ("i/9.jpg@17", "box flat: expected false, found true", "data/x/i/9.jpg", None),
        ("a.json@category 10", "expected at least 1 annotation, found 0", "data/x/a.json", None),
        ("odd@name.jpg", "x", "data/x/odd@name.jpg", None),
        ("c.jsonl#8", "line 9, byte 14: expected a list, found none", "data/x/c.jsonl", 9),
        ("c.jsonl.gz#8", "line 9, byte 14: expected a list, found none", "data/x/c.jsonl.gz", None),
        ("i/9.jpg", "line 9: expected 5 fields", "data/x/i/9.jpg", None),  # of its file of labels
        ("none@1", "line 9: x", "data/x", None),
        ("..@1", "x", "data/x", None),
    ],
)
def test_an_annotation_is_marked_at_its_file_and_a_record_at_its_line(key, says, file, line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("i/9.jpg", "a.json", "odd@name.jpg"):
        (tmp_path / "data/x" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "data/x" / name).touch()
    report = simple(1, examples=(Example(key=key, observed=1.0, detail=says),))
    at = f",line={line}" if line else ""
    assert github.annotations(report)[0].startswith(f"::error file={file}{at},title=")
    (run,) = json.loads(as_sarif(report))["runs"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == quote(file)
    assert place.get("region", {}).get("startLine") == line


def test_files_are_named_from_the_root_of_the_checkout(tmp_path, monkeypatch):
    (tmp_path / "part").mkdir()
    monkeypatch.chdir(tmp_path / "part")
    report = simple(1, examples=(Example(key="f#1", observed=1.0),))
    assert github.annotations(report)[0].startswith("::error file=data/x/f,")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    assert github.annotations(report)[0].startswith("::error file=part/data/x/f,")
    (run,) = json.loads(as_sarif(report))["runs"]
    place = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": "part/data/x/f", "uriBaseId": "%SRCROOT%"}


def test_what_github_unescapes_is_escaped():
    assert github._data("100%\r\n") == "100%25%0D%0A"
    assert github._property("a:b,c%") == "a%3Ab%2Cc%25"


def test_sarif_shares_its_room_among_the_rules_and_says_what_is_cut():
    report = simple(2, failed=20_000, checked=20_000)
    rows = pl.DataFrame({"key": [f"f#{i}" for i in range(9000)]}).with_columns(
        split=pl.lit("train"), detail=pl.lit("expected x"), group=pl.lit(None, pl.String)
    )
    report.attach(lambda _: rows, evidence=Evidence({}, lambda _, most: rows.head(most), frozenset(), lambda _: iter(()), lambda _: ""))
    (run,) = json.loads(as_sarif(report))["runs"]
    assert len(run["results"]) == MOST
    assert [one["ruleIndex"] for one in run["results"]].count(0) == MOST // 2
    said = [one["message"]["text"] for one in run["invocations"][0]["toolExecutionNotifications"]]
    assert said == [f"Q{i}: 2,500 listed, 17,500 more fail" for i in range(2)]


def test_sarif_names_file_and_record_and_the_same_finding_again():
    report = simple(1, examples=(Example(key="train images#7", observed=1.0),))
    (run,) = json.loads(as_sarif(report))["runs"]
    (one,) = run["results"]
    assert one["locations"] == [{
        "physicalLocation": {"artifactLocation": {"uri": "data/x/train%20images", "uriBaseId": "%SRCROOT%"}},
        "logicalLocations": [{"name": "7", "fullyQualifiedName": "train images#7", "kind": "sample"}],
    }]  # fmt: skip
    (again,) = json.loads(as_sarif(simple(3, examples=report["Q0"].examples)))["runs"]
    assert again["results"][0]["partialFingerprints"] == one["partialFingerprints"]
    assert again["results"][1]["partialFingerprints"] != one["partialFingerprints"]


def test_markdown_says_what_had_no_room():
    long = tuple(Example(key="k" * 390, observed=1.0, detail="d" * 390) for _ in range(5))
    text = as_markdown(simple(60, failed=5, examples=long)).decode()
    assert len(text) < 60_000
    assert "more paragraphs had no room" in text


@pytest.mark.parametrize(("face", "most"), [("html", 20 << 20), ("sarif", 30 << 20), ("markdown", 60_000)])
def test_a_report_of_countless_rules_and_texts_stays_small(face, most):
    if face == "html":
        pytest.importorskip("jinja2")
    from importlib import import_module

    long = Example(key="k<" * 500, observed=1.0, detail="d&" * 500)
    report = simple(6_000, failed=5, name="n<" * 500, unit="u&" * 500, because="b" * 1000, examples=(long,) * 5)
    (render,) = import_module(f"datastd.report.{face}").RENDER.values()
    assert len(render(report)) <= most


@pytest.mark.parametrize("suffix", [".html", ".sarif", ".xml", ".md", ".json"])
def test_a_loaded_report_is_saved_in_every_face(suffix, tmp_path):
    if suffix == ".html":
        pytest.importorskip("jinja2")
    simple(2).save(tmp_path / "r.json")
    loaded = Report.load(tmp_path / "r.json")
    loaded.save(tmp_path / f"again{suffix}")
    text = (tmp_path / f"again{suffix}").read_text()
    assert "Q1" in text
    if suffix == ".html":
        assert "no histograms and no pictures" in text


def test_the_page_needs_an_extra_and_says_so_before_the_work(monkeypatch, tmp_path):
    from datastd import report as faces
    from datastd.errors import NotInstalled

    monkeypatch.setattr(faces.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(NotInstalled, match=r"r.html: expected jinja2, found no jinja2; pip install \"datastd\[report\]\""):
        faces.face("r.html")
    assert faces.face("r.sarif") == "sarif"
    assert NotInstalled.exit_code == 2
