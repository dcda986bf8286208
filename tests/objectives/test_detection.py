"""Detection: boxes go with their pictures, crowds are not learned, and what is right scores 1."""

import shutil
from itertools import chain
from types import SimpleNamespace

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("torchvision")

from coco_files import coco, draw, sound, write
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sights import Draws, detected, found, noise
from support import SHARED, needs_data
from torch import nn
from torchvision.models.detection import (
    FasterRCNN,
    RetinaNet,
    fasterrcnn_mobilenet_v3_large_320_fpn,
)
from torchvision.models.detection.anchor_utils import AnchorGenerator
from voc_files import voc, yolo

from datastd.errors import UsageError
from datastd.loading import Feed
from datastd.model import Outcome
from datastd.objectives.detection import Detection
from datastd.sight.raw import Boxes, Raw
from datastd.train import finetune, pretrain, preview

AS_THEY_ARE = Detection(flip=False)
pytestmark = pytest.mark.usefixtures("one_thread")



def backbone():
    made = nn.Sequential(nn.Conv2d(3, 8, 7, 4, 3), nn.ReLU(), nn.Conv2d(8, 16, 3, 2, 1), nn.ReLU())
    made.out_channels = 16
    return made


def detector(outputs=4, kind=RetinaNet):
    """A detector of torchvision, as small as they come."""
    torch.manual_seed(0)
    sides = {"min_size": 64, "max_size": 96}
    if kind is RetinaNet:
        return RetinaNet(backbone(), outputs, anchor_generator=AnchorGenerator(((16, 32),), ((1.0,),)), **sides)
    return FasterRCNN(backbone(), outputs, rpn_anchor_generator=AnchorGenerator(((16, 32),), ((1.0,),)), **sides)


class Perfect(nn.Module):
    """What learns nothing and knows everything: it is told the boxes of pictures by their first pixels."""

    def __init__(self, batch):
        super().__init__()
        pictures, targets = batch
        self.known = {self.mark(one / 255): {**target} for one, target in zip(pictures, targets, strict=True)}

    @staticmethod
    def mark(picture):
        return hash((picture * 255).round().byte().contiguous().numpy().tobytes())

    def forward(self, pictures):
        targets = [self.known[self.mark(one)] for one in pictures]
        return [{"boxes": one["boxes"], "labels": one["labels"], "scores": torch.ones(len(one["labels"]))} for one in targets]


def raw(*boxes, labels=None, crowd=None, height=30, width=40, key="p#0"):
    boxes = np.array(boxes, float).reshape(-1, 4)
    labels = tuple(labels or (1,) * len(boxes))
    crowd = np.zeros(len(boxes), np.int64) if crowd is None else np.array(crowd)
    return Raw(key, "train", picture=noise(0, height, width), boxes=Boxes(boxes, labels, crowd))


def batch_of(objective, raws):
    return objective.collate([objective.item(one.sample(), None) for one in raws])


def test_an_item_is_a_picture_of_three_colours_and_its_boxes():
    picture, target = Detection().item(raw([1, 2, 11, 22], labels=[7]).sample(), None)
    assert (picture.dtype, picture.shape) == (torch.uint8, (3, 30, 40))
    assert (target["boxes"].dtype, target["boxes"].tolist()) == (torch.float32, [[1, 2, 11, 22]])
    assert type(target["boxes"]) is torch.Tensor
    assert (target["labels"].dtype, target["labels"].tolist()) == (torch.int64, [7])
    grey = Raw("p#0", "train", picture=noise(0, 30, 40, 1), boxes=raw([1, 2, 11, 22]).boxes)
    assert Detection().item(grey.sample(), None)[0].shape == (3, 30, 40)


def test_a_flip_takes_boxes_along():
    one = raw([1, 2, 11, 22], [30, 0, 40, 30])
    picture, target = Detection().item(one.sample(), Draws(0.4))
    assert target["boxes"].tolist() == [[29, 2, 39, 22], [0, 0, 10, 30]]
    assert (picture == torch.from_numpy(one.picture.transpose(2, 0, 1)).flip(-1)).all()
    for objective, random in ((Detection(), Draws(0.6)), (AS_THEY_ARE, Draws(0.1)), (Detection(), None)):
        picture, target = objective.item(one.sample(), random)
        assert target["boxes"].tolist() == one.boxes.corners.tolist()
        assert (picture == torch.from_numpy(one.picture.transpose(2, 0, 1))).all()


