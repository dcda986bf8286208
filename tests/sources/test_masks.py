"""Images and masks: each pair found or named, and values exactly as they are stored."""

import io
import pickle
import shutil

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mask_files import LAYOUTS, SIZE, colormap, instances_of, mask_image, values, write, write_masks
from PIL import Image
from support import SHARED, needs_data, picture

import datastd
from datastd.disk import Tree
from datastd.draft import Draft
from datastd.pipeline import open_source
from datastd.sources import Batch
from datastd.sources.files import EmptyFile
from datastd.sources.masks import Masks
from datastd.sources.masks.pairing import paired, place
from datastd.sources.pictures.defects import TruncatedTail, Undecodable
from datastd.sources.pictures.exact import decode_mask


def looked(folder, options=()):
    """Samples by key, each with split and columns, and defects; and that nothing is dropped."""
    with Masks.of(Tree(folder), options) as source:
        plan = source.plan()
        found, defects = {}, [*plan.defects]
        for shard in plan.shards:
            for read in source.portion(shard.path, range(shard.start, shard.stop)).read():
                if not isinstance(read, Batch):
                    defects.append(read)
                    continue
                for row, key in enumerate(read.keys):
                    found[key] = {"split": shard.split} | {name: column[row] for name, column in read.columns.items()}
        lost = sum(one.samples for one in defects if one not in plan.defects)
        assert plan.samples == len(found) + lost
        assert plan.lost == sum(one.samples for one in plan.defects if one.unit == "samples")
        return found, [(one.code, one.key) for one in defects]


def named(folder, code):
    return [key for found, key in looked(folder)[1] if found == code]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_is_paired_and_found_unasked(layout, tmp_path):
    write_masks(tmp_path, layout)
    found, defects = looked(tmp_path)
    image, mask, instances = LAYOUTS[layout]
    assert defects == []
    assert [*found] == [image.format(f"{n:04}") for n in range(4)]
    for number, sample in enumerate(found.values()):
        array = values(number)
        assert sample["split"] == ("train" if "train" in image else "data")
        assert sample["mask_kind"] == (0 if mask else 1)
        assert (sample["mask"] == (array if mask else instances_of(array))).all()
        assert sample["image"].shape == (*SIZE, 3)
        expected = instances_of(array) if mask and instances else np.empty((0, 0))
        assert np.array_equal(sample["instance_mask"], expected)
    with open_source(tmp_path) as source:
        assert source.format == "masks"


def test_an_image_without_a_mask_and_a_mask_without_an_image_are_named(tmp_path):
    write_masks(tmp_path)
    (tmp_path / "masks/0001.png").unlink()
    (tmp_path / "images/0003.jpg").unlink()
    found, defects = looked(tmp_path)
    assert [*found] == ["images/0000.jpg", "images/0002.jpg"]
    assert sorted(defects) == [("F271", "images/0001.jpg"), ("F272", "masks/0003.png")]


def test_a_mask_in_an_encoding_that_is_not_asked_for_is_told(tmp_path):
    write_masks(tmp_path)
    (tmp_path / "masks/0001.png").unlink()
    write(tmp_path / "masks/0001.gif", mask_image(values(1), palette=colormap()))
    with Masks(Tree(tmp_path)) as source:
        (defect,) = source.plan().defects
    assert (defect.key, defect.found) == ("images/0001.jpg", "masks/0001.gif, which is none that is read")
    found, defects = looked(tmp_path, ["gif"])
    assert (len(found), defects) == (4, [])
    with Image.open(tmp_path / "masks/0001.gif") as image:
        assert (found["images/0001.jpg"]["mask"] == np.asarray(image)).all()


def test_names_that_differ_in_case_are_no_pair_and_the_other_is_told(tmp_path):
    write_masks(tmp_path)
    (tmp_path / "masks/0001.png").rename(tmp_path / "masks/000a.png")
    (tmp_path / "images/0001.jpg").rename(tmp_path / "images/000A.jpg")
    with Masks(Tree(tmp_path)) as source:
        defects = source.plan().defects
    assert [(one.code, one.key) for one in defects] == [("F271", "images/000A.jpg"), ("F272", "masks/000a.png")]
    assert "images/000A.jpg, which differs in case" in str(defects[1])


