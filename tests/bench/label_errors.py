"""
What Q113 finds of the label errors that people confirmed.

    python tests/bench/label_errors.py [published] [ours]

`published`: with the probabilities published beside the errors, for MNIST and CIFAR-10.
`ours`: with those of the earlier network, examples/mnist.toml, by cross-validation over all
70,000 digits of MNIST, certified.  Prints Markdown; needs ../shared.

An error is confirmed where fewer than 3 of 5 people chose the given label.
"""

import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl

import datastd
from datastd.inputs import Keyed, joined
from datastd.rules import fold
from datastd.rules.labels.label_issue_confident_learning import LabelIssueConfidentLearning

sys.path.insert(0, str(Path(__file__).parents[1]))

from support import SHARED

ERRORS = SHARED / "label_errors"
_FEWEST = 3  # of five people


def confirmed(name):
    """Numbers of the test samples whose label people rejected."""
    judged = json.loads((ERRORS / "mturk" / f"{name}_mturk.json").read_text())
    return {one["id"] for one in judged if one["mturk"]["given"] < _FEWEST}


def published(name):
    """The test set as a samples table, with the probabilities published for it."""
    place = ERRORS / "cross_validated_predicted_probabilities" / f"{name}_test_set_pyx.npy"
    p = np.load(place, allow_pickle=False).astype(np.float64)
    place = ERRORS / "original_test_labels" / f"{name}_test_set_original_labels.npy"
    labels = np.load(place, allow_pickle=False).astype(np.int64)
    keys = [f"test#{n}" for n in range(len(labels))]
    return pl.DataFrame({"key": keys, "split": "test", "origin": "data", "label": labels,
                         "probabilities": p})  # fmt: skip


def line(title, name, table):
    """One row of the table: what is flagged in the test set, and which errors that finds."""
    rule = LabelIssueConfidentLearning()
    flagged = rule.failing(table).filter(pl.col("split") == "test")["key"]
    found = {int(key.rpartition("#")[2]) for key in flagged} & confirmed(name)
    test = table.filter(pl.col("split") == "test")
    p = test["probabilities"].to_numpy()
    other = int((p.argmax(axis=1) != test["label"].to_numpy()).sum())
    assert fold(rule, [table]).failed == rule.failing(table).height
    return f"| {title} | {other} | {len(flagged)} | {len(found)} of {len(confirmed(name))} |"


def ours(folds=5):
    """MNIST certified and cross-validated with the earlier network; the test set as a table."""
    from datastd.networks import mlp
    from datastd.train import predictions

    with tempfile.TemporaryDirectory() as place:
        certificate, out = Path(place, "mnist.json"), Path(place, "predictions.parquet")
        datastd.certify(SHARED / "mnist", "mnist/1", out=certificate)
        with datastd.open(SHARED / "mnist", certificate=certificate, standard="mnist/1") as data:
            predictions(lambda: mlp(784, (128, 64), 10), data, out=out, folds=folds, threads=1,
                        say=lambda said: print(said, file=sys.stderr))  # fmt: skip
            batches = [(shard.split, data.take(shard.path, np.arange(shard.start, shard.stop)))
                       for split in data.splits for shard in data.shards(split)]  # fmt: skip
        table = pl.concat(
            pl.DataFrame({"key": one.keys, "split": split, "origin": "data",
                          "label": one.columns["label"]}) for split, one in batches
        )  # fmt: skip
        with Keyed("predictions", out) as given:
            return joined(table, {"predictions": given})


def main(asked):
    """Print the table."""
    print("| test set, and whose probabilities | argmax ≠ label | flagged | validated ones found |")
    print("|---|---|---|---|")
    if "published" in asked:
        print(line("MNIST, published with label-errors", "mnist", published("mnist")))
        print(line("CIFAR-10, published with label-errors", "cifar10", published("cifar10")))
    if "ours" in asked:
        title = "MNIST, the earlier network, 5 folds"
        print(line(title, "mnist", ours()))


if __name__ == "__main__":
    main(sys.argv[1:] or ["published", "ours"])
