"""The trainer takes certified data, and comes to the same every time."""

import copy
import csv
import itertools
import mmap
import shutil
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from safetensors import safe_open
from support import needs_tmpfs, samples, write_idx
from torch import nn

import datastd
from datastd.errors import DataChanged, UsageError
from datastd.loading import Feed
from datastd.loading.feed import BLOCK
from datastd.networks import mlp
from datastd.objectives import normalised
from datastd.objectives.classification import Classification
from datastd.train import Preference, Settings, evaluate, finetune, pretrain
from datastd.train.checkpoint import Checkpoint


def network(layers=(16,), classes=10):
    return mlp(64, layers, classes)


def table(folder):
    return [*csv.DictReader((folder / "epochs.csv").read_text().splitlines())]


def weights(model):
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


def same(one, other):
    assert {*one} == {*other}
    return all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize("train", [pretrain, finetune])
def test_nothing_but_certified_data_is_taken(train, places, first):
    from torch.utils.data import DataLoader, TensorDataset

    images, labels = torch.zeros(4, 1, 8, 8), torch.zeros(4, dtype=torch.long)
    uncertified = [
        places / "first", str(places / "first"), None, TensorDataset(images, labels),
        DataLoader(TensorDataset(images, labels)), (images.numpy(), labels.numpy()),
        first.certificate, first._source, [], {},
        datastd.check(places / "first", "idx-images/1"),
    ]  # fmt: skip
    for data in uncertified:
        with pytest.raises(TypeError, match=r"datastd\.open"):
            train(network(), data)


def test_a_look_alike_is_not_certified(first):
    class LookAlike(type(first)):
        pass

    fake = object.__new__(LookAlike)
    with pytest.raises(TypeError, match=r"datastd\.open"):
        pretrain(network(), fake)


def test_it_learns(first):
    result = pretrain(network, first, epochs=12, batch=16, threads=1)
    assert result.epochs[-1].train_loss < result.epochs[0].train_loss / 3
    assert result.epochs[-1].test_accuracy > 0.95
    assert [epoch.number for epoch in result.epochs] == [*range(1, 13)]


def test_one_seed_gives_one_result_and_another_gives_another(first):
    torch.manual_seed(1)
    one = weights(pretrain(network, first, epochs=2, seed=3).model)
    torch.manual_seed(2)
    assert same(one, weights(pretrain(network, first, epochs=2, seed=3).model))
    assert not same(one, weights(pretrain(network, first, epochs=2, seed=4).model))


def test_pretraining_begins_with_fresh_parameters_and_finetuning_with_those_given(first, second):
    used = network()
    with torch.no_grad():
        for parameter in used.parameters():
            parameter.fill_(0.5)
    built = pretrain(network, first, epochs=1)
    assert same(weights(pretrain(used, first, epochs=1).model), weights(built.model))

    given = copy.deepcopy(built.model)
    tuned = finetune(given, second, epochs=1, learning_rate=1e-12)
    assert tuned.model is given
    for name, tensor in weights(given).items():
        torch.testing.assert_close(tensor, weights(built.model)[name], atol=1e-6, rtol=0)


