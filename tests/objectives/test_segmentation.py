"""Segmentation: masks go with their pictures, unknown pixels count nowhere, and what is right scores 1."""

import shutil
from dataclasses import replace as changed

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("torchvision")

from hypothesis import given
from hypothesis import strategies as st
from mask_files import write_masks
from PIL import Image
from pydantic import ValidationError
from sights import Draws, found, noise, segmented
from support import SHARED, needs_data
from torch import nn
from torch.nn.functional import cross_entropy
from torchvision.models.segmentation import fcn_resnet50, lraspp_mobilenet_v3_large

from datastd.errors import UsageError
from datastd.loading import Feed
from datastd.model import Outcome
from datastd.objectives.segmentation import AUXILIARY, Segmentation
from datastd.sight.raw import Raw
from datastd.train import pretrain, preview

pytestmark = pytest.mark.usefixtures("one_thread")

STANDARD = "semantic-segmentation/1"
SMALL = Segmentation(size=(24, 32), flip=False)
MEAN, STD = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])



class Pixelwise(nn.Module):
    """A class for each pixel, of the pixels around it; as torchvision gives it, with an auxiliary head if asked."""

    def __init__(self, classes, *, named=True, aux=False):
        super().__init__()
        torch.manual_seed(0)
        self.body, self.head, self.named = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, classes, 1), named
        self.aux = nn.Conv2d(8, classes, 1) if aux else None

    def forward(self, pictures):
        seen = self.body(pictures).relu()
        if not self.named:
            return self.head(seen)
        return {"out": self.head(seen)} | ({"aux": self.aux(seen)} if self.aux else {})


class Perfect(nn.Module):
    """What knows the masks of a batch."""

    def __init__(self, masks, classes):
        super().__init__()
        self.said = nn.functional.one_hot(masks.long().clamp(max=classes - 1), classes).permute(0, 3, 1, 2).float()

    def forward(self, pictures):
        return {"out": self.said * 50}


def raw(mask, *, channels=3, kind=None, key="p#0"):
    mask = np.asarray(mask)
    values = {} if kind is None else {"mask_kind": kind}
    return Raw(key, "train", values, picture=noise(0, *mask.shape, channels), mask=mask)


def batch_of(objective, raws):
    return objective.collate([objective.item(one.sample(), None) for one in raws])


def started(objective, classes):
    objective._outputs = classes
    return objective