@pytest.mark.parametrize(("file", "lost"), [
    ("images/0001.png", ["images/0001.jpg", "images/0001.png"]), ("masks/0001.jpg", ["images/0001.jpg"]),
    ("masks/0001_mask.png", ["images/0001.jpg"]), ("labels/0001.png", ["images/0001.jpg"]), ("masks/0001.tif", ["images/0001.jpg"]),
])  # fmt: skip
def test_a_name_twice_is_ambiguous_and_the_rest_is_read(file, lost, tmp_path):
    write(write_masks(tmp_path) / file, picture(9, size=SIZE))
    found, defects = looked(tmp_path)
    assert defects == [("F273", key) for key in lost]
    assert [*found] == [f"images/{n:04}.jpg" for n in (0, 2, 3)]


def test_a_name_that_ends_like_a_mask_is_that_of_its_image_first(tmp_path):
    write_masks(tmp_path, names="{}", each=1)
    for name in ("images/0_mask.jpg", "masks/0_mask.png"):
        shutil.copy(tmp_path / name.replace("_mask.", "."), tmp_path / name)
    found, defects = looked(tmp_path)
    assert (sorted(found), defects) == (["images/0.jpg", "images/0_mask.jpg"], [])


@pytest.mark.parametrize("folder", ["images/masks", "masks/images/x", "x", "", "train_labels"])
def test_a_folder_that_says_two_things_or_nothing_says_nothing(folder):
    assert place(folder, frozenset({"images", "masks", "train_labels"})) is None


def test_masks_of_which_none_is_an_images_are_no_classes(tmp_path):
    for number in range(3):
        write(tmp_path / f"images/{number}.png", picture(number))
        write(tmp_path / f"masks/{number}_segmentation.png", mask_image(values(number)))
    with open_source(tmp_path) as source:
        assert source.format == "masks"
        assert sorted({one.code for one in source.plan().defects}) == ["F271", "F272"]
        assert source.plan().samples == 0


def test_images_of_voc_with_boxes_are_for_detection_unless_asked(tmp_path):
    folder = write_masks(tmp_path, "voc")
    (folder / "VOC2012/Annotations").mkdir()
    (folder / "VOC2012/Annotations/0001.xml").write_text("<annotation/>")
    assert not Masks.recognises(Tree(folder))
    assert len(looked(folder)[0]) == 4


def test_files_of_no_sample_are_named(tmp_path):
    write_masks(tmp_path)
    for name in ("notes.xyz", "images/0000.txt", "masks/other.txt", "more/0000.png"):
        write(tmp_path / name, picture(), format="PNG")
    assert sorted(looked(tmp_path)[1]) == [("F099", name) for name in sorted(("notes.xyz", "images/0000.txt", "masks/other.txt", "more/0000.png"))]


def test_what_cityscapes_has_beside_its_masks_goes_with_them(tmp_path):
    write_masks(tmp_path, "cityscapes")
    city = tmp_path / "gtFine/train/aachen"
    for name in ("color", "labelTrainIds", "instanceTrainIds"):
        write(city / f"0001_gtFine_{name}.png", mask_image(values(1)))
    (city / "0001_gtFine_polygons.json").write_text("{}")
    found, defects = looked(tmp_path)
    assert (len(found), defects) == (4, [])
    assert {one["classes_stated"] for one in found.values()} == {34}


def test_lists_of_voc_say_the_split_and_what_is_no_sample(tmp_path):
    root = write_masks(tmp_path, "voc", each=5) / "VOC2012"
    write(root / "JPEGImages/0009.jpg", picture(9, size=SIZE))  # for detection alone
    write(root / "JPEGImages/0008.jpg", picture(8, size=SIZE))
    (root / "Annotations").mkdir()
    (root / "Annotations/0009.xml").write_text("<annotation/>")
    lists = root / "ImageSets/Segmentation"
    lists.mkdir(parents=True)
    (root / "ImageSets/Main").mkdir()
    (root / "ImageSets/Main/cat_train.txt").write_text("0009 1\n")
    (lists / "train.txt").write_text("0000\n0001\n0001\n\n0008\n")
    (lists / "val.txt").write_text("0002\n0000\nnothing\n")
    (lists / "trainval.txt").write_text("0000\n0001\n0002\n")
    found, defects = looked(tmp_path)
    assert [(key[-8:-4], one["split"]) for key, one in found.items()] == [
        ("0000", "train"), ("0001", "train"), ("0002", "val"), ("0003", "data"), ("0004", "data"),
    ]  # fmt: skip
    assert {one["classes_stated"] for one in found.values()} == {21}
    place_ = "VOC2012/ImageSets/Segmentation/"
    assert sorted(defects) == [
        ("F271", "VOC2012/JPEGImages/0008.jpg"), ("F274", f"{place_}train.txt#2"), ("F274", f"{place_}val.txt#1"),
        ("F274", f"{place_}val.txt#2"),
    ]  # fmt: skip


