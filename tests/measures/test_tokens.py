"""One scan of token ids counts what a plain loop counts, and equal windows find each other."""

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from token_files import flat

from datastd.measures import evaluate, frame
from datastd.measures.tokens import ids as as_ids
from datastd.measures.tokens import scan
from datastd.measures.tokens.anchors import ANCHOR, WIDTH, anchors
from datastd.measures.tokens.control_count import control_count
from datastd.measures.tokens.id_counts import id_counts
from datastd.measures.tokens.windows import windows
from datastd.rules import fold
from datastd.rules.tokens.token_window_cross_split import TokenWindowCrossSplit
from datastd.schemas import token_shards
from datastd.sources import Ragged
from datastd.vocabulary import Vocabulary

SMALL = Vocabulary(size=300, eos=299, bos=0, unk=7, control=(5, 298))
WIDE = Vocabulary(size=128_256, eos=128_001, bos=128_000, control=(128_009,))
KINDS = ["u2", "u1", "i2", "u4", "u8", "i4", "i8"]
DOCS = st.lists(
    st.lists(st.one_of(st.sampled_from([0, 5, 7, 256, 298, 299, 300, 65_535]), st.integers(0, 310)), max_size=12),
    min_size=1, max_size=6,
)  # fmt: skip


def ragged(docs, kind="u2"):
    return Ragged(flat(docs, np.dtype(kind)), np.cumsum([0, *map(len, docs)]))


def swapped(value, kind):
    width = np.dtype(kind).itemsize
    return int.from_bytes((value % (1 << 8 * width)).to_bytes(width, "little"), "big")


@given(DOCS, st.sampled_from(KINDS), st.sampled_from([SMALL, WIDE]))
def test_the_scan_counts_what_a_loop_counts(docs, kind, vocabulary):
    tokens = ragged(docs, kind)
    found = scan(tokens, as_ids(tokens), vocabulary)
    docs = [tokens[np.array([n])].values.tolist() for n in range(len(docs))]  # as the type holds them
    size, marks = vocabulary.size, {vocabulary.eos, vocabulary.bos}
    for n, doc in enumerate(docs):
        outside = [v for v in doc if not 0 <= v < size]
        expected = {
            "highest": max(doc, default=-1), "first": doc[0] if doc else -1, "last": doc[-1] if doc else -1,
            "eos": doc.count(vocabulary.eos), "unk": doc.count(vocabulary.unk),
            "pairs": sum(a == b == vocabulary.eos for a, b in itertools.pairwise(doc)),
            "inner": sum(v in marks for v in doc[1:-1]), "outside": len(outside),
            "swapped": sum(swapped(v, kind) >= size for v in doc) if outside else 0,
            "zeros": max(doc[::2].count(0), doc[1::2].count(0)),
        }  # fmt: skip
        assert {name: getattr(found, name)[n] for name in expected} == expected
    inside = [v for doc in docs for v in doc if 0 <= v < size]
    assert found.counts.tolist() == np.bincount(np.array(inside, np.int64), minlength=size).tolist()
    controls = evaluate([control_count], {"tokens": tokens, "vocabulary": vocabulary})["control_count"]
    assert controls.tolist() == [sum(v in vocabulary.control for v in doc) for doc in docs]
    table = frame(evaluate([id_counts], {"tokens": tokens, "vocabulary": vocabulary})["id_counts"])
    assert dict(table.select("id", "count").rows()) == {v: inside.count(v) for v in inside}


def test_an_end_that_is_also_a_beginning_counts_once():
    both = Vocabulary(size=9, eos=8, bos=8)
    tokens = ragged([[8, 1, 8, 2, 8], [8], [8, 8]])
    found = scan(tokens, as_ids(tokens), both)
    assert (found.eos.tolist(), found.inner.tolist(), found.pairs.tolist()) == ([3, 1, 2], [1, 0, 0], [0, 0, 1])


def test_ids_beyond_63_bits_are_outside():
    tokens = Ragged(np.array([1, (1 << 64) - 1], np.uint64), np.array([0, 2]))
    assert scan(tokens, as_ids(tokens), SMALL).outside.tolist() == [1]


def test_a_measure_without_a_vocabulary_gives_no_column():
    found = evaluate(token_shards.standard.measures, {"tokens": ragged([[1, 2]])})
    assert {*found} == {"token_count", "token_bit", "windows"}


