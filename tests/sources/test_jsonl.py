"""JSON lines: what passes is read alike by every parser, and nothing else passes."""

import bz2
import gzip
import json
import lzma
import re
from importlib.util import find_spec

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import SHARED, needs_data

import datastd
from datastd.disk import Tree
from datastd.errors import DataChanged, UsageError
from datastd.model import Model
from datastd.pipeline import open_source
from datastd.sources import Batch, Defect, serial, streams
from datastd.sources.jsonl import Jsonl, grammar
from datastd.sources.jsonl.scan import KEYS, texts
from datastd.sources.jsonl.scan import scan as scanned

WRONG = {
    grammar.TEXT: "", grammar.BLANK: "blank", grammar.SYNTAX: "F010", grammar.NO_OBJECT: "F011", grammar.TWICE: "F012",
    grammar.NONFINITE: "F013", grammar.SURROGATE: "F014", grammar.UTF8: "F020", grammar.NO_TEXT: "F301",
}  # fmt: skip
COMPRESS = {
    "": bytes, ".gz": lambda c: gzip.compress(c, mtime=0), ".bz2": bz2.compress, ".xz": lzma.compress,
    ".zst": lambda c: pa.compress(c, codec="zstd", asbytes=True),
}  # fmt: skip


def verdicts(content, key="text"):
    return [WRONG[found] for found in scanned(content, key).found]


def write(root, name="x.jsonl", content=b'{"text": "a"}\n', suffix=""):
    place = root / f"{name}{suffix}"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(COMPRESS[suffix](content.encode() if isinstance(content, str) else content))
    return root


def read(root, key="text", **options):
    """Text of each sample by its key, and the defects, code and key, of plan and reading."""
    with Jsonl(Tree(root), key, **options) as source:
        plan = source.plan()
        found, defects = {}, [(one.code, one.key) for one in plan.defects]
        for shard in plan.shards:
            for one in source.read(shard):
                if isinstance(one, Defect):
                    assert isinstance(one, source.kinds)
                    defects.append((one.code, one.key))
                else:
                    assert not {*one.keys} & {*found}
                    found |= dict(zip(one.keys, one.columns["text"], strict=True))
        return found, defects


# One line


class Document(Model):
    """What a record has to be: the slow way to say it, in Pydantic's words."""

    text: str


def slowly(line):
    """Whether a line is a record, by Python's parser, made strict, and Pydantic."""

    def once(pairs):
        if len({key for key, _ in pairs}) < len(pairs):
            raise ValueError
        return dict(pairs)

    def finite(literal):
        if not np.isfinite(float(literal)):
            raise ValueError
        return float(literal)

    def refuse(_):
        raise ValueError

    try:
        value = json.loads(
            line.decode(), object_pairs_hook=once, parse_constant=refuse, parse_float=finite, parse_int=finite
        )
        json.dumps(value, ensure_ascii=False).encode()  # lone surrogates cannot be
        text = value.get("text") if isinstance(value, dict) else None
        return Document.model_validate({"text": text}).text
    except (ValueError, RecursionError):
        return None


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
RECORDS = st.dictionaries(st.sampled_from(["text", "id", "te\u0078t", "", "ü"]), VALUES, max_size=4)


def agrees(line):
    expected = slowly(line)
    lines = scanned(line, "text")
    if not line.strip(b" \t\r"):
        assert {*verdicts(line)} <= {"blank"}
        return
    assert (verdicts(line) == [""]) == (expected is not None), line
    if expected is not None:
        assert texts(line, lines.rows(np.array([0]))).to_list() == [expected]


@given(RECORDS, st.booleans(), st.sampled_from([None, 1]))
def test_any_record_is_judged_as_python_and_pydantic_do(record, ascii_only, indent):
    text = json.dumps(record, ensure_ascii=ascii_only, indent=indent).replace("\n", " ")
    agrees(text.encode("utf-8", "surrogatepass"))


@given(RECORDS, st.lists(st.tuples(st.integers(0, 400), st.sampled_from([
    *b'{}[]:,"\\ \t0123456789.eE+-utrfn\x00\x1f\x7f', 0x80, 0xC2, 0xC0, 0xE2, 0xED, 0xA0, 0xF4, 0xFF,
])), min_size=1, max_size=4), st.booleans())  # fmt: skip
def test_so_is_one_with_bytes_exchanged(record, changes, insert):
    line = bytearray(json.dumps({"text": "a\u00e9\u2028", **record}, ensure_ascii=False).encode("utf-8", "replace"))
    for at, byte in changes:
        place = at % len(line)
        line[place : place + (0 if insert else 1)] = [byte]
    agrees(bytes(line))


