"""CSV: what passes is read alike by every parser; a row that is none is named, and costs no other."""

import csv
import io
import re
import tracemalloc

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from serial_files import COMPRESS, put, read
from support import SHARED, needs_data

from datastd.disk import Tree
from datastd.draft import Draft
from datastd.errors import UsageError
from datastd.pipeline import open_source
from datastd.sources import csv as csv_source
from datastd.sources import serial
from datastd.sources.csv import Csv
from datastd.sources.csv import scan as scanning
from datastd.sources.csv.scan import columns, records

SOUND, RAGGED, BARE, BEHIND, OPEN, RETURN, UTF8, NUL = range(8)


def scanned(content, width=-1, delimiter=",", longest=1 << 20):
    found, end = records(content, delimiter, width=width, longest=longest, ends=True)
    assert end == len(content)
    return found


def fields(content, delimiter=","):
    """Each sound row, as a list of strings."""
    found = scanned(content, delimiter=delimiter)
    rows = []
    for row in np.flatnonzero(found.found == SOUND):
        one = scanning.Records(*(values[row : row + 1] for values in found))
        rows.append([value[0] for value in columns(content, delimiter, one, range(int(one.fields[0])))])
    return rows


def pythons(content, delimiter=","):
    text = content.decode("utf-8", "surrogateescape")
    return [row for row in csv.reader(io.StringIO(text, newline="\n"), strict=True, delimiter=delimiter) if row]


def written(rows, **options):
    out = io.StringIO()
    csv.writer(out, **options).writerows(rows)
    return out.getvalue().encode()


# One row


VALUES = st.text(st.sampled_from("ab ,;\"\r\n\t\0é\u2028𐍈'"), max_size=8)
ROWS = st.lists(st.lists(VALUES, min_size=1, max_size=4), max_size=6)


@given(ROWS, st.sampled_from([",", ";", "\t"]), st.sampled_from([("\r\n", csv.QUOTE_MINIMAL), ("\n", csv.QUOTE_ALL)]))
def test_what_pythons_writer_writes_is_read_back(rows, delimiter, options):
    end, quoting = options  # with "\n", Python's writer leaves "\r" without quotes, and cannot read it
    content = written(rows, lineterminator=end, delimiter=delimiter, quoting=quoting)
    if b"\0" in content:  # which RFC 4180 has not, and other readers end a string at
        assert scanned(content, delimiter=delimiter).found.any()
        return
    assert not scanned(content, delimiter=delimiter).found.any()
    assert fields(content, delimiter) == pythons(content, delimiter) == rows


@given(ROWS, st.lists(st.tuples(st.integers(0, 200), st.sampled_from([*b'",;\r\n\0ab \xff\xc3\xa9'])), max_size=5), st.booleans())
def test_what_is_sound_is_what_pythons_strict_reader_reads(rows, changes, insert):
    content = bytearray(written(rows, lineterminator="\n"))
    for at, byte in changes:
        place = at % (len(content) + 1)
        content[place : place + (0 if insert else 1)] = [byte]
    content = bytes(content)
    found = scanned(content)
    try:
        known = pythons(content)
    except csv.Error:
        assert found.found.any(), content
        return
    if not found.found.any():
        assert fields(content) == known
    if b"\xff" in content or b"\0" in content:
        assert found.found.any()


@pytest.mark.parametrize(("content", "found"), [
    (b"a,b", [SOUND]), (b"a,b\n", [SOUND]), (b"a,b\r\n", [SOUND]), (b"a,b\r\r\n", [SOUND]), (b"a,b\r", [SOUND]), (b",", [SOUND]), (b'"",""', [SOUND]),
    (b"\n\r\n\r\r\n", []), (b"", []), (b"a", [RAGGED]), (b"a,b,", [RAGGED]), (b"a,b\nc\nd,e", [SOUND, RAGGED, SOUND]),
    (b'"a,b","c\nd"', [SOUND]), (b'"a""b",""""', [SOUND]), (b'"a\r\nb",c\rd\n1,2', [RETURN, SOUND]), (b"a\rb,c", [RETURN]), (b'"a\rb",c', [SOUND]),
    (b'a"b,c', [BARE]), (b' "a",c', [BARE]), (b'a,b"\n1,2', [BARE, SOUND]), (b'"a"b,c', [BEHIND]), (b'"a" ,c\n1,2', [BEHIND, SOUND]),
    (b'"a,b', [OPEN]), (b'"a,b\n1,2\n3,4', [OPEN, SOUND, SOUND]), (b'1,"\n1,2\n"3",4\n5,6', [OPEN, SOUND, SOUND, SOUND]),
    (b'"x\ny","z\n1,2\n3,4\n', [OPEN, SOUND, SOUND]), (b'"x\ny",z"\n1,2', [BARE, SOUND]), (b'"', [OPEN]), (b'"a,b\n', [OPEN]),
    (b"\xff,b\n1,2", [UTF8, SOUND]), (b'"\xc3\n\xa9",b\n1,2', [UTF8, SOUND]), (b'\xff,a"\n1,2', [BARE, SOUND]), (b"\xff\n1,2", [UTF8, SOUND]),
    (b"a,\xe2\x80\xa8", [SOUND]), (b"a,b\0", [NUL]), (b'"a\0",b\n1,2', [NUL, SOUND]), (b'"a"\0,b\n1,2', [BEHIND, SOUND]), (b'\0a",b', [BARE]), (b"\xff\0,b", [UTF8]), (b"\0", [NUL]), (b"\xed\xa0\x80,b", [UTF8]),
])  # fmt: skip
def test_a_row_is_this_and_nothing_else(content, found):
    assert scanned(content, 2).found.tolist() == found


