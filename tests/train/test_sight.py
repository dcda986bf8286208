"""What a model sees: pipelines that are sound pass, and each that is not is found out by its rule."""

import dataclasses
import random
import sys
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("torchvision")

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sights import answered, classified, detected, found, noise, segmented, texts, verdicts
from torch.utils.data import default_collate
from torchvision import transforms as v1
from torchvision import tv_tensors
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional as F

from datastd.errors import UsageError
from datastd.model import Outcome
from datastd.sight import parts, tracing
from datastd.sight.chance import undisturbed
from datastd.sight.pipeline import StepFailed
from datastd.sight.raw import Answer, Boxes, Raw, records
from datastd.sight.spans import Tokens, expected
from datastd.sources import Batch, Ragged, Shared
from datastd.train import Pipeline

END = [v2.ToImage(), v2.ToDtype(torch.float32, scale=True)]
NORMAL = v2.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
KEPT = [v2.ClampBoundingBoxes(), v2.SanitizeBoundingBoxes()]
FILL = {tv_tensors.Mask: 255, "others": 0}


def as_detectors_take_them(batch):
    return [*batch] if isinstance(batch[0], dict) else tuple(zip(*batch, strict=True))


def pair(transform):
    """As torchvision's detection references call it: a picture, and a plain dict of targets."""
    return lambda sample: transform(sample["image"], {name: sample[name] for name in ("boxes", "labels")})


DETECTION = {
    "nothing": END,
    "flip": [v2.RandomHorizontalFlip(0.5), *END],
    "resize": [v2.Resize((100, 90)), *END, NORMAL],
    "multi-scale": [v2.RandomShortestSize([40, 60, 90], max_size=200), v2.RandomHorizontalFlip(), *END],
    "crop": [v2.RandomCrop((40, 40)), *END, *KEPT],
    "jitter": [v2.ColorJitter(0.5, 0.5, 0.5, 0.3), v2.RandomInvert(1.0), *END],
    "large scale jitter": [v2.ScaleJitter((64, 64)), v2.RandomCrop((64, 64), pad_if_needed=True, fill=114), *END, *KEPT],
    "rotation": [v2.RandomRotation((20, 25)), *END, *KEPT],
    "half a right angle": [v2.RandomRotation((45, 45)), *END, *KEPT],
}  # fmt: skip


@pytest.mark.parametrize("steps", DETECTION.values(), ids=[*DETECTION])
@pytest.mark.parametrize("called", [lambda transform: transform, pair], ids=["dict", "pair"])
def test_boxes_that_go_with_their_picture_pass(steps, called):
    pipeline = Pipeline(transform=called(v2.Compose(steps)), collate=as_detectors_take_them, classes=91)
    judged = verdicts(pipeline, detected(24))
    assert {code for code, one in judged.items() if one.outcome is not Outcome.PASS} == set()
    assert {"F895", "C898", "C897", "C896", "Q896", "F896", "F893"} <= {*judged}
    assert judged["C896"].checked >= 12


def alone(*steps):
    """The picture goes its way alone, as a transform of pictures has it; boxes stay as they are."""
    return pair(lambda image, target: (v2.Compose([*steps, *END])(image), target))


def plain(transform):
    """Boxes as a tensor that nobody knows for boxes."""
    return pair(lambda image, target: transform(image, {**target, "boxes": target["boxes"].as_subclass(torch.Tensor)}))


def dropping(labels):
    """Boxes that a crop leaves nothing of are dropped, and labels by *labels*."""

    def transform(image, target):
        image, target = v2.Compose([v2.RandomCrop((24, 24)), *END])(image, target)
        sides = target["boxes"][:, 2:] - target["boxes"][:, :2]
        kept = (sides > 1).all(dim=1)
        return image, {"boxes": target["boxes"][kept], "labels": labels(target["labels"], kept)}

    return pair(transform)


MISTAKES = {
    "a smaller picture": (alone(v2.Resize((24, 32))), {"C898", "C896"}),
    "a larger picture": (alone(v2.Resize((96, 128))), {"C896"}),
    "a picture a tenth larger": (alone(v2.Resize((53, 70))), {"C896"}),
    "a flipped picture": (alone(v2.RandomHorizontalFlip(1.0)), {"C896"}),
    "a picture flipped at times": (alone(v2.RandomVerticalFlip(0.5)), {"C896"}),
    "a crop": (alone(v2.RandomCrop((32, 40))), {"C898", "C896"}),
    "boxes as a plain tensor": (plain(v2.Compose([v2.RandomHorizontalFlip(1.0), *END])), {"C896"}),
    "labels of boxes that are gone": (dropping(lambda labels, kept: labels), {"C897"}),
    "labels of others": (dropping(lambda labels, kept: labels[: int(kept.sum())]), {"C896"}),
    "labels turned round": (lambda s: {**v2.Compose(END)(s), "labels": s["labels"].flip(0)}, {"C897", "C896"}),
    "labels renumbered": (lambda s: {**v2.Compose(END)(s), "labels": s["labels"] - 1}, {"C897", "C896"}),
    "no boxes": (lambda s: {"image": END[1](END[0](s["image"])), "labels": s["labels"]}, {"F897", "C898", "C897", "C896", "F895", "Q896", "F896"}),
    "boxes without width": (lambda s: {**v2.Compose(END)(s), "boxes": s["boxes"][:, [0, 1, 0, 3]]}, {"F895", "C896"}),
    "boxes of NaN": (lambda s: {**v2.Compose(END)(s), "boxes": s["boxes"] * float("nan")}, {"F898", "F895", "C898", "C896"}),
    "every box dropped": (lambda s: {**v2.Compose(END)(s), "boxes": s["boxes"][:0], "labels": s["labels"][:0]}, {"Q896", "F896", "C898", "F895", "C896"}),
}  # fmt: skip