@pytest.mark.parametrize(("lists", "said"), [
    ({"trainval": "0000\n0001\n0002\n", "test": "0002\n0003\n0004\n"}, ["trainval.txt#2"]),
    ({"train": "0000\n0001\n", "val": "0002\n", "trainval": "0000\n0001\n0002\n0003\n", "test": "0003\n0004\n"}, ["trainval.txt#3"]),
    ({"train": "0000\n0001\n", "val": "0002\n0001\n", "test": "0003\n0004\n0003\n"}, ["test.txt#2", "val.txt#1"]),
])  # fmt: skip
def test_a_list_that_has_names_of_another_is_named_and_clean_writes_each_once(lists, said, tmp_path):
    """Pictures to learn from, and to measure with; `trainval` is train and val, and no test."""
    root = write_masks(tmp_path / "data", "voc", each=5) / "VOC2012/ImageSets/Segmentation"
    root.mkdir(parents=True)
    for name, text in lists.items():
        (root / f"{name}.txt").write_text(text)
    found, defects = looked(tmp_path / "data")
    assert sorted(defects) == [("F274", f"VOC2012/ImageSets/Segmentation/{one}") for one in said]
    by_split = {split: sum(one["split"] == split for one in found.values()) for split in ("train", "val", "test")}
    assert by_split == ({"train": 2, "val": 0, "test": 3} if "train" not in lists else {"train": 2, "val": 1, "test": 2})
    done = datastd.clean(tmp_path / "data", tmp_path / "new", "semantic-segmentation/1")
    assert (done.rows_out, done.report["F274"].outcome) == (5, "pass")
    assert looked(tmp_path / "new")[1] == []


@pytest.mark.parametrize(("name", "text"), [
    ("classes.txt", "sky\nroad\ncar\n"), ("codes.txt", "sky\r\nroad\r\ncar"), ("labelmap.txt", "# label:color_rgb:parts:actions\nsky:0,0,0::\nroad:1,2,3::\ncar:9,9,9::\n"),
    ("label_colors.txt", "64 128 64\tsky\n192 0 128 \t road\n\n0 0 0\tcar"),
    ("class_dict.csv", "name,r,g,b\nsky,0,0,0\nroad,1,2,3\n\ncar,9,9,9\n"),
])  # fmt: skip
def test_a_list_of_classes_says_how_many_there_are_and_their_names(name, text, tmp_path):
    (write_masks(tmp_path) / name).write_text(text)
    with Masks(Tree(tmp_path)) as source:
        table = source.classes()
        assert "classes_stated" in source.stated
    assert table.rows() == [(f"{name}#{n}", "data", "data", one, 4, n) for n, one in enumerate(("sky", "road", "car"))]
    found, defects = looked(tmp_path)
    assert ({one["classes_stated"] for one in found.values()}, defects) == ({3}, [])


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe", b"sky\nroad\nsky\n"])
def test_a_list_of_classes_that_is_none_is_named_and_the_samples_are_read(content, tmp_path):
    (write_masks(tmp_path, "voc") / "classes.txt").write_bytes(content)
    found, defects = looked(tmp_path)
    assert (len(found), [code for code, _ in defects]) == (4, ["F002" if not content else "F275"])
    assert {one["classes_stated"] for one in found.values()} == {None}


def test_a_line_of_colours_without_a_name_is_named(tmp_path):
    (write_masks(tmp_path) / "label_colors.txt").write_text("64 128 64 sky\n0 0 0\n")
    assert looked(tmp_path)[1] == [("F275", "label_colors.txt")]


