"""What collate does to items is seen: each change is a finding, and what collates are for is none."""

import dataclasses

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("torchvision")

from hypothesis import given
from hypothesis import strategies as st
from sights import classified, detected, found, segmented, texts, verdicts
from torch.utils.data import default_collate
from torchvision.transforms import v2

from datastd.sight import parts, places
from datastd.sight.batches import Laid, _can_be_matched
from datastd.train import Pipeline

TO = v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True)])
PAD, SIZE = 0, 100


def labelled(sample):
    return TO(sample["image"]), sample["label"]


def boxed(sample):
    """Of every second picture one box is dropped, so that batches have to be padded."""
    kept = 2 + int(sample["key"][2:]) % 2
    return {"image": TO(sample["image"]), "boxes": sample["boxes"][:kept], "labels": sample["labels"][:kept]}


def after(change):
    """Collate as by default, and then do this to pictures and labels."""
    return lambda batch: change(*default_collate(batch))


def padded_boxes(batch):
    made = {"image": torch.stack([one["image"] for one in batch])}
    for name in ("boxes", "labels"):
        made[name] = torch.nn.utils.rnn.pad_sequence([one[name] for one in batch], batch_first=True, padding_value=-1)
    return made


def yolo(batch):
    """As YOLO has it: a row for each box of all pictures, that begins with the number of its picture."""
    rows = [torch.cat([torch.full((len(one["boxes"]), 1), n), one["labels"][:, None].float(), one["boxes"].as_subclass(torch.Tensor)], 1)
            for n, one in enumerate(batch)]  # fmt: skip
    return torch.stack([one["image"] for one in batch]), torch.cat(rows)


def detr(sample):
    made = boxed(sample)
    return {"pixel_values": made["image"], "labels": {"boxes": made["boxes"], "class_labels": made["labels"]}}


PICTURES = {
    "stacked": (labelled, default_collate),
    "fewer bits": (labelled, after(lambda x, y: (x.bfloat16(), y.int()))),
    "a number a class": (labelled, after(lambda x, y: (x, torch.nn.functional.one_hot(y, 4).float()))),
    "bytes divided": (lambda s: (v2.PILToTensor()(s["image"]), s["label"]), after(lambda x, y: (x / 255, y))),
    "of PIL": (lambda s: (s["image"], s["label"]), lambda b: (torch.stack([TO(one) for one, _ in b]), torch.tensor([label for _, label in b]))),
    "channels first": (lambda s: (np.asarray(s["image"].convert("RGB")).copy(), s["label"]), after(lambda x, y: (x.permute(0, 3, 1, 2), y))),
    "padded to a square": (labelled, after(lambda x, y: (torch.nn.functional.pad(x, (0, 8, 4, 4)), y))),
    "two views, one after another": (lambda s: (TO(s["image"]), TO(s["image"]).flip(-1)), lambda b: torch.cat([torch.stack([one[n] for one in b]) for n in range(2)])),
    "two views, in turn": (lambda s: (TO(s["image"]), TO(s["image"]).flip(-1)), lambda b: torch.stack([view for one in b for view in one])),
    "all in another order": (labelled, after(lambda x, y: (x.flip(0), y.flip(0)))),
    "in another order, and renamed": (labelled, after(lambda x, y: {"kind": y.flip(0), "photo": x.flip(0)})),
    "renamed": (lambda s: {"pixel_values": TO(s["image"]), "label": s["label"]},
                lambda b: {"pixel_values": torch.stack([one["pixel_values"] for one in b]), "labels": torch.tensor([one["label"] for one in b])}),
}  # fmt: skip


@pytest.mark.parametrize(("transform", "collate"), PICTURES.values(), ids=[*PICTURES])
def test_what_collates_are_for_is_no_change(transform, collate, request):
    leaves = ("label",) if "view" in request.node.name else ()
    assert found(Pipeline(transform=transform, collate=collate, classes=4, leaves=leaves), classified(20)) == set()


BOXES = {
    "columns": lambda b: tuple(zip(*[(one["image"], {n: one[n] for n in ("boxes", "labels")}) for one in b], strict=True)),
    "items": lambda b: b, "padded": padded_boxes, "one after another": yolo,
}  # fmt: skip


