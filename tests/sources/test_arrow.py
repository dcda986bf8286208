"""Arrow's IPC: what is written is read, what was cut is named, and saved datasets are whole."""

import contextlib
import io
import json

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from columnar_files import (
    BAD,
    STRINGS,
    TEXTS,
    codes,
    ipc,
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

from datastd.disk import Tree
from datastd.errors import NotJudged
from datastd.pipeline import open_source
from datastd.sources.arrow import Arrow
from datastd.sources.arrow.messages import blocks, messages
from datastd.sources.serial import MANY

FORMS = {"file": ".feather", "stream": ".arrows"}
ENOUGH = ["hello", "wörld", "", "𐍈" * 9, "a longer text, of some words"]


# What is written is read


@settings(max_examples=80, deadline=None)
@given(
    st.lists(TEXTS, min_size=1, max_size=60), st.sampled_from(STRINGS), st.sampled_from([None, "lz4", "zstd"]),
    st.sampled_from([*FORMS]), st.booleans(), st.integers(1, 30), st.sampled_from([1, 2000, 1 << 20]),
)  # fmt: skip
def test_what_pyarrow_writes_is_read(tmp_path_factory, values, kind, codec, form, named, size, shard):
    root, name = tmp_path_factory.mktemp("data"), f"train{FORMS[form] if named else '.arrow'}"
    put(root, name, ipc(table(values, kind), form, codec, size))
    found, defects = read(Arrow, root, shard=shard)
    there = {f"{name}#{n}": value for n, value in enumerate(values)}
    assert found == {key: value for key, value in there.items() if value is not None}
    assert {one.key for one in defects} == {key for key, value in there.items() if value is None}
    assert {*codes(defects)} <= {"F301"}
    rows, defects = read(Arrow, root, None, shard=shard)
    assert not defects
    assert [row["text"] for row in rows.values()] == values
    assert [row["id"] for row in rows.values()] == [*range(len(values))]


@settings(max_examples=20, deadline=None)
@given(
    st.lists(TEXTS, min_size=1, max_size=40), st.sampled_from(["uncompressed", "lz4", "zstd"]),
    st.sampled_from([pl.String, pl.Categorical]), st.sampled_from(["write_ipc", "write_ipc_stream"]),
)  # fmt: skip
def test_what_polars_writes_is_read(tmp_path_factory, values, codec, kind, write):
    root = tmp_path_factory.mktemp("data")
    rows = pl.DataFrame({"text": values, "n": range(len(values))}, schema_overrides={"text": pl.String})
    getattr(rows.with_columns(pl.col("text").cast(kind)), write)(root / "x.arrow", compression=codec)
    found, defects = read(Arrow, root, None)
    assert not defects
    assert [row["text"] for row in found.values()] == values


def test_dictionaries_that_are_replaced_or_grow_are_followed(tmp_path):
    for deltas in (False, True):
        out, options = io.BytesIO(), pa.ipc.IpcWriteOptions(emit_dictionary_deltas=deltas)
        batches = [pa.record_batch({"text": pa.array(words).dictionary_encode()}) for words in
                   (["a", "b"], ["a", "b", "c"], ["x", "a"], ["x", "a", "a"])]  # fmt: skip
        with pa.ipc.new_stream(out, batches[0].schema, options=options) as to:
            for batch in batches:
                to.write_batch(batch)
        put(tmp_path, "x.arrows", out.getvalue())
        for shard in (1, 1 << 20):
            found, defects = read(Arrow, tmp_path, shard=shard)
            assert "".join(found.values()) == "ababcxaxaa"
            assert not defects


def test_samples_are_taken_in_any_order(tmp_path):
    put(tmp_path, "x.arrow", ipc(table([f"text {n}" for n in range(90)]), size=20))
    rows = np.array([71, 3, 3, 20, 19, 89])
    with Arrow(Tree(tmp_path), shard=1) as source:
        batch = source.take("x.arrow", rows)
        assert batch.columns["text"].to_list() == [f"text {row}" for row in rows]


def test_the_format_may_name_the_column_of_the_text(tmp_path):
    put(tmp_path, "x.arrow", ipc(pa.table({"question": ["why?"]})))
    with open_source(tmp_path, "arrow:question") as source:
        assert source.called == "arrow:question"
        (batch,) = source.read(*source.plan().shards)
        assert batch.columns["text"].to_list() == ["why?"]


def test_a_text_is_a_string_and_nothing_else(tmp_path):
    kinds = {
        "binary": pa.array([b"a", b"b"]), "number": pa.array([1, 2]), "list": pa.array([["a"], ["b"]]),
        "runs": pa.RunEndEncodedArray.from_arrays(pa.array([1, 2], pa.int32()), pa.array(["a", "b"])),
    }  # fmt: skip
    for name, column in kinds.items():
        put(tmp_path / name, "x.arrow", ipc(pa.table({"text": column})))
        found, defects = read(Arrow, tmp_path / name)
        assert (found, codes(defects)) == ({}, {"C705": 2})
    put(tmp_path / "none", "x.arrow", ipc(pa.table({"id": [1, 2, 3]}), size=2))
    assert codes(read(Arrow, tmp_path / "none")[1]) == {"F301": 3}


# Saved datasets


def saved(root, split="train", files=2, rows=250):
    """A split as `Dataset.save_to_disk` writes it."""
    names = [f"data-{n:05}-of-{files:05}.arrow" for n in range(files)]
    for number, name in enumerate(names):
        texts = [f"{split} {number} {row}" for row in range(rows)]
        put(root, f"{split}/{name}", ipc(table(texts), "stream"))
    state = {"_data_files": [{"filename": name} for name in names], "_fingerprint": "abc", "_split": split}
    info = {"features": {}, "splits": {split: {"num_examples": files * rows}}}
    put(root, f"{split}/state.json", json.dumps(state).encode())
    put(root, f"{split}/dataset_info.json", json.dumps(info).encode())
    return root


@pytest.fixture
def dataset(tmp_path):
    saved(saved(tmp_path / "data"), "test", 1)
    return put(tmp_path / "data", "dataset_dict.json", b'{"splits": ["train", "test"]}')


def test_a_saved_dataset_is_read_with_its_splits(dataset):
    with open_source(dataset) as source:
        assert source.format == "arrow"
        plan = source.plan()
        assert [shard.split for shard in plan.shards] == ["test", "train", "train"]
        assert (plan.samples, plan.defects) == (750, ())


def test_what_a_state_names_is_there_and_nothing_else_is_data(dataset):
    (dataset / "train/data-00001-of-00002.arrow").rename(dataset / "train/cache-0123.arrow")
    found, defects = read(Arrow, dataset)
    assert len(found) == 500
    assert [(one.code, one.path) for one in defects] == [("F088", "train/state.json"), ("F099", "train/cache-0123.arrow")]


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"_data_files": [{"filename": 1}]}', b'{"_data_files": 1}'])
def test_a_state_that_names_no_files_is_named(dataset, content):
    put(dataset, "train/state.json", content)
    found, defects = read(Arrow, dataset)
    assert len(found) == 750  # all that is there is read
    assert [(one.code, one.path) for one in defects] == [("F088", "train/state.json")]


