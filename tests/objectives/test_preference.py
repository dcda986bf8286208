"""Preference: DPO's loss, which begins at the logarithm of two."""

import math
import shutil

import numpy as np
import pytest
from chat_files import alpaca_pair, many, openai_pair, preference_of_messages, write
from language_cases import byte_pairs, close, gpt, learned
from support import SHARED, needs_data

torch = pytest.importorskip("torch")

import datastd
from datastd.errors import UsageError
from datastd.loading import Feed
from datastd.objectives.known import Preference
from datastd.train import preview

IGNORED = -100


class Given:
    first = type("First", (), {"columns": {"chosen": None}})


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return byte_pairs(tmp_path_factory.mktemp("pairs"))


def turn(role, text):
    return {"role": role, "content": text}


def pair(chosen, rejected, *before):
    asked = [turn(("user", "assistant")[n % 2], text) for n, text in enumerate(before or ("Who?",))]
    return {"key": "k", "messages": asked, "chosen": [turn("assistant", chosen)], "rejected": [turn("assistant", rejected)]}


def whole(one):
    """The same pair, whose sides are whole conversations."""
    return {"key": "k"} | {side: [*one["messages"], *one[side]] for side in ("chosen", "rejected")}


PAIRS = [pair("The king.", "Nobody goes there."), pair("b", "c", "a", "x", "Where is it?"), pair("One, two", "Two", "How many?")]


def begun(path, model=None, length=128, **more):
    task, model = Preference(tokenizer=path, length=length, **more), model or gpt()
    task.begin(model, Given, Given)
    return task, model


def batch_of(task, *pairs):
    return task.collate([task.item(one, None) for one in pairs])


@pytest.mark.parametrize("one", PAIRS)
def test_the_last_answers_are_told_apart_and_what_was_said_before_is_not_learned(one, path):
    task = Preference(tokenizer=path)
    item = task.item(one, None)
    for side in ("chosen", "rejected"):
        labels = item[f"{side}_labels"]
        assert task.known.decode(labels[labels != IGNORED]) == one[side][0]["content"] + "<|im_end|>\n"
    again = task.item(whole(one), None)
    assert all((item[name] == again[name]).all() for name in item)


def test_it_begins_at_the_logarithm_of_two(path):
    task, model = begun(path)
    batch = batch_of(task, *PAIRS)
    assert task.weight(batch) == 3
    assert task.loss(model, batch).item() == pytest.approx(3 * math.log(2), abs=1e-6)
    alone = batch_of(task, PAIRS[0])
    assert task.loss(model, alone).item() == torch.tensor(2.0).log().item()
    assert task.scores(task.judge(model, batch)) == {"loss": pytest.approx(math.log(2)), "accuracy": 0.0, "margin": 0.0}


def likelihood(model, item, side):
    """The logarithm of the likelihood of a side's answer, token by token."""
    ids, labels = (torch.from_numpy(item[f"{side}_{name}"]) for name in ("input_ids", "labels"))
    scores = model(ids[None]).logits[0].log_softmax(-1)
    return sum(scores[n, label].item() for n, label in enumerate(labels.tolist()) if label != IGNORED)


def test_the_loss_is_the_papers(path):
    task, policy = begun(path, beta=0.3)
    reference = gpt()
    with torch.no_grad():
        for one in policy.parameters():
            one += 0.05 * torch.randn(one.shape, generator=torch.Generator().manual_seed(1))
    items = [task.item(one, None) for one in PAIRS]
    margins = [0.3 * sum(sign * (likelihood(policy, item, side) - likelihood(reference, item, side))
                         for side, sign in (("chosen", 1), ("rejected", -1))) for item in items]  # fmt: skip
    losses = [math.log(1 + math.exp(-one)) for one in margins]
    assert max(map(abs, margins)) > 0.01
    batch = task.collate(items)
    assert close(task.loss(policy, batch).item(), sum(losses), 1e-4)
    some = [task.collate([one]) for one in items]
    assert close(sum(task.loss(policy, one).item() for one in some), task.loss(policy, batch).item(), 1e-4)
    scores = task.scores(sum(task.judge(policy, one) for one in some))
    assert close(scores["margin"], np.mean(margins), 1e-3)
    assert close(scores["loss"], np.mean(losses), 1e-4)
    assert scores["accuracy"] == np.mean([one > 0 for one in margins])


def test_a_pair_without_one_of_its_answers_weighs_nothing(path):
    task, model = begun(path, length=24)
    cut = pair("b", "c", "why " * 40)
    batch = batch_of(task, PAIRS[0], cut)
    assert (task.weight(batch), task.weight(batch_of(task, cut))) == (1, 0)
    assert task.loss(model, batch).item() == pytest.approx(math.log(2), abs=1e-6)
    assert math.isnan(task.scores(task.judge(model, batch_of(task, cut)))["loss"])


def test_the_reference_stays_and_a_few_steps_lower_the_loss(path):
    task, model = begun(path)
    kept = [one.clone() for one in task._reference.parameters()]
    before, after = learned(task, model, [batch_of(task, *PAIRS)], 6)
    assert after < before / 2
    assert task.scores(task.judge(model, batch_of(task, *PAIRS)))["accuracy"] == 1.0
    assert all((a == b).all() and not b.requires_grad for a, b in zip(kept, task._reference.parameters(), strict=True))
    assert all(one.requires_grad for one in model.parameters())


def test_an_answer_alone_is_no_pair(path):
    with pytest.raises(UsageError, match="k: expected a chosen and a rejected answer"):
        Preference(tokenizer=path).item({"key": "k", "messages": [turn("user", "a"), turn("assistant", "b")]}, None)


@pytest.mark.parametrize("make", [preference_of_messages, alpaca_pair, openai_pair])
def test_what_is_made_of_each_form_passes_a_preview(make, path, tmp_path):
    write(tmp_path / "chat", many(make))
    datastd.certify(tmp_path / "chat", "preference/1", out=tmp_path / "c.json")
    with datastd.open(tmp_path / "chat", certificate=tmp_path / "c.json") as data:
        task, model = begun(path, gpt(400, 256), 256)
        task.refuse_unfit(data, Feed(data, "train"))
        report = preview(data, task.pipeline(model, 4))
        assert report.passed, str(report)
        assert {"Q897", "C890", "F894", "C891"} <= {one.code for one in report.verdicts}


@needs_data
def test_real_pairs_pass_a_preview(tmp_path):
    (tmp_path / "raw").mkdir()
    shutil.copy(SHARED / "llamafactory/data/dpo_en_demo.json", tmp_path / "raw")
    datastd.clean(tmp_path / "raw", tmp_path / "pairs", "preference/1", format="chat")
    datastd.certify(tmp_path / "pairs", "preference/1", out=tmp_path / "c.json")
    text = (tmp_path / "raw/dpo_en_demo.json").read_text()
    with datastd.open(tmp_path / "pairs", certificate=tmp_path / "c.json") as data:
        task, model = begun(byte_pairs(tmp_path / "t", text[:200_000], 1000), gpt(1000, 16384), 16384)
        (split,) = data.splits
        task.refuse_unfit(data, Feed(data, split))
        report = preview(data, task.pipeline(model, 8), 60)
        assert report.passed, str(report)
