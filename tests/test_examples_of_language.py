"""BERT on texts and then on SQuAD, GPT on texts and then on chats: scripts and recipes run, at small size."""

import importlib.util
import re
import subprocess
import sys

import pytest
from support import ROOT
from token_files import write_tokens

for module in ("torch", "transformers", "jinja2"):
    pytest.importorskip(module)

import datastd  # noqa: E402
from datastd.train import Recipe, run  # noqa: E402

EXAMPLES = ROOT / "examples"
TINY = {"bert": {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32, "max_position_embeddings": 64},
        "gpt2": {"n_embd": 16, "n_layer": 1, "n_head": 2, "n_positions": 64}}  # fmt: skip
LESS = {"batch": 25, "accumulate": 1, "epochs": 1, "warmup": 2, "precision": "fp32", "threads": 1, "device": "cpu",
        "learning_rate": 0.002, "task.length": 64}  # fmt: skip


@pytest.mark.parametrize("name", ["bert", "gpt"])
def test_the_scripts_run_and_what_they_teach_is_learned(name):
    done = subprocess.run([sys.executable, EXAMPLES / f"{name}.py"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    losses = [float(one) for one in re.findall(r"test loss ([\d.]+)", done.stdout)]
    assert len(losses) == 8
    assert losses[3] < losses[0]
    assert losses[7] < losses[4]


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """What the recipes read: small data, each with its certificate, and tokenizers."""
    spec = importlib.util.spec_from_file_location("towns", EXAMPLES / "towns.py")
    towns = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(towns)
    place = tmp_path_factory.mktemp("language")
    made = {
        "bert": (towns.texts(place / "texts"), "raw-text/1", "text:blocks"),
        "bert_squad": (towns.questions(place / "questions"), "squad-1.1/1", None),
        "gpt": (write_tokens(place / "tokens", "nanogpt"), "token-shards/1", None),
        "gpt_chat": (towns.dialogues(place / "chat"), "instruction/1", "chat"),
    }
    for name, (folder, standard, form) in made.items():
        datastd.certify(folder, standard, format=form, out=place / f"{name}.json")
    tokenizers = {"masked": towns.pieces(place / "pieces"), "instruction": towns.byte_pairs(place / "pairs")}
    tokenizers["answering"] = tokenizers["masked"]
    return place, {name: folder for name, (folder, *_) in made.items()}, tokenizers


def small(name, places, **more):
    """A recipe with what makes it small, and with data that are there."""
    place, folders, tokenizers = places
    given = Recipe.read(EXAMPLES / f"{name}.toml")
    sets = {"data": folders[name], "certificate": place / f"{name}.json", "out": place / "runs" / name, **LESS, **more}
    sets |= {f"model.options.{key}": value for key, value in TINY[given.model.name].items()}
    if given.task.name in tokenizers:
        sets["task.tokenizer"] = tokenizers[given.task.name]
        sets.setdefault("model.options.vocab_size", 500)
    if given.task.name == "answering":
        sets |= {"task.stride": 16, "test": "test"}
    lines = [f"{key}={value}" for key, value in sets.items()]
    return Recipe.read(EXAMPLES / f"{name}.toml", lines)


@pytest.mark.parametrize(("first", "second"), [("bert", "bert_squad"), ("gpt", "gpt_chat")])
def test_the_recipes_are_pretraining_and_then_finetuning(first, second, places):
    if first == "gpt":  # of ids and of a chat that have one vocabulary
        pretrained = run(small("gpt", places, compile="false"), say=lambda _: None)
        sizes = {"model.options.vocab_size": 50_257}
    else:
        pretrained, sizes = run(small("bert", places), say=lambda _: None), {}
    said = []
    recipe = small(second, places, **{"model.weights": pretrained.checkpoint, **sizes})
    result = run(recipe, say=said.append)
    assert any("loaded" in one for one in said)
    assert {*result.epochs[-1].scores} == {*recipe.task.metrics}
