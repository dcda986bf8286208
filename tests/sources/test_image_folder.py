"""Folders of classes: whatever is laid out so is read, and nothing else is overlooked."""

import io
import os
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from support import SHARED, needs_data, picture

from datastd.disk import Tree
from datastd.errors import UsageError
from datastd.pipeline import open_source
from datastd.sources import Batch, Defect
from datastd.sources.image_folder import ImageFolder


def png(seed=0, kind="PNG"):
    stream = io.BytesIO()
    picture(seed, size=(4, 5)).save(stream, kind)
    return stream.getvalue()


def write(root, *paths, content=None):
    for number, path in enumerate(paths):
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            place.write_text(content)
        else:
            place.write_bytes(png(number) if content is None else content)
    return root


def listed(root, *options):
    """Splits with key and label of each sample, and the defects, code and file."""
    with ImageFolder.of(Tree(root), options) as source:
        plan = source.plan()
        found = {split: dict(zip(of.paths, of.labels, strict=True)) for split, of in source._listed.items()}
        return found, [(one.code, one.path) for one in plan.defects]


def read(root, *options):
    with ImageFolder.of(Tree(root), options) as source:
        return [one for shard in source.plan().shards for one in source.read(shard)]


def test_folders_of_classes_without_splits(tmp_path):
    write(tmp_path, "dog/b.png", "cat/a.png", "cat/deep/er/c.png", "eel/x.PNG")
    assert listed(tmp_path) == (
        {"data": {"cat/a.png": 0, "cat/deep/er/c.png": 0, "dog/b.png": 1, "eel/x.PNG": 2}}, [],
    )  # fmt: skip


@pytest.mark.parametrize(("folders", "splits"), [
    (("train", "val"), ("train", "val")), (("Training", "Validation"), ("train", "val")),
    (("train", "valid", "test"), ("train", "val", "test")), (("a/b/train", "a/b/dev"), ("train", "val")),
    (("ILSVRC/Data/CLS-LOC/train", "ILSVRC/Data/CLS-LOC/val"), ("train", "val")),
    (("one/train", "one/test", "two/train", "two/test"), ("one/train", "one/test", "two/train", "two/test")),
    (("train", "val", "dev"), ("train", "val", "dev")),
    (("test",), ("test",)),
])  # fmt: skip
def test_folders_of_splits_at_any_depth(folders, splits, tmp_path):
    for folder in folders:
        write(tmp_path, f"{folder}/cat/a.png", f"{folder}/dog/b.png")
    found, defects = listed(tmp_path)
    assert not defects
    assert {*found} == {*splits}
    for split in found.values():
        assert [*split.values()] == [0, 1]


def test_two_folders_of_one_split_are_told_apart(tmp_path):
    write(tmp_path, "val/cat/a.png", "dev/cat/a.png")
    assert {*listed(tmp_path)[0]} == {"val", "dev"}


def test_a_class_that_is_called_test_is_a_class(tmp_path):
    write(tmp_path, "cat/a.png", "dog/b.png", "test/c.png")
    assert listed(tmp_path)[0] == {"data": {"cat/a.png": 0, "dog/b.png": 1, "test/c.png": 2}}


def test_a_class_that_is_called_test_in_each_split_is_a_class(tmp_path):
    write(tmp_path, "train/test/a.png", "train/cat/a.png", "val/test/a.png", "val/cat/a.png")
    assert listed(tmp_path)[0]["train"] == {"train/cat/a.png": 0, "train/test/a.png": 1}


@given(st.lists(st.text("aZ09 _-éß\u4e00.", min_size=1, max_size=5).filter(lambda n: n.strip(". ")), min_size=1, max_size=6, unique=True))
def test_labels_are_places_among_the_sorted_classes_as_torchvision_numbers_them(tmp_path_factory, names):
    names = [name for name in names if not name.lower().startswith(("test", "._"))]
    if not names:
        return
    root = write(tmp_path_factory.mktemp("d"), *(f"train/{name}/x.png" for name in names))
    labels = listed(root)[0]["train"]
    assert labels == {f"train/{name}/x.png": label for label, name in enumerate(sorted(names))}


def test_a_class_that_a_split_lacks_shifts_no_label(tmp_path):
    write(tmp_path, "train/a/1.png", "train/b/1.png", "train/c/1.png", "val/c/1.png")
    assert listed(tmp_path)[0]["val"] == {"val/c/1.png": 2}


