"""Parquet: what is written is read, what was cut or lies is named, and nothing asks for memory."""

import contextlib
import json

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from columnar_files import (
    BAD,
    STRINGS,
    TEXTS,
    codes,
    parquet,
    put,
    read,
    rewritten,
    run,
    strings,
    table,
    unsound,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from support import SHARED, needs_data

from datastd import Standard
from datastd.cleaning import clean
from datastd.disk import Tree
from datastd.errors import NotJudged
from datastd.pipeline import check, open_source
from datastd.rules.text.doc_exact_duplicate import DocExactDuplicate
from datastd.sources.parquet import Parquet, groups
from datastd.sources.parquet.pages import footer, pages
from datastd.sources.tabular import arrays

CODECS = ["none", "snappy", "gzip", "brotli", "lz4", "zstd"]
ENOUGH = ["hello", "wörld", "", "𐍈" * 9, "a longer text, of some words"]


# What is written is read


@settings(max_examples=60, deadline=None)
@given(
    st.lists(TEXTS, min_size=1, max_size=60), st.sampled_from(STRINGS), st.sampled_from(CODECS),
    st.integers(1, 20), st.booleans(), st.sampled_from(["1.0", "2.0"]), st.integers(1, 400),
)  # fmt: skip
def test_what_pyarrow_writes_is_read(tmp_path_factory, values, kind, codec, size, by_dictionary, version, shard):
    root = tmp_path_factory.mktemp("data")
    options = {"compression": codec, "row_group_size": size, "use_dictionary": by_dictionary, "data_page_version": version}
    put(root, "train.parquet", parquet(table(values, kind), **options))
    found, defects = read(Parquet, root, shard=shard)
    there = {f"train.parquet#{n}": value for n, value in enumerate(values)}
    assert found == {key: value for key, value in there.items() if value is not None}
    assert {one.key for one in defects} == {key for key, value in there.items() if value is None}
    assert {*codes(defects)} <= {"F301"}
    rows, defects = read(Parquet, root, None)
    assert not defects
    assert [row["text"] for row in rows.values()] == values
    assert [row["messages"] for row in rows.values()] == [[{"role": "user", "content": "x"}]] * len(values)


@given(st.lists(TEXTS, min_size=1, max_size=40), st.sampled_from(["zstd", "uncompressed"]), st.integers(1, 20))
@settings(max_examples=20, deadline=None)
def test_what_polars_writes_is_read(tmp_path_factory, values, codec, size):
    root = tmp_path_factory.mktemp("data")
    pl.DataFrame({"text": values, "n": range(len(values))}, schema_overrides={"text": pl.String}).write_parquet(
        root / "x.parquet", compression=codec, row_group_size=size
    )
    rows, defects = read(Parquet, root, None)
    assert not defects
    assert [row["text"] for row in rows.values()] == values


def test_a_split_is_what_the_names_of_the_hub_say(tmp_path):
    for name in ("train-00000-of-00002", "train-00001-of-00002", "validation-00000-of-00001", "test-00000-of-00001"):
        put(tmp_path, f"data/{name}.parquet", parquet(table(ENOUGH)))
    put(tmp_path, "README.md", b"a paper")
    with open_source(tmp_path) as source:
        assert source.format == "parquet"
        plan = source.plan()
        assert [shard.split for shard in plan.shards] == ["test", "train", "train", "val"]
        assert plan.samples == 4 * len(ENOUGH)
        assert not plan.defects


def test_small_row_groups_share_a_shard_and_large_ones_have_their_own(tmp_path):
    put(tmp_path, "x.parquet", parquet(table(["word " * 40] * 100), row_group_size=10, use_dictionary=False))
    for shard, count in ((1, 10), (9 << 10, 3), (1 << 20, 1)):
        with Parquet(Tree(tmp_path), shard=shard) as source:
            assert len(source.plan().shards) == count
        assert len(read(Parquet, tmp_path, shard=shard)[0]) == 100


def test_samples_are_taken_in_any_order(tmp_path):
    put(tmp_path, "x.parquet", parquet(table([f"text {n}" for n in range(90)]), row_group_size=20))
    rows = np.array([71, 3, 3, 20, 19, 89])
    with Parquet(Tree(tmp_path), shard=1) as source:
        batch = source.take("x.parquet", rows)
        assert batch.columns["text"].to_list() == [f"text {row}" for row in rows]
        assert batch.keys.to_list() == [f"x.parquet#{row}" for row in rows]


def test_a_text_is_a_string_and_nothing_else(tmp_path):
    kinds = {
        "binary": pa.array([b"a", b"b"]), "number": pa.array([1, 2]), "list": pa.array([["a"], ["b"]]),
        "fixed": pa.array([b"ab", b"cd"], pa.binary(2)), "zone": pa.array([1, 2], pa.timestamp("s", "-02:15")),
    }  # fmt: skip
    for name, column in kinds.items():
        put(tmp_path / name, "x.parquet", parquet(pa.table({"text": column})))
        found, defects = read(Parquet, tmp_path / name)
        assert (found, codes(defects)) == ({}, {"C705": 2})
    put(tmp_path / "null", "x.parquet", parquet(pa.table({"text": pa.nulls(2)})))
    assert codes(read(Parquet, tmp_path / "null")[1]) == {"F301": 2}
    put(tmp_path / "none", "x.parquet", parquet(pa.table({"id": [1, 2, 3]})))
    assert codes(read(Parquet, tmp_path / "none")[1]) == {"F301": 3}


def test_the_format_may_name_the_column_of_the_text(tmp_path):
    put(tmp_path, "x.parquet", parquet(pa.table({"text": [1], "question": ["why?"]})))
    with open_source(tmp_path, "parquet:question") as source:
        assert source.called == "parquet:question"
        (batch,) = source.read(*source.plan().shards)
        assert batch.columns["text"].to_list() == ["why?"]


def test_columns_whose_names_begin_alike_are_told_apart(tmp_path):
    put(tmp_path, "x.parquet", parquet(pa.table({"text.raw": [1, 2], "text": ["a", "b"], "texts": [3, 4]})))
    assert read(Parquet, tmp_path, ["text"])[0] == {"x.parquet#0": {"text": "a"}, "x.parquet#1": {"text": "b"}}


@needs_data
def test_sound_files_of_other_writers_are_read():
    folder = SHARED / "parquet_testing" / "data"
    unread = {
        "incorrect_map_schema.parquet": "F022", "large_string_map.brotli.parquet": "F086",
        "rle-dict-uncompressed-corrupt-checksum.parquet": "F024",
    }  # fmt: skip
    _, defects = read(Parquet, folder, None)
    assert {one.path: one.code for one in defects if one.code != "C007"} == unread


# What is wrong is named


def test_bytes_that_are_no_utf8_are_named_and_the_rest_is_read(tmp_path):
    values = [b"ok", BAD, None, "é".encode(), b"\xed\xa0\x80", b"end"]
    put(tmp_path, "x.parquet", parquet(pa.table({"text": unsound(values)})))
    found, defects = read(Parquet, tmp_path)
    assert found == {"x.parquet#0": "ok", "x.parquet#3": "é", "x.parquet#5": "end"}
    bad = [one for one in defects if one.code == "F020"]
    assert [(one.key, one.at) for one in bad] == [
        ("x.parquet#1", "row 1 of row group 0: text"), ("x.parquet#4", "row 4 of row group 0: text"),
    ]  # fmt: skip
    assert codes(defects) == {"F020": 2, "F301": 1}


def test_bytes_in_a_dictionary_that_are_no_utf8_are_named_for_each_row(tmp_path):
    put(tmp_path, "x.parquet", parquet(pa.table({"text": unsound([b"ok", BAD] * 2)}), use_dictionary=True))
    assert [(one.code, one.key) for one in read(Parquet, tmp_path)[1]] == [("F020", "x.parquet#1"), ("F020", "x.parquet#3")]


def other(damaged, kind=None):
    """Three row groups of a text and another column, of which the middle one has a byte changed."""
    values = [f"document {n:03}" for n in range(300)]
    rows = pa.table({"text": [f"text {n}" for n in range(300)], "other": pa.array(values, kind)})
    options = {"write_page_checksum": True, "compression": "none", "use_dictionary": False, "write_statistics": False}
    whole = bytearray(parquet(rows, row_group_size=100, **options))
    if damaged:
        whole[whole.index(b"document 150")] ^= 1
    return bytes(whole)


@pytest.mark.parametrize("kind", [pa.string(), pa.binary()])
def test_a_row_is_lost_where_a_column_that_nobody_names_does_not_decode(tmp_path, kind):
    found, defects = read(Parquet, put(tmp_path / "bad", "x.parquet", other(True, kind)))
    assert found == {f"x.parquet#{n}": f"text {n}" for n in (*range(100), *range(200, 300))}
    assert [(one.code, one.key, one.samples) for one in defects] == [("F024", "x.parquet#100", 100)]
    assert read(Parquet, put(tmp_path / "good", "x.parquet", other(False, kind)))[1] == []


def test_a_damaged_column_that_nobody_names_passes_no_standard(tmp_path):
    report = check(put(tmp_path / "bad", "x.parquet", other(True)), "raw-text/1")
    assert report.outcome == "fail"
    assert {one.code: one.failed for one in report.verdicts if one.outcome == "fail"} == {"F024": 100}
    assert report.accounting.defective == 100
    assert check(put(tmp_path / "good", "x.parquet", other(False)), "raw-text/1").passed


def test_strings_of_a_column_that_nobody_names_are_utf8_and_bytes_need_not_be(tmp_path):
    more = unsound([b"a", BAD, b"b", None])
    for values in (more, more.dictionary_encode()):
        rows = pa.table({"text": ["p", "q", "r", "s"], "other": values, "raw": pa.array([BAD] * 4)})
        put(tmp_path, "x.parquet", parquet(rows))
        found, defects = read(Parquet, tmp_path)
        assert found == {"x.parquet#0": "p", "x.parquet#2": "r", "x.parquet#3": "s"}
        assert [(one.code, one.at) for one in defects] == [("F020", "row 1 of row group 0: other")]


def test_rows_that_are_taken_again_have_no_other_column_decoded(tmp_path):
    with Parquet(Tree(put(tmp_path, "x.parquet", other(True)))) as source:
        assert source.take("x.parquet", np.array([150, 3])).columns["text"].to_list() == ["text 150", "text 3"]


@pytest.mark.parametrize("stop", [0, 1, 4, 7, 11, 12, 40, -1, -4, -8, -9, -200])
def test_a_file_that_was_cut_is_named_and_its_neighbour_read(tmp_path, stop):
    whole = parquet(table(ENOUGH * 20))
    put(tmp_path, "cut.parquet", whole[:stop])
    put(tmp_path, "whole.parquet", whole)
    found, defects = read(Parquet, tmp_path)
    assert len(found) == 100
    assert {one.path for one in defects} == {"cut.parquet"}
    assert {one.code for one in defects} == ({"F002"} if not stop else {"F004"} if stop == 1 else {"F022"})


@pytest.mark.parametrize(("change", "code"), [
    (lambda c: b"GIF8" + c[4:], "F004"),
    (lambda c: b"PARE" + c[4:-4] + b"PARE", "F022"),
    (lambda c: c[:-4] + b"PARE", "F022"),
    (lambda c: c[:-8] + (len(c) - 11).to_bytes(4, "little") + b"PAR1", "F022"),
    (lambda c: c[:-8] + (1).to_bytes(4, "little") + b"PAR1", "F022"),
    (lambda c: c[:-8] + b"\xff\xff\xff\xffPAR1", "F022"),
])  # fmt: skip
def test_a_footer_that_is_none_is_named(tmp_path, change, code):
    put(tmp_path, "x.parquet", change(parquet(table(ENOUGH))))
    assert codes(read(Parquet, tmp_path)[1]) == {code: 1}


def test_a_page_that_does_not_decode_loses_its_row_group_and_no_other(tmp_path):
    whole = bytearray(parquet(table([f"text {n}" for n in range(300)]), row_group_size=100, compression="zstd"))
    start = pq.ParquetFile(pa.BufferReader(bytes(whole))).metadata.row_group(1).column(0).data_page_offset
    whole[start + 60] ^= 0xFF
    put(tmp_path, "x.parquet", bytes(whole))
    found, defects = read(Parquet, tmp_path)
    assert codes(defects) == {"F024": 100}
    assert defects[0].key == "x.parquet#100"
    assert defects[0].at == "row 0 of row group 1"
    assert len(found) == 200


def test_a_checksum_that_does_not_hold_is_named(tmp_path):
    options = {"write_page_checksum": True, "compression": "none", "use_dictionary": False, "write_statistics": False}
    whole = bytearray(parquet(pa.table({"text": ["abcdefgh"] * 9}), **options))
    whole[whole.index(b"abcdefgh")] ^= 1
    put(tmp_path, "x.parquet", bytes(whole))
    _, defects = read(Parquet, tmp_path)
    assert codes(defects) == {"F024": 9}
    assert "CRC" in defects[0].found


def with_rows(whole, group, rows):
    """A file whose footer says that one row group, or the file (None), has so many rows."""
    length = int.from_bytes(whole[-8:-4], "little")
    content = bytearray(whole[-8 - length : -8])
    said = footer(bytes(content))
    before = said.rows if group is None else int(said.groups[group, 3])
    zigzag = {before << 1: rows << 1}
    places = [at for at in range(len(content)) if content[at] in zigzag and content[at - 1] == 0x16]
    for at in places:  # a whole number of 64 bits, which is the one that we look for
        tried = content[:at] + bytes([rows << 1]) + content[at + 1 :]
        again = footer(bytes(tried))
        if (again.rows if group is None else int(again.groups[group, 3])) == rows:
            return whole[: -8 - length] + bytes(tried) + whole[-8:]
    raise AssertionError


@pytest.mark.parametrize("stated", [9, 11])
def test_a_footer_that_counts_other_rows_is_named(tmp_path, stated):
    put(tmp_path, "x.parquet", with_rows(parquet(table(["a"] * 10)), None, stated))
    found, defects = read(Parquet, tmp_path)
    assert (len(found), codes(defects)) == (10, {"F024": 1})


@pytest.mark.parametrize("stated", [9, 11])
def test_a_row_group_that_has_other_rows_than_its_columns_is_not_read(tmp_path, stated):
    put(tmp_path, "x.parquet", with_rows(parquet(table(["a"] * 10)), 0, stated))
    found, defects = read(Parquet, tmp_path)
    assert (len(found), codes(defects)) == (0, {"F024": stated + 1})


def test_two_columns_of_one_name_are_refused(tmp_path):
    twice = pa.table([strings(["a"]), strings(["b"])], ["text", "text"])
    put(tmp_path, "x.parquet", parquet(twice))
    assert codes(read(Parquet, tmp_path)[1]) == {"C704": 1}


# Schemas


@pytest.mark.parametrize(("other", "code"), [
    ({"score": pa.array([1.5])}, "C007"), ({"score": pa.array(["1"])}, "C007"), ({"scores": pa.array([1])}, "C007"),
    ({}, "C007"), ({"score": pa.array([1]), "more": pa.array([1])}, "C007"), ({"score": pa.array([1], pa.int32())}, "C007"),
    ({"score": pa.array([1])}, None), ({"score": pa.nulls(1)}, None),
])  # fmt: skip
def test_a_file_with_other_columns_is_named(tmp_path, other, code):
    for name in "abc":
        put(tmp_path, f"{name}.parquet", parquet(pa.table({"text": ["a"], "score": [1]})))
    put(tmp_path, "aa.parquet", parquet(pa.table({"text": ["a"], **other})))
    found, defects = read(Parquet, tmp_path)
    assert len(found) == 4
    assert [(one.code, one.path) for one in defects] == ([(code, "aa.parquet")] if code else [])


def test_strings_are_strings_however_they_are_stored_and_in_whatever_order(tmp_path):
    for number, kind in enumerate(STRINGS):
        columns = {"text": strings(["a"], kind), "n": [1]}
        put(tmp_path, f"{number}.parquet", parquet(pa.table(dict(sorted(columns.items(), reverse=number % 2 == 0)))))
    assert not read(Parquet, tmp_path)[1]


# What asks for too much


def test_a_short_file_of_a_long_text_again_and_again_is_read_within_bounds(tmp_path, monkeypatch):
    seen = []
    real = groups.batches
    text = pa.array(["x" * 1_000_000])
    again = pa.DictionaryArray.from_arrays(pa.array(np.zeros(300, np.int32)), text)
    put(tmp_path, "x.parquet", parquet(pa.table({"text": again}), dictionary_pagesize_limit=1 << 26))
    assert (tmp_path / "x.parquet").stat().st_size < 100_000

    def watched(*arguments):
        for batch in real(*arguments):
            seen.append(batch.nbytes)
            yield batch

    monkeypatch.setattr("datastd.sources.parquet.batches", watched)
    found, defects = read(Parquet, tmp_path)
    assert (len(found), defects) == (300, [])
    assert max(seen) < 2 * groups.ROOM


@pytest.mark.parametrize(("rows", "options"), [
    (pa.table({"text": ["x" * 100_000] * 1000}), {"use_dictionary": False}),
    (pa.table({"text": pa.array([["x" * 20_000] * 50_000])}), {}),
    (pa.table({"text": pa.array([np.zeros(5_000_000, np.int64)])}), {}),
])  # fmt: skip
def test_a_page_that_decodes_to_much_more_than_is_stored_is_named(tmp_path, rows, options):
    put(tmp_path, "x.parquet", parquet(rows, compression="zstd", **options))
    found, defects = read(Parquet, tmp_path)
    assert (found, codes(defects)) == ({}, {"F086": rows.num_rows})


def test_rows_that_nothing_is_stored_of_are_not_counted_one_by_one(tmp_path):
    rows = pa.table({"text": pa.nulls(30_000_000, pa.string())})
    put(tmp_path, "x.parquet", parquet(rows, row_group_size=30_000_000, data_page_size=1 << 30, compression="zstd"))
    assert codes(read(Parquet, tmp_path)[1]) == {"F086": 30_000_000}


def test_a_record_that_is_too_long_is_named_and_the_next_read(tmp_path):
    put(tmp_path, "x.parquet", parquet(pa.table({"text": ["a", "x" * (16 << 20), "y" * ((16 << 20) + 1), "b"]})))
    found, defects = read(Parquet, tmp_path)
    assert [*found] == ["x.parquet#0", "x.parquet#1", "x.parquet#3"]
    assert [(one.code, one.key) for one in defects] == [("F097", "x.parquet#2")]


def test_a_footer_of_empty_columns_is_refused(tmp_path):
    columns = b"\x19\x1c\x19\xfc\xc0\x84\x3d" + b"\0" * 1_000_000 + b"\x16\x00\x16\x00\x00"
    content = b"\x15\x02\x19\x1c\x48\x01r\x15\x02\x00\x16\x00" + columns + b"\x00"
    put(tmp_path, "x.parquet", b"PAR1" + content + len(content).to_bytes(4, "little") + b"PAR1")
    _, defects = read(Parquet, tmp_path)
    assert codes(defects) == {"F022": 1}
    assert "structs of 16 bytes" in defects[0].expected


# Hostile files

EACH = """
import time
from pathlib import Path
from columnar_files import codes, peak, put, read
from datastd.sources.parquet import Parquet
work = Path(sys.argv[2])
def look(content, name, wants=((), None)):
    put(work, "hostile.parquet", content)
    started = time.process_time()
    for wanted in wants:
        found, defects = read(Parquet, work, wanted)
        assert sum(key.startswith("whole") for key in found) == 5, name
        there = [one for one in defects if one.path.startswith("hostile") and one.code != "C007"]
        assert found.keys() - {f"whole.parquet#{n}" for n in range(5)} or there or wanted == () or name in EMPTY, name
    return time.process_time() - started
EMPTY = set()
"""


@needs_data
def test_hostile_files_end_nothing_and_take_no_memory(tmp_path):
    put(tmp_path, "whole.parquet", parquet(table(ENOUGH)))
    code = """
before, slowest = None, 0
for place in sorted([*Path(sys.argv[3]).glob("arrow_testing/parquet/fuzzing/*"), *Path(sys.argv[3]).glob("parquet_testing/bad_data/*")]):
    if place.name == "README.md":
        continue
    EMPTY.add(place.name)  # some have no row
    spent = look(place.read_bytes(), place.name)
    if before is None:  # all is loaded
        before, slowest = peak(), 0
    slowest = max(slowest, spent)
print(peak() - before)
"""
    assert int(run(EACH + code, tmp_path, SHARED)) < 256


def test_no_byte_of_a_footer_ends_the_process(tmp_path):
    put(tmp_path, "whole.parquet", parquet(table(ENOUGH)))
    put(tmp_path / "other", "x", parquet(pa.table({"text": ["a", None], "list": [["b"], []]})))
    code = """
whole = Path(sys.argv[3]).read_bytes()
length = int.from_bytes(whole[-8:-4], "little")
EMPTY.add("")
for at in range(len(whole) - 8 - length, len(whole) - 8):
    content = bytearray(whole)
    content[at] ^= 1  # at four of these places, pyarrow ends it when it is asked of a column
    look(bytes(content), "", [None])
print(peak())
"""
    run(EACH + code, tmp_path, tmp_path / "other" / "x")


@given(st.binary(max_size=80))
def test_what_is_no_thrift_is_refused_or_has_an_end(content):
    for reading in (footer, lambda c: [*pages(lambda at, n: c[at : at + n], 0, len(c))]):
        with contextlib.suppress(ValueError):
            reading(content)


# Written anew


@settings(max_examples=30, deadline=None)
@given(st.data(), st.sampled_from(STRINGS), st.sampled_from(CODECS), st.integers(1, 30), st.booleans())
def test_what_stays_is_written_as_it_was(tmp_path_factory, data, kind, codec, size, store):
    root = tmp_path_factory.mktemp("data")
    rows = table([f"text {n}" if n % 7 else None for n in range(50)], kind).replace_schema_metadata({"huggingface": "{}"})
    put(root, "x.parquet", parquet(rows, compression=codec, row_group_size=size, store_schema=store))
    kept = sorted(data.draw(st.sets(st.integers(0, 49), min_size=1, max_size=49)))
    outs = [root.with_name(f"{root.name}-{n}") for n in range(2)]
    for out in outs:
        assert not rewritten(Parquet, root, out, {"x.parquet": kept})
    files = [out / "x.parquet" for out in outs]
    assert files[0].read_bytes() == files[1].read_bytes()
    before, after = pq.ParquetFile(root / "x.parquet"), pq.ParquetFile(files[0])
    assert after.schema_arrow.equals(before.schema_arrow, check_metadata=True)
    assert after.read().to_pylist() == [before.read().to_pylist()[row] for row in kept]
    columns = [[one.metadata.row_group(0).column(n).compression for n in range(4)] for one in (before, after)]
    assert columns[0] == columns[1]
    sizes = np.bincount(np.array(kept) // size)
    groups_ = [after.metadata.row_group(n).num_rows for n in range(after.num_row_groups)]
    assert groups_ == sizes[sizes > 0].tolist()


def test_a_file_that_stays_whole_is_taken_and_one_of_which_nothing_stays_is_not(tmp_path):
    for name in ("a", "b", "c"):
        put(tmp_path / "data", f"{name}.parquet", parquet(table(ENOUGH)))
    taken = rewritten(Parquet, tmp_path / "data", tmp_path / "out", {"a.parquet": range(5), "b.parquet": [], "c.parquet": [1]})
    assert taken == {"a.parquet"}
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == ["a.parquet", "c.parquet"]


def test_what_does_not_decode_cannot_be_written_anew(tmp_path):
    rows = pa.table({"text": ENOUGH, "other": ["abcdefgh"] * 5})
    options = {"write_page_checksum": True, "compression": "none", "use_dictionary": False, "write_statistics": False}
    whole = bytearray(parquet(rows, **options))
    whole[whole.index(b"abcdefgh")] ^= 1
    put(tmp_path / "data", "x.parquet", bytes(whole))
    assert codes(read(Parquet, tmp_path / "data")[1]) == {"F024": 5}
    with pytest.raises(NotJudged, match="columns that can be written anew"):
        rewritten(Parquet, tmp_path / "data", tmp_path / "out", {"x.parquet": [1, 2]})
    assert not (tmp_path / "out").exists()


def test_rows_that_a_page_takes_with_it_are_each_left_out(tmp_path):
    texts = [f"document {n}" for n in range(300)]
    whole = bytearray(parquet(pa.table({"text": texts}), row_group_size=100, compression="none", use_dictionary=False,
                              write_page_checksum=True, write_statistics=False))  # fmt: skip
    whole[whole.index(b"document 150")] ^= 1
    put(tmp_path / "data", "train.parquet", bytes(whole))
    standard = Standard(name="columns/1", about="Texts.", formats=("parquet",), rules=(DocExactDuplicate(),))
    report = check(tmp_path / "data", standard)
    assert (report.accounting.samples, report.accounting.defective) == (300, 100)
    assert {one.code: one.failed for one in report.verdicts if one.failed} == {"F024": 100}
    done = clean(tmp_path / "data", tmp_path / "out", standard=standard)
    assert (done.rows_in, done.rows_out, done.unnamed, done.removed) == (300, 200, 0, {"F024": 100})
    assert done.outcome == "pass"
    left = pq.read_table(tmp_path / "out/train.parquet")["text"].to_pylist()
    assert left == texts[:100] + texts[200:]
    named = [json.loads(line)["key"] for line in (tmp_path / "out/_meta/removed.jsonl").read_text().splitlines()]
    assert {*named} == {f"train.parquet#{n}" for n in range(100, 200)}


def test_rows_without_a_column_that_is_asked_for_are_not_counted_one_by_one(tmp_path, monkeypatch):
    monkeypatch.setattr(arrays, "_PER_BYTE", 0)
    monkeypatch.setattr(arrays, "_SOME", 99)
    put(tmp_path, "x.parquet", parquet(pa.table({"id": range(199)}), row_group_size=100))
    assert codes(read(Parquet, tmp_path)[1]) == {"F086": 100, "F301": 99}
