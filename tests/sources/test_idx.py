"""IDX: every byte is read, or it is said which was not."""

import gzip
import math
import shutil
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from support import SHARED, needs_data, samples, write_idx

from datastd.disk import Tree
from datastd.sources import idx, streams
from datastd.sources.idx import Idx
from datastd.sources.idx.header import TYPES, encode, read_header

IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
DTYPES = [np.dtype(kind) for kind in TYPES.values()]


def open_idx(folder, **options):
    return Idx(Tree(folder), **options)


def codes(folder, **options):
    with open_idx(folder, **options) as source:
        return [defect.code for defect in source.plan().defects]


def read_all(source):
    """Keys, images and labels of everything that the shards hold, in order."""
    found = [batch for shard in source.plan().shards for batch in source.read(shard)]
    if not found:
        return [], np.zeros((0, 1, 1, 1)), np.zeros(0, np.int64)
    return (
        [key for batch in found for key in batch.keys],
        np.concatenate([batch.columns["image"] for batch in found]),
        np.concatenate([batch.columns["label"] for batch in found]),
    )


@pytest.fixture
def folder(tmp_path):
    return write_idx(tmp_path / "data", train=samples(20))


def edit(folder, name, change):
    path = folder / name
    path.write_bytes(bytes(change(bytearray(path.read_bytes()))))


PIXELS = st.sampled_from(DTYPES).flatmap(
    lambda dtype: hnp.arrays(
        dtype,
        st.tuples(st.integers(1, 9), st.integers(1, 5), st.integers(1, 5))
        | st.tuples(st.integers(1, 9), st.integers(1, 5), st.integers(1, 5), st.sampled_from([1, 3, 4])),
        elements={"allow_nan": True} if dtype.kind == "f" else None,
    )
)


def plausible(images):
    """No element that looks as if its bytes were in the wrong order."""
    return images.dtype.itemsize == 1


@given(
    PIXELS, st.booleans(), st.integers(1, 400), st.integers(1, 200),
    st.lists(st.integers(0, 8), max_size=12),
)  # fmt: skip
def test_what_is_written_is_read_whatever_the_shards_and_batches(images, gz, shard, batch, wanted):
    import tempfile

    labels = np.arange(len(images), dtype=np.uint8)
    with tempfile.TemporaryDirectory() as place:
        folder = write_idx(f"{place}/d", gz=gz, train=(images, labels))
        with open_idx(folder, shard=shard, batch=batch) as source:
            plan = source.plan()
            if any(defect.code == "F105" for defect in plan.defects):
                assert not plausible(images)
                return
            assert plan.defects == ()
            assert (plan.samples, plan.lost) == (len(images), 0)
            keys, found, classes = read_all(source)
            name = next(folder.glob("*images*")).name
            assert keys == [f"{name}#{n}" for n in range(len(images))]
            expected = images if images.ndim == 4 else images[..., None]
            assert found.dtype == images.dtype.newbyteorder("=")
            np.testing.assert_array_equal(found, expected)
            np.testing.assert_array_equal(classes, labels)
            rows = np.array([n for n in wanted if n < len(images)], np.int64)
            taken = source.take(name, rows)
            np.testing.assert_array_equal(taken.columns["image"], expected[rows])
            np.testing.assert_array_equal(taken.columns["label"], labels[rows])
            assert taken.keys.to_list() == [keys[n] for n in rows]


@given(st.lists(st.integers(0, 19), max_size=30), st.integers(1, 3))
def test_samples_are_taken_alike_from_memory_and_from_disk(wanted, batch):
    import tempfile

    rows = np.array(wanted, np.int64)
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        folder = write_idx(f"{place}/d", train=samples(20))
        with open_idx(folder) as source:
            source.plan()
            before = source.take(IMAGES, rows)
        patch.setattr(idx, "RESIDENT", 0)
        with open_idx(folder) as source:
            after = source.take(IMAGES, rows)
        np.testing.assert_array_equal(before.columns["image"], after.columns["image"])
        np.testing.assert_array_equal(before.columns["label"], after.columns["label"])
        assert before.keys.to_list() == after.keys.to_list()


