"""CIFAR from end to end: checked, certified, opened, taken; and what the standards say."""

import numpy as np
import pytest
from cifar_files import (
    FORMS,
    batch,
    binary,
    flat,
    labels,
    pickled,
    pictures,
    real,
    write_batch,
    write_hundred,
    write_ten,
)  # fmt: skip
from support import needs_data, samples, write_idx

import datastd
from datastd import Standard
from datastd.standard import load

OFF = {"C199", "Q115"}  # of small datasets


def of_any_size(name):
    base = load(name)
    rules = tuple(rule for rule in base.rules if rule.code not in OFF)
    return Standard(name="small/1", about=".", formats=base.formats, measures=base.measures, rows=base.rows, rules=rules)


TEN, HUNDRED = of_any_size("cifar10/1"), of_any_size("cifar100/1")


def verdicts(report):
    return {v.code: v for v in report.verdicts if v.outcome != "pass"}


SMALL = f"""
from datastd import Standard
from datastd.standard import load
base = load("NAME")
standard = Standard(name="small/1", about=".", formats=base.formats, measures=base.measures,
    rows=base.rows, rules=tuple(r for r in base.rules if r.code not in {OFF!r}))
del base
"""


@pytest.mark.parametrize("form", ["bin", "py2", "py3-5"])
@pytest.mark.parametrize(
    ("write", "name", "count", "first"), [(write_ten, "cifar10/1", 500, 200), (write_hundred, "cifar100/1", 600, 400)]
)
def test_small_files_are_certified_opened_and_taken(write, name, count, first, form, tmp_path):
    folder, out = write(tmp_path / "data", form=form), tmp_path / "certificate.json"
    standard = tmp_path / "small.py"
    standard.write_text(SMALL.replace("NAME", name))
    stated = datastd.certify(folder, standard, out=out)
    digest = stated.statement.predicate.policy.digest.sha256
    with datastd.open(folder, certificate=out, standard_digest=digest) as data:
        assert sum(data.splits.values()) == count
        taken = data.take(data.shards("train")[0].path, np.array([5, 1, 5]))
        np.testing.assert_array_equal(taken.columns["image"], pictures(first)[[5, 1, 5]])
        assert ("coarse" in taken.columns) is (write is write_hundred)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("write", "standard", "count"), [(write_ten, TEN, 500), (write_hundred, HUNDRED, 600)])
def test_sound_files_pass(write, standard, count, form, tmp_path):
    report = datastd.check(write(tmp_path / "data", form=form), standard)
    assert (report.outcome, report.data.format) == ("pass", "cifar")
    assert (report.accounting.samples, report.accounting.defective) == (count, 0)


def test_both_versions_of_a_dataset_have_the_same_records(tmp_path):
    splits = [
        datastd.check(write_ten(tmp_path / form, form=form), TEN).splits for form in FORMS
    ]
    assert all(one == splits[0] for one in splits)
    other = write_ten(tmp_path / "other", seed=1)
    assert datastd.check(other, TEN).splits != splits[0]


def test_labels_beyond_the_classes_are_named_by_sample(tmp_path):
    folder = write_ten(tmp_path / "ten")
    classes = labels(200)
    classes[7] = 10
    write_batch(folder, "data_batch_1", pictures(200), classes)
    report = datastd.check(folder, TEN)
    assert {*verdicts(report)} == {"F114"}
    assert report.failing("F114")["key"].to_list() == ["data_batch_1.bin#7"]
    folder = write_hundred(tmp_path / "hundred")
    fine = labels(400, 100)
    coarse = fine // 5
    coarse[3], fine[9] = 20, 100
    (folder / "train.bin").write_bytes(binary(pictures(400), coarse, fine))
    report = datastd.check(folder, HUNDRED)
    assert {*verdicts(report)} == {"F114"}
    assert report.failing("F114").select("key", "observed").rows() == [("train.bin#3", 20.0), ("train.bin#9", 100.0)]


def in_turn(images):
    """The same bytes, pixel after pixel, taken for planes."""
    return images.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)