@pytest.mark.parametrize("collate", BOXES.values(), ids=[*BOXES])
def test_boxes_may_lie_in_a_batch_in_many_ways(collate):
    assert found(Pipeline(transform=boxed, collate=collate, classes=91), detected(12)) <= {"C897"}


def test_targets_may_have_names_of_their_own():
    collate = lambda b: {"pixel_values": torch.stack([one["pixel_values"] for one in b]), "labels": [one["labels"] for one in b]}  # noqa: E731
    judged = verdicts(Pipeline(transform=detr, collate=collate, classes=91), detected(8))
    assert judged["C898"].checked == 20
    assert judged["C891"].outcome.opens
    rolled = lambda b: {**collate(b), "labels": [one["labels"] for one in [b[-1], *b[:-1]]]}  # noqa: E731
    assert verdicts(Pipeline(transform=detr, collate=rolled, classes=91), detected(8))["C891"].failed == 8


CHANGES = {
    "labels rolled": (labelled, after(lambda x, y: (x, y.roll(1))), classified),
    "labels permuted": (labelled, after(lambda x, y: (x, y[torch.tensor([1, 0, *range(2, len(y))])])), classified),
    "the next labels": (labelled, after(lambda x, y: (x, (y + 1) % 4)), classified),
    "pictures turned round": (labelled, after(lambda x, y: (x.flip(0), y)), classified),
    "pictures flipped": (labelled, after(lambda x, y: (x.flip(-1), y)), classified),
    "noise": (labelled, after(lambda x, y: (x + 0.01 * torch.randn_like(x), y)), classified),
    "mixup": (labelled, after(lambda x, y: v2.MixUp(num_classes=4)(x, y)), classified),
    "cutmix": (labelled, after(lambda x, y: v2.CutMix(num_classes=4)(x, y)), classified),
    "boxes shifted": (boxed, lambda b: [{**one, "boxes": one["boxes"] + 1} for one in b], detected),
    "targets of others": (boxed, lambda b: ([one["image"] for one in b], [{n: one[n] for n in ("boxes", "labels")} for one in b[::-1]]), detected),
    "labels rolled among boxes": (boxed, lambda b: [yolo(b)[0], torch.cat([yolo(b)[1][:, :1], yolo(b)[1][:, 1:2].roll(1, 0), yolo(b)[1][:, 2:]], 1)], detected),
    "a box added": (boxed, lambda b: {**(made := padded_boxes(b)), "boxes": torch.cat([made["boxes"], torch.rand(len(b), 2, 4)], 1)}, detected),
    "views of others": (lambda s: (TO(s["image"]), TO(s["image"]).flip(-1)), lambda b: torch.cat([torch.stack([one[0] for one in b]), torch.stack([one[1] for one in b[::-1]])]), classified),
    "masks rolled": (lambda s: TO(s["image"], s["mask"]), after(lambda x, y: (x, y.roll(1, 0))), segmented),
    "masks moved": (lambda s: TO(s["image"], s["mask"]), after(lambda x, y: (x, y.roll(1, -1))), segmented),
}  # fmt: skip


@pytest.mark.parametrize(("transform", "collate", "make"), CHANGES.values(), ids=[*CHANGES])
def test_what_collate_changes_or_gives_to_another_is_found(transform, collate, make):
    judged = verdicts(Pipeline(transform=transform, collate=collate), make(16))
    assert judged["C891"].failed >= 4
    assert judged["C891"].examples[0].says.startswith("expected all of the item in its place in the batch, found its ")


def test_where_a_part_went_is_said():
    judged = verdicts(Pipeline(transform=labelled, collate=after(lambda x, y: (x, y.roll(1)))), classified(4))["C891"]
    assert [one.says.rpartition("found ")[2] for one in judged.examples] == [f"its [1] in the place of item {n}" for n in (1, 2, 3, 0)]


