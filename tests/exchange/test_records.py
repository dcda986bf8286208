"""Who reads Croissant gets the records that datastd reads: as many, and the same first and last."""

import gzip
import hashlib
import json
import unicodedata
from fnmatch import fnmatch

import numpy as np
import polars as pl
import pytest
from card_cases import WHOLE, write
from PIL import Image
from shard_files import documents, members, write_mds, write_webdataset
from support import SHARED, needs_data, samples, write_idx, write_pictures

from datastd.exchange import export
from datastd.exchange.records import _UNKNOWN, media
from datastd.pipeline import open_source
from datastd.quiet import is_hidden
from datastd.sources.known import reader

ROWS = [{"text": f"say {n}", "n": n, "share": n + 0.5, "sure": n % 2 == 0} for n in range(5)]
LINES = "".join(f"{json.dumps(one)}\n" for one in ROWS)
TABLE = "text,n,share\n" + "".join(f"say {n},{n},{n + 0.5}\n" for n in range(5))


def described(data, to="croissant", **options):
    out = data.parent / f"{data.name}.json"
    export(data, to, out, **options)
    return json.loads(out.read_text())


def loaded(data, name):
    """What `mlcroissant` reads of a record set, by the names of the fields."""
    mlcroissant = pytest.importorskip("mlcroissant")
    dataset = mlcroissant.Dataset(str(data.parent / f"{data.name}.json"))
    assert not dataset.metadata.ctx.issues.errors
    return [{_last(key): _plain(value) for key, value in one.items()} for one in dataset.records(name)]


def _last(key):
    return key.rpartition("/")[2]


def _plain(value):
    if isinstance(value, dict):
        return {_last(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | np.ndarray):
        return [_plain(one) for one in value]
    return value.decode() if isinstance(value, bytes) else value


def parquet(rows):
    import io

    buffer = io.BytesIO()
    pl.DataFrame(rows).write_parquet(buffer)
    return buffer.getvalue()


def by_id(document):
    return {one["@id"]: one for one in document["distribution"]}


@pytest.mark.parametrize("files", [
    {"train_jsonl": LINES}, {"train_jsonl_gz": gzip.compress(LINES.encode())},
    {"train-0_parquet": parquet(ROWS[:2]), "train-1_parquet": parquet(ROWS[2:])},
    {"train_csv": TABLE}, {"train_tsv": TABLE.replace(",", "\t")},
    {"train-0_csv": TABLE, "train-1_csv": TABLE},
])  # fmt: skip
def test_each_file_has_its_digest_and_its_size(tmp_path, files):
    names = {name.replace("_gz", ".gz"): content for name, content in files.items()}
    data = write(tmp_path / "data", **names)
    document = described(data)
    found = {one["name"]: one for one in document["distribution"] if one["@type"] == "cr:FileObject"}
    assert {*found} == {path.name for path in data.iterdir()}
    for path in data.iterdir():
        assert found[path.name]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert found[path.name]["contentSize"] == f"{path.stat().st_size} B"
        assert (tmp_path / found[path.name]["contentUrl"]).samefile(path)
    named = {one["@id"] for one in document["distribution"]}
    for field in document["recordSet"][0]["field"]:
        (place,) = (one["@id"] for key, one in field["source"].items() if key != "extract")
        assert place in named


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("files", "count"), [
    ({"train_jsonl": LINES}, 5), ({"train.jsonl_gz": gzip.compress(LINES.encode())}, 5),
    ({"train-0_jsonl": LINES, "train-1_jsonl": LINES}, 10), ({"train_parquet": parquet(ROWS)}, 5),
    ({"train-0_parquet": parquet(ROWS[:2]), "train-1_parquet": parquet(ROWS[2:])}, 5),
])  # fmt: skip
def test_records_are_those_that_are_written(tmp_path, files, count):
    data = write(tmp_path / "data", **files)
    described(data)
    found = loaded(data, "train")
    assert len(found) == count
    assert (found[0], found[-1]) == (ROWS[0], ROWS[-1])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("files", [{"train_csv": TABLE}, {"train_tsv": TABLE.replace(",", "\t")}])
def test_cells_are_what_they_are_spelled_as(tmp_path, files):
    data = write(tmp_path / "data", **files)
    described(data)
    found = loaded(data, "train")
    assert len(found) == 5
    assert found[-1] == {"text": "say 4", "n": 4, "share": 4.5}


