"""The bytes of texts: the same wherever they lie, and not copied where they follow each other."""

from itertools import pairwise

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from datastd.measures.text import utf8
from datastd.sources.encoding import as_strings

SAID = st.lists(st.one_of(st.none(), st.text(max_size=30), st.sampled_from(["x" * 12, "y" * 13])), max_size=12)


def laid(texts):
    """Texts one after the other in one buffer, as sources make them."""
    content = [(one or "").encode() for one in texts]
    offsets = np.cumsum([0, *map(len, content)], dtype=np.int64)
    there = np.array([one is not None for one in texts], np.bool_)
    return as_strings(np.frombuffer(b"".join(content), np.uint8), offsets, there)


def read(series):
    content, offsets = utf8(series)
    whole = content.tobytes()
    assert len(whole) == offsets[-1] - offsets[0] or not offsets[0]
    return [whole[a:b].decode() for a, b in pairwise(offsets.tolist())]


@given(texts=SAID, other=SAID)
def test_of_any_series(texts, other):
    one = laid(texts)
    for series in (
        one, one[1:4], one.reverse(), one.gather([*range(0, len(one), 2)]), pl.concat([one, laid(other)]),
        pl.concat([one, one]), one.set(one.str.len_bytes() % 2 == 0, None), one.fill_null("none"),
        pl.Series(texts, dtype=pl.String),
    ):  # fmt: skip
        assert read(series) == [text or "" for text in series]


def test_what_follows_each_other_is_not_copied():
    content = b"a text that is long, " * 9
    buffer = np.frombuffer(content, np.uint8)
    series = as_strings(buffer, np.array([0, 42, 48, 48, 189]))
    found = utf8(pl.DataFrame({"text": series}).get_column("text"))
    assert found.content.ctypes.data == buffer.ctypes.data
    assert found.offsets.tolist() == [0, 42, 48, 48, 189]


def test_a_short_text_that_says_something_else_is_not_taken_for_what_lies_there():
    series = pl.Series(["a text that is long", "short", "another that is long"])
    swapped = series.to_frame("text").with_columns(
        text=pl.when(pl.col("text") == "short").then(pl.lit("other")).otherwise("text")
    )
    assert read(swapped.get_column("text")) == ["a text that is long", "other", "another that is long"]