def test_a_network_that_cannot_be_drawn_anew_has_to_be_built(first):
    class Odd(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = network()
            self.bias = nn.Parameter(torch.zeros(10))

        def forward(self, x):
            return self.inner(x) + self.bias

    with pytest.raises(UsageError, match="give a function that builds the network"):
        pretrain(Odd(), first, epochs=1)
    assert pretrain(Odd, first, epochs=1).epochs
    with pytest.raises(TypeError, match=r"torch\.nn\.Module"):
        finetune(Odd, first, epochs=1)


def test_nothing_of_torchs_own_is_changed(first):
    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    pretrain(network, first, epochs=1, threads=1)
    assert torch.equal(torch.rand(3), expected)
    assert (torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()) == before


class Dropping(nn.Sequential):
    """A network that draws random numbers while it learns."""

    def __init__(self):
        super().__init__(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Dropout(0.5),
                         nn.Linear(16, 10), nn.LogSoftmax(dim=1))  # fmt: skip


@pytest.mark.parametrize("build", [network, Dropping])
def test_a_run_that_goes_on_comes_to_the_same_as_one_that_never_stopped(build, first, tmp_path):
    whole = pretrain(build, first, epochs=4, out=tmp_path / "whole")
    pretrain(build, first, epochs=2, out=tmp_path / "part")
    part = pretrain(build, first, epochs=4, out=tmp_path / "part",
                    resume=tmp_path / "part" / "checkpoint.safetensors")  # fmt: skip
    assert same(weights(whole.model), weights(part.model))
    assert part.epochs == whole.epochs
    one, other = (Checkpoint.load(r.checkpoint) for r in (whole, part))
    assert same(one.optimizer, other.optimizer)
    assert one.digest == other.digest
    for name in ("whole", "part"):
        rows = table(tmp_path / name)
        assert [row["epoch"] for row in rows] == ["1", "2", "3", "4"]


def test_a_run_that_was_complete_stays_as_it_is(first, tmp_path):
    whole = pretrain(network, first, epochs=2, out=tmp_path)
    again = pretrain(network, first, epochs=2, resume=whole.checkpoint)
    assert same(weights(whole.model), weights(again.model))


@pytest.mark.parametrize("other", [{"seed": 1}, {"batch": 32}, {"learning_rate": 0.1}, {"clip": 0.1}])
def test_a_run_goes_on_only_as_it_began(other, first, tmp_path):
    begun = pretrain(network, first, epochs=1, out=tmp_path).checkpoint
    ((name, value),) = other.items()
    with pytest.raises(UsageError) as refused:
        pretrain(network, first, epochs=2, resume=begun, **other)
    assert str(refused.value) == (
        f"resume: {name}: expected {getattr(Settings(), name)}, as it began, found {value}; "
        "a run can only go on as it began"
    )


def test_a_run_does_not_go_back(first, tmp_path):
    begun = pretrain(network, first, epochs=2, out=tmp_path).checkpoint
    with pytest.raises(UsageError, match="resume: epochs: expected at least the 2 that are done, found 1"):
        pretrain(network, first, epochs=1, resume=begun)


def test_nothing_is_written_into_the_data(first):
    before = {*first.root.rglob("*")}
    for out in (first.root, first.root / "runs", first.root / ".." / first.root.name / "x"):
        with pytest.raises(UsageError, match="a place beside the dataset, found one inside it"):
            pretrain(network, first, epochs=1, out=out)
    assert {*first.root.rglob("*")} == before


def test_a_place_that_is_a_file_is_refused(first, tmp_path):
    (tmp_path / "file").write_text("mine")
    for out in (tmp_path / "file", tmp_path / "file" / "runs"):
        with pytest.raises(UsageError, match="a folder to write to"):
            pretrain(network, first, epochs=1, out=out)
    assert (tmp_path / "file").read_text() == "mine"


def test_a_function_has_to_give_a_network(first):
    with pytest.raises(TypeError, match="expected a function that gives a Module, found NoneType"):
        pretrain(lambda: None, first)


def test_a_run_goes_on_only_with_its_data_and_its_start(first, second, tmp_path):
    begun = pretrain(network, first, epochs=1, out=tmp_path / "a").checkpoint
    with pytest.raises(UsageError, match="resume: data"):
        pretrain(network, second, epochs=2, resume=begun)
    tuned = finetune(network(), second, start=begun, epochs=1, out=tmp_path / "b").checkpoint
    with pytest.raises(UsageError, match="resume: start"):
        finetune(network(), second, epochs=2, resume=tuned)
    assert len(finetune(network(), second, start=begun, epochs=2, resume=tuned).epochs) == 2


def test_finetuning_starts_from_a_checkpoint(first, second, tmp_path):
    result = pretrain(network, first, epochs=3, out=tmp_path)
    direct = finetune(copy.deepcopy(result.model), second, epochs=2)
    loaded = finetune(network(), second, start=result.checkpoint, epochs=2)
    assert same(weights(direct.model), weights(loaded.model))


def test_a_checkpoint_names_the_certificate_of_its_data(first, tmp_path):
    result = pretrain(network, first, epochs=1, out=tmp_path)
    origin = Checkpoint.load(result.checkpoint).origin
    assert origin.certificate == first.certificate.digest
    assert origin.data == first.certificate.statement.subject[0].digest.sha256
    assert origin.standard == "idx-images/1"
    assert origin.epoch == 1
    with safe_open(result.checkpoint, "pt") as file:
        assert first.certificate.digest in file.metadata()["datastd-checkpoint/2"]
        assert torch.equal(file.get_tensor("model.1.weight"), result.model.state_dict()["1.weight"])


@pytest.mark.parametrize(
    "spoil",
    [lambda c: b"", lambda c: c[:100], lambda c: c[:-1], lambda c: b"\x80\x04K\x01.",
     lambda c: b"\xff" * 8 + c[8:], lambda c: c.replace(b"datastd-checkpoint/2", b"datastd-checkpoint/3"),
     lambda c: c.replace(b'\\"epoch\\":1', b'\\"epoch\\":x'), lambda c: c + b"x"],
)  # fmt: skip
def test_a_damaged_checkpoint_is_a_usage_error(spoil, first, tmp_path):
    path = pretrain(network, first, epochs=1, out=tmp_path).checkpoint
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(UsageError):
        pretrain(network, first, epochs=2, resume=path)
    with pytest.raises(UsageError):
        finetune(network(), first, start=path)


def test_a_safetensors_file_of_someone_else_is_no_checkpoint(first, tmp_path):
    from safetensors.torch import save_file

    for metadata in (None, {"format": "pt"}, {"datastd-checkpoint/2": "{}"}):
        save_file({"model.x": torch.zeros(2)}, tmp_path / "x.safetensors", metadata)
        with pytest.raises(UsageError):
            finetune(network(), first, start=tmp_path / "x.safetensors")


def test_a_checkpoint_of_another_network_is_a_usage_error(first, tmp_path):
    path = pretrain(network, first, epochs=1, out=tmp_path).checkpoint
    for other in (network((17,)), network((16, 16)), network((16,), 11)):
        with pytest.raises(UsageError, match=r"parameters of this network: .* found .*networks\.weights\.put$"):
            finetune(other, first, start=path)
        with pytest.raises(UsageError, match=r"parameters of this network: .* found (none|\(.*\) of torch\.float32)$|resume: parameters"):
            finetune(other, first, epochs=2, resume=path)


@pytest.fixture
def spoilt(first, tmp_path):
    """A checkpoint of one epoch, one tensor of which is made into another; or one more or less."""
    from safetensors.torch import load_file, save_file

    path = pretrain(network, first, epochs=1, out=tmp_path).checkpoint
    with safe_open(path, "pt") as file:
        metadata = file.metadata()

    def of(name, change):
        tensors = load_file(path)
        made = change(tensors.pop(name, None))
        save_file(tensors if made is None else {**tensors, name: made}, tmp_path / "spoilt.safetensors", metadata)
        return tmp_path / "spoilt.safetensors"

    return of


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("optimizer.0.exp_avg", lambda _: torch.zeros(3), r"0\.exp_avg: expected the state of an optimizer .*\(16, 64\) of torch.float32, found \(3,\)"),
        ("optimizer.1.exp_avg_sq", lambda t: t.double(), "1.exp_avg_sq: expected .* of torch.float32, found .*float64"),
        ("optimizer.0.step", lambda _: torch.zeros(2), "0.step: expected .*, found"), ("optimizer.0.exp_avg", lambda _: None, "found none"),
        ("optimizer.0.step", lambda _: None, "found none"), ("optimizer.99.step", lambda _: torch.zeros(()), "none, found"),
        ("optimizer.0.more", lambda _: torch.zeros(2), "none, found"), ("optimizer.-1.step", lambda _: torch.zeros(()), "none, found"),
        ("model.1.bias", lambda t: t.int(), "1.bias: expected parameters of this network: .*float32, found .*int32"),
        ("model.1.bias", lambda t: t.fill_(torch.nan), "checkpoint: 1.bias: expected parameters of finite numbers"),
    ],
)  # fmt: skip
def test_tensors_of_a_checkpoint_are_those_that_the_run_has(name, change, says, spoilt, first):
    """Torch's kernels would read and write beyond the state of an optimizer that is too small."""
    with pytest.raises(UsageError, match=says):
        pretrain(network, first, epochs=2, resume=spoilt(name, change))


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd"])
def test_what_each_optimizer_keeps_is_gone_on_with(optimizer, first, tmp_path):
    how = {"optimizer": optimizer, "batch": 30, "threads": 1, "learning_rate": 0.01}
    whole = pretrain(network, first, epochs=2, **how)
    path = pretrain(network, first, epochs=1, out=tmp_path, **how).checkpoint
    assert same(weights(whole.model), weights(pretrain(network, first, epochs=2, resume=path, **how).model))