@pytest.mark.parametrize(("line", "found"), [
    ('{"text":"a"}', ""), ('  {"text" : "a" , "x" : [ ] } \r', ""), ("", "blank"), (" \t\r", "blank"),
    ('{"text":"a"', "F010"), ('{"text":"a"}}', "F010"), ('{"text":"a"} x', "F010"), ("{'text':'a'}", "F010"), ('{"text":"a",}', "F010"),
    ('{"text":"a\tb"}', "F010"), ('{"text":"\\x41"}', "F010"), ('{"text":"\\u12G4"}', "F010"), ('{"text":01}', "F010"), ('{"text":"a" "b"}', "F010"),
    ('["text"]', "F011"), ('"text"', "F011"), ("1", "F011"), ("null", "F011"),
    ('{"text":"a","text":"b"}', "F012"), ('{"text":"a","te\\u0078t":"b"}', "F012"), ('{"text":"a","m":{"k":1,"k":2}}', "F012"),
    ('{"text":"a","m":[{"k":1},{"k":2}],"k":3,"n":{"k":4}}', ""), ('{"":1,"":2,"text":""}', "F012"),
    ('{"text":"a","x":NaN}', "F013"), ('{"text":"a","x":-Infinity}', "F013"), ('{"text":"a","x":1e999}', "F013"), ('{"text":"a","x":-1E400}', "F013"),
    ('{"text":"a","x":1.7976931348623157e308}', ""), ('{"text":"a","x":1.7976931348623159e308}', "F013"), ('{"text":"a","x":0.00001e313}', ""),
    ('{"text":"a","x":1e-999}', ""), ('{"text":"a","x":0e999}', ""), ('{"text":"a","x":' + "9" * 308 + "}", ""), ('{"text":"a","x":' + "9" * 310 + "}", "F013"),
    ('{"text":"a","x":0.' + "0" * 400 + "1e700}", ""), ('{"text":"a","x":1e99999999999999999999}', "F013"), ('{"text":"a","x":-Infinit}', "F010"),
    ('{"text":"\\ud800"}', "F014"), ('{"text":"\\udc00"}', "F014"), ('{"text":"\\ud800\\u0041"}', "F014"), ('{"\\ud800":1,"text":"a"}', "F014"),
    ('{"text":"\\ud83d\\ude00"}', ""), ('{"text":"\\ud83d\\uZZZZ"}', "F010"), ('{"text":"\\ud83d', "F014"),
    ('{"text":null}', "F301"), ('{"text":["a"]}', "F301"), ('{"id":1}', "F301"), ("{}", "F301"), ('{"x":{"text":"a"}}', "F301"), ('{"texts":"a"}', "F301"),
    ('{"m":"text","text":"a"}', ""), ('{"te\\u0078t":"a"}', ""), ('{"text":"a","x":true,"y":[false,null]}', ""), ('{"text":"a","x":nul}', "F010"),
    ('{"text":"a","x":' + "[" * 127 + "]" * 127 + "}", ""), ('{"text":"a","x":' + "[" * 128 + "]" * 128 + "}", "F010"), ('{"text":"a","x":1.7976931348623158079999e308}', "F013"), ("[" * 100_000, "F010"),
])  # fmt: skip
def test_a_line_is_this_and_nothing_else(line, found):
    assert verdicts(line.encode()) == ([found] if line else [])


@pytest.mark.parametrize("content", [
    b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xe2\x80", b"\xf4\x90\x80\x80", b"\x80", b"\xf8\x88\x80\x80\x80", b"\xc3",
])  # fmt: skip
def test_what_is_no_utf_8_is_none(content):
    assert verdicts(b'{"text":"' + content + b'"}') == ["F020"]
    assert verdicts(b'{"text":"a"}\n{"text":"' + content + b'"}\n{"text":"b"}') == ["", "F020", ""]


def test_where_it_is_wrong():
    content = b'{"text":"a"}\n{"text":"a","text":1}\n{"text":"\\ud800"}\n{"text": 1e999}\n{"text":"a"x}'
    lines = scanned(content, "text")
    assert (lines.at - lines.start).tolist()[1:] == [12, 9, 9, 11]


