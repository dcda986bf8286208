"""What stands beside pictures comes with them, whoever reads them and in whatever pieces."""

import numpy as np
import pandera.polars as pa
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from outside.dotted import Dotted, beyond_edge
from support import picture

import datastd
from datastd import Standard, limit
from datastd.disk import Tree
from datastd.sources import Batch, Shard
from datastd.sources.pictures import Beside

DOTS = {"a": [1, 9], "b": [], "c": [0, 2, 3], "d": ["x", 1], "e": [8]}


class Dots(pa.DataFrameModel):
    beyond_edge: int = limit(eq=0)


STANDARD = Standard(
    name="dots/1", about="Dots.", formats=("dotted",), measures=(beyond_edge,), annotations=Dots,
)  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    for number, (name, dots) in enumerate(DOTS.items()):
        picture(number, size=(6, 8 + number)).save(tmp_path / f"{name}.png")
        (tmp_path / f"{name}.dots").write_text("\n".join(map(str, dots)))
    return tmp_path


def of(batch):
    """The dots of each picture of a batch, by its key."""
    rows = batch.annotations
    assert batch.columns["stated_dots"].tolist() == [rows.filter(pl.col("row") == n).height for n in range(len(batch))]
    assert [one.item() for one in batch.columns["names"]] == batch.keys.to_list()
    return {key: rows.filter(pl.col("row") == n).get_column("x").to_list() for n, key in enumerate(batch.keys)}


def test_each_picture_comes_with_its_own(folder):
    with Dotted(Tree(folder)) as source:
        (shard,) = source.plan().shards
        sound = {f"{name}.png": dots for name, dots in DOTS.items() if name != "d"}
        for reads in (source.read(shard), source.read(Shard("data", "data", 0, 5)), source.portion("data", range(5)).read()):
            *lost, batch = reads
            assert [(one.code, one.key) for one in lost] == [("F990", "d.png")]
            assert of(batch) == sound
        assert of(source.take("data", np.array([4, 0, 2]))) == {"e.png": [8], "a.png": [1, 9], "c.png": [0, 2, 3]}
        *lost, batch = source.portion("data", [3, 2]).read()
        assert [one.key for one in lost] == ["d.png"]
        assert of(batch) == {"c.png": [0, 2, 3]}


def test_measures_of_annotations_see_the_pixels_of_their_picture(folder):
    report = datastd.check(folder, STANDARD, format="outside.dotted")
    assert [(one.key, one.observed) for one in report["Q990"].examples] == [("a.png@1", 2.0)]
    assert report["Q990"].checked == 6
    assert report["F990"].failed == 1


@given(st.lists(st.integers(0, 3), max_size=12), st.data())
def test_rows_of_what_stands_beside_are_those_asked_for_in_that_order(counts, data):
    rows = data.draw(st.lists(st.integers(0, len(counts) - 1), max_size=12) if counts else st.just([]))
    row = np.repeat(np.arange(len(counts)), counts)
    frame = pl.DataFrame({"row": pl.Series(row, dtype=pl.Int64), "annotation": [str(n) for n in range(len(row))]})
    some = Beside({"count": np.array(counts, np.int64), "list": counts}, frame).rows(rows)
    expected = [(new, name) for new, old in enumerate(rows) for r, name in frame.rows() if r == old]
    assert some.annotations.rows() == expected
    assert some.columns["count"].tolist() == some.columns["list"] == [counts[one] for one in rows]
    assert not Beside({}, None).rows(rows).annotations
    assert len(Batch(pl.Series("key", [], pl.String), {})) == 0