@pytest.mark.parametrize(("content", "found"), [
    (b'{"splits": ["train", "test", "validation"]}', ["splits"]), (b'{"splits": ["train", "test", "a", "b"]}', ["splits"]), (b'{"splits": ["tra"]}', ["splits"]),
    (b'{"splits": []}', []), (b'{"splits": ["train", "test"], "more": 1}', []),
    (b"{}", [""]), (b'{"splits": {"train": 1}}', [""]), (b'{"splits": [1]}', [""]), (b"[]", [""]), (b"{", [""]), (b"", [""]),
])  # fmt: skip
def test_a_split_that_is_named_and_not_there_is_told(dataset, content, found):
    put(dataset, "dataset_dict.json", content)
    texts, defects = read(Arrow, dataset)
    assert len(texts) == 750
    assert [(one.code, one.path, one.at) for one in defects] == [("F088", "dataset_dict.json", at) for at in found]


def test_a_folder_of_saved_datasets_has_its_splits_each(dataset, tmp_path):
    dataset.rename(tmp_path / "one")
    (tmp_path / "data").mkdir()
    (tmp_path / "one").rename(tmp_path / "data" / "one")
    put(tmp_path / "data", "two/dataset_dict.json", b'{"splits": ["train"]}')
    _, defects = read(Arrow, tmp_path / "data")
    assert [(one.path, one.expected) for one in defects] == [("two/dataset_dict.json", "a file in two/train")]


# What is wrong is named


