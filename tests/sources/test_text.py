"""Plain text: byte for byte, cut at line feeds alone; what is no UTF-8 is named by its place."""

import json
import re
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from serial_files import COMPRESS, put, read
from support import SHARED, needs_data

from datastd.disk import Tree
from datastd.draft import Draft
from datastd.errors import DataChanged, UsageError
from datastd.pipeline import open_source
from datastd.sources import text
from datastd.sources.encoding import separators
from datastd.sources.text import Text

ODD = "a\u2028b\u2029c\u0085d\x0be\x0cf\x1cg\rh"


def texts(root, form="", **options):
    found, defects = read(Text, root, form, **options)
    return [*found.values()], [(code, key) for code, key, _ in defects]


# What a document is


def test_a_file_is_a_document_byte_for_byte(tmp_path):
    content = f"\n one\r\n\r\n{ODD} \n\n"
    put(tmp_path, "a/train.txt", content)
    put(tmp_path, "a/b.md", "x")
    found, defects = read(Text, tmp_path)
    assert (found, defects) == ({"a/b.md#0": "x", "a/train.txt#0": content}, [])
    with open_source(tmp_path) as source:
        assert source.called == "text"
        assert [one.split for one in source.plan().shards] == ["data", "train"]


def test_a_line_is_one(tmp_path):
    put(tmp_path, "x.txt", f"one\n\n  \t\r\n two \r\n{ODD}\r\r\nlast")
    assert texts(tmp_path, "lines") == (["one", " two ", ODD + "\r", "last"], [])
    with open_source(tmp_path, "text:lines") as source:
        assert source.called == "text:lines"
        (batch,) = source.read(*source.plan().shards)
    assert [*batch.keys] == [f"x.txt#{n}" for n in range(4)]
    assert batch.columns["separators"].tolist() == [0, 0, 5, 0]


def test_a_run_of_lines_that_no_blank_one_parts_is_one(tmp_path):
    put(tmp_path, "x.txt", " \n = Title = \n \n one\r\n two \r\n\r\n\n\n three\n \nfour")
    assert texts(tmp_path, "blocks") == ([" = Title = ", " one\r\n two ", " three", "four"], [])


LINES = st.lists(st.sampled_from([
    b"a", b"b\r", b" c ", b"", b"", b" ", b"\t\r", b"\xff", b"d\xe2\x80\xa8", b"\xc3", b"long" * 9, b"\r", b"e\xed\xa0\x80f",
]), max_size=30)  # fmt: skip
LONGEST = 30


def slowly(content, form):
    """Documents, by Python's own words, or what is wrong with each."""
    if form == "":
        found = [content]
    else:
        lines = content.split(b"\n")
        blank = [not line.strip(b" \t\r") for line in lines]
        found = [] if form == "lines" else [[]]
        for line, nothing in zip(lines, blank, strict=True):
            if form == "lines":
                found += [] if nothing else [line]
            elif nothing:
                found.append([])
            else:
                found[-1].append(line)
        found = [b"\n".join(one) if form == "blocks" else one for one in found if one]
        found = [one.removesuffix(b"\r") for one in found]
    judged = []
    for one in found:
        try:
            judged.append("F097" if len(one) > LONGEST else one.decode())
        except UnicodeDecodeError:
            judged.append("F020")
    return judged


@given(LINES, st.booleans(), st.integers(1, 90), st.integers(1, 90), st.sampled_from([*COMPRESS]), st.sampled_from(["", "blocks", "lines"]))
def test_each_document_once_however_it_is_cut(tmp_path_factory, lines, ends, shard, run, suffix, form):
    content = b"\n".join(lines) + (b"\n" if ends and lines else b"")
    if not content or content.startswith(b"\xff\xfe"):
        return
    root = put(tmp_path_factory.mktemp("d"), "x.txt", content, suffix)
    expected = slowly(content, form)
    found, defects = read(Text, root, form, shard=shard, run=run, longest=LONGEST)
    name = f"x.txt{suffix}"
    assert found == {f"{name}#{n}": one for n, one in enumerate(expected) if one[:2] != "F0"}
    assert sorted((code, key) for code, key, _ in defects) == sorted((one, f"{name}#{n}") for n, one in enumerate(expected) if one[:2] == "F0")


