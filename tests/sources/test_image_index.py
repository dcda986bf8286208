"""An index names the pictures: each row one file that is there, once, and nothing else is taken."""

import io
import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import picture

from datastd.disk import Tree
from datastd.sources.image_index import ImageIndex


def png(seed=0, size=(4, 5)):
    stream = io.BytesIO()
    picture(seed, size=size).save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def folder(tmp_path):
    for number, name in enumerate("abc"):
        (tmp_path / f"{name}.png").write_bytes(png(number))
    return tmp_path


def index(folder, content, name="metadata.csv"):
    if isinstance(content, pl.DataFrame):
        getattr(content, {"csv": "write_csv", "jsonl": "write_ndjson", "parquet": "write_parquet"}[name.rpartition(".")[2]])(folder / name)
    else:
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def listed(folder):
    with ImageIndex(Tree(folder)) as source:
        plan = source.plan()
        found = {split: dict(zip(of.paths, of.labels, strict=True)) for split, of in source._listed.items()}
        assert plan.lost == sum(one.code == "F189" for one in plan.defects)
        return found, [(one.code, one.path if one.key == one.path else one.key) for one in plan.defects]


@pytest.mark.parametrize("name", ["metadata.csv", "index.jsonl", "Labels.parquet"])
@pytest.mark.parametrize(("labels", "expected"), [
    (["cat", "dog", "cat"], [0, 1, 0]), ([3, 0, 7], [3, 0, 7]), ([0, 0, 1], [0, 0, 1]), (["1", "a", "1"], [0, 1, 0]),
    ([None, 2, 2], [None, 2, 2]), ([None, "x", "x"], [None, 0, 0]), (["b", None, "B"], [1, None, 0]),
])  # fmt: skip
def test_labels_are_numbers_as_they_are_or_places_among_sorted_names(name, labels, expected, folder):
    index(folder, pl.DataFrame({"file_name": ["a.png", "b.png", "c.png"], "label": labels}), name)
    assert listed(folder) == ({"data": dict(zip(("a.png", "b.png", "c.png"), expected, strict=True))}, [])


@pytest.mark.parametrize("text", [
    "file_name,label\na.png,0\nb.png,1\nc.png,1\n", "\ufefffile_name,label\na.png,0\nb.png,1\nc.png,1\n",
    "FILE_NAME, Label \r\na.png,0\r\nb.png,1\r\nc.png,1\r\n", "class,path\n0,a.png\n1,./b.png\n1,c.png\n",
    "image,target,more\na.png,0,x\nb.png,1,y\nc.png,1,\"z,\nz\"\n",
])  # fmt: skip
def test_ways_to_write_a_table(text, folder):
    index(folder, text)
    assert listed(folder) == ({"data": {"a.png": 0, "b.png": 1, "c.png": 1}}, [])


def test_tabs(folder):
    index(folder, "file\tlabel\na.png\t0\nb.png\t1\nc.png\t1\n", "annotations.tsv")
    assert listed(folder)[0] == {"data": {"a.png": 0, "b.png": 1, "c.png": 1}}


def test_splits_come_as_the_index_names_them_and_samples_by_path(folder):
    index(folder, "file_name,label,split\nc.png,0,train\na.png,1,train\nb.png,1,\n")
    found, _ = listed(folder)
    assert [*found] == ["train", "data"]
    assert [*found["train"].items()] == [("a.png", 1), ("c.png", 0)]


@pytest.mark.parametrize(("row", "number"), [
    ("d.png,0", 3), ("a.png,1", 3), ("../a.png,0", 3), ("/etc/passwd,0", 3), (",0", 3), ("metadata.csv,0", 3), ("./a.png,0", 3),
    ("C:\\a.png,0", 3), ("sub/../a.png,0", 3), ("a.png\0,0", 3),
])  # fmt: skip
def test_a_row_without_a_file_of_its_own_is_named(row, number, folder):
    index(folder, f"file_name,label\na.png,0\nb.png,0\nc.png,0\n{row}\n")
    assert listed(folder) == ({"data": dict.fromkeys(("a.png", "b.png", "c.png"), 0)}, [("F189", f"metadata.csv#{number}")])


