"""Perplexity: as KenLM scores sentences, and CCNet documents."""

import math

import numpy as np
import polars as pl
import pytest
from arpa_files import TOY, arpa
from hypothesis import given
from hypothesis import strategies as st

import datastd
from datastd import Standard
from datastd.measures import evaluate
from datastd.measures.text.perplexity import perplexity
from datastd.ngrams import Ngrams
from datastd.rules.text.perplexity_high import PerplexityHigh


def measured(path, texts, grams=TOY):
    path.write_bytes(arpa(grams))
    with Ngrams("ngrams", path) as known:
        return evaluate([perplexity], {"text": pl.Series(texts), "ngrams": known})["perplexity"]


@pytest.mark.parametrize(("text", "log", "scored"), [
    # <s> the, <s> the cat, behind "the cat" back off to cat sat, cat sat </s>
    ("the cat sat", -0.4 - 0.1 + (-0.35 - 0.5) - 0.05, 4),
    # <s> the; no "the <unk>": behind "<s> the" and "the" to <unk>; behind <unk> to </s>
    ("the dog", -0.4 + (-0.5 - 0.25 - 1.2) + (-0.1 - 0.9), 3),
    ("", -0.30103 - 0.9, 1),  # a sentence without words
    ("the cat sat\n", -1.4 - 1.20103, 5),
    (" the\u00a0cat \t sat ", -1.4, 4),  # white space as `str.split` has it
    # each line is a sentence; "the cat" ends behind "the cat" and cat, to </s>
    ("the cat sat\n\nthe cat", -1.4 - 1.20103 + (-0.4 - 0.1 + (-0.35 - 0.2 - 0.9)), 8),
    # an n-gram with <unk>: cat <unk>
    ("cat dog", (-0.30103 - 0.8) - 0.7 + (-0.1 - 0.9), 3),
])  # fmt: skip
def test_a_text_is_scored_as_by_hand(text, log, scored, tmp_path):
    assert measured(tmp_path / "a", [text])[0] == pytest.approx(10 ** (-log / scored), rel=1e-6)


def test_kenlm_says_the_same(tmp_path):
    # kenlm 0.3.0, `sum(model.score(line) for line in text.split("\n"))`, and words and one of each line
    said = {
        "the cat sat": (-1.399999976158142, 4), "the dog": (-3.3500001430511475, 3), "": (-1.2010300159454346, 1),
        "the cat sat\n\nthe cat": (-4.5510300397872925, 8), "cat the cat dog sat": (-4.551029682159424, 6),
        "<s> the </s> dog <unk>": (-104.85103607177734, 6),
    }  # fmt: skip
    theirs = [10 ** (-log / scored) for log, scored in said.values()]
    np.testing.assert_allclose(measured(tmp_path / "a", [*said]), theirs, rtol=1e-5)  # it adds in single precision


def _score(grams, order, words):
    """What the definition says, from the longest n-gram on."""
    if words in grams:
        return grams[words][0]
    if len(words) == 1:
        return grams["<unk>",][0] if ("<unk>",) in grams else -100
    return grams.get(words[:-1], (0, 0))[1] + _score(grams, order, words[1:])


def _definition(grams, text):
    order, log, scored = max(map(len, grams)), 0.0, 0
    for line in text.split("\n"):
        seen = ["<s>"]
        for word in [*line.split(), "</s>"]:
            seen.append(word if (word,) in grams else "<unk>")
            log += _score(grams, order, tuple(seen[-order:]))
            scored += 1
    return 10 ** min(308, -log / scored)


LOGS = st.integers(-3000, 0).map(lambda n: n / 1000)
WORDS = ("a", "b", "é", "<unk>", "<s>", "</s>")


@st.composite
def models(draw):
    """N-grams of which all words but the last are one; what they end in need not be."""
    words = [word for word in WORDS if word != "<unk>" or draw(st.booleans())]
    grams, before = {}, [()]
    order = draw(st.integers(1, 5))
    for size in range(1, order + 1):
        found = [(*gram, word) for gram in before for word in words]
        if size > 1:
            found = draw(st.lists(st.sampled_from(found), min_size=1, max_size=12, unique=True))
        for gram in found:
            grams[gram] = draw(LOGS), draw(LOGS) if size < order else 0
        before = found
    return grams


@given(grams=models(), texts=st.lists(st.text(st.sampled_from([*"abéc  \n\t"]), max_size=30), min_size=1, max_size=5))
def test_any_text_is_scored_by_the_definition(grams, texts, tmp_path):
    expected = [_definition(grams, text) for text in texts]
    np.testing.assert_allclose(measured(tmp_path / "a", texts, grams), expected, rtol=1e-4)


def test_what_a_model_holds_impossible_has_a_number(tmp_path):
    grams = {gram: (-1e20, 0) if gram == ("</s>",) else logs for gram, logs in TOY.items()}
    assert measured(tmp_path / "a", ["dog"], grams)[0] == pytest.approx(1e308)


STANDARD = Standard(name="likely/1", about="Likely text.", formats=("jsonl",), measures=(perplexity,),
    rules=(PerplexityHigh(most=10.0),))  # fmt: skip


def test_a_check_asks_for_it_where_a_model_is_given_and_only_there(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/train.jsonl").write_text('{"text": "the cat sat"}\n{"text": "dog dog dog"}\n')
    (tmp_path / "toy.arpa").write_bytes(arpa())
    report = datastd.check(tmp_path / "data", STANDARD, inputs={"ngrams": tmp_path / "toy.arpa"})
    assert (report["Q380"].outcome, report["Q380"].failed, report["Q380"].checked) == ("warn", 1, 2)
    ((key, observed),) = report.failing("Q380").select("key", "observed").rows()
    assert key == "train.jsonl#1"
    assert observed == pytest.approx(10 ** ((0.30103 + 3 * 1.2 + 3 * 0.1 + 0.9) / 4), rel=1e-6)
    assert [(one.role, one.digest) for one in report.inputs] == [("ngrams", datastd.digest.of_bytes(arpa()))]
    without = datastd.check(tmp_path / "data", STANDARD)
    assert [(one.code, one.give) for one in without.not_asked] == [("Q380", "--input ngrams=PATH")]
    assert without.passed


def test_a_number_that_is_none_is_above_all():
    table = pl.DataFrame({"key": ["a#0", "a#1", "a#2"], "split": "train", "perplexity": [1500.0, math.nan, None]})
    assert PerplexityHigh().failing(table)["key"].to_list() == ["a#1", "a#2"]
