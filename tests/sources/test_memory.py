"""Data of a notebook: judged as they are, or refused with a reason."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import samples

from datastd.errors import UsageError
from datastd.sources.memory import BATCH, Memory

IMAGES, LABELS = samples(30)


def read_all(source):
    return [batch for shard in source.plan().shards for batch in source.read(shard)]


def test_a_pair_of_arrays_is_one_split():
    (batch,) = read_all(Memory((IMAGES, LABELS)))
    assert batch.keys.to_list()[:2] == ["data#0", "data#1"]
    np.testing.assert_array_equal(batch.columns["image"], IMAGES[..., None])
    np.testing.assert_array_equal(batch.columns["label"], LABELS)
    assert batch.columns["label"].dtype == np.int64


def test_a_mapping_names_the_splits():
    source = Memory({"train": (IMAGES, LABELS), "test": (IMAGES[:5], LABELS[:5])})
    assert [(s.split, s.start, s.stop) for s in source.plan().shards] == [("train", 0, 30), ("test", 0, 5)]
    assert source.plan().samples == 35


@given(st.integers(0, 3 * BATCH))
def test_every_row_is_read_once_whatever_the_number(count):
    table = pl.DataFrame({"n": np.arange(count)})
    found = [key for batch in read_all(Memory(table)) for key in batch.keys]
    assert found == [f"table#{n}" for n in range(count)]


@pytest.mark.parametrize("make", [
    lambda: pl.DataFrame({"a": [1, 2], "t": ["x", None]}),
    lambda: pl.DataFrame({"a": [1, 2], "t": ["x", None]}).to_arrow(),
    lambda: pytest.importorskip("pandas").DataFrame({"a": [1, 2], "t": ["x", None]}),
])  # fmt: skip
def test_tables_of_all_kinds_are_the_same_table(make):
    (batch,) = read_all(Memory(make()))
    assert batch.columns["a"].to_list() == [1, 2]
    assert batch.columns["t"].to_list() == ["x", None]
    assert len({*batch.digests()}) == 2


def test_a_pandas_table_may_hold_categories_and_refuses_objects():
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"c": pandas.Categorical(["a", "b", "a"])})
    assert read_all(Memory(table))[0].columns["c"].to_list() == ["a", "b", "a"]
    with pytest.raises(UsageError, match="Arrow"):
        Memory(pandas.DataFrame({"o": [object(), {1, 2}]}))


class Refusing:
    def __array__(self, *_, **__):
        raise RuntimeError("no array for you")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ((IMAGES, LABELS[:-1]), "integers of shape"),
        ((IMAGES, LABELS.astype(float)), "integers of shape"),
        ((IMAGES, LABELS.astype(str)), "integers of shape"),
        ((IMAGES, LABELS.astype(bool)), "integers of shape"),
        ((IMAGES, [None] * 30), "integers of shape"),
        ((IMAGES, LABELS[:, None]), "integers of shape"),
        ((IMAGES[:, 0, 0], LABELS), "numbers of shape"),
        ((IMAGES.astype(object), LABELS), "numbers of shape"),
        ((IMAGES.astype(complex), LABELS), "numbers of shape"),
        ((None, LABELS), "numbers of shape"),
        (([[1], [2, 3]], LABELS), "images, labels: expected arrays, found setting an array element"),
        ((Refusing(), LABELS), "images, labels: expected arrays, found no array for you"),
        ({1: (IMAGES, LABELS), "1": (IMAGES, LABELS)}, "the names of splits, in Unicode, found 1"),
        (pl.DataFrame({"label": ["a", "b"]}), "column label: expected whole numbers"),
        (pl.DataFrame({"label": [1.0]}), "column label: expected whole numbers"),
        (pl.DataFrame({"label": [[1]]}), "column label: expected whole numbers"),
        (pl.DataFrame({"label": pl.Series(["a"], dtype=pl.Categorical)}), "column label"),
        (pl.DataFrame({"split": [1]}), "column split: expected text, found Int64"),
        (pl.DataFrame({"key": [1]}), "column key: expected text, found Int64"),
        (pl.DataFrame({"digest": [b"x"]}), "column digest: expected another name"),
        (pl.DataFrame({"origin": ["x"]}), "column origin: expected another name"),
        (pl.DataFrame({"image": [[[1]]]}), r"column image: .*images go as \(images, labels\)"),
        (pl.DataFrame({"mean": [{"a": 1}]}), "column mean: expected numbers or text"),
        (pl.DataFrame({"image": [1]}), "column image: expected another name"),
        ((np.ones((3, 4, 4, 5)), [0] * 3), r"C from 1 to 4, found float64 of \(3, 4, 4, 5\)"),
        ((np.ones((3, 4, 4, 0)), [0] * 3), "images: expected numbers of shape"),
        ((np.ones((3, 0, 4)), [0] * 3), "images: expected numbers of shape"),
        ({"na\udcefve": (IMAGES, LABELS)}, "the names of splits, in Unicode"),
        ({}, "a split"),
        ({"train": IMAGES}, "other values by split"),
        ({"train": (IMAGES, LABELS, LABELS)}, "other values by split"),
        (pl.DataFrame(), "at least one column"),
        (pl.LazyFrame({"a": [1]}), "a LazyFrame"),
        (3, "a int"),
        ([IMAGES, LABELS], "a list"),
        ("x", "a str"),
    ],
)
def test_what_is_no_data_is_refused_with_a_reason(data, says):
    with pytest.raises(UsageError, match=says):
        Memory(data)


@pytest.mark.parametrize(
    ("given", "read"),
    [("<f2", "f4"), ("f4", "f4"), (">f4", "f4"), (">f8", "f8"), ("g", "f8"), (">i4", "i4"), (">u2", "u2"),
     ("u1", "u1"), ("i8", "i8")],
)  # fmt: skip
def test_numbers_are_read_in_the_order_and_the_widths_of_the_machine(given, read):
    (batch,) = read_all(Memory((IMAGES.astype(given), LABELS.astype(">i2"))))
    assert batch.columns["image"].dtype == np.dtype(read)
    np.testing.assert_array_equal(batch.columns["image"][..., 0], IMAGES.astype(read))
    np.testing.assert_array_equal(batch.columns["label"], LABELS)


def test_it_is_never_found_on_disk():
    assert not Memory.recognises(None)


def test_a_split_without_a_sample_is_refused():
    with pytest.raises(UsageError, match="split test: expected at least one sample, found none"):
        Memory({"train": (IMAGES, LABELS), "test": (IMAGES[:0], LABELS[:0])})


@pytest.mark.parametrize(("texts", "says"), [
    (["a", None], "expected a text in every row, found 1 row without one"), ([1, 2], "expected text, found Int64"),
])  # fmt: skip
def test_a_table_of_texts_has_one_in_every_row(texts, says):
    with pytest.raises(UsageError, match=f"column text: {says}"):
        Memory(pl.DataFrame({"text": texts}))