@given(DOCS, st.lists(st.integers(0, 200), max_size=4), st.sampled_from(["u2", "u4", "u8", "i4", "i8"]))
def test_windows_begin_at_every_64th_token_and_go_by_content(docs, more, kind):
    docs = [doc * 20 for doc in docs] + [[*range(n)] for n in more]
    tokens = ragged(docs, kind)
    table = frame(evaluate([windows], {"tokens": tokens})["windows"])
    expected = [(n, at) for n, doc in enumerate(docs) for at in range(0, len(doc) - 63, 64)]
    assert table.select("row", "at").rows() == expected
    contents = [tuple(flat(docs[n : n + 1], np.dtype(kind))[at : at + 64].tolist()) for n, at in expected]
    by = {}
    for content, window in zip(contents, table["window"], strict=True):
        assert by.setdefault(content, window) == window
    assert len({*by.values()}) == len(by)


def anchored(docs, splits, vocabulary=SMALL, kind="u2"):
    table = evaluate([anchors], {"tokens": ragged(docs, kind), "vocabulary": vocabulary})["anchors"]
    place = pl.DataFrame({"key": [f"f#{n}" for n in range(len(docs))], "split": splits, "origin": "data"})
    return place[table["row"]].hstack(table.drop("row"))


def shared(docs, splits):
    """Documents with 64 tokens in a row that another split has, by comparing all of them."""
    every = [{tuple(doc[n : n + WIDTH]) for n in range(len(doc) - WIDTH + 1)} for doc in docs]
    return [
        f"f#{n}" for n, one in enumerate(every)
        if any(one & other for m, other in enumerate(every) if splits[m] != splits[n])
    ]  # fmt: skip


PIECE = st.one_of(
    st.tuples(st.integers(0, 3), st.integers(0, 150), st.integers(1, 3)).map(
        lambda drawn: np.random.default_rng(drawn[0]).integers(0, drawn[2], drawn[1]).tolist()
    ),
    st.tuples(st.integers(0, 9), st.integers(0, 100)).map(lambda drawn: [*range(drawn[0], drawn[0] + drawn[1])]),
    st.tuples(st.integers(1, 3), st.integers(0, 60)).map(lambda drawn: [*range(drawn[0])] * drawn[1]),
)
TEXT = st.lists(PIECE, max_size=4).map(lambda pieces: sum(pieces, []))  # noqa: RUF017


@given(st.lists(TEXT, min_size=2, max_size=4), st.lists(st.integers(0, 500), max_size=4))
def test_text_of_two_splits_is_found_wherever_it_begins_and_no_other(docs, cuts):
    splits = [("train", "val")[n % 2] for n in range(len(docs))]
    table = anchored(docs, splits)
    rule = TokenWindowCrossSplit()
    failing = rule.failing(table)
    assert sorted({*failing["key"]}) == shared(docs, splits)
    assert fold(rule, [table]).failed == failing.height
    by = [table.filter(pl.col("anchor") % 3 == n) for n in range(3)]
    assert fold(rule, by) == fold(rule, [table])


@pytest.mark.parametrize("tokens", [63, 64, 65, 127])
@pytest.mark.parametrize("at", [0, 1, 31, 40])
def test_64_tokens_are_found_and_63_are_not(tokens, at):
    random = np.random.default_rng(tokens * at)
    one, other = random.integers(0, 290, (2, 300))
    other[at : at + tokens] = one[150 : 150 + tokens]
    found = TokenWindowCrossSplit().failing(anchored([one.tolist(), other.tolist()], ["train", "val"]))
    assert sorted({*found["key"]}) == (["f#0", "f#1"] if tokens >= 64 else [])


def test_anchors_are_few_and_a_run_of_one_token_has_one_inside():
    text = np.random.default_rng(0).integers(0, 290, 10_000).tolist()
    assert 0.05 < anchored([text], ["a"]).height / 10_000 < 0.07
    assert anchored([[3] * 10_000], ["a"]).height <= 2 * ANCHOR + 3
    assert anchored([[*range(10)] * 1000], ["a"]).height <= 20
    assert anchored([[3] * 63, []], ["a", "b"]).height == 0


@given(st.lists(TEXT, min_size=1, max_size=4), st.sampled_from(["u2", "u4", "u8", "i4", "i8"]))
def test_anchors_do_not_depend_on_the_type(docs, kind):
    splits = ["a"] * len(docs)
    assert anchored(docs, splits, kind=kind).equals(anchored(docs, splits))
    wide = anchored(docs, splits, WIDE)
    assert wide.schema["around"] == pl.Array(pl.UInt32, 64)
    assert wide.cast({"around": pl.Array(pl.UInt16, 64)}).equals(anchored(docs, splits))


def test_a_vocabulary_names_ids_that_it_has():
    for wrong in (
        {"size": 9, "eos": 9}, {"size": 9, "eos": 1, "bos": 9}, {"size": 9, "eos": 1, "unk": 9},
        {"size": 9, "eos": 1, "control": (9,)}, {"size": 9, "eos": 1, "control": (1,)}, {"size": 0, "eos": 0},
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"expected|greater"):
            Vocabulary(**wrong)