class Bursting(nn.Module):
    """A network whose parameters are no numbers after its last step, and its losses are all the while."""

    def __init__(self):
        super().__init__()
        self.inner = network()

    def forward(self, images):
        scores = self.inner(images)
        if len(images) == 20:  # the last of 100 in steps of 40
            scores.register_hook(lambda grad: grad * torch.nan)
        return scores


def test_parameters_that_are_no_numbers_are_not_kept(first, tmp_path):
    with pytest.raises(UsageError, match=r"model: inner\..*: expected parameters of finite numbers"):
        pretrain(Bursting, first, epochs=1, batch=40, train="test", out=tmp_path)
    assert not (tmp_path / "checkpoint.safetensors").exists()


def test_what_is_learned_is_not_what_is_scored(first):
    with pytest.raises(UsageError, match="test: expected another split than the one that is trained on, found train; leave it out"):
        pretrain(network, first, epochs=1, test="train")
    assert pretrain(network, first, epochs=1, train="test").epochs[0].scores == {}


def test_a_place_that_mlflow_cannot_write_to_is_said(first, tmp_path, monkeypatch):
    mlflow = pytest.importorskip("mlflow")
    monkeypatch.setattr(mlflow, "start_run", lambda: 1 / 0)
    with pytest.raises(UsageError, match="mlflow: expected a place that MLflow can write to, found division by zero"):
        pretrain(network, first, epochs=1, out=tmp_path, mlflow=True)


