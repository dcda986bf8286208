"""Pipelines as users write them: ten that spoil data, each a finding, and as many that are sound, of which none is."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("torchvision")

from hypothesis import given
from hypothesis import strategies as st
from sights import answered, classified, detected, found, segmented, texts, verdicts
from torch.utils.data import default_collate
from torchvision import tv_tensors
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional as F

from datastd.train import Pipeline

pytestmark = pytest.mark.filterwarnings("ignore:RandomErasing")  # of boxes, that it lets them pass

END = [v2.ToImage(), v2.ToDtype(torch.float32, scale=True)]
TO = v2.Compose(END)
NORMAL = v2.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
KEPT = [v2.ClampBoundingBoxes(), v2.SanitizeBoundingBoxes()]
FILL = {tv_tensors.Mask: 255, "others": 0}


def coloured(count=24):
    return classified(count, channels=3)


def pair(picture, label=lambda label: label):
    return lambda s: (picture(s["image"]), label(s["label"]))


def boxes(picture, change):
    """A picture its own way, and boxes as a tensor that is changed by hand."""
    return lambda s: {"image": picture(TO(s["image"])), "boxes": change(s["boxes"].as_subclass(torch.Tensor)), "labels": s["labels"]}


def ids(sample, length=None):
    """A prompt, which is left out, and an answer, to so many tokens."""
    whole = [1 + byte % 90 for byte in sample["text"].encode()]
    return {"input_ids": whole[:length], "labels": [-100 if n < 12 else one for n, one in enumerate(whole)][:length]}


def padded(values, **pads):
    longest = max(len(one["input_ids"]) for one in values)
    return {name: torch.tensor([one[name] + [pads[name]] * (longest - len(one[name])) for one in values]) for name in pads}


CHAT = texts(*[f"What is {n} and one? It is {n + 1}{'.' * (n % 4)}" for n in range(12)])


def windows(*, size, stride, shift=0):
    """As run_qa has it: words are tokens, and windows of the context begin every *stride* of them."""

    def tokenizer(sample):
        words, starts = sample["context"].split(" "), [0]
        for word in words:
            starts.append(starts[-1] + len(word) + 1)
        (answer,) = sample["answers"]
        begin, end = answer["answer_start"], answer["answer_start"] + len(answer["text"])
        made = []
        for first in range(0, max(1, len(words) - size + stride), stride):
            some = [(starts[n], starts[n] + len(words[n])) for n in range(first, min(first + size, len(words)))]
            span = (0, 0)
            if some[0][0] <= begin and some[-1][1] >= end:
                span = tuple(3 + shift + next(n for n, (a, b) in enumerate(some) if a <= at < b) for at in (begin, end - 1))
            made.append({"input_ids": [101, 7, 102, *range(10, 10 + len(some)), 102], "offset_mapping": [None] * 3 + some + [None],
                         "sequence_ids": [None, 0, None, *[1] * len(some), None], "start_positions": span[0], "end_positions": span[1]})  # fmt: skip
        return made

    return tokenizer


TOWNS = answered(*[(f"The {n} towns of the north are called Ayr and Elgin {n} and lie by the sea", f"Elgin {n}") for n in range(8)])

SPOILT = {
    "blue first": (Pipeline(transform=pair(lambda i: TO(i).flip(0))), coloured(), {"C888"}),
    "normalised twice": (Pipeline(transform=pair(lambda i: NORMAL(NORMAL(TO(i))))), coloured(), {"Q898"}),
    "boxes resized by height and width": (
        Pipeline(transform=boxes(lambda i: F.resize(i, [64, 64]), lambda b: b * torch.tensor([64 / 48, 64 / 64] * 2))), detected(), {"C896", "C898"}),
    "a flipped picture": (Pipeline(transform=boxes(lambda i: i.flip(-1), lambda b: b)), detected(), {"C896"}),
    "a mask resized as a picture": (
        Pipeline(transform=lambda s: (F.resize(TO(s["image"]), [24, 40]), F.resize(s["mask"].as_subclass(torch.Tensor)[None], [24, 40])[0])), segmented(), {"C894"}),
    "labels off by one": (Pipeline(transform=pair(TO, lambda label: label - 1), classes=4), coloured(), {"C899", "F896"}),
    "an answer that is cut off": (Pipeline(tokenizer=lambda s: windows(size=8, stride=4)(s)[:1]), TOWNS, {"C892"}),
    "an answer of a dialogue that is": (Pipeline(tokenizer=lambda s: ids(s, 12)), CHAT, {"Q897"}),
    "labels shifted twice": (Pipeline(tokenizer=lambda s: {name: some[:-1] if name == "input_ids" else some[1:] for name, some in ids(s).items()}), CHAT, {"C890"}),
    "padding that counts": (Pipeline(tokenizer=ids, collate=lambda b: padded(b, input_ids=0, labels=0)), CHAT, {"C889"}),
    "padding of another id": (Pipeline(tokenizer=ids, collate=lambda b: padded(b, input_ids=3, labels=-100), pad=0), CHAT, {"F892"}),
    "NaN at times": (Pipeline(transform=pair(lambda i: (TO(i) - TO(i).min()) / (TO(i).max() - TO(i).min() if torch.rand(()) < 0.7 else 0))), coloured(), {"F898", "Q898", "Q899"}),
    "the window's span for all": (Pipeline(tokenizer=windows(size=8, stride=4, shift=1)), TOWNS, {"C893"}),
    "corners as width and height": (Pipeline(transform=boxes(lambda i: i, lambda b: torch.cat([b[:, :2], b[:, 2:] - b[:, :2]], 1))), detected(), {"C896", "F895"}),
}  # fmt: skip


@pytest.mark.parametrize(("pipeline", "raws", "codes"), SPOILT.values(), ids=[*SPOILT])
def test_what_real_teams_have_done_to_their_data_is_found(pipeline, raws, codes):
    assert found(pipeline, raws) == codes


def to_go_on(values):
    """As DataCollatorForLanguageModeling does."""
    longest = max(len(one["input_ids"]) for one in values)
    made = torch.tensor([one["input_ids"] + [0] * (longest - len(one["input_ids"])) for one in values])
    return {"input_ids": made, "attention_mask": (made > 0).long(), "labels": made.masked_fill(made == 0, -100)}


SOUND = {
    "of ImageNet": (Pipeline(transform=pair(v2.Compose([v2.RandomResizedCrop(16), v2.RandomHorizontalFlip(), *END, NORMAL])), collate=default_collate, classes=4), coloured()),
    "augmented by chance": (Pipeline(transform=pair(v2.Compose([v2.TrivialAugmentWide(), *END, NORMAL, v2.RandomErasing(p=0.5)])), collate=default_collate), coloured()),
    "of a detector": (Pipeline(transform=v2.Compose([v2.RandomPhotometricDistort(), v2.RandomZoomOut(fill=(123, 117, 104)), v2.RandomIoUCrop(), v2.RandomHorizontalFlip(), *END, *KEPT]),
                               collate=lambda b: b, classes=91), detected()),
    "resized by hand": (Pipeline(transform=boxes(lambda i: F.resize(i, [64, 64]), lambda b: b * torch.tensor([1, 64 / 48] * 2)), collate=lambda b: b), detected()),
    "of masks": (Pipeline(transform=lambda s: v2.Compose([v2.RandomCrop((40, 40), pad_if_needed=True, fill=FILL), v2.RandomHorizontalFlip(), *END, NORMAL])(s["image"], s["mask"]),
                          collate=default_collate, classes=16), segmented()),
    "blue first, as is meant": (Pipeline(transform=pair(lambda i: TO(i).flip(0) * 255 - 110), channels="bgr"), coloured()),
    "windows": (Pipeline(tokenizer=windows(size=8, stride=4), collate=lambda b: {name: [one[name] for one in b] for name in b[0]}), TOWNS),
    "dialogues": (Pipeline(tokenizer=ids, collate=lambda b: padded(b, input_ids=0, labels=-100), pad=0, vocabulary=91), CHAT),
    "texts to go on with": (Pipeline(tokenizer=lambda s: {"input_ids": ids(s)["input_ids"]}, collate=to_go_on), texts(*["a text", "another"] * 4)),
    "grey": (Pipeline(transform=pair(v2.Compose([v2.Grayscale(3), *END])), collate=default_collate), coloured()),
}  # fmt: skip


@pytest.mark.parametrize(("pipeline", "raws"), SOUND.values(), ids=[*SOUND])
def test_what_is_sound_is_no_finding(pipeline, raws):
    assert found(pipeline, raws) <= {"Q896"}


ERASING = {
    "little": [v2.RandomErasing(p=1.0)],
    "half": [v2.RandomErasing(p=1.0, scale=(0.2, 0.5))],
    "by noise": [v2.RandomErasing(p=1.0, scale=(0.1, 0.4), value="random")],
    "by white": [v2.RandomErasing(p=1.0, scale=(0.1, 0.4), value=1.0)],
    "turned": [v2.RandomAffine(20, (0.1, 0.1), (0.7, 1.3), 10), *KEPT, v2.RandomErasing(p=1.0, scale=(0.05, 0.3))],
}


@pytest.mark.parametrize("steps", ERASING.values(), ids=[*ERASING])
def test_what_is_erased_is_no_misalignment(steps):
    judged = verdicts(Pipeline(transform=v2.Compose([*END, *steps])), detected(40))["C896"]
    assert judged.failed == 0
    assert judged.checked >= 30


@given(st.sampled_from([lambda i: i.flip(-1), lambda i: i.flip(-2), lambda i: i.rot90(2, (1, 2)), lambda i: i.roll(20, -1)]), st.floats(0.02, 0.4))
def test_what_is_moved_is_found_whatever_is_erased(moved, size):
    erase = v2.RandomErasing(p=1.0, scale=(size, size))
    judged = verdicts(Pipeline(transform=boxes(lambda i: erase(moved(i)), lambda b: b)), detected(6))["C896"]
    assert judged.failed == judged.checked >= 3


def test_of_a_picture_that_is_seldom_flipped_alone_each_is_counted():
    """A second try would hide half of them."""
    seldom = boxes(lambda i: i.flip(-1) if torch.rand(()) < 0.3 else i, lambda b: b)
    judged = verdicts(Pipeline(transform=seldom), detected(60))["C896"]
    assert 10 <= judged.failed <= 26


def test_random_numbers_of_a_pipelines_own_raise_no_alarm():
    own = np.random.default_rng(0)

    def transform(sample):
        picture, target = TO(sample["image"]), sample["boxes"]
        if own.random() < 0.5:
            picture, target = F.horizontal_flip(picture), F.horizontal_flip(target)
        return {"image": picture, "boxes": target, "labels": sample["labels"]}

    assert found(Pipeline(transform=transform), detected(40)) == set()


def test_the_order_of_colours_is_told_by_most_samples():
    assert found(Pipeline(transform=pair(v2.Compose([v2.ColorJitter(hue=0.5), v2.RandomInvert(), *END]))), coloured()) == set()
    blue = pair(v2.Compose([v2.ColorJitter(0.4, 0.4, 0.4, 0.1), *END, v2.Lambda(lambda i: i.flip(0)), NORMAL]))
    judged = verdicts(Pipeline(transform=blue), coloured(80))["C888"]
    assert judged.checked >= 20
    assert judged.failed == judged.checked
    assert judged.examples[0].says == "expected rgb (Pipeline.channels), found bgr"
    assert "C888" not in verdicts(Pipeline(transform=pair(TO)), classified(4))