def test_pictures_are_resized_by_their_longer_side_as_pillow_does():
    one = raw([4, 3, 20, 30], [10, 10, 40, 20])
    picture, target = Detection(size=20).item(one.sample(), None)
    assert (picture.permute(1, 2, 0).numpy() == np.asarray(Image.fromarray(one.picture).resize((20, 15), Image.Resampling.BILINEAR))).all()
    assert target["boxes"].tolist() == [[2, 1.5, 10, 15], [5, 5, 20, 10]]
    thin = raw([0, 0, 400, 1], height=1, width=400)
    assert Detection(size=20).item(thin.sample(), None)[0].shape == (3, 1, 20)


def test_boxes_end_where_the_picture_does_and_those_without_area_are_left_out():
    one = raw([-0.9, -0.5, 10, 31], [5, 5, 5, 9], [39.5, 3, 40.9, 9], [-1, 3, 0, 9], labels=[1, 2, 3, 4])
    _, target = Detection().item(one.sample(), None)
    assert target["boxes"].tolist() == [[0, 0, 10, 30], [39.5, 3, 40, 9]]
    assert target["labels"].tolist() == [1, 3]


@given(st.lists(st.tuples(*[st.floats(-2, 50, width=32)] * 4), max_size=5), st.integers(1, 60), st.floats(0, 1, exclude_max=True))
def test_whatever_the_boxes_and_sides_are_boxes_have_area_and_lie_inside(corners, size, number):
    corners = [(min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in corners]
    picture, target = Detection(size=size).item(raw(*corners).sample(), Draws(number))
    boxes, (_, height, width) = target["boxes"], picture.shape
    assert (boxes >= 0).all()
    assert (boxes[:, 2:] <= torch.tensor([width, height])).all()
    assert (boxes[:, 2:] > boxes[:, :2]).all()
    assert len(boxes) == len(target["labels"]) == len(target["crowd"])


def test_labels_are_categories_in_the_order_that_is_said():
    one = raw([0, 0, 9, 9], [9, 9, 20, 20], labels=["cat", "dog"])
    assert Detection(classes=("dog", "cat")).item(one.sample(), None)[1]["labels"].tolist() == [2, 1]
    one = raw([0, 0, 9, 9], [9, 9, 20, 20], labels=[0, 90])
    assert Detection(classes=(0, 90)).item(one.sample(), None)[1]["labels"].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("classes", "label"), [(None, 0), (None, "dog"), (("dog",), "cat"), ((1, 2), 3), (("1",), 1)],
)  # fmt: skip
def test_a_label_that_has_no_number_is_refused_and_not_dropped(classes, label):
    with pytest.raises(UsageError, match=rf"p#0: expected labels from 1 on, found {label!r}; list the classes"):
        Detection(classes=classes).item(raw([0, 0, 9, 9], labels=[label]).sample(), None)


def test_a_picture_of_nothing_is_learned_from():
    batch = batch_of(AS_THEY_ARE, [raw(key="p#0"), raw([2, 2, 20, 20], key="p#1")])
    assert batch[1][0]["boxes"].shape == (0, 4)
    for kind in (RetinaNet, FasterRCNN):
        loss = AS_THEY_ARE.loss(detector(kind=kind).train(), batch)
        assert loss.isfinite()
        assert loss.requires_grad
    assert AS_THEY_ARE.weight(batch) == 2


def test_the_loss_is_the_sum_over_pictures_of_what_torchvision_says():
    model = detector().train()
    raws = [raw([2, 2, 20, 20], labels=[1], key="p#0"), raw([5, 1, 39, 29], labels=[3], key="p#1")]
    batch = batch_of(AS_THEY_ARE, raws)
    pictures = [torch.from_numpy(one.picture.transpose(2, 0, 1)) / 255 for one in raws]
    targets = [{"boxes": torch.tensor(one.boxes.corners).float(), "labels": torch.tensor(one.boxes.labels)} for one in raws]
    losses = model(pictures, targets)
    assert len(losses) == 2
    assert AS_THEY_ARE.loss(model, batch).item() == pytest.approx(2 * sum(one.item() for one in losses.values()))