def test_pixels_in_turn_where_planes_should_be_are_named_by_file(tmp_path):
    folder = write_ten(tmp_path / "d")
    write_batch(folder, "data_batch_2", in_turn(pictures(200, seed=1)), labels(200))
    report = datastd.check(folder, TEN)
    assert verdicts(report)["F116"].outcome == "warn"
    assert [one.key for one in verdicts(report)["F116"].examples] == ["data_batch_2.bin"]


@needs_data
@pytest.mark.parametrize("name", ["cifar10_batch_0.png", "cifar10_batch_50.png"])
def test_real_pictures_pass_and_in_turn_they_do_not(name, tmp_path):
    images, classes = real(name)
    folder = write_ten(tmp_path / "d", batches=0)
    write_batch(folder, "data_batch_1", images, classes)
    assert datastd.check(folder, TEN).outcome == "pass"
    write_batch(folder, "data_batch_1", in_turn(images), classes)
    assert {*verdicts(datastd.check(folder, TEN))} == {"F116"}


def test_only_cifar_s_pickles_are_spared_and_only_by_its_reader(tmp_path):
    content = pickled(batch(pictures(200), "x", labels=labels(200)))
    folder = write_ten(tmp_path / "ten", form="py2")
    assert datastd.check(folder, TEN).outcome == "pass"
    (folder / "data_batch_1.pkl").write_bytes(content)
    assert {*verdicts(datastd.check(folder, TEN))} == {"F008", "F009", "N308"} - ({"F009"} if content != (folder / "data_batch_1").read_bytes() else set())
    other = write_idx(tmp_path / "idx", train=samples(200))
    (other / "data_batch_1").write_bytes(content)
    assert "F008" in verdicts(datastd.check(other, "idx-images/1", format="idx"))


def test_arrays_of_a_notebook_are_judged_too():
    pair = pictures(200), labels(200)
    report = datastd.check({"train": pair}, TEN)
    assert report.outcome == "pass"
    assert verdicts(datastd.check({"train": pair}, HUNDRED))["F114"].outcome == "unknown"  # no `coarse`
    # Of floats and of a grey picture, too, something is known.
    grey = datastd.check({"train": (pair[0][..., :1].astype(np.float32), pair[1])}, TEN)
    assert verdicts(grey)["F194"].outcome == verdicts(grey)["F196"].outcome == "fail"


def published(folder, *, hundred, copies=0, twice=0):
    """Files of the published sizes; as many test images as said are training images."""
    folder.mkdir()
    images = np.concatenate([pictures(2000, seed=n) for n in range(30)])
    images[50_000 : 50_000 + copies] = images[:copies]
    images[59_000 : 59_000 + twice] = images[59_500 : 59_500 + twice]
    classes = np.concatenate([labels(50_000, 100 if hundred else 10), labels(10_000, 100 if hundred else 10)])
    classes[50_000 : 50_000 + copies] = classes[:copies]
    classes[59_000 : 59_000 + twice] = classes[59_500 : 59_500 + twice]
    if hundred:
        for name, run in (("train", slice(50_000)), ("test", slice(50_000, None))):
            whole = {"filenames": ["a"] * len(classes[run]), "batch_label": name,
                     "fine_labels": classes[run].tolist(), "coarse_labels": (classes[run] // 5).tolist(),
                     "data": flat(images[run])}  # fmt: skip
            (folder / name).write_bytes(pickled(whole))
        names = {"fine_label_names": ["a"] * 100, "coarse_label_names": ["b"] * 20}
        (folder / "meta").write_bytes(pickled(names))
    else:
        for n in range(6):
            run = slice(n * 10_000, (n + 1) * 10_000)
            name = f"data_batch_{n + 1}" if n < 5 else "test_batch"
            write_batch(folder, name, images[run], classes[run])
    return folder


def test_files_of_the_published_sizes_pass_their_standard(tmp_path):
    report = datastd.check(published(tmp_path / "d", hundred=False), "cifar10/1")
    assert (report.outcome, report.accounting.samples) == ("pass", 60_000)


def test_the_known_copies_of_a_hundred_classes_are_tolerated_and_no_more(tmp_path):
    report = datastd.check(published(tmp_path / "d", hundred=True, copies=6, twice=2), "cifar100/1")
    assert report.outcome == "pass"
    for code, known in (("L101", 2), ("L102", 6)):
        assert (report[code].observed, report[code].limit) == (known, known)
        assert "ciFAIR" in report[code].because
