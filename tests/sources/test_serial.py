"""Text, CSV and web archives the whole way: checked, cleaned, certified; whatever the disk does."""

import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from serial_files import put, read

import datastd
from datastd.disk import Tree
from datastd.pipeline import reader
from datastd.sources import Defect
from datastd.sources.serial import at_most_lines
from datastd.standard import load

STANDARD = """
from datastd import Standard
from datastd.standard import load
base = load("raw-text/1")
standard = Standard(name="any-text/1", about="Documents in any format.", formats=("text", "csv", "warc"),
    measures=base.measures, rows=base.rows, rules=base.rules)
del base
"""
NAMES = {"text:lines": "x.txt", "text:blocks": "x.txt", "csv": "x.csv", "warc": "x.warc"}




@pytest.fixture
def standard(tmp_path):
    (tmp_path / "standard.py").write_text(STANDARD)
    return tmp_path / "standard.py"


def corpus(form, texts, spoiled=False):
    """A file of the format with these texts; *spoiled*, with others that nobody wants between."""
    if form.startswith("text"):
        gap = "\n\n" if form == "text:blocks" else "\n"
        bad = [b"bad \xff bytes", b"a control \x01", texts[0].encode()]
        lines = [*(one.encode() for one in texts[:10]), *(bad if spoiled else []), *(one.encode() for one in texts[10:])]
        return gap.encode().join(lines) + b"\n"
    if form == "csv":
        rows = [f'{n},"{text}"\r\n'.encode() for n, text in enumerate(texts)]
        bad = [b"10,bad \xff\n", b'10,"open\n', b"10,more,fields\n", b"10,a control \x01\n", b"10," + texts[0].encode() + b"\n", b"10,\n"]
        return b"id,text\r\n" + b"".join([*rows[:10], *(bad if spoiled else []), *rows[10:]])
    bad = [archived(b"\xff"), archived("x").replace(b"WARC-Date", b"Date"), archived("a control \x01"), archived(texts[0])]
    rows = [archived(one) for one in texts]
    return b"".join([*rows[:10], *(bad if spoiled else []), *rows[10:]])


def archived(text):
    block = text.encode() if isinstance(text, str) else text
    header = "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Date: 2024-01-01T00:00:00Z\r\nWARC-Record-ID: <urn:x>\r\nContent-Type: text/plain\r\n"
    return f"{header}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n"


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
@pytest.mark.parametrize("form", NAMES)
def test_cleaning_leaves_the_sound_records_as_they_are(form, suffix, standard, tmp_path):
    texts = [f"document number {n}, of its own" for n in range(30)]
    data = put(tmp_path / "data", f"train/{NAMES[form]}", corpus(form, texts, spoiled=True), suffix)
    put(data, f"val/{NAMES[form]}", corpus(form, ["another"]), suffix)
    report = datastd.check(data, standard, format=form)
    assert report.outcome == "fail"
    assert report.accounting.samples == 31 + {"text:lines": 3, "text:blocks": 3, "csv": 6, "warc": 4}[form]
    done = datastd.clean(data, tmp_path / "out", standard, format=form, also=["L301", "Q303"])
    assert done.report.outcome == "pass", done.report
    name, _, option = form.partition(":")
    found, defects = read(reader(name), tmp_path / "out", *([option] if option else []))
    assert ([*found.values()], defects) == ([*texts, "another"], [])
    assert (tmp_path / "out" / f"val/{NAMES[form]}{suffix}").read_bytes() == (data / f"val/{NAMES[form]}{suffix}").read_bytes()
    if not suffix:
        assert (tmp_path / "out" / f"train/{NAMES[form]}").read_bytes() == corpus(form, texts)


def test_a_file_that_is_a_document_is_cleaned_whole(standard, tmp_path):
    for n in range(9):
        put(tmp_path / "data", f"train/{n}.txt", f"document {n}\r\n\r\n of its own")
    put(tmp_path / "data", "train/a.txt", b"\xff")
    put(tmp_path / "data", "train/b.txt", b"\xef\xbb\xbfmarked")
    done = datastd.clean(tmp_path / "data", tmp_path / "out", standard)
    assert done.report.outcome == "pass"
    assert sorted(path.name for path in (tmp_path / "out" / "train").iterdir()) == [*(f"{n}.txt" for n in range(9)), "b.txt"]
    assert (tmp_path / "out/train/0.txt").read_bytes() == (tmp_path / "data/train/0.txt").read_bytes()
    assert (tmp_path / "out/train/b.txt").read_bytes() == b"marked"


