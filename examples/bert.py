"""
BERT: masked on texts, then on questions about them: `python examples/bert.py`.

It takes a minute on one core.  At full size it is two recipes, `bert.toml` and `bert_squad.toml`.
"""

import tempfile
from pathlib import Path

import towns
from transformers import BertConfig, BertForMaskedLM, BertForQuestionAnswering

from datastd.objectives.known import Answering, Masked
from datastd.train import finetune, pretrain

HOW = {"epochs": 4, "batch": 16, "optimizer": "adamw", "learning_rate": 0.002, "threads": 1}
SIZES = {"num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 128}

with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    tokenizer = towns.pieces(folder / "tokenizer")

    with towns.certified(towns.texts(folder / "texts"), "raw-text/1", "text:blocks") as data:
        hidden = Masked(tokenizer=tokenizer, length=64)
        config = BertConfig(
            vocab_size=len(hidden.known), hidden_size=64, max_position_embeddings=64, **SIZES
        )
        first = pretrain(lambda: BertForMaskedLM(config), data, hidden, **HOW, say=print)

    model = BertForQuestionAnswering(config)
    model.bert.load_state_dict(first.model.bert.state_dict())  # all but the head
    with towns.certified(towns.questions(folder / "questions"), "squad-1.1/1") as data:
        asked = Answering(tokenizer=tokenizer, length=64, stride=16)
        finetune(model, data, asked, **HOW, say=print)