@pytest.mark.parametrize(("cells", "kind"), [
    (["1", "-2"], "sc:Integer"), (["1", "2.5"], "sc:Float"), (["1", "x"], "sc:Text"),
    (["01", "2"], "sc:Text"), (["", "1"], "sc:Integer"), (["1e3", "2"], "sc:Text"),
])  # fmt: skip
def test_a_column_is_of_numbers_where_every_cell_is_one(tmp_path, cells, kind):
    data = write(tmp_path / "data", train_csv="text,a\n" + "".join(f"x,{one}\n" for one in cells))
    fields = {one["name"]: one["dataType"] for one in described(data)["recordSet"][0]["field"]}
    assert fields == {"text": "sc:Text", "a": kind}


NESTED = [
    {"text": "a", "tags": ["x", "y"], "of": {"by": "me", "at": 3}, "turns": [{"role": "user", "n": 1}]},
    {"text": "b", "tags": [], "of": {"by": "you", "at": 4}, "turns": [{"role": "user", "n": 1}, {"role": "bot", "n": 2}]},
]


@pytest.mark.filterwarnings("ignore")
def test_lists_and_objects_in_records_are_read(tmp_path):
    data = write(tmp_path / "data", train_jsonl="".join(f"{json.dumps(one)}\n" for one in NESTED))
    described(data)
    assert loaded(data, "train") == NESTED


def test_what_no_field_can_say_is_a_note(tmp_path):
    rows = [{"text": "a", "deep": [[1]], "mixed": 1, "odd": {"a b": 1}}, {"text": "b", "deep": [], "mixed": "x", "odd": {"a b": 2}}]
    data = write(tmp_path / "data", train_jsonl="".join(f"{json.dumps(one)}\n" for one in rows))
    done = export(data, "croissant", tmp_path / "x.json")
    fields = [one["name"] for one in json.loads((tmp_path / "x.json").read_text())["recordSet"][0]["field"]]
    assert "text" in fields
    assert not {"deep", "odd"} & {*fields}
    assert "no field of a record set: train: deep" in done.notes
    assert any("train: odd" in one for one in done.notes)


@pytest.mark.parametrize("rows", [[{"text": "a", "o": {"b": 1}}, {"text": "b", "o": 3}], [{"text": "a", "o": [{"b": 1}]}, {"text": "b", "o": {"b": {}}}]])
def test_where_a_name_has_now_this_and_now_that_no_record_set_claims_it(tmp_path, rows):
    data = write(tmp_path / "data", train_jsonl="".join(f"{json.dumps(one)}\n" for one in rows))
    done = export(data, "croissant", tmp_path / "x.json")
    sets = [one["@id"] for one in json.loads((tmp_path / "x.json").read_text())["recordSet"]]
    assert "train" not in sets
    assert any(one.startswith("no record set: train") for one in done.notes)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("rows", [[{"text": "a", "n": None}], [{"text": "a", "n": []}], [{"text": "a", "n": True}, {"text": "b", "n": 2}]])
def test_odd_values_do_not_stop_it(tmp_path, rows):
    data = write(tmp_path / "data", train_jsonl="".join(f"{json.dumps(one)}\n" for one in rows))
    described(data)
    assert len(loaded(data, "train")) == len(rows)


def test_a_table_that_readers_would_split_elsewhere_has_no_record_set(tmp_path):
    data = write(tmp_path / "data", train_csv="text;n\na,b;1\n")
    done = export(data, "croissant", tmp_path / "x.json", format="csv:;")
    assert any("no way to the records of csv:;" in one for one in done.notes)


@pytest.mark.parametrize(("suffix", "codec"), [("bz2", "bz2"), ("xz", "lzma")])
def test_a_codec_that_readers_do_not_know_has_no_record_set(tmp_path, suffix, codec):
    import importlib

    data = write(tmp_path / "data", **{f"train.jsonl_{suffix}": importlib.import_module(codec).compress(LINES.encode())})
    done = export(data, "croissant", tmp_path / "x.json")
    assert any("no way to the records of jsonl" in one for one in done.notes)


@pytest.mark.filterwarnings("ignore")
def test_each_split_is_a_record_set(tmp_path):
    data = write(tmp_path / "data", train_jsonl=LINES, test_jsonl=LINES[: LINES.index("\n") + 1])
    document = described(data)
    assert [one["@id"] for one in document["recordSet"]] == ["test", "train", "~splits"]
    assert (len(loaded(data, "train")), len(loaded(data, "test"))) == (5, 1)


@pytest.mark.filterwarnings("ignore")
def test_dialogues_are_records(tmp_path):
    turns = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}]
    lines = [{"messages": turns}, {"messages": [*turns, *turns]}]
    data = write(tmp_path / "data", train_jsonl="".join(f"{json.dumps(one)}\n" for one in lines))
    described(data, format="chat")
    assert loaded(data, "train") == lines


