"""Questions about short texts, made up, for a small BERT: some answers are not where they say."""

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from certification import certified, cleaned, shut
from loops import by_hand
from numpy.random import Generator
from outcomes import Outcome
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from torch import nn
from transformers import BertConfig, BertForQuestionAnswering

import datastd
from datastd.train import Answering, Result, pretrain

LENGTH = 64  # tokens that a model sees at once
BATCH, RATE = 16, 0.001
STANDARD = "squad-1.1/1"

NAMES = "Zoë Jürgen José Anna Peter Łukasz Søren Chloé Maria Omar Ayşe Liam Émile Nadia Björn Tom"
CITIES = "Köln Málaga Paris Zürich Oslo Łódź Rome Cádiz Lyon Århus Porto Bern"
GOODS = "apples kites crêpes lamps boats piñatas clocks façades rugs jars"
NUMBERS = "two three four five six seven eight nine ten eleven twelve"
HEADLINE = "News of the day : "
FACTS = (
    ("The seller lived in {city} .", "Where did the seller live ?", "{city}"),
    ("A deal was made in {year} .", "When was the deal made ?", "{year}"),
    ("They sold {number} {goods} that day .", "What was sold that day ?", "{number} {goods}"),
    ("The buyer was {buyer} of course .", "Who was the buyer there ?", "{buyer}"),
)


class Question(NamedTuple):
    """A question, where in its context the answer begins, and how long the headline there is."""

    text: str
    context: str
    answer: str
    start: int
    headline: int


def questions(count: int, random: Generator) -> list[Question]:
    """Facts in some order, half of them below a headline, no two alike; one is asked for."""
    made: dict[str, Question] = {}
    while len(made) < count:
        words = {name: random.choice(some.split()) for name, some in (
            ("city", CITIES), ("goods", GOODS), ("number", NUMBERS), ("seller", NAMES),
            ("buyer", NAMES), ("year", " ".join(map(str, range(1900, 2000)))),
        )}  # fmt: skip
        order = random.permutation(len(FACTS))
        said = [FACTS[number][0].format(**words) for number in order]
        asked = random.integers(len(FACTS))
        _, question, answer = (part.format(**words) for part in FACTS[order[asked]])
        headline = HEADLINE * int(random.integers(2))
        before = len(headline) + sum(len(one) + 1 for one in said[:asked])
        start = before + said[asked].rindex(answer)
        context = headline + " ".join(said)
        made[context] = Question(question, context, answer, start, len(headline))
    return [*made.values()]


def spans_in_bytes(asked: Question) -> Question:
    """The offset counts bytes of UTF-8, of which an `ö` has two."""
    return asked._replace(start=len(asked.context[: asked.start].encode()))


def spans_before_a_headline(asked: Question) -> Question:
    """The offset is that of the text before somebody put a headline above it."""
    return asked._replace(start=asked.start - asked.headline)


def counted_anew(asked: Question) -> Question:
    """The offset counts characters, as C503 says that it did not."""
    return asked._replace(start=len(asked.context.encode()[: asked.start].decode()))


def looked_up(asked: Question) -> Question:
    """The offset is where the answer stands, in texts that have it once."""
    return asked._replace(start=asked.context.index(asked.answer))


SHIFTS = (
    (spans_in_bytes, "count anew", counted_anew),
    (spans_before_a_headline, "look the answers up", looked_up),
)


def write_squad(folder: Path, **splits: Sequence[Question]) -> Path:
    """Write splits as SQuAD 1.1 is written, an article for each question."""
    folder.mkdir(parents=True)
    for split, some in splits.items():
        articles = [
            {"title": f"{split} {n}", "paragraphs": [{"context": one.context, "qas": [{
                "id": f"{split}-{n}", "question": one.text,
                "answers": [{"text": one.answer, "answer_start": one.start}],
            }]}]}
            for n, one in enumerate(some)
        ]  # fmt: skip
        text = json.dumps({"version": "1.1", "data": articles}, ensure_ascii=False)
        (folder / f"{split}-v1.1.json").write_text(text)
    return folder


def words_of(some: Sequence[Question]) -> Tokenizer:
    """A tokenizer that knows whole words, and puts two texts together as BERT's does."""
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    known = {word for one in some for word in f"{one.text} {one.context}".split()}
    vocabulary = {word: n for n, word in enumerate([*names, *sorted(known)])}
    made = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))  # noqa: S106
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    made.add_special_tokens(names)
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", vocabulary["[CLS]"]), ("[SEP]", vocabulary["[SEP]"])],
    )  # fmt: skip
    return made


def bert(words: Tokenizer) -> nn.Module:
    """A BERT of two layers, with two scores at each place."""
    return BertForQuestionAnswering(BertConfig(
        vocab_size=words.get_vocab_size(), intermediate_size=128, max_position_embeddings=LENGTH,
        hidden_size=64, num_hidden_layers=2, num_attention_heads=4,
        hidden_dropout_prob=0, attention_probs_dropout_prob=0,
    ))  # fmt: skip


