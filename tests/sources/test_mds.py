"""Shards of MosaicML's streaming: what their writer writes, and what none would."""

import bz2
import gzip
import json
import shutil

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shard_files import SIZES, about, shard, write_mds
from token_files import documents

import datastd
from datastd import Standard
from datastd.disk import Tree
from datastd.draft import Draft
from datastd.errors import DataChanged, UsageError
from datastd.pipeline import open_source
from datastd.records import Document, Record
from datastd.sources import Batch, Defect, mds
from datastd.sources.mds import Mds, values
from datastd.sources.mds.index import Column
from datastd.standard import load

TEXTS = [{"text": f"document {n}", "number": n} for n in range(10)]
COLUMNS = {"text": "str", "number": "int"}
PACKS = {"": None, "zstd": lambda c: pa.compress(c, codec="zstd", asbytes=True), "gz": lambda c: gzip.compress(c, mtime=0),
         "bz2": bz2.compress}  # fmt: skip
FIRST = "shard.00000.mds"


class Row(Record):
    text: str
    number: int


def read(root, record=Document, column="", **options):
    """What each sample says by its key; and the defects, code and key, of plan and reading."""
    with Mds(Tree(root), column, **options) as source:
        source.record = record
        plan = source.plan()
        found, defects = {}, [*plan.defects]
        for part in plan.shards:
            before = len(found)
            lost = 0
            for one in source.read(part):
                if isinstance(one, Defect):
                    defects.append(one)
                    lost += one.loses
                else:
                    assert not {*one.keys} & {*found}
                    columns = {
                        name: list(values) if not hasattr(values, "offsets") else [values[np.array([n])].values for n in range(len(values))]
                        for name, values in one.columns.items()
                        if name != "separators"
                    }  # fmt: skip
                    found |= {key: {name: columns[name][n] for name in columns} for n, key in enumerate(one.keys)}
            assert len(found) - before + lost == part.samples
        assert {type(one) for one in defects} <= {*source.kinds}
        return found, [(one.code, one.key) for one in defects]


def texts(found):
    return [one["text"] for one in found.values()]


def codes(root, **options):
    return [code for code, _ in read(root, **options)[1]]


# What is written is read


@given(
    st.lists(st.fixed_dictionaries({"text": st.text(max_size=30), "number": st.integers(-(2**63), 2**63 - 1)}), max_size=20),
    st.integers(1, 7), st.sampled_from([1, 64, 1 << 20]), st.sampled_from([*PACKS]), st.sampled_from([(), ("md5", "sha1"), ("blake2b",)]),
)  # fmt: skip
@settings(max_examples=60)
def test_what_a_writer_writes_is_read(tmp_path_factory, rows, each, part, ending, hashes):
    root = tmp_path_factory.mktemp("mds")
    write_mds(root, COLUMNS, rows, each=each, hashes=hashes, pack=PACKS[ending], ending=ending)
    found, defects = read(root, Row, part=part)
    assert not defects
    assert [*found.values()] == rows


ROWS = st.lists(st.lists(st.integers(0, 60_000), min_size=1, max_size=300), min_size=1, max_size=12)


@given(ROWS, st.sampled_from(["uint16", "int32", "uint32", "int64", "uint64"]), st.booleans(), st.sampled_from([1, 1 << 20]))
@settings(max_examples=60)
def test_tokens_are_read_in_their_own_type(tmp_path_factory, rows, kind, typed, part):
    root = tmp_path_factory.mktemp("mds")
    arrays = [{"id": n, "tokens": np.array(row, kind)} for n, row in enumerate(rows)]
    columns = {"id": "int", "tokens": f"ndarray:{kind}" if typed else "ndarray"}
    found, defects = read(write_mds(root, columns, arrays), part=part)
    assert not defects
    assert all(one["is_document"] for one in found.values())
    for one, row in zip(found.values(), arrays, strict=True):
        assert one["tokens"].dtype == kind
        assert one["tokens"].tolist() == row["tokens"].tolist()


def test_tokens_of_one_shape_are_blocks(tmp_path):
    rows = [{"input_ids": np.arange(n, n + 4, dtype=np.uint16)} for n in range(6)]
    found, _ = read(write_mds(tmp_path, {"input_ids": "ndarray:uint16:4"}, rows))
    assert [one["tokens"].tolist() for one in found.values()] == [[n, n + 1, n + 2, n + 3] for n in range(6)]
    assert not any(one["is_document"] for one in found.values())