def test_an_empty_folder_of_a_class_is_a_class(tmp_path):
    write(tmp_path, "train/a/1.png", "train/c/1.png")
    (tmp_path / "train/b").mkdir()
    found, defects = listed(tmp_path)
    assert (found["train"]["train/c/1.png"], defects) == (2, [])
    with ImageFolder(Tree(tmp_path)) as source:
        source.plan()
        assert source.classes().select("split", "class_name", "samples").rows() == [
            ("train", "a", 1), ("train", "b", 0), ("train", "c", 1),
        ]  # fmt: skip


# Labels beside a flat split


VAL = [f"val/ILSVRC2012_val_{n:08}.JPEG" for n in range(1, 5)]


@pytest.mark.parametrize(("name", "content"), [
    ("val.txt", "".join(f"{path[4:]} {label}\n" for path, label in zip(VAL, (1, 0, 0, 1), strict=True))),
    ("val_annotations.txt", "".join(f"{path[4:]}\t{c}\t0\t0\t62\t62\n" for path, c in zip(VAL, "baab", strict=True))),
    ("LOC_val_solution.csv", "ImageId,PredictionString\n" + "".join(f"{path[4:-5]},{c} 1 2 3 4 {c} 5 6 7 8\n" for path, c in zip(VAL, "baab", strict=True))),
    ("ILSVRC2012_validation_ground_truth.txt", "2\n1\n1\n2\n"),
])  # fmt: skip
def test_a_flat_split_is_labelled_by_a_file(name, content, tmp_path):
    write(tmp_path, "train/a/1.JPEG", "train/b/1.JPEG", *VAL, content=png(kind="JPEG"))
    write(tmp_path, f"devkit/{name}", content=content)
    if "ground_truth" in name:
        write(tmp_path, "devkit/map_clsloc.txt", content="a 1 tench\nb 2 shark\n")
    found, defects = listed(tmp_path)
    assert not defects
    assert [*found["val"].values()] == [1, 0, 0, 1]


@pytest.mark.parametrize(("name", "content"), [
    ("val.txt", b"x.JPEG 1\n"), ("val.txt", b"ILSVRC2012_val_00000001.JPEG\n"), ("val.txt", b"\xff\xfe\n"),
    ("val.txt", b"ILSVRC2012_val_00000001.JPEG 2\n"), ("val.txt", b"\n"),
    ("val.txt", b"ILSVRC2012_val_00000001.JPEG 1\nILSVRC2012_val_00000001.JPEG 1\n"),
    ("LOC_val_solution.csv", b"ImageId,PredictionString\nx\n"), ("LOC_val_solution.csv", b"ImageId,P\n\"\n"),
    ("ILSVRC2012_validation_ground_truth.txt", b"1\n"), ("val.txt", b"\0" * 100), ("val_annotations.txt", b""),
    ("val.txt", "ILSVRC2012_val_00000001.JPEG ٣\n".encode()),
    ("val.txt", b"ILSVRC2012_val_00000001.JPEG " + b"9" * 5000 + b"\n"),
    ("LOC_val_solution.csv", b"ImageId,P\n" + b"x" * 200_000 + b",b\n"),
    ("val_annotations.txt", b"ILSVRC2012_val_00000001.JPEG aardvark\n"),  # it would move all labels
])  # fmt: skip
def test_a_file_of_labels_that_is_none_is_named_and_the_pictures_stay(name, content, tmp_path):
    write(tmp_path, "train/a/1.JPEG", "train/b/1.JPEG", *VAL, content=png(kind="JPEG"))
    write(tmp_path, name, content=content)
    found, defects = listed(tmp_path)
    assert {code for code, _ in defects} <= {"F192", "F002"}
    assert defects
    assert found["val"] == dict.fromkeys(VAL)


def test_a_truth_with_a_class_that_no_folder_has_moves_no_label(tmp_path):
    write(tmp_path, "train/b/1.JPEG", "train/c/1.JPEG", *VAL, content=png(kind="JPEG"))
    write(tmp_path, "map_clsloc.txt", content="a 1 tench\nb 2 shark\nc 3 ray\n")
    write(tmp_path, "ILSVRC2012_validation_ground_truth.txt", content="2\n3\n3\n2\n")
    found, defects = listed(tmp_path)
    assert ([*found["val"].values()], defects) == ([0, 1, 1, 0], [])
    write(tmp_path, "ILSVRC2012_validation_ground_truth.txt", content="2\n3\n1\n2\n")
    found, defects = listed(tmp_path)
    assert defects == [("F192", "ILSVRC2012_validation_ground_truth.txt")]
    assert found["train"] == {"train/b/1.JPEG": 0, "train/c/1.JPEG": 1}
    assert found["val"] == dict.fromkeys(VAL)