def test_a_mixture_may_be_meant_and_has_its_reason():
    from datastd.rules.sight.item_changed_in_batch import ItemChangedInBatch

    assert ItemChangedInBatch(limit=1000, because="mixup, as in the paper").because
    with pytest.raises(ValueError, match="because"):
        ItemChangedInBatch(limit=1000)


@given(st.data())
def test_a_permutation_of_a_part_alone_is_found_and_one_of_all_is_none(data):
    """Items of different numbers: whatever goes its own way is seen, in any order of the batch."""
    count = data.draw(st.integers(2, 6))
    order, other = (data.draw(st.permutations(range(count))) for _ in range(2))
    items = [{"input_ids": np.array([n, n + 1, 7]), "label": np.array(n)} for n in range(count)]
    batch = {"input_ids": np.stack([items[n]["input_ids"] for n in order]), "label": np.array([*other])}
    moved = Laid(batch, items, Pipeline()).moved()
    assert (set(moved) == {""}) == (order == other)


@given(st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=4, max_size=4))
def test_slots_are_given_out_where_they_can_be(held):
    from itertools import permutations

    possible = any(all(held[n][slot] for n, slot in enumerate(one)) for one in permutations(range(4)))
    assert _can_be_matched(np.array(held)) == possible


@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 3), st.integers(0, 3))
def test_numbers_are_found_within_padding_of_one_value_alone(height, width, before, behind):
    given_ = np.arange(1, height * width + 1).reshape(height, width)
    slot = np.pad(given_, ((before, 0), (0, 0))) if behind else given_
    assert places.extent(given_, slot, 0) == (slice(len(slot) - height, len(slot)), slice(0, width))
    spoiled = slot.copy()
    spoiled[-1, -1] += 1
    assert places.extent(given_, spoiled, 0) is None


# Two names, items of other shapes.


@dataclasses.dataclass
class Made:
    input_ids: list
    labels: list


@pytest.mark.parametrize(("more", "says"), [
    ({"pixel_values": lambda i: TO(i) * 0}, "picture, found image and pixel_values"), ({"labels": lambda i: 2}, "label, found label and labels"),
    ({"pixel_values": TO}, None), ({"y": lambda i: 1}, None), ({"x": lambda i: 0.5}, None), ({"pixel_values": lambda i: "a path"}, None),
])  # fmt: skip
def test_of_two_names_for_one_part_neither_is_taken(more, says):
    def transform(sample):
        return {"image": TO(sample["image"]), "label": sample["label"], **{name: make(sample["image"]) for name, make in more.items()}}

    raw = classified(4)[1]
    judged = verdicts(Pipeline(transform=transform), [raw])["F899"]
    assert (judged.failed == 1) == (says is not None)
    if says:
        assert f"expected one name for the part {says} (Pipeline.names says which)" in judged.examples[0].says
        named = Pipeline(transform=transform, names={"picture": "image", "label": "label"})
        assert found(named, [raw]) == set()


def test_a_dataclass_is_looked_at_as_a_dict_is():
    judged = verdicts(Pipeline(tokenizer=lambda s: Made([1, 2, 900], [-100] * 3), vocabulary=300), texts("a"))
    assert (judged["F894"].failed, judged["Q897"].failed) == (1, 1)


def test_both_sides_of_a_preference_are_looked_at():
    def tokenizer(sample):
        return {"chosen_input_ids": [1, 2, 3], "chosen_labels": [-100, 2, 3], "rejected_input_ids": [1, 4, 999], "rejected_labels": [-100] * 3}

    judged = verdicts(Pipeline(tokenizer=tokenizer, vocabulary=300), texts("a"))
    assert [one.key for one in judged["Q897"].examples] == ["t#0@rejected"]
    assert judged["F894"].failed == 1
    apart = lambda s: {"prompt_input_ids": [1, 2], "chosen_input_ids": [3], "rejected_input_ids": [4]}  # noqa: E731
    assert found(Pipeline(tokenizer=apart, vocabulary=300), texts("a")) == set()
    dialogues = [dataclasses.replace(one, messages={"chosen": (("user", "a"),), "rejected": (("user", "b"),)}) for one in texts("a")]
    half = lambda s: {"chosen_input_ids": [1], "chosen_labels": [1]}  # noqa: E731
    assert found(Pipeline(tokenizer=half, vocabulary=300), dialogues) == {"F897"}