def test_a_text_beside_tokens_is_read_unless_the_format_names_the_tokens(tmp_path):
    rows = [{"text": "a", "ids": np.arange(3, dtype=np.uint16), "tokens": np.arange(3, dtype=np.uint16)}]
    root = write_mds(tmp_path, {"text": "str", "ids": "ndarray:uint16", "tokens": "ndarray:uint16"}, rows)
    assert texts(read(root)[0]) == ["a"]
    assert read(root, column="ids")[0][f"{FIRST}#0"]["tokens"].tolist() == [0, 1, 2]
    with open_source(root, "mds:ids") as source:
        assert source.called == "mds:ids"
        assert source.stated == {"tokens", "is_document"}
    with open_source(root) as source:
        assert source.called == "mds"
        assert source.stated == {"text", "separators"}
    for wrong in ("mds:", "mds:a,b"):
        with pytest.raises(UsageError, match="one column"):
            open_source(root, wrong)


def test_the_format_may_name_the_column_of_the_text(tmp_path):
    root = write_mds(tmp_path, {"content": "str"}, [{"content": "a"}])
    assert read(root)[1] == [("F301", FIRST)]  # no record has one
    assert texts(read(root, column="content")[0]) == ["a"]


class Every(Record):
    text: str
    meta: dict[str, int]
    half: float
    small: int
    big: int
    ratio: float


def test_every_encoding_of_a_value_is_read(tmp_path):
    columns = {"text": "str", "meta": "json", "half": "float16", "small": "int8", "big": "str_int", "ratio": "str_float",
               "raw": "bytes", "image": "png"}  # fmt: skip
    rows = [{"text": "a", "meta": {"k": n}, "half": n / 2, "small": -n, "big": 10**15 + n, "ratio": n / 4, "raw": b"\xff", "image": b""}
            for n in range(9)]  # fmt: skip
    found, defects = read(write_mds(tmp_path, columns, rows), Every)
    assert not defects
    wanted = ("text", "half", "small", "big", "ratio")
    assert [*found.values()] == [{name: row[name] for name in wanted} for row in rows]


class Number(Record):
    number: int


def test_a_record_without_a_text_holds_all_columns(tmp_path):
    rows = [{"number": n % 2, "raw": b"\xff"} for n in range(4)]
    found, defects = read(write_mds(tmp_path, {"number": "int", "raw": "bytes"}, rows), Number)
    assert not defects
    assert len({one["record"] for one in found.values()}) == 2


@pytest.mark.parametrize("kind", SIZES)
def test_scalars_are_of_the_size_of_their_type(kind):
    assert Column.of("x", kind).size == SIZES[kind]


@pytest.mark.parametrize("kind", [
    "", "text", "ndarray:float", "ndarray:int", "ndarray:uint16:", "ndarray:uint16:0", "ndarray:uint16:-4", "ndarray:uint16:4,",
    "ndarray::4", "ndarray:uint16:4:4", "ndarray:uint8:999999999,999999999", "str:utf8", "int:8", "ndarray:uint16:٤",
])  # fmt: skip
def test_what_is_no_encoding_of_streaming_is_none(kind):
    assert Column.of("x", kind) is None


# What an index says


def changed(**what):
    def change(index):
        index["shards"][0] |= what
    return change


def nested(which, **what):
    def change(index):
        index["shards"][0][which] |= what
    return change


def version(index):
    index["version"] = 1


def twice(index):
    index["shards"][1] = index["shards"][0]


INDEX = {
    "F030": [version, changed(version=1), changed(version="2"), changed(version=2.0), changed(format="json"), lambda i: i.pop("version") and None],
    "F090": [changed(samples=-1), changed(samples="4"), nested("raw_data", bytes=-1), nested("raw_data", bytes=None), twice,
             changed(column_names=["text", "text"]), changed(column_encodings=["int", "utf8"]), changed(column_sizes=[4, None]),
             changed(column_sizes=[8, 8]), changed(column_names=["number", "words"]), lambda i: i.update(shards={}),
             lambda i: i["shards"].__setitem__(0, 7), lambda i: i["shards"][0].pop("raw_data") and None, changed(column_names=[], column_encodings=[], column_sizes=[])],
    "F005": [nested("raw_data", basename="../x.mds"), nested("raw_data", basename="/etc/passwd"), nested("raw_data", basename=".."),
             nested("raw_data", basename="a\0b"), nested("raw_data", basename="a\\b")],
    "F008": [changed(column_encodings=["int", "pkl"])],
    "F031": [nested("raw_data", basename="none.mds"), nested("raw_data", bytes=7)],
    "F032": [changed(hashes=["sha1", "md5"]), changed(hashes=["sha1", "sha1"]), changed(hashes=["sha1"])],
    "F033": [changed(samples=3), changed(samples=2**63)],
    "F034": [changed(column_sizes=[8])],
    "F035": [nested("raw_data", bytes=2**32), nested("raw_data", bytes=2**63)],
}  # fmt: skip