@pytest.mark.parametrize("form", FORMS)
def test_bytes_that_are_no_utf8_are_named_and_the_rest_is_read(tmp_path, form):
    name = f"x{FORMS[form]}"
    for kind in (pa.string(), pa.large_string(), pa.string_view()):
        raw = pa.array([b"ok", BAD, None, "é".encode(), b"a much longer one \xed\xa0\x80", b"end"], pa.binary())
        same = {pa.string(): pa.binary(), pa.large_string(): pa.large_binary(), pa.string_view(): pa.binary_view()}
        raw = raw.cast(same[kind])
        put(tmp_path, name, ipc(pa.table({"text": pa.Array.from_buffers(kind, 6, raw.buffers())}), form))
        found, defects = read(Arrow, tmp_path)
        assert found == {f"{name}#0": "ok", f"{name}#3": "é", f"{name}#5": "end"}
        assert [one.key for one in defects if one.code == "F020"] == [f"{name}#1", f"{name}#4"]
    column = pa.DictionaryArray.from_arrays(pa.array([0, 1, 0]), unsound([b"ok", BAD]), safe=False)
    put(tmp_path, name, ipc(pa.table({"text": column}), form))
    assert [(one.code, one.key) for one in read(Arrow, tmp_path)[1]] == [("F020", f"{name}#1")]


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=40, deadline=None)
@given(part=st.floats(0, 1, exclude_max=True), codec=st.sampled_from([None, "zstd"]))
def test_wherever_a_file_was_cut_it_is_named_and_whole_batches_are_read(tmp_path_factory, form, part, codec):
    whole, root = ipc(table(ENOUGH * 20), form, codec, 30), tmp_path_factory.mktemp("data")
    put(root, f"cut{FORMS[form]}", whole[: int(part * len(whole))])
    put(root, f"whole{FORMS[form]}", whole)
    with Arrow(Tree(root)) as source:
        plan = source.plan()
    found, defects = read(Arrow, root)
    assert {one.path for one in defects} == {f"cut{FORMS[form]}"}
    cut = sum(key.startswith("cut") for key in found)
    assert len(found) == 100 + cut
    assert cut in ({0} if form == "file" else {0, 30, 60, 90, 100})
    assert plan.lost in {0, 10, 30}


def test_a_stream_without_its_mark_and_bytes_behind_it_are_named(tmp_path):
    whole = ipc(table(ENOUGH), "stream")
    for content in (whole[:-8], whole + b"\0" * 8, whole + whole):
        put(tmp_path, "x.arrow", content)
        found, defects = read(Arrow, tmp_path)
        assert (len(found), codes(defects)) == (5, {"F088": 1})


@pytest.mark.parametrize(("name", "content", "code"), [
    ("x.arrow", b"", "F002"), ("x.arrow", b"FEA1" + b"\0" * 40, "F004"), ("x.feather", b"\x1f\x8b" + b"\0" * 40, "F004"),
    ("x.arrows", ipc(table(ENOUGH)), "F004"), ("x.feather", ipc(table(ENOUGH), "stream"), "F004"),
    ("x.arrow", b"ARROW1\0\0" + b"\0" * 40, "F088"), ("x.arrow", b"\xff\xff\xff\xff\0\0\0\0", "F088"),
    ("x.arrow", b"ARROW1\0\0" + b"\xff" * 60 + b"\x20\0\0\0ARROW1", "F088"),
])  # fmt: skip
def test_what_is_no_such_file_is_named(tmp_path, name, content, code):
    put(tmp_path, name, content)
    assert codes(read(Arrow, tmp_path)[1]) == {code: 1}


def bodies(content):
    """Where the messages of a stream begin, and their bodies."""
    return [(one.at, one.body) for one in messages(lambda at, n: content[at : at + n], 0, len(content))][1:-1]


def test_offsets_that_go_down_lose_their_batch_and_no_other(tmp_path):
    whole = bytearray(ipc(pa.table({"text": [f"text {n}" for n in range(300)]}), "stream"))
    _, body = bodies(whole)[1]
    whole[body + 40 : body + 44] = (1 << 30).to_bytes(4, "little")
    put(tmp_path, "x.arrow", bytes(whole))
    found, defects = read(Arrow, tmp_path)
    assert [(one.code, one.key, one.samples) for one in defects] == [("F087", "x.arrow#100", 100)]
    assert len(found) == 200


def test_a_dictionary_that_lies_loses_what_needs_it(tmp_path):
    words = ["a", "b", "c"] * 100
    whole = bytearray(ipc(pa.table({"text": pa.array(words).dictionary_encode()}), "stream"))
    _, body = bodies(whole)[2]  # after a dictionary and a batch
    whole[body : body + 4] = (1 << 20).to_bytes(4, "little")
    put(tmp_path, "x.arrow", bytes(whole))
    found, defects = read(Arrow, tmp_path)
    assert (len(found), codes(defects)) == (100, {"F087": 200})