def test_a_text_with_a_label_has_ids_as_well():
    raws = [dataclasses.replace(one, label=1) for one in texts("a", "b")]
    assert found(Pipeline(tokenizer=lambda s: {"label": s["label"]}), raws) == {"F897"}
    assert found(Pipeline(tokenizer=lambda s: {"label": s["label"], "input_ids": [1, 2]}), raws) == set()
    assert found(Pipeline(tokenizer=lambda s: {"label": s["label"]}, leaves=("tokens",)), raws) == set()


def test_what_has_names_is_told_from_what_is_an_array():
    assert parts.fields(Made([1], [2])) == {"input_ids": [1], "labels": [2]}
    assert [parts.fields(one) for one in (torch.ones(2), np.ones(2), [1], "a", 3, Made)] == [None] * 6


# Sequences: padding, and whose labels they are.


def encoded(text):
    return [5 + ord(one) % 90 + n % 3 for n, one in enumerate(text)]


def prompted(sample):
    ids = encoded(sample["text"])
    return {"input_ids": ids, "attention_mask": [1] * len(ids), "labels": [-100] * 5 + ids[5:]}


def tokens_alone(sample):
    return {name: value for name, value in prompted(sample).items() if name != "labels"}


def padded(values, left=False, **pads):
    """As data collators do."""
    pads = {"input_ids": PAD, "attention_mask": 0, "labels": -100} | pads
    longest = max(len(one["input_ids"]) for one in values)
    more = {name: [[pads[name]] * (longest - len(one[name])) for one in values] for name in values[0]}
    return {name: torch.tensor([pad * left + [*one[name]] + pad * (not left) for one, pad in zip(values, some, strict=True)])
            for name, some in more.items()}  # fmt: skip


def causal(values):
    made = padded(values)
    return made | {"labels": made["input_ids"].masked_fill(made["attention_mask"] == 0, -100)}


def masked(values):
    made = padded(values)
    hidden = (torch.arange(made["input_ids"].shape[1]) % 5 == 2) & (made["attention_mask"] == 1)
    return made | {"input_ids": made["input_ids"].masked_fill(hidden, 3), "labels": made["input_ids"].masked_fill(~hidden, -100)}


def to_the_most(counts):
    def tokenizer(sample):
        ids = encoded(sample["text"])
        more = 64 - len(ids)
        return {"input_ids": ids + [PAD] * more, "attention_mask": [1] * len(ids) + [0] * more, "labels": ids + [PAD if counts else -100] * more}

    return tokenizer


def shifted(by):
    return lambda s: (torch.tensor(encoded(s["text"])[: 30 - by]), torch.tensor(encoded(s["text"])[by:30]))


def flattened(values):
    return {name: torch.tensor([[number for one in values for number in one[name]]]) for name in ("input_ids", "labels")}


SOUND = {
    "labels of the answer": (prompted, padded), "padded on the left": (prompted, lambda b: padded(b, left=True)),
    "labels made by collate": (tokens_alone, causal), "masked words": (tokens_alone, masked),
    "padded by the tokenizer": (to_the_most(False), default_collate), "input and next": (shifted(1), default_collate),
    "flattened": (prompted, flattened), "sorted by length": (prompted, lambda b: padded(sorted(b, key=lambda one: -len(one["input_ids"])))),
}  # fmt: skip
SENTENCES = texts(*[f"the quick brown fox {'x' * n} jumps over the lazy dog" for n in range(12)])


@pytest.mark.parametrize(("tokenizer", "collate"), SOUND.values(), ids=[*SOUND])
def test_sequences_that_are_sound_pass(tokenizer, collate):
    assert found(Pipeline(tokenizer=tokenizer, collate=collate, vocabulary=SIZE, pad=PAD), SENTENCES) == set()