def test_samples_are_taken_by_key(folder):
    with open_idx(folder) as source:
        (batch,) = source.take_keys([f"{IMAGES}#3", f"{IMAGES}#1"])
        assert batch.keys.to_list() == [f"{IMAGES}#3", f"{IMAGES}#1"]


@pytest.mark.parametrize("rows", [[-1], [20], [0, 99]])
def test_a_sample_that_is_not_there_is_not_taken(rows, folder):
    with open_idx(folder) as source, pytest.raises(IndexError, match="rows from 0 to 19"):
        source.take(IMAGES, np.array(rows))


def test_all_members_of_a_gzip_file_are_read(tmp_path):
    folder = write_idx(tmp_path / "d", gz=True, train=samples(20))
    for name in (f"{IMAGES}.gz", f"{LABELS}.gz"):
        content = gzip.decompress((folder / name).read_bytes())
        parts = [gzip.compress(content[at : at + 7]) for at in range(0, len(content), 7)]
        (folder / name).write_bytes(b"".join(parts) + b"\0" * 9)
    with open_idx(folder) as source:
        assert source.plan().defects == ()
        _, images, labels = read_all(source)
        np.testing.assert_array_equal(images[..., 0], samples(20)[0])
        np.testing.assert_array_equal(labels, samples(20)[1])


@pytest.mark.parametrize("gz", [False, True])
def test_a_file_cut_at_any_byte_is_a_defect_and_nothing_is_lost_unsaid(gz, tmp_path):
    whole = write_idx(tmp_path / "whole", gz=gz, train=samples(6, size=(2, 3)))
    for path in sorted(whole.iterdir()):
        content = path.read_bytes()
        for length in range(len(content)):
            folder = tmp_path / "cut"
            shutil.copytree(whole, folder)
            (folder / path.name).write_bytes(content[:length])
            with open_idx(folder) as source:
                plan = source.plan()
                assert plan.defects, (path.name, length)
                assert any(d.path == path.name and d.expected and d.found for d in plan.defects)
                keys, images, _ = read_all(source)
                assert len(keys) == len(images) == plan.samples < 6 or path.name != IMAGES
            shutil.rmtree(folder)


def test_the_samples_before_a_cut_are_still_read(folder):
    edit(folder, IMAGES, lambda c: c[: 16 + 64 * 7 + 5])
    with open_idx(folder) as source:
        plan = source.plan()
        assert [(d.code, d.at) for d in plan.defects] == [("F104", f"byte {16 + 64 * 7 + 5}")]
        assert (plan.samples, plan.lost) == (7, 13)
        np.testing.assert_array_equal(read_all(source)[1][..., 0], samples(20)[0][:7])


@given(st.binary(max_size=64), st.booleans(), st.sampled_from([IMAGES, LABELS]))
def test_no_bytes_whatever_end_a_run(content, gz, name):
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        folder = write_idx(f"{place}/d", train=samples(4))
        (folder / name).unlink()
        (folder / (f"{name}.gz" if gz else name)).write_bytes(content)
        with open_idx(folder) as source:
            plan = source.plan()
            assert plan.defects
            assert len(read_all(source)[0]) == plan.samples


@given(st.integers(0, 15), st.integers(0, 255))
def test_a_changed_byte_of_the_header_never_passes_unseen(position, value):
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        folder = write_idx(f"{place}/d", train=samples(20, size=(8, 4)))
        before = (folder / IMAGES).read_bytes()[position]
        edit(folder, IMAGES, lambda c: c.__setitem__(position, value) or c)
        with open_idx(folder) as source:
            defects = source.plan().defects
            # u8 and i8 have one size: only the name of the file tells them apart.
            assert bool(defects) == (value != before)


