"""Cross-validation: every sample is predicted by a model that never saw it, the same way each time."""

import json

import numpy as np
import polars as pl
import pytest

pytest.importorskip("torch")

import torch
from pyarrow import parquet
from torch import nn

import datastd
from datastd.errors import UsageError
from datastd.inputs import Keyed
from datastd.loading import Feed
from datastd.networks import mlp
from datastd.rules.labels.label_issue_confident_learning import LabelIssueConfidentLearning
from datastd.train import folds as module
from datastd.train import predictions

QUICK = {"epochs": 3, "batch": 32, "learning_rate": 0.01, "threads": 1}


def network():
    return mlp(64, (16,), 5)


def test_every_sample_of_every_split_has_a_row_in_data_order(first, tmp_path):
    said = []
    out = predictions(network, first, out=tmp_path / "p.parquet", folds=4, say=said.append, **QUICK)
    table = pl.read_parquet(out)
    assert table["key"].to_list() == [
        f"{stem}-images-idx3-ubyte#{n}" for stem, count in (("t10k", 100), ("train", 300)) for n in range(count)
    ]  # fmt: skip
    assert table.schema["probabilities"] == pl.Array(pl.Float32, 5)
    p = table["probabilities"].to_numpy()
    assert np.abs(p.sum(axis=1) - 1).max() < 1e-5
    labels = np.concatenate([first.take(s.path, np.arange(s.stop)).columns["label"]
                             for split in first.splits for s in first.shards(split)])  # fmt: skip
    assert (p.argmax(axis=1) == labels).mean() > 0.9
    assert [line.partition(":")[0] for line in said] == [f"fold {n} of 4" for n in (1, 2, 3, 4)]


def test_the_file_says_where_it_comes_from(first, tmp_path):
    out = predictions(network, first, out=tmp_path / "p.parquet", folds=2, splits=["test"], seed=3, **QUICK)
    said = json.loads(parquet.read_schema(out).metadata[b"datastd-predictions/1"])
    assert said["certificate"] == first.certificate.digest
    assert said["data"] == first.certificate.statement.subject[0].digest.sha256
    assert (said["standard"], said["splits"], said["folds"], said["epochs"]) == ("idx-images/1", ["test"], 2, 3)
    assert said["settings"]["seed"] == 3
    assert "Linear(in_features=64" in said["model"]


def test_it_depends_on_the_seed_alone(first, tmp_path):
    state = torch.get_rng_state()
    files = [
        predictions(network, first, out=tmp_path / f"{n}.parquet", folds=3, splits=("train",), seed=seed, **QUICK)
        for n, seed in enumerate((1, 1, 2))
    ]  # fmt: skip
    one, same, other = (file.read_bytes() for file in files)
    assert one == same != other
    assert (torch.get_rng_state() == state).all()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["0.parquet", "1.parquet", "2.parquet"]


def test_a_network_is_copied_as_it_is_for_each_fold(first, tmp_path):
    torch.manual_seed(0)
    model = network()
    before = [p.clone() for p in model.parameters()]
    predictions(model, first, out=tmp_path / "p.parquet", folds=2, splits=["test"], **QUICK)
    assert all((a == b).all() for a, b in zip(before, model.parameters(), strict=True))


class Memory(nn.Module):
    """Knows the images that it learned from, and tells: a leak between folds would be seen."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.known = set()

    def forward(self, x):
        seen = [hash(one.numpy().tobytes()) for one in x]
        if self.training:
            self.known |= {*seen}
        score = torch.tensor([[float(one in self.known), 0, 0, 0, 0] for one in seen]) * 50
        return (score + self.weight * 0).log_softmax(1)


def test_no_model_has_seen_what_it_predicts(first, tmp_path):
    out = predictions(Memory, first, out=tmp_path / "p.parquet", folds=5, epochs=1, threads=1)
    assert np.allclose(pl.read_parquet(out)["probabilities"].to_numpy(), 0.2)


@pytest.mark.parametrize("folds", [2, 5, 7])
def test_each_fold_has_its_share_of_each_label(folds, first):
    feed = Feed(first, "train")
    fold_of = module._dealt(feed, folds, 0)
    labels = feed.labels()
    for label in range(5):
        counts = np.bincount(fold_of[labels == label], minlength=folds)
        assert counts.max() - counts.min() <= 1
    counts = np.bincount(fold_of)
    assert counts.max() - counts.min() <= 1
    assert (fold_of != module._dealt(feed, folds, 1)).any()


def test_a_part_of_several_splits_is_fed(first):
    whole = Feed(first, "test", "train")
    part = Feed(first, "test", "train", part=np.array([399, 0, 100]))
    (read,) = part.parts(None, 8)
    assert (whole.samples, part.samples) == (400, 3)
    assert [*read().keys] == ["train-images-idx3-ubyte#299", "t10k-images-idx3-ubyte#0",
                                    "train-images-idx3-ubyte#0"]  # fmt: skip
    assert part.first.keys.to_list() == ["train-images-idx3-ubyte#299"]


def test_what_cannot_be_done_is_refused_before_the_work(first, tmp_path):
    out = tmp_path / "p.parquet"
    for folds in (1, 0, -2, 2.0, True, 101):
        with pytest.raises(UsageError, match="folds: expected a whole number from 2 to 100"):
            predictions(network, first, out=out, folds=folds, splits=["test"])
    with pytest.raises(UsageError, match="split: expected one of"):
        predictions(network, first, out=out, splits=["val"])
    with pytest.raises(UsageError, match="expected a place beside the dataset"):
        predictions(network, first, out=first.root / "p.parquet")
    with pytest.raises(UsageError, match="expected a place in a folder that can be written to"):
        predictions(network, first, out=tmp_path / "none" / "p.parquet")
    with pytest.raises(UsageError, match="settings: expected fields of Settings"):
        predictions(network, first, out=out, epoch=1)
    with pytest.raises(UsageError, match="expected an output for each label"):
        predictions(lambda: mlp(64, (), 2), first, out=out, **QUICK)
    with pytest.raises(TypeError, match="expected a function that gives a Module"):
        predictions(lambda: 3, first, out=out, **QUICK)
    with pytest.raises(TypeError, match="expected what datastd"):
        predictions(network, "data", out=out)
    assert not [*tmp_path.iterdir()]


def test_what_was_there_stays_where_the_work_fails(first, tmp_path, monkeypatch):
    out = tmp_path / "p.parquet"
    out.write_bytes(b"before")
    monkeypatch.setattr(module, "_keys", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        predictions(network, first, out=out, folds=2, splits=["test"], **QUICK)
    assert [file.name for file in tmp_path.iterdir()] == ["p.parquet"]
    assert out.read_bytes() == b"before"


def test_what_it_writes_is_the_input_that_the_rule_reads(first, tmp_path):
    out = predictions(network, first, out=tmp_path / "p.parquet", **QUICK)
    standard = datastd.Standard(name="x/1", about="x", formats=("idx",), rules=(LabelIssueConfidentLearning(),))
    report = datastd.check(first.root, standard, inputs={"predictions": out})
    assert report["Q113"].checked == 400
    assert report["Q113"].failed < 20
    with Keyed("predictions", out) as known:
        assert known.width == 5
