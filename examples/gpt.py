"""
GPT: what comes next in texts, then what an assistant answers: `python examples/gpt.py`.

It takes a minute on one core.  At full size it is two recipes, `gpt.toml` and `gpt_chat.toml`.
"""

import tempfile
from pathlib import Path

import towns
from transformers import GPT2Config, GPT2LMHeadModel

from datastd.objectives.known import Causal, Instruction
from datastd.train import finetune, pretrain

HOW = {"epochs": 4, "batch": 16, "optimizer": "adamw", "learning_rate": 0.002, "threads": 1}
SIZES = {"n_layer": 2, "n_head": 2, "bos_token_id": None, "eos_token_id": None}

with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    tokenizer = towns.byte_pairs(folder / "tokenizer")

    with towns.certified(towns.texts(folder / "texts"), "raw-text/1", "text:blocks") as data:
        after = Causal(tokenizer=tokenizer, length=64)
        config = GPT2Config(vocab_size=len(after.known), n_positions=64, n_embd=64, **SIZES)
        first = pretrain(lambda: GPT2LMHeadModel(config), data, after, **HOW, clip=1.0, say=print)

    with towns.certified(towns.dialogues(folder / "chat"), "chat/1") as data:
        answers = Instruction(tokenizer=tokenizer, length=64)
        finetune(first.model, data, answers, **HOW, clip=1.0, say=print)