def test_a_file_that_changes_under_the_trainer_stops_it_and_its_epoch_is_not_kept(places, tmp_path):
    folder = shutil.copytree(places / "first", tmp_path / "data")
    with datastd.open(folder, certificate=places / "first.json") as data:

        def change(line):
            path = folder / "t10k-labels-idx1-ubyte"
            path.write_bytes(path.read_bytes())

        with pytest.raises(DataChanged, match="t10k-labels"):
            pretrain(network, data, epochs=3, out=tmp_path / "out", say=change)
        assert Checkpoint.load(tmp_path / "out" / "checkpoint.safetensors").origin.epoch == 1


@needs_tmpfs
def test_a_page_in_memory_that_is_written_to_without_a_trace_stops_it_before_its_last_checkpoint(places, tmp_path):
    """Of tmpfs a mapped page leaves no trace in the times: what is noticed is other bytes."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as memory:
        folder = shutil.copytree(places / "first", Path(memory, "data"))
        path = folder / "train-images-idx3-ubyte"
        with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
            mapped[-1] = last = mapped[-1]  # from here on the page is the writer's
            with datastd.open(folder, certificate=places / "first.json") as data:

                def change(line):
                    if line.startswith("epoch 1"):
                        mapped[-1] = last ^ 1

                with pytest.raises(DataChanged, match=r"train-images.*found other bytes than were certified"):
                    pretrain(network, data, epochs=3, out=tmp_path, say=change)
                with pytest.raises(DataChanged, match="other bytes"):
                    evaluate(network(), data)
    assert Checkpoint.load(tmp_path / "checkpoint.safetensors").origin.epoch == 2


def test_a_file_that_is_added_stops_it_too(places, tmp_path):
    folder = shutil.copytree(places / "first", tmp_path / "data")
    with (
        datastd.open(folder, certificate=places / "first.json") as data,
        pytest.raises(DataChanged, match="more"),
    ):
        pretrain(network, data, epochs=3, say=lambda _: (folder / "more").write_text("x"))


def test_an_interrupt_leaves_the_last_checkpoint_whole(first, tmp_path):
    def interrupt(line):
        if line.startswith("epoch 2"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pretrain(network, first, epochs=5, out=tmp_path, say=interrupt)
    path = tmp_path / "checkpoint.safetensors"
    assert Checkpoint.load(path).origin.epoch == 2
    assert len(pretrain(network, first, epochs=3, resume=path).epochs) == 3


def test_a_loss_that_is_no_number_stops_it(first):
    with pytest.raises(UsageError, match=r"epoch 1, step \d, samples train-images.* and 56 more: expected a finite loss"):
        pretrain(network, first, epochs=1, learning_rate=1e30)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"epochs": 0}, "epochs"), ({"batch": 0}, "batch"), ({"epochs": "3"}, "epochs"),
        ({"learning_rate": -1.0}, "learning_rate"), ({"std": 0.0}, "std"), ({"seed": -1}, "seed"),
        ({"epoch": 3}, "epoch"), ({"device": "tpu"}, "device"), ({"clip": float("nan")}, "clip"),
        ({"train": "val"}, "one of test, train, found val"),
    ],
)  # fmt: skip
def test_a_setting_that_is_none_is_a_usage_error(settings, says, first):
    with pytest.raises(UsageError, match=says):
        pretrain(network, first, **settings)


def test_a_network_that_does_not_fit_is_a_usage_error(first, second):
    with pytest.raises(UsageError, match="a network that takes images"):
        pretrain(lambda: mlp(63, (4,), 10), first)
    with pytest.raises(UsageError, match="an output for each label from 5 to 9"):
        pretrain(lambda: mlp(64, (4,), 9), second)


def test_without_a_test_split_there_are_no_scores(tmp_path):
    folder = write_idx(tmp_path / "d", train=samples(100))
    datastd.certify(folder, "idx-images/1", out=tmp_path / "c.json")
    with datastd.open(folder, certificate=tmp_path / "c.json") as data:
        result = pretrain(network, data, epochs=1, out=tmp_path / "runs")
        with pytest.raises(UsageError, match="split: expected one of train, found none"):
            pretrain(network, data, epochs=1, test="none")
    assert result.epochs[0].test_accuracy is None
    assert (tmp_path / "runs" / "epochs.csv").read_text().splitlines()[1].endswith(",,")
    assert "test" not in str(result.epochs[0])


def test_pictures_are_scored_a_few_hundred_at_a_time(tmp_path):
    scored = []

    class Noted(nn.Sequential):
        def forward(self, images):
            if not self.training:
                scored.append(len(images))
            return super().forward(images)

    with certified(tmp_path, train=samples(20), test=samples(600, seed=1)) as data:
        pretrain(lambda: Noted(*network()), data, epochs=1)
    assert [one for one in scored if one > 1] == [256, 256, 88]  # of one are the first looks


def test_the_numbers_are_written_for_tensorboard_too(first, tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    result = pretrain(network, first, epochs=3, out=tmp_path)
    events = EventAccumulator(str(tmp_path / "tensorboard"))
    events.Reload()
    found = {name: [(e.step, e.value) for e in events.Scalars(name)] for name in events.Tags()["scalars"]}
    assert {*found} == {"loss/train", "loss/test", "accuracy/test"}
    for epoch, (step, value) in zip(result.epochs, found["loss/train"], strict=True):
        assert step == epoch.number
        assert value == pytest.approx(epoch.train_loss, rel=1e-6)
    rows = table(tmp_path)
    assert [float(row["test_accuracy"]) for row in rows] == [e.test_accuracy for e in result.epochs]


def test_the_order_of_an_epoch_depends_on_seed_and_epoch_alone(first):
    feed = Feed(first, "train")
    assert sorted(feed.order(0, 1)) == [*range(300)]
    np.testing.assert_array_equal(feed.order(0, 1), Feed(first, "train").order(0, 1))
    orders = [tuple(feed.order(seed, epoch)) for seed in range(3) for epoch in range(3)]
    assert len({*orders}) == 9
    for batch, columns in itertools.product((1, 7, 64, 300, 10_000), (True, False)):
        parts = feed.parts((0, 1), batch, together=3, columns=columns)
        found = [key for read in parts for key in read().keys]
        assert found == [f"train-images-idx3-ubyte#{n}" for n in feed.order(0, 1)]


@pytest.mark.parametrize("batch", [1, 64, 100, 300, 301])
@pytest.mark.parametrize("together", [1, 2, 7])
def test_parts_are_of_whole_steps(batch, together, first):
    lengths = [read().lengths for read in Feed(first, "train").parts((0, 1), batch, together=together)]
    assert all(len(some) == together for some in lengths[:-1])
    steps = [*itertools.chain.from_iterable(lengths)]
    assert steps == [batch] * (300 // batch) + [300 % batch] * (300 % batch > 0)


def test_a_split_of_several_files_is_one(tmp_path, monkeypatch):
    """Sources to come have many files in a split; the order goes across all of them."""
    from datastd.sources import Batch, Shard, keys

    class Many:
        splits = {"train": 9}
        seeks = True
        content = {"a": np.arange(4), "b": np.arange(100, 102), "c": np.arange(200, 203)}

        def shards(self, split):
            return tuple(Shard(path, split, 0, len(rows)) for path, rows in self.content.items())

        def take(self, path, rows):
            values = self.content[path][rows]
            return Batch(keys(path, rows), {"image": values[:, None, None, None], "label": values})

    feed = Feed(Many(), "train")
    assert feed.samples == 9
    everything = np.array([0, 1, 2, 3, 100, 101, 200, 201, 202])
    order = feed.order(0, 1)
    (read,) = feed.parts((0, 1), 64, columns=True)
    np.testing.assert_array_equal(read().columns["label"], everything[order])
    np.testing.assert_array_equal(read().numbers, order)


def test_the_documents_network_and_its_steps():
    """784-128-64-10, and one step of it, against the steps written by hand."""
    model = mlp(784, (128, 64), 10)
    kinds = [type(part).__name__ for part in model]
    assert kinds == ["Flatten", "Linear", "ReLU", "Linear", "ReLU", "Linear", "LogSoftmax"]
    assert [tuple(p.shape) for p in model.parameters()] == [
        (128, 784), (128,), (64, 128), (64,), (10, 64), (10,)
    ]  # fmt: skip
    images = torch.randint(0, 256, (32, 1, 28, 28), dtype=torch.uint8)
    labels = torch.randint(0, 10, (32,))
    normalised = (images.float() / 255 - 0.5) / 0.5
    expected = nn.NLLLoss()(model(normalised), labels)
    objective = Classification()
    torch.testing.assert_close(objective.loss(model, (images, labels)) / 32, expected)
    count, total, right = objective.judge(model, (images, labels))
    assert count == 32
    assert total == pytest.approx(expected.item() * 32, rel=1e-5)
    assert right == (model(normalised).argmax(1) == labels).sum().item()


def test_numbers_that_are_no_bytes_are_not_divided():
    images = torch.tensor([[[[0.25, -1.0]]]])
    torch.testing.assert_close(normalised(images, [0.5], [0.5]), torch.tensor([[[[-0.5, -3.0]]]]))


def certified(place, **splits):
    folder = write_idx(place / "d", **splits)
    datastd.certify(folder, "idx-images/1", out=place / "c.json")
    return datastd.open(folder, certificate=place / "c.json")


@pytest.mark.parametrize("numbers", [(0.5,), (0.5, 0.25)])
def test_what_is_normalised_stays_as_it_was(numbers):
    pictures = torch.full((2, 2, 3, 3), 3.0)
    assert torch.equal(normalised(pictures, numbers, numbers), normalised(pictures, numbers, numbers))
    assert torch.equal(pictures, torch.full((2, 2, 3, 3), 3.0))


def test_a_label_beyond_the_outputs_is_refused_wherever_it_lies(tmp_path):
    images, labels = samples(BLOCK + 300)
    order = np.argsort(labels == 9, kind="stable")  # the nines last
    says = "an output for each label from {} to 9, found 9 outputs"
    with (
        certified(tmp_path, train=(images[order], labels[order])) as data,
        pytest.raises(UsageError, match=says.format(0)),
    ):
        pretrain(lambda: network(classes=9), data, epochs=1)
    place = tmp_path / "test"
    nines = samples(40, seed=3)[0], np.full(40, 9, np.uint8)
    few = samples(100, classes=9)
    with (
        certified(place, train=few, test=nines) as data,
        pytest.raises(UsageError, match=says.format(9)),
    ):
        pretrain(lambda: network(classes=9), data, epochs=1)


def test_a_split_of_another_size_is_refused_before_the_first_step(tmp_path):
    with certified(tmp_path, train=samples(100), test=samples(50, size=(9, 9), seed=1)) as data:
        steps = []
        with pytest.raises(UsageError, match=r"a network that takes images of shape \(1, 9, 9\)"):
            pretrain(network, data, epochs=1, say=steps.append)
        assert steps == []


def test_a_look_at_the_network_changes_nothing_of_it(first):
    model = nn.Sequential(nn.BatchNorm2d(1), nn.Flatten(), nn.Linear(64, 10), nn.LogSoftmax(1))
    before = weights(model)
    task = Classification()
    task.begin(model, first, Feed(first, "train"))
    assert task.outputs == 10
    assert model.training
    assert same(weights(model), before)


@pytest.mark.parametrize("shape", [(10,), (4, 10, 1)])
def test_what_gives_no_scores_by_class_is_refused(shape, first):
    class Odd(nn.Module):
        def __init__(self):
            super().__init__()
            self.one = nn.Linear(1, 1)

        def forward(self, images):
            return torch.zeros(shape)

    with pytest.raises(UsageError, match=r"scores of shape \(N, classes\)"):
        pretrain(Odd, first, epochs=1)


def test_a_run_with_nothing_left_to_do_leaves_its_checkpoint_where_it_was_asked_to(first, tmp_path):
    done = pretrain(network, first, epochs=2, out=tmp_path / "a")
    again = pretrain(network, first, epochs=2, out=tmp_path / "b", resume=done.checkpoint)
    assert again.checkpoint.read_bytes() == done.checkpoint.read_bytes()
    assert table(tmp_path / "b") == table(tmp_path / "a")


@pytest.mark.parametrize(
    "settings", [{"threads": 1025}, {"threads": 0}, {"batch": (1 << 20) + 1}, {"batch": 0}]
)
def test_a_setting_that_no_machine_could_bear_is_refused(settings, first):
    with pytest.raises(UsageError, match=next(iter(settings))):
        pretrain(network, first, epochs=1, **settings)


class Tied(nn.Module):
    """Two layers of one weight, as language models tie embedding and head."""

    def __init__(self):
        super().__init__()
        self.one, self.two = nn.Linear(64, 64), nn.Linear(64, 64)
        self.two.weight = self.one.weight
        self.head = nn.Linear(64, 10)

    def forward(self, images):
        return self.head(self.two(self.one(images.flatten(1)).relu())).log_softmax(1)


def frozen():
    model = network()
    model[1].requires_grad_(False)
    return model


@pytest.mark.parametrize("build", [Tied, frozen])
def test_tied_and_frozen_parameters_resume_to_the_same_weights(build, first, tmp_path):
    torch.manual_seed(0)
    model = build()
    begun = copy.deepcopy(model)
    whole = finetune(copy.deepcopy(model), first, epochs=2, out=tmp_path / "whole")
    half = finetune(begun, first, epochs=1, out=tmp_path / "half")
    rest = finetune(copy.deepcopy(model), first, epochs=2, resume=half.checkpoint)
    assert same(weights(rest.model), weights(whole.model))
    if build is frozen:
        assert torch.equal(whole.model[1].weight, model[1].weight)


@pytest.mark.parametrize("precision", ["fp16", "bf16"])
def test_a_run_in_16_bits_resumes_to_the_same_weights(precision, first, tmp_path):
    """The scaler's state, too, of which some numbers are whole and some are not."""
    common = {"precision": precision, "clip": 1.0, "accumulate": 2}
    whole = pretrain(network, first, epochs=2, **common)
    half = pretrain(network, first, epochs=1, out=tmp_path, **common)
    rest = pretrain(network, first, epochs=2, resume=half.checkpoint, **common)
    assert same(weights(rest.model), weights(whole.model))