def test_parts_of_a_step_add_up_to_it():
    """RetinaNet's loss is a mean over pictures, whatever is in them."""
    model, raws = detector().train(), detected(6)
    objective = Detection(flip=False, classes=(1, 17, 90))
    whole = objective.loss(model, batch_of(objective, raws)).item()
    parts = sum(objective.loss(model, batch_of(objective, raws[n : n + 2])).item() for n in range(0, 6, 2))
    assert parts == pytest.approx(whole, rel=1e-5)


def test_objects_of_a_crowd_are_not_learned():
    model = detector().train()
    with_crowd = batch_of(AS_THEY_ARE, [raw([2, 2, 20, 20], [5, 1, 39, 29], labels=[1, 2], crowd=[0, 1])])
    without = batch_of(AS_THEY_ARE, [raw([2, 2, 20, 20], labels=[1])])
    assert AS_THEY_ARE.loss(model, with_crowd).item() == AS_THEY_ARE.loss(model, without).item()
    with torch.no_grad():
        (state,) = AS_THEY_ARE.judge(detector().eval(), with_crowd)
    assert state.crowd.tolist() == [False, True]


@pytest.mark.parametrize("kind", [RetinaNet, FasterRCNN])
def test_each_detector_learns_these_pictures(kind):
    model, objective = detector(kind=kind).train(), Detection(flip=False, classes=(1, 17, 90))
    batch = batch_of(objective, detected(4))
    steps = torch.optim.Adam(model.parameters(), lr=0.003)
    losses = []
    for _ in range(10):
        steps.zero_grad()
        loss = objective.loss(model, batch) / objective.weight(batch)
        loss.backward()
        steps.step()
        losses.append(loss.item())
    assert losses[-1] < 0.9 * losses[0]


def test_a_detector_as_users_have_it_takes_a_step():
    model = fasterrcnn_mobilenet_v3_large_320_fpn(weights=None, weights_backbone=None, num_classes=4, min_size=64, max_size=96)
    objective = Detection(classes=(1, 17, 90))
    batch = batch_of(objective, detected(2))
    loss = objective.loss(model.train(), batch)
    loss.backward()
    assert loss.isfinite()
    assert all(one.grad is not None for one in model.parameters() if one.requires_grad)
    with torch.no_grad():
        state = objective.judge(model.eval(), batch)
    assert [one.key for one in state] == ["d#0", "d#1"]


def test_what_is_found_as_it_is_scores_1_in_any_order_and_shares():
    pytest.importorskip("pycocotools")
    objective = Detection(classes=(1, 17, 90), size=32)
    batches = [batch_of(objective, detected(9)[n : n + 3]) for n in (0, 3, 6)]
    with torch.no_grad():
        states = [objective.judge(Perfect(one), one) for one in batches]
    for order in ((0, 1, 2), (2, 0, 1)):
        assert objective.scores([*chain.from_iterable(states[n] for n in order)]) == pytest.approx({"map": 1, "map50": 1})
    assert {*objective.scores(states[0])} == {*Detection.metrics}


def test_what_is_found_of_another_class_scores_nothing():
    pytest.importorskip("pycocotools")
    batch = batch_of(AS_THEY_ARE, [raw([2, 2, 20, 20], labels=[1])])
    perfect = Perfect(batch)
    for one in perfect.known.values():
        one["labels"] = one["labels"] + 1
    with torch.no_grad():
        state = AS_THEY_ARE.judge(perfect, batch)
    assert (state[0].labels.tolist(), state[0].said.tolist()) == ([1], [2])
    assert AS_THEY_ARE.scores(state) == {"map": 0, "map50": 0}


# Certified data


KINDS = {
    "coco-instances/1": (sound, None), "object-detection/1": (sound, None),
    "voc/1": (voc, ("dog", "cat", "person")), "yolo/1": (yolo, (0, 1, 2)),
}  # fmt: skip


@pytest.mark.parametrize("standard", [*KINDS])
def test_what_every_standard_of_boxes_certifies_is_taken_and_its_preview_passes(standard, opened):
    make, classes = KINDS[standard]
    data, objective = opened(make, standard), Detection(classes=classes)
    feed = Feed(data, "train")
    objective.refuse_unfit(data, feed)
    model = detector()
    objective.begin(model, data, feed)
    report = preview(data, objective.pipeline(model, 4))
    assert report.outcome is Outcome.PASS, str(report)
    assert {"F895", "F896", "F898", "C891", "C896", "C897", "C898", "C888"} <= {one.code for one in report.verdicts}
    assert report["C896"].checked > 0