@pytest.mark.parametrize(("code", "change"), [(code, one) for code, some in INDEX.items() for one in some])
def test_what_an_index_may_not_say_is_named_and_the_other_shards_are_read(tmp_path, code, change):
    root = write_mds(tmp_path, COLUMNS, TEXTS, change=change)
    found, defects = read(root)
    assert code in [code for code, _ in defects]
    whole = code == "F030" and change not in INDEX["F030"][1:5]
    if not whole and not isinstance(json.loads((root / "index.json").read_text())["shards"], dict):
        assert texts(found)[-2:] == ["document 8", "document 9"]
    assert len(found) <= 10


@pytest.mark.parametrize("content", [
    b"", b"{", b"[]", b"null", b'{"version": 2, "version": 2, "shards": []}', b"\xff", b"[" * 100_000, b'{"version": 2, "shards": [' + b"{}," * 400_000 + b"{}]}",
    b'{"version": 2, "shards": NaN}',
], ids=range(9))  # fmt: skip
def test_an_index_is_json_read_strictly(tmp_path, content):
    root = write_mds(tmp_path, COLUMNS, TEXTS)
    (root / "index.json").write_bytes(content)
    found, defects = read(root)
    assert not found
    assert {*defects} >= {("F002" if not content else "F090", "index.json"), ("F099", FIRST)}


def test_columns_that_are_not_sorted_are_told_and_read(tmp_path):
    def swap(said):
        return {**said, **{name: said[name][::-1] for name in ("column_names", "column_encodings", "column_sizes")}}

    content, said = shard({"number": "int", "text": "str"}, [])
    root = write_mds(tmp_path, COLUMNS, [])
    said = swap(said)
    config = json.dumps(said).encode()
    body = b"".join(np.array([len(row["text"])], "<u4").tobytes() + row["text"].encode() + np.int64(row["number"]).tobytes() for row in TEXTS)
    sizes = [4 + len(row["text"]) + 8 for row in TEXTS]
    offsets = np.cumsum([8 + 4 * len(TEXTS) + len(config), *sizes]).astype("<u4").tobytes()
    content = np.array(len(TEXTS), "<u4").tobytes() + offsets + config + body
    (root / FIRST).write_bytes(content)
    entry = said | {"samples": len(TEXTS), "raw_data": about(content, FIRST), "zip_data": None}
    (root / "index.json").write_text(json.dumps({"version": 2, "shards": [entry]}))
    found, defects = read(root, Row)
    assert [*found.values()] == TEXTS
    assert defects == [("F034", "index.json")]


# What a shard holds


def put(at, value, kind="<u4"):
    raw = np.array(value, kind).tobytes()
    return lambda c: c[:at] + raw + c[at + len(raw) :]


@pytest.mark.parametrize("edit", [
    put(0, 3), put(0, 5), put(0, 2**32 - 1), put(4, 0), put(4, 2**32 - 1), put(8, 0), put(12, 2**32 - 1), put(20, 2**31), put(20, 300),
    lambda c: c[:7], lambda c: c[:21], lambda c: c + b"x", lambda c: c[:-1],
])  # fmt: skip
def test_a_table_that_lies_is_named_and_the_other_shards_are_read(tmp_path, edit):
    found, defects = read(write_mds(tmp_path, COLUMNS, TEXTS, edit=edit))
    assert {code for code, _ in defects} & {"F033", "F090"}
    assert texts(found)[-6:] == [f"document {n}" for n in range(4, 10)]