def test_a_byte_of_zero_is_named_where_it_is(tmp_path):
    put(tmp_path, "x.csv", b"text,id\nsound,1\na\0b,2\nsound,3\n")
    found, defects = read(Csv, tmp_path)
    assert [*found] == ["x.csv#0", "x.csv#2"]
    assert defects == [("F094", "x.csv#1", "line 3, byte 1")]


def test_where_it_is_wrong(tmp_path):
    put(tmp_path, "x.csv", b'text,id\nsound,1\na,b,c\n"two\nlines",d\xff\n"x\n\ny",z"z\n"q"r,1\n"open,1\nsound,2\n')
    found, defects = read(Csv, tmp_path)
    assert [*found.items()] == [("x.csv#0", "sound"), ("x.csv#6", "sound")]
    assert defects == [
        ("F026", "x.csv#1", "line 3"), ("F020", "x.csv#2", "line 5, byte 8"), ("F094", "x.csv#3", "line 8, byte 4"),
        ("F094", "x.csv#4", "line 9, byte 3"), ("F094", "x.csv#5", "line 10, byte 0"),
    ]  # fmt: skip


def test_a_quote_too_many_costs_a_row_and_not_the_file(tmp_path):
    rows = [b"%d,text\n" % n for n in range(1000)]
    rows[3] = b'3,"text\n'
    put(tmp_path, "x.csv", b"id,text\n" + b"".join(rows))
    for sizes in ({}, {"run": 10, "shard": 10}, {"longest": 50}):
        found, defects = read(Csv, tmp_path, **sizes)
        assert len(found) == 999
        assert defects == [("F094", "x.csv#3", "line 5, byte 2")]


# Files


LINES = st.lists(st.sampled_from([
    b"a,b", b"c,d\r", b"", b"\r", b'"e\nf",g', b"h", b'"i,j', b'k,"l', b'm"n,o', b'"p"q,r', b"s,\xff", b't,"u""v"', b'w,"\r\n\n"', b"\xe2\x80\xa8,y",
]), max_size=20)  # fmt: skip


@given(LINES, st.booleans(), st.integers(1, 60), st.integers(1, 60), st.sampled_from([*COMPRESS]), st.sampled_from([20, 1 << 20]))
def test_each_row_once_however_it_is_cut(tmp_path_factory, lines, ends, shard, run, suffix, longest):
    content = b"\n".join([b"text,id", *lines]) + (b"\n" if ends else b"")
    root = put(tmp_path_factory.mktemp("d"), "x.csv", content, suffix)
    whole = read(Csv, root, longest=longest)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_source, "_MOST", 1 + run % 3)
        assert read(Csv, root, shard=shard, run=run, longest=longest) == whole
    behind = scanned(content[8:], 2, longest=longest)
    assert len(whole[0]) + len(whole[1]) == len(behind.start)
    assert [*whole[0]] == [f"x.csv{suffix}#{n}" for n in np.flatnonzero(behind.found == SOUND)]