def test_a_footer_that_leaves_a_batch_out_or_names_it_twice_is_named(tmp_path):
    whole = ipc(table([f"text {n}" for n in range(300)]))
    length = int.from_bytes(whole[-10:-6], "little")
    footer = whole[-10 - length : -10]
    places = [at for _, at in blocks(footer)]
    assert len(places) == 3
    for new in (places[2], 8, 1 << 40, -8):
        changed = footer.replace(places[1].to_bytes(8, "little"), new.to_bytes(8, "little", signed=True))
        put(tmp_path, "x.arrow", whole[: -10 - length] + changed + whole[-10:])
        found, defects = read(Arrow, tmp_path)
        assert {"F088"} <= {*codes(defects)} <= {"F088", "F087"}
        assert len(found) == 200


def test_two_columns_of_one_name_are_refused(tmp_path):
    put(tmp_path, "x.arrow", ipc(pa.table([strings(["a"]), strings(["b"])], ["text", "text"])))
    assert codes(read(Arrow, tmp_path)[1]) == {"C704": 1}


def test_a_file_with_other_columns_is_named(tmp_path):
    for name in ("a", "b", "c"):
        put(tmp_path, f"{name}.arrow", ipc(pa.table({"text": ["a"], "score": [1]})))
    put(tmp_path, "b.arrow", ipc(pa.table({"text": ["a"], "score": [1.0]})))
    assert [(one.code, one.path) for one in read(Arrow, tmp_path)[1]] == [("C007", "b.arrow")]


# What asks for too much


@pytest.mark.parametrize("form", FORMS)
def test_a_batch_that_decompresses_to_much_more_than_is_stored_is_named(tmp_path, form):
    out = ipc(pa.table({"text": ["x" * 100_000] * 1000}), form, "zstd", 1000)
    put(tmp_path, f"x{FORMS[form]}", out)
    assert len(out) < 100_000
    assert codes(read(Arrow, tmp_path)[1]) == {"F086": 1000}


def test_views_of_the_same_bytes_again_and_again_are_taken_apart_within_bounds(tmp_path):
    seen = pa.array(["x" * 4_000_000]).cast(pa.string_view())
    views = np.tile(np.frombuffer(seen.buffers()[1], np.uint8)[:16], 200)
    column = pa.Array.from_buffers(pa.string_view(), 200, [None, pa.py_buffer(views), *seen.buffers()[2:]])
    put(tmp_path, "x.arrow", ipc(pa.table({"text": column}), size=200))
    with Arrow(Tree(tmp_path)) as source:
        sizes = [sum(map(len, one.columns["text"])) for one in source.read(source.plan().shards[0])]
    assert sum(sizes) == 200 * 4_000_000
    assert max(sizes) < 9_000_000


def test_rows_that_nothing_is_stored_of_are_not_counted_one_by_one(tmp_path):
    put(tmp_path, "x.arrow", ipc(pa.table({"text": pa.nulls(10_000_000)}), size=10_000_000))
    assert codes(read(Arrow, tmp_path)[1]) == {"F086": 10_000_000}


@pytest.mark.parametrize("wanted", [["text"], ["other"]])
def test_rows_that_take_no_bytes_are_looked_at_some_at_a_time(tmp_path, wanted):
    put(tmp_path, "x.arrow", ipc(pa.table({"text": pa.nulls(300_000)}), size=300_000))
    with Arrow(Tree(tmp_path)) as source:
        found = [*source.rows(source.plan().shards[0], wanted)]
    assert max(len(one.numbers) for one in found) <= MANY
    assert np.concatenate([one.numbers for one in found]).tolist() == [*range(300_000)]
    assert [one.place(1) for one in found[:2]] == [f"row {n} of record batch 0" for n in (1, MANY + 1)]


EACH = """
import random
from pathlib import Path
from columnar_files import ipc, peak, put, read, table, STRINGS
from datastd.sources.arrow import Arrow
work, form, name = Path(sys.argv[2]), sys.argv[3], sys.argv[4]
choose = random.Random(4)
wholes = [ipc(table(["a", None, "some text"] * 9, kind), form, codec, 10) for kind in STRINGS for codec in (None, "zstd")]
put(work, name, wholes[0])
read(Arrow, work)
read(Arrow, work, None)
before = peak()
for number in range(800):
    content = bytearray(choose.choice(wholes))
    for _ in range(choose.choice([1, 1, 2, 5])):
        at = choose.randrange(len(content))
        content[at] = choose.choice([0, 1, 0x7F, 0x80, 0xFF, content[at] ^ 1 << choose.randrange(8)])
    put(work, name, bytes(content))
    read(Arrow, work, choose.choice([(), None]))
print(peak() - before)
"""