@pytest.mark.parametrize(("label", "labels", "defects"), [
    ("-1", {"a.png": 0, "c.png": 0}, ["metadata.csv#1"]), ("0", {"a.png": 0, "b.png": 0, "c.png": 0}, []),
    ("", {"a.png": 0, "b.png": None, "c.png": 0}, []), ("-2000", {"a.png": 0, "c.png": 0}, ["metadata.csv#1"]),
])  # fmt: skip
def test_a_label_below_the_first_is_named(label, labels, defects, folder):
    index(folder, f"file_name,label\na.png,0\nb.png,{label}\nc.png,0\n")
    found = listed(folder)
    assert found[0] == {"data": labels}
    assert [key for code, key in found[1] if code == "F189"] == defects


@pytest.mark.parametrize(("labels", "expected", "defects"), [
    (["2.0", "10.0", "0.0"], [2, 10, 0], 0), ([" 1", "0 ", "1"], [1, 0, 1], 0), (["1.0", "", "3"], [1, None, 3], 0),
    (["1.5", "2.0", "1.5"], [0, 1, 0], 0), (["0.0", "-1.0", "1"], [0, 1], 1),
])  # fmt: skip
def test_whole_floats_are_numbers_as_pandas_writes_them(labels, expected, defects, folder):
    rows = "".join(f"{name}.png,{label}\n" for name, label in zip("abc", labels, strict=True))
    index(folder, "file_name,label\n" + rows)
    found = listed(folder)
    assert [*found[0]["data"].values()] == expected
    assert sum(code == "F189" for code, _ in found[1]) == defects


def test_an_index_that_would_end_the_process_is_named(folder):
    """polars' parser of JSON overflows the stack at some hundreds of objects inside each other."""
    deep = '{"a":' * 600 + "1" + "}" * 600
    index(folder, f'{{"file_name":"a.png","label":1,"x":{deep}}}\n', "index.jsonl")
    assert ("F188", "index.jsonl") in listed(folder)[1]


def test_names_may_look_like_anything(folder):
    index(folder, "file_name,label\na.png,-1\nb.png,no\nc.png,-1\n")
    assert listed(folder) == ({"data": {"a.png": 0, "b.png": 1, "c.png": 0}}, [])


def test_a_link_is_no_file_of_the_dataset(folder, tmp_path_factory):
    outside = tmp_path_factory.mktemp("out") / "x.png"
    outside.write_bytes(png())
    (folder / "l.png").symlink_to(outside)
    index(folder, "file_name,label\na.png,0\nb.png,0\nc.png,0\nl.png,0\n")
    assert [code for code, _ in listed(folder)[1]] == ["F001", "F189"]


def test_a_picture_that_no_row_names_is_named(folder):
    index(folder, "file_name,label\na.png,0\nb.png,0\n")
    assert listed(folder)[1] == [("F099", "c.png")]


@pytest.mark.parametrize(("name", "content"), [
    ("metadata.csv", b""), ("metadata.csv", b"\n"), ("metadata.csv", b"label\n1\n"), ("metadata.csv", b"file_name\na.png\n"),
    ("metadata.csv", b"file_name,label\na.png,0,7,8\n"), ("metadata.csv", b"\xff\xfe\0"), ("metadata.csv", b"file_name,label\n\xff.png,\xfe\n"),
    ("metadata.csv", b"file_name,label\n\"a.png,0\nb.png,1\n"), ("metadata.csv", b"\0" * 50),
    ("index.jsonl", b""), ("index.jsonl", b"{"), ("index.jsonl", b"[1]\n"), ("index.jsonl", b"null\n"), ("index.jsonl", b'{"file_name": 1}\n'),
    ("index.jsonl", b'{"file_name": ["a.png"], "label": {"a": 1}}\n'), ("index.jsonl", b"{" * 5000), ("index.jsonl", b'{"a":' * 5000),
    ("index.jsonl", b'\xff\n'), ("labels.parquet", b""), ("labels.parquet", b"PAR1"), ("labels.parquet", b"PAR1" + b"\xff" * 60 + b"PAR1"),
    ("labels.parquet", b"PAR1\0\0\0\0\xff\xff\xff\x7fPAR1"),
])  # fmt: skip
def test_what_is_no_index_is_named(name, content, folder):
    index(folder, content, name)
    _, defects = listed(folder)
    assert {code for code, _ in defects} <= {"F188", "F189", "F002", "F099"}
    assert {"F188", "F189", "F002"} & {code for code, _ in defects}


