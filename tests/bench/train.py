"""
What training through the gate costs, against the loops that people write.

    python tests/bench/train.py [loop] [seeds] [sight]

`loop`: the trainer's loop against the same steps written by hand in plain torch.
`seeds`: examples/mnist.toml, `open` included, against the source document's loop, in time
and in accuracy over five seeds.  `sight`: the preview before the first step of it, as a share of
the whole.  Both sides in one run, alternating; needs ../shared.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from gate import COMMAND, ROOT, RUNS, SEED_LOOP, SHARED, say

OURS = """
import json, sys, time
from datastd.train import Recipe, run
recipe = Recipe.read(sys.argv[1], [f"data={sys.argv[2]}", f"certificate={sys.argv[3]}",
                                   f"seed={sys.argv[4]}", f"out={sys.argv[5]}"])
begun = time.perf_counter()
result = run(recipe, say=lambda _: None)
print(json.dumps({"seconds": time.perf_counter() - begun,
                  "accuracy": result.epochs[-1].test_accuracy}))
"""

LOOPS = """
import json, sys, time
import numpy as np, torch
from torch import nn
import datastd
from datastd.train import pretrain
from datastd.networks import mlp
torch.set_num_threads(1)
build = lambda: mlp(784, (128, 64), 10)
with datastd.open(sys.argv[1], certificate=sys.argv[2]) as data:
    take = lambda split, n: [data.take(s.path, np.arange(n)) for s in data.shards(split)[:1]][0]
    def tensors(split, n):
        batch = take(split, n)
        return torch.from_numpy(batch.columns["image"]).view(n, 1, 28, 28), torch.from_numpy(batch.columns["label"])
    images, labels = tensors("train", 60_000)
    test_images, test_labels = tensors("test", 10_000)
    def normalised(x):
        return x.float().mul_(1 / 127.5).add_(-1)
    def by_hand():
        model = build()
        optimizer = torch.optim.Adam(model.parameters(), lr=0.003, fused=True)
        for epoch in range(5):
            total = torch.zeros(())
            model.train()
            order = torch.from_numpy(np.random.default_rng([0, epoch]).permutation(60_000))
            for rows in order.split(64):
                optimizer.zero_grad()
                loss = nn.functional.nll_loss(model(normalised(images[rows])), labels[rows])
                loss.backward()
                optimizer.step()
                total += loss.detach() * len(rows)
            model.eval()
            with torch.no_grad():
                right = sum(int((model(normalised(x)).argmax(1) == y).sum())
                            for x, y in zip(test_images.split(1024), test_labels.split(1024)))
    ours, plain = [], []
    by_hand()
    for _ in range(5):
        begun = time.perf_counter()
        pretrain(build, data, threads=1)
        ours.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        by_hand()
        plain.append(time.perf_counter() - begun)
print(json.dumps({"ours": ours, "plain": plain}))
"""


SIGHT = """
import json, sys, time
import datastd.train.recipe as module
from datastd.train import Recipe, run
recipe = Recipe.read(sys.argv[1], [f"data={sys.argv[2]}", f"certificate={sys.argv[3]}", f"out={sys.argv[4]}"])
whole, taken = module.preview, []
def timed(*given, **named):
    begun = time.process_time()
    report = whole(*given, **named)
    taken.append(time.process_time() - begun)
    return report
module.preview = timed
begun = time.process_time()
run(recipe, say=lambda _: None)
print(json.dumps({"whole": time.process_time() - begun, "preview": taken[0]}))
"""


def answer(*command):
    done = subprocess.run([*map(str, command)], check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def certificate(folder):
    path = Path(folder, "mnist.json")
    subprocess.run(
        [COMMAND, "certify", SHARED / "mnist", "--standard", "mnist/1", "--out", path],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return path


def loop():
    """The trainer's loop against the same steps by hand."""
    with tempfile.TemporaryDirectory() as scratch:
        found = answer(sys.executable, "-c", LOOPS, SHARED / "mnist", certificate(scratch))
    ours, plain = statistics.median(found["ours"]), statistics.median(found["plain"])
    say("trainer's loop / plain torch", target=1.05, ratio=ours / plain, ours=ours, plain=plain)


def seeds():
    """The whole recipe against the seed loop, five seeds each."""
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as scratch:
        known = certificate(scratch)
        for seed in range(RUNS):
            recipe = ROOT / "examples" / "mnist.toml"
            out = Path(scratch, str(seed))
            ours.append(answer(sys.executable, "-c", OURS, recipe, SHARED / "mnist", known, seed, out))
            peer = Path(scratch, "peer.py")
            text = SEED_LOOP.read_text()
            peer.write_text(text.replace("torch.manual_seed(0)", f"torch.manual_seed({seed})"))
            theirs.append(answer(sys.executable, peer, SHARED / "mnist"))
    fast, slow = (statistics.median(r["seconds"] for r in runs) for runs in (ours, theirs))
    say("seed loop / datastd train", target=4, ratio=slow / fast, ours=fast, theirs=slow)
    mine, peers = (statistics.mean(r["accuracy"] for r in runs) for runs in (ours, theirs))
    say("mean accuracy, seed loop less ours", target=0.003, difference=peers - mine, ours=mine, theirs=peers)


def sight():
    """What the preview takes of a recipe, in seconds of the processor."""
    recipe = ROOT / "examples" / "mnist.toml"
    with tempfile.TemporaryDirectory() as scratch:
        known, out = certificate(scratch), Path(scratch, "out")
        found = [answer(sys.executable, "-c", SIGHT, recipe, SHARED / "mnist", known, out) for _ in range(RUNS)]
    part, whole = (statistics.median(one[name] for one in found) for name in ("preview", "whole"))
    say("preview / datastd train", target=0.05, ratio=part / whole, preview=part, whole=whole)


PARTS = {part.__name__: part for part in (loop, seeds, sight)}

if __name__ == "__main__":
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()