HEADERS = [
    (b"\x01\x00\x08\x03", "F101", "byte 0"), (b"\x1f\x8b\x08\x00", "F101", "byte 0"),
    (b"\0\0\x0a\x03", "F102", "byte 2"), (b"\0\0\x00\x03", "F102", "byte 2"),
    (b"\0\0\x08\x00", "F103", "byte 3"), (b"\0\0\x08\x05", "F103", "byte 3"),
    (b"\0\0\x08\xff", "F103", "byte 3"), (b"\0\0", "F104", "byte 2"),
    (b"\x80\x04\x95", "F008", "byte 0"), (b"\x93NUMPY\x01\0v\0{'descr': '|O'}", "F008", "byte 0"),
]  # fmt: skip


@pytest.mark.parametrize(("head", "code", "at"), HEADERS)
def test_a_header_that_is_none_names_its_byte(head, code, at, folder):
    edit(folder, IMAGES, lambda c: head + c[4:] if len(head) == 4 else head)
    with open_idx(folder) as source:
        (defect,) = source.plan().defects
        assert (defect.code, defect.path, defect.at) == (code, IMAGES, at)
        assert str(defect).startswith(f"{at}: expected ")


def test_sizes_are_python_integers_and_do_not_wrap():
    header = read_header("x", b"\0\0\x08\x03" + b"\xff" * 12)
    assert header.size == 16 + (2**32 - 1) ** 3
    assert header.stride == (2**32 - 1) ** 2


@pytest.mark.parametrize("sizes", [(2**32 - 1,) * 3, (2**31, 2**9, 1), (2**20, 2**10, 2**10)])
@pytest.mark.parametrize("gz", [False, True])
def test_a_header_that_claims_2_to_the_40_costs_nothing(sizes, gz, tmp_path):
    folder = write_idx(tmp_path / "d", gz=gz, train=samples(4))
    name = next(folder.glob("*images*")).name
    claim = b"\0\0\x08\x03" + np.array(sizes, ">u4").tobytes() + b"\1" * 100
    (folder / name).write_bytes(gzip.compress(claim) if gz else claim)
    script = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from datastd.disk import Tree\n"
        "from datastd.sources.idx import Idx\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "plan = Idx(Tree(Path(sys.argv[1]))).plan()\n"
        "assert {d.code for d in plan.defects} >= {'F104'}, plan\n"
        "assert plan.samples + plan.lost <= 100, plan\n"
        "grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before\n"
        "assert grown < 100_000, grown\n"
    )
    subprocess.run([sys.executable, "-c", script, folder], check=True, cwd=tmp_path)


def test_a_gzip_bomb_is_left_where_it_goes_off(tmp_path):
    folder = write_idx(tmp_path / "d", gz=True, train=samples(4))
    head = b"\0\0\x08\x03" + np.array([2**20, 28, 28], ">u4").tobytes()
    (folder / f"{IMAGES}.gz").write_bytes(gzip.compress(head + bytes(2**25)))
    with open_idx(folder) as source:
        (defect, *_) = [d for d in source.plan().defects if d.path == f"{IMAGES}.gz"]
        assert defect.code == "F003"
        assert "expands without end" in defect.found


def test_a_checksum_that_does_not_hold_is_a_defect(tmp_path):
    folder = write_idx(tmp_path / "d", gz=True, train=samples(4))
    edit(folder, f"{IMAGES}.gz", lambda c: c[:-8] + bytes([c[-8] ^ 1]) + c[-7:])
    assert codes(folder) == ["F003"]