class Asking(Detection):
    """What asks for verdicts that no standard of boxes has: one at least of each."""

    rules = ("F212|C401", "C401|C402", "L201")


def test_a_certificate_without_a_verdict_that_is_asked_for_is_refused(opened):
    data = opened(sound, "coco-instances/1")
    with pytest.raises(UsageError, match="certificate: expected verdicts of C401 or C402, for detection, found none in coco-instances/1"):
        Asking().refuse_unfit(data, Feed(data, "train"))


def tiny_coco(folder):
    for name in ("annotations", "images"):
        shutil.copytree(SHARED / "tiny_coco" / name, folder / name)
    return folder


def coco128(folder):
    """The first 24 pictures that have labels."""
    (folder / "images/train2017").mkdir(parents=True)
    (folder / "labels/train2017").mkdir(parents=True)
    for path in sorted((SHARED / "coco128/object_detection/labels/train2017").iterdir())[:24]:
        shutil.copy(path, folder / "labels/train2017")
        shutil.copy(SHARED / f"coco128/images/train2017/{path.stem}.jpg", folder / "images/train2017")
    shutil.copy(SHARED / "coco128/object_detection/config.yaml", folder)
    return folder


@needs_data
@pytest.mark.parametrize(("make", "classes"), [(tiny_coco, None), (coco128, tuple(range(80)))])
@pytest.mark.parametrize("size", [None, 96])
def test_real_pictures_raise_no_alarm(make, classes, size, opened):
    data, objective = opened(make, "object-detection/1"), Detection(classes=classes, size=size)
    model = detector(91)
    objective.begin(model, data, Feed(data, "train"))
    report = preview(data, objective.pipeline(model, 4))
    assert report.outcome is Outcome.PASS, str(report)


@needs_data
def test_real_boxes_found_as_they_are_have_a_map_of_1(opened):
    pytest.importorskip("pycocotools")
    data = opened(tiny_coco, "object-detection/1")
    feed, state = Feed(data, "val"), []
    for part in feed.parts(None, 4):
        ((batch,),) = AS_THEY_ARE.steps(part(), None, 4)
        with torch.no_grad():
            state += AS_THEY_ARE.judge(Perfect(batch), batch)
    assert len(state) == feed.samples == 6
    assert AS_THEY_ARE.scores(state) == pytest.approx({"map": 1, "map50": 1})


class Spoilt(Detection):
    """What an objective that is wrong would do."""

    how: str = ""

    def item(self, sample, random):
        picture, target = super().item(sample, random)
        boxes = target["boxes"]
        if self.how == "flip":
            picture = picture.flip(-1)
        elif self.how == "half":
            target["boxes"] = boxes / 2
        elif self.how == "flat":
            target["boxes"] = boxes[:, [0, 1, 0, 3]]
        elif self.how == "label":
            target["labels"] = target["labels"] % 3 + 1
        elif self.how == "nan":
            target["boxes"] = boxes * float("nan")
        return picture, target


@pytest.mark.parametrize(
    ("how", "codes"),
    [("", set()), ("flip", {"C896"}), ("half", {"C896"}), ("flat", {"F895", "C896"}), ("label", {"C897", "C896"}),
     ("nan", {"F898", "F895", "C898", "C896"})],
)  # fmt: skip
def test_items_that_are_spoilt_are_found_out(how, codes):
    objective = Spoilt(how=how, classes=(1, 17, 90))
    assert found(objective.pipeline(detector(), 4), detected(24)) == codes


def test_more_classes_than_outputs_are_refused_with_both_numbers(opened):
    data = opened(sound, "coco-instances/1")
    feed = Feed(data, "train")
    with pytest.raises(UsageError, match="model: expected an output for each label from 0 to 4, found 4 outputs"):
        Detection(classes=(1, 3, 4, 5)).begin(detector(4), data, feed)
    with pytest.raises(UsageError, match="model: expected an output for each label from 1 to 3, found 3 outputs"):
        Detection().begin(detector(3), data, feed)
    Detection(classes=(1, 3)).begin(detector(3), data, feed)
    Detection().begin(Perfect(([], [])), data, feed)  # of which nothing is known