SPOILED = {
    "ids added to": (prompted, lambda b: {**(made := padded(b)), "input_ids": made["input_ids"] + 1}, {"C891", "F892"}),
    "labels of another row": (prompted, lambda b: {**(made := padded(b)), "labels": made["labels"].roll(1, 0)}, {"C891", "C889"}),
    "labels of the next": (prompted, lambda b: {**(made := padded(b)), "labels": made["labels"].roll(-1, 1)}, {"C891", "C890"}),
    "padding has labels": (prompted, lambda b: padded(b, labels=PAD), {"C889"}),
    "padding has attention": (prompted, lambda b: padded(b, attention_mask=1), {"C889"}),
    "padding of the tokenizer has labels": (to_the_most(True), default_collate, {"C889"}),
    "padded by a word": (prompted, lambda b: padded(b, input_ids=7), {"F892"}),
    "padded by no id": (prompted, lambda b: padded(b, input_ids=-100), {"F892", "F894"}),
    "shifted twice": (shifted(2), default_collate, {"C890"}),
    "shifted, and by the model too": (lambda s: dict(zip(("input_ids", "labels"), shifted(1)(s), strict=True)), default_collate, {"C890"}),
    "cut": (prompted, lambda b: {name: some[:, :30] for name, some in padded(b).items()}, {"C891", "F893"}),
}  # fmt: skip


@pytest.mark.parametrize(("tokenizer", "collate", "codes"), SPOILED.values(), ids=[*SPOILED])
def test_sequences_that_are_not_are_found_out(tokenizer, collate, codes):
    assert found(Pipeline(tokenizer=tokenizer, collate=collate, vocabulary=SIZE, pad=PAD), SENTENCES) == codes


def test_the_pipeline_says_who_shifts():
    by_us = lambda s: dict(zip(("input_ids", "labels"), shifted(1)(s), strict=True))  # noqa: E731
    assert found(Pipeline(tokenizer=by_us, vocabulary=SIZE, shift=1), SENTENCES) == set()
    judged = verdicts(Pipeline(tokenizer=prompted, vocabulary=SIZE, shift=1), SENTENCES)["C890"]
    assert judged.examples[0].says == "expected labels 1 tokens ahead of their own (Pipeline.shift), found 0"


def test_padding_is_told_by_its_id_where_nothing_else_tells():
    """A first one may be the end of the text."""
    def tokenizer(counts):
        return lambda s: {"input_ids": [5, 6, 7, 8, PAD, PAD, PAD], "labels": [5, 6, 7, 8, PAD, *[PAD if counts else -100] * 2]}

    assert found(Pipeline(tokenizer=tokenizer(False), vocabulary=SIZE, pad=PAD), texts("a")) == set()
    assert found(Pipeline(tokenizer=tokenizer(True), vocabulary=SIZE, pad=PAD), texts("a")) == {"C889"}


def test_texts_that_collate_alone_tokenises_are_looked_at_and_its_work_is_not_vouched_for():
    made = lambda b: causal([tokens_alone({"text": one}) for one in b])  # noqa: E731
    judged = verdicts(Pipeline(tokenizer=lambda s: s["text"], collate=made, vocabulary=20), SENTENCES)
    assert judged["F894"].outcome.value == "fail"
    assert judged["C891"].outcome.value == "unknown"
    assert judged["F897"].outcome.opens


def test_what_collate_was_to_make_is_missed_where_it_raises():
    judged = verdicts(Pipeline(tokenizer=lambda s: {"words": [1]}, collate=lambda b: b[0]["input_ids"]), SENTENCES)
    assert (judged["F897"].failed, judged["F893"].failed) == (12, 2)
    assert judged["F897"].examples[0].says == "expected token ids, found none"


def test_a_sequence_of_one_token_is_found_in_its_padding_and_a_class_is_not():
    from datastd.sight.places import extent

    padded, chosen = np.array([3, 0, 0, 0]), np.array([0, 0, 0, 1])
    assert extent(np.array([3]), padded, 0.0) == (slice(0, 1),)
    assert extent(np.array(3), padded, 0.0) is None
    assert extent(np.array([3]), chosen, 0.0) == extent(np.array(3), chosen, 0.0) == (slice(0, 4),)
