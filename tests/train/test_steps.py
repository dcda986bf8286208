"""Steps add up: over parts, over processes, over interruptions; and what is left is whole."""

import csv
import dataclasses
import errno
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from training import RECIPE

import datastd.disk
from datastd.errors import UsageError
from datastd.loading import Feed, Part, Share
from datastd.networks import mlp
from datastd.networks.weights import tensors_of
from datastd.objectives import Objective
from datastd.report.progress import Bar
from datastd.sight.raw import Raw
from datastd.sources import Batch, Shard, keys
from datastd.train import Classification, Settings, pretrain
from datastd.train.averages import Averages
from datastd.train.checkpoint import Checkpoint, Origin
from datastd.train.conditions import said_plainly
from datastd.train.steps import Run


def network():
    return mlp(64, (16,), 10)


class Dropping(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Flatten(), nn.Linear(64, 16), nn.Dropout(0.5), nn.Linear(16, 10))


def weights(model):
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


def same(one, other):
    return {*one} == {*other} and all(torch.equal(one[name], other[name]) for name in one)


def close(one, other, tolerance=1e-5):
    return all(torch.allclose(one[name], other[name], atol=tolerance, rtol=0) for name in one)


# Order and shares.


class Made:
    """Stands for certified data of some files, each sample of which is its own number."""

    def __init__(self, counts, *, seeks):
        self.seeks, self.counts = seeks, counts
        self.splits = {"train": sum(counts)}

    def shards(self, split):
        return tuple(Shard(f"{n}", split, 0, count) for n, count in enumerate(self.counts))

    def take(self, path, rows):
        return Batch(keys(path, rows), {"value": rows + 1000 * int(path)})

    encoded = take

    def read(self, shard):
        for start in range(shard.start, shard.stop, 3):
            yield self.take(shard.path, np.arange(start, min(start + 3, shard.stop)))


COUNTS = st.lists(st.integers(1, 9), min_size=1, max_size=5)


def fed(data, rank, size, batch, order=(0, 1), **more):
    feed = Feed(data, "train", share=Share(rank, size, buffer=more.pop("buffer", 4)))
    return [read() for read in feed.parts(order, batch, **more)]


@given(COUNTS, st.booleans(), st.integers(1, 5), st.integers(1, 12), st.booleans())
def test_no_sample_is_fed_twice_in_an_epoch_and_none_is_lost(counts, seeks, size, batch, mixed):
    data, batch = Made(counts, seeks=seeks), max(batch, size)
    order = (0, 1) if mixed else None
    ranks = [fed(data, rank, size, batch, order) for rank in range(size)]
    found = sorted(key for parts in ranks for part in parts for key in part.keys)
    assert found == sorted(f"{n}#{row}" for n, count in enumerate(counts) for row in range(count))
    steps = [[length for part in parts for length in part.lengths] for parts in ranks]
    assert len({len(some) for some in steps}) == 1, "each process takes as many steps"
    assert all(sum(some) <= batch for some in zip(*steps, strict=True))


@given(COUNTS, st.integers(2, 5), st.integers(1, 4))
def test_a_stream_has_a_sample_for_each_process_or_is_refused(counts, size, batch):
    """Else the shards of one of them would be read by nobody."""
    data = Made(counts, seeks=False)
    if batch < size:
        with pytest.raises(UsageError, match=f"batch: expected at least a sample for each of {size} processes"):
            fed(data, 0, size, batch)


def test_a_shard_that_has_more_than_it_says_is_a_bug_and_not_let_be(monkeypatch):
    data = Made([6], seeks=False)
    whole = data.read
    monkeypatch.setattr(data, "read", lambda shard: [*whole(shard), *whole(shard)])
    with pytest.raises(AssertionError, match="every sample of the shards in a step"):
        fed(data, 0, 1, 2)


@given(COUNTS, st.integers(1, 4), st.integers(4, 12))
def test_processes_share_the_steps_that_one_would_take(counts, size, batch):
    data = Made(counts, seeks=True)
    alone = [[*part.keys] for part in fed(data, 0, 1, batch)]
    ranks = [fed(data, rank, size, batch) for rank in range(size)]
    assert [[key for part in step for key in part.keys] for step in zip(*ranks, strict=True)] == alone


@given(COUNTS, st.booleans(), st.integers(1, 3), st.integers(0, 9))
def test_steps_that_are_left_out_are_those_at_the_beginning(counts, seeks, size, skip):
    data = Made(counts, seeks=seeks)
    every, rest = ([[*part.keys] for part in fed(data, 0, size, 4, skip=n)] for n in (0, skip))
    assert rest == every[skip:]


