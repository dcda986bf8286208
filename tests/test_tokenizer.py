"""The input `tokenizer`: what it has to be, and what is refused."""

import os
import sys

import numpy as np
import pytest
from tokenizer_files import NFC, of_bytes, of_words, written

import datastd
from datastd import tokenizer
from datastd.errors import NotInstalled, UsageError
from datastd.pipeline import digest_of_input
from datastd.tokenizer import Tokenizer, chosen


@pytest.fixture
def opened(tmp_path):
    pytest.importorskip("tokenizers", reason="the package tokenizers is of the extra `text`")
    return lambda known: Tokenizer("tokenizer", written(tmp_path / "t.json", known))


@pytest.mark.parametrize("text", ["", "the cat", " \n\té e\u0301 \U0001f600 \ufffd", "a\0b", "x" * 5000])
def test_a_text_comes_back_from_bytes(text, opened):
    with opened(of_bytes()) as known:
        assert known.again(text) == text
    with opened(of_bytes(**NFC)) as known:
        assert known.again("e\u0301") == "\u00e9"


def test_nothing_is_cut_to_a_models_length_and_nothing_is_padded(opened):
    more = {"truncation": {"direction": "Right", "max_length": 4, "strategy": "LongestFirst", "stride": 0},
            "padding": {"strategy": {"Fixed": 64}, "direction": "Right", "pad_to_multiple_of": None,
                        "pad_id": 0, "pad_type_id": 0, "pad_token": "!"}}  # fmt: skip
    with opened(of_bytes(**more)) as known:
        assert known.again("longer than that") == "longer than that"


def test_ids_are_those_of_the_vocabulary_and_what_was_added(opened):
    added = {"id": 257, "content": "<|end|>", "special": True, "single_word": False, "lstrip": False,
             "rstrip": False, "normalized": False}  # fmt: skip
    with opened(of_bytes(added_tokens=[added])) as known:
        assert known.has(np.array([0, 256, 257, 258, -1, 1 << 40])).tolist() == [1, 1, 1, 0, 0, 0]
        assert known.text(np.array([97, 257, 98], np.uint16)) == "a<|end|>b"
        assert known.again("a<|end|>b") == "a<|end|>b"


def test_a_word_without_an_id_is_no_error(opened):
    with opened(of_words(9)) as known:
        assert known.again("w1 w2") == "w1 w2"
        assert known.again("w1 other") is None


class PanicException(BaseException):
    """As Rust's, which derives from no exception."""


@pytest.mark.parametrize("raised", [PanicException, ValueError])
@pytest.mark.parametrize("does", ["encode", "decode"])
def test_a_panic_of_the_package_is_no_text_and_ends_nothing(does, raised, opened, monkeypatch):
    class Broken:
        def __getattr__(self, name):
            if name == does:
                raise raised("index out of bounds")
            return lambda *_, **__: (known_ids if name == "encode" else "text")

    known_ids = type("Ids", (), {"ids": [97]})()
    with opened(of_bytes()) as known:
        monkeypatch.setattr(known, "_known", Broken())
        assert known.again("a text") is None
        assert (known.text(np.array([97])) is None) == (does == "decode")


@pytest.mark.parametrize("does", ["encode", "decode"])
def test_who_stops_it_is_heard(does, opened, monkeypatch):
    class Stopped:
        def __getattr__(self, name):
            raise KeyboardInterrupt

    with opened(of_bytes()) as known:
        monkeypatch.setattr(known, "_known", Stopped())
        with pytest.raises(KeyboardInterrupt):
            known.again("a text") if does == "encode" else known.text(np.array([97]))


def test_a_folder_stands_for_the_file_in_it(opened, tmp_path):
    (tmp_path / "gpt").mkdir()
    path = written(tmp_path / "gpt" / "tokenizer.json", of_bytes())
    with Tokenizer("tokenizer", tmp_path / "gpt") as known:
        assert known.path == path
    assert digest_of_input("tokenizer", tmp_path / "gpt") == datastd.digest.of_bytes(path.read_bytes())


@pytest.mark.parametrize("content", [
    b"", b"{", b"[]", b"{}", b"\xff{}", b"[" * 100_000, b'{"version":"1.0","model":{"type":"Other"}}',
    b'{"version":"1.0","model":{"type":"BPE","vocab":{"a":0},"merges":[["a","b"]]}}', b"hello", b"\0" * 99,
])  # fmt: skip
def test_what_is_no_tokenizer_is_refused_in_words(content, opened, tmp_path):
    (tmp_path / "t.json").write_bytes(content)
    with pytest.raises(UsageError, match=r"--input tokenizer=.*t\.json: expected a tokenizer\.json, or a folder"):
        Tokenizer("tokenizer", tmp_path / "t.json")


def test_a_file_that_is_cut_or_too_large_or_not_there_is_refused(opened, tmp_path, monkeypatch):
    path = written(tmp_path / "t.json", of_bytes())
    whole = path.read_bytes()
    path.write_bytes(whole[:-30])
    with pytest.raises(UsageError, match=r"expected a tokenizer\.json"):
        Tokenizer("tokenizer", path)
    path.write_bytes(whole)
    monkeypatch.setattr(tokenizer, "MOST", len(whole) - 1)
    with pytest.raises(UsageError, match=f"expected at most {len(whole) - 1} bytes, found more"):
        Tokenizer("tokenizer", path)
    for place in (tmp_path, tmp_path / "none"):
        with pytest.raises(UsageError, match="or a folder that has one, found nothing"):
            Tokenizer("tokenizer", place)


def test_without_the_package_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(NotInstalled, match=r"expected the package tokenizers, found none; pip install 'datastd\[text\]'"):
        Tokenizer("tokenizer", written(tmp_path / "t.json", of_bytes()))


def test_no_thread_is_started_that_a_fork_would_lose(opened, monkeypatch):
    monkeypatch.delenv("TOKENIZERS_PARALLELISM", raising=False)
    with opened(of_bytes()):
        assert os.environ["TOKENIZERS_PARALLELISM"] == "false"


def test_some_samples_are_chosen_by_what_they_hold(monkeypatch):
    monkeypatch.setattr(tokenizer, "SAMPLES", 4)
    random = np.random.default_rng(0)
    samples = [random.integers(0, 256, n % 50 + 1).astype(np.uint8) for n in range(200)]
    offsets = np.cumsum([0, *map(len, samples)])
    rows, hashes = chosen(np.concatenate(samples), offsets)
    assert len(rows) == 4
    assert (np.diff(rows) > 0).all()
    order = random.permutation(200)
    moved = np.cumsum([0, *(len(samples[n]) for n in order)])
    again, others = chosen(np.concatenate([samples[n] for n in order]), moved)
    assert {*order[again].tolist()} == {*rows.tolist()}
    assert {*others.tolist()} == {*hashes.tolist()}
    few, _ = chosen(np.concatenate(samples[:3]), offsets[:4])
    assert few.tolist() == [0, 1, 2]
    assert not len(chosen(np.zeros(0, np.uint8), np.zeros(1, np.int64))[0])