@given(st.lists(st.text(st.sampled_from("a\r\n\x85\u2028\u2029é𐍈 ")), max_size=5))
def test_separators_are_those_that_are_no_line_feed(strings):
    whole = [one.encode() for one in strings]
    ends = np.cumsum([0, *map(len, whole)])
    found = separators(np.frombuffer(b"".join(whole), np.uint8), ends[:-1], ends[1:])
    assert found.tolist() == [len(re.findall("[\x85\u2028\u2029]|\r(?!\n)", one)) for one in strings]


# What is wrong


@pytest.mark.parametrize(("form", "number"), [("", 0), ("blocks", 1), ("lines", 2)])
def test_bytes_that_are_no_utf_8_are_named_by_their_place(form, number, tmp_path):
    put(tmp_path, "x.txt", b"first\n\nsecond\na\xc3\xa9\xff\n\nlast")
    found, defects = read(Text, tmp_path, form)
    assert defects == [("F020", f"x.txt#{number}", "line 4, byte 3")]
    assert [*found.values()] == {"": [], "blocks": ["first", "last"], "lines": ["first", "second", "last"]}[form]


@pytest.mark.parametrize("form", ["", "blocks", "lines"])
@pytest.mark.parametrize("suffix", [*COMPRESS])
def test_a_mark_is_named_and_left_out(form, suffix, tmp_path):
    put(tmp_path, "x.txt", b"\xef\xbb\xbfone", suffix)
    assert texts(tmp_path, form) == (["one"], [("F016", f"x.txt{suffix}")])


@pytest.mark.parametrize("form", ["", "blocks", "lines"])
def test_files_that_are_no_text(form, tmp_path):
    put(tmp_path, "a.txt", "")
    put(tmp_path, "b.txt", "some words of text".encode("utf-16"))
    put(tmp_path, "c.txt", "some words of text".encode("utf-32-be"))
    (tmp_path / "d.txt.gz").write_bytes(b"no gzip")
    put(tmp_path, "e.csv", "text\na\n")
    put(tmp_path, "f.txt", "sound")
    wrong = [("F099", "e.csv"), ("F002", "a.txt"), ("F021", "b.txt"), ("F021", "c.txt"), ("F004", "d.txt.gz")]
    assert texts(tmp_path, form) == (["sound"], wrong)