@given(st.integers(0, 400), st.sampled_from(["", "zstd", "gz"]))
@settings(max_examples=60)
def test_a_shard_that_is_cut_anywhere_has_a_defect_and_exact_accounting(tmp_path_factory, cut, ending):
    root = write_mds(tmp_path_factory.mktemp("mds"), COLUMNS, TEXTS, pack=PACKS[ending], ending=ending)
    path = root / (f"{FIRST}.{ending}" if ending else FIRST)
    content = path.read_bytes()
    path.write_bytes(content[: cut % len(content)])
    found, defects = read(root)
    assert ("F031", path.name) in defects
    here = {key for key in found if key.startswith(FIRST)}
    lost = {key for _, key in defects if "#" in key}
    assert len(here | lost) in {0, 4}
    assert texts(found)[-6:] == [f"document {n}" for n in range(4, 10)]


@pytest.mark.parametrize("hashes", [("sha1",), ("md5", "sha256")])
@pytest.mark.parametrize("ending", ["", "zstd"])
def test_a_bit_that_flipped_is_seen(tmp_path, hashes, ending):
    root = write_mds(tmp_path, COLUMNS, TEXTS, hashes=hashes, pack=PACKS[ending], ending=ending)
    path = root / (f"{FIRST}.{ending}" if ending else FIRST)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    found, defects = read(root)
    assert ("F032", path.name) in defects
    assert len(found) == 6


def test_a_hash_that_nobody_can_check_is_refused(tmp_path):
    def change(index):
        index["shards"][0] |= {"hashes": ["xxh64"]}
        index["shards"][0]["raw_data"]["hashes"] = {"xxh64": "00"}

    found, defects = read(write_mds(tmp_path, COLUMNS, TEXTS, change=change))
    assert defects == [("F032", FIRST)]
    assert len(found) == 6


@pytest.mark.parametrize(("raw", "code"), [(b"\xff", "F020"), (b"a\xc3", "F020")])
def test_a_text_that_is_no_utf8(tmp_path, raw, code):
    rows = [*TEXTS[:2], {"text": raw, "number": 2}, *TEXTS[3:]]
    found, defects = read(write_mds(tmp_path, COLUMNS, rows), Row)
    assert defects == [(code, f"{FIRST}#2")]
    assert len(found) == 9


class Meta(Record):
    text: str
    meta: dict


@pytest.mark.parametrize(("raw", "code"), [(b"{", "F010"), (b"", "F010"), (b'{"a":1,"a":2}', "F012"), (b"NaN", "F013"), (b'"\\ud800"', "F014"),
                                           (b'"\xff"', "F020"), (b"7", "C705")])  # fmt: skip
def test_json_is_read_strictly(tmp_path, raw, code):
    rows = [{"text": "a", "meta": {"k": 1}}, {"text": "b", "meta": raw}, {"text": "c", "meta": {"text": 2}}]
    found, defects = read(write_mds(tmp_path, {"text": "str", "meta": "json"}, rows), Meta)
    assert defects == [(code, f"{FIRST}#1")]
    assert texts(found) == ["a", "c"]


def test_a_sample_that_is_not_made_of_its_columns(tmp_path):
    def edit(content):
        start = int(np.frombuffer(content[8:12], "<u4")[0])  # of the second sample
        return content[:start] + np.array(99, "<u4").tobytes() + content[start + 4 :]

    found, defects = read(write_mds(tmp_path, COLUMNS, TEXTS, edit=edit))
    assert defects == [("F089", f"{FIRST}#1")]
    assert len(found) == 9


def test_a_sample_may_be_shorter_than_the_sizes_of_its_columns(tmp_path):
    content, said = shard(COLUMNS, TEXTS[:2])
    table = np.frombuffer(content[:16], "<u4").copy()
    table[2] = table[1] + 1  # the first has one byte, the second the rest
    (root := tmp_path / "x").mkdir()
    content = table.tobytes() + content[16:]
    (root / FIRST).write_bytes(content)
    entry = said | {"samples": 2, "raw_data": about(content, FIRST), "zip_data": None}
    (root / "index.json").write_text(json.dumps({"version": 2, "shards": [entry]}))
    assert read(root) == ({}, [("F089", f"{FIRST}#0"), ("F089", f"{FIRST}#1")])


def test_a_sample_may_be_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(mds, "LONGEST", 1000)
    rows = [*TEXTS[:2], {"text": "x" * 1001, "number": 2}, *TEXTS[3:]]
    found, defects = read(write_mds(tmp_path, COLUMNS, rows), part=100)
    assert defects == [("F089", f"{FIRST}#2")]
    assert len(found) == 9


