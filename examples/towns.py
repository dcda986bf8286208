"""Texts, questions and conversations about towns, made up and small, and tokenizers for them."""

import json
from collections.abc import Iterator
from pathlib import Path

from tokenizers import (
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)

import datastd
from datastd.certificate import Certified

SPLITS = {"train": [n for n in range(100, 300) if n % 4], "test": [*range(100, 300, 4)]}
TOWNS = (
    "Paris",
    "London",
    "Rome",
    "Athens",
    "Madrid",
    "Lisbon",
    "Vienna",
    "Prague",
    "Oslo",
    "Bern",
)
TEMPLATE = (
    "{% for one in messages %}<|{{ one.role }}|>{{ one.content }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def told(number: int) -> tuple[str, str]:
    """A text in which a town has a number, and the town."""
    town = TOWNS[number % len(TOWNS)]
    return f"The town of {town} is number {number} of those here, and {town[::-1]} is old.", town


def texts(folder: Path) -> Path:
    """Blocks of lines."""
    contents = {
        f"{split}.txt": "\n\n".join(told(n)[0] for n in some) for split, some in SPLITS.items()
    }
    return _written(folder, contents)


def questions(folder: Path) -> Path:
    """Questions, as SQuAD 1.1 has them."""

    def asked(number: int) -> dict[str, object]:
        context, town = told(number)
        answer = {"text": town, "answer_start": context.index(town)}
        one = {
            "id": f"{number}",
            "question": f"Which town is number {number} here?",
            "answers": [answer],
        }
        return {"context": context, "qas": [one]}

    contents = {}
    for split, some in SPLITS.items():
        article = {"title": split, "paragraphs": [*map(asked, some)]}
        contents[f"{split}.json"] = json.dumps({"version": "1.1", "data": [article]})
    return _written(folder, contents)


def dialogues(folder: Path) -> Path:
    """Tasks, each with its answer."""

    def lines(some: list[int]) -> Iterator[str]:
        for number in some:
            town = told(number)[1]
            yield (
                json.dumps(
                    {
                        "prompt": f"Which town is number {number}?",
                        "completion": f"It is {town}, which has number {number}.",
                    }
                )
                + "\n"
            )

    return _written(
        folder, {f"{split}.jsonl": "".join(lines(some)) for split, some in SPLITS.items()}
    )


def pieces(folder: Path) -> str:
    """A tokenizer like BERT's."""
    made = Tokenizer(models.WordPiece(unk_token="[UNK]"))  # noqa: S106
    made.normalizer = normalizers.BertNormalizer()
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.BertPreTokenizer(), pre_tokenizers.Digits(individual_digits=True)]
    )
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    made.train_from_iterator(
        (told(n)[0] for n in SPLITS["train"]),
        trainers.WordPieceTrainer(special_tokens=marks, show_progress=False),
    )
    made.post_processor = processors.TemplateProcessing(
        "[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1", [("[CLS]", 2), ("[SEP]", 3)]
    )
    roles = {f"{mark[1:-1].lower()}_token": mark for mark in marks}
    return str(
        _written(
            folder, {"tokenizer.json": made.to_str(), "tokenizer_config.json": json.dumps(roles)}
        )
    )


def byte_pairs(folder: Path) -> str:
    """A tokenizer like GPT-2's, with a template of conversations."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer, made.decoder = (
        pre_tokenizers.ByteLevel(add_prefix_space=False),
        decoders.ByteLevel(),
    )
    marks = ["<|end|>", "<|user|>", "<|assistant|>"]
    letters = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=500, special_tokens=marks, initial_alphabet=letters, show_progress=False
    )
    made.train_from_iterator((told(n)[0] for n in SPLITS["train"]), trainer)
    config = json.dumps({"eos_token": marks[0]})
    contents = {"tokenizer.json": made.to_str(), "tokenizer_config.json": config}
    return str(_written(folder, {**contents, "chat_template.jinja": TEMPLATE}))


def certified(folder: Path, standard: str, form: str | None = None) -> Certified:
    """The data of a folder, checked and certified."""
    certificate = folder.with_suffix(".certificate.json")
    datastd.certify(folder, standard, format=form, out=certificate)
    return datastd.open(folder, certificate=certificate)


def _written(folder: Path, contents: dict[str, str]) -> Path:
    folder.mkdir()
    for name, text in contents.items():
        (folder / name).write_text(text)
    return folder