def test_garbage_after_the_last_member_is_a_defect(tmp_path):
    folder = write_idx(tmp_path / "d", gz=True, train=samples(4))
    edit(folder, f"{IMAGES}.gz", lambda c: c + b"garbage")
    assert codes(folder) == ["F003"]


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda f: edit(f, IMAGES, lambda c: c + b"x"), ["F104"]),
        (lambda f: edit(f, LABELS, lambda c: c[:-1]), ["F104"]),
        (lambda f: (f / IMAGES).write_bytes(b""), ["F002"]),
        (lambda f: (f / f"{IMAGES}.gz").write_bytes(b"PAR1" * 9), ["F199"]),
        (lambda f: (f / IMAGES).rename(f / f"{IMAGES}.gz"), ["F004"]),
        (lambda f: (f / LABELS).unlink(), ["F199"]),
        (lambda f: (f / IMAGES).unlink(), ["F199"]),
        (lambda f: (f / "notes.bin").write_bytes(b"x"), ["F099"]),
        (lambda f: np.save(f / "o.npy", np.array([{}], object), allow_pickle=True), ["F008"]),
        (lambda f: (f / "x.pkl").write_bytes(b"\x80\x04K\x01."), ["F008"]),
        (lambda f: (f / "x.pkl").write_bytes(b"cos\nsystem\n"), ["F008"]),
        (lambda f: (f / "x.pt").write_bytes(b"PK\3\4" + b"\0" * 20 + b"a/data.pkl"), ["F008"]),
        (lambda f: (f / "empty").mkdir(), ["F098"]),
        (lambda f: (f / "link").symlink_to(IMAGES), ["F001"]),
        (lambda f: (f / IMAGES).rename(f / "train-images-idx2-ubyte"), ["F108"]),
        (lambda f: (f / IMAGES).rename(f / "train-images-idx3-short"), ["F108"]),
        (lambda f: (f / "README.md").write_text("x"), []),
        (lambda f: (f / "datacard.toml").write_text("x"), []),
        (lambda f: (f / "sub").mkdir() or (f / "sub" / "readme.md").write_text("x"), ["F099"]),
    ],
)
def test_each_spoiling_has_its_code_and_no_other(spoil, expected, folder):
    spoil(folder)
    assert codes(folder) == expected


def arrays(folder, images, labels):
    return write_idx(folder, train=(images, labels))


ONES = np.ones(6, np.uint8)


@pytest.mark.parametrize(
    ("images", "labels", "expected"),
    [
        (np.ones((6, 4, 4), np.uint8), np.ones(5, np.uint8), ["F106"]),
        (np.ones((5, 4, 4), np.uint8), ONES, ["F106"]),
        (np.ones((6, 4, 4), np.uint8), np.ones((6, 1), np.uint8), ["F103"]),
        (np.ones((6, 4, 4), np.uint8), np.ones((6, 8), np.int32), []),
        (np.ones((6, 4, 4), np.uint8), np.ones(6, np.float32), ["F102"]),
        (np.ones((6, 4), np.uint8), ONES, ["F103"]),
        (np.ones(6, np.uint8), ONES, ["F103"]),
        (np.ones((6, 4, 4, 3), np.uint8), ONES, []),
        (np.ones((6, 4, 4, 2), np.uint8), ONES, ["F103"]),
        (np.ones((6, 0, 4), np.uint8), ONES, ["F103"]),
        (np.ones((0, 4, 4), np.uint8), ONES[:0], ["F103", "F103"]),
        (np.ones((6, 4, 4), np.int8), -ONES.astype(np.int8), []),
    ],
)
def test_shapes_and_types_that_are_no_images_with_labels(images, labels, expected, tmp_path):
    assert codes(arrays(tmp_path / "d", images, labels)) == expected


def test_the_classes_of_qmnist_are_its_first_column(tmp_path):
    table = np.arange(48, dtype=np.int32).reshape(6, 8)
    folder = tmp_path / "d"
    folder.mkdir()
    for stem, array in (("qmnist-test-images", samples(6)[0]), ("qmnist-test-labels", table)):
        name, content = encode(array, stem)
        (folder / name).write_bytes(content)
    with open_idx(folder) as source:
        assert source.plan().defects == ()
        assert {shard.split for shard in source.plan().shards} == {"test"}
        assert read_all(source)[2].tolist() == table[:, 0].tolist()


