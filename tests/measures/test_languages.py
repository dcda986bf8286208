"""The language of texts, held against fastText itself."""

import hashlib
import json
import re

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from support import SHARED, needs_data

from datastd import Standard
from datastd.languages import _CALLED, FILE, LANGUAGES, LID_176, called
from datastd.measures import evaluate
from datastd.measures.text import languages, utf8
from datastd.measures.text.language_found import language_found
from datastd.measures.text.language_found_probability import language_found_probability
from datastd.measures.text.language_probability import language_probability
from datastd.model import Outcome
from datastd.rules import fold
from datastd.rules.text.language_id_low import LanguageIdLow
from datastd.rules.text.language_metadata_mismatch import LanguageMetadataMismatch

needs_model = pytest.mark.skipif(languages.place() is None, reason="needs the extra datastd[text]")
ENGLISH = "It was the best of times, it was the worst of times, it was the age of wisdom."
FRENCH = "Longtemps, je me suis couché de bonne heure. Parfois, à peine ma bougie éteinte, mes yeux se fermaient."
TEXTS = st.lists(st.text(max_size=60) | st.sampled_from([ENGLISH, FRENCH, "日本語の文", "", " \n\t", "a" * 500, "e\u0301 ", "\0x\v"]), max_size=4)


def found(texts, model=LID_176, language="en"):
    given_ = {"text": pl.Series("text", texts, pl.String), "language_model": model, "in_language": language}
    return pl.DataFrame(evaluate([language_probability, language_found, language_found_probability], given_))


@pytest.fixture(scope="module")
def fasttext():
    fasttext = pytest.importorskip("fasttext")
    return fasttext.load_model(str(languages.place()))


def said(model, text):
    """What fastText says of a text as one line."""
    ((probability, label),) = model.f.predict(re.sub("[\n\r\t\v\f\0]", " ", text) + "\n", 1, 0.0, "strict")
    return label.removeprefix("__label__"), probability


@needs_model
@given(texts=TEXTS)
def test_languages_are_those_of_fasttext(fasttext, texts):
    ours = found(texts)
    theirs = [said(fasttext, text) for text in texts]
    assert ours["language_found"].to_list() == [label for label, _ in theirs]
    np.testing.assert_allclose(ours["language_found_probability"], [p for _, p in theirs], atol=1e-5)


