"""Documents for a small GPT, most of which are copies of a few."""

import json
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from certification import certified, cleaned, shut
from loops import by_hand
from outcomes import Outcome
from tokenizers import Tokenizer, models, pre_tokenizers
from torch import nn
from torch.nn.functional import cross_entropy
from transformers import GPT2Config, GPT2LMHeadModel

import datastd
from datastd.train import Causal, pretrain

STANDARD = Path(__file__).parent / "standards" / "documents.py"
LENGTH, BATCH, RATE = 64, 4, 0.003
SHORTEST = 300  # characters
CROWD, COPIES = 0.05, 5  # a twentieth of the documents, copied five times as often as there are any
END = "<|endoftext|>"
IGNORED = -100


def documents(place: Path) -> list[str]:
    """Speeches, or what else is parted by empty lines: put together until they are long enough."""
    made, held = [], ""
    for one in place.read_text().split("\n\n"):
        held += one + "\n\n"
        if len(held) >= SHORTEST:
            made.append(held.rstrip())
            held = ""
    return list(dict.fromkeys(made))


def write_lines(folder: Path, **splits: Sequence[str]) -> Path:
    """Write splits as JSON lines."""
    folder.mkdir(parents=True)
    for split, some in splits.items():
        lines = (json.dumps({"text": one}) + "\n" for one in some)
        (folder / f"{split}.jsonl").write_text("".join(lines))
    return folder


def bytes_of() -> Tokenizer:
    """A tokenizer whose tokens are bytes, and the end of a document."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    made = Tokenizer(models.BPE({letter: n for n, letter in enumerate(alphabet)}, []))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    made.add_special_tokens([END])
    return made


def gpt(tokens: Tokenizer) -> nn.Module:
    """A GPT of two layers."""
    return GPT2LMHeadModel(GPT2Config(
        vocab_size=tokens.get_vocab_size(), n_positions=LENGTH, n_embd=64, n_layer=2, n_head=4,
        resid_pdrop=0, embd_pdrop=0, attn_pdrop=0, bos_token_id=256, eos_token_id=256,
    ))  # fmt: skip


def windows(tokens: Tokenizer, text: str) -> tuple[torch.Tensor, torch.Tensor]:
    """What is seen of a document, and what comes next; both (N, 64), the rest is not asked."""
    end = tokens.token_to_id(END)
    ids = torch.tensor([end, *tokens.encode(text).ids, end])
    count = -(-(len(ids) - 1) // LENGTH)
    seen = torch.zeros(count * LENGTH, dtype=torch.int64)
    said = torch.full_like(seen, IGNORED)
    seen[: len(ids) - 1], said[: len(ids) - 1] = ids[:-1], ids[1:]
    return seen.view(count, LENGTH), said.view(count, LENGTH)


def _loss(model: nn.Module, some: Sequence[tuple[torch.Tensor, torch.Tensor]]) -> torch.Tensor:
    seen, said = (torch.cat(parts) for parts in zip(*some, strict=True))
    return cross_entropy(model(seen).logits.flatten(0, 1), said.flatten())


def trained_by_hand(tokens: Tokenizer, texts: Sequence[str], steps: int, seed: int) -> nn.Module:
    """Train GPT on whatever is there."""
    torch.manual_seed(seed)
    model = gpt(tokens)
    known = [windows(tokens, text) for text in texts]

    def loss(rows: torch.Tensor) -> torch.Tensor:
        return _loss(model, [known[row] for row in rows])

    return by_hand(model, loss, len(known), BATCH, RATE, steps)


def bits(model: nn.Module, tokens: Tokenizer, texts: Sequence[str]) -> float:
    """Bits that the model needs for a byte of these documents, their ends included."""
    with torch.no_grad():
        loss = _loss(model.eval(), [windows(tokens, text) for text in texts])
    return loss.item() / math.log(2)


def repeated_documents(corpus: Path, folder: Path, *, seed: int, size: int, epochs: int) -> Outcome:
    """Of six documents five are copies."""
    random = np.random.default_rng(seed)
    every = [str(one) for one in random.permutation(documents(corpus))]
    sound, test = every[:size], every[size : size + size // 4]
    truth = every[size + size // 4 :][: 2 * size // 4]
    copies = random.choice(sound[: int(CROWD * size)], COPIES * size)
    train = [*sound, *map(str, copies)]
    order = random.permutation(len(train))
    here = folder / "repeated-documents"
    data = write_lines(here / "spoiled", train=[train[n] for n in order], test=test)
    found = shut(datastd.check(data, STANDARD))
    mended, gone = cleaned(data, here / "cleaned", STANDARD)
    tokens = bytes_of()
    (here / "bytes").mkdir()
    tokens.save(f"{here}/bytes/tokenizer.json")
    task = Causal(tokenizer=f"{here}/bytes", special={"eos_token": END}, length=LENGTH)
    with certified(mended, STANDARD) as gated:
        result = pretrain(
            lambda: gpt(tokens), gated, task, epochs=epochs, batch=BATCH, learning_rate=RATE,
            schedule="cosine", seed=seed, threads=1,
        )  # fmt: skip
        steps = epochs * math.ceil(gated.splits["train"] / BATCH)
    dirty, never = (trained_by_hand(tokens, some, steps, seed) for some in (train, sound))
    bad = {f"train.jsonl#{place}" for place, number in enumerate(order) if number >= len(sound)}
    return Outcome(
        "repeated documents", seed, "bits a byte", found, "clean",
        planted=len(bad), left_out=len(gone), hits=len(bad & gone),
        reported=bits(dirty, tokens, test), spoiled=bits(dirty, tokens, truth),
        reported_mended=result.epochs[-1].scores["loss"] / math.log(2),
        mended=bits(result.model, tokens, truth), sound=bits(never, tokens, truth),
    )  # fmt: skip