def test_a_stream_is_mixed_by_seed_and_epoch_alone():
    data = Made([40, 30, 20], seeks=False)
    orders = [
        tuple(key for part in fed(data, 0, 1, 8, (seed, epoch), buffer=50) for key in part.keys)
        for seed in range(3) for epoch in range(3)
    ]  # fmt: skip
    assert len({*orders}) == 9
    assert orders[0] == tuple(key for part in fed(data, 0, 1, 8, (0, 0), buffer=50) for key in part.keys)


def test_a_stream_holds_no_more_than_its_buffer(monkeypatch):
    read, used = [], []
    data = Made([100], seeks=False)
    whole = Feed._records
    monkeypatch.setattr(Feed, "_records", lambda self, shard: (read.append(1) or one for one in whole(self, shard)))
    feed = Feed(data, "train", share=Share(buffer=7))
    for part in feed.parts((0, 1), 5):
        used += part().keys
        assert len(read) - len(used) <= 7 + 1
    assert len(used) == 100


# What a step comes to.


@pytest.mark.parametrize("settings", [{"accumulate": 3}, {"accumulate": 64}, {"save_every": 2}, {"workers": 7}])
def test_what_is_taken_in_parts_comes_to_the_same(settings, first, tmp_path):
    whole = pretrain(network, first, epochs=2, batch=50, threads=1)
    parts = pretrain(network, first, epochs=2, batch=50, threads=1, out=tmp_path, **settings)
    assert close(weights(whole.model), weights(parts.model))
    for one, other in zip(whole.epochs, parts.epochs, strict=True):
        assert one.train_loss == pytest.approx(other.train_loss, abs=1e-5)


def test_the_rate_rises_and_falls(first):
    settings = Settings(epochs=2, batch=30, warmup=5, schedule="cosine", learning_rate=1.0)
    run = run_of(first, settings)
    rates = []
    for step in range(20):
        run._set_rates(step)
        rates.append(run.optimizer.param_groups[0]["lr"])
    assert rates[:5] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert rates[5] == 1.0
    assert rates[5:] == sorted(rates[5:], reverse=True)
    assert rates[-1] == pytest.approx((1 + np.cos(np.pi * 14 / 15)) / 2)
    run._set_rates(25)  # of uneven shards one process has more steps than there are samples for
    assert run.optimizer.param_groups[0]["lr"] == 0


def run_of(data, settings):
    from datastd.train.world import World

    world = World(0, 1, torch.device("cpu"))
    feed = Feed(data, settings.train)
    return Run(network(), Classification(), settings, world, data, feed, None)


def test_averages_follow_and_are_what_is_left(first, tmp_path):
    plain = pretrain(network, first, epochs=1, batch=100, threads=1)
    kept = pretrain(network, first, epochs=1, batch=100, threads=1, ema=0.5, out=tmp_path)
    found = Checkpoint.load(kept.checkpoint)
    assert same(weights(plain.model), {**found.model})  # they change nothing of what is learned
    assert same(weights(kept.model), {**found.averages})
    begun = network()
    found.into(begun)
    assert same(tensors_of(kept.checkpoint), {**found.averages})
    assert same(weights(begun), {**found.averages})  # what was scored is what one begins with
    assert not same(weights(kept.model), weights(plain.model))


def test_a_gradient_is_no_longer_than_it_may_be(first, monkeypatch):
    lengths = []
    step = torch.optim.Adam.step

    def noted(self, *given, **named):
        grads = [p.grad for group in self.param_groups for p in group["params"]]
        lengths.append(torch.nn.utils.get_total_norm(grads).item())
        return step(self, *given, **named)

    monkeypatch.setattr(torch.optim.Adam, "step", noted)
    pretrain(network, first, epochs=1, batch=100, clip=0.01)
    assert lengths
    assert max(lengths) <= 0.01 * (1 + 1e-4)


def test_a_step_in_16_bits_learns_too(first):
    result = pretrain(network, first, epochs=8, batch=16, threads=1, precision="bf16", optimizer="sgd", learning_rate=0.1)
    assert result.epochs[-1].test_accuracy > 0.9


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd"])
def test_biases_do_not_decay(optimizer, first):
    run = run_of(first, Settings(optimizer=optimizer, weight_decay=0.1))
    decays = {p.ndim > 1: group["weight_decay"] for group in run.optimizer.param_groups for p in group["params"]}
    assert decays == {True: 0.1, False: 0.0}