@pytest.mark.parametrize(("transform", "codes"), MISTAKES.values(), ids=[*MISTAKES])
def test_boxes_that_do_not_are_found_out(transform, codes):
    assert found(Pipeline(transform=transform, classes=91), detected(40)) == codes


@pytest.mark.parametrize(
    ("form", "change"),
    [("xywh", lambda b: torch.cat([b[:, :2], b[:, 2:] - b[:, :2]], 1)),
     ("cxcywh", lambda b: torch.cat([(b[:, :2] + b[:, 2:]) / 2, b[:, 2:] - b[:, :2]], 1))],
)  # fmt: skip
def test_plain_boxes_are_read_as_the_pipeline_says(form, change):
    def transform(sample):
        made = v2.Compose(END)(sample)
        return {**made, "boxes": change(made["boxes"].as_subclass(torch.Tensor))}

    assert found(Pipeline(transform=transform, classes=91, boxes=form), detected()) == set()
    assert "C896" in found(Pipeline(transform=transform, classes=91), detected())
    as_tensors = Pipeline(transform=v2.Compose([v2.ConvertBoundingBoxFormat(form), *END]), classes=91)
    assert found(as_tensors, detected()) == set()


def test_turned_boxes_are_taken_by_what_is_around_them():
    boxes = tv_tensors.BoundingBoxes([[30.0, 20.0, 20.0, 10.0, 90.0]], format="CXCYWHR", canvas_size=(48, 64))
    corners = parts.corners({"boxes": boxes}, Pipeline())
    np.testing.assert_allclose(corners, [[25, 10, 35, 30]], atol=1e-3)


def test_boxes_of_one_class_alone_are_followed_too():
    raws = [replace(one, boxes=one.boxes._replace(labels=(1, 1, 1))) for one in detected()]
    assert found(Pipeline(transform=v2.Compose(END), classes=2), raws) == set()
    flipped = Pipeline(transform=alone(v2.RandomHorizontalFlip(1.0)), classes=2)
    assert found(flipped, raws) == {"C896"}


def test_labels_are_renumbered_as_the_pipeline_says():
    numbers = {1: 0, 17: 1, 90: 2}

    def transform(sample):
        made = v2.Compose(END)(sample)
        return {**made, "labels": torch.tensor([numbers[int(one)] for one in made["labels"]])}

    assert found(Pipeline(transform=transform, classes=3, labels=numbers), detected()) == set()
    assert found(Pipeline(transform=transform, classes=2, labels=numbers), detected()) == {"F896"}
    assert found(Pipeline(transform=transform, classes=3, labels={1: 2, 17: 1, 90: 0}), detected()) == {"C897", "C896"}


def test_names_of_classes_become_numbers_as_the_pipeline_says():
    numbers = {"dog": 1, "cat": 2}
    named = [Raw(f"v#{n}", "train", picture=noise(n), boxes=Boxes(np.array([[2.0, 2, 30, 30]] * 2), ("dog", "cat"), np.zeros(2, np.int64)))
             for n in range(8)]  # fmt: skip

    def transform(sample):
        assert set(sample["labels"]) <= {"dog", "cat"}
        made = v2.Compose(END)({name: sample[name] for name in ("image", "boxes")})
        return {**made, "labels": torch.tensor([numbers[one] for one in sample["labels"]])}

    assert found(Pipeline(transform=transform, labels=numbers), named) == set()
    assert "C897" in found(Pipeline(transform=transform, labels={"dog": 2, "cat": 1}), named)


def test_a_made_sample_is_like_the_real_one_and_its_rectangle_is_seen():
    (raw, *_) = detected(1)
    for number in range(8):
        made, quarter = tracing._made(raw, number, [1, 17, 90])
        assert made.picture.shape == raw.picture.shape
        left, top, right, bottom = made.boxes.corners[quarter].astype(int)
        rectangle = made.picture[top:bottom, left:right]
        assert {*np.unique(rectangle)} == {255 if number < 4 else 0}
        assert (made.picture == rectangle[0, 0]).sum() == rectangle.size
        one = tracing.trace(raw, Pipeline(), number, [1, 17, 90])
        assert one == tracing.Trace(1.0, made.boxes.labels[quarter], made.boxes.labels[quarter])


@pytest.mark.parametrize("kind", [np.uint16, np.int32, np.float32])
@pytest.mark.parametrize("moved", [True, False])
def test_pictures_of_any_numbers_are_followed(kind, moved):
    raws = [replace(one, picture=one.picture.astype(kind) * 3 - 7) for one in detected(8)]

    def transform(sample):
        assert isinstance(sample["image"], np.ndarray)
        picture = torch.from_numpy(sample["image"].astype(np.float32)).permute(2, 0, 1)
        boxes = F.horizontal_flip(sample["boxes"]) if moved else sample["boxes"]
        return {"image": picture.flip(2) / 700, "boxes": boxes, "labels": sample["labels"]}

    assert found(Pipeline(transform=transform, classes=91), raws) - {"Q898"} == (set() if moved else {"C896"})


def test_a_made_picture_is_nowhere_transparent():
    raws = [replace(one, picture=noise(n, channels=4)) for n, one in enumerate(detected(4))]

    def transform(sample):
        image = sample["image"].convert("RGBA")
        ground = Image.new("RGBA", image.size, "white")  # what is transparent would be white
        return {"image": TO(Image.alpha_composite(ground, image).convert("RGB")), "boxes": sample["boxes"], "labels": sample["labels"]}

    assert found(Pipeline(transform=transform, classes=91), raws) == set()


