"""Models of n-grams: what is no such file is refused in words, and nothing asks for memory."""

import gzip
import tracemalloc

import numpy as np
import pytest
from arpa_files import TOY, arpa
from hypothesis import given
from hypothesis import strategies as st

import datastd
from datastd import ngrams
from datastd.errors import DataChanged, UsageError
from datastd.inputs import Given
from datastd.ngrams import Ngrams

WHOLE = arpa()


def read(path, content=WHOLE):
    path.write_bytes(content)
    with Ngrams("ngrams", path) as found:
        return found.model


def test_n_grams_have_their_numbers_and_logarithms(tmp_path):
    model = read(tmp_path / "a.arpa")
    assert (model.order, len(model.edges) - 1, len(model.keys)) == (3, 6, 7)
    assert [model.unknown, model.start, model.end] == [0, 1, 2]
    np.testing.assert_array_equal(model.logs, np.float32([log for log, _ in TOY.values()]))
    np.testing.assert_array_equal(model.backs, np.float32([back for _, back in TOY.values()]))


@pytest.mark.parametrize("change", [
    gzip.compress,
    lambda content: content.replace(b"\n", b"\r\n"),
    lambda content: content.replace(b"\t", b" "),
    lambda content: content.replace(b"-0.3\t", b"-3.0e-1\t").replace(b"-99", b"-9.9E+1"),
    lambda content: content.replace(b"\n\n", b"\n\n\n").rstrip(),
    lambda content: content.replace(b"-0.9\t</s>", b"-0.90000000000000000000000000\t</s>\t-0.0"),
])  # fmt: skip
def test_a_model_may_be_written_otherwise(change, tmp_path):
    first, second = read(tmp_path / "a"), read(tmp_path / "b", change(WHOLE))
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_word_that_is_not_known_has_a_probability_even_where_nothing_says_it(tmp_path):
    model = read(tmp_path / "a", arpa({gram: logs for gram, logs in TOY.items() if "<unk>" not in gram}))
    assert (model.unknown, model.logs[model.unknown], model.backs[model.unknown]) == (5, -100, 0)
    assert len(model.edges) == 7
    assert read(tmp_path / "b", WHOLE.replace(b"<unk>", b"<UNK>")).unknown == 0


def test_a_model_is_read_in_pieces_however_they_fall(tmp_path, monkeypatch):
    whole = read(tmp_path / "a")
    for size in (1, 7, 64):
        monkeypatch.setattr(ngrams, "_PIECE", size)
        for one, other in zip(whole, read(tmp_path / "b"), strict=True):
            np.testing.assert_array_equal(one, other)


def _with(old, new):
    assert old in WHOLE
    return WHOLE.replace(old, new, 1)