class Spoilt(nn.Module):
    """A network whose loss is no number where a sample is bright in its first corner."""

    def __init__(self):
        super().__init__()
        self.inner = network()

    def forward(self, images):
        self.seen = images
        scores = self.inner(images)
        return torch.where(images[:, :1, 0, 0] > 0.99, torch.nan, scores)


def test_a_loss_that_is_no_number_names_the_samples_of_its_step(first):
    with pytest.raises(UsageError, match=r"epoch 1, step \d+, samples (train-images-idx3-ubyte#\d+(, )?)+: expected a finite"):
        pretrain(Spoilt, first, epochs=1, batch=4)
    try:
        pretrain(Spoilt, first, epochs=1, batch=4)
    except UsageError as error:
        step = int(error.where.split(",")[1].split()[1])
        named = {int(one.rpartition("#")[2]) for one in error.where.partition("samples ")[2].split(", ")}
    order = np.random.default_rng([0, 1]).permutation(300)
    assert named == {*order[4 * (step - 1) : 4 * step].tolist()}
    images = first.take("train-images-idx3-ubyte", np.array(sorted(named))).columns["image"]
    assert (np.asarray(images)[:, 0, 0] == 255).any()


def test_a_step_without_weight_changes_nothing_and_an_epoch_of_them_is_no_epoch(first, monkeypatch):
    monkeypatch.setattr(Classification, "weight", lambda self, batch: 0.0)
    run = run_of(first, Settings(batch=100))
    before = weights(run.model)
    assert [*run.learn(1, Bar("learning", None))] == [1, 2, 3]
    assert same(weights(run.model), before)
    says = "the split to train on: expected targets to learn, found none that counts"
    with pytest.raises(UsageError, match=says):
        run.mean_loss()
    with pytest.raises(UsageError, match=says):
        pretrain(network, first, epochs=1)


def test_what_is_left_of_an_epoch_is_of_all_processes(first, tmp_path, monkeypatch):
    """A checkpoint within an epoch has the losses of both, and the first goes on with them."""
    from datastd.train.world import World

    run = run_of(first, Settings(batch=100))
    run.step, run._learned = 1, (3.0, 2.0)
    monkeypatch.setattr(World, "gather", lambda self, numbers: [[*numbers], [5.0, 4.0]])
    known = {"certificate": "c", "data": "d", "standard": "s", "settings": {}, "epoch": 0}
    origin = Origin(**known)
    run.save(tmp_path, origin, [])
    found = Checkpoint.load(tmp_path / "checkpoint.safetensors")
    assert found.origin.learned == (8.0, 6.0)
    for rank, learned in enumerate([(8.0, 6.0), (0.0, 0.0)]):
        one = run_of(first, Settings(batch=100))
        one._world = World(rank, 2, torch.device("cpu"))
        one.resume(found, origin, ())
        assert one._learned == learned
    other = Origin(**known, processes=2)
    run.resume(found, other, ())  # a permutation is the same for any number of processes
    monkeypatch.setattr(run._feed, "seeks", False)
    with pytest.raises(UsageError, match="in an epoch of streams: expected 1 processes, found 2"):
        run.resume(found, other, ())


def test_averages_follow_parameters_of_which_each_process_has_its_part():
    import torch.distributed as dist
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
    try:
        model = network()
        fully_shard(model, mesh=init_device_mesh("cpu", (1,)))
        averages = Averages(model, 0.75)
        before = [one.full_tensor().clone() for one in averages.kept.values()]
        with torch.no_grad():
            for one in model.parameters():
                one += 1
        averages.update()
        for old, new in zip(before, averages.kept.values(), strict=True):
            torch.testing.assert_close(new.full_tensor(), old + 0.25)
        averages.swap()
        for old, new in zip(before, model.parameters(), strict=True):
            torch.testing.assert_close(new.full_tensor(), old + 0.25)
    finally:
        dist.destroy_process_group()


def test_averages_of_another_network_are_refused(first, tmp_path):
    path = pretrain(network, first, epochs=1, out=tmp_path, ema=0.5).checkpoint
    found = Checkpoint.load(path)
    for averages in ({}, {**found.averages, "1.bias": torch.zeros(3)}):
        with pytest.raises(UsageError, match="averages of this network"):
            Averages(network(), 0.5).take(averages)
    with pytest.raises(UsageError, match="averages of this network"):
        dataclasses.replace(found, averages={"1.bias": torch.zeros(3)}).into(network())