@pytest.mark.parametrize(("form", "left"), [("", 0), ("blocks", 1000), ("lines", 1000)])
@pytest.mark.parametrize("suffix", [one for one in COMPRESS if one])
def test_a_document_in_which_a_file_is_cut_is_lost_and_told(suffix, form, left, tmp_path):
    lines = [b"document %d, of some words\n\n" % n for n in range(1000)]
    whole = COMPRESS[suffix](b"".join(lines[:500])) + COMPRESS[suffix](b"".join(lines[500:]))
    (tmp_path / f"x.txt{suffix}").write_bytes(whole)
    assert len(texts(tmp_path, form)[0]) == (left or 1)
    for cut in (1, 9, len(whole) // 2 - 3):
        (tmp_path / f"x.txt{suffix}").write_bytes(whole[:-cut])
        found, defects = texts(tmp_path, form)
        assert defects == [("F003", f"x.txt{suffix}")]
        assert found == [line.decode().strip() for line in lines[: len(found)]]
        assert bool(found) == (form != "") or suffix in {".zst", ".bz2", ".xz"}
        with Text(Tree(tmp_path), form) as source:
            assert source.plan().lost <= 1


def test_a_bomb_ends_early(tmp_path):
    put(tmp_path, "x.txt", bytes([65]) * (64 << 20), ".gz")
    assert texts(tmp_path, "lines") == ([], [("F003", "x.txt.gz")])


@pytest.mark.parametrize("form", ["", "blocks", "lines"])
def test_what_is_too_long_is_left_out_and_memory_is_bounded(form, tmp_path):
    with (tmp_path / "x.txt").open("wb") as file:
        file.write(b"before\n\n")
        for _ in range(100):
            file.write(b"x" * (1 << 20))
        file.write(b"\n\nafter")
    texts(tmp_path, form, longest=1 << 20)
    tracemalloc.start()
    found, defects = texts(tmp_path, form, longest=1 << 20)
    assert tracemalloc.get_traced_memory()[1] < 30 << 20
    tracemalloc.stop()
    assert found == ([] if form == "" else ["before", "after"])
    assert defects == [("F097", "x.txt#0" if form == "" else "x.txt#1")]


@pytest.mark.parametrize("length", [1000, 1001])
@pytest.mark.parametrize("form", ["", "blocks", "lines"])
def test_the_longest(length, form, tmp_path):
    put(tmp_path, "x.txt", b"x" * length)
    assert len(texts(tmp_path, form, longest=1000, run=100)[0]) == (length == 1000)


# Files


@pytest.mark.parametrize(("names", "form"), [
    (["a.txt", "b.md.gz"], "text"), (["x.jsonl", "README.txt", "LICENSE.txt", "notes.txt"], "jsonl"), (["a.txt", "b.pdf"], ""),
    (["README.md", "LICENSE"], ""), (["_meta/a.txt"], ""), (["a.txt", ".DS_Store", "datacard.toml"], "text"),
])  # fmt: skip
def test_a_folder_of_text_is_one_of_nothing_else(names, form, tmp_path):
    for name in names:
        put(tmp_path, name.removesuffix(".gz"), "{}", ".gz" if name.endswith(".gz") else "")
    if form:
        with open_source(tmp_path) as source:
            assert source.format == form
    else:
        with pytest.raises(UsageError, match="known format"):
            open_source(tmp_path)


@pytest.mark.parametrize("named", ["text:words", "text:", "text:lines,blocks"])
def test_it_has_no_other_options(named, tmp_path):
    put(tmp_path, "x.txt", "a")
    with pytest.raises(UsageError, match="text:blocks or text:lines"):
        open_source(tmp_path, named)


@given(LINES, st.integers(1, 60), st.sampled_from(["blocks", "lines"]), st.data())
def test_samples_are_taken_by_key_in_any_order(tmp_path_factory, lines, shard, form, data):
    root = put(tmp_path_factory.mktemp("d"), "x.txt", b"\n".join([b"y", *lines, b"", b"z"]))
    found, _ = read(Text, root, form)
    wanted = data.draw(st.lists(st.sampled_from([*found]), min_size=1))
    with Text(Tree(root), form, shard=shard, run=shard) as source:
        (batch,) = source.take_keys(wanted)
    assert [*batch.keys] == wanted
    assert batch.columns["text"].to_list() == [found[key] for key in wanted]


def test_a_document_that_is_none_is_not_taken(tmp_path):
    put(tmp_path, "x.txt", b"a\n\xff\n")
    with Text(Tree(tmp_path), "lines") as source:
        for row in (1, 2, 100):
            with pytest.raises(DataChanged, match=f"x.txt#{row}"):
                source.take("x.txt", np.array([0, row]))


@given(LINES, st.sampled_from([*COMPRESS]), st.sampled_from(["", "blocks", "lines"]), st.data())
def test_what_stays_is_written_with_the_same_bytes(tmp_path_factory, lines, suffix, form, data):
    content = b"\n".join([b"y", *lines, b"", b"z\n"])
    root = tmp_path_factory.mktemp("d")
    put(root / "data", "x.txt", content, suffix)
    name = f"x.txt{suffix}"
    found, defects = read(Text, root / "data", form)
    kept = sorted(data.draw(st.sets(st.sampled_from([*found]))), key=lambda key: int(key.rpartition("#")[2])) if found else []
    with Text(Tree(root / "data"), form, shard=9, run=9) as source, Draft(root / "out") as draft:
        source.write({path: np.array(rows) for path, rows in source.places(kept)}, draft)
        draft.publish()
    written = root / "out" / name
    if not kept:
        assert not written.exists()
        return
    again, wrong = read(Text, root / "out", form)
    assert ([*again.values()], wrong) == ([found[key] for key in kept], [])
    if len(kept) == len(found) and not defects:
        assert written.read_bytes() == (root / "data" / name).read_bytes()


@given(st.lists(st.tuples(st.sampled_from(["a", "train/b", "val/c"]), st.sampled_from([b"one", b"", b"\xff", b"x" * 40, b"\xef\xbb\xbftwo", b"three\n"]), st.sampled_from([*COMPRESS])), min_size=1, max_size=12), st.integers(1, 50), st.integers(1, 4), st.data())
def test_many_files_are_read_together_and_each_is_named(tmp_path_factory, files, run, together, data):
    root, expected, wrong = tmp_path_factory.mktemp("d"), {}, set()
    for n, (stem, content, suffix) in enumerate(files):
        put(root, f"{stem}{n}.txt", content, suffix)
        key = f"{stem}{n}.txt{suffix}#0"
        if not content or content == b"\xff" or len(content) > LONGEST:
            wrong.add(({b"": "F002", b"\xff": "F020"}.get(content, "F097"), key if content else key[:-2]))
        else:
            expected[key] = content.decode("utf-8-sig")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "BUNDLE", together)
        found, defects = read(Text, root, run=run, longest=LONGEST)
        assert found == expected
        assert {(code, key) for code, key, _ in defects if code != "F016"} == wrong
        if expected:
            wanted = data.draw(st.lists(st.sampled_from([*expected]), min_size=1))
            with Text(Tree(root), run=run, longest=LONGEST) as source:
                taken = {key: one for batch in source.take_keys(wanted) for key, one in zip(batch.keys, batch.columns["text"], strict=True)}
                assert taken == {key: expected[key] for key in wanted}
                assert all(shard.split in {"data", "train", "val"} and shard.samples <= together for shard in source.plan().shards)


