"""Every example runs, at small size; the recipes are whole, and their table has all of them."""

import json
import re
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

for module in ("torch", "torchvision", "transformers", "tokenizers", "matplotlib"):
    pytest.importorskip(module)

from cifar_files import binary, labels, pictures
from support import ROOT, SHARED, needs_data, samples, write_idx, write_pictures

from datastd.train import Recipe

EXAMPLES = ROOT / "examples"
RECIPES = sorted((EXAMPLES / "recipes").glob("*-*.toml"))
SMALL = ["epochs=1", "batch=64", "precision=fp32", "threads=1", "workers=1", "device=cpu", "warmup=1"]
CIFAR = """
from datastd import Standard
from datastd.standard import load
base = load("cifar10/1")
standard = Standard(
    name="few-of-cifar10/1", about="x", formats=base.formats, measures=base.measures, rows=base.rows,
    rules=tuple(one for one in base.rules if one.code not in {"C199", "F116"}), tolerates=base.tolerates,
)
"""


def ran(tmp_path, script, *arguments):
    done = subprocess.run(
        [sys.executable, EXAMPLES / script, *arguments], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def table(place):
    """Cells of the rows of a table in Markdown, by its first column."""
    rows = [re.split(r" ?\| ?", line)[1:-1] for line in place.read_text().splitlines()]
    return {cells[0]: cells[1:] for cells in rows[2:]}


@needs_data
def test_why_it_matters(tmp_path):
    text = SHARED / "tinyshakespeare" / "input.txt"
    said = ran(tmp_path, "why_it_matters.py", "--mnist", SHARED / "mnist", "--text", text, "--quick", "--out", tmp_path / "out")
    rows = table(tmp_path / "out" / "why_it_matters.md")
    kinds = {name.partition(" (")[0]: cells for name, cells in rows.items()}
    found = {
        "label noise": "Q113", "leakage": "L102", "duplicates": "L101", "broken pictures": "Q109", "imbalance": "Q114",
        "shifted normalisation": "Q199", "spans in bytes": "C503", "spans before a headline": "C501",
        "repeated documents": "L301",
    }  # fmt: skip
    assert kinds.keys() == found.keys()
    for kind, code in found.items():
        assert code in kinds[kind][2], kind
        assert re.search(rf"{kind}, seed 0\n  check: .*{code} fail", said), kind
    for exact in ("leakage", "spans in bytes", "spans before a headline"):
        planted, gone, hits = kinds[exact][3].split(", ")
        assert planted == gone == hits != "0", exact
    assert kinds["imbalance"][0] == "collect what is missing"
    assert "the trainer, given arrays: data: expected what datastd.open gives" in said
    assert "the gate, asked for a certificate: leaky: expected data that pass idx-images/1, found L102 fail" in said
    assert (tmp_path / "out" / "why_it_matters.png").read_bytes().startswith(b"\x89PNG")


@pytest.fixture
def beside(monkeypatch):
    """Modules of the examples can be imported, as by a script beside them."""
    monkeypatch.syspath_prepend(EXAMPLES)


@pytest.mark.usefixtures("beside")
def test_spans_that_are_shifted_can_be_mended():
    from spoiled_questions import SHIFTS, questions

    every = questions(200, np.random.default_rng(0))
    for shift, _, undo in SHIFTS:
        spoiled = [*map(shift, every)]
        assert 0.2 < np.mean([one != two for one, two in zip(every, spoiled, strict=True)]) < 0.8
        assert [*map(undo, spoiled)] == every


@pytest.mark.usefixtures("beside")
def test_what_later_rounds_leave_out_is_named_as_it_was(tmp_path, monkeypatch):
    import spoiled_pictures as pictures

    import datastd

    write_idx(tmp_path / "data", train=samples(24, size=(28, 28)), test=samples(20, size=(28, 28), seed=1))
    passed = iter([False, False, True])
    rounds = iter([{1, 2}, {1, 4}])
    keys = [f"k{n}" for n in range(44)]

    def predicted(*_, out, **__):
        pq.write_table(pa.table({"key": [f"k{n}" for n in range(len(keys))]}), out)

    def left_out(data, *_):
        numbers = next(rounds)
        del keys[-len(numbers) :]
        return data, {f"k{n}" for n in numbers}

    report = datastd.check(tmp_path / "data", "idx-images/1")
    monkeypatch.setattr(pictures, "predictions", predicted)
    monkeypatch.setattr(pictures, "cleaned", left_out)
    monkeypatch.setattr(datastd, "check", lambda *_, **__: type("Report", (), {"passed": next(passed), "verdicts": report.verdicts}))
    *_, gone = pictures._relabelled(tmp_path / "data", pictures.LABELLED, tmp_path)
    assert gone == {"k1", "k2", "k3", "k6"}


@pytest.mark.usefixtures("beside")
def test_why_it_matters_says_what_it_lacks(tmp_path, capsys):
    from why_it_matters import found

    asked = type("Asked", (), {"mnist": tmp_path / "none", "text": None, "quick": True})
    for kind, place in (("pictures", tmp_path / "none"), ("documents", None)):
        assert [*found(asked, kind, tmp_path, 0)] == []
        assert f"{kind}: skipped, expected MNIST at --mnist, a text at --text; found {place}" in capsys.readouterr().out


@needs_data
def test_pretraining_pays(tmp_path):
    ran(tmp_path, "pretraining_pays.py", SHARED / "mnist", "--quick", "--out", tmp_path / "out")
    lines = (tmp_path / "out" / "pretraining_pays.md").read_text().splitlines()
    assert [line.split(" | ")[1] for line in lines[2:]] == ["3", "10"]
    assert (tmp_path / "out" / "pretraining_pays.png").read_bytes().startswith(b"\x89PNG")


def test_what_is_refused_is_one_line(tmp_path):
    write_idx(tmp_path / "leaky", train=samples(24, size=(28, 28)), test=samples(20, size=(28, 28)))
    recipe = EXAMPLES / "recipes" / "mnist-resnet.toml"
    for sets, said in (("standard=idx-images/1", "found L102 fail"), ("epoch=1", "did you mean epochs?")):
        done = subprocess.run(
            [sys.executable, EXAMPLES / "image_classification.py", recipe, "leaky", sets],
            cwd=tmp_path, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 1
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "leaky.certificate.json").exists()


def test_the_table_has_every_recipe_and_every_script():
    text = (EXAMPLES / "README.md").read_text()
    missing = [place.name for place in (*RECIPES, EXAMPLES / "mnist.toml") if place.name not in text]
    assert missing == []
    scripts = {place.name for place in EXAMPLES.glob("*.py") if "def main" in place.read_text()}
    assert [name for name in scripts if name not in text] == []


@pytest.mark.parametrize("place", RECIPES, ids=lambda place: place.stem)
def test_each_recipe_is_one_of_the_full_size(place):
    recipe = Recipe.read(place)
    assert recipe.out == f"runs/{place.stem}"
    assert recipe.epochs >= 20
    assert place.stem.split("-")[1] in recipe.model.name


def few(folder, dataset):
    """Of each dataset a few pictures, made up, and what they are certified by."""
    if dataset == "mnist":
        write_idx(folder, train=samples(24, size=(28, 28)), test=samples(20, size=(28, 28), seed=1))
        return ["standard=idx-images/1"]
    if dataset == "imagenet":
        write_pictures(folder, each=8, splits=("train", "val"))
        return ["standard=image-classification/1", "model.classes=2"]
    folder.mkdir()
    for name, count, seed in (*((f"data_batch_{n}", 10, n) for n in range(1, 6)), ("test_batch", 10, 9)):
        (folder / f"{name}.bin").write_bytes(binary(pictures(count, seed=seed), labels(count, seed=seed)))
    (folder / "batches.meta.txt").write_text("airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n")
    standard = folder.with_name("few.py")
    standard.write_text(CIFAR)
    from datastd.standard import load

    return [f"standard={standard}", f"standard_digest={load(standard).digest}"]


@pytest.mark.parametrize(
    ("recipe", "smaller"),
    [
        ("mnist-resnet", ()),
        ("cifar10-vgg", ("model.name=vgg11", "task.size=[32, 32]")),
        ("imagenet-inception", ("task.size=[80, 80]", "model.options={aux_logits = false, init_weights = false}")),
    ],
)  # fmt: skip
def test_a_recipe_trains_on_a_few_pictures(recipe, smaller, tmp_path):
    data = tmp_path / "data"
    sets = few(data, recipe.partition("-")[0])
    said = ran(
        tmp_path, "image_classification.py", EXAMPLES / "recipes" / f"{recipe}.toml", data, *SMALL, *sets, *smaller
    )
    assert "preview of " in said
    assert "epoch 1: train loss" in said
    left = json.loads((tmp_path / "runs" / recipe / "run.json").read_text())
    assert left["recipe"]["model"]["name"] in {"resnet18", "vgg11", "inception_v3"}
    rows = np.genfromtxt(tmp_path / "runs" / recipe / "epochs.csv", delimiter=",", names=True)
    assert np.isfinite(rows["train_loss"])