def encoded(words: Tokenizer, some: Sequence[Question]) -> tuple[dict[str, torch.Tensor], Any]:
    """What BERT takes, with the first and last token of each answer; and the places of tokens."""
    words.enable_padding()
    found = words.encode_batch([(one.text, one.context) for one in some])
    words.no_padding()
    places = np.array([one.offsets for one in found])
    second = (np.array([one.type_ids for one in found]) == 1) & (places[..., 1] > 0)
    starts = np.array([one.start for one in some])[:, None]
    stops = starts + np.array([len(one.answer) for one in some])[:, None]
    # As is usual: the tokens that lie on the first and on the last character, whatever they say.
    first = (second & (places[..., 0] <= starts)).cumsum(1).argmax(1)
    last = (second & (places[..., 0] < stops)).cumsum(1).argmax(1)
    arrays = {
        "input_ids": [one.ids for one in found], "token_type_ids": second,
        "attention_mask": [one.attention_mask for one in found],
        "start_positions": first, "end_positions": last,
    }  # fmt: skip
    return {name: torch.tensor(np.array(one, np.int64)) for name, one in arrays.items()}, places


def trained_by_hand(words: Tokenizer, some: list[Question], steps: int, seed: int) -> nn.Module:
    """Train BERT on whatever the answers say."""
    torch.manual_seed(seed)
    model = bert(words)
    batch, _ = encoded(words, some)

    def loss(rows: torch.Tensor) -> torch.Tensor:
        return model(**{name: one[rows] for name, one in batch.items()}).loss

    return by_hand(model, loss, len(some), BATCH, RATE, steps)


def exact_match(model: nn.Module, words: Tokenizer, some: Sequence[Question]) -> float:
    """Percentage of the questions whose answer is the very text."""
    batch, places = encoded(words, some)
    with torch.no_grad():
        made = model.eval()(**{name: batch[name] for name in list(batch)[:3]})
    none = batch["token_type_ids"] == 0
    ends = [
        one.masked_fill(none, -math.inf).argmax(1) for one in (made.start_logits, made.end_logits)
    ]
    right = 0
    for one, (first, last), of in zip(some, torch.stack(ends, 1).tolist(), places, strict=True):
        right += one.context[of[first][0] : of[last][1]] == one.answer
    return 100 * right / len(some)


def study(folder: Path, *, seed: int, size: int, steps: int) -> Iterator[Outcome]:
    """
    Shift spans in each of two ways, in *size* questions and a quarter as many to test with.

    Questions whose spans are off can be left out, or mended.
    """
    random = np.random.default_rng(seed)
    every = questions(2 * size, random)
    sound = {"train": every[:size], "dev": every[size : size + size // 4]}
    words, truth = words_of(every), every[size + size // 4 :]
    (folder / "words").mkdir(parents=True)
    words.save(f"{folder}/words/tokenizer.json")
    for shift, remedy, undo in SHIFTS:
        here = folder / shift.__name__
        spoiled = {split: [*map(shift, some)] for split, some in sound.items()}
        data = write_squad(here / "spoiled", **spoiled)
        found = shut(datastd.check(data, STANDARD))
        rest, gone = cleaned(data, here / "cleaned", STANDARD)
        bad = {
            f"{split}-v1.1.json#{n}"
            for split, some in sound.items()
            for n, one in enumerate(some)
            if one != spoiled[split][n]
        }
        anew = {split: [*map(undo, some)] for split, some in spoiled.items()}
        for name, mended in (("clean", rest), (remedy, write_squad(here / "anew", **anew))):
            result, taken = _gated(mended, folder / "words", words, steps, seed)
            dirty, never = (
                trained_by_hand(words, some["train"], taken, seed) for some in (spoiled, sound)
            )
            yield Outcome(
                shift.__name__.replace("_", " "), seed, "exact match, %", found, name,
                planted=len(bad), left_out=len(gone), hits=len(bad & gone),
                reported=exact_match(dirty, words, sound["dev"]),
                spoiled=exact_match(dirty, words, truth),
                reported_mended=100 * result.epochs[-1].scores["exact_match"],
                mended=exact_match(result.model, words, truth),
                sound=exact_match(never, words, truth),
            )  # fmt: skip


def _gated(data: Path, folder: Path, words: Tokenizer, steps: int, seed: int) -> tuple[Result, int]:
    """What the trainer makes of data that pass in about so many steps; and in how many."""
    task = Answering(tokenizer=str(folder), special={"pad_token": "[PAD]"}, length=LENGTH, stride=8)
    with certified(data, STANDARD) as gated:
        once = math.ceil(gated.splits["train"] / BATCH)
        epochs = max(1, round(steps / once))
        result = pretrain(
            lambda: bert(words), gated, task, epochs=epochs, batch=BATCH, learning_rate=RATE,
            schedule="cosine", seed=seed, threads=1, test="val",
        )  # fmt: skip
        return result, epochs * once