def test_of_two_lists_of_classes_the_second_is_named(tmp_path):
    for name in ("classes.txt", "labels.txt"):
        (write_masks(tmp_path) / name).write_text("a\nb\nc\n")
    assert looked(tmp_path)[1] == [("F275", "labels.txt")]


def test_without_a_list_nobody_knows_how_many_classes_there_are(tmp_path):
    with Masks(Tree(write_masks(tmp_path))) as source:
        assert source.classes() is None
        assert not {"classes_stated", "instance_mask"} & source.stated
    with Masks(Tree(write_masks(tmp_path / "voc", "voc"))) as source:
        assert {"classes_stated", "instance_mask"} <= source.stated


@pytest.mark.parametrize(("content", "code"), [
    (b"", "F002"), (b"\x89PNG\r\n\x1a\n", "F131"), (b"<html>", "F131"), ("cut", "F132"),
])  # fmt: skip
@pytest.mark.parametrize("file", ["images/0002.png", "masks/0002.png"])
def test_a_file_that_cannot_be_read_costs_its_sample_alone(content, code, file, tmp_path):
    write_masks(tmp_path)
    for one in (tmp_path / "images").iterdir():
        write(one.with_suffix(".png"), Image.open(one))
        one.unlink()
    (tmp_path / file).write_bytes((tmp_path / file).read_bytes()[:-12] if content == "cut" else content)
    found, defects = looked(tmp_path)
    assert [*found] == [f"images/{n:04}.png" for n in (0, 1, 3)]
    assert defects == [(code, "images/0002.png")]


def test_a_mask_that_may_not_be_read_costs_its_sample_alone(tmp_path, monkeypatch):
    write_masks(tmp_path)
    opened = Tree.open

    def refused(tree, path):
        if path == "masks/0002.png":
            raise PermissionError(13, "Permission denied")
        return opened(tree, path)

    monkeypatch.setattr(Tree, "open", refused)
    found, defects = looked(tmp_path)
    assert (len(found), defects) == (3, [("F001", "images/0002.jpg")])


def coded(image, form="PNG", **options):
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


@given(st.integers(0, 2**32 - 1), st.integers(1, 9), st.integers(1, 9), st.sampled_from(["L", "P", "I;16", "1"]))
def test_values_are_those_that_are_stored(seed, height, width, mode):
    random = np.random.default_rng(seed)
    top = {"L": 256, "P": 256, "I;16": 65536, "1": 2}[mode]
    array = random.integers(0, top, (height, width)).astype(np.uint16 if mode == "I;16" else np.uint8)
    image = Image.fromarray(array != 0) if mode == "1" else mask_image(array, palette=colormap()) if mode == "P" else Image.fromarray(array)
    picture_ = decode_mask("a", coded(image), ("PNG",))
    assert picture_.mode == mode
    assert picture_.pixels.dtype == array.dtype
    assert (picture_.pixels == array).all()
    assert picture_.palette == (colormap().tobytes() if mode == "P" else b"")


@pytest.mark.parametrize("bits", [1, 2, 4])
@pytest.mark.parametrize("form", ["grey", "palette"])
def test_few_bits_are_not_stretched(bits, form):
    array = np.arange(2**bits, dtype=np.uint8).reshape(2, -1)
    content = coded(mask_image(array, palette=colormap(2**bits)), bits=bits)
    if form == "grey":
        content = grey_png(array, bits)
    picture_ = decode_mask("a", content, ("PNG",))
    assert picture_.pixels.tolist() == array.tolist()
    assert picture_.mode == ("P" if form == "palette" else "1" if bits == 1 else f"L;{bits}")