@pytest.mark.parametrize(("second", "labels"), [("b", [1, 0, 1]), ("a", None)])
def test_all_files_that_label_a_split_are_read(tmp_path, second, labels):
    write(tmp_path, "train/a/1.png", "train/b/1.png", "val/x.png", "val/y.png", "val/z.png")
    write(tmp_path, "LOC_val_solution.csv", content="ImageId,P\nx,b 1 2 3 4\ny,a 1 2 3 4\n")
    write(tmp_path, "val.txt", content=f"x.png {second}\nz.png b\n")
    found, defects = listed(tmp_path)
    assert [*found["val"].values()] == (labels or [None] * 3)
    assert defects == ([] if labels else [("F192", "val.txt")])


def test_lists_of_samples_are_no_labels(tmp_path):
    """The second number of ImageNet's is that of the picture, not of a class."""
    write(tmp_path, "train/a/1.JPEG", "train/b/1.JPEG", *VAL, content=png(kind="JPEG"))
    numbers = "".join(f"{path[4:-5]} {n}\n" for n, path in enumerate(VAL, 1))
    write(tmp_path, "ImageSets/CLS-LOC/val.txt", "ImageSets/CLS-LOC/train_cls.txt", content=numbers)
    assert listed(tmp_path) == ({"train": {"train/a/1.JPEG": 0, "train/b/1.JPEG": 1}, "val": dict.fromkeys(VAL)}, [])


def test_folders_called_by_numbers_are_meant_by_their_names(tmp_path):
    write(tmp_path, *(f"train/{name}/1.png" for name in ("0", "1", "10", "2")), "val/x.png", "val/y.png")
    write(tmp_path, "val.txt", content="x.png 2\ny.png 10\n")
    assert [*listed(tmp_path)[0]["val"].values()] == [3, 2]


def test_tiny_imagenet(tmp_path):
    for name in ("n01", "n02"):
        write(tmp_path, *(f"train/{name}/images/{name}_{n}.JPEG" for n in range(3)), content=png(kind="JPEG"))
        write(tmp_path, f"train/{name}/{name}_boxes.txt", content=f"{name}_0.JPEG\t0\t0\t1\t1\n")
    write(tmp_path, *(f"val/images/val_{n}.JPEG" for n in range(2)), *(f"test/images/test_{n}.JPEG" for n in range(2)), content=png(kind="JPEG"))
    write(tmp_path, "val/val_annotations.txt", content="val_0.JPEG\tn02\t0\t0\t1\t1\nval_1.JPEG\tn01\t0\t0\t1\t1\n")
    write(tmp_path, "wnids.txt", "words.txt", content="n01\nn02\n")
    found, defects = listed(tmp_path)
    assert not defects
    assert [*found["train"].values()] == [0, 0, 0, 1, 1, 1]
    assert found["val"] == {"val/images/val_0.JPEG": 1, "val/images/val_1.JPEG": 0}
    assert [*found["test"].values()] == [None, None]


def test_a_flat_folder_alone_has_no_labels(tmp_path):
    write(tmp_path, "images/a.png", "images/b.png")
    assert listed(tmp_path) == ({"data": {"images/a.png": None, "images/b.png": None}}, [])


# What is no sample


@pytest.mark.parametrize(("path", "code"), [
    ("train/stray.png", "F122"), ("val/stray.txt", "F122"), ("train/a/x.txt", "F123"), ("train/a/x.gif", "F123"),
    ("train/a/deep/x.npy", "F123"), ("other.bin", "F099"), ("more/x.bin", "F099"), ("train/a/noend", "F123"),
    ("other.npy", "F025"), ("more/x.npy", "F025"),
])  # fmt: skip
def test_files_that_are_no_samples_are_named_by_their_place(path, code, tmp_path):
    write(tmp_path, "train/a/1.png", "train/b/1.png", "val/a/1.png", "val/b/1.png")
    write(tmp_path, path, content="x")
    found, defects = listed(tmp_path)
    assert defects == [(code, path)]
    assert path not in {one for of in found.values() for one in of}


@pytest.mark.parametrize("path", ["README.md", "datacard.toml", "_meta/x.png", "train/a/.DS_Store", "train/._a.png", "Thumbs.db"])
def test_papers_and_junk_are_none(path, tmp_path):
    write(tmp_path, "train/a/1.png", "val/a/1.png", path, content=png())
    assert listed(tmp_path) == ({"train": {"train/a/1.png": 0}, "val": {"val/a/1.png": 0}}, [])


def test_a_hidden_folder_is_a_class_like_any_other_and_nothing_is_dropped(tmp_path):
    write(tmp_path, "train/.hid/1.png", "train/a/1.png")
    assert listed(tmp_path)[0] == {"train": {"train/.hid/1.png": 0, "train/a/1.png": 1}}


