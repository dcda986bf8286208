"""A small tokenizer, and the windows that the recipes of question answering make with it."""

import pytest

tokenizers = pytest.importorskip("tokenizers")

from tokenizers import Tokenizer, models, pre_tokenizers, processors  # noqa: E402

CLS, SEP, PAD, UNKNOWN = range(4)


def tokenizer(words, *, length=64, stride=16):
    """Words and signs of punctuation are ids; those not in *words* are unknown.  Windows overlap."""
    known = {"[CLS]": CLS, "[SEP]": SEP, "[PAD]": PAD, "[UNK]": UNKNOWN}
    known |= {word: len(known) + n for n, word in enumerate(dict.fromkeys(words))}
    made = Tokenizer(models.WordLevel(known, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.post_processor = processors.BertProcessing(("[SEP]", SEP), ("[CLS]", CLS))
    made.enable_truncation(length, stride=stride, strategy="only_second")
    return made


def features(made, *, shift=0, unit=lambda context, at: at, offsets=True, sequences=True, other=False):
    """
    As Hugging Face's run_qa does: windows with the span of the answer, (0, 0) where it is not in one.

    *shift* is added to each token, *unit* spoils where the answer begins, *other* takes the
    span that the first window has for all of them.
    """

    def of(sample):
        whole = made.encode(sample["question"], sample["context"])
        windows = []
        for window in [whole, *whole.overflowing]:
            item = {"input_ids": [*window.ids], "attention_mask": [*window.attention_mask]}
            item["start_positions"], item["end_positions"] = 0, 0
            if sample["answers"]:
                (answer, *_) = sample["answers"]
                start = unit(sample["context"], answer["answer_start"])
                item["start_positions"], item["end_positions"] = span(window, start, start + len(answer["text"]), shift)
            if offsets:
                item["offset_mapping"] = [*window.offsets]
            if sequences:
                item["sequence_ids"] = [*window.sequence_ids]
            windows.append(item)
        if other:
            for item in windows:
                item |= {name: windows[0][name] for name in ("start_positions", "end_positions")}
        return windows

    return of


def span(window, start, stop, shift):
    """The tokens of an answer in a window, and (0, 0) where it is not whole in it."""
    context = [n for n, which in enumerate(window.sequence_ids) if which == 1]
    first, last = context[0], context[-1]
    if window.offsets[first][0] > start or window.offsets[last][1] < stop:
        return 0, 0
    while first < len(window.offsets) and first <= last and window.offsets[first][0] <= start:
        first += 1
    end = last
    while window.offsets[end][1] >= stop:
        end -= 1
    return first - 1 + shift, end + 1 + shift
