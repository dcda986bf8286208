"""Sound data of many formats are certified and open: a gate that refuses everything guards nothing."""

import json
import shutil

import numpy as np
import pyarrow as pa
import pytest
from columnar_files import ipc, parquet, put
from support import sound, write_pictures
from token_files import write_tokens

import datastd
from datastd.certificate import Certificate, verify
from datastd.certificate.statement import Terms, issue
from datastd.pipeline import judge

TEXTS = [{"text": f"A text of number {n}, which says {n * n} and no more."} for n in range(40)]


def jsonl(folder):
    folder.mkdir()
    (folder / "train.jsonl").write_text("".join(json.dumps(one) + "\n" for one in TEXTS))


def csv(folder):
    folder.mkdir()
    rows = "".join(f"{n},{n * 1.5},{n % 2}\n" for n in range(60))
    (folder / "train.csv").write_text(f"id,size,label\n{rows}")


def text(folder):
    folder.mkdir()
    (folder / "train.txt").write_text("\n".join(one["text"] for one in TEXTS))


SOUND = {
    "idx": (sound, "idx-images/1"),
    "idx, packed": (lambda folder: sound(folder, gz=True), "idx-images/1"),
    "image-folder": (lambda folder: write_pictures(folder, splits=("train", "test")), "image-classification/1"),
    "jsonl": (jsonl, "raw-text/1"),
    "parquet": (lambda folder: put(folder, "train.parquet", parquet(pa.Table.from_pylist(TEXTS))), "raw-text/1"),
    "arrow": (lambda folder: put(folder, "train.arrow", ipc(pa.Table.from_pylist(TEXTS))), "raw-text/1"),
    "text": (text, "raw-text/1"),
    "csv": (csv, "table/1"),
    **{form: (lambda folder, form=form: write_tokens(folder, form), "token-shards/1")
       for form in ("nanogpt", "llmc", "megatron")},
}  # fmt: skip


@pytest.fixture(params=SOUND)
def case(request, tmp_path):
    write, standard = SOUND[request.param]
    data = tmp_path / "data"
    write(data)
    report, listed = judge(data, standard)
    assert report.passed, str(report)
    Certificate.of(issue(report, listed, "data", Terms(90))).save(tmp_path / "c.json")
    return tmp_path, standard


def test_sound_data_open_where_they_are_put_and_are_read(case):
    place, standard = case
    assert verify(place / "data", place / "c.json", standard=standard)
    shutil.copytree(place / "data", place / "elsewhere")
    with datastd.open(place / "elsewhere", certificate=place / "c.json", standard=standard) as data:
        for split, count in data.splits.items():
            shards = data.shards(split)
            assert sum(shard.stop - shard.start for shard in shards) >= count
            source = data._source
            path, row = source.place(next(batch.keys[0] for shard in shards for batch in source.read(shard)))
            assert len(data.take(path, np.array([row])).keys) == 1
        data.compare()


def test_one_byte_more_and_they_do_not(case):
    place, standard = case
    first = min(path for path in (place / "data").rglob("*") if path.is_file())
    with first.open("ab") as file:
        file.write(b" ")
    with pytest.raises(datastd.NotCertified, match="N403"):
        verify(place / "data", place / "c.json", standard=standard)