def test_links_and_odd_names_are_named(tmp_path):
    write(tmp_path / "out", "x.png")
    data = write(tmp_path / "data", "train/a/1.png", "train/b\nc/1.png", "train/d/1.png")
    (data / "train/a/link.png").symlink_to(tmp_path / "out/x.png")
    (data / "train/e").symlink_to(tmp_path / "out")
    place = os.path.join(os.fsencode(data / "train"), b"\xff\xfe")
    os.mkdir(place)
    with open(os.path.join(place, b"1.png"), "wb") as file:
        file.write(png())
    os.mkfifo(data / "train/a/pipe.png")
    found, defects = listed(data)
    assert {*found["train"]} == {"train/a/1.png", "train/d/1.png"}
    assert Counter(code for code, _ in defects) == {"F001": 5}


def test_encodings_on_request(tmp_path):
    write(tmp_path, "a/1.png", "a/2.gif", "a/3.tif", "a/4.BMP")
    assert [code for code, _ in listed(tmp_path)[1]] == ["F123"] * 3
    assert listed(tmp_path, "tiff", "bmp", "gif")[1] == []
    assert len(listed(tmp_path, "tif", "BMP", "gif")[0]["data"]) == 4
    with pytest.raises(UsageError, match="--format: expected image-folder with some of jpg, jpeg"):
        listed(tmp_path, "exe")
    with open_source(tmp_path, "image-folder:gif") as source:
        assert source.called == "image-folder:gif"


def test_a_wrong_suffix_is_read_all_the_same_and_told(tmp_path):
    write(tmp_path, "a/1.jpg", "a/2.png")
    (batch,) = read(tmp_path)
    assert batch.columns["encoding"].to_list() == ["PNG", "PNG"]
    assert batch.columns["suffix"].to_list() == [".jpg", ".png"]


# Reading


def test_each_sample_once_in_order_and_a_bad_one_hides_none(tmp_path):
    write(tmp_path, *(f"train/{'ab'[n % 2]}/{n:03}.png" for n in range(40)))
    for bad, content in {"train/a/000.png": b"", "train/a/020.png": b"x", "train/b/039.png": png()[:-20]}.items():
        write(tmp_path, bad, content=content)
    found = read(tmp_path)
    keys = [key for one in found if isinstance(one, Batch) for key in one.keys]
    defects = {one.path: one.code for one in found if isinstance(one, Defect)}
    assert defects == {"train/a/000.png": "F002", "train/a/020.png": "F131", "train/b/039.png": "F132"}
    assert keys == sorted(keys)
    assert {*keys} | {*defects} == {*listed(tmp_path)[0]["train"]}


def test_pictures_taken_again_are_the_same_and_places_are_found(tmp_path):
    write(tmp_path, *(f"train/{'ab'[n % 2]}/{n:03}.png" for n in range(20)), "val/a/x.png")
    with ImageFolder(Tree(tmp_path)) as source:
        source.plan()
        keys = ["train/b/003.png", "train/a/000.png", "val/a/x.png"]
        batches = source.take_keys(keys)
        taken = {key: image for batch in batches for key, image in zip(batch.keys, batch.columns["image"], strict=True)}
        assert {*taken} == {*keys}
        for key, image in taken.items():
            np.testing.assert_array_equal(image, np.asarray(Image.open(tmp_path / key)))
        with pytest.raises(KeyError):
            source.place("train/a/none.png")


def test_what_was_hashed_is_what_was_read(tmp_path):
    from hashlib import sha256

    write(tmp_path, "a/1.png", "a/2.png")
    (batch,) = read(tmp_path)
    assert batch.hashes == {path: sha256((tmp_path / path).read_bytes()).hexdigest() for path in ("a/1.png", "a/2.png")}


def test_few_descriptors_are_enough(tmp_path):
    """A worker reads many piles at once, and holds none of their files open."""
    write(tmp_path, *(f"a/{n:03}.png" for n in range(60)))
    with ImageFolder(Tree(tmp_path)) as source:
        source.plan()
        before = len(os.listdir("/proc/self/fd"))
        reading = source.portion("data", range(60)).read()
        next(reading)
        assert len(os.listdir("/proc/self/fd")) <= before + 2


@needs_data
def test_real_photos_of_imagenet(tmp_path):
    for path in sorted((SHARED / "imagenet_sample_1000").glob("*.JPEG"))[:30]:
        write(tmp_path, f"train/{path.name.partition('_')[0]}/{path.name}", content=path.read_bytes())
    for batch in read(tmp_path):
        for key, image in zip(batch.keys, batch.columns["image"], strict=True):
            expected = Image.open(tmp_path / key)
            np.testing.assert_array_equal(image, np.asarray(expected).reshape(image.shape))
