"""A recipe is strict, and a run follows it."""

import json
import operator
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("torch")

from support import ROOT
from training import RECIPE

from datastd.errors import NotCertified, UsageError
from datastd.networks import mlp
from datastd.train import Recipe, pretrain, run
from datastd.train.checkpoint import Checkpoint
from datastd.train.recipe import _notes


@pytest.fixture
def recipe(places, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = places / "recipe.toml"
    path.write_text(RECIPE)
    return path


def test_paths_are_relative_to_the_recipe_and_those_set_to_the_working_folder(recipe, places):
    read = Recipe.read(recipe)
    assert (read.data, read.certificate) == (str(places / "first"), str(places / "first.json"))
    assert (read.standard, read.out) == ("idx-images/1", "runs")
    assert Recipe.read(recipe, ["data=here"]).data == "here"
    assert Recipe.read(recipe, ["standard=mine.py"]).standard == "mine.py"
    recipe.write_text(RECIPE.replace("idx-images/1", "mine.py"))
    assert Recipe.read(recipe).standard == str(places / "mine.py")


@pytest.mark.parametrize(
    ("one", "key", "value"),
    [
        ("epochs=7", "epochs", 7), ("model.layers=[1, 2]", "model.layers", (1, 2)), ("learning_rate=1e-3", "learning_rate", 1e-3),
        ("out=3", "out", "3"), ("device=cpu", "device", "cpu"), ("data=a=b", "data", "a=b"), ("clip=1", "clip", 1.0),
        ("task.mean=[1]", "task.mean", (1.0,)), ("task.size=[8, 9]", "task.size", (8, 9)),
    ],
)  # fmt: skip
def test_a_key_can_be_set(one, key, value, recipe):
    assert operator.attrgetter(key)(Recipe.read(recipe, [one])) == value


@pytest.mark.parametrize(
    ("one", "says"),
    [
        ("epoch=7", r"did you mean epochs\?"), ("zzz=7", "a recipe, found zzz: Extra inputs"), ("epochs=x", "a value as in TOML"),
        ("epochs=1.5", "epochs"), ("epochs='3'", "epochs"), ("model.layers=3", "layers"), ("epochs", "KEY=VALUE"),
        ("model.nam=mlp", r"found model\.nam: .*did you mean name\?"), ("data.x=3", "--set data.x: expected a key of a table"), ("std=3", r"did you mean task\.std\?"), ("objective=guess", "objective"), ("out=", "out"),
        ("task.nam=x", r"found task\.nam: .*did you mean name\?"), ("task.name=clasification", r"found task: .*did you mean classification\?"),
        ("task.tokeniser=x", r"found task\.tokeniser: .*did you mean tokenizer\?"), ("task.size=[1, 2, 3]", r"found task\.size"),
        ("start=x", "none for pretrain"), ("objective=finetune", "a checkpoint for finetune"),
        ("epochs=1\nbatch=0", "a value as in TOML"), ("epochs=1\n[model]", "a value as in TOML"), ("=3", "KEY=VALUE"), ("modle=3", r"did you mean model\?"),
        ("device=tpu", "device"), ("test=", "test"), ("start=", "a checkpoint for finetune|start"),
    ],
)  # fmt: skip
def test_what_is_no_recipe_is_refused(one, says, recipe):
    with pytest.raises(UsageError, match=says):
        Recipe.read(recipe, [one])


@pytest.mark.parametrize("text", ["a = ", "\xff", "", "data = 3", "more = 1" + RECIPE, RECIPE + "[table]\nx = 1"])
def test_a_file_that_is_no_recipe_is_refused(text, tmp_path):
    (tmp_path / "r.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError):
        Recipe.read(tmp_path / "r.toml")
    with pytest.raises(UsageError, match="nothing"):
        Recipe.read(tmp_path / "absent.toml")


def test_a_run_follows_its_recipe_and_the_next_starts_from_it(recipe, places):
    said = []
    result = run(Recipe.read(recipe), say=said.append)
    assert len(result.epochs) == 2
    assert said[0] == "preview of all of the 400 samples of train, test: 10 rules: 10 pass"
    assert said[1] == str(result.epochs[0])
    assert "certificate" in said[-1]
    tuned = run(
        Recipe.read(recipe, [
            "objective=finetune", f"data={places / 'second'}", f"certificate={places / 'second.json'}",
            f"start={result.checkpoint}", "out=tuned",
        ]), say=said.append,
    )  # fmt: skip
    assert Path("tuned/checkpoint.safetensors").is_file()
    assert tuned.epochs
    more = run(Recipe.read(recipe, [f"resume={result.checkpoint}", "epochs=3"]), say=said.append)
    assert len(more.epochs) == 3
    assert more.epochs[:2] == result.epochs


def test_what_is_written_beside_weights_is_of_their_run(recipe, second):
    def written():
        return json.loads(Path("runs", "run.json").read_text())

    run(Recipe.read(recipe), say=lambda _: None)
    first = written()
    assert (first["recipe"]["model"]["name"], first["recipe"]["batch"]) == ("mlp", 64)
    with pytest.raises(UsageError, match="finite"):  # it leaves no weights: those that lie there are of the first
        pretrain(lambda: mlp(64, (8,), 10), second, out="runs", batch=50, learning_rate=1e30)
    assert written() == first
    pretrain(lambda: mlp(64, (8,), 10), second, out="runs", batch=50, epochs=1)
    assert (written()["recipe"]["batch"], written()["recipe"]["task"]["name"]) == (50, "classification")
    assert written()["certificate"] == Checkpoint.load("runs/checkpoint.safetensors").origin.certificate != first["certificate"]


def test_a_certificate_of_other_data_trains_nothing(recipe, places):
    with pytest.raises(NotCertified):
        run(Recipe.read(recipe, [f"certificate={places / 'second.json'}"]))
    with pytest.raises(NotCertified):
        run(Recipe.read(recipe, ["standard=mnist/1"]))
    assert not Path("runs").exists()


def test_the_command_trains(recipe, places, tmp_path):
    command = [Path(sys.executable).with_name("datastd"), "train", recipe, "--set", "epochs=1"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "epoch 1: train loss" in done.stdout
    assert (tmp_path / "runs" / "epochs.csv").is_file()
    wrong = subprocess.run([*command, "--set", f"certificate={places / 'second.json'}"], cwd=tmp_path, capture_output=True)
    assert wrong.returncode == 1


def test_the_example_is_a_recipe(places):
    read = Recipe.read(ROOT / "examples" / "mnist.toml", ["data=d", "certificate=c"])
    assert (read.model.name, read.model.layers, read.model.classes) == ("mlp", (128, 64), 10)


@pytest.mark.parametrize("key", ["resume", "start", "trust", "format", "standard_digest"])
def test_an_empty_value_is_no_missing_one(key, recipe):
    with pytest.raises(UsageError, match=f"{key}: String should have at least 1 character"):
        Recipe.read(recipe, [f"{key}="])


@pytest.mark.parametrize(
    ("sets", "note"),
    [
        (["batch=300"], "an epoch is one step: 300 of train, a batch of 300"), (["batch=299"], ""),
        (["train=test", "test=train"], ""),
    ],
)  # fmt: skip
def test_what_is_rarely_meant_is_said(sets, note, recipe):
    said = []
    run(Recipe.read(recipe, ["epochs=1", *sets]), say=said.append)
    assert [one for one in said[1:] if not one.startswith(("epoch 1", "checkpoint"))] == [note] * bool(note)


@pytest.mark.parametrize(
    ("splits", "sets", "notes"),
    [
        (["train", "val", "extra"], [], ["no split is scored: test names one, and there is val, extra"]),
        (["train", "val"], ["test=val"], []), (["train", "test"], [], []), (["train"], [], []),
    ],
)  # fmt: skip
def test_that_nothing_is_scored_is_said_where_there_is_a_split_for_it(splits, sets, notes, recipe):
    data = SimpleNamespace(splits=dict.fromkeys(splits, 1000))
    assert [*_notes(Recipe.read(recipe, sets), data)] == notes
