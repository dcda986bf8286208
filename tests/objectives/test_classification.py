"""Parts of pictures: what torchvision's RandomResizedCrop and its references take."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("torchvision")

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from support import picture, samples, write_idx
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional as F

import datastd
from datastd.errors import UsageError
from datastd.loading import Feed
from datastd.networks import mlp
from datastd.objectives import normalised
from datastd.train import Classification, pretrain

SIDES = st.integers(1, 90)
TASK = Classification(size=(28, 28), crop=True)


def pixels(task, image, random=None):
    return task.item({"image": image, "label": 1}, random)[0].permute(1, 2, 0).numpy()


@given(SIDES, SIDES, st.sampled_from([28, 29, 56, 299]))
def test_scored_is_the_middle_that_torchvisions_references_take(wide, high, side):
    image = picture(3, size=(high, wide))
    theirs = v2.Compose([v2.Resize(round(side * 256 / 224)), v2.CenterCrop(side)])(image)
    assert np.array_equal(pixels(Classification(size=(side, side), crop=True), image), np.asarray(theirs))


@given(SIDES, SIDES, st.tuples(st.integers(8, 40), st.integers(8, 40)))
def test_scored_is_a_picture_of_the_size_that_is_asked_for_and_nothing_beyond_the_edge(wide, high, size):
    white = Image.new("RGB", (wide, high), "white")
    assert (pixels(Classification(size=size, crop=True), white) == np.full((*size, 3), 255)).all()


@given(SIDES, SIDES, st.integers(0, 999))
def test_learned_from_is_a_part_as_torchvision_crops_and_resizes_it(wide, high, seed):
    image = picture(seed, size=(high, wide))
    left, top, right, bottom = TASK._drawn(wide, high, np.random.default_rng(seed))
    assert 0 <= left < right <= wide
    assert 0 <= top < bottom <= high
    theirs = F.resized_crop(image, top, left, bottom - top, right - left, [28, 28], antialias=True)
    assert np.array_equal(pixels(TASK, image, np.random.default_rng(seed)), np.asarray(theirs))


@given(st.integers(0, 9999))
def test_area_and_ratio_of_a_part_are_within_their_bounds(seed):
    left, top, right, bottom = TASK._drawn(1000, 1000, np.random.default_rng(seed))
    assert 0.079 <= (right - left) * (bottom - top) / 1e6 <= 1
    assert 0.74 <= (right - left) / (bottom - top) <= 1.35


def test_parts_are_spread_as_those_of_torchvision():
    random, drawn = np.random.default_rng(0), v2.RandomResizedCrop(8)
    ours = np.array([TASK._drawn(500, 375, random) for _ in range(4000)])
    known = (drawn.make_params([Image.new("L", (500, 375))]) for _ in range(4000))
    theirs = np.array([(p["left"], p["top"], p["left"] + p["width"], p["top"] + p["height"]) for p in known])
    for take in (np.mean, np.std):
        assert np.allclose(take(ours, 0), take(theirs, 0), atol=8)


@pytest.mark.parametrize(("size", "expected"), [((90, 10), (38, 0, 51, 10)), ((10, 90), (0, 38, 10, 51)), ((10, 10), (0, 0, 10, 10))])
def test_where_no_part_fits_it_is_the_middle(size, expected):
    task = Classification(size=(8, 8), crop=True, scale=(1.0, 1.0), ratio=(0.75, 4 / 3) if size != (10, 10) else (1.0, 1.0))
    left, top, right, bottom = task._drawn(*size, np.random.default_rng(1))
    assert np.abs(np.array([left, top, right, bottom]) - expected).max() <= 1


def test_the_same_seed_gives_the_same_part_and_another_another():
    image, draw = picture(size=(80, 90)), np.random.default_rng
    assert np.array_equal(pixels(TASK, image, draw([0, 1, 2])), pixels(TASK, image, draw([0, 1, 2])))
    assert not np.array_equal(pixels(TASK, image, draw([0, 1, 2])), pixels(TASK, image, draw([0, 1, 3])))


def test_without_parts_nothing_is_cut():
    image = picture(size=(28, 28))
    for random in (None, np.random.default_rng(0)):
        assert np.array_equal(pixels(Classification(size=(28, 28)), image, random), np.asarray(image))


@pytest.mark.parametrize(("field", "given"), [
    ("crop", {"crop": True}), ("scale", {"scale": (0.5, 0.1)}), ("scale", {"scale": (0.5, 1.1)}), ("ratio", {"ratio": (2.0, 1.0)}),
])  # fmt: skip
def test_bounds_that_are_none_are_refused(field, given):
    with pytest.raises(UsageError, match=f"task.{field}"):
        Classification(**given)


def test_of_numbers_that_pillow_does_not_hold_no_part_is_taken():
    with pytest.raises(UsageError, match=r"task\.crop"):
        pixels(TASK, np.zeros((40, 40, 1), np.uint16))


# Classes that are rare.


def skewed(count, seed):
    """Of four samples three are of class 0 and one of class 2."""
    images, _ = samples(count, seed=seed)
    return images, np.array([0, 0, 2, 0] * (count // 4), np.uint8)


@pytest.fixture(scope="module")
def rare(tmp_path_factory):
    place = tmp_path_factory.mktemp("rare")
    test = samples(40, seed=1)
    folder = write_idx(place / "data", train=skewed(80, 0), test=(test[0], np.full(40, 2, np.uint8)))
    datastd.certify(folder, "idx-images/1", out=place / "c.json")
    with datastd.open(folder, certificate=place / "c.json") as data:
        yield data


def test_rare_classes_count_as_scikit_learn_weighs_them(rare):
    utils = pytest.importorskip("sklearn.utils.class_weight")
    task = Classification(class_weight="balanced")
    network = mlp(64, (8,), 4)
    task.begin(network, rare, Feed(rare, "train"))
    batch = torch.zeros(8, 1, 8, 8, dtype=torch.uint8), torch.tensor([0, 0, 0, 0, 2, 2, 0, 0])
    theirs = utils.compute_class_weight("balanced", classes=np.array([0, 2]), y=skewed(80, 0)[1])
    each = torch.tensor([theirs[label // 2] for label in batch[1].tolist()])
    alike = -network(normalised(batch[0], (0.5,), (0.5,)))[range(8), batch[1]]
    assert task.loss(network, batch).item() == pytest.approx((alike * each).sum().item(), rel=1e-5)
    assert task.judge(network, batch)[1] == pytest.approx(alike.sum().item(), rel=1e-5)  # scores count all alike
    assert Classification().loss(network, batch).item() == pytest.approx(alike.sum().item(), rel=1e-5)


def test_a_run_weighs_by_what_it_learns_and_not_by_what_it_is_scored_on(rare):
    task = Classification(class_weight="balanced")
    pretrain(lambda: mlp(64, (8,), 4), rare, task, epochs=1)
    assert task._weights[[0, 2]].tolist() == pytest.approx([80 / (2 * 60), 80 / (2 * 20)])


def test_labels_that_only_samples_tell_cannot_be_weighed():
    says = "task.class_weight: expected labels that lists or folders tell, found a format that reads each sample"
    with pytest.raises(UsageError, match=says):
        Classification(class_weight="balanced")._balanced(np.empty(0, np.int64))