@pytest.mark.parametrize(("content", "codes"), [
    (b"", ["F002"]), (b"\n\n", ["F093"]), (b"text,id\n", []), (b"text", []), (b'"text\n1\n', ["F093"]), (b"te\xffxt\n1\n", ["F093"]), (b'te"xt\n1', ["F093"]),
    (b"text,a,a\n1,2,3\n", ["C704"]), (b"text,,\n1,2,3\n", ["C704"]), (b"\xef\xbb\xbftext\n1\n", ["F016"]), (b'\xef\xbb\xbf"text"\n1\n', ["F016"]),
    ("text,id\na,1\n".encode("utf-16"), ["F021"]), (b"\r\ntext\r\n1\r\n", []), (b"x" * (3 << 20) + b"\ntext\n1\n", ["F093"]), (b"text\n" + b"x" * (3 << 20) + b"\n1\n", ["F097"]),
    (b'text\n"' + (b"x" * 1023 + b"\n") * (3 << 10) + b'"\n1\n', ["F094", "F094"]), (b'text\n"' + b"x\n" * 400 + b'"\n1\n', []),
])  # fmt: skip
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_files_and_headers(content, codes, suffix, tmp_path):
    put(tmp_path, "x.csv", content, suffix)
    found, defects = read(Csv, tmp_path, longest=2 << 20)
    assert [code for code, _, _ in defects] == codes
    assert ("1" in found.values()) == (b"1\n" in content.replace(b"\r", b"") and not {*codes} & {"F093", "C704", "F021"})


@pytest.mark.parametrize(("header", "found"), [
    ("text,id", False), (",text", False), ("0,1,2", False), (",0,1", False), ("country,1999,2024", False), ("a1,3d,x", False), ("text," + "n" * 128, False), ("_1,1_000,nan,inf", False),
    ("1,2,0", True), ("some text,5", True), ("0.5,0", True), ("-1,a", True), ("1999,2024", True), ("2024-05-18,a", True), ("2024-05-18T01:58:10+00:00,a", True),
    ("text," + "n" * 129, True), ('"two\nlines",a', True), ("0", False), ("7", True), ("1e5,a", True), ("country,999", True),
])  # fmt: skip
@pytest.mark.parametrize("rows", ["", "a,b,c\n"])
def test_a_first_row_that_seems_to_be_a_record_is_told(header, found, rows, tmp_path):
    put(tmp_path, "x.csv", f"{header}\n{rows}")
    with Csv(Tree(tmp_path)) as source:
        assert [one.code for one in source.plan().defects] == ["F084"] * found


def test_names_say_what_parts_fields(tmp_path):
    put(tmp_path, "a.tsv", "text\tid\na,b\t1\n")
    put(tmp_path, "b.TSV", 'text\tid\n"a\tb"\t1\n', ".gz")
    put(tmp_path, "c.csv", "text,id\na\tb,1\n")
    assert [*read(Csv, tmp_path)[0].values()] == ["a,b", "a\tb", "a\tb"]
    put(tmp_path / "other", "train.csv", "id;text\n1;a,b\n")
    with open_source(tmp_path / "other", "csv:;") as source:
        assert source.called == "csv:;"
        (batch,) = source.read(*source.plan().shards)
        assert batch.columns["text"].to_list() == ["a,b"]
    for named in ("csv:", 'csv:"', "csv:é", "csv:;,", "csv:;,a,b", "csv:a b,c"):
        with pytest.raises(UsageError, match="expected what parts fields, the column of the text, or both"):
            open_source(tmp_path, named)


@pytest.mark.parametrize(("named", "delimiter", "column"), [
    ("csv:;", ";", ""), ("csv:question", "", "question"), ("csv:;,question", ";", "question"), ("csv:,", ",", ""), ("csv:,,question", ",", "question"),
])  # fmt: skip
def test_the_format_may_name_what_parts_fields_and_the_text(named, delimiter, column, tmp_path):
    parts = delimiter or ","
    put(tmp_path, "x.csv", parts.join(["id", column or "text"]) + "\n" + parts.join(["1", "a|b"]) + "\n")
    with open_source(tmp_path, named) as source:
        assert (source.called, source.delimiter, source.column) == (named, delimiter, column)
        (batch,) = source.read(*source.plan().shards)
        assert batch.columns["text"].to_list() == ["a|b"]


@pytest.mark.parametrize(("name", "header", "found"), [
    ("x.csv", "id;text", ";"), ("x.csv", "id\ttext", "a tab"), ("x.csv", "id|text", "|"), ("x.tsv", "id,text", ","), ("x.tsv", "id;text", ";"),
    ("x.csv", "id,a;b", ""), ("x.csv", '"id;text"', ""), ("x.csv", "text", ""), ("x.tsv", "text", ""), ("x.csv", "id", ""),
])  # fmt: skip
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_one_column_that_another_character_parts_is_not_read_unasked(name, header, found, suffix, tmp_path):
    put(tmp_path, name, f"{header}\n1;2\n", suffix)
    with Csv(Tree(tmp_path)) as source:
        defects = [(one.code, one.found) for one in source.plan().defects]
        assert defects == ([("F093", f"one, with {found} in it")] if found else [])
    asked = {"x.csv": ",", "x.tsv": "\t"}[name]
    with open_source(tmp_path, f"csv:{asked}") as source:  # one who says so has it so
        assert not source.plan().defects


