"""Signs in answers, found in blocks: what Python and the expression find in each."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from datastd.measures.responses import refusal
from datastd.measures.responses.signs import signs
from datastd.measures.text import utf8

WORDS = (
    "```", "`", "``", "Instruction:", "nstruction:", "n:", ":", "I cannot", "i CANNOT", "as an AI model",
    "a\u017f an ai language model", "I'm sorry, but", "I’m \u017forry, but", " ", "x" * 20, "é", "日本", "\n", "as a", "I c",
)  # fmt: skip
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), max_size=40).map("".join), max_size=5)


@settings(max_examples=300)
@given(texts=TEXTS)
def test_what_is_found_is_there(texts):
    series = pl.Series(texts, dtype=pl.String)
    found = signs(utf8(series))
    assert found.points.tolist() == [len(text) for text in texts]
    assert found.fences.tolist() == ["```" in text for text in texts]
    assert found.instructs.tolist() == ["Instruction:" in text for text in texts]
    refuses = series.str.slice(0, 200).str.contains(refusal._SAYS).to_list()
    assert all(may or not does for may, does in zip(found.refuses.tolist(), refuses, strict=True))


def test_wherever_it_stands():
    texts = [" " * n + sign for n in range(140) for sign in ("```", "Instruction:", "I cannot", "as an AI model")]
    found = signs(utf8(pl.Series(texts)))
    assert found.fences.tolist() == [True, False, False, False] * 140
    assert found.instructs.tolist() == [False, True, False, False] * 140
    assert found.refuses.tolist() == [False, False, True, True] * 140


def test_what_hardly_anything_says_is_not_looked_at_again():
    found = signs(utf8(pl.Series(["a plain answer, in which nobody refuses anything " * 9] * 3)))
    assert not found.refuses.any()


def test_what_stands_in_two_texts_is_in_neither():
    found = signs(utf8(pl.Series(["``", "`", "Instructio", "n:"])))
    assert not (found.fences | found.instructs).any()