@pytest.mark.parametrize("dtype", [np.int16, np.int32, np.float32, np.float64])
def test_elements_with_their_bytes_the_wrong_way_round_are_suspect(dtype, tmp_path):
    images = np.random.default_rng(0).integers(1, 200, (20, 8, 8)).astype(dtype)
    assert codes(arrays(tmp_path / "good", images, ONES.repeat(4)[:20])) == []
    assert codes(arrays(tmp_path / "bad", images.byteswap(), ONES.repeat(4)[:20])) == ["F105"]


def test_sizes_with_their_bytes_the_wrong_way_round_are_suspect(folder):
    swapped = np.array([20, 8, 8], "<u4").tobytes()
    edit(folder, IMAGES, lambda c: c[:4] + swapped + c[16:])
    with open_idx(folder) as source:
        (defect,) = source.plan().defects
        assert (defect.code, defect.at) == ("F105", "byte 4")
        assert "(20, 8, 8)" in defect.expected


@pytest.mark.parametrize(
    ("stems", "splits"),
    [
        (["train", "t10k"], {"train", "test"}),
        (["train", "test", "val"], {"train", "test", "val"}),
        (["emnist-letters-train", "emnist-letters-test"], {"train", "test"}),
        (["qmnist-train", "qmnist-test"], {"train", "test"}),
        (["emnist-digits-train", "emnist-letters-train"], {"emnist-digits/train", "emnist-letters/train"}),
    ],
)
@pytest.mark.parametrize("dot", [False, True])
def test_splits_are_those_of_the_names(stems, splits, dot, tmp_path):
    for seed, stem in enumerate(stems):
        for what, array in zip(("images", "labels"), samples(5, seed=seed), strict=True):
            name, content = encode(array, f"{stem}-{what}")
            (tmp_path / (name.replace("-idx", ".idx") if dot else name)).write_bytes(content)
    with open_idx(tmp_path) as source:
        assert source.plan().defects == ()
        assert {shard.split for shard in source.plan().shards} == splits


def test_folders_are_part_of_a_split_that_would_be_ambiguous(tmp_path):
    write_idx(tmp_path / "a", train=samples(5))
    write_idx(tmp_path / "b", train=samples(5, seed=1))
    with open_idx(tmp_path) as source:
        assert {shard.split for shard in source.plan().shards} == {"a/train", "b/train"}
        assert {shard.path for shard in source.plan().shards} == {f"a/{IMAGES}", f"b/{IMAGES}"}


def test_a_large_file_is_read_in_shards_that_cover_it_once(tmp_path):
    folder = write_idx(tmp_path / "d", train=samples(100))
    with open_idx(folder, shard=64 * 9, batch=64 * 2) as source:
        shards = source.plan().shards
        assert [(s.start, s.stop) for s in shards][:3] == [(0, 9), (9, 18), (18, 27)]
        assert len(shards) == math.ceil(100 / 9)
        batches = [*source.read(shards[0])]
        assert [len(batch) for batch in batches] == [2, 2, 2, 2, 1]
        assert [*source.read(shards[-1])][-1].keys.to_list()[-1] == f"{IMAGES}#99"


def test_only_folders_with_such_names_are_recognised(tmp_path):
    with Tree(write_idx(tmp_path / "d", train=samples(3))) as tree:
        assert Idx.recognises(tree)
    (tmp_path / "e").mkdir()
    (tmp_path / "e" / "train-images.bin").write_bytes(b"")
    with Tree(tmp_path / "e") as tree:
        assert not Idx.recognises(tree)


@pytest.mark.parametrize("array", [np.zeros((1,) * 5, np.uint8), np.zeros(3, np.int64),
                                   np.zeros((), np.uint8), np.array(["a"])])  # fmt: skip
def test_what_idx_cannot_hold_is_not_written(array):
    with pytest.raises(ValueError, match="expected 1 to 4 axes"):
        encode(array, "x")