def test_many_keys_are_compared_and_too_many_refused():
    many = {f"k{n}": n for n in range(50_000)}
    line = json.dumps({"text": "a", **many}).encode()
    assert verdicts(line) == [""]
    assert verdicts(line[:-1] + b', "k49999": 1}') == ["F012"]
    assert verdicts(line + b"\n" + line) == ["", ""]
    keys = ",".join(f'"{n:x}":1' for n in range(KEYS - 1))
    assert verdicts(f'{{"text":"a",{keys}}}'.encode()) == [""]
    assert verdicts(f'{{"text":"a",{keys},"x":1}}'.encode()) == ["F010"]


I_BY_NAME = [
    ("double_huge_neg_exp|real_underflow|too_big|very_big", ""), ("500_nested", "F010"), ("huge_exp|overflow", "F013"),
    ("UTF-8_invalid|U\\+D800\\.|invalid_utf-8|iso_latin|lone_utf8|not_in_unicode|overlong|truncated-utf|UTF-16LE", "F020"),
    ("utf16|BOM", "F010"), ("surrogate|incomplete|2nd", "F014"),
]  # fmt: skip


@needs_data
def test_the_json_test_suite():
    """All 318 parsing cases, each as a value in a record: `y_` but doubled keys, no `n_`, `i_` by a table."""
    seen = 0
    for path in sorted((SHARED / "json_test_suite" / "test_parsing").glob("*.json")):
        content, name = path.read_bytes(), path.name
        seen += 1
        if name == "n_string_unescaped_newline.json":
            assert verdicts(content) == ["F010", "F010"]
            continue
        found = verdicts(b'{"text":"x","v":' + content.replace(b"\n", b" ") + b"}")
        if name.startswith("y_"):
            assert found == (["F012"] if "duplicated_key" in name else [""]), name
        elif name.startswith("n_"):
            assert found != [""], name
        else:
            assert found == [next(code for words, code in I_BY_NAME if re.search(words, name))], name
    assert seen == 318


@needs_data
def test_the_lines_of_the_utf_8_test():
    content = (SHARED / "utf8_test" / "utf8_invalid.txt").read_bytes()
    known = json.loads((SHARED / "utf8_test" / "invalid_lines_cpython.json").read_text())
    invalid = []
    for number, line in enumerate(content.split(b"\n"), 1):
        inside = bytes(b for b in line if b >= 0x20 and b not in b'"\\')
        found = verdicts(b'{"text":"' + inside + b'"}')
        assert found in ([""], ["F020"])
        invalid += [number] if found == ["F020"] else []
    assert invalid == known["lines_1based_not_valid_utf8_by_cpython"]


@needs_data
def test_naughty_strings_come_through_whole():
    strings = json.loads((SHARED / "blns" / "blns.json").read_text())
    for ascii_only in (True, False):
        content = "\n".join(json.dumps({"text": one}, ensure_ascii=ascii_only) for one in strings).encode()
        lines = scanned(content, "text")
        assert not lines.found.any()
        assert texts(content, lines).to_list() == strings


# Files


LINES = st.lists(st.sampled_from([
    b'{"text":"a"}', b'{"text":"b\\n"}\r', b"", b"  ", b"nonsense", b'{"text":"\xc3\xa9\xe2\x80\xa8"}', b'{"text":1}', b"[1]",
]), max_size=30)  # fmt: skip


@given(LINES, st.booleans(), st.integers(1, 200), st.integers(1, 200), st.sampled_from([*COMPRESS]))
def test_each_line_once_however_it_is_cut(tmp_path_factory, lines, ends, shard, run, suffix):
    content = b"\n".join(lines) + (b"\n" if ends and lines else b"")
    if not content:
        return
    root = write(tmp_path_factory.mktemp("d"), content=content, suffix=suffix)
    found, defects = read(root, shard=shard, run=run)
    name = f"x.jsonl{suffix}"
    judged = [wrong for line in lines for wrong in verdicts(line) if wrong != "blank"]
    assert [*found] == [f"{name}#{n}" for n, wrong in enumerate(judged) if not wrong]
    assert sorted(defects) == sorted((wrong, f"{name}#{n}") for n, wrong in enumerate(judged) if wrong)


