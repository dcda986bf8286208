"""Nothing that data say reaches who reads a report but as text; and names that harm are named."""

import json
import os
import re
import socket
import unicodedata
from html.parser import HTMLParser

import polars as pl
import pytest
from naughty import NAMES, OWN, PROMPTS, SECRETS, strings
from support import SHARED

import datastd
from datastd import config
from datastd.card.written import whole as toml
from datastd.cli import main
from datastd.disk import Tree
from datastd.errors import DataStdError, NotCertified
from datastd.model import Amount, Example, Level, Scope, Verdict, Waived
from datastd.quiet import safe
from datastd.report import Accounting, Baseline, DataName, NotAsked, Report, StandardName, github
from datastd.report.junit import as_junit
from datastd.report.markdown import as_markdown
from datastd.report.notebook import fragment
from datastd.report.sarif import as_sarif
from datastd.report.text import as_json, plain_text
from datastd.rules import fold
from datastd.rules.files.filename_deceptive import FilenameDeceptive
from datastd.rules.files.filename_not_portable import FilenameNotPortable
from datastd.waivers import Waivers

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def report_of(text):
    """A report that says *text* wherever data, users or standards can put one."""
    long = text if len(text.strip()) > 2 else f"{text}..."
    waiver = {"code": long[:60], "scope": Scope(glob=long), "owner": long[:400], "reason": long[:400],
              "expires": "2099-01-01", "budget": Amount(samples=9, bytes=9)}  # fmt: skip
    waived = Waived.model_validate_json(json.dumps({
        **waiver, "scope": {"glob": long[:1000]}, "budget": {"samples": 9, "bytes": 9}, "used": {"samples": 1, "bytes": 1},
    }))  # fmt: skip
    return Report(
        data=DataName(path=text, format=text, digest=None),
        standard=StandardName(name=text, digest=text, profile="dev"), complete=True,
        accounting=Accounting(files=1, bytes=1, samples=9, defective=0), splits={},
        verdicts=(Verdict(
            code=waiver["code"], name=text, level=Level.ERROR, observed=3, limit=0, unit=text, checked=9, failed=1, waived=1,
            because=text, examples=(Example(key=text, observed=1.0, detail=text),),
        ),),
        not_asked=(NotAsked(code=text, needs=text),), waivers=(waived,),
        baseline=Baseline(path=text, digest="0" * 64, accepted={text: 1}, new={text: 1}),
    )  # fmt: skip


def unseen(said):
    return {c for c in said if unicodedata.category(c) in HIDDEN} - {"\n"}


class Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found, self.attributes = [], []

    def handle_starttag(self, tag, attrs):
        self.found.append(tag)
        self.attributes += [(tag, name) for name, _ in attrs]

    def handle_comment(self, data):
        self.found.append("comment")

    def handle_decl(self, decl):
        self.found.append("declaration")

    def unknown_decl(self, data):
        self.found.append("unknown")


def elements(text):
    parser = Elements()
    parser.feed(text)
    parser.close()
    return parser.found, parser.attributes