@pytest.mark.parametrize("form", NAMES)
def test_it_certifies_and_opens(form, standard, tmp_path):
    data = put(tmp_path / "data", f"train/{NAMES[form]}", corpus(form, [f"text {n}" for n in range(9)]), ".zst")
    datastd.certify(data, standard, format=form, out=tmp_path / "c.json")
    with datastd.open(data, certificate=tmp_path / "c.json", standard=standard, standard_digest=load(standard).digest) as opened:
        (shard,) = opened.shards("train")
        assert opened.take(shard.path, np.array([3, 1])).columns["text"].to_list() == ["text 3", "text 1"]


@pytest.mark.parametrize("form", NAMES)
def test_no_text_is_in_a_report(form, standard, tmp_path):
    texts = ["secret one\x01", *(f"secret {n}" for n in range(20)), "secret one\x01"]
    data = put(tmp_path / "data", NAMES[form], corpus(form, texts, spoiled=True).replace(b"bad", b"secret"))
    report = datastd.check(data, standard, format=form)
    for face in ["json", "csv", "sarif", "xml", "md", *(["html"] if find_spec("jinja2") else [])]:
        report.save(tmp_path / f"r.{face}")
        assert b"secret" not in (tmp_path / f"r.{face}").read_bytes()


@pytest.mark.parametrize("form", NAMES)
def test_a_disk_that_is_full_leaves_nothing(form, standard, tmp_path):
    texts = [f"document number {n}, of its own, of some length" for n in range(3000)]
    data = put(tmp_path / "data", NAMES[form], corpus(form, texts, spoiled=True))
    script = (
        "import resource, sys, datastd\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))\n"
        f"datastd.clean({str(data)!r}, {str(tmp_path / 'out')!r}, {str(standard)!r}, format={form!r}, also=['L301', 'Q303'])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert "NotJudged" in done.stderr
    assert "a place with room for the new folder" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "standard.py"]


@given(st.lists(st.sampled_from([b"\n", b"a", b"bc\n", b"longer than the others\n"])).map(b"".join), st.integers(1, 9))
def test_a_piece_is_cut_into_whole_lines_and_few(piece, many):
    cut = [*at_most_lines(many, piece)]
    assert b"".join(cut) == piece
    assert all(one.count(b"\n") <= many for one in cut)
    assert all(one.endswith(b"\n") for one in cut[:-1])
    assert len(cut) == 1 or all(cut)


@pytest.mark.parametrize(("form", "content"), [
    ("text:lines", b"a\n%s\nb\n"), ("jsonl", b'{"text":"a"}\n{"text":"%s"}\n{"text":"b"}\n'), ("csv", b"text\na\n%s\nb\n"), ("warc", b"%s"),
])  # fmt: skip
def test_what_is_too_long_is_gone_through_once(form, content, tmp_path, monkeypatch):
    long = b"x" * (4 << 20)
    content = archived("a") + archived(long) + archived("b") if form == "warc" else content % long
    name, _, option = form.partition(":")
    put(tmp_path, {"jsonl": "x.jsonl", **NAMES}[form], content)
    source = reader(name).of(Tree(tmp_path), [option] if option else [])
    source._run = source._longest = source._shard = 1 << 20
    with source:
        (*shards,) = source.plan().shards
        taken = []
        read_ = Tree.read
        monkeypatch.setattr(Tree, "read", lambda tree, *asked: taken.append(len(found := read_(tree, *asked))) or found)
        found = [one for shard in shards for one in source.read(shard)]
    assert [one.code for one in found if isinstance(one, Defect)] == ["F010" if form == "jsonl" else "F097"]
    assert [key for one in found if not isinstance(one, Defect) for key in one.keys] == [f"{next(iter(source.tree.stamps))}#{n}" for n in (0, 2)]
    assert sum(taken) < 1 << 20