@pytest.mark.parametrize("raw", [
    b"", b"\x04", b"\x04\x02\1\0", b"\x04\1\1\0\2\0", b"\x08\1\1\1\0", b"\x00\1\0", b"\x04\0", b"\x05\1\0\1", b"\x07" + b"\xff" * 8 + b"\1\0",
])  # fmt: skip
@pytest.mark.parametrize("typed", [True, False])
def test_tokens_whose_shape_lies_are_named(tmp_path, raw, typed):
    good = np.arange(3, dtype=np.uint16)
    rows = [{"tokens": good}, {"tokens": raw if typed else b"\x10" + raw}, {"tokens": good}]
    found, defects = read(write_mds(tmp_path, {"tokens": "ndarray:uint16" if typed else "ndarray"}, rows))
    assert defects == [("F089", f"{FIRST}#1")]
    assert [one["tokens"].tolist() for one in found.values()] == [[0, 1, 2]] * 2


def test_tokens_of_two_types_in_one_part_are_named(tmp_path):
    rows = [{"tokens": np.arange(3, dtype=kind)} for kind in ("uint16", "uint32", "float32", "uint16")]
    found, defects = read(write_mds(tmp_path, {"tokens": "ndarray"}, rows))
    assert defects == [("F089", f"{FIRST}#1"), ("F089", f"{FIRST}#2")]
    assert len(found) == 2


# The rest of a source


def test_folders_are_splits_and_other_files_are_strays(tmp_path):
    for split in ("train", "val"):
        write_mds(tmp_path / split, COLUMNS, TEXTS)
    with open_source(tmp_path) as source:
        assert isinstance(source, Mds)
        plan = source.plan()
        assert {one.split for one in plan.shards} == {"train", "val"}
        assert (plan.samples, plan.files, plan.defects) == (20, 8, ())
    shutil.copy(tmp_path / "train" / FIRST, tmp_path / "train" / "shard.00009.mds")
    (tmp_path / "x.txt").write_text("x")
    assert read(tmp_path)[1] == [("F099", "train/shard.00009.mds"), ("F099", "x.txt")]


@pytest.mark.parametrize("ending", PACKS)
def test_samples_are_taken_again_by_their_numbers(tmp_path, ending):
    root = write_mds(tmp_path / "text", COLUMNS, TEXTS, each=10, pack=PACKS[ending], ending=ending)
    arrays = [{"tokens": np.arange(n + 1, dtype=np.int32)} for n in range(10)]
    write_mds(tmp_path / "ids", {"tokens": "ndarray:int32"}, arrays, each=10, pack=PACKS[ending], ending=ending)
    path, rows = (f"{FIRST}.{ending}" if ending else FIRST), np.array([7, 0, 7])
    with Mds(Tree(root), part=64) as source:
        taken = source.take(path, rows)
        assert taken.keys.to_list() == [f"{path}#{n}" for n in rows]
        assert taken.columns["text"].to_list() == [f"document {n}" for n in rows]
    with Mds(Tree(tmp_path / "ids"), part=64) as source:
        taken = source.take(path, rows)
        assert isinstance(taken, Batch)
        assert taken.columns["tokens"].offsets.tolist() == [0, 8, 9, 17]
        assert len(source.take(path, rows[:0])) == 0
        with pytest.raises(DataChanged):
            source.take(path, np.array([10]))


@pytest.mark.parametrize("ending", PACKS)
@pytest.mark.parametrize("hashes", [(), ("md5", "sha1")])
def test_what_is_written_anew_reads_as_the_samples_that_stay(tmp_path, ending, hashes):
    root = write_mds(tmp_path / "data", COLUMNS, TEXTS, pack=PACKS[ending], ending=ending, hashes=hashes)
    names = [f"shard.{n:05}.mds" + (f".{ending}" if ending else "") for n in range(3)]
    kept = {names[0]: np.array([0, 2, 3]), names[1]: np.arange(4), names[2]: np.array([], np.int64)}
    for place in ("a", "b"):
        with Mds(Tree(root)) as source, Draft(tmp_path / place) as draft:
            source.write(kept, draft)
            assert draft.taken == {names[1]}
            draft.publish()
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()
    found, defects = read(tmp_path / "a", Row)
    assert not defects
    assert [*found.values()] == [TEXTS[n] for n in (0, 2, 3, 4, 5, 6, 7)]
    with Mds(Tree(root)) as source, Draft(tmp_path / "c") as draft:
        source.write({name: np.arange(n) for name, n in zip(names, (4, 4, 2), strict=True)}, draft)
        assert draft.taken == {*names, "index.json"}


