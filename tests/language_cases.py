"""Small tokenizers, models and samples for objectives of language."""

import json

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("jinja2")


WORDS = (
    "The town of Paris lies on a river, and the town of Rome on another one. Who goes there by night? "
    "A king had two sons; the older one was to have the land, and the younger one went away to sea. "
    "It is said that nobody has seen him since, but letters came from Lisbon, Oslo and Vienna: three in all. "
)  # fmt: skip
CHATML = (
    "{% for one in messages %}<|im_start|>{{ one.role }}\n{{ one.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
MARKED = (
    "{% for one in messages %}<|im_start|>{{ one.role }}\n{% if one.role == 'assistant' %}"
    "{% generation %}{{ one.content }}<|im_end|>{% endgeneration %}\n{% else %}{{ one.content }}<|im_end|>\n{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def pieces(folder, text=WORDS, size=400):
    """A tokenizer like BERT's, trained on a text: the folder that it is in."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    made = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    made.normalizer, made.pre_tokenizer = normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer()
    made.train_from_iterator([text], trainers.WordPieceTrainer(vocab_size=size, special_tokens=marks, show_progress=False))
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])  # fmt: skip
    roles = {f"{name}_token": f"[{name.upper()}]" for name in ("pad", "unk", "cls", "sep", "mask")}
    return saved(folder, made, roles)


def byte_pairs(folder, text=WORDS, size=400, template=CHATML):
    """A tokenizer like GPT-2's, trained on a text, with a template of chats."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    marks = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    made = Tokenizer(models.BPE())
    made.pre_tokenizer, made.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    made.train_from_iterator([text], trainers.BpeTrainer(
        vocab_size=size, special_tokens=marks, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))  # fmt: skip
    if template is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "chat_template.jinja").write_text(template)
    return saved(folder, made, {"eos_token": "<|endoftext|>"})


def saved(folder, made, roles):
    folder.mkdir(parents=True, exist_ok=True)
    made.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "PreTrainedTokenizerFast", **roles}))
    return str(folder)


def bert(kind, size=400, **options):
    """A BERT of two layers, 64 wide, that drops nothing out: `MaskedLM`, `QuestionAnswering`."""
    import transformers

    config = transformers.BertConfig(
        vocab_size=size, hidden_size=64, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=128, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, **options)  # fmt: skip
    torch.manual_seed(0)
    return getattr(transformers, f"BertFor{kind}")(config)


def gpt(size=400, places=128):
    """A GPT-2 of two layers, 64 wide, that drops nothing out."""
    import transformers

    config = transformers.GPT2Config(
        vocab_size=size, n_positions=places, n_embd=64, n_layer=2, n_head=2, resid_pdrop=0.0, embd_pdrop=0.0,
        attn_pdrop=0.0, bos_token_id=None, eos_token_id=None)  # fmt: skip
    torch.manual_seed(0)
    return transformers.GPT2LMHeadModel(config)


class Bigrams(torch.nn.Module):
    """A model of nobody's library: the scores of the next id follow from the last one."""

    def __init__(self, size, places=None):
        super().__init__()
        self.table = torch.nn.Embedding(size, size)
        self.places = None if places is None else torch.nn.Parameter(torch.zeros(places, size))

    def forward(self, ids, attention_mask=None):
        scores = self.table(ids)
        return scores if self.places is None else scores + self.places[torch.arange(ids.shape[1])]


def drawn(number=0):
    return np.random.default_rng(number)


def learned(task, model, batches, steps=12, rate=3e-3):
    """The mean loss before and after some steps."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate)

    def mean():
        return sum(task.loss(model, one).item() for one in batches) / sum(task.weight(one) for one in batches)

    before = mean()
    for _ in range(steps):
        for one in batches:
            optimizer.zero_grad()
            (task.loss(model, one) / task.weight(one)).backward()
            optimizer.step()
    return before, mean()


def close(one, other, relative=1e-5):
    return one == pytest.approx(other, rel=relative)