def test_the_seed_decides_parameters_that_the_first_batch_gives_their_shape(first):
    def lazy():
        return nn.Sequential(nn.Flatten(), nn.LazyLinear(10), nn.LogSoftmax(1))

    losses = []
    for other in (1, 2):
        torch.manual_seed(other)
        losses.append(pretrain(lazy, first, epochs=1).epochs)
    assert losses[0] == losses[1]


def test_a_refusal_leaves_the_network_as_it_was(tmp_path):
    nines = samples(40, seed=3)[0], np.full(40, 9, np.uint8)
    model = network(classes=9)
    before = weights(model)
    with certified(tmp_path, train=samples(100, classes=9), test=nines) as data, pytest.raises(UsageError):
        finetune(model, data, epochs=1)
    assert same(weights(model), before)


def test_splits_of_two_element_types_are_not_scored_against_each_other(tmp_path):
    test = samples(50, seed=1)
    folder = write_idx(tmp_path / "d", train=samples(100), test=(test[0].view(np.int8), test[1]))
    datastd.certify(folder, "idx-images/1", out=tmp_path / "c.json")
    with (
        datastd.open(folder, certificate=tmp_path / "c.json") as data,
        pytest.raises(UsageError, match="the element type that is trained on, uint8, found int8"),
    ):
        pretrain(network, data, epochs=1)