def test_the_bar_gets_to_its_end(first):
    advanced = []

    class Noted(Bar):
        def advance(self, amount, note=""):
            advanced.append(amount)

    run = run_of(first, Settings(batch=4))
    for _ in run.learn(1, Noted("learning", None)):
        pass
    assert (sum(advanced), advanced[-1]) == (300, 4 * (75 % 32))


# Interrupted, and going on.


class Stopped(Dropping):
    """A network that asks for its process to end at one of its steps."""

    at, by = 0, (signal.SIGTERM,)

    def forward(self, images):
        if self.training:
            Stopped.at -= 1
            for one in Stopped.by if Stopped.at == 0 else ():
                os.kill(os.getpid(), one)
        return super().forward(images)


@pytest.fixture(params=[signal.SIGTERM, signal.SIGINT])
def by(request, monkeypatch):
    monkeypatch.setattr(Stopped, "by", (request.param,))


@pytest.mark.usefixtures("by")
@pytest.mark.parametrize("at", [1, 7, 10, 11, 19])
@pytest.mark.parametrize("more", [{}, {"ema": 0.9, "schedule": "cosine", "warmup": 3, "clip": 1.0}])
def test_a_run_that_is_ended_goes_on_to_the_same_weights(at, more, first, tmp_path):
    common = {"epochs": 2, "batch": 30, "threads": 1, **more}
    whole = pretrain(Dropping, first, out=tmp_path / "whole", **common)
    Stopped.at = at
    with pytest.raises(KeyboardInterrupt):
        pretrain(Stopped, first, out=tmp_path / "part", **common)
    path = tmp_path / "part" / "checkpoint.safetensors"
    origin = Checkpoint.load(path).origin
    assert 10 * origin.epoch + origin.step in {at, at + 1}
    part = pretrain(Dropping, first, out=tmp_path / "part", resume=path, **common)
    assert same(weights(whole.model), weights(part.model))
    assert part.epochs == whole.epochs
    assert Checkpoint.load(whole.checkpoint).digest == Checkpoint.load(part.checkpoint).digest


def test_who_interrupts_twice_waits_for_no_step(first, tmp_path, monkeypatch):
    monkeypatch.setattr(Stopped, "by", (signal.SIGINT, signal.SIGINT))
    Stopped.at = 3
    with pytest.raises(KeyboardInterrupt):
        pretrain(Stopped, first, epochs=1, out=tmp_path)
    assert not (tmp_path / "checkpoint.safetensors").exists()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_what_a_killed_run_was_writing_is_cleared_away(first, tmp_path):
    (tmp_path / ".tmp-checkpoint.safetensors-0").write_bytes(b"half")
    pretrain(network, first, epochs=1, out=tmp_path)
    assert not [*tmp_path.glob(".tmp-*")]


def test_a_full_disk_leaves_the_checkpoint_that_was_there(first, tmp_path, monkeypatch):
    path = pretrain(network, first, epochs=1, out=tmp_path).checkpoint
    before = path.read_bytes()

    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def publish_when_full(path, content):
        with monkeypatch.context() as patch:
            patch.setattr(datastd.disk.os, "fsync", full)
            datastd.disk.publish(path, content)

    with monkeypatch.context() as patch:
        patch.setattr("datastd.train.checkpoint.publish", publish_when_full)
        with pytest.raises(UsageError, match=r"checkpoint\.safetensors: expected a place to write to, found No space left"):
            pretrain(network, first, epochs=2, resume=path, out=tmp_path)
    assert path.read_bytes() == before
    assert len(pretrain(network, first, epochs=2, resume=path, out=tmp_path).epochs) == 2


class Greedy(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = network()

    def forward(self, images):
        if self.training:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 GiB")
        return self.inner(images)


def test_too_little_memory_is_one_line(first):
    with pytest.raises(UsageError, match=r"batch: expected a step that fits in the GPU's memory.*lower batch"):
        pretrain(Greedy, first, epochs=1)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("[../gloo/transport/tcp/pair.cc:553] Connection closed by peer [127.0.0.1]:1", "Connection closed by peer [127.0.0.1]:1"),
        ("[/__w/gloo/tcp/pair.cc:545] Read error [127.0.0.1]:52411: Connection reset by peer. This is typically caused by bugs. GLHF!",
         "Read error [127.0.0.1]:52411: Connection reset by peer"),
        ("NCCL error in: ProcessGroupNCCL.cpp: remote process exited", "NCCL error in: ProcessGroupNCCL.cpp: remote process exited"),
    ],
)  # fmt: skip
def test_a_process_that_outlives_another_says_so(said, found):
    says = f"torchrun: expected processes that all go on, found {found}; see why one of them ended, and then resume"
    with pytest.raises(UsageError, match=f"^{re.escape(says)}$"), said_plainly():
        raise RuntimeError(said)