SEGMENTATION = {
    "nothing": END,
    "flip": [v2.RandomHorizontalFlip(), *END],
    "references": [v2.RandomResize(40, 100), v2.RandomCrop((40, 40), pad_if_needed=True, fill=FILL), *END],
    "rotation": [v2.RandomRotation(30, fill=FILL), *END],
}


@pytest.mark.parametrize("steps", SEGMENTATION.values(), ids=[*SEGMENTATION])
def test_masks_that_go_with_their_picture_pass(steps):
    transform = v2.Compose(steps)
    assert found(Pipeline(transform=transform, classes=16), segmented()) == set()
    of_pairs = Pipeline(transform=lambda s: transform(s["image"], s["mask"]), classes=16, collate=None)
    assert found(of_pairs, segmented()) == set()


def bilinear(mask):
    return F.resize(mask.as_subclass(torch.Tensor)[None], [24, 40])[0]


def apart(picture, mask=lambda mask: mask.as_subclass(torch.Tensor)):
    return lambda sample: (v2.Compose([picture, *END])(sample["image"]), mask(sample["mask"]))


@pytest.mark.parametrize("make", [detected, segmented])
def test_of_what_is_all_but_cropped_away_nothing_is_said(make):
    """Of the rectangle in the first quarter three by three pixels are left; of the others none."""
    judged = verdicts(Pipeline(transform=v2.Compose([v2.Lambda(lambda one: F.crop(one, 0, 0, 12, 15), tv_tensors.Mask, tv_tensors.BoundingBoxes, Image.Image), *END]), classes=91), make(8))
    assert (judged["C896"].checked, judged["C896"].failed) == (0, 0)


MASKS = {
    "a picture resized": (apart(v2.Resize((24, 32))), {"C895", "C896"}),
    "a picture flipped": (apart(v2.RandomHorizontalFlip(1.0)), {"C896"}),
    "a mask resized as a picture": (apart(v2.Resize((24, 40)), bilinear), {"C894"}),
    "a mask divided by 255": (apart(v2.Identity(), lambda m: m.as_subclass(torch.Tensor) / 255), {"C894", "C896"}),
    "a mask shifted by one": (apart(v2.Identity(), lambda m: m.as_subclass(torch.Tensor) + 1), {"C894", "C896"}),
    "an empty border of class 0": (v2.Compose([v2.RandomRotation((20, 30)), *END]), {"C894"}),
    "no mask": (lambda s: v2.Compose(END)(s["image"]), {"F897", "C894", "C895", "C896", "F896"}),
}


@pytest.mark.parametrize(("transform", "codes"), MASKS.values(), ids=[*MASKS])
def test_masks_that_do_not_are_found_out(transform, codes):
    judged = found(Pipeline(transform=transform, classes=256), segmented(values=(1, 7, 15, 255)))
    assert judged == codes


def test_values_of_a_mask_are_renumbered_as_the_pipeline_says():
    numbers = {0: 0, 7: 1, 15: 2, 255: 255}

    def transform(sample):
        made = v2.Compose(END)(sample)
        return {**made, "mask": made["mask"].clone().apply_(numbers.__getitem__)}

    assert found(Pipeline(transform=transform, classes=3, labels=numbers), segmented()) == set()
    assert "C894" in found(Pipeline(transform=transform, classes=3), segmented())


def of_one(picture):
    """A picture, by what is done to it, and its label as it is."""
    return lambda sample: (picture(sample["image"]), sample["label"])