def test_parts_are_found_as_the_reader_of_streaming_finds_them():
    """`MDSReader.decode_sample`, as a loop."""
    columns = [Column.of("a", "str"), Column.of("b", "int"), Column.of("c", "bytes")]
    rows = [{"a": "x" * n, "b": n, "c": b"y" * (n % 3)} for n in range(6)]
    content, _ = shard({"a": "str", "b": "int", "c": "bytes"}, rows)
    bounds = np.frombuffer(content[4:32], "<u4").astype(np.int64)
    of = values.parts(content[bounds[0] :], bounds - bounds[0], columns)
    assert of.sound.all()
    for at, name in enumerate("abc"):
        found, wrong = values.series(of, columns, at)
        assert isinstance(found, pl.Series)
        assert found.to_list() == [row[name] for row in rows]
        assert not wrong


def test_token_ids_are_judged_and_what_passes_is_written_anew(tmp_path):
    base = load("token-shards/1")
    standard = Standard(name="ids/1", about="Ids in shards.", formats=("mds",), measures=base.measures, rows=base.rows,
                        rules=base.rules)  # fmt: skip
    for split, docs in (("train", documents(80)), ("val", documents(40, seed=1))):
        write_mds(tmp_path / "data" / split, {"tokens": "ndarray:uint16"}, [{"tokens": one.astype(np.uint16)} for one in docs], each=30)
    assert datastd.check(tmp_path / "data", standard).passed
    rows = [{"tokens": one.astype(np.uint16)} for one in documents(80)]
    rows[7] = {"tokens": b"\x00"}
    write_mds(tmp_path / "data" / "train", {"tokens": "ndarray:uint16"}, rows, each=30)
    done = datastd.clean(tmp_path / "data", tmp_path / "clean", standard)
    assert (done.outcome, done.rows_in, dict(done.removed)) == ("pass", 120, {"F089": 1})


@pytest.mark.parametrize(("encoding", "value", "code"), [
    ("str_int", b"7", ""), ("str_int", b"-700000000000000000000000", ""), ("str_int", b"+7", ""), ("str_int", b"007", ""), ("str_int", b"", "F089"), ("str_int", b"7.0", "F089"), ("str_int", b"seven", "F089"), ("str_int", b"7\n", "F089"), ("str_int", b" 7", "F089"),
    ("str_int", b"\xff", "F020"), ("str_int", "٧".encode(), "F089"), ("str_int", b"1_000", "F089"), ("str_int", b"-", "F089"), ("str_int", b"nan", "F089"),
    *(("str_float", repr(value).encode(), "") for value in (0.5, -1e300, 5e-324, 1e16, float("inf"), float("-inf"), float("nan"))), ("str_float", b"1", ""), ("str_float", b"1.", ""), ("str_float", b".5", ""), ("str_float", b".", "F089"), ("str_float", b"0x1p3", "F089"), ("str_float", b"1e", "F089"), ("str_float", b"1,5", "F089"),
    ("str_decimal", b"1.50", ""), ("str_decimal", b"1E+3", ""), ("str_decimal", b"NaN", ""), ("str_decimal", b"-Infinity", ""), ("str_decimal", b"sNaN", ""), ("str_decimal", b"1.5.0", "F089"), ("str_decimal", b"\xff", "F020"),
    ("str", b"\xff", "F020"), ("str", b"", ""), ("json", b"{", "F010"), ("json", b"", "F010"), ("json", b'{"a":1,"a":2}', "F012"), ("json", b"[1]", ""), ("bytes", b"\xff", ""), ("png", b"", ""),
])  # fmt: skip
def test_a_value_that_nobody_asks_for_is_what_its_encoding_says(encoding, value, code, tmp_path):
    rows = [{"text": f"document {n}", "other": value if n == 2 else b"1"} for n in range(4)]
    found, defects = read(write_mds(tmp_path / "text", {"text": "str", "other": encoding}, rows))
    assert defects == ([(code, f"{FIRST}#2")] if code else [])
    assert len(found) == 4 - bool(code)
    rows = [{"tokens": np.arange(n + 1, dtype="uint16"), "other": value if n == 2 else b"1"} for n in range(4)]
    found, defects = read(write_mds(tmp_path / "ids", {"tokens": "ndarray:uint16", "other": encoding}, rows))
    assert defects == ([(code, f"{FIRST}#2")] if code else [])
    assert [len(one["tokens"]) for one in found.values()] == [1, 2, *([3] if not code else []), 4]