def is_text(text):
    """Whether a report can hold it: lone surrogates come from no file that is read as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return bool(text)


STRINGS = [text for text in strings() if is_text(text)]
PLAIN = elements(fragment(report_of("plain")))


def test_the_list_is_as_long_as_the_reference_asks():
    assert len(OWN) >= 118
    assert len(SECRETS) == 30
    assert len(PROMPTS) == 20
    assert len(NAMES) >= 80


@pytest.mark.parametrize("place", range(8))
def test_no_string_is_more_than_text_in_any_face(place):
    """Terminal, notebook, JSON, JUnit, SARIF, Markdown, annotations of a CI, logs."""
    for text in STRINGS[place::8]:
        report = report_of(text)
        assert not unseen(plain_text(report)), text
        notebook = fragment(report)
        assert not unseen(notebook), text
        assert elements(notebook) == PLAIN, text
        assert as_json(report).isascii()
        assert json.loads(as_json(report))["data"]["path"] == text
        assert not unseen(as_junit(report).decode()), text
        sarif = as_sarif(report).decode()
        assert "<" not in sarif
        assert not unseen(sarif), text
        marked = as_markdown(report).decode()
        assert not unseen(marked), text
        assert {*elements(marked)[0]} <= {"code", "details", "summary", "bdi"}, text
        for line in github.annotations(report):
            assert re.match(r"::(error|warning|notice)( [^\n]*?)?::", line), text
            assert not unseen(line), text
            assert "\n" not in line, text
        assert "\n" not in safe(text)
        assert not unseen(safe(text))
        assert "\n" not in str(NotCertified(text, text, text, text))


@pytest.mark.parametrize("place", range(8))
def test_no_string_is_more_than_text_in_the_page(place):
    pytest.importorskip("jinja2")
    from datastd.report.html import page

    known = elements(page(report_of("plain")).decode())
    for text in STRINGS[place::8]:
        made = page(report_of(text)).decode()
        assert elements(made) == known, text
        assert not unseen(made), text


def test_every_string_goes_into_every_sink():
    assert sorted(text for place in range(8) for text in STRINGS[place::8]) == sorted(STRINGS)
    assert len(STRINGS) > (600 if SHARED.is_dir() else 110)


def test_what_samples_hold_is_in_no_face_and_in_no_error(tmp_path, capsys):
    """Secrets and orders in values, names of columns, labels and a card: none is in any output."""
    rows = [{"text": f"{one} {other}", "label": one, f"{one[:12]}": other} for one, other in zip(SECRETS, (PROMPTS * 2)[:30], strict=True)]
    data = tmp_path / "data"
    data.mkdir()
    (data / "train.jsonl").write_text("".join(json.dumps(one) + "\n" for one in [*rows, rows[0], {"text": 3}]) + '{"text": "' + SECRETS[0])
    (data / "README.md").write_text("\n".join(SECRETS))
    source = dict.fromkeys(("id", "description", "license", "uri", "revision", "sha256", "legal_basis"), SECRETS[7])
    card = {"card_version": 1, "identity": {"title": SECRETS[1], "license": SECRETS[2], "version": SECRETS[3], "languages": [*SECRETS, "fr"],
            "task": [*PROMPTS], "description": "\n".join(PROMPTS), "modality": ["text"], "parties": [{"name": SECRETS[4]}]},
            "collection": {"sources": [source, source]}, "processing": {"steps": [{"id": SECRETS[8], "inputs": [SECRETS[9]], "tool": PROMPTS[0]}],
            "splits": {SECRETS[5]: {"rows": 3}}, "labels": {"names": [*SECRETS]}}, "storage": {"format": SECRETS[6], "region": PROMPTS[1]}}  # fmt: skip
    (data / "datacard.toml").write_text(toml(card))
    names = ["r.json", "r.sarif", "r.xml", "r.md", "r.csv"]
    options = [word for name in names for word in ("--report", str(tmp_path / name))]
    main(["check", str(data), "--standard", "raw-text/1", "--profile", "release", *options])
    out = capsys.readouterr()
    said = [out.out, out.err, *((tmp_path / name).read_text() for name in names)]
    for one in (*SECRETS, *PROMPTS):
        assert not any(one in text or one[:28] in text for text in said), one


def held(names, tmp_path):
    """A dataset that has the names, as far as a disk can hold them, and the tree of it."""
    for name in names:
        place = os.fsencode(tmp_path) + b"/" + (name if isinstance(name, bytes) else os.fsencode(name))
        with open(place, "wb") as file:
            file.write(b"x")
    return Tree(tmp_path)


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name)[:40])
def test_each_name_that_harms_is_named(name, tmp_path):
    with held([name], tmp_path) as tree:
        files = pl.DataFrame({"path": [*tree.stamps], "folded": [p.casefold() for p in tree.stamps], "origin": ["data"] * len(tree.stamps)},
                             {"path": pl.String, "folded": pl.String, "origin": pl.String})  # fmt: skip
        found = sum(fold(rule, [files]).failed for rule in (FilenameDeceptive(), FilenameNotPortable()))
        assert found + len(tree.oddities) > 0
        for path, _ in tree.oddities:
            assert not unseen(safe(path))


def socketed(at):
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("x")  # the working folder is the one that is meant


@pytest.mark.parametrize(
    "make",
    [
        lambda at: (at / "x").symlink_to("/etc/passwd"), lambda at: (at / "x").symlink_to("x"),
        lambda at: (at / "x").symlink_to("."), lambda at: os.mkfifo(at / "x"), lambda at: (at / "x").mkdir(),
        socketed,
    ],
)  # fmt: skip
def test_what_is_no_file_is_named_and_hangs_nobody(make, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make(tmp_path)
    with Tree(tmp_path) as tree:
        assert [path for path, _ in tree.oddities] == ["x"]


def test_twins_are_named(tmp_path):
    with held(["A.txt", "a.txt"], tmp_path) as tree:
        files = pl.DataFrame({"path": [*tree.stamps], "folded": [p.casefold() for p in tree.stamps], "origin": ["data"] * 2})
        assert fold(FilenameNotPortable(), [files]).failed == 2


def test_a_dataset_of_all_of_them_is_judged_and_repaints_nothing(tmp_path, capsys):
    data = tmp_path / "data"
    data.mkdir()
    held(NAMES, data).close()
    (data / "train.jsonl").write_text('{"text": "a text"}\n')
    assert main(["check", str(data), "--standard", "raw-text/1", "--report", str(tmp_path / "r.json")]) in {1, 3}
    out = capsys.readouterr()
    assert not unseen(out.out + out.err)
    assert "F082" in out.out
    report = Report.load(tmp_path / "r.json")
    assert report["F082"].failed + report["F006"].failed >= 40
    with pytest.raises(DataStdError):
        datastd.certify(data, "raw-text/1", out=tmp_path / "c.json")


def test_a_hundred_thousand_names_are_taken_by_the_hook(tmp_path, monkeypatch, capsys):
    (tmp_path / "data").mkdir()
    (tmp_path / "datastd.toml").write_text('[[dataset]]\npath = "data"\nstandard = "raw-text/1"\n')
    monkeypatch.chdir(tmp_path)
    assert main(["hook", *(f"-{n}" if n % 9 == 0 else f"src/{n}\x1b" for n in range(1, 1000))]) in {0, 2}
    from datastd.hook import check_touched

    assert check_touched([tmp_path / f"other/{n}" for n in range(100_000)], show=lambda _: None) == 0
    assert config.nearest() is not None


def test_a_waivers_file_cannot_repaint_a_terminal(tmp_path):
    path = tmp_path / "waivers.toml"
    path.write_text('[[waiver]]\ncode = "Q1\\u001b[2J"\n')
    with pytest.raises(DataStdError) as refused:
        Waivers.read(path)
    assert not unseen(str(refused.value))