@needs_data
def test_real_mnist_is_read_as_published():
    with open_idx(SHARED / "mnist") as source:
        plan = source.plan()
        assert plan.defects == ()
        counts = {split: sum(s.stop - s.start for s in plan.shards if s.split == split)
                  for split in ("train", "test")}  # fmt: skip
        assert counts == {"train": 60_000, "test": 10_000}
        first = source.take("train-images-idx3-ubyte.gz", np.arange(10))
        assert first.columns["label"].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
        assert first.columns["image"].shape == (10, 28, 28, 1)


@needs_data
def test_labels_alone_are_unpaired():
    assert codes(SHARED / "fashion_mnist") == ["F199", "F199"]


@needs_data
def test_a_real_truncated_download_is_read_as_far_as_it_goes(tmp_path):
    name = f"{IMAGES}.gz"
    content = (SHARED / "kmnist" / f"TRUNCATED-{name}").read_bytes()
    folder = write_idx(tmp_path / "d", gz=True, train=(np.zeros((60_000, 1, 1), np.uint8),
                                                       np.zeros(60_000, np.uint8)))  # fmt: skip
    (folder / name).write_bytes(content)
    with open_idx(folder) as source:
        plan = source.plan()
        assert [d.code for d in plan.defects] == ["F003"]
        assert plan.samples + plan.lost == 60_000
        assert 1_000 < plan.samples < 60_000
        assert len(read_all(source)[0]) == plan.samples


def test_a_sample_larger_than_memory_could_bear_is_a_defect(tmp_path):
    folder = tmp_path / "d"
    folder.mkdir()
    side = 16_500  # 272 MB
    head = bytes([0, 0, 8, 3]) + np.array([1, side, side], ">u4").tobytes()
    with (folder / IMAGES).open("wb") as file:
        file.write(head)
        file.truncate(len(head) + side * side)
    (folder / LABELS).write_bytes(encode(np.zeros(1, np.uint8), "x")[1])
    with open_idx(folder) as source:
        (defect,) = source.plan().defects
    assert (defect.code, defect.at) == ("F103", "byte 8")
    assert "samples of at most 268435456 bytes" in defect.expected


def test_members_that_hold_nothing_are_endured_for_a_while(tmp_path):
    images, labels = samples(20)
    empty = gzip.compress(b"", mtime=0)
    for members, expected in ((1000, []), (1001, ["F003"])):
        folder = write_idx(tmp_path / str(members), gz=True, train=(images, labels))
        path = folder / f"{LABELS}.gz"
        path.write_bytes(path.read_bytes() + empty * members)
        assert codes(folder) == expected


def test_a_pickle_is_named_wherever_it_lies(folder):
    (folder / "_meta").mkdir()
    for name in ("README.md", "_meta/model.bin", "a.tmp"):
        (folder / name).write_bytes(b"\x80\x04x")
    with open_idx(folder) as source:
        found = [(one.code, one.path) for one in source.plan().defects]
    assert sorted(found) == [("F008", "README.md"), ("F008", "_meta/model.bin"), ("F008", "a.tmp")]


def test_what_accompanies_the_data_is_no_sample_whatever_its_name(folder):
    (folder / "_meta").mkdir()
    for place in ("_meta/", "._"):
        for name in (IMAGES, LABELS):
            (folder / f"{place}{name}").write_bytes((folder / name).read_bytes())
    with open_idx(folder) as source:
        assert {shard.split for shard in source.plan().shards} == {"train"}
        assert source.plan().defects == ()


def test_a_disk_that_is_full_is_no_defect_of_the_data(folder, monkeypatch):
    images, labels = samples(20)
    write_idx(folder, gz=True, train=(images, labels))
    for name in (IMAGES, LABELS):
        (folder / name).unlink(missing_ok=True)

    class Full:
        def write(self, _):
            raise OSError(28, "No space left on device")

        def close(self):
            pass

    monkeypatch.setattr(streams, "IN_MEMORY", 0)
    monkeypatch.setattr(streams.tempfile, "TemporaryFile", Full)
    with open_idx(folder) as source, pytest.raises(OSError, match="No space left"):
        source.plan()