def rare(folder):
    """Cars in the last pictures alone."""
    for split in ("train2017", "val2017"):
        made = coco(6, start=1 if split == "train2017" else 7)
        last = made["images"][-1]["id"]
        for one in made["annotations"]:
            one["category_id"] = 3 if one["image_id"] == last else 1
        draw(write(folder, made, f"annotations/instances_{split}.json"), made, f"images/{split}", seed=len(split))
    return folder


@pytest.mark.parametrize(
    ("objective", "says"),
    [
        (Detection(), "^model: expected an output for each label from 1 to 3, found 3 outputs"),
        (Detection(classes=(1,)), "^data: expected labels from 1 on, found 3; list the classes"),
    ],
)
def test_labels_of_the_last_sample_are_known_before_the_first_step_and_no_picture_is_decoded(objective, says, opened):
    data = opened(rare, "object-detection/1")
    feed = Feed(data, "train")
    feed._data = SimpleNamespace(words=data.words)
    with pytest.raises(UsageError, match=says):
        objective.begin(detector(3), data, feed)
    Detection(classes=(1, 3)).begin(detector(3), data, feed)


@pytest.mark.parametrize(("make", "names"), [(voc, {"dog", "cat", "person"}), (yolo, {0, 1, 2})])
def test_categories_are_those_of_all_boxes(make, names, opened):
    assert Feed(opened(make, f"{make.__name__}/1"), "train").categories() == names


def rows(folder):
    return [line.split(",") for line in (folder / "epochs.csv").read_text().splitlines()]


def test_a_detector_is_trained_and_scored(opened, tmp_path):
    pytest.importorskip("pycocotools")
    data = opened(sound, "coco-instances/1")
    done = pretrain(detector, data, Detection(), test="val", epochs=3, batch=3, learning_rate=0.003, out=tmp_path, threads=1)
    names, *epochs = rows(tmp_path)
    assert names == ["epoch", "train_loss", "test_map", "test_map50"]
    losses = [float(epoch[1]) for epoch in epochs]
    assert losses[-1] < 0.95 * losses[0]
    assert all(0 <= float(one) <= 1 for epoch in epochs for one in epoch[2:])
    assert str(done.epochs[0]).startswith("epoch 1: train loss")
    again = pretrain(detector, data, Detection(), test="val", epochs=3, batch=3, learning_rate=0.003, threads=1)
    assert again.epochs == done.epochs


def test_parts_of_a_step_and_a_resumption_come_to_the_same(opened, tmp_path):
    """RetinaNet has neither batch statistics nor dropout: what it learns is the step's, however it is taken."""
    pytest.importorskip("pycocotools")
    data, how = opened(sound, "coco-instances/1"), {"test": "val", "batch": 4, "learning_rate": 0.003, "threads": 1}
    whole = pretrain(detector, data, Detection(), epochs=2, **how)
    parts = pretrain(detector, data, Detection(), epochs=2, accumulate=2, **how)
    assert [one.train_loss for one in parts.epochs] == pytest.approx([one.train_loss for one in whole.epochs], rel=1e-4)
    first = pretrain(detector, data, Detection(), epochs=1, out=tmp_path, **how)
    assert pretrain(detector, data, Detection(), epochs=2, resume=first.checkpoint, **how).epochs == whole.epochs


class Known(nn.Module):
    """What knows every picture of some feeds, and learns nothing."""

    def __init__(self, objective, *feeds):
        super().__init__()
        self.unused = nn.Parameter(torch.zeros(()))
        batches = [objective.steps(part(), None, 99)[0][0] for feed in feeds for part in feed.parts(None, 99)]
        self.perfect = [Perfect(one) for one in batches]

    def forward(self, pictures, targets=None):
        if targets is not None:
            return {"nothing": self.unused * 0}
        known = {mark: one for perfect in self.perfect for mark, one in perfect.known.items()}
        return [{"boxes": one["boxes"], "labels": one["labels"], "scores": torch.ones(len(one["labels"]))}
                for one in (known[Perfect.mark(picture)] for picture in pictures)]  # fmt: skip


def test_the_loop_gives_what_knows_everything_a_map_of_1(opened):
    pytest.importorskip("pycocotools")
    data, objective = opened(sound, "coco-instances/1"), Detection(size=32)
    model = Known(objective, Feed(data, "val"))
    done = finetune(model, data, objective, test="val", epochs=1, batch=4)
    assert done.epochs[0].scores == pytest.approx({"map": 1, "map50": 1})
