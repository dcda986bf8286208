"""Certified records are read as they were judged: by the names that the standard's record has."""

import csv
import json

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from columnar_files import ipc, parquet, put

import datastd
from datastd.certificate import verify
from datastd.errors import UsageError
from datastd.pipeline import opened

STANDARD = """
from pydantic import Field
from datastd import Document, Standard
from datastd.rules.text.doc_exact_duplicate import DocExactDuplicate
class Row(Document):
    text: str = Field(alias="content")
    year: int = Field(alias="when")
mine = Standard(name="mine/1", about="Texts under another name.", formats=("jsonl", "csv", "parquet", "arrow"),
    records=Row, rules=(DocExactDuplicate(),))
"""
ROWS = [{"when": 1900 + n, "text": "always the same", "content": f"a text of {n}"} for n in range(40)]


def _csv(folder):
    folder.mkdir()
    with (folder / "train.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ROWS[0])
        writer.writeheader()
        writer.writerows(ROWS)


def _jsonl(folder):
    folder.mkdir()
    (folder / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))


WRITERS = {
    "csv": _csv,
    "jsonl": _jsonl,
    "parquet": lambda folder: put(folder, "train.parquet", parquet(pa.Table.from_pylist(ROWS))),
    "arrow": lambda folder: put(folder, "train.arrow", ipc(pa.Table.from_pylist(ROWS))),
}


@pytest.fixture(params=WRITERS)
def place(request, tmp_path):
    """A folder with ``data`` whose text has another name, the standard, and their certificate."""
    WRITERS[request.param](tmp_path / "data")
    (tmp_path / "mine.py").write_text(STANDARD)
    datastd.certify(tmp_path / "data", tmp_path / "mine.py", out=tmp_path / "c.json")
    return tmp_path


def _digest(place):
    stated = datastd.certificate.Certificate.load(place / "c.json")
    return stated.statement.predicate.policy.digest.sha256


def test_what_is_taken_is_what_was_judged(place):
    with opened(place / "data", str(place / "mine.py")) as case:
        judged = pl.concat(
            pl.DataFrame({"key": batch.keys, "digest": batch.digests(), "text": batch.columns["text"]})
            for shard in case.plan.shards for batch in case.source.read(shard)
        )
    options = {"standard": place / "mine.py", "standard_digest": _digest(place)}
    with datastd.open(place / "data", certificate=place / "c.json", **options) as data:
        (shard,) = data.shards("train")
        batch = data.take(shard.path, np.arange(shard.start, shard.stop))
    assert batch.columns["text"].to_list() == [row["content"] for row in ROWS]
    assert batch.columns["year"].to_list() == [row["when"] for row in ROWS]
    taken = pl.DataFrame({"key": batch.keys, "digest": batch.digests(), "text": batch.columns["text"]})
    assert taken.equals(judged)


def test_records_are_not_read_without_the_standard_that_names_their_columns(place):
    digest = _digest(place)
    with pytest.raises(UsageError, match="its record says which columns were judged"):
        datastd.open(place / "data", certificate=place / "c.json", standard_digest=digest)
    assert verify(place / "data", place / "c.json", standard_digest=digest)


def test_a_shipped_standard_need_not_be_named(tmp_path):
    _jsonl(tmp_path / "data")
    lines = (tmp_path / "data/train.jsonl").read_text().replace('"text"', '"other"').replace('"content"', '"text"')
    (tmp_path / "data/train.jsonl").write_text(lines)
    datastd.certify(tmp_path / "data", "raw-text/1", out=tmp_path / "c.json")
    with datastd.open(tmp_path / "data", certificate=tmp_path / "c.json") as data:
        assert data.take("train.jsonl", np.array([7])).columns["text"].to_list() == [ROWS[7]["content"]]
