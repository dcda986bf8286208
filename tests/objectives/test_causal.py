"""Causal language modelling: every token is a target once, and the loss is that of transformers."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from language_cases import WORDS, Bigrams, byte_pairs, close, gpt, learned
from sights import found
from support import SHARED, needs_data
from token_files import documents, write_tokens

torch = pytest.importorskip("torch")

import datastd
from datastd.errors import UsageError
from datastd.loading import Feed
from datastd.loading.texts import windows
from datastd.objectives.known import Causal
from datastd.sight.raw import Raw
from datastd.train import preview


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    return byte_pairs(tmp_path_factory.mktemp("pairs"))


@given(count=st.integers(0, 60), length=st.integers(1, 20))
def test_windows_lose_no_target_and_have_none_twice(count, length):
    ids = np.arange(100, 100 + count)
    some = [*windows(ids, length)]
    assert max(len(one["input_ids"]) for one in some) <= length
    told = [(int(a), int(b)) for one in some for a, b in zip(one["input_ids"], one["labels"], strict=True) if b != -100]
    assert told == [(n, n + 1) for n in range(100, 99 + count)]


@given(st.text(max_size=90), st.integers(8, 30))
def test_every_token_of_a_text_is_a_target_and_that_it_ends(pairs, text, length):
    task = Causal(tokenizer=pairs, length=length)
    some = task.item({"key": "k", "text": text}, None)
    labels = np.concatenate([one["labels"] for one in some])
    assert labels[-1] == task.known.eos_token_id
    assert task.known.decode(labels[:-1]) == text


def parts(task, texts):
    return [one for text in texts for one in task.item({"key": "k", "text": text}, None)]


def test_the_loss_is_that_of_transformers(pairs):
    task, model = Causal(tokenizer=pairs, length=128), gpt().eval()
    (item,) = task.item({"key": "k", "text": WORDS[:90]}, None)
    whole = torch.from_numpy(np.append(item["input_ids"], item["labels"][-1]))[None]
    theirs = model(whole, labels=whole).loss.item()
    batch = task.collate([item])
    assert close(task.loss(model, batch).item(), theirs * task.weight(batch))
    loss, tokens = task.judge(model, batch)
    assert tokens == len(item["labels"])
    scores = task.scores(np.array([loss, tokens]))
    assert close(scores["loss"], theirs)
    assert close(scores["perplexity"], math.exp(theirs), 1e-4)


@pytest.mark.parametrize("model", [gpt, lambda: Bigrams(400)])
def test_parts_of_a_batch_add_up_to_it(model, pairs):
    task, model = Causal(tokenizer=pairs, length=16), model().eval()
    items = parts(task, [WORDS[:150], WORDS[40:70], "", WORDS[100:130]])
    whole = task.collate(items)
    some = [task.collate(items[n : n + 2]) for n in range(0, len(items), 2)]
    assert sum(map(task.weight, some)) == task.weight(whole)
    assert close(sum(task.loss(model, one).item() for one in some), task.loss(model, whole).item())
    assert close(sum(task.judge(model, one) for one in some).tolist(), task.judge(model, whole).tolist())


def test_documents_can_be_joined_and_none_is_lost(pairs):
    texts = [WORDS[:50], "", WORDS[30:200], "x"]
    apart, joined = (Causal(tokenizer=pairs, length=16, join=join) for join in (False, True))
    items = parts(apart, texts)
    one, other = apart.collate(items), joined.collate(items)
    assert apart.weight(one) == joined.weight(other)
    assert len(other["labels"]) < len(one["labels"])
    for name in ("input_ids", "labels"):
        own = np.concatenate([item[name] for item in items])
        assert other[name].flatten()[: len(own)].tolist() == own.tolist()
        assert (other[name].flatten()[len(own) :] == (0 if name == "input_ids" else -100)).all()
    model = Bigrams(400)  # for which nothing but the last id matters
    assert close(apart.loss(model, one).item(), joined.loss(model, other).item())


@pytest.mark.parametrize(("model", "rate"), [(gpt, 1e-2), (lambda: Bigrams(400), 1e-1)])
def test_a_few_steps_lower_the_loss(model, rate, pairs):
    task, model = Causal(tokenizer=pairs, length=32), model()
    before, after = learned(task, model, [task.collate(parts(task, [WORDS]))], rate=rate)
    assert after < before - 0.5


def opened(folder, standard, **how):
    made = f"{folder}.json"
    datastd.certify(folder, standard, out=made, **how)
    return datastd.open(folder, certificate=made)


@pytest.mark.parametrize("form", ["nanogpt", "megatron"])
def test_files_of_ids_are_learned_from_and_too_few_rows_are_refused(form, tmp_path):
    docs = [one[one < 50_000] for one in documents(60, size=50_000)]
    highest = max(int(one.max()) for one in docs)
    docs = [np.append(one, 50_256) for one in docs]
    with opened(write_tokens(tmp_path / "tokens", form, train=docs), "token-shards/1") as data:
        task, feed = Causal(length=32), Feed(data, "train")
        task.refuse_unfit(data, feed)
        assert highest < 50_256
        with pytest.raises(UsageError, match="a row for each of 50257 ids, found 50256"):
            task.begin(gpt(50_256), data, feed)
        model = gpt(50_257)
        task.begin(model, data, feed)
        report = preview(data, task.pipeline(model, 4))
        assert report.passed, str(report)
        assert {"C890", "F894", "C889", "C891"} <= {one.code for one in report.verdicts}
        (step, *_) = [*feed.parts(None, 8)]
        batches = task.steps(step(), (0, 1), 4)
        targets = sum(task.weight(one) for some in batches for one in some)
        assert targets == sum(len(raw.values["tokens"]) - 1 for raw in step().raws)


def test_texts_need_a_tokenizer_and_pictures_are_none(tmp_path):
    (tmp_path / "texts").mkdir()
    for n in range(9):
        (tmp_path / "texts" / f"{n}.txt").write_text(f"{n}: {WORDS}")
    with opened(tmp_path / "texts", "raw-text/1", format="text") as data:
        feed = Feed(data, "data")
        Causal().refuse_unfit(data, feed)
        with pytest.raises(UsageError, match="tokenizer"):
            Causal().begin(gpt(), data, feed)


@pytest.mark.parametrize("join", [False, True])
def test_what_is_made_of_texts_passes_a_preview(join, pairs):
    task = Causal(tokenizer=pairs, length=32, join=join)
    raws = [Raw(f"t#{n}", "train", {"text": WORDS[n : 9 * n + 5]}) for n in range(30)]
    assert found(task.pipeline(gpt(), 4), raws) == set()


@needs_data
def test_real_texts_pass_a_preview(tmp_path):
    text = (SHARED / "wikitext2/wikitext-2/test.txt").read_text()
    path = byte_pairs(tmp_path / "tokenizer", text[:200_000], 1000)
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "train.txt").write_text(text)
    with opened(folder, "raw-text/1", format="text:blocks") as data:
        task = Causal(tokenizer=path, length=128)
        report = preview(data, task.pipeline(gpt(1000), 8), 200)
        assert report.passed, str(report)