@pytest.mark.filterwarnings("ignore")
def test_pictures_are_records_and_their_set_has_one_digest(tmp_path):
    data = write_pictures(tmp_path / "data", each=3, classes=("a b", "[c]"), splits=("train", "test"))
    write(data)
    document = described(data)
    sets = {key: one for key, one in by_id(document).items() if one["@type"] == "cr:FileSet"}
    for split in ("train", "test"):
        paths = sorted(path for path in data.rglob("*.png") if split in path.parts)
        one = sets[f"~files/{split}"]
        every = [path.relative_to(tmp_path).as_posix() for path in data.rglob("*.*")]
        matched = {path for path in every if any(fnmatch(path, pattern) for pattern in one["includes"])}
        assert matched == {path.relative_to(tmp_path).as_posix() for path in paths}
        lines = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(data).as_posix()}\n" for path in paths)
        assert one["sha256"] == hashlib.sha256(lines.encode()).hexdigest()
        assert one["contentSize"] == f"{sum(path.stat().st_size for path in paths)} B"
        found = loaded(data, split)
        assert [one["class_name"] for one in found] == [path.parent.name for path in paths]
        for at in (0, -1):
            assert np.array_equal(np.asarray(found[at]["image"]), np.asarray(Image.open(paths[at])))


@needs_data
@pytest.mark.filterwarnings("ignore")
def test_pictures_with_objects_are_records_in_the_order_in_which_they_are_read(tmp_path):
    """Of COCO's own files, too: each picture once, whatever the order of the annotations."""
    import shutil

    data = write(shutil.copytree(SHARED / "tiny_coco", tmp_path / "data", copy_function=shutil.copyfile))
    done = export(data, "croissant", tmp_path / "data.json")
    assert any("what stands beside pictures" in one for one in done.notes)
    with open_source(data) as source:
        (split, *_) = [shard.split for shard in source.plan().shards]
        keys = [key for shard in source.plan().shards if shard.split == split for one in source.read(shard) for key in one.keys]
        last = source.take_keys(keys[-1:])[0].pictures[0]
        first = source.take_keys(keys[:1])[0].pictures[0]
    found = loaded(data, split)
    assert len(found) == len(keys) > 5
    assert np.array_equal(np.asarray(found[0]["image"]), first)
    assert np.array_equal(np.asarray(found[-1]["image"]), last)


@pytest.mark.filterwarnings("ignore")
def test_questions_are_records(tmp_path):
    data = write(tmp_path / "data")
    article = {"title": "t", "paragraphs": [
        {"context": "a b", "qas": [{"id": "1", "question": "a?", "answers": [{"text": "a", "answer_start": 0}]}]},
        {"context": "c", "qas": [{"id": str(n), "question": f"c{n}?", "answers": [{"text": "c", "answer_start": 0}]} for n in (2, 3)]},
    ]}  # fmt: skip
    (data / "train-v1.1.json").write_text(json.dumps({"version": "1.1", "data": [article, article]}))
    described(data)
    found = loaded(data, "train")
    assert len(found) == 6
    assert (found[0], found[-1]) == ({"id": "1", "question": "a?"}, {"id": "3", "question": "c3?"})


@pytest.mark.filterwarnings("ignore")
def test_a_document_a_file_is_a_record(tmp_path):
    data = write(tmp_path / "data", a_txt="one\ntwo\n", b_txt="three, four")
    described(data, format="text")
    assert [one["text"] for one in loaded(data, "data")] == ["one\ntwo\n", "three, four"]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["a b", "50%", "[x]", "é", "~", "a#b?c"])
def test_any_name_of_a_file_is_found_again(tmp_path, name):
    data = write(tmp_path / f"of {name}", **{f"train {name}_jsonl": LINES, f"train {name}2_jsonl": LINES})
    described(data)
    assert len(loaded(data, "train")) == 10


WAYLESS = {
    "idx": lambda folder: write_idx(folder, train=samples(20)),
    "nanogpt": lambda folder: np.arange(100, dtype=np.uint16).tofile(folder / "train.bin"),
    "webdataset": lambda folder: write_webdataset(folder, train=[("0.json", b'{"text": "a"}')]),
    "mds": lambda folder: write_mds(folder, {"text": "str"}, [{"text": "a"}] * 4),
    "arrow": lambda folder: pl.DataFrame({"text": ["a"]}).write_ipc(folder / "train.arrow"),
}


@pytest.mark.parametrize("name", WAYLESS)
def test_what_is_left_out_and_why_is_said(tmp_path, name):
    data = write(tmp_path / "data")
    WAYLESS[name](data)
    done = export(data, "croissant", tmp_path / "x.json", format=name)
    document = json.loads((tmp_path / "x.json").read_text())
    assert [one["@id"] for one in document["recordSet"]] == ["~splits"]
    (said,) = [one for one in done.notes if "no way to the records" in one]
    assert f"records of {name} (" in said
    assert _UNKNOWN not in said
    assert said.endswith(", ".join(reader(name).columns))


