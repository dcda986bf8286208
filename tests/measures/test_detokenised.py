"""What comes back of texts, and of ids."""

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tokenizer_files import NFC, of_bytes, of_words, written

import datastd
from datastd import Standard
from datastd.measures import evaluate
from datastd.measures.text import detokenised as of_texts
from datastd.measures.tokens import detokenised_ids as of_ids
from datastd.rules.tokens.detokenise_roundtrip import DetokeniseRoundtrip
from datastd.sources import Ragged

pytest.importorskip("tokenizers", reason="the package tokenizers is of the extra `text`")

from datastd.tokenizer import SAMPLES, Tokenizer


@pytest.fixture
def opened(tmp_path):
    return lambda known: Tokenizer("tokenizer", written(tmp_path / "t.json", known))


def texts(known, *some):
    return evaluate([of_texts.detokenised], {"text": pl.Series(some, dtype=pl.String), "tokenizer": known})["detokenised"]


def ids(known, *some, kind=np.uint16):
    offsets = np.cumsum([0, *map(len, some)], dtype=np.int64)
    tokens = Ragged(np.concatenate([np.zeros(0, kind), *(np.asarray(one, kind) for one in some)]), offsets)
    return evaluate([of_ids.detokenised_ids], {"tokens": tokens, "tokenizer": known})["detokenised_ids"]


WHOLE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffd"), max_size=60)


@given(some=st.lists(WHOLE, max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_of_bytes_every_text_comes_back(some, opened):
    with opened(of_bytes()) as known:
        assert texts(known, *some).rows() == [(n, 0.0, "") for n in range(len(some))]
        assert ids(known, *([*one.encode()] for one in some))["lost"].to_list() == [0.0] * len(some)


def test_what_a_normaliser_changes_is_told_with_its_place(opened):
    with opened(of_bytes(**NFC)) as known:
        found = texts(known, "caf\u00e9", "cafe\u0301s", "abc")
    assert found.rows() == [(0, 0.0, ""), (1, 1.0, "another from character 3 on, U+00E9 for U+0065"), (2, 0.0, "")]
    with opened(of_words(3)) as known:
        assert texts(known, "w1  w2", "w3", "w1 ")["found"].to_list() == [
            "another from character 3 on, U+0077 for U+0020", "a text that the tokenizer makes no ids of",
            "another from character 2 on, none for U+0020",
        ]  # fmt: skip


def test_the_head_of_a_long_text_is_looked_at_and_no_character_is_cut(opened):
    with opened(of_bytes(**NFC)) as known:
        assert texts(known, "é" * 3000 + "e\u0301", "x" * 2047 + "é" * 9).get_column("lost").to_list() == [0, 0]
        assert texts(known, "x" * 2045 + "e\u0301").get_column("lost").to_list() == [1]


def test_so_many_samples_are_looked_at_and_the_same_every_time(opened):
    some = [f"text {n}" for n in range(500)]
    with opened(of_bytes()) as known:
        rows = texts(known, *some)["row"].to_list()
        assert rows == texts(known, *some)["row"].to_list() == sorted(rows)
        backwards = texts(known, *some[::-1])["row"].to_list()
        assert sorted(499 - n for n in backwards) == rows
        assert len(rows) == SAMPLES == len(ids(known, *([n % 250] * 3 for n in range(500))))
        assert not len(texts(known))
        assert not len(ids(known))


def test_a_cut_character_is_no_defect_and_one_that_is_none_is(opened):
    half = [*"\U0001f600".encode()]
    with opened(of_bytes()) as known:
        found = ids(known, half[1:] + [97] * 20 + half[:3], [97] * 9 + [255] + [97] * 90, [97] * 9 + half[1:] + [97])
    assert found["lost"].to_list() == [0, 0.01, pytest.approx(3 / 13)]
    assert found["found"][2] == "0.231 of it U+FFFD in ids 0 to 13"


@pytest.mark.parametrize("kind", [np.uint16, np.uint32, np.int32, np.int64])
def test_an_id_that_the_tokenizer_has_not_is_named(kind, opened):
    with opened(of_bytes()) as known:
        found = ids(known, [97, 98], [97, 256, 257, 300], kind=kind)
        if np.dtype(kind).kind == "i":
            assert ids(known, [-1], kind=kind)["found"][0].startswith("id -1 at 0")
    assert found.rows() == [
        (0, 0.0, "0 of it U+FFFD in ids 0 to 2"), (1, 1.0, "id 257 at 2, which the tokenizer has not"),
    ]  # fmt: skip


def test_a_window_lies_in_its_sample(opened):
    with opened(of_bytes()) as known:
        found = ids(known, *([n] * (512 + 3 * n) for n in range(1, 30)))
        assert ids(known, *([n] * (512 + 3 * n) for n in range(1, 30))).equals(found)
    starts = set()
    for row, said in found.select("row", "found").rows():
        start, stop = map(int, said.partition("in ids ")[2].split(" to "))
        assert 0 <= start <= 3 * (row + 1)
        assert stop == start + 512
        starts.add(start)
    assert len(starts) > 5


STANDARD = Standard(name="back/1", about="Text that comes back.", formats=("jsonl",), measures=(of_texts.detokenised,),
    rules=(DetokeniseRoundtrip(),))  # fmt: skip


def test_a_check_asks_for_it_where_a_tokenizer_is_given_and_only_there(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/train.jsonl").write_text('{"text": "abc"}\n{"text": "cafe\\u0301"}\n')
    path = written(tmp_path / "t.json", of_bytes(**NFC))
    for jobs in (1, 2):
        report = datastd.check(tmp_path / "data", STANDARD, inputs={"tokenizer": path}, jobs=jobs)
        assert (report["C411"].outcome, report["C411"].failed, report["C411"].checked) == ("warn", 1, 2)
        (one,) = report["C411"].examples
        assert (one.key, one.detail) == (
            "train.jsonl#1", "expected text back from its ids, found another from character 3 on, U+00E9 for U+0065"
        )  # fmt: skip
    assert [(one.role, one.digest) for one in report.inputs] == [("tokenizer", datastd.digest.of_bytes(path.read_bytes()))]
    without = datastd.check(tmp_path / "data", STANDARD)
    assert [(one.code, one.give) for one in without.not_asked] == [("C411", "--input tokenizer=PATH")]
    assert without.passed