def test_processes_that_nobody_started_are_refused(first, monkeypatch):
    for name, value in {"WORLD_SIZE": "2", "RANK": "0"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("MASTER_ADDR", raising=False)
    with pytest.raises(UsageError, match=r"torchrun: expected what it tells its processes, found .*environment variable MASTER_ADDR"):
        pretrain(network, first, epochs=1)


def test_a_batch_that_leaves_one_sample_to_a_norm_is_said(first):
    def build():
        return nn.Sequential(nn.Flatten(), nn.BatchNorm1d(64), nn.Linear(64, 10))

    with pytest.raises(UsageError, match="choose a batch that leaves no single sample"):
        pretrain(build, first, epochs=1, batch=299)


def test_nothing_is_left_of_the_threads_that_read_ahead(first):
    import threading

    before = threading.active_count()
    with pytest.raises(UsageError):
        pretrain(Spoilt, first, epochs=1, batch=4)
    assert threading.active_count() <= before


# Several processes.

def torchrun(places, size, out, *sets):
    recipe = places / "ranks.toml"
    recipe.write_text(RECIPE.replace("epochs = 2", "epochs = 2\nbatch = 6"))
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(size), "-m", "datastd"]
    named = [part for one in (f"out={out}", *sets) for part in ("--set", one)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run([*command, "train", str(recipe), *named], capture_output=True, text=True, timeout=300, env=environment)


@pytest.mark.parametrize("parallel", ["ddp", "fsdp"])
def test_two_processes_learn_what_one_does(parallel, places, tmp_path):
    """50 steps of one global batch, twice over; and the second epoch from a checkpoint of both."""
    for size, out in ((1, "one"), (2, "two")):
        done = torchrun(places, size, tmp_path / out, f"parallel={parallel}", "epochs=1" if size == 2 else "epochs=2")
        assert done.returncode == 0, done.stderr[-2000:]
    found = Checkpoint.load(tmp_path / "two" / "checkpoint.safetensors")
    assert (found.origin.epoch, len(found.optimizer)) == (1, 12)
    path = tmp_path / "two" / "checkpoint.safetensors"
    done = torchrun(places, 2, tmp_path / "two", f"parallel={parallel}", f"resume={path}")
    assert done.returncode == 0, done.stderr[-2000:]
    one, two = ([*csv.DictReader((tmp_path / n / "epochs.csv").read_text().splitlines())] for n in ("one", "two"))
    assert [row["epoch"] for row in two] == ["1", "2"]
    for name in ("train_loss", "test_loss", "test_accuracy"):
        for mine, theirs in zip(one, two, strict=True):
            assert float(mine[name]) == pytest.approx(float(theirs[name]), abs=1e-5)
    models = [Checkpoint.load(tmp_path / n / "checkpoint.safetensors").model for n in ("one", "two")]
    assert close(*models, tolerance=1e-4)
    said = done.stdout.count("epoch 2")
    assert said == 1, "one process speaks for both"
    written = json.loads((tmp_path / "two" / "run.json").read_text())
    assert written["recipe"]["parallel"] == parallel
    assert written["versions"]["torch"]


def test_a_process_that_is_told_to_end_leaves_a_checkpoint_and_130(places, tmp_path):
    recipe = places / "ended.toml"
    recipe.write_text(RECIPE.replace("epochs = 2", "epochs = 100000\nbatch = 6"))
    command = [Path(sys.executable).with_name("datastd"), "train", recipe, "--set", f"out={tmp_path / 'out'}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        for line in process.stdout:
            if line.startswith("epoch 2"):
                break
        process.send_signal(signal.SIGTERM)
        process.stdout.read()
        assert process.wait(timeout=60) == 130
    assert Checkpoint.load(tmp_path / "out" / "checkpoint.safetensors").origin.epoch >= 2


def test_pictures_of_some_colours_are_converted_or_refused(tmp_path):
    from PIL import Image

    random = np.random.default_rng(0)
    for number in range(12):
        folder = tmp_path / "data" / "train" / f"class{number % 2}"
        folder.mkdir(parents=True, exist_ok=True)
        pixels = random.integers(0, 256, (40, 40) if number > 9 else (40, 40, 3), np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    standard = tmp_path / "any.py"
    standard.write_text(
        "from datastd import Standard\nfrom datastd.rules.files.junk_file import JunkFile\n"
        'standard = Standard(name="any/1", about=".", formats=("image-folder",), rules=(JunkFile(),))\n'
    )
    known = datastd.certify(tmp_path / "data", standard, out=tmp_path / "c.json")
    digest = known.statement.predicate.policy.digest.sha256
    with datastd.open(tmp_path / "data", certificate=tmp_path / "c.json", standard=standard, standard_digest=digest) as data:
        with pytest.raises(UsageError, match="samples of one size and kind"):
            pretrain(lambda: mlp(192, (), 2), data, Classification(size=(8, 8)), epochs=1, batch=12)
        with pytest.raises(UsageError, match=r"images of one size|a network that takes"):
            pretrain(lambda: mlp(192, (), 2), data, epochs=1, batch=12)
        for mode, inputs in (("RGB", 192), ("L", 64)):
            task = Classification(size=(8, 8), mode=mode, flip=True)
            assert task.shape((40, 40, 3)) == (8, 8, len(mode))
            result = pretrain(lambda inputs=inputs: mlp(inputs, (), 2), data, task, epochs=2, batch=5)
            assert result.epochs[-1].train_loss < 5


def test_a_gradient_too_large_for_16_bits_is_left_out_and_no_fault(first, monkeypatch):
    """The scaler of `fp16` begins where gradients overflow, and comes down."""
    run = run_of(first, Settings(clip=1.0))
    for parameter in run._parameters:
        parameter.grad = torch.full_like(parameter, torch.inf)
    (seen,) = run._descend()
    assert not torch.isfinite(seen)

    class Scaler:
        """Stands for that of a GPU."""

        is_enabled = staticmethod(lambda: True)
        unscale_ = step = staticmethod(lambda optimizer: None)
        update = staticmethod(lambda: None)

    monkeypatch.setattr(run, "_scaler", Scaler())
    assert run._descend() == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"step": 11}, "resume: step: expected at most the 10 of an epoch, found 11"),
        ({"history": ((1.0, 2.0),), "epoch": 1}, "resume: history: expected 4 numbers of each epoch, found 2"),
    ],
)
def test_what_no_run_of_this_recipe_has_written_is_refused(change, says, first, tmp_path):
    found = Checkpoint.load(pretrain(network, first, epochs=1, batch=30, out=tmp_path).checkpoint)
    run = run_of(first, Settings(batch=30))
    origin = found.origin.model_copy(update=change)
    with pytest.raises(UsageError, match=says):
        run.resume(dataclasses.replace(found, origin=origin), found.origin, ("loss", "accuracy"))


