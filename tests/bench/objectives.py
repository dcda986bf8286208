"""
What the loop costs each objective, against the same steps by hand on tensors in memory.

    python tests/bench/objectives.py [NAME]...

By hand is plain torch: batches made beforehand, zero_grad, the loss, backward, step.  Ours reads, decodes
and tokenises as it goes, in threads; and makes no checkpoint.  Both sides in one run, alternating, by the clock, and
by what the thread that trains took of its core: that says something of a machine with other work, too.
Models are small, so that the loop is seen at all.
"""

import copy
import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from gate import ROOT, say
from PIL import Image
from torch import nn

sys.path.insert(0, str(ROOT / "examples"))

import towns

from datastd.loading import Feed
from datastd.train import (
    Answering,
    Causal,
    Classification,
    Detection,
    Instruction,
    Masked,
    Preference,
    Segmentation,
    pretrain,
)  # fmt: skip

RUNS, EPOCHS = 3, 3
"""Rounds, and epochs of each: about a hundred steps, so that what a run costs once is little."""

towns.SPLITS.update(train=[*range(100, 580)], test=[*range(580, 596)])


def bert(task, kind):
    import transformers

    config = transformers.BertConfig(
        vocab_size=len(task.known), hidden_size=256, num_hidden_layers=3, num_attention_heads=4,
        intermediate_size=1024, max_position_embeddings=128, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
    )  # fmt: skip
    return getattr(transformers, kind)(config)


def gpt(task):
    import transformers

    return transformers.GPT2LMHeadModel(transformers.GPT2Config(
        vocab_size=len(task.known), n_positions=128, n_embd=256, n_layer=3, n_head=4, bos_token_id=None,
        eos_token_id=None, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0,
    ))  # fmt: skip


def pictures(place):
    """MNIST-like digits in files of IDX, as its own bench has them, smaller."""
    from datastd.sources.idx.header import encode

    random = np.random.default_rng(0)
    labels = (np.arange(60_000) % 10).astype(np.uint8)
    images = random.integers(0, 256, (60_000, 28, 28), dtype=np.uint8)
    place.mkdir()
    for split, some in (("train", slice(0, 55_000)), ("t10k", slice(55_000, 60_000))):
        for what, array in (("images", images), ("labels", labels)):
            name, content = encode(array[some], f"{split}-{what}")
            (place / name).write_bytes(content)
    return place


def classification(place):
    data = towns.certified(pictures(place / "data"), "idx-images/1")
    net = nn.Sequential(nn.Conv2d(1, 16, 3, 2), nn.ReLU(), nn.Conv2d(16, 32, 3, 2), nn.ReLU(), nn.Flatten(), nn.Linear(1152, 10))
    return data, Classification(), net, 64


def causal(place):
    task = Causal(tokenizer=towns.byte_pairs(place / "tokenizer"), length=64)
    return towns.certified(towns.texts(place / "data"), "raw-text/1", "text:blocks"), task, gpt(task), 16


def masked(place):
    task = Masked(tokenizer=towns.pieces(place / "tokenizer"), length=64)
    return towns.certified(towns.texts(place / "data"), "raw-text/1", "text:blocks"), task, bert(task, "BertForMaskedLM"), 16


def answering(place):
    task = Answering(tokenizer=towns.pieces(place / "tokenizer"), length=64, stride=16)
    return towns.certified(towns.questions(place / "data"), "squad-1.1/1"), task, bert(task, "BertForQuestionAnswering"), 16


def instruction(place):
    task = Instruction(tokenizer=towns.byte_pairs(place / "tokenizer"), length=64)
    return towns.certified(towns.dialogues(place / "data"), "chat/1"), task, gpt(task), 16


def preference(place):
    lines = {
        split: "".join(json.dumps({
            "prompt": f"Which town is number {n}?", "chosen": f"It is {towns.told(n)[1]}.",
            "rejected": f"It is {towns.told(n + 1)[1]}.",
        }) + "\n" for n in some)
        for split, some in towns.SPLITS.items()
    }  # fmt: skip
    (place / "data").mkdir()
    for split, text in lines.items():
        (place / "data" / f"{split}.jsonl").write_text(text)
    task = Preference(tokenizer=towns.byte_pairs(place / "tokenizer"), length=64)
    return towns.certified(place / "data", "preference/1"), task, gpt(task), 16