@pytest.mark.filterwarnings("ignore")
def test_texts_in_archives_are_records(tmp_path):
    # What the library unpacked of a file of this name, it takes again, whatever is in it now.
    data = write_webdataset(write(tmp_path / "of texts"), ("train-0", "train-1", "val"), **{"train-1": [*members("more", 12)]})
    document = described(data, format="webdataset")
    fields = {one["@id"]: [field["name"] for field in one["field"]] for one in document["recordSet"]}
    assert fields["train"] == fields["val"] == ["text"]
    notes = export(data, "croissant", tmp_path / "y.json").notes
    assert {"no field of a record set: train: json", "in no order of their archives: train"} <= {*notes}
    assert "in no order of their archives: val" not in notes
    assert [one["text"] for one in loaded(data, "val")] == documents("val", 6)
    assert sorted(one["text"] for one in loaded(data, "train")) == sorted([*documents("train-0", 6), *documents("more", 12)])


@pytest.mark.parametrize("option", ["webdataset:text=json", "webdataset:text=text"])
def test_texts_that_are_not_by_themselves_have_no_record_set(tmp_path, option):
    data = write_webdataset(write(tmp_path / "data"), ("train",))
    done = export(data, "croissant", tmp_path / "x.json", format=option)
    assert any(f"no way to the records of {option}" in one for one in done.notes)


def test_seen_from_elsewhere_paths_are_those_in_the_dataset(tmp_path):
    data = write(tmp_path / "deep" / "data", train_jsonl=LINES)
    (tmp_path / "other").mkdir()
    done = export(data, "croissant", tmp_path / "other" / "x.json")
    document = json.loads((tmp_path / "other" / "x.json").read_text())
    assert {one["contentUrl"] for one in document["distribution"]} == {"train.jsonl", "datacard.toml"}
    assert any("from the dataset's own folder" in one for one in done.notes)
    assert str(tmp_path) not in json.dumps(document)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("files", [
    {"train_jsonl": LINES, "test_jsonl": LINES[:150]}, {"train_csv": TABLE}, {"train_tsv": TABLE.replace(",", "\t")},
    {"train-0_parquet": parquet(ROWS[:2]), "train-1_parquet": parquet(ROWS[2:])}, {"a_txt": "one", "b_txt": "two, three"},
])  # fmt: skip
def test_texts_are_those_that_datastd_reads(tmp_path, files):
    files = {name: content[: content.rfind("\n") + 1] if name.startswith("test") else content for name, content in files.items()}
    data = write(tmp_path / "data", **files)
    described(data)
    read_ = {}
    with open_source(data) as source:
        for shard in source.plan().shards:
            for batch in source.read(shard):
                read_.setdefault(shard.split, []).extend(batch.columns["text"])
    assert {split: [one["text"] for one in loaded(data, split)] for split in read_} == read_


@pytest.mark.parametrize(("path", "kind"), [
    ("a/train.jsonl", "application/jsonlines"), ("x.jsonl.gz", "application/jsonlines"),
    ("X.JPG", "image/jpeg"), ("a.png", "image/png"), ("train-images-idx3-ubyte.gz", "application/gzip"),
    ("a.bin", "application/octet-stream"), ("LICENSE", "application/octet-stream"), ("a.txt", "text/plain"),
])  # fmt: skip
def test_media_types(path, kind):
    assert media(path) == kind


@needs_data
def test_naughty_names_of_columns_are_names_of_fields(tmp_path):
    naughty = {unicodedata.normalize("NFC", one) for one in (SHARED / "blns" / "blns.txt").read_text().split("\n") if one}
    row = {"text": "a", **dict.fromkeys(naughty, "x")}
    data = write(tmp_path / "data", train_jsonl=f"{json.dumps(row)}\n")
    found = described(data)["recordSet"][0]["field"]
    assert {one["name"] for one in found} == {*row}
    assert {one["source"]["extract"]["column"] for one in found} == {*row}
    assert len({one["@id"] for one in found}) == len(row)
    shown = (tmp_path / "data.json").read_text()
    assert not [c for c in shown if c != "\n" and is_hidden(c)]


@needs_data
@pytest.mark.filterwarnings("ignore")
def test_real_records(tmp_path):
    """The first and the last question of GSM8K, and as many as there are lines."""
    path = next((SHARED / "gsm8k").rglob("test.jsonl"))
    lines = path.read_text().splitlines()
    data = write(tmp_path / "data", WHOLE, test_jsonl="\n".join(lines) + "\n")
    described(data, format="jsonl:question")
    found = loaded(data, "test")
    assert len(found) == len(lines)
    for at in (0, -1):
        assert found[at] == json.loads(lines[at])