STRIPES = np.tile(np.array([0, 1, 2, 255], np.uint8)[np.arange(64) // 16], (48, 1))


def test_picture_and_mask_are_resized_as_pillow_does():
    one = raw(STRIPES)
    picture, mask = SMALL.item(one.sample(), None)
    assert (picture.dtype, picture.shape, mask.shape) == (torch.uint8, (3, 24, 32), (24, 32))
    known = Image.fromarray(one.picture).resize((32, 24), Image.Resampling.BILINEAR)
    assert (picture.permute(1, 2, 0).numpy() == np.asarray(known)).all()
    assert (mask.numpy() == STRIPES[::2, ::2]).all()


@given(st.integers(1, 90), st.integers(1, 90))
def test_no_size_makes_up_a_class(height, width):
    mask = Segmentation(size=(height, width)).item(raw(STRIPES).sample(), Draws(0.0))[1]
    assert {*mask.unique().tolist()} <= {0, 1, 2, 255}
    assert mask.shape == (height, width)


def test_a_flip_is_of_picture_and_mask():
    one, objective = raw(STRIPES), Segmentation(size=(48, 64))
    picture, mask = objective.item(one.sample(), Draws(0.4))
    assert (picture.permute(1, 2, 0).numpy() == one.picture[:, ::-1]).all()
    assert (mask.numpy() == STRIPES[:, ::-1]).all()
    for chosen, random in ((objective, Draws(0.6)), (Segmentation(size=(48, 64), flip=False), Draws(0.1)), (objective, None)):
        picture, mask = chosen.item(one.sample(), random)
        assert (picture.permute(1, 2, 0).numpy() == one.picture).all()
        assert (mask.numpy() == STRIPES).all()


def test_pictures_have_the_channels_that_the_means_are_of():
    grey = raw(STRIPES, channels=1)
    assert SMALL.item(grey.sample(), None)[0].shape == (3, 24, 32)
    assert Segmentation(size=(24, 32), mean=(0.5,), std=(0.5,)).item(grey.sample(), None)[0].shape == (1, 24, 32)


def test_means_are_of_three_colours_or_of_all_channels():
    for how in ({"mean": (0.5, 0.5)}, {"std": (1.0, 1.0)}, {"mean": ()}, {"std": (0.0,)}):
        with pytest.raises(ValidationError):
            Segmentation(**how)


def test_masks_of_more_than_256_classes_keep_them():
    wide = np.array([[0, 300], [65535, 7]], np.uint16)
    assert Segmentation(size=(2, 2)).item(raw(wide).sample(), None)[1].tolist() == [[0, 300], [65535, 7]]


def test_masks_of_instances_are_refused_or_are_one_class():
    instances = np.array([[0, 1], [2, 255]], np.uint8)
    with pytest.raises(UsageError, match=r"p#0: expected a mask of classes, found one of instances; task\.foreground = true"):
        Segmentation(size=(2, 2)).item(raw(instances, kind=1).sample(), None)
    objective = Segmentation(size=(2, 2), foreground=True)
    assert objective.item(raw(instances, kind=1).sample(), None)[1].tolist() == [[0, 1], [1, 255]]
    assert Segmentation(size=(2, 2)).item(raw(instances, kind=0).sample(), None)[1].tolist() == instances.tolist()


def by_hand(model, raws, name="out"):
    """The loss in plain torch: the sum over pixels."""
    pictures = torch.stack([torch.from_numpy(one.picture).permute(2, 0, 1) for one in raws]) / 255
    pictures = (pictures - MEAN[:, None, None]) / STD[:, None, None]
    masks = torch.stack([torch.from_numpy(one.mask).long() for one in raws])
    made = model(pictures)
    return cross_entropy(made[name] if isinstance(made, dict) else made, masks, ignore_index=255, reduction="sum"), masks


FULL = Segmentation(size=(48, 64), flip=False)


@pytest.mark.parametrize("named", [True, False])
def test_the_loss_is_the_sum_over_pixels_that_are_known(named):
    raws = segmented(3, values=(0, 1, 2, 255))
    model, batch = Pixelwise(3, named=named), batch_of(FULL, raws)
    expected, masks = by_hand(model, raws)
    assert FULL.loss(model, batch).item() == pytest.approx(expected.item(), rel=1e-5)
    assert started(FULL, 3).weight(batch) == (masks != 255).sum() < masks.numel()


def test_an_auxiliary_head_counts_half():
    raws = segmented(2, values=(0, 1, 2, 255))
    model = Pixelwise(3, aux=True)
    main, aux = by_hand(model, raws)[0], by_hand(model, raws, "aux")[0]
    assert AUXILIARY == 0.5
    assert FULL.loss(model, batch_of(FULL, raws)).item() == pytest.approx((main + aux / 2).item(), rel=1e-5)


def test_parts_of_a_step_add_up_to_it():
    raws, model = segmented(6, values=(0, 1, 2, 255)), Pixelwise(3, aux=True)
    objective = started(FULL, 3)
    parts = [batch_of(FULL, raws[n : n + 2]) for n in range(0, 6, 2)]
    whole = batch_of(FULL, raws)
    assert sum(objective.loss(model, one).item() for one in parts) == pytest.approx(objective.loss(model, whole).item(), rel=1e-5)
    assert sum(map(objective.weight, parts)) == objective.weight(whole)
    with torch.no_grad():
        states = sum(objective.judge(model, one) for one in parts)
        assert objective.scores(states) == pytest.approx(objective.scores(objective.judge(model, whole)), rel=1e-5)


def test_scores_are_of_the_pixels_that_are_known():
    """One pixel of four is not known; of the other three one is taken for another class."""
    batch = torch.zeros(1, 3, 2, 2, dtype=torch.uint8), torch.tensor([[[0, 1], [1, 255]]])
    perfect = Perfect(torch.tensor([[[0, 1], [0, 0]]]), 3)
    with torch.no_grad():
        scores = FULL.scores(FULL.judge(perfect, batch))
    assert (scores["pixel_accuracy"], scores["miou"]) == (pytest.approx(2 / 3), pytest.approx((1 / 2 + 1 / 2) / 2))
    assert scores["loss"] == pytest.approx(50 / 3, rel=1e-3)


def test_what_knows_the_masks_scores_1():
    batch = batch_of(SMALL, segmented(4, values=(0, 1, 2, 255)))
    with torch.no_grad():
        scores = SMALL.scores(SMALL.judge(Perfect(batch[1], 3), batch))
    assert scores == {"loss": pytest.approx(0, abs=1e-6), "miou": 1, "pixel_accuracy": 1}
    assert (*scores,) == Segmentation.metrics


@pytest.mark.parametrize("make", [fcn_resnet50, lraspp_mobilenet_v3_large])
def test_a_network_of_torchvision_takes_a_step(make):
    aux = {"aux_loss": True} if make is fcn_resnet50 else {}
    model = make(weights=None, weights_backbone=None, num_classes=3, **aux)
    objective = Segmentation(size=(33, 40))
    batch = batch_of(objective, segmented(2, values=(0, 1, 2, 255)))
    loss = objective.loss(model.train(), batch)
    loss.backward()
    assert loss.isfinite()
    assert all(one.grad is not None for one in model.parameters())
    with torch.no_grad():
        assert {*objective.scores(objective.judge(model.eval(), batch))} == {*Segmentation.metrics}


# Certified data


def camvid(folder):
    return write_masks(folder, "camvid", each=6)


def of_two_splits(folder):
    write_masks(folder, "camvid", each=3, seed=6)
    for name in ("train", "trainannot"):
        (folder / name).rename(folder / name.replace("train", "val"))
    return camvid(folder)


def penn_fudan(folder):
    return write_masks(folder, "penn-fudan", each=6)


def voc(folder):
    return write_masks(folder, "voc", each=6)


def coco128(folder):
    """The first 16 pictures that have masks of what is in them."""
    (folder / "images").mkdir(parents=True)
    (folder / "masks").mkdir()
    for path in sorted((SHARED / "coco128/semantic_segmentation/masks/train2017").iterdir())[:16]:
        shutil.copy(path, folder / "masks")
        shutil.copy(SHARED / f"coco128/images/train2017/{path.stem}.jpg", folder / "images")
    return folder


@pytest.mark.parametrize(
    ("make", "foreground", "classes"),
    [(camvid, False, 3), (voc, False, 3), (penn_fudan, True, 2), pytest.param(coco128, False, 256, marks=needs_data)],
)  # fmt: skip
def test_what_is_certified_is_taken_and_its_preview_passes(make, foreground, classes, opened):
    data, objective = opened(make, STANDARD), Segmentation(size=(40, 48), foreground=foreground)
    model, feed = Pixelwise(classes), Feed(data, *data.splits)
    objective.refuse_unfit(data, feed)
    objective.begin(model, data, feed)
    report = preview(data, objective.pipeline(model, 4))
    assert report.outcome is Outcome.PASS, str(report)
    assert {"C888", "C891", "C894", "C895", "C896", "F896", "Q898"} <= {one.code for one in report.verdicts}
    assert report["C896"].checked > 0


class Spoilt(Segmentation):
    """What an objective that is wrong would do."""

    how: str = ""

    def item(self, sample, random):
        picture, mask = super().item(sample, random)
        if self.how == "flip":
            picture = picture.flip(-1)
        elif self.how == "size":
            mask = mask[::2, ::2]
        elif self.how == "averaged":
            small = Image.fromarray(np.asarray(sample["mask"])).resize(self.size[::-1], Image.Resampling.BILINEAR)
            mask = torch.from_numpy(np.array(small, np.int32))
        return picture, mask


@pytest.mark.parametrize(
    ("how", "codes"), [("", set()), ("flip", {"C896"}), ("size", {"C895", "C896"}), ("averaged", {"C894"})],
)  # fmt: skip
def test_items_that_are_spoilt_are_found_out(how, codes):
    objective = Spoilt(how=how, size=(24, 32))
    raws = segmented(24, values=(0, 7, 15, 250))
    assert codes == found(changed(objective.pipeline(Pixelwise(3), 4), classes=256), raws)


def test_a_value_that_is_said_to_be_unknown_is_no_class():
    raws = segmented(8, values=(0, 1, 2, 9))
    for ignore, codes in ((9, set()), (255, {"F896"})):
        objective = started(Segmentation(size=(24, 32), ignore=ignore), 3)
        assert found(objective.pipeline(Pixelwise(3), 4), raws) == codes
    objective = started(Segmentation(size=(48, 64), ignore=9), 3)
    batch = batch_of(objective, raws)
    assert objective.weight(batch) == (batch[1] != 9).sum()
    with torch.no_grad():
        assert objective.judge(Pixelwise(3), batch)[:-1].sum() == (batch[1] != 9).sum()


def test_a_picture_that_is_normalised_twice_is_found_out():
    objective = Segmentation(size=(24, 32), std=(0.03,) * 3)
    assert "Q898" in found(objective.pipeline(Pixelwise(3), 4), segmented(24, values=(0, 7, 15, 255)))


def test_masks_beyond_the_outputs_are_refused_with_both_numbers(opened):
    data, objective = opened(camvid, STANDARD), Segmentation(size=(40, 48))
    with pytest.raises(UsageError, match="model: expected an output for each label from 0 to 2, found 2 outputs"):
        objective.begin(Pixelwise(2), data, Feed(data, "train"))
    objective.begin(Pixelwise(3), data, Feed(data, "train"))
    late = batch_of(objective, [raw(STRIPES), raw(np.full((48, 64), 7, np.uint8))])
    with pytest.raises(UsageError, match="model: expected an output for each label from 0 to 7, found 3 outputs"):
        objective.weight(late)  # which the loop asks for before the model sees it


@pytest.mark.parametrize(
    ("model", "said"),
    [(nn.Conv2d(3, 3, 3), r"expected scores of shape \(N, classes, 40, 48\), found some of shape \(1, 3, 38, 46\)"),
     (nn.Sequential(nn.Flatten(), nn.Linear(3 * 40 * 48, 3)), r"found some of shape \(1, 3\)"),
     (nn.Conv2d(1, 3, 3), r"expected a network that takes images of shape \(3, 40, 48\)")],
)  # fmt: skip
def test_a_network_of_another_kind_is_refused(model, said, opened):
    data = opened(camvid, STANDARD)
    with pytest.raises(UsageError, match=said):
        Segmentation(size=(40, 48)).begin(model, data, Feed(data, "train"))
    assert model.training


def test_other_data_are_refused(first):
    with pytest.raises(UsageError, match="data: expected samples with mask, for segmentation, found none in train-images"):
        SMALL.refuse_unfit(first, Feed(first, "train"))


def test_a_segmenter_is_trained_and_scored(opened, tmp_path):
    data, task = opened(of_two_splits, STANDARD), Segmentation(size=(20, 24))
    how = {"test": "val", "epochs": 4, "batch": 3, "learning_rate": 0.02, "threads": 1}
    done = pretrain(lambda: Pixelwise(3, aux=True), data, task, out=tmp_path, **how)
    names, *epochs = [line.split(",") for line in (tmp_path / "epochs.csv").read_text().splitlines()]
    assert names == ["epoch", "train_loss", "test_loss", "test_miou", "test_pixel_accuracy"]
    losses = [float(epoch[1]) for epoch in epochs]
    assert losses[-1] < 0.8 * losses[0]
    assert all(0 <= float(one) <= 1 for epoch in epochs for one in epoch[3:])
    assert pretrain(lambda: Pixelwise(3, aux=True), data, task, **how).epochs == done.epochs


def test_parts_of_a_step_come_to_the_same_though_they_have_other_numbers_of_known_pixels(opened):
    data, how = opened(of_two_splits, STANDARD), {"test": "val", "epochs": 2, "batch": 6, "learning_rate": 0.02, "threads": 1}
    whole, parts = (pretrain(lambda: Pixelwise(3), data, SMALL, **how, accumulate=n) for n in (1, 3))
    for one, other in zip(whole.epochs, parts.epochs, strict=True):
        assert other.train_loss == pytest.approx(one.train_loss, rel=1e-4)
        assert other.scores == pytest.approx(one.scores, rel=1e-3)
