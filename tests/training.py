"""Two small certified datasets: something to pretrain on, and something to fine-tune on."""

import numpy as np
import pytest
from support import write_idx

pytest.importorskip("torch")

import datastd

RECIPE = """
objective = "pretrain"
data = "first"
certificate = "first.json"
standard = "idx-images/1"
out = "runs"
epochs = 2
threads = 1

[task]
name = "classification"

[model]
name = "mlp"
layers = [16]
classes = 10
"""
"""A recipe of the first of them."""


def pictures(count, classes, seed):
    """Images whose brightest quarter tells the class: easy to learn, and all different."""
    random = np.random.default_rng(seed)
    labels = random.permutation(np.arange(count) % len(classes))
    images = random.integers(0, 60, (count, 8, 8), np.uint8)
    for n, label in enumerate(labels):
        row, column = divmod(classes[label], 4)
        images[n, row * 2 : row * 2 + 2, column * 2 : column * 2 + 2] = 255
    return images, np.array(classes, np.uint8)[labels]


@pytest.fixture(scope="session")
def places(tmp_path_factory):
    """Folders ``first`` (classes 0 to 4) and ``second`` (5 to 9), each with a certificate."""
    place = tmp_path_factory.mktemp("train")
    for seed, (name, classes) in enumerate({"first": range(5), "second": range(5, 10)}.items()):
        folder = write_idx(
            place / name, train=pictures(300, [*classes], seed), test=pictures(100, [*classes], seed + 9)
        )
        datastd.certify(folder, "idx-images/1", out=place / f"{name}.json")
    return place


@pytest.fixture
def first(places):
    with datastd.open(places / "first", certificate=places / "first.json") as data:
        yield data


@pytest.fixture
def second(places):
    with datastd.open(places / "second", certificate=places / "second.json") as data:
        yield data


@pytest.fixture(scope="session")
def opened(tmp_path_factory):
    """Open the folder that a function makes, certified against a standard; made once for all tests."""
    known = {}

    def of(make, standard):
        if (make, standard) not in known:
            place = tmp_path_factory.mktemp("certified")
            datastd.certify(make(place / "data"), standard, out=place / "certificate.json")
            known[make, standard] = datastd.open(place / "data", certificate=place / "certificate.json", standard=standard)
        return known[make, standard]

    yield of
    for one in known.values():
        one.close()


@pytest.fixture
def one_thread():
    """A network as small as those of tests is fastest on one."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