def row_of(model, part):
    """The vector of a run of characters; None for one that the model has not."""
    bucket = languages._hashed(np.frombuffer(part.encode(), np.uint8)) % languages._BUCKETS
    bits = int(model.runs[bucket // 64])
    below = bits & (1 << bucket % 64) - 1
    return int(model.firsts[bucket // 64]) + below.bit_count() if bits >> bucket % 64 & 1 else None


def vector(model, text):
    """Word by word, and of each the runs of characters from left to right."""
    starts = [0, *model.ends[:-1]]
    known = {bytes(model.letters[start:end]): n for n, (start, end) in enumerate(zip(starts, model.ends, strict=True))}
    rows = []
    for word in filter(None, re.split("[ \n\r\t\v\f\0]", text)):
        marked = f"<{word}>"
        rows.append(known.get(word.encode()))
        rows += [row_of(model, marked[at : at + n]) for at in range(len(marked)) for n in (2, 3, 4) if at + n <= len(marked)]
    rows = [row for row in rows if row is not None] + [0]
    total = np.zeros(16, np.float32)
    for row in rows:
        total += model.vectors[row]
    return total * np.float32(1 / len(rows))


WORDS = st.sampled_from([
    "the", "international", "a" * 15, "the\x1cof", "sixteen-letters.", "seventeen-letters", "internationally", "e\u0301", "naïveté",
    "文字化け", "не", "x" * 7, "eighteen", "nine-long",
])  # fmt: skip


@needs_model
@given(texts=st.lists(st.lists(WORDS | st.text(max_size=40), max_size=20).map(" ".join), max_size=3))
def test_vectors_are_sums_of_words_bit_for_bit(texts):
    model = languages.model(LID_176)
    ours = languages.of(*utf8(pl.Series("text", texts, pl.String)), LID_176)
    assert ours.tobytes() == b"".join(vector(model, text).tobytes() for text in texts)


@needs_model
def test_words_that_share_a_place_in_memory_are_told_apart():
    model = languages.model(LID_176)
    words = [f"{n:x}{'ing' * (n % 4)}" for n in range(2 * languages._MEMORY)]
    text = " ".join(words + words[::-1])
    assert languages.of(*utf8(pl.Series([text])), LID_176).tobytes() == vector(model, text).tobytes()


@needs_model
@given(texts=TEXTS)
def test_no_language_is_likelier_than_the_likeliest(texts):
    vectors = languages.of(*utf8(pl.Series("text", texts, pl.String)), LID_176)
    every = np.stack([languages.probability(vectors, LID_176, n) for n in range(len(LANGUAGES))], axis=1)
    number, best = languages.likely(vectors, LID_176).T
    assert np.array_equal(best, every.max(1))
    assert np.array_equal(best, every[np.arange(len(texts)), number.astype(int)])


@needs_model
@needs_data
@pytest.mark.parametrize("language", ["en", "zh"])
def test_paragraphs_are_in_their_language(fasttext, language):
    articles = json.loads((SHARED / f"squad/xquad/xquad.{language}.json").read_text())["data"]
    texts = [one["context"] for article in articles for one in article["paragraphs"]][:100]
    ours = found(texts, language=language)
    theirs = [said(fasttext, text) for text in texts]
    assert {*ours["language_found"]} == {language} == {label for label, _ in theirs}
    np.testing.assert_allclose(ours["language_probability"], [p for _, p in theirs], atol=1e-5)


@needs_model
def test_every_language_has_its_name_and_its_probability():
    content = languages.place().read_bytes()
    assert tuple(one.decode() for one in re.findall(rb"__label__([a-z]+)\0", content)) == LANGUAGES
    every = [found([ENGLISH], language=one)["language_probability"][0] for one in LANGUAGES]
    assert sum(every) == pytest.approx(1, abs=0.01)
    assert LANGUAGES[int(np.argmax(every))] == "en"


@needs_model
def test_marks_of_the_model_are_words_like_others():
    (likely,) = found([f"</s> __label__de {FRENCH}"])["language_found"]
    assert likely == "fr"


@pytest.mark.parametrize("content", [None, b"", b"another model"])
def test_no_model_or_another_one_leaves_the_verdict_unknown(tmp_path, monkeypatch, content):
    path = tmp_path / FILE
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setattr(languages, "place", lambda: path if content else None)
    languages.model.cache_clear()
    columns = found([ENGLISH, FRENCH])
    languages.model.cache_clear()
    assert columns.null_count().row(0) == (2, 2, 2)
    table = columns.with_columns(key=pl.Series(["a#0", "a#1"]), split=pl.lit("train"), language=pl.lit("en"))
    for rule in (LanguageIdLow(), LanguageMetadataMismatch()):
        verdict = rule.judge(fold(rule, [table]))
        assert verdict.outcome is Outcome.UNKNOWN
        assert "pip install 'datastd[text]'" in verdict.examples[0].detail


def test_no_other_model_is_read_whatever_a_standard_says(tmp_path, monkeypatch):
    path = tmp_path / FILE
    path.write_bytes(b"another model")
    monkeypatch.setattr(languages, "place", lambda: path)
    for sha256 in ("0" * 64, hashlib.sha256(b"another model").hexdigest()):
        assert found([ENGLISH], model=sha256).null_count().row(0) == (1, 1, 1)


def test_which_model_it_is_stands_in_the_digest_of_a_standard():
    measures = language_probability, language_found, language_found_probability
    one, other = (
        Standard(name="mine/1", about="Mine.", formats=("jsonl",), measures=measures, rules=(LanguageIdLow(language_model=model),))
        for model in (LID_176, "0" * 64)
    )
    assert one.told == {"language_model": LID_176, "in_language": "en"}
    assert one.digest != other.digest


def test_one_sample_without_a_language_is_enough_to_leave_the_verdict_unknown():
    table = pl.DataFrame({"key": ["a#0", "a#1"], "split": "train", "language_probability": [0.9, None]})
    assert LanguageIdLow().judge(fold(LanguageIdLow(), [table])).outcome is Outcome.UNKNOWN


def test_records_that_state_no_language_contradict_nothing():
    table = pl.DataFrame({"key": ["a#0", "a#1"], "split": "train", "language": [None, "fr"],
                          "language_found": ["en", "fr"], "language_found_probability": [1.0, 1.0]})  # fmt: skip
    measured = fold(LanguageMetadataMismatch(), [table])
    assert (measured.checked, measured.failed) == (2, 0)


def test_a_language_that_the_model_does_not_know_is_refused():
    with pytest.raises(ValidationError, match="expected a language that the model knows"):
        LanguageIdLow(in_language="english")


@pytest.mark.parametrize(("tag", "expected"), [
    ("en", "en"), ("EN-us", "en"), ("en_US", "en"), ("eng_Latn", "en"), ("deu", "de"), ("ger", "de"), ("cmn-Hans", "zh"), ("iw", "he"),
    ("nb", "no"), ("ceb", "ceb"), ("English", "english"), ("", ""), (None, None), (" fr ", "fr"),
])  # fmt: skip
def test_a_language_has_one_name(tag, expected):
    assert pl.select(called(pl.lit(tag, pl.String))).item() == expected


def test_names_that_others_use_are_of_languages_that_there_are():
    assert {*_CALLED.values()} <= {*LANGUAGES}
    assert not {*_CALLED} & {*LANGUAGES}
