"""Masked language modelling: what is hidden, how often, and never what is special."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from language_cases import WORDS, bert, close, drawn, learned, pieces
from sights import found
from support import SHARED, needs_data

torch = pytest.importorskip("torch")

import datastd
from datastd.errors import UsageError
from datastd.loading import Feed
from datastd.objectives.known import Masked
from datastd.sight.raw import Raw
from datastd.train import pretrain, preview

PAD, UNK, CLS, SEP, MASK = range(5)
IGNORED = -100


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return pieces(tmp_path_factory.mktemp("pieces"))


def items(task, text, random=None):
    return task.item({"key": "k", "text": text}, random)


def before(item):
    """The ids of a window as they were."""
    return np.where(item["labels"] == IGNORED, item["input_ids"], item["labels"])


def test_many_samples_are_made_as_each_is_alone(path):
    task, texts = Masked(tokenizer=path, length=16), ("a b c", WORDS, "a")
    many = task.items([{"key": "k", "text": text} for text in texts], map(drawn, range(3)))
    for number, (some, text) in enumerate(zip(many, texts, strict=True)):
        alone = items(task, text, drawn(number))
        assert all((one["input_ids"] == other["input_ids"]).all() for one, other in zip(some, alone, strict=True))


@given(st.text(min_size=1, max_size=200), st.integers(8, 40), st.integers(0, 99))
def test_nothing_but_tokens_of_the_text_is_hidden(path, text, length, seed):
    task = Masked(tokenizer=path, length=length)
    for item in items(task, text, drawn(seed)):
        ids, chosen = before(item), item["labels"] != IGNORED
        assert len(ids) <= length
        assert (ids[0], ids[-1]) == (CLS, SEP)
        assert not chosen[[0, -1]].any()
        assert not (ids[chosen] < 5).any()
        there = int((ids > MASK).sum())
        assert chosen.sum() == min(there, max(1, round(0.15 * there)))
        assert not (item["input_ids"][chosen] < MASK).any()


@given(st.integers(0, 99))
def test_windows_are_the_document(path, seed):
    task = Masked(tokenizer=path, length=24)
    whole = task.known(WORDS, add_special_tokens=False)["input_ids"]
    some = items(task, WORDS, drawn(seed))
    assert np.concatenate([before(one)[1:-1] for one in some]).tolist() == whole


def test_of_ten_eight_are_hidden_one_is_another_and_one_stays(path):
    task = Masked(tokenizer=path, length=128)
    seen, labels = (np.concatenate([one[name] for n in range(60) for one in items(task, WORDS * 4, drawn(n))])
                    for name in ("input_ids", "labels"))  # fmt: skip
    chosen = labels != IGNORED
    hidden, stays = (seen[chosen] == MASK).mean(), (seen[chosen] == labels[chosen]).mean()
    assert chosen.sum() > 2000
    assert abs(hidden - 0.8) < 0.03
    assert abs(stays - 0.1) < 0.03
    assert (seen[chosen] > MASK).sum() > len({*seen[chosen]}) > 100  # any other token


def test_for_scores_the_same_is_hidden_each_time_and_another_of_another_text(path):
    task = Masked(tokenizer=path, length=64)
    one, again, other = (items(task, text) for text in (WORDS, WORDS, f"But {WORDS}"))
    for a, b in zip(one, again, strict=True):
        assert all((a[name] == b[name]).all() for name in a)
    assert [*one[0]["labels"]] != [*other[0]["labels"]]
    drawn_ones = [items(task, WORDS, drawn(n))[0]["labels"].tolist() for n in (1, 1, 2)]
    assert drawn_ones[0] == drawn_ones[1] != drawn_ones[2]


def test_the_loss_is_that_of_transformers(path):
    task, model = Masked(tokenizer=path, length=32), bert("MaskedLM").eval()
    batch = task.collate(items(task, WORDS, drawn()))
    assert (batch["attention_mask"] == 0).any()  # the last window is shorter
    theirs = model(**batch).loss.item()
    assert close(task.loss(model, batch).item(), theirs * task.weight(batch))
    assert close(task.scores(task.judge(model, batch))["loss"], theirs)


def test_parts_of_a_batch_add_up_to_it(path):
    task, model = Masked(tokenizer=path, length=32), bert("MaskedLM").eval()
    every = items(task, WORDS, drawn()) + items(task, WORDS[:40], drawn(1))
    whole, some = task.collate(every), [task.collate([one]) for one in every]
    assert sum(map(task.weight, some)) == task.weight(whole)
    assert close(sum(task.loss(model, one).item() for one in some), task.loss(model, whole).item())
    assert close(sum(task.judge(model, one) for one in some).tolist(), task.judge(model, whole).tolist())


def test_a_few_steps_lower_the_loss(path):
    task = Masked(tokenizer=path, length=64)
    before_, after = learned(task, bert("MaskedLM"), [task.collate(items(task, WORDS, drawn()))], rate=1e-2)
    assert after < before_ - 0.5


def test_what_is_made_of_texts_passes_a_preview(path):
    task = Masked(tokenizer=path, length=32)
    raws = [Raw(f"t#{n}", "train", {"text": WORDS[n : 9 * n + 5]}) for n in range(30)]
    assert found(task.pipeline(bert("MaskedLM"), 4), raws) == set()
    too_few = task.pipeline(bert("MaskedLM", size=50), 4)
    assert found(too_few, raws) == {"F894"}


def test_a_tokenizer_of_special_tokens_alone_is_refused_before_the_first_step(tmp_path):
    task = Masked(tokenizer=pieces(tmp_path / "tokenizer", text=""), length=16)
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "train.txt").write_text(WORDS)
    datastd.certify(tmp_path / "texts", "raw-text/1", format="text:blocks", out=tmp_path / "c.json")
    says = "^tokenizer: expected tokens that are not special, to hide some, found special ones alone; take"
    with datastd.open(tmp_path / "texts", certificate=tmp_path / "c.json") as data, pytest.raises(UsageError, match=says):
        pretrain(lambda: bert("MaskedLM"), data, task, epochs=1)


@needs_data
def test_real_texts_pass_a_preview(tmp_path):
    text = (SHARED / "wikitext2/wikitext-2/valid.txt").read_text()
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "train.txt").write_text(text)
    datastd.certify(folder, "raw-text/1", format="text:blocks", out=tmp_path / "c.json")
    with datastd.open(folder, certificate=tmp_path / "c.json") as data:
        task, model = Masked(tokenizer=pieces(tmp_path / "t", text[:200_000], 1000), length=128), bert("MaskedLM", size=1000)
        task.refuse_unfit(data, Feed(data, "train"))
        task.begin(model, data, Feed(data, "train"))
        report = preview(data, task.pipeline(model, 8), 200)
        assert report.passed, str(report)