@pytest.mark.parametrize("form", FORMS)
def test_whatever_is_changed_in_a_file_each_sample_is_accounted_for_and_nothing_ends(tmp_path, form):
    assert int(run(EACH, tmp_path, form, f"x{FORMS[form]}")) < 256


@given(st.binary(max_size=120))
def test_what_is_no_flatbuffer_is_refused_or_has_an_end(content):
    for reading in (blocks, lambda c: [*messages(lambda at, n: c[at : at + n], 0, len(c))]):
        with contextlib.suppress(ValueError):
            reading(content)


# Written anew


@settings(max_examples=40, deadline=None)
@given(
    st.data(), st.sampled_from(STRINGS), st.sampled_from([None, "lz4", "zstd"]), st.sampled_from([*FORMS]), st.integers(1, 30)
)
def test_what_stays_is_written_as_it_was(tmp_path_factory, data, kind, codec, form, size):
    root, name = tmp_path_factory.mktemp("data"), f"x{FORMS[form]}"
    rows = table([f"text {n}" if n % 7 else None for n in range(50)], kind).replace_schema_metadata({"huggingface": "{}"})
    put(root, name, ipc(rows, form, codec, size))
    kept = sorted(data.draw(st.sets(st.integers(0, 49), min_size=1, max_size=49)))
    outs = [root.with_name(f"{root.name}-{n}") for n in range(2)]
    for out in outs:
        assert not rewritten(Arrow, root, out, {name: kept})
    files = [(out / name).read_bytes() for out in outs]
    assert files[0] == files[1]
    if form == "file":
        opened = pa.ipc.open_file(files[0])
        batches = [opened.get_batch(n) for n in range(opened.num_record_batches)]
    else:
        opened = pa.ipc.open_stream(files[0])
        batches = [*opened]
    assert opened.schema.equals(rows.schema, check_metadata=True)
    assert pa.Table.from_batches(batches).to_pylist() == [rows.to_pylist()[row] for row in kept]
    sizes = np.bincount(np.array(kept) // size)
    assert [batch.num_rows for batch in batches] == sizes[sizes > 0].tolist()
    assert not read(Arrow, outs[0], None)[1]


def test_a_saved_dataset_is_written_with_what_is_true_of_it(dataset, tmp_path):
    first, second = (f"train/data-0000{n}-of-00002.arrow" for n in range(2))
    kept = {first: [3, 4, 200], second: [], "test/data-00000-of-00001.arrow": range(250)}
    taken = rewritten(Arrow, dataset, tmp_path / "out", kept)
    assert taken == {f"test/{name}" for name in ("data-00000-of-00001.arrow", "state.json", "dataset_info.json")}
    state = json.loads((tmp_path / "out/train/state.json").read_text())
    assert state["_data_files"] == [{"filename": first.removeprefix("train/")}]
    assert state["_fingerprint"] != "abc"
    assert len(state["_fingerprint"]) == 16
    assert json.loads((tmp_path / "out/train/dataset_info.json").read_text()) == {"features": {}}
    found, defects = read(Arrow, tmp_path / "out")
    assert not defects
    assert [found[f"{first}#{n}"] for n in range(3)] == ["train 0 3", "train 0 4", "train 0 200"]


def test_what_does_not_decode_cannot_be_written_anew(tmp_path):
    whole = bytearray(ipc(pa.table({"text": ["a", "b"], "other": ["c", "d"]}), "stream"))
    _, body = bodies(whole)[0]
    at = whole.index(b"cd", body) - 16 + 4  # offsets are three numbers of 32 bits, and four bytes to fill
    whole[at : at + 4] = (1 << 30).to_bytes(4, "little")
    put(tmp_path / "data", "x.arrow", bytes(whole))
    assert codes(read(Arrow, tmp_path / "data")[1]) == {"F087": 2}
    with Arrow(Tree(tmp_path / "data")) as source:  # rows that are taken again are decoded no further
        assert source.take("x.arrow", np.array([1])).columns["text"].to_list() == ["b"]
    with pytest.raises(NotJudged, match="columns that can be written anew"):
        rewritten(Arrow, tmp_path / "data", tmp_path / "out", {"x.arrow": [1]})


def test_rows_without_a_column_that_is_asked_for_are_not_counted_one_by_one(tmp_path):
    put(tmp_path, "x.arrow", ipc(pa.table({"id": pa.nulls(10_000_000)}), size=10_000_000))
    assert codes(read(Arrow, tmp_path)[1]) == {"F086": 10_000_000}