def grey_png(array, bits):
    """A grey PNG of so many bits a pixel, which Pillow does not write."""
    import struct
    import zlib

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    height, width = array.shape
    rows = b""
    for row in array.tolist():
        number = int("".join(f"{value:0{bits}b}" for value in row).ljust(-(-width * bits // 8) * 8, "0"), 2)
        rows += b"\0" + number.to_bytes(-(-width * bits // 8), "big")
    head = struct.pack(">IIBBBBB", width, height, bits, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@given(st.integers(0, 2**32 - 1), st.sampled_from(["RGB", "RGBA", "LA"]))
def test_bands_become_one_number(seed, mode):
    array = np.random.default_rng(seed).integers(0, 256, (3, 4, len(mode)), np.uint8)
    found = decode_mask("a", coded(Image.fromarray(array, mode)), ("PNG",)).pixels
    weights = 256 ** np.arange(len(mode))
    assert found.dtype == np.uint32
    assert (found == (array.astype(np.int64) * weights).sum(axis=2)).all()


def test_reading_again_and_elsewhere_gives_the_same(tmp_path):
    write_masks(tmp_path, "voc")
    with Masks(Tree(tmp_path)) as source:
        (shard,) = source.plan().shards
        (here,) = source.read(shard)
        (there,) = pickle.loads(pickle.dumps(source.portion("data", range(4)))).read()
        again = source.take("data", np.array([2, 0]))
        assert source.payloads == {*here.hashes} == {*there.hashes}
        assert len(source.payloads) == 12
        for column in ("mask", "instance_mask", "image"):
            pairs = [*zip(here.columns[column], there.columns[column], strict=True)]
            pairs += [(here.columns[column][2], again.columns[column][0]), (here.columns[column][0], again.columns[column][1])]
            assert all((one == other).all() for one, other in pairs)
        assert here.digests() == there.digests()
        assert source.place("VOC2012/JPEGImages/0002.jpg") == ("data", 2)


def test_the_image_decides_the_digest_and_the_mask_only_where_there_is_none():
    keys = pl.Series(["a"])
    image, other = np.zeros((2, 2, 3), np.uint8), np.ones((2, 2, 3), np.uint8)
    masks = [np.zeros((2, 2), np.uint8)], [np.ones((2, 2), np.uint8)]
    both = [Batch(keys, {"image": [one], "mask": mask}).digests() for one in (image, other) for mask in masks]
    assert both[0] == both[1] != both[2] == both[3]
    alone = [Batch(keys, {"mask": mask}).digests() for mask in masks]
    assert alone[0] != alone[1]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_is_written_anew_is_what_was_kept(layout, tmp_path):
    folder = write_masks(tmp_path / "data", layout)
    (folder / "classes.txt").write_text("a\nb\nc\n")
    if layout == "voc":
        lists = folder / "VOC2012/ImageSets/Segmentation"
        lists.mkdir(parents=True)
        for name in ("train", "trainval"):
            (lists / f"{name}.txt").write_text("".join(f"{n:04}\n" for n in range(4)))
    with Masks(Tree(folder)) as source, Draft(tmp_path / "out") as draft:
        (split,) = {shard.path for shard in source.plan().shards}
        source.write({split: np.array([0, 3])}, draft)
        draft.publish()
    before, after = looked(folder)[0], looked(tmp_path / "out")
    assert after[1] == []
    assert [*after[0]] == [*before][::3]
    for key, sample in after[0].items():
        assert (sample["mask"] == before[key]["mask"]).all()
        assert (sample["split"], sample["classes_stated"]) == (before[key]["split"], 3)


def test_pictures_in_classes_stay_pictures_in_classes(tmp_path):
    for name in ("train/mask/0.png", "train/no_mask/0.png", "train/images/1.png", "train/face/1.png", "train/face_masks/1.png"):
        write(tmp_path / name, picture())
    shutil.rmtree(tmp_path / "train/images")
    with open_source(tmp_path) as source:
        assert source.format == "image-folder"


@needs_data
def test_coco128_has_masks_for_100_of_its_128_images(tmp_path):
    shutil.copytree(SHARED / "coco128/images", tmp_path / "images")
    shutil.copytree(SHARED / "coco128/semantic_segmentation/masks", tmp_path / "masks")
    found, defects = looked(tmp_path)
    masked = {path.stem for path in (tmp_path / "masks/train2017").iterdir()}
    without = sorted(f"images/train2017/{p.name}" for p in (tmp_path / "images/train2017").iterdir() if p.stem not in masked)
    assert len(found) == 100
    assert len(without) == 28
    assert sorted(defects) == [("F271", key) for key in without]
    assert {one["split"] for one in found.values()} == {"train"}
    assert all(one["mask"].shape == one["image"].shape[:2] for one in found.values())


def test_defects_that_other_processes_meet_are_those_that_are_listed():
    assert {Undecodable, TruncatedTail, EmptyFile} <= {*Masks.kinds}
    assert paired([], (".png",)).pairs == {}