@pytest.mark.parametrize(("content", "said"), [
    (b"", r"expected \\data\\, found the end of the file"),
    (b"PAR1" * 9, r"line 1: expected \\data\\, found another line"),
    (b"\xff\n" * 9, r"line 1: expected \\data\\"),
    (b"mmap lm http://kheafield.com/code format version 5\n\0", r"line 1: expected \\data\\"),
    (b"x" * 200_000, "expected lines of at most 65536 bytes, found a longer one"),
    (gzip.compress(b"x" * 50_000_000), "expected lines of at most 65536 bytes"),
    (gzip.compress(WHOLE)[:-12], "expected a gzip file that can be read, found "),
    (gzip.compress(WHOLE)[:60] + b"x" * 90, "expected a gzip file that can be read, found "),
    (_with(b"ngram 1=6\n", b""), "line 3: expected how many 1-grams there are, found another line"),
    (_with(b"ngram 3=2", b"ngram 4=2"), "line 5: expected how many 3-grams there are"),
    (_with(b"ngram 3=2\n", b""), "line 15: expected no back-off behind n-grams of the highest order"),
    (_with(b"\\1-grams:", b"\\2-grams:"), r"line 7: expected \\1-grams:"),
    (_with(b"ngram 1=6", b"ngram 1=1000000000"), "expected at most 67108864 n-grams, found 1000000007"),
    (_with(b"ngram 1=6", b"ngram 1=60000000"), "expected 60000000 1-grams, as it says, found 6"),
    (_with(b"ngram 2=5", b"ngram 2=6"), "expected 6 2-grams, as it says, found 5"),
    (_with(b"ngram 2=5", b"ngram 2=4"), r"line 20: expected \\3-grams:, found another line"),
    (_with(b"ngram 3=2", b"ngram 3=3"), "expected 3 3-grams, as it says, found 2"),
    (WHOLE[: WHOLE.index(b"\\3-")], r"expected \\3-grams:, found the end of the file"),
    (WHOLE[: WHOLE.index(b"-0.05\tcat sat </s>")], "expected 2 3-grams, as it says, found 1"),
    (WHOLE[: WHOLE.index(b"\\end")], r"expected \\end\\, found the end of the file"),
    (WHOLE + b"more\n", "line 27: expected the end of the file, found another line"),
    (_with(b"-0.6\tthe", b"0.6\tthe"), "line 11: expected the logarithm of a probability, found a number above 0"),
    (_with(b"-0.6\tthe", b"nan\tthe"), "line 11: expected finite numbers for logarithms, found another"),
    (_with(b"-0.6\tthe", b"-inf\tthe"), "line 11: expected finite numbers"),
    (_with(b"-0.6\tthe", b"-1e99\tthe"), "line 11: expected finite numbers"),
    (_with(b"-0.6\tthe", b"-0.6.1\tthe"), "line 11: expected finite numbers"),
    (_with(b"-0.6\tthe", b"--1\tthe"), "line 11: expected finite numbers"),
    (_with(b"-0.6\tthe", b"-1e\tthe"), "line 11: expected finite numbers"),
    (_with(b"-0.25", b"x"), "line 11: expected finite numbers"),
    (_with(b"-0.25", b"-0.25\tmore"), "line 11: expected a logarithm, words, and perhaps another logarithm"),
    (_with(b"-0.6\tthe\t-0.25", b"-0.6"), "line 11: expected a logarithm, words, and perhaps another logarithm"),
    (_with(b"the cat\t", b"the dog\t"), "line 17: expected words of the 1-grams, found another"),
    (_with(b"cat sat </s>", b"sat the </s>"), "line 24: expected an n-gram that goes on from a shorter one, found one that does not"),
    (_with(b"cat sat </s>", b"cat sat </s>\t-0.1"), "line 24: expected no back-off behind n-grams of the highest order, found one"),
    (_with(b"\tsat\t", b"\tcat\t"), r"1-grams: expected each once, found the 6\. of them"),
    (_with(b"sat </s>\n-0.7", b"cat sat\n-0.7"), r"2-grams: expected each once, found the 4\. of them"),
    (_with(b"-99\t<s>", b"-99\t<S>"), "expected <s> among the 1-grams, found none"),
    (WHOLE.replace(b"</s>", b"<e>"), "expected </s> among the 1-grams, found none"),
])  # fmt: skip
def test_what_is_no_such_model_is_refused_in_words(content, said, tmp_path):
    with pytest.raises(UsageError, match=said) as refused:
        read(tmp_path / "a.arpa", content)
    assert "--input ngrams=" in str(refused.value)


def test_other_things_than_files_are_refused(tmp_path):
    for place, found in ((tmp_path, "a folder"), (tmp_path / "none", "nothing")):
        with pytest.raises(UsageError, match=f"expected a file of n-grams in ARPA's format, found {found}"):
            Ngrams("ngrams", place)


def test_words_that_take_too_much_memory_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(ngrams, "_NAMES", 20)
    with pytest.raises(UsageError, match="expected words of at most 20 bytes, found 21"):
        read(tmp_path / "a")


def test_what_is_declared_and_not_there_takes_no_memory(tmp_path):
    read(tmp_path / "a")  # all is loaded
    tracemalloc.start()
    with pytest.raises(UsageError, match="as it says"):
        read(tmp_path / "a", _with(b"ngram 1=6", b"ngram 1=60000000"))
    assert tracemalloc.get_traced_memory()[1] < 20 << 20
    tracemalloc.stop()


@given(data=st.data())
def test_whatever_is_changed_in_a_file_it_is_read_or_refused(data, tmp_path):
    content = bytearray(WHOLE)
    for at in data.draw(st.lists(st.integers(0, len(WHOLE) - 1), min_size=1, max_size=4)):
        content[at] = data.draw(st.one_of(st.integers(0, 255), st.sampled_from(b"\n\t \\-.e0")))
    del content[data.draw(st.integers(len(WHOLE) // 2, len(WHOLE))) :]
    try:
        model = read(tmp_path / "a.arpa", bytes(content))
    except UsageError:
        return
    assert np.isfinite(model.logs).all()
    assert (model.logs <= 0).all()


def test_a_file_that_changes_is_noticed(tmp_path):
    (tmp_path / "a.arpa").write_bytes(WHOLE)
    with Ngrams("ngrams", tmp_path / "a.arpa") as known:
        assert known.digest == datastd.digest.of_bytes(WHOLE)
        (tmp_path / "a.arpa").write_bytes(WHOLE + b"\n")
        with pytest.raises(DataChanged, match="expected the file that was opened, found another"):
            known.compare()


def test_a_file_that_may_not_be_read_is_refused(tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(WHOLE)
    monkeypatch.setattr("pathlib.Path.open", lambda *_, **__: (_ for _ in ()).throw(PermissionError(13, "Permission denied")))
    with pytest.raises(UsageError, match="expected a file that can be read, found Permission denied"):
        Given("ngrams", tmp_path / "a")