@pytest.mark.parametrize(("names", "form"), [
    (["a.csv", "b.tsv.gz"], "csv"), (["x.jsonl", "a.csv"], "jsonl"), (["metadata.csv", "a.png"], "image-index"), (["a.csv", "README.md"], "csv"), (["a.csv", "b.pdf"], ""),
])  # fmt: skip
def test_a_folder_of_csv_is_one_of_nothing_else(names, form, tmp_path):
    for name in names:
        put(tmp_path, name.removesuffix(".gz"), "text\na\n", ".gz" if name.endswith(".gz") else "")
    if form:
        with open_source(tmp_path) as source:
            assert source.format == form
    else:
        with pytest.raises(UsageError, match="known format"):
            open_source(tmp_path)


def test_separators_are_counted_that_other_readers_cut_at(tmp_path):
    put(tmp_path, "x.csv", 'text,id\n"a\u2028\r\nb\rc",\x85\r\nsound,1\n'.encode())
    with Csv(Tree(tmp_path)) as source:
        (batch,) = source.read(*source.plan().shards)
    assert batch.columns["separators"].tolist() == [3, 0]


@pytest.mark.parametrize("suffix", [one for one in COMPRESS if one])
def test_a_row_in_which_a_file_is_cut_is_lost_and_told(suffix, tmp_path):
    rows = [b'%d,"a text\nof lines"\n' % n for n in range(2000)]
    whole = COMPRESS[suffix](b"id,text\n" + b"".join(rows))
    for cut in (1, 9, len(whole) // 2):
        (tmp_path / f"x.csv{suffix}").write_bytes(whole[:-cut])
        found, defects = read(Csv, tmp_path)
        assert defects[0][0] == "F003"
        assert {code for code, _, _ in defects[1:]} <= {"F026", "F094", "F093"}
        assert len(defects) <= 3
        assert {*found.values()} <= {"a text\nof lines"}


def test_memory_is_bounded_whatever_is_open(tmp_path):
    with (tmp_path / "x.csv").open("wb") as file:
        file.write(b'text\nbefore\n"open\n')
        for _ in range(40):
            file.write((b"x" * 1023 + b"\n") * 1024)
        file.write(b"z" * (3 << 20) + b"\nafter\n")
    tracemalloc.start()
    found, defects = read(Csv, tmp_path, longest=2 << 20, run=1 << 20)
    assert tracemalloc.get_traced_memory()[1] < 100 << 20  # the test holds 40 of them
    tracemalloc.stop()
    assert (len(found), found["x.csv#0"], found["x.csv#40963"]) == (40 * 1024 + 2, "before", "after")
    assert [(code, key) for code, key, _ in defects] == [("F094", "x.csv#1"), ("F097", "x.csv#40962")]


@given(LINES, st.sampled_from([*COMPRESS]), st.data())
def test_what_stays_is_written_with_the_same_bytes(tmp_path_factory, lines, suffix, data):
    content = b"\n".join([b"\r\ntext,id\r", b"y,1", *lines, b"z,2", b""])
    root = tmp_path_factory.mktemp("d")
    put(root / "data", "x.csv", content, suffix)
    name = f"x.csv{suffix}"
    found, defects = read(Csv, root / "data")
    kept = sorted(data.draw(st.sets(st.sampled_from([*found]), min_size=1)), key=lambda key: int(key.rpartition("#")[2]))
    with Csv(Tree(root / "data"), shard=9, run=9) as source, Draft(root / "out") as draft:
        source.write({name: np.array([int(key.rpartition("#")[2]) for key in kept], np.int64)}, draft)
        draft.publish()
    again, wrong = read(Csv, root / "out")
    assert ([*again.values()], wrong) == ([found[key] for key in kept], [])
    if len(kept) == len(found) and not defects:
        assert (root / "out" / name).read_bytes() == (root / "data" / name).read_bytes()


@given(LINES, st.integers(1, 60), st.data())
def test_samples_are_taken_by_key_in_any_order(tmp_path_factory, lines, shard, data):
    root = put(tmp_path_factory.mktemp("d"), "x.csv", b"\n".join([b"text,id", *lines, b"z,1"]))
    found, _ = read(Csv, root)
    wanted = data.draw(st.lists(st.sampled_from([*found]), min_size=1))
    with Csv(Tree(root), shard=shard, run=shard) as source:
        (batch,) = source.take_keys(wanted)
    assert [*batch.keys] == wanted
    assert batch.columns["text"].to_list() == [found[key] for key in wanted]


# Real files


@needs_data
def test_tables_are_what_polars_and_python_read():
    seen = 0
    for path in (*(SHARED / "arrow_testing" / "csv").glob("*.csv"), *(SHARED / "cifair" / "meta").glob("*.csv")):
        content = path.read_bytes()
        if scanned(content).found.any():
            continue
        rows = fields(content)
        assert rows == pythons(content)
        header = rows[0]
        found, _ = records(content, ",", width=len(header), longest=1 << 20, ends=True)
        assert not found.found.any(), path
        values = columns(content, ",", found, range(len(header)))
        known = pl.read_csv(content, infer_schema=False, has_header=False)
        assert [one.to_list() for one in values] == [one.to_list() for one in known.get_columns()]  # no field is empty
        seen += 1
    assert seen >= 3


@needs_data
def test_what_makes_arrow_crash_is_judged():
    for path in (SHARED / "arrow_testing" / "csv" / "fuzzing").glob("clusterfuzz*"):
        found = scanned(path.read_bytes(), 3)
        assert len(found.start) == len(found.found)
    for path in (SHARED / "utf8_test", SHARED / "blns"):
        for one in path.glob("*.txt"):
            scanned(one.read_bytes(), 1)


def test_no_value_is_printed(tmp_path):
    put(tmp_path, "x.csv", b'text,id\nsecret,"secret"secret\nsecret,secret,secret\nsecret\xff,1\n"secret\n')
    with Csv(Tree(tmp_path)) as source:
        said = [str(one) for shard in source.plan().shards for one in source.read(shard) if not hasattr(one, "keys")]
    assert len(said) == 4
    assert not re.search("secret", "".join(said))


def test_blank_lines_before_the_header_are_not_held(tmp_path):
    put(tmp_path, "x.csv", b"\n" * (8 << 20) + b"text\na\n")
    tracemalloc.start()
    assert read(Csv, tmp_path, run=1 << 18) == ({"x.csv#0": "a"}, [])
    assert tracemalloc.get_traced_memory()[1] < 6 << 20
    tracemalloc.stop()


def test_rows_come_a_bounded_number_at_a_time(tmp_path, monkeypatch):
    put(tmp_path, "x.csv", b"text\n" + b"a\n" * 25)
    monkeypatch.setattr(serial, "MANY", 10)
    with Csv(Tree(tmp_path)) as source:
        (shard,) = source.plan().shards
        assert [len(batch) for batch in source.read(shard)] == [10, 10, 5]
    assert [*read(Csv, tmp_path)[0]] == [f"x.csv#{n}" for n in range(25)]
    put(tmp_path, "x.csv", b"other\n" + b"a\n" * 25)
    assert [code for code, _, _ in read(Csv, tmp_path)[1]] == ["F301"] * 3  # a piece, however many rows it has


@pytest.mark.parametrize(("header", "drifts"), [(b"id,text", 0), (b"text,id", 0), (b"id,text,more", 1), (b"id,other", 1)])
def test_files_have_the_same_columns(header, drifts, tmp_path):
    put(tmp_path, "a.csv", b"id,text\n1,a\n")
    put(tmp_path, "b.csv", b"id,text\n2,b\n")
    put(tmp_path, "c.csv", header + b"\n" + b"1," * header.count(b",") + b"c\n")
    with Csv(Tree(tmp_path)) as source:
        assert [(one.code, one.path) for one in source.plan().defects] == [("C007", "c.csv")] * drifts


@pytest.mark.parametrize(("count", "codes"), [(1 << 16, []), ((1 << 16) + 1, ["F093"])])
def test_a_header_has_so_many_names_and_no_more(count, codes, tmp_path):
    put(tmp_path, "x.csv", ",".join(["text", *(f'"n""{n}"' for n in range(1, count))]) + "\na" + "," * (count - 1) + "\n")
    found, defects = read(Csv, tmp_path)
    assert [code for code, _, _ in defects] == codes
    assert [*found.values()] == ["a"] * (not codes)


@pytest.mark.parametrize(("header", "found"), [("a,b,a,b", "1 and 3"), ("a,,b,", "2 and 4"), ('a,"b""",c,"b"""', "2 and 4"), ("a,A", None)])
def test_two_columns_of_a_name_are_named_by_their_numbers(header, found, tmp_path):
    put(tmp_path, "x.csv", f"{header}\n")
    with Csv(Tree(tmp_path)) as source:
        assert [one.found for one in source.plan().defects] == ([f"one for columns {found}"] if found else [])