def segmentation(place):
    random = np.random.default_rng(0)
    for number in range(640):
        pixels = random.integers(90, 166, (48, 64, 3), dtype=np.uint8)
        mask = np.zeros((48, 64), np.uint8)
        y, x, kind = (int(random.integers(4, n)) for n in (30, 40, 6))
        mask[y : y + 12, x : x + 16] = 1 + kind % 2
        pixels[mask == 1], pixels[mask == 2] = 230, 20
        for what, array in (("images", pixels), ("masks", mask)):
            where = place / "data" / what / ("val" if number % 64 == 0 else "train")
            where.mkdir(parents=True, exist_ok=True)
            Image.fromarray(array).save(where / f"{number:04}.png")
    layers = [nn.Conv2d(3, 64, 3, padding=1), nn.ReLU(), nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.Conv2d(64, 3, 1)]
    data = towns.certified(place / "data", "semantic-segmentation/1")
    return data, Segmentation(size=(48, 64)), nn.Sequential(*layers), 16


def detection(place):
    from torchvision.models.detection import fasterrcnn_mobilenet_v3_large_320_fpn

    drawn = (ROOT / "examples" / "detection.py").read_text().partition("\nwith tempfile")[0]
    names = {}
    exec(compile(drawn, "detection.py", "exec"), names)  # what draws the example's pictures
    names["draw"](place / "data", "train2017", range(1, 97))
    names["draw"](place / "data", "val2017", range(97, 101))
    net = fasterrcnn_mobilenet_v3_large_320_fpn(
        weights=None, weights_backbone=None, num_classes=3, min_size=64, max_size=80
    )
    return towns.certified(place / "data", "coco-instances/1"), Detection(), net, 8


def by_hand(model, epochs, tests, task):
    """The steps, and scores after each epoch; and nothing else."""
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001, fused=True)
    for batches in epochs:
        model.train()
        for batch, weight in batches:
            optimizer.zero_grad()
            (task.loss(model, batch) / weight).backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            states = [task.judge(model, batch) for batch, _ in tests]
        if states:
            task.scores(sum(states[1:], states[0]))


def batches_of(data, task, split, order, size):
    """The very batches that the loop takes, made beforehand."""
    feed = Feed(data, split)
    parts = feed.parts(order, size, columns=task.columns(feed))
    steps = [step for read in parts for step in task.steps(read(), order, size)]
    return [(batch, task.weight(batch)) for step in steps for batch in step]


def clocks():
    """Seconds that went by, and those that this thread computed."""
    return np.array([time.perf_counter(), time.thread_time()])


def measure(name, make):
    torch.set_num_threads(1)  # for both sides
    with tempfile.TemporaryDirectory() as folder:
        data, task, model, size = make(Path(folder))
        with data:
            task.begin(model, data, Feed(data, "train"))
            tests = batches_of(data, task, "test", None, size) if "test" in data.splits else []
            epochs = [batches_of(data, task, "train", (0, n), size) for n in range(1, EPOCHS + 1)]
            took = {"ours": [], "plain": []}
            for run in range(RUNS + 1):
                for side, seconds in took.items():
                    net = copy.deepcopy(model)
                    begun = clocks()
                    if side == "ours":
                        pretrain(lambda net=net: net, data, task, epochs=EPOCHS, batch=size, threads=1,
                                 learning_rate=0.001, device="cpu")  # fmt: skip
                    else:
                        by_hand(net, epochs, tests, task)
                    if run:
                        seconds.append(clocks() - begun)
    ours, plain = (np.median(seconds, axis=0).tolist() for seconds in took.values())
    say(f"{name}: loop / by hand", target=1.05, ratio=ours[0] / plain[0], ours=ours[0], plain=plain[0],
        of_core=ours[1] / plain[1], steps=sum(map(len, epochs)))  # fmt: skip


EVERY = {
    one.__name__: one
    for one in (classification, segmentation, detection, causal, masked, answering, instruction, preference)
}

if __name__ == "__main__":
    for name in sys.argv[1:] or EVERY:
        measure(name, EVERY[name])