def test_a_loss_that_is_no_number_is_named_and_no_bug(first):
    with pytest.raises(UsageError, match=r"expected a finite loss, found (nan|inf)"):
        pretrain(network, first, epochs=1, batch=300, learning_rate=1e30)


@pytest.mark.parametrize("given", [{"resume": ""}, {"start": ""}])
def test_an_empty_path_is_no_missing_checkpoint(given, first):
    with pytest.raises(UsageError, match="a checkpoint"):
        finetune(network(), first, epochs=1, **given)


def test_what_has_no_parameters_is_no_network(first):
    class Nothing(nn.Module):
        def forward(self, images):
            return torch.zeros(len(images), 10)

    with pytest.raises(UsageError, match="a network with parameters, found none"):
        pretrain(Nothing, first, epochs=1)


def test_a_checkpoint_knows_every_epoch_that_is_done(first, tmp_path):
    from datastd.train.checkpoint import Origin

    origin = Checkpoint.load(pretrain(network, first, epochs=1, out=tmp_path).checkpoint).origin
    with pytest.raises(ValueError, match="history: expected 1 epochs, found 0"):
        Origin(**{**dict(origin), "history": ()})


@pytest.mark.parametrize("settings", [{}, {"ema": 0.9}])
def test_to_evaluate_comes_to_what_the_last_epoch_scored(first, settings):
    result = pretrain(network, first, epochs=2, **settings)
    before = weights(result.model)
    result.model.requires_grad_(requires_grad=False)
    assert evaluate(result.model, first) == result.epochs[-1].scores
    learned = evaluate(result.model, first, split="train")
    assert learned != result.epochs[-1].scores
    assert evaluate(result.model, first, split="train", batch=7) == pytest.approx(learned)
    assert same(before, weights(result.model))
    assert not any(one.requires_grad for one in result.model.parameters())


