"""Defects that show where a tokenizer is given: in texts, and in files of token ids."""

import json

import numpy as np
import pytest
from token_files import write_tokens
from tokenizer_files import NFC, of_bytes, of_words, written

from catalogue.planting import check

PLANTS = {"C411": None}
"""Planted in each way below."""


def _texts(folder, *texts):
    folder.mkdir()
    (folder / "train.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    return folder


def _ids(folder):
    """Bytes of text, as ids."""
    docs = [np.array([*f"The {n}th text of its own, é and so on. ".encode() * 40, 256]) for n in range(60)]
    return write_tokens(folder, "megatron", train=docs, val=docs[::-1])


CASES = [
    (lambda f: _texts(f, "caf\u00e9", "the"), "text-pretraining/1", of_bytes(**NFC), "pass"),
    (lambda f: _texts(f, "cafe\u0301", "the"), "text-pretraining/1", of_bytes(), "pass"),
    (lambda f: _texts(f, "cafe\u0301", "the"), "text-pretraining/1", of_bytes(**NFC), "warn"),
    (lambda f: _texts(f, "the cat", "w1"), "text-pretraining/1", of_words(9), "warn"),
    (_ids, "token-shards/1", of_bytes(), "pass"),
    (_ids, "token-shards/1", of_words(190), "warn"),  # of too few ids
    (lambda f: write_tokens(f, "nanogpt"), "token-shards/1", of_words(50_257), "pass"),
    (lambda f: write_tokens(f, "nanogpt"), "token-shards/1", of_bytes(), "warn"),
    (lambda f: write_tokens(f, "dolma", train=[np.arange(100, 256)] * 9), "token-shards/1", of_bytes(), "warn"),
]  # fmt: skip


@pytest.mark.parametrize(("plant", "standard", "known", "outcome"), CASES)
def test_what_a_tokenizer_loses_turns_the_code_red(plant, standard, known, outcome, tmp_path):
    pytest.importorskip("tokenizers", reason="the package tokenizers is of the extra `text`")
    path = written(tmp_path / "tokenizer.json", known)
    done, verdicts = check(plant(tmp_path / "data"), standard, tmp_path, "--input", f"tokenizer={path}")
    assert (verdicts["C411"]["outcome"], bool(verdicts["C411"]["examples"])) == (outcome, outcome != "pass")
    assert verdicts["C411"]["checked"] > 0
    assert ("C411" in done.stdout) or outcome == "pass"