@given(st.binary(max_size=120), st.sampled_from(["csv", "tsv", "jsonl", "parquet"]), st.booleans())
def test_no_bytes_raise(tmp_path_factory, content, kind, whole):
    folder = tmp_path_factory.mktemp("d")
    (folder / "a.png").write_bytes(png())
    good = io.BytesIO()
    table = pl.DataFrame({"file_name": ["a.png"], "label": [1]})
    (table.write_parquet if kind == "parquet" else table.write_ndjson if kind == "jsonl" else table.write_csv)(good)
    bytes_ = bytearray(good.getvalue())
    if whole:
        bytes_ = bytearray(content)
    else:
        for at in range(0, len(content) - 1, 2):
            bytes_[content[at] * len(bytes_) // 256] = content[at + 1]
    listed(index(folder, bytes(bytes_), f"index.{kind}"))


def test_two_indices_are_one_too_many(folder):
    index(folder, "file_name,label\na.png,0\nb.png,0\nc.png,0\n")
    index(folder, "file_name,label\na.png,0\n", "index.csv")
    assert ("F188", "metadata.csv") in listed(folder)[1]


def test_an_index_without_rows_has_no_samples(folder):
    index(folder, "file_name,label\n")
    found, defects = listed(folder)
    assert not found
    assert [code for code, _ in defects] == ["F099"] * 3


def test_labels_of_mixed_kinds_in_json_are_names(folder):
    lines = [{"file_name": f"{name}.png", "label": label} for name, label in zip("abc", (1, "x", 1), strict=True)]
    index(folder, "\n".join(map(json.dumps, lines)), "index.jsonl")
    assert listed(folder) == ({"data": {"a.png": 0, "b.png": 1, "c.png": 0}}, [])


@pytest.mark.parametrize(("wide", "high", "expected"), [
    ("5", "4", 0), ("", "", 0), ("5", "", 0), ("5.0", "4.0", 0), ("4", "5", 2), ("6", "4", 1), ("5", "9", 1), ("x", "4", 1),
    ("-5", "4", 1), ("nan", "4", 1), ("inf", "4", 1), ("1e99", "4", 1), ("5.5", "4", 1), ("0", "0", 1), ("99999999999999999999", "4", 1),
])  # fmt: skip
def test_sizes_that_the_index_states(wide, high, expected, folder):
    from datastd.measures import evaluate
    from datastd.measures.pictures.size_misstated import size_misstated

    index(folder, f"file_name,label,width,height\na.png,0,{wide},{high}\n")
    with ImageIndex(Tree(folder)) as source:
        (shard,) = source.plan().shards
        (batch,) = source.read(shard)
    given_ = {**batch.columns, "image": batch.columns["image"][0][None]}
    assert evaluate([size_misstated], given_)["size_misstated"].tolist() == [expected]


def test_many_rows_are_listed_quickly_enough_to_be_tested(tmp_path):
    (tmp_path / "a.png").write_bytes(png())
    names = ["a.png", *(f"{n}.png" for n in range(50_000))]
    index(tmp_path, pl.DataFrame({"file_name": names, "label": np.zeros(len(names), int)}))
    assert len(listed(tmp_path)[1]) == 50_000