@pytest.mark.parametrize(
    "groups", [lambda m, rate, decay: [{"params": [one]} for one in m.parameters()],
               lambda m, rate, decay: [{"params": [*m.parameters()][::-1]}],
               lambda m, rate, decay: [{"params": [*m.parameters()], "lr": rate / 2}]],
)  # fmt: skip
def test_a_run_goes_on_with_its_parameters_in_their_order_and_at_their_rates(groups, first, tmp_path):
    """The state of an optimizer is by number: in another order that of one parameter would be another's."""
    path = pretrain(network, first, epochs=1, out=tmp_path).checkpoint
    with pytest.raises(UsageError, match=r"resume: parameters: expected 2 at 0\.003, 2 at 0\.003 \(|resume: parameters: expected 4 at 0\.003 \("):
        pretrain(network, first, epochs=2, resume=path, groups=groups)


def test_a_sample_of_which_no_item_is_made_is_not_left_out_in_silence():
    class Short(Classification):
        def items(self, samples, randoms):
            return [super(Short, self).item(one, None) for one in [*samples][:-1]]

    raws = [Raw(f"{n}", "train", picture=np.zeros((2, 2, 1), np.uint8), label=n) for n in range(3)]
    part = Part(np.arange(3), [3], [one.key for one in raws], raws)
    with pytest.raises(AssertionError, match="expected one of each of 3 samples, found 2"):
        Objective.steps(Short(), part, (0, 1), 8)
    ((batch,),) = Objective.steps(Classification(), part, (0, 1), 8)
    assert batch[1].tolist() == [0, 1, 2]