def test_lines_end_with_a_line_feed_and_nothing_else(tmp_path):
    odd = "a\u2028b\u2029c\u0085d\x0be\x0cf\x1cg"
    write(tmp_path, content=json.dumps({"text": odd}, ensure_ascii=False).replace("\\u", "\\u") + "\n")
    assert read(tmp_path) == ({"x.jsonl#0": odd}, [])
    with Jsonl(Tree(tmp_path)) as source:
        (batch,) = source.read(*source.plan().shards)
    assert batch.columns["separators"].tolist() == [3]


@pytest.mark.parametrize(("line", "count"), [
    (b'{"text":"a"}\r', 0), (b'{"text":\r"a"}', 1), (b'\r{"text":"a"}\r\r', 2), (b'{"text":"a"\r\r}\r', 2), (b'{"text":"a\\r"}', 0),
])  # fmt: skip
def test_a_carriage_return_before_a_line_feed_is_none(line, count, tmp_path):
    write(tmp_path, content=line + b"\n")
    with Jsonl(Tree(tmp_path)) as source:
        (batch,) = source.read(*source.plan().shards)
    assert batch.columns["separators"].tolist() == [count]


@pytest.mark.parametrize("suffix", [one for one in COMPRESS if one])
def test_all_members_are_read_and_a_cut_one_is_told(suffix, tmp_path):
    lines = [b'{"text":"%d"}\n' % n for n in range(2000)]
    whole = COMPRESS[suffix](b"".join(lines[:1000])) + COMPRESS[suffix](b"".join(lines[1000:]))
    (tmp_path / f"x.jsonl{suffix}").write_bytes(whole)
    found, defects = read(tmp_path)
    assert (len(found), defects) == (2000, [])
    for cut in (1, 5, 20, len(whole) // 2 - 3):
        (tmp_path / f"x.jsonl{suffix}").write_bytes(whole[:-cut])
        found, defects = read(tmp_path)
        assert [code for code, _ in defects] == ["F003"]
        assert [*found] == [f"x.jsonl{suffix}#{n}" for n in range(len(found))]
    (tmp_path / f"x.jsonl{suffix}").write_bytes(whole + b"trailing")
    found, defects = read(tmp_path)
    assert [code for code, _ in defects] == ["F003"]
    assert len(found) == 2000 or (suffix == ".zst" and len(found) > 1600)  # pyarrow's last few are gone


@pytest.mark.parametrize("suffix", [one for one in COMPRESS if one])
def test_what_is_not_what_its_name_says(suffix, tmp_path):
    (tmp_path / f"x.jsonl{suffix}").write_bytes(b'{"text":"plain"}\n')
    write(tmp_path, "y.jsonl")
    assert read(tmp_path) == ({"y.jsonl#0": "a"}, [("F004", f"x.jsonl{suffix}")])


@pytest.mark.parametrize("suffix", [one for one in COMPRESS if one])
def test_a_bomb_ends_early(suffix, tmp_path):
    (tmp_path / f"x.jsonl{suffix}").write_bytes(COMPRESS[suffix](b'{"text":"' + bytes([65]) * (64 << 20) + b'"}\n'))
    found, defects = read(tmp_path)
    assert (found, [code for code, _ in defects]) == ({}, ["F003"])


def test_a_line_that_is_too_long_is_named_and_its_neighbours_are_read(tmp_path):
    long = b'{"text":"' + b"x" * (4 << 20) + b'"}'
    write(tmp_path, content=b'{"text":"a"}\n' + long + b'\n{"text":"b"}\n' + long)
    found, defects = read(tmp_path, longest=3 << 20)
    assert found == {"x.jsonl#0": "a", "x.jsonl#2": "b"}
    assert defects == [("F010", "x.jsonl#1"), ("F010", "x.jsonl#3")]


@pytest.mark.parametrize("length", [2 << 20, (2 << 20) + 1])
@pytest.mark.parametrize("before", [0, 1, 700_000, 1_500_000])
@pytest.mark.parametrize("fill", [b" ", b"x"])
def test_what_is_too_long_is_so_wherever_it_begins(before, length, fill, tmp_path):
    first = b'{"text":"' + b"y" * before + b'"}\n'
    line = fill * length if fill == b" " else b'{"text":"' + fill * (length - 11) + b'"}'
    write(tmp_path, content=first + line + b"\n" + b'{"text":"b"}\n' * 3)
    for shard in (1 << 30, 1 << 20):
        found, defects = read(tmp_path, shard=shard, run=1 << 16, longest=2 << 20)
        assert [code for code, _ in defects] == (["F010"] if length > 2 << 20 else [])
        assert len(found) == 4 + (length <= 2 << 20 and fill == b"x")


@pytest.mark.parametrize(("suffix", "zeros", "code"), [
    (".gz", 3, []), (".bz2", 4, ["F003"]), (".xz", 4, []), (".xz", 1, ["F003"]), (".xz", 6, ["F003"]), (".zst", 4, ["F003"]),
])  # fmt: skip
def test_zeros_behind_a_stream(suffix, zeros, code, tmp_path):
    content = COMPRESS[suffix](b'{"text":"a"}\n') + bytes(zeros)
    (tmp_path / f"x.jsonl{suffix}").write_bytes(content)
    assert [one for one, _ in read(tmp_path)[1]] == code
    if suffix == ".xz":
        (tmp_path / f"x.jsonl{suffix}").write_bytes(content + COMPRESS[suffix](b'{"text":"b"}\n'))
        assert [one for one, _ in read(tmp_path)[1]] == code


@pytest.mark.parametrize("suffix", [*COMPRESS])
def test_a_mark_at_the_beginning_is_named_and_the_file_is_read(suffix, tmp_path):
    write(tmp_path, content=b'\xef\xbb\xbf{"text":"a"}\n{"text":"b"}\n', suffix=suffix)
    name = f"x.jsonl{suffix}"
    assert read(tmp_path) == ({f"{name}#0": "a", f"{name}#1": "b"}, [("F016", name)])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_named(encoding, tmp_path):
    write(tmp_path, content='{"text":"a text of some words"}\n'.encode(encoding))
    assert read(tmp_path) == ({}, [("F021", "x.jsonl")])


def test_some_zeros_are_no_utf_16(tmp_path):
    write(tmp_path, content=b'{"text":"a"}\n' + b'{"text":"\0"}\n' + b'{"text":"words"}\n' * 9)
    assert [code for code, _ in read(tmp_path)[1]] == ["F010"]


@pytest.mark.parametrize("suffix", [*COMPRESS])
def test_an_empty_file_is_named(suffix, tmp_path):
    write(tmp_path, content=b"", suffix=suffix)
    write(tmp_path, "y.jsonl")
    assert read(tmp_path) == ({"y.jsonl#0": "a"}, [("F002", f"x.jsonl{suffix}")])


@pytest.mark.parametrize(("path", "split"), [
    ("train.jsonl", "train"), ("c4-validation.00000-of-00008.json.gz", "val"), ("en/dev/x.ndjson", "val"), ("test/part-0.jsonl", "test"),
    ("x.jsonl", "data"), ("training_set.jsonl", "train"), ("latest.jsonl", "data"), ("train/test.jsonl", "test"), ("train_test.jsonl", "data"),
])  # fmt: skip
def test_splits_are_what_names_say(path, split, tmp_path):
    write(tmp_path, path.removesuffix(".gz"), suffix=".gz" if path.endswith(".gz") else "")
    with open_source(tmp_path) as source:
        assert [one.split for one in source.plan().shards] == [split]


def test_other_files_are_strays(tmp_path):
    write(tmp_path)
    for name in ("x.json", "y.txt", "README.md", "_meta/x.jsonl"):
        write(tmp_path, name)
    assert read(tmp_path)[1] == [("F099", "x.json"), ("F099", "y.txt")]


def test_another_key_holds_the_text(tmp_path):
    write(tmp_path, content=b'{"content":"a","text":5}\n')
    assert read(tmp_path, "content") == ({"x.jsonl#0": "a"}, [])
    with open_source(tmp_path, "jsonl:content") as source:
        assert source.called == "jsonl:content"
    for wrong in ("jsonl:a,b", "jsonl:"):
        with pytest.raises(UsageError, match="one key"):
            open_source(tmp_path, wrong)


@given(LINES, st.integers(1, 60), st.data())
def test_samples_are_taken_by_key_in_any_order(tmp_path_factory, lines, shard, data):
    root = write(tmp_path_factory.mktemp("d"), content=b"\n".join([*lines, b'{"text":"z"}']))
    found, _ = read(root)
    wanted = data.draw(st.lists(st.sampled_from([*found]), min_size=1))
    with Jsonl(Tree(root), shard=shard, run=shard) as source:
        (batch,) = source.take_keys(wanted)
    assert [*batch.keys] == wanted
    assert batch.columns["text"].to_list() == [found[key] for key in wanted]


def test_what_cannot_be_read_a_second_time_is_a_change(tmp_path):
    write(tmp_path, content=b"".join(b'{"text":"%d"}\n' % n for n in range(9)), suffix=".gz")
    with Jsonl(Tree(tmp_path)) as source:
        (shard,) = source.plan().shards
        source.tree.read = lambda *_: (_ for _ in ()).throw(OSError(5, "Input/output error"))
        with pytest.raises(DataChanged, match="the bytes that were numbered, found expected a readable"):
            list(source.read(shard))


def test_a_record_that_is_none_is_not_taken(tmp_path):
    write(tmp_path, content=b'{"text":"a"}\nno\n')
    with Jsonl(Tree(tmp_path)) as source:
        for row in (1, 2, 100):
            with pytest.raises(DataChanged, match=f"x.jsonl#{row}: expected a record, found none"):
                source.take("x.jsonl", np.array([0, row]))


@needs_data
def test_web_text_is_what_every_parser_reads():
    with open_source(SHARED / "webtext" / "dolma" / "multiple_files") as source:
        for shard in source.plan().shards:
            (batch,) = source.read(shard)
            assert isinstance(batch, Batch)
            path = SHARED / "webtext" / "dolma" / "multiple_files" / shard.path
            content = path.read_bytes() if path.suffix == ".jsonl" else gzip.decompress(path.read_bytes())
            assert batch.columns["text"].to_list() == pl.read_ndjson(content)["text"].to_list()


# The whole way


@pytest.mark.parametrize("suffix", [*COMPRESS])
def test_cleaning_leaves_the_sound_records_as_they_are(suffix, tmp_path):
    texts_ = [f"document number {n}, of its own" for n in range(30)]
    lines = [json.dumps({"id": n, "text": text}) for n, text in enumerate(texts_)]
    spoiled = [*lines[:10], "no json", "", lines[3], json.dumps({"text": " "}), *(line + "\r" for line in lines[10:])]
    data = write(tmp_path / "data", "train.jsonl", "\n".join(spoiled), suffix)
    write(tmp_path / "data", "val.jsonl", json.dumps({"text": "another"}) + "\n", suffix)
    assert datastd.check(data, "raw-text/1").outcome == "fail"
    done = datastd.clean(data, tmp_path / "out", "raw-text/1", also=["L301"])
    assert done.report.outcome == "pass", done.report
    found, defects = read(tmp_path / "out")
    assert not defects
    assert [*found.values()] == [*texts_, "another"]
    kept = (tmp_path / "out" / f"val.jsonl{suffix}").read_bytes()
    assert kept == (data / f"val.jsonl{suffix}").read_bytes()


def test_the_text_is_no_part_of_what_rules_see_or_reports_keep(tmp_path):
    write(tmp_path / "data", content=b'{"text":"a secret \\u0001"}\n{"text":"a secret \\u0001"}\n')
    report = datastd.check(tmp_path / "data", "raw-text/1")
    assert {one.code for one in report.verdicts if one.outcome == "warn"} == {"L301", "Q303"}
    faces = ["json", "csv", "sarif", "xml", "md", *(["html"] if find_spec("jinja2") else [])]
    for face in faces:
        report.save(tmp_path / f"r.{face}")
        assert b"secret" not in (tmp_path / f"r.{face}").read_bytes()


def test_it_certifies_and_opens(tmp_path):
    data = write(tmp_path / "data", "train.jsonl", "".join(json.dumps({"text": f"text {n}"}) + "\n" for n in range(9)), ".zst")
    datastd.certify(data, "raw-text/1", out=tmp_path / "c.json")
    with datastd.open(data, certificate=tmp_path / "c.json", standard="raw-text/1") as opened:
        (shard,) = opened.shards("train")
        assert opened.take(shard.path, np.array([3, 1])).columns["text"].to_list() == ["text 3", "text 1"]


def test_shards_hold_a_bounded_number_of_records(tmp_path, monkeypatch):
    monkeypatch.setattr(serial, "ROWS", 100)
    monkeypatch.setattr(streams, "PIECE", 90)
    (tmp_path / "train.jsonl").write_text("{}\n" * 1000)
    with Jsonl(Tree(tmp_path), run=90) as source:
        sizes = [one.samples for one in source.plan().shards]
        assert sum(sizes) == 1000
        assert max(sizes) < 100 + 2 * 30  # a run holds 30 of them
        assert len([one for shard in source.plan().shards for one in source.read(shard)]) == 1000