TO = v1.ToTensor()
CLASSES = {
    "v1": (of_one(v1.Compose([TO, v1.Normalize(0.13, 0.31)])), set()),
    "v2 of a dict": (v2.Compose(END), set()),
    "bytes": (of_one(v2.PILToTensor()), set()),
    "one number a class": (lambda s: (TO(s["image"]), torch.nn.functional.one_hot(torch.tensor(s["label"]), 4).float()), set()),
    "divided twice": (of_one(lambda i: TO(i) / 255), {"Q898"}),
    "divided twice and normalised": (of_one(lambda i: v1.Normalize(0.485, 0.229)(TO(i) / 255)), {"Q898"}),
    "not divided and normalised": (of_one(lambda i: v1.Normalize(0.485, 0.229)(v2.PILToTensor()(i).float())), {"Q898"}),
    "integers divided": (of_one(lambda i: v2.PILToTensor()(i) // 255 // 2), {"Q899"}),
    "NaN": (of_one(lambda i: TO(i) / 0 * 0), {"F898", "Q898", "Q899"}),
    "infinity": (of_one(lambda i: 1 / TO(i)), {"F898"}),
    "the next label": (lambda s: (TO(s["image"]), s["label"] + 1), {"C899", "F896"}),
    "another's label at times": (lambda s: (TO(s["image"]), (s["label"] + int(torch.randint(2, ()))) % 4), {"C899"}),
    "no label": (lambda s: TO(s["image"]), {"F897", "C899", "F896"}),
    "no picture": (lambda s: {"label": s["label"]}, {"F897"}),
    "another element type": (lambda s: (TO(s["image"]).to(torch.float64 if s["key"] > "c#3" else torch.float32), s["label"]), {"F893"}),
    "another number of channels": (lambda s: (TO(s["image"]).expand(3 if s["key"] in {"c#30", "c#31", "c#32", "c#33", "c#34", "c#35", "c#36", "c#37", "c#38", "c#39", "c#24", "c#25", "c#26", "c#27", "c#28", "c#29"} else 1, -1, -1), s["label"]), {"F893"}),
    "one of another size": (lambda s: (TO(s["image"])[:, : 8 if s["key"] == "c#7" else 16], s["label"]), {"F893"}),
    "a batch of another size": (lambda s: (TO(s["image"])[:, : 8 if int(s["key"][2:]) >= 32 else 16], s["label"]), {"Q895"}),
    "raises": (lambda s: (TO(s["image"]), s["label"] + 0 // s["label"]), {"F899"}),
    "leaves the process": (lambda s: sys.exit(0), {"F899", "F898", "F897", "C899", "F896"}),
    "nothing": (lambda s: None, {"F899", "F898", "F897", "C899", "F896"}),
}  # fmt: skip


@pytest.mark.parametrize(("transform", "codes"), CLASSES.values(), ids=[*CLASSES])
def test_pictures_and_labels_are_what_the_record_says(transform, codes):
    judged = found(Pipeline(transform=transform, collate=default_collate, classes=4), classified())
    assert judged == codes


def test_what_a_transform_raises_names_the_sample():
    def transform(sample):
        if sample["key"] in {"c#4", "c#9"}:
            raise KeyError("size\x1b[2J")
        return TO(sample["image"]), sample["label"]

    judged = verdicts(Pipeline(transform=transform, collate=default_collate, classes=4), classified())["F899"]
    assert (judged.checked, judged.failed) == (40, 2)
    assert [one.key for one in judged.examples] == ["c#4", "c#9"]
    assert judged.examples[0].says == "expected an item, found transform: KeyError: 'size\\x1b[2J'"
    with pytest.raises(KeyboardInterrupt):
        verdicts(Pipeline(transform=lambda _: (_ for _ in ()).throw(KeyboardInterrupt())), classified(1))


def test_what_collate_raises_names_the_first_sample_of_the_batch():
    items = []

    def collate(batch):
        items.append(len(batch))
        if len(items) == 2:
            raise ValueError("no")
        return default_collate(batch)

    judged = verdicts(Pipeline(transform=of_one(TO), collate=collate, batch=16), classified(40))["F893"]
    assert items == [16, 16, 8]
    assert (judged.checked, judged.failed, judged.examples[0].key) == (3, 1, "c#16")
    assert judged.examples[0].says == "expected a batch, found collate: ValueError: no"


@pytest.mark.parametrize("collate", [
    lambda _: None, lambda batch: tuple(zip(*batch, strict=True))[1:], lambda batch: default_collate(batch)[0],
    lambda batch: default_collate(batch[:-1]), lambda batch: {"image": default_collate(batch)[0][:, :, ::2], "label": 0},
])  # fmt: skip
def test_what_collate_leaves_out_is_missed(collate):
    judged = verdicts(Pipeline(transform=of_one(TO), collate=collate), classified(16))["F893"]
    assert judged.failed == judged.checked == 2
    assert "numbers for the" in judged.examples[0].says


@pytest.mark.parametrize("collate", [
    lambda batch: {"image": torch.stack([one["image"] for one in batch])}, lambda batch: tuple(zip(*batch, strict=True)),
    lambda batch: [one["boxes"] for one in batch],
])  # fmt: skip
def test_boxes_that_collate_leaves_out_are_missed(collate):
    def transform(sample):
        return {"image": TO(sample["image"]), "boxes": sample["boxes"], "labels": sample["labels"]}

    assert verdicts(Pipeline(transform=transform, collate=collate), detected(8))["F893"].failed == 1
    whole = Pipeline(transform=transform, collate=lambda batch: [[one["image"] for one in batch], [{"boxes": one["boxes"], "labels": one["labels"]} for one in batch]])
    assert verdicts(whole, detected(8))["F893"].outcome is Outcome.PASS


@pytest.mark.parametrize("form", [list, torch.tensor, np.array], ids=["list", "torch", "numpy"])
def test_ids_of_one_window_are_looked_at_in_any_form(form):
    def tokenizer(sample):
        return {"input_ids": form([1, 2, 10**9]), "labels": form([-100] * 3), "start_positions": torch.tensor(0)}

    judged = verdicts(Pipeline(tokenizer=tokenizer, vocabulary=300), texts("a", "b"))
    assert (judged["F894"].failed, judged["Q897"].failed) == (2, 2)


@dataclasses.dataclass
class Made:
    input_ids: list


@pytest.mark.parametrize("made", [
    {"input_ids": 5}, {"input_ids": torch.tensor(5)}, {"input_ids": []}, {"input_ids": [[]]}, {"input_ids": [1.0, 2.0]}, {"words": [1, 2]},
    {"inputs": {"input_ids": [1, 2]}}, {"side_input_ids": [1], "side_labels": [1]}, Made([1, 2]), [{}], "text", iter([1]), 7, {},
])  # fmt: skip
def test_an_item_of_a_text_in_which_there_are_no_ids_does_not_pass(made):
    judged = verdicts(Pipeline(tokenizer=lambda _: made, vocabulary=300), texts("a"))
    assert judged["F897"].outcome is Outcome.FAIL or judged["F899"].outcome is Outcome.FAIL
    left = verdicts(Pipeline(tokenizer=lambda _: made, vocabulary=300, leaves=("tokens",)), texts("a"))
    assert left["F897"].outcome is not Outcome.FAIL


def test_numbers_that_only_a_batch_has_are_found():
    def collate(batch):
        images, labels = default_collate(batch)
        return images / (images.mean() * 0), labels

    judged = verdicts(Pipeline(transform=of_one(TO), collate=collate), classified(8))["F898"]
    assert judged.failed == 1
    assert "in the batch, [0]" in judged.examples[0].says
    of_items = verdicts(Pipeline(transform=of_one(lambda i: TO(i) / 0 * 0), collate=default_collate), classified(8))["F898"]
    assert (of_items.checked, of_items.failed) == (8, 8)  # and not once more in the batch


def test_what_an_objective_leaves_is_not_asked_for():
    pictures_alone = Pipeline(transform=lambda s: TO(s["image"]), leaves=("label",))
    judged = verdicts(pictures_alone, classified())
    assert {code for code, one in judged.items() if one.outcome is not Outcome.PASS} == set()
    assert not {"C899", "F896"} & {*judged}


def test_parts_have_the_names_that_the_pipeline_says():
    def transform(sample):
        return {"photo": TO(sample["image"]), "kind": sample["label"]}

    assert "F897" in found(Pipeline(transform=transform), classified())
    assert found(Pipeline(transform=transform, names={"picture": "photo", "label": "kind"}), classified()) == set()


def test_a_sample_is_made_anew_for_each_call():
    def transform(sample):
        sample["boxes"][:] = 0
        sample["image"].paste(0, (0, 0, 64, 48))
        return {"image": TO(sample["image"]), "boxes": sample["boxes"], "labels": sample["labels"]}

    raws = detected(3)
    before = [(raw.picture.copy(), raw.boxes.corners.copy()) for raw in raws]
    assert {"F895", "Q899"} <= found(Pipeline(transform=transform), raws)
    for raw, (picture, corners) in zip(raws, before, strict=True):
        assert (raw.picture == picture).all()
        assert (raw.boxes.corners == corners).all()


def seeded():
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002  -- what transforms draw from
    torch.manual_seed(1)


def three():
    return random.random(), np.random.rand(), float(torch.rand(()))  # noqa: NPY002


def test_random_numbers_depend_on_seed_and_sample_alone_and_are_given_back():
    drawn = {}

    def transform(sample):
        drawn.setdefault(sample["key"], []).append(three())
        return TO(sample["image"]), sample["label"]

    seeded()
    after = three()
    seeded()
    for raws in (classified(4), classified(4)[::-1], classified(2)):
        verdicts(Pipeline(transform=transform), raws)
    assert three() == after
    assert all(len({*some}) == 1 for some in drawn.values())
    assert len({one for some in drawn.values() for one in some}) == 4
    verdicts(Pipeline(transform=transform), classified(1), seed=1)
    assert len({*drawn["c#0"]}) == 2


def test_random_numbers_are_given_back_after_an_error():
    torch.manual_seed(3)
    expected_next = float(torch.rand(()))
    torch.manual_seed(3)
    with pytest.raises(ZeroDivisionError), undisturbed():
        torch.rand(9).mul_(1 // 0)
    assert float(torch.rand(())) == expected_next


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"transform": 3}, "pipeline: transform: expected something to call, found int"),
        ({"batch": 0}, "pipeline: batch: expected a whole number from 1, found 0"),
        ({"batch": None}, "pipeline: batch"), ({"classes": True}, "pipeline: classes"), ({"vocabulary": -1}, "pipeline: vocabulary"),
        ({"context": 2}, "pipeline: context: expected 0 or 1"),
        ({"shift": 2}, "pipeline: shift: expected None or 0 or 1, found 2"), ({"channels": "rbg"}, "pipeline: channels: expected rgb or bgr"), ({"pad": "0"}, "pipeline: pad: expected a token id"),
        ({"boxes": "yxyx"}, "pipeline: boxes: expected xyxy or xywh or cxcywh"), ({"leaves": ("labels",)}, "pipeline: leaves"),
        ({"names": {"image": "x"}}, "pipeline: names: expected some of picture"),
    ],
)  # fmt: skip
def test_what_is_no_pipeline_is_refused(fields, says):
    with pytest.raises(UsageError, match=says):
        Pipeline(**fields)


# Text: windows of questions, and labels of tokens.

CONTEXT = "The first town here is Paris, as everyone knows; the second one is called London."


def windows(*edges, context=CONTEXT, size=6, **more):
    """Items of *size* words each from these ones on, with a question of two tokens before them."""
    places = [0]
    words = context.split(" ")
    for word in words:
        places.append(places[-1] + len(word) + 1)
    made = []
    for edge in edges:
        offsets = [(places[n], places[n] + len(words[n])) for n in range(edge, min(edge + size, len(words)))]
        made.append({"input_ids": [101, 7, 8, 102, *range(10, 10 + len(offsets)), 102],
                     "offset_mapping": [(0, 0), (0, 4), (5, 9), (0, 0), *offsets, (0, 0)], **more})  # fmt: skip
    return made


def with_spans(*spans, **how):
    return lambda sample: [
        item | {"start_positions": first, "end_positions": last}
        for item, (first, last) in zip(windows(*range(0, 5 * len(spans), 5), **how), spans, strict=True)
    ]  # fmt: skip


QUESTIONS = {
    # "Paris," is the sixth word and the first of the second window
    "right": ([(9, 9), (4, 4)], set()),
    "the word after": ([(9, 9), (5, 5)], {"C893"}),
    "the first window's span for both": ([(9, 9), (9, 9)], {"C893"}),
    "none in a window that holds it": ([(9, 9), (0, 0)], {"C893"}),
    "in the question": ([(1, 1), (4, 4)], {"C893"}),
    "an end before its start": ([(9, 8), (4, 4)], {"C893"}),
}


@pytest.mark.parametrize(("spans", "codes"), QUESTIONS.values(), ids=[*QUESTIONS])
@pytest.mark.parametrize(
    "told",
    [{}, {"sequence_ids": [None, 0, 0, None, *[1] * 6, None]}, {"token_type_ids": [*[0] * 4, *[1] * 7]}, {"token_type_ids": [0] * 11}],
    ids=["by runs", "by sequence", "by type", "of one type"],
)
def test_a_span_is_the_answer_in_every_window(spans, codes, told):
    asked = answered((CONTEXT, "Paris"))
    assert found(Pipeline(tokenizer=with_spans(*spans, **told)), asked) == codes


def test_a_context_may_come_first_and_have_tokens_without_characters():
    """As models that pad on the left have it; a token of nothing lies in the context."""
    item = {"input_ids": [10, 11, 12, 13, 102, 7, 102], "offset_mapping": [(0, 2), (2, 2), (3, 6), (7, 12), (0, 0), (0, 5), (0, 0)],
            "start_positions": 2, "end_positions": 3}  # fmt: skip
    for told in ({}, {"sequence_ids": [0, 0, 0, 0, None, 1, None]}):
        asked = answered(("an old house", "old house"))
        assert found(Pipeline(tokenizer=lambda s, told=told: {**item, **told}, context=0), asked) == set()
        assert found(Pipeline(tokenizer=lambda s, told=told: {**item, **told}), asked) == {"C892", "C893"}
    by_offsets = item | {"offset_mapping": [*item["offset_mapping"][:4], None, None, None], "sequence_ids": [0, 0, 0, 0, None, 1, None]}
    assert found(Pipeline(tokenizer=lambda s: by_offsets), answered(("an old house", "old house"))) == set()
    padded = {name: [*([0] if name == "input_ids" else [(0, 0)]) * 2, *item[name]] for name in ("input_ids", "offset_mapping")}
    spans_ = {"start_positions": 4, "end_positions": 5}
    assert found(Pipeline(tokenizer=lambda s: padded | spans_, context=0), answered(("an old house", "old house"))) == set()


def test_a_window_without_the_answer_says_so_as_the_pipeline_has_it():
    asked = answered((CONTEXT, "Paris"))
    at_the_end = with_spans((10, 10), (10, 10), size=3)
    assert found(Pipeline(tokenizer=with_spans((0, 0), (4, 4), size=3)), asked) == set()
    assert found(Pipeline(tokenizer=with_spans((5, 5), (4, 4), size=3)), asked) == {"C893"}
    assert found(Pipeline(tokenizer=with_spans((7, 7), (4, 4), size=3), no_answer=(7, 7)), asked) == set()
    last = Pipeline(tokenizer=with_spans((7, 7), (4, 4), size=3), no_answer=lambda item: (len(item["input_ids"]) - 1,) * 2)
    assert found(last, asked) == set()
    assert found(Pipeline(tokenizer=at_the_end), answered((CONTEXT, None))) == {"C893"}
    assert found(Pipeline(tokenizer=with_spans((0, 0), (0, 0))), answered((CONTEXT, None))) == set()


def test_an_answer_that_no_window_holds_is_named():
    asked = answered((CONTEXT, "called London"))
    cut = with_spans((0, 0))
    judged = verdicts(Pipeline(tokenizer=cut), asked)
    assert {code for code, one in judged.items() if one.outcome is Outcome.FAIL} == {"C892"}
    assert judged["C892"].examples[0].says == "expected the answer in one of 1 windows, found it in 0"


def test_without_offsets_nothing_is_known_of_spans():
    def tokenizer(sample):
        return [{**item, "offset_mapping": None} for item in with_spans((9, 9))(sample)]

    judged = verdicts(Pipeline(tokenizer=tokenizer), answered((CONTEXT, "Paris")))
    assert judged["F897"].examples[0].says == "expected offsets of tokens, found none"
    assert judged["C893"].outcome is Outcome.UNKNOWN
    lost = Pipeline(tokenizer=lambda s: windows(0))
    assert verdicts(lost, answered((CONTEXT, "Paris")))["F897"].examples[0].says == "expected the span of the answer, found none"


def test_windows_may_come_as_lists_in_one_dict():
    def tokenizer(sample):
        found_ = with_spans((9, 9), (4, 4))(sample)
        return {name: [one[name] for one in found_] for name in found_[0]} | {"overflow_to_sample_mapping": [0, 0]}

    judged = verdicts(Pipeline(tokenizer=tokenizer), answered((CONTEXT, "Paris")))
    assert judged["C893"].checked == 2
    assert judged["C893"].outcome is Outcome.PASS


def test_collate_gets_items_without_what_is_for_the_preview_alone():
    got = []
    pipeline = Pipeline(tokenizer=with_spans((9, 9), (4, 4)), collate=lambda batch: got.extend(batch) or default_collate(batch))
    assert found(pipeline, answered((CONTEXT, "Paris"))) == set()
    assert [{*one} for one in got] == [{"input_ids", "start_positions", "end_positions"}] * 2


@given(st.data())
def test_the_span_of_tokens_around_an_answer_is_always_right(data):
    """Words of any length, any answer in them: its own tokens are right, and others are not."""
    context = " ".join(data.draw(st.lists(st.text("ab\u00e9\U0001f600", min_size=1, max_size=4), min_size=1, max_size=12)))
    start = data.draw(st.integers(0, len(context) - 1))
    stop = data.draw(st.integers(start + 1, len(context)))
    answer = Answer(context[start:stop], start)
    ends = [n for n, one in enumerate(context) if one == " "] + [len(context)]
    starts = [0, *(n + 1 for n in ends[:-1])]
    tokens = Tokens(np.arange(len(starts)) + 4, np.array(starts), np.array(ends))
    if not answer.text.strip():
        assert expected(tokens, [answer], context, (0, 0), (4, 4)) == (0, 0)
        return
    letters = [n for n in range(start, stop) if context[n] != " "]
    first, last = (next(n for n, end in enumerate(ends) if letter < end) + 4 for letter in (letters[0], letters[-1]))
    assert expected(tokens, [answer], context, (0, 0), (first, last)) == (first, last)
    for seen in ((first + 1, last), (first, last - 1), (0, 0)):
        assert expected(tokens, [answer], context, (0, 0), seen) == (first, last)
    part = Tokens(tokens.places[1:], tokens.starts[1:], tokens.ends[1:])
    if first == 4:  # the window begins behind the first token
        assert expected(part, [answer], context, (0, 0), (0, 0)) == (0, 0)


def test_a_character_that_is_in_no_token_is_that_of_the_next_one_inside():
    tokens = Tokens(np.array([4, 5]), np.array([0, 3]), np.array([2, 5]))
    assert expected(tokens, [Answer("#cd", 2)], "ab#cd", (0, 0), (9, 9)) == (5, 5)
    assert expected(tokens, [Answer("ab#", 0)], "ab#cd", (0, 0), (9, 9)) == (4, 4)
    assert expected(tokens, [Answer("#", 2)], "ab#cd", (0, 0), (9, 9)) == (0, 0)


def test_any_of_several_answers_is_right_and_none_where_one_is_not_in_the_window():
    tokens = Tokens(np.array([4, 5]), np.array([3, 7]), np.array([6, 9]))  # of "a: one or two"
    golds = [Answer("one or two", 3), Answer("one", 3), Answer(" or", 6)]
    for seen in ((4, 4), (5, 5), (0, 0)):
        assert expected(tokens, golds, "a: one or two", (0, 0), seen) == seen
    assert expected(tokens, golds, "a: one or two", (0, 0), (4, 5)) == (4, 4)
    assert expected(tokens, golds[1:], "a: one or two", (0, 0), (0, 0)) == (4, 4)
    window = Tokens(np.array([4]), np.array([7]), np.array([9]))  # the space before it is in another
    assert expected(window, golds[2:], "a: one or two", (0, 0), (0, 0)) == (4, 4)


def lm(*labels, ids=(1, 2, 3, 4), **more):
    some = iter(labels * 99)
    return lambda sample: {"input_ids": [*ids], "labels": [*next(some)], **more}


TOKENS = {
    "some count": (lm((-100, -100, 3, 4)), set()),
    "none counts": (lm((-100,) * 4, (-100, 2, -100, -100)), {"Q897"}),
    "beyond the vocabulary": (lm((1, 2, 3, 50), (1, 2, 3, 4)), {"F894"}),
    "an input beyond it": (lm((1, 2, 3, 4), ids=(1, 2, 3, 50)), {"F894"}),
    "another number that is left out": (lm((-1, -1, 3, 4)), {"F894"}),
    "no labels": (lambda s: {"input_ids": [1, 2, 3]}, {"F897"}),
    "a pair": (lambda s: (torch.tensor([1, 2]), torch.tensor([2, 3])), set()),
}


@pytest.mark.parametrize(("tokenizer", "codes"), TOKENS.values(), ids=[*TOKENS])
def test_tokens_have_labels_that_count_and_that_the_model_has(tokenizer, codes):
    assert found(Pipeline(tokenizer=tokenizer, vocabulary=50), texts(*"abcd")) == codes


def test_labels_that_collate_makes_are_looked_at():
    def collate(batch, ignored=1):
        ids = torch.tensor([one["input_ids"] for one in batch])
        labels = ids.clone()
        labels[:, :ignored] = -100
        return {"input_ids": ids, "labels": labels}

    def tokenizer(sample):
        return {"input_ids": [1, 2, 3]}

    assert found(Pipeline(tokenizer=tokenizer, collate=collate, vocabulary=9), texts(*"abc")) == set()
    masked = verdicts(Pipeline(tokenizer=tokenizer, collate=lambda b: collate(b, 3), vocabulary=9), texts(*"abc"))
    assert (masked["Q897"].checked, masked["Q897"].failed) == (3, 3)
    lacking = Pipeline(tokenizer=tokenizer, collate=lambda b: {"input_ids": torch.ones(len(b), 3)}, vocabulary=9)
    assert found(lacking, texts(*"abc")) == {"F897", "C891"}
    assert found(Pipeline(tokenizer=tokenizer, leaves=("tokens",), vocabulary=9), texts(*"abc")) == set()


def test_an_item_that_nobody_can_look_at_is_a_finding():
    odd = Pipeline(tokenizer=lambda s: {"input_ids": [1], "offset_mapping": 3, "start_positions": 0, "end_positions": 0})
    judged = verdicts(odd, answered((CONTEXT, "Paris")))
    assert judged["F899"].failed == 1
    assert judged["F899"].examples[0].says.startswith("expected an item, found item: TypeError")


def test_a_record_has_every_plain_column_and_a_sample_is_made_of_it():
    batch = Batch(
        pl.Series(["f#0", "f#1"]),
        {"text": pl.Series(["q", "r"]), "context": Shared(pl.Series(["one", "two"]), np.array([1, 1])),
         "tokens": Ragged(np.arange(5), np.array([0, 2, 5])), "label": pl.Series([None, 3]), "n": np.array([4, 5]),
         "palette": [np.zeros((2, 3)), np.zeros((2, 3))], "digest": pl.Series([b"x", b"y"])},
        annotations=pl.DataFrame({"row": [0, 0, 1], "annotation": ["0", "plausible0", "0"], "plausible": [False, True, False],
                                  "start": [0, 1, 2], "text": ["t", "w", "o"]}),
    )  # fmt: skip
    one, two = (raw.sample() for raw in records(batch, "train"))
    assert [one.pop("tokens").tolist(), two.pop("tokens").tolist()] == [[0, 1], [2, 3, 4]]
    assert one == {"key": "f#0", "question": "q", "context": "two", "n": 4, "answers": [{"text": "t", "answer_start": 0}]}
    assert two == {"key": "f#1", "question": "r", "context": "two", "n": 5, "label": 3, "answers": [{"text": "o", "answer_start": 2}]}


def test_turns_are_messages_by_side():
    turns = [(0, "user", "hello", 0), (0, "assistant", None, 1), (0, "assistant", "b", 2)]
    row, role, text, side = zip(*turns, strict=True)
    batch = Batch(pl.Series(["f#0"]), {"form": pl.Series(["preference"])}, annotations=pl.DataFrame(
        {"row": [*row], "annotation": ["0", "chosen.0", "rejected.0"], "role": [*role], "text": [*text], "side": [*side]}))  # fmt: skip
    (raw,) = records(batch, "train")
    assert raw.sample() == {
        "key": "f#0", "form": "preference", "messages": [{"role": "user", "content": "hello"}],
        "chosen": [{"role": "assistant", "content": ""}], "rejected": [{"role": "assistant", "content": "b"}],
    }  # fmt: skip


def test_a_box_that_cannot_be_read_is_none_and_its_picture_has_the_others():
    frame = pl.DataFrame({"row": [0, 0, 1], "annotation": ["1", "2", "3"], "category": [5, 6, None], "class_name": [None, None, "dog"],
                          "x_px": [1.0, None, 0.0], "y_px": [2.0, 1.0, 0.0], "w_px": [3.0, 1.0, 1.0], "h_px": [4.0, 1.0, 1.0], "crowd": [1, 0, None]})  # fmt: skip
    pictures = [noise(0), noise(1), noise(2)]
    one, two, three_ = records(Batch(pl.Series(["a", "b", "c"]), {"image": pictures}, annotations=frame), "train")
    sample = one.sample()
    assert sample["boxes"].tolist() == [[1, 2, 4, 6]]
    assert sample["boxes"].canvas_size == (48, 64)
    assert (sample["labels"].tolist(), sample["iscrowd"].tolist()) == ([5], [1])
    assert two.sample()["labels"] == ["dog"]
    assert three_.sample()["boxes"].shape == (0, 4)
    assert (np.asarray(sample["image"]) == pictures[0]).all()


def test_a_panic_of_rust_is_a_finding():
    class PanicException(BaseException):
        pass

    def tokenizer(sample):
        raise PanicException("index out of bounds")

    assert verdicts(Pipeline(tokenizer=tokenizer), texts("a"))["F899"].failed == 1


@pytest.mark.parametrize("label", [1e30, 2**64 - 1, -1e30])
def test_a_label_may_be_any_number(label):
    judged = found(Pipeline(transform=lambda s: (TO(s["image"]), label), classes=4), classified(3))
    assert judged == {"C899", "F896"}


def test_a_batch_that_nobody_can_look_at_is_a_finding():
    sparse = Pipeline(transform=of_one(TO), collate=lambda batch: torch.eye(3).to_sparse())
    judged = verdicts(sparse, classified(8))["F893"]
    assert judged.failed == 1
    assert judged.examples[0].says.startswith("expected a batch, found batch: ")
    odd = Pipeline(transform=lambda s: (torch.eye(16).to_sparse(), 3), classes=4)
    assert verdicts(odd, classified(3))["F899"].failed == 3


def test_lists_of_nothing_have_no_element_type():
    def transform(sample):
        return {"image": TO(sample["image"]), "label": sample["label"], "tags": [1] * (sample["label"] % 2)}

    by_name = Pipeline(transform=transform, collate=lambda batch: {name: [one[name] for one in batch] for name in batch[0]}, batch=1)
    judged = verdicts(by_name, [*classified(1), *classified(4)[2:3]])
    assert judged["F893"].outcome is Outcome.PASS


def test_a_step_that_fails_says_which():
    assert str(StepFailed("tokenizer", ValueError("a\nb"))) == "tokenizer: ValueError: a"
    with pytest.raises(StepFailed, match="tokenizer: ZeroDivisionError"):
        Pipeline(transform=lambda s: 0, tokenizer=lambda x: 1 / x).items({})


@pytest.mark.parametrize(
    ("value", "size"),
    [
        (torch.zeros(3, 4, 5), (3, 4, 5)), (torch.zeros(4, 5), (1, 4, 5)), (torch.zeros(6, 5, 3), (3, 6, 5)),
        (np.zeros((4, 5, 3)), (3, 4, 5)), (np.zeros((3, 4, 5)), (3, 4, 5)), (np.zeros((4, 5)), (1, 4, 5)),
        (torch.zeros(3, 4, 5, dtype=torch.bfloat16), (3, 4, 5)), (torch.zeros(3, 4, 3), (3, 4, 3)),
        (torch.zeros(5), None), ("text", None), (None, None), (torch.zeros(1, 3, 4, 5), None),
    ],
)  # fmt: skip
def test_pictures_are_read_channels_first(value, size):
    for item in ({"image": value}, (value, 3), value):
        seen = parts.picture(item, Pipeline())
        assert (seen and seen.pixels.shape) == size
        assert seen is None or (seen.height, seen.width) == size[1:]