def test_what_cannot_be_evaluated_is_refused(first, places):
    with pytest.raises(TypeError, match=r"datastd\.open"):
        evaluate(network(), places / "first")
    with pytest.raises(UsageError, match="found val"):
        evaluate(network(), first, split="val")
    with pytest.raises(UsageError, match="preferences, which compare two"):
        evaluate(network(), first, Preference())
    with pytest.raises(UsageError, match="batch"):
        evaluate(network(), first, batch=0)


@pytest.mark.parametrize(("task", "found"), [("classification", "str"), (Classification, "the class Classification"), (3, "int")])
@pytest.mark.parametrize("train", [pretrain, finetune, evaluate])
def test_a_task_is_an_objective_that_was_made(train, task, found, first):
    with pytest.raises(TypeError, match=f"task: expected an objective, found {found};"):
        train(network(), first, task)


@pytest.mark.parametrize(
    ("setting", "hint"),
    [({"learningrate": 1e-3}, r"did you mean learning_rate\?"), ({"lr": 1e-3}, r"help\(datastd\.train\.Settings\) has all"), ({"epoch": 3}, r"did you mean epochs\?")],
)
def test_a_setting_that_there_is_not_is_told_the_nearest(setting, hint, first):
    with pytest.raises(UsageError, match=hint):
        pretrain(network, first, **setting)


def test_certified_data_show_themselves(first, places):
    assert repr(first) == f"<certified by idx-images/1: {places / 'first'}, test 100, train 300>"


def test_a_network_with_another_head_begins_as_help_says(first, second, tmp_path):
    from datastd.networks import grouped
    from datastd.networks.weights import put, tensors_of

    path = pretrain(network, first, epochs=1, out=tmp_path).checkpoint
    plain = network()
    plain.load_state_dict(tensors_of(path))  # with nothing of ours but this
    model = network(classes=11)
    loaded = put(model, tensors_of(path), head=["3.*"])
    assert {*loaded.new} == {"3.weight", "3.bias"}
    model[1].requires_grad_(requires_grad=False)
    rates = partial(grouped, heads=["3.*"], head_rate=0.01)
    finetune(model, second, epochs=1, learning_rate=0.001, groups=rates)
    assert torch.equal(model[1].weight, plain[1].weight)