# Real files


@needs_data
@pytest.mark.parametrize("form", ["", "blocks", "lines"])
def test_the_works_of_shakespeare_and_articles_of_wikipedia(form):
    for name in ("tinyshakespeare", "wikitext2/wikitext-2"):
        with open_source(SHARED / name, f"text:{form}".removesuffix(":")) as source:
            assert not source.plan().defects
        found, defects = texts(SHARED / name, form)
        contents = [path.read_bytes() for path in sorted((SHARED / name).glob("*.txt"))]
        expected = [one for content in contents for one in slowly(content, form)] if form != "" else [one.decode() for one in contents]
        assert not defects
        assert len(found) == len(expected)
        if form == "blocks" and name != "tinyshakespeare":
            assert sum(bool(re.fullmatch(" = [^=]+ = ", one)) for one in found) == 60 + 60  # articles, as published
        if form == "lines" and name != "tinyshakespeare":
            assert len(found) == sum(bool(line.strip()) for content in contents for line in content.split(b"\n"))


@needs_data
def test_the_lines_of_the_utf_8_test_and_naughty_strings(tmp_path):
    content = (SHARED / "utf8_test" / "utf8_invalid.txt").read_bytes()
    known = json.loads((SHARED / "utf8_test" / "invalid_lines_cpython.json").read_text())
    put(tmp_path, "x.txt", content)
    _, defects = read(Text, tmp_path, "lines")
    places = [re.fullmatch(r"line (\d+), byte \d+", at)[1] for code, _, at in defects if code == "F020"]
    assert [*map(int, places)] == known["lines_1based_not_valid_utf8_by_cpython"]
    assert {code for code, _, _ in defects} == {"F020"}
    assert read(Text, tmp_path)[1][0][0] == "F020"
    found, defects = texts(SHARED / "blns", "lines")
    naughty = (SHARED / "blns" / "blns.txt").read_text().split("\n")
    assert {one for one in naughty if one.strip()} <= {*found}


@needs_data
def test_files_in_other_encodings_are_named_or_are_utf_8_as_well():
    """Each of 51 encodings: named, or valid UTF-8: ASCII, or escapes that control characters betray."""
    seen = 0
    for folder in sorted((SHARED / "chardet_tests" / "tests").iterdir()):
        for path in sorted(folder.iterdir()):
            seen += 1
            content = path.read_bytes()
            tree = Tree(folder)
            tree.stamps = {path.name: tree.stamps[path.name]}
            with _Any(tree) as source:
                plan = source.plan()
                codes = {one.code for one in plan.defects}
                codes |= {one.code for shard in plan.shards for one in source.read(shard) if hasattr(one, "code")}
            try:
                is_utf8 = bool(content.decode())
            except UnicodeDecodeError:
                is_utf8 = False
            if folder.name.startswith("UTF-"):
                assert codes == {"F021"}, path
            elif not is_utf8:
                assert codes & {"F020", "F021"}, path
            else:
                assert codes <= {"F016", *(["F021"] if b"\0" in content else [])}, path
                assert folder.name in {"ascii", "utf-8"} or b"\x1b" in content or content.isascii(), path
    assert seen > 200  # of the 425, those that are here


class _Any(Text):
    """Files of text, whatever their name."""

    @classmethod
    def is_ours(cls, path):
        return True


@pytest.mark.parametrize("suffix", [*COMPRESS])
def test_a_file_of_a_mark_alone_is_an_empty_document(suffix, tmp_path):
    put(tmp_path, "x.txt", b"\xef\xbb\xbf", suffix)
    found, defects = read(Text, tmp_path)
    assert (found, [code for code, _, _ in defects]) == ({f"x.txt{suffix}#0": ""}, ["F016"])
