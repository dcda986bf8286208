"""CIFAR: every byte is read, or it is said which was not; and nothing in it is run."""

import itertools
import os
import pickle
import pickletools
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

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
from hypothesis import given
from hypothesis import strategies as st
from support import SHARED, needs_data

from datastd.disk import Tree
from datastd.pipeline import open_source
from datastd.sources import cifar
from datastd.sources.cifar import Cifar
from datastd.sources.cifar.batches import PIXELS
from datastd.sources.cifar.defects import PickleOpcode
from datastd.sources.cifar.pickles import read_pickle
from datastd.sources.pickles import MARKS, OPCODES, Span
from datastd.sources.streams import Bytes

PICKLED = FORMS[1:]


def open_cifar(folder, **options):
    return Cifar(Tree(Path(folder)), **options)


def codes(folder):
    with open_cifar(folder) as source:
        return [defect.code for defect in source.plan().defects]


def read_all(source):
    """Keys and columns of everything that the shards hold, in order."""
    found = [some for shard in source.plan().shards for some in source.read(shard)]
    names = found[0].columns if found else ()
    columns = {name: np.concatenate([some.columns[name] for some in found]) for name in names}
    return [key for some in found for key in some.keys], columns


@pytest.fixture
def ten(tmp_path):
    return write_ten(tmp_path / "data", count=20, test=10)


@pytest.fixture
def ten_py(tmp_path):
    return write_ten(tmp_path / "py", form="py2", count=20, test=10)


# -- what is whole ------------------------------------------------------------------


@given(
    st.sampled_from(FORMS), st.integers(1, 9), st.integers(1, 9 * PIXELS), st.integers(1, 9 * PIXELS),
    st.lists(st.integers(0, 8), max_size=12), st.booleans(), st.booleans(),
)  # fmt: skip
def test_what_is_written_is_read_whatever_the_shards_and_batches(
    form, count, shard, step, wanted, hundred, resident
):
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        if not resident:
            patch.setattr(cifar, "RESIDENT", 0)
        write = write_hundred if hundred else write_ten
        write(place, form=form, test=1, **{"train" if hundred else "count": count})
        with open_cifar(place, shard=shard, batch=step) as source:
            plan = source.plan()
            assert (plan.defects, plan.lost) == ((), 0)
            assert plan.samples == (1 if hundred else 2) * count + 1
            keys, columns = read_all(source)
            assert columns["image"].dtype == np.uint8
            assert columns["image"].shape == (plan.samples, 32, 32, 3)
            np.testing.assert_array_equal(columns["image"][:count], pictures(count))
            fine = labels(count, 100 if hundred else 10)
            np.testing.assert_array_equal(columns["label"][:count], fine)
            assert ("coarse" in columns) is hundred
            if hundred:
                np.testing.assert_array_equal(columns["coarse"][:count], fine // 5)
            path = plan.shards[0].path
            assert keys[:count] == [f"{path}#{n}" for n in range(count)]
            rows = np.array([n for n in wanted if n < count], np.int64)
            taken = source.take(path, rows)
            assert taken.keys.to_list() == [keys[n] for n in rows]
            assert {*taken.columns} == {*columns}
            for name, values in taken.columns.items():
                np.testing.assert_array_equal(values, columns[name][rows])
                assert values.dtype == columns[name].dtype


@pytest.mark.parametrize("form", FORMS)
def test_the_batches_come_in_their_order_and_the_test_batch_last(form, tmp_path):
    folder = write_ten(tmp_path, form=form, count=1, batches=11, test=1)
    with open_cifar(folder) as source:
        shards = source.plan().shards
        end = ".bin" * (form == "bin")
        assert [s.path for s in shards] == [*(f"data_batch_{n}{end}" for n in range(1, 12)), f"test_batch{end}"]
        assert [s.split for s in shards] == ["train"] * 11 + ["test"]


@pytest.mark.parametrize("folder", ["cifar-10-batches-bin", "cifar-10-batches-py"])
def test_the_folder_that_the_archive_unpacks_to_may_be_the_dataset_s_only_one(folder, tmp_path):
    write_ten(tmp_path / folder, form="bin" if folder.endswith("bin") else "py2", count=5, test=2)
    with open_source(tmp_path) as source:
        assert isinstance(source, Cifar)
        assert source.plan().defects == ()
        assert {shard.split for shard in source.plan().shards} == {"train", "test"}
        assert source.plan().shards[0].path.startswith(f"{folder}/data_batch_1")


def test_several_sets_have_splits_of_their_own(tmp_path):
    write_ten(tmp_path / "cifar-10-batches-bin", count=3, test=2)
    write_hundred(tmp_path / "cifar-100-python", form="py2", train=3, test=2)
    write_ten(tmp_path / "both", count=1, batches=1, test=1)
    write_hundred(tmp_path / "both", train=1, test=1)
    with open_cifar(tmp_path) as source:
        plan = source.plan()
        assert plan.defects == ()
        assert {shard.split for shard in plan.shards} == {
            "both/cifar-10/train", "both/cifar-10/test", "both/cifar-100/train",
            "both/cifar-100/test", "cifar-10-batches-bin/train", "cifar-10-batches-bin/test",
            "cifar-100-python/train", "cifar-100-python/test",
        }  # fmt: skip
        assert plan.samples == 8 + 5 + 2 + 2


def test_names_that_other_formats_use_too_are_not_enough(tmp_path):
    folder = tmp_path / "d"
    folder.mkdir()
    for name in ("train.bin", "val.bin", "meta.pkl"):
        (folder / name).write_bytes(b"x")
    assert not Cifar.recognises(Tree(folder))
    assert not Cifar.recognises(Tree(tmp_path / "d"))
    write_hundred(folder, train=1, test=1)
    assert Cifar.recognises(Tree(folder))


def test_an_archive_s_folder_is_known_by_its_name(tmp_path):
    write_hundred(tmp_path / "cifar-100-binary", train=1, test=1)
    for path in (tmp_path / "cifar-100-binary").glob("*.txt"):
        path.unlink()
    assert Cifar.recognises(Tree(tmp_path))


@pytest.mark.parametrize("form", PICKLED)
def test_our_pickles_are_what_python_reads_too(form):
    whole = batch(pictures(3), "training batch 1 of 5", labels=[1, 300, 70000])
    again = pickle.loads(pickled(whole, form), encoding="latin-1")
    again = {k.decode() if isinstance(k, bytes) else k: v for k, v in again.items()}
    np.testing.assert_array_equal(again.pop("data"), whole.pop("data"))
    assert again == whole


def test_the_pickle_of_python_2_has_the_opcodes_of_the_published_files():
    content = pickled(batch(pictures(2), "training batch 1 of 5", labels=[6] * 1001))
    opcodes = [opcode.name for opcode, _, _ in pickletools.genops(content)]
    assert opcodes[:9] == ["PROTO", "EMPTY_DICT", "BINPUT", "MARK", "SHORT_BINSTRING", "BINPUT",
                           "SHORT_BINSTRING", "BINPUT", "SHORT_BINSTRING"]  # fmt: skip
    assert opcodes.count("APPENDS") == 2  # 1,000 labels, and the names; the last label alone
    assert opcodes.count("APPEND") == 1
    assert {"GLOBAL", "REDUCE", "BUILD", "BINSTRING", "SETITEMS"} <= {*opcodes}
    assert not {"BINUNICODE", "MEMOIZE", "FRAME"} & {*opcodes}


def test_a_batch_without_filenames_is_cifair_s_and_warns(ten_py):
    whole = batch(pictures(20), "x", labels=labels(20))
    del whole["filenames"]
    (ten_py / "data_batch_1").write_bytes(pickled(whole, "py3-4"))
    with open_cifar(ten_py) as source:
        (defect,) = source.plan().defects
        assert (defect.code, defect.level, defect.found) == ("F182", "warn", "no filenames")
        assert source.plan().samples == 50


@needs_data
@pytest.mark.parametrize("form", FORMS)
def test_real_pictures_are_what_they_were(form, tmp_path):
    images, classes = real()
    write_ten(tmp_path, form=form, batches=0, test=1)
    write_batch(tmp_path, "data_batch_1", images, classes, form=form)
    with open_cifar(tmp_path) as source:
        _, columns = read_all(source)
        assert columns["image"][0, 0, 0].tolist() == [59, 62, 63]  # as everyone knows it
        np.testing.assert_array_equal(columns["image"][:1000], images)
        np.testing.assert_array_equal(columns["label"][:1000], classes)


def test_samples_are_taken_by_key(ten):
    wanted = ["data_batch_1.bin#3", "data_batch_2.bin#1", "data_batch_1.bin#0"]
    with open_cifar(ten) as source:
        first, second = source.take_keys(wanted)
        every, columns = read_all(source)
    assert [*first.keys, *second.keys] == [wanted[0], wanted[2], wanted[1]]
    for key, image in zip([*first.keys, *second.keys], [*first.columns["image"], *second.columns["image"]], strict=True):
        np.testing.assert_array_equal(image, columns["image"][every.index(key)])


@pytest.mark.parametrize("rows", [[-1], [20], [0, 99]])
def test_a_sample_that_is_not_there_is_not_taken(rows, ten):
    with open_cifar(ten) as source, pytest.raises(IndexError, match="rows from 0 to 19"):
        source.take("data_batch_1.bin", np.array(rows))


# -- what is not ----------------------------------------------------------------------


def edit(folder, name, change):
    path = folder / name
    path.write_bytes(bytes(change(bytearray(path.read_bytes()))))


def rewrite(folder, change, name="data_batch_1", form="py2", **lists):
    """Write a batch again with its dictionary changed."""
    whole = batch(pictures(20), name, **(lists or {"labels": labels(20)}))
    change(whole)
    (folder / name).write_bytes(pickled(whole, form))


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda f: edit(f, "data_batch_1.bin", lambda c: c[:-1]), ["F115"]),
        (lambda f: edit(f, "data_batch_1.bin", lambda c: c + b"x"), ["F115"]),
        (lambda f: (f / "test_batch.bin").write_bytes(b"x" * 3072), ["F115"]),
        (lambda f: (f / "test_batch.bin").write_bytes(b""), ["F002"]),
        (lambda f: (f / "test_batch.bin").write_bytes(pickle.dumps({})), ["F008"]),
        (lambda f: (f / "batches.meta.txt").write_bytes(b""), ["F002"]),
        (lambda f: (f / "batches.meta.txt").write_bytes(b"\x80\x02}."), ["F008"]),
        (lambda f: (f / "batches.meta.txt").unlink(), []),
        (lambda f: (f / "data_batch_1.bin").unlink(), ["F181"]),
        (lambda f: (f / "data_batch_1.bin").rename(f / "data_batch_99999.bin"), ["F181"]),
        (lambda f: (f / "data_batch_1.bin").rename(f / "data_batch_0.bin"), ["F099", "F181"]),
        (lambda f: (f / "test_batch.bin").unlink(), []),
        (lambda f: write_batch(f, "data_batch_2", pictures(20), labels(20), form="py2"),
         ["F008", "F180"]),
        (lambda f: (f / "data_batch_2").write_bytes(b"x"), ["F099", "F180"]),
        (lambda f: (f / "notes").write_bytes(b"x"), ["F099"]),
        (lambda f: (f / "data_batch_one.bin").write_bytes(b"x"), ["F099"]),
        (lambda f: (f / "x.pkl").write_bytes(b"\x80\x04K\x01."), ["F008"]),
        (lambda f: (f / "empty").mkdir(), ["F098"]),
        (lambda f: (f / "link").symlink_to("data_batch_1.bin"), ["F001"]),
        (lambda f: (f / "file.txt~").write_bytes(b""), []),
        (lambda f: (f / "file.txt~").write_bytes(b"\x80\x02}."), ["F008"]),
        (lambda f: (f / "readme.html").write_bytes(b"\x80\x02}."), ["F008"]),
        (lambda f: (f / "README.md").write_text("x"), []),
        (lambda f: (f / "datacard.toml").write_text("x"), []),
        (lambda f: (f / ".DS_Store").write_text("x"), []),
    ],
)
def test_each_spoiling_has_its_code_and_no_other(spoil, expected, ten):
    spoil(ten)
    assert codes(ten) == expected


FLOATS = flat(pictures(20)).astype(np.float32)
AWRY = np.asfortranarray(flat(pictures(20)))


@pytest.mark.parametrize("form", ["py2", "py3-str", "py3-4"])
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda b: b.pop("data"), ["F111"]),
        (lambda b: b.pop("labels"), ["F111"]),
        (lambda b: b.update(labels="text"), ["F111"]),
        (lambda b: b.update(labels=[*"text"]), ["F111"]),
        (lambda b: b.update(labels=[*b["labels"][:7], [], *b["labels"][8:]]), ["F111"]),
        (lambda b: b.update(labels=np.arange(20)[None]), ["F111"]),
        (lambda b: b.update(fine_labels=b.pop("labels"), coarse_labels=[0] * 20), ["F111"]),
        (lambda b: b.update(data=FLOATS), ["F112"]),
        (lambda b: b.update(data=AWRY), ["F112"]),
        (lambda b: b.update(data=flat(pictures(20)).reshape(40, -1)), ["F112"]),
        (lambda b: b.update(data=flat(pictures(20)).view(np.int8)), ["F112"]),
        (lambda b: b.update(data="text"), ["F112"]),
        (lambda b: b.update(data="text" * 100), ["F112"]),
        (lambda b: b.update(data=[0] * 20), ["F112"]),
        (lambda b: b["labels"].pop(), ["F113"]),
        (lambda b: b["labels"].append(1), ["F113"]),
        (lambda b: b["labels"].clear(), ["F113"]),
        (lambda b: b.pop("batch_label"), ["F182"]),
        (lambda b: (b.pop("batch_label"), b.pop("filenames")), ["F182"]),
        (lambda b: b.update(more=[1]), []),
        (lambda b: b.update(labels=[-5] * 20), []),  # a rule's to judge
    ],
)
def test_a_dictionary_that_is_not_cifar_s_is_named(form, change, expected, ten_py):
    rewrite(ten_py, change, form=form)
    assert codes(ten_py) == expected


@pytest.mark.parametrize("form", PICKLED)
def test_no_pictures_are_no_batch(form, ten_py):
    rewrite(ten_py, lambda b: b.update(data=flat(pictures(20))[:0], labels=[]), form=form)
    # Under protocol 2, Python 3 writes no bytes as a call of `bytes`.
    assert codes(ten_py) == ["F117" if form in {"py3-str", "py3-bytes"} else "F112"]


@pytest.mark.parametrize("form", PICKLED)
@pytest.mark.parametrize(("less", "expected"), [("fine_labels", "F111"), ("coarse_labels", "F111")])
def test_a_hundred_classes_need_both_lists(form, less, expected, tmp_path):
    folder = write_hundred(tmp_path, form=form, train=20, test=5)
    lists = {"fine_labels": labels(20, 100), "coarse_labels": labels(20, 20)}
    rewrite(folder, lambda b: b.pop(less), "train", form, **lists)
    assert codes(folder) == [expected]
    rewrite(folder, lambda b: b[less].pop(), "train", form, **lists)
    assert codes(folder) == ["F113"]
    with open_cifar(folder) as source:
        assert (source.plan().samples, source.plan().lost) == (24, 1)
        assert len(read_all(source)[0]) == 24


def test_the_samples_before_a_cut_are_still_read(ten):
    edit(ten, "data_batch_1.bin", lambda c: c[: 3073 * 7 + 5])
    with open_cifar(ten) as source:
        plan = source.plan()
        assert [(d.code, d.at) for d in plan.defects] == [("F115", f"byte {3073 * 7}")]
        assert (plan.samples, plan.lost) == (7 + 20 + 10, 1)
        np.testing.assert_array_equal(read_all(source)[1]["image"][:7], pictures(20)[:7])


@pytest.mark.parametrize("form", ["py2", "py3-bytes", "py3-5"])
def test_a_pickle_cut_anywhere_is_named(form, tmp_path):
    folder = write_ten(tmp_path, form=form, count=2, batches=1, test=1)
    content = (folder / "data_batch_1").read_bytes()
    for length in (*range(1, 400, 3), *range(400, len(content), 211), len(content) - 1):
        (folder / "data_batch_1").write_bytes(content[:length])
        assert codes(folder) == ["F117"], length


def test_names_of_classes_are_looked_at(ten_py):
    for content, expected in (
        (pickled({"label_names": ["a"]}), []),
        (pickled({"num_vis": 3072}), ["F111"]),
        (pickled({"label_names": [1]}), ["F111"]),
        (b"text", ["F117"]),
        (b"cos\nsystem\n(S'true'\ntR.", ["F117"]),
    ):
        (ten_py / "batches.meta").write_bytes(content)
        assert codes(ten_py) == expected


@needs_data
@pytest.mark.parametrize("pointer", ["git-annex/cifar-10-python.tar.gz", "git-lfs/helpful-base/test.jsonl.gz"])
def test_a_file_that_only_points_to_its_data_is_called_so(pointer, tmp_path):
    text = (SHARED / "pointers" / pointer).read_bytes()
    called = f"a {pointer.partition('/')[0]} pointer"
    for form, code in (("bin", "F115"), ("py2", "F117")):
        folder = write_ten(tmp_path / form, form=form, count=5, test=2)
        name = "data_batch_1.bin" if form == "bin" else "data_batch_1"
        (folder / name).write_bytes(text)
        meta = "batches.meta.txt" if form == "bin" else "batches.meta"
        (folder / meta).write_bytes(text)
        with open_cifar(folder) as source:
            defects = source.plan().defects
            assert {d.found for d in defects} == {called}
            assert {d.code for d in defects if d.path == name} == {code}
            assert source.plan().samples == 7
        shutil.copy(SHARED / "pointers" / pointer, folder / "cifar.tar.gz")
        assert "F099" in codes(folder)


# -- what is hostile ------------------------------------------------------------------


class Runs:
    def __init__(self, place):
        self.place = place

    def __reduce__(self):
        return os.mkdir, (str(self.place),)


def head(*more):
    return b"\x80\x02}q\x01(U\x06labels]" + b"".join(more)


BIG = (2**31 - 1).to_bytes(4, "little")
HOSTILE = {
    "no stop": b"\x80\x02}",
    "nothing": b"\x80\x02.",
    "no dictionary": b"\x80\x02].",
    "two values": b"\x80\x02}}.",
    "an open mark": b"\x80\x02}(}.",
    "more after the end": b"\x80\x02}.}",
    "two pickles": b"\x80\x02}." * 2,
    "a huge string": head(b"T", BIG),
    "a huge text": head(b"X", b"\xff" * 4),
    "a string of 2 to the 64": head(b"\x8e", b"\xff" * 8),
    "a frame of 2 to the 64": b"\x80\x04\x95" + b"\xff" * 8 + b"}.",
    "a second protocol": b"\x80\x02}\x80\x02.",
    "protocol 0": b"(dp0\n.",
    "protocol 6": b"\x80\x06}.",
    "a whole number of 200 bytes": head(b"\x8a\xc8" + b"\xff" * 200),
    "a whole number without end": head(b"\x8b" + BIG),
    "a float": head(b"G" + b"\0" * 8),
    "a persistent id": head(b"Px\n"),
    "another persistent id": head(b"K\x01Q"),
    "an extension": head(b"\x82\x01"),
    "another extension": head(b"\x83\x01\x01"),
    "an instance": head(b"(ios\nsystem\n"),
    "an object": head(b"(cos\nsystem\no"),
    "a new object": head(b"cnumpy\nndarray\n)\x81"),
    "a new object with keywords": head(b"\x92"),
    "a call of the system": b"\x80\x02cos\nsystem\nU\x04true\x85R.",
    "a call by another name": b"\x80\x04\x8c\x05posix\x8c\x06system\x93.",
    "a name of numpy": b"\x80\x02cnumpy\nload\n.",
    "a name in two parts": b"\x80\x02cnumpy.core\nmultiarray._reconstruct\n.",
    "a name of no text": b"\x80\x04K\x01K\x02\x93.",
    "a long name": b"\x80\x02c" + b"a" * 10**6 + b"\n",
    "a call of nothing": b"\x80\x02K\x01)R.",
    "other arguments": b"\x80\x02cnumpy.core.multiarray\n_reconstruct\n)R.",
    "a type as an argument": b"\x80\x02cnumpy.core.multiarray\n_reconstruct\ncnumpy\ndtype\nK\0\x85U\1b\x87R.",
    "an encoder of another kind": b"\x80\x02c_codecs\nencode\nX\1\0\0\0aX\4\0\0\0zlib\x86R.",
    "text that is no bytes": b"\x80\x02c_codecs\nencode\nX\3\0\0\0\xe2\x82\xacX\6\0\0\0latin1\x86R.",
    "a state for a number": b"\x80\x02K\x01)b.",
    "a state for a dictionary": b"\x80\x02}}b.",
    "a state for a name": b"\x80\x02cnumpy\ndtype\n}b.",
    "another state": b"\x80\x02cnumpy\ndtype\nU\2u1K\0K\1\x87RK\x01b.",
    "a memo that is empty": head(b"h\x07"),
    "a memo of nothing": b"\x80\x02q\x01.",
    "a key twice": b"\x80\x02}(U\1aK\1U\1aK\2u.",
    "a key in two types": b"\x80\x04}(C\1aK\1\x8c\1aK\2u.",
    "a key that is a list": b"\x80\x02}(]K\1u.",
    "a key that is a number": b"\x80\x02}K\1K\1s.",
    "a long key": b"\x80\x02}U\x50" + b"a" * 80 + b"K\1s.",
    "half a pair": b"\x80\x02}(U\1au.",
    "items for a list": b"\x80\x02](U\1aK\1u.",
    "appends to a dictionary": b"\x80\x02}(K\1e.",
    "an append to a number": b"\x80\x02K\1K\2a.",
    "no mark": b"\x80\x02}e.",
    "no values": b"\x80\x02\x87.",
    "no text": b"\x80\x02X\1\0\0\0\xff.",
    "marks without end": b"\x80\x02" + b"(" * (MARKS + 1) + b".",
    "lists without end": b"\x80\x02" + b"]" * OPCODES + b".",
    "tuples without end": b"\x80\x02K\1" + b"\x85" * OPCODES + b".",
    "a pop": b"\x80\x02}}0.",
    "a copy": b"\x80\x02}2.",
    "a set": b"\x80\x04\x8f.",
    "a buffer elsewhere": b"\x80\x05\x97.",
}  # fmt: skip


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_whatever_else_a_pickle_holds_is_refused(content, ten_py):
    (ten_py / "data_batch_1").write_bytes(content)
    with open_cifar(ten_py) as source:
        (defect,) = source.plan().defects
        assert (defect.code, defect.path) == ("F117", "data_batch_1")
        assert defect.at.startswith("byte ")
        assert len(str(defect)) < 300
        assert source.plan().samples == 30  # the good neighbours


@pytest.mark.parametrize("form", ["py2", "py3-str", "py3-4"])
def test_every_opcode_that_there_is_is_known_or_refused(form, ten_py):
    for opcode in pickletools.opcodes:
        content = pickled(batch(pictures(1), "x", labels=[1]), form)
        (ten_py / "data_batch_1").write_bytes(content[:-1] + opcode.code.encode("latin-1") + b"\0" * 40)
        assert codes(ten_py) == ["F117"]


def test_nothing_in_a_pickle_is_run(ten_py, tmp_path):
    target = tmp_path / "made"
    for protocol in (2, 3, 4, 5):
        evil = pickle.dumps({"data": Runs(target), "labels": [1]}, protocol=protocol)
        (ten_py / "data_batch_1").write_bytes(evil)
        (ten_py / "batches.meta").write_bytes(evil)
        assert codes(ten_py) == ["F117", "F117"]
        assert not target.exists()
    pickle.loads(evil)
    assert target.exists()  # it would have been


def test_what_is_read_needs_no_module_and_no_numpy_call(ten_py, monkeypatch):
    for name in ("load", "loads", "Unpickler"):
        monkeypatch.setattr(pickle, name, None)
    assert codes(ten_py) == []


def test_objects_of_other_kinds_are_refused(ten_py):
    for value in (np.float64(1.5), np.array([{}], object), {1, 2}, date(2026, 1, 1), 1.5, 1j, range(3)):
        for protocol in (2, 3, 4, 5):
            whole = batch(pictures(2), "x", labels=[1, 2]) | {"data": value}
            (ten_py / "data_batch_1").write_bytes(pickle.dumps(whole, protocol=protocol))
            assert codes(ten_py)[0] in {"F117", "F112"}


def laughs(levels):
    """A list of ten times the list before, and so on: through the memo it takes no room."""
    content = b"\x80\x02U\3ha!q\0"
    for level in range(levels):
        content += b"](" + b"h" + bytes([level]) + (b"h" + bytes([level])) * 9 + b"eq" + bytes([level + 1])
    return content


@pytest.mark.parametrize(
    "content",
    [
        b"\x80\x02}U\6labels" + laughs(200)[2:] + b"s.",
        laughs(200) + b".",
        b"\x80\x02" + b"]" * 3_000_000,
        b"\x80\x02" + b"K\1" * 1_500_000,
        b"\x80\x02" + b"U\x40" + b"a" * 64 + (b"r" + BIG) * 1 + b"}" * 3_000_000,
        b"\x80\x04" + b"]\x94" * 1_500_000,
        b"\x80\x02}U\6labels](" + b"K\1" * 500_000 + b"es.",
        b"\x80\x02T" + BIG + bytes(1000),
        b"\x80\x02" + (b"U\x50" + b"a" * 80) * 550_000,
    ],
    ids=["laughs in labels", "laughs", "lists", "numbers", "dictionaries", "memo", "labels", "length", "strings"],
)
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
def test_a_pickle_that_would_be_large_costs_little(content, tmp_path):
    folder = write_ten(tmp_path / "d", form="py2", count=2, test=1)
    (folder / "data_batch_1").write_bytes(content)
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from datastd.disk import Tree\n"
        "from datastd.sources.cifar import Cifar\n"
        "def peak():\n"  # not of `getrusage`: that remembers the process before `exec`
        "    lines = Path('/proc/self/status').read_text().splitlines()\n"
        "    return next(int(line.split()[1]) for line in lines if line.startswith('VmHWM'))\n"
        "before = peak()\n"
        "plan = Cifar(Tree(Path(sys.argv[1]))).plan()\n"
        "assert {d.code for d in plan.defects} <= {'F117', 'F111'}, plan\n"
        "assert len(plan.defects) == 1, plan\n"
        "assert peak() - before < 256_000, peak() - before\n"
        "print(peak() - before, before)\n"
    )
    subprocess.run([sys.executable, "-c", script, folder], check=True, cwd=tmp_path)


@given(st.sampled_from(PICKLED), st.integers(0, 10**6), st.integers(0, 255), st.booleans())
def test_a_changed_byte_ends_in_other_values_or_a_defect_and_never_in_a_crash(form, at, value, late):
    with tempfile.TemporaryDirectory() as place:
        folder = write_ten(place, form=form, count=2, batches=1, test=1)
        content = bytearray((folder / "data_batch_1").read_bytes())
        # What is around the pixels, before and behind, is where it matters.
        content[-1 - at % 250 if late else at % 250] = value
        (folder / "data_batch_1").write_bytes(content)
        with open_cifar(folder) as source:
            plan = source.plan()
            assert len(read_all(source)[0]) == plan.samples


@given(st.binary(max_size=200), st.sampled_from([b"", b"\x80\x02", b"\x80\x04"]))
def test_no_bytes_whatever_end_a_run(content, begin):
    with tempfile.TemporaryDirectory() as place:
        folder = write_ten(place, form="py2", count=2, batches=1, test=1)
        (folder / "data_batch_1").write_bytes(begin + content)
        with open_cifar(folder) as source:
            assert source.plan().defects
            assert source.plan().samples == 1


VALUES = st.recursive(
    st.integers(-(2**31), 2**63 - 1) | st.text(max_size=20) | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(st.dictionaries(st.text(max_size=9), VALUES, max_size=5), st.integers(2, 5))
def test_what_is_understood_is_what_pickle_says_it_is(value, protocol):
    with tempfile.TemporaryDirectory() as place:
        Path(place, "x").write_bytes(pickle.dumps(value, protocol=protocol))
        with Tree(Path(place)) as tree:
            assert read_pickle("x", Bytes(tree, "x", gzipped=False)) == value


@given(st.binary(min_size=1, max_size=300), st.integers(2, 5), st.integers(0, 70_000))
def test_a_string_is_found_where_it_lies(some, protocol, before):
    value = {"pad": "a" * before, "text": "é" * 100, "data": some * (1 + 65 // len(some))}
    content = pickle.dumps(value, protocol=protocol)
    with tempfile.TemporaryDirectory() as place:
        Path(place, "x").write_bytes(content)
        with Tree(Path(place)) as tree:
            found = read_pickle("x", Bytes(tree, "x", gzipped=False))
    for name, known in value.items():
        if isinstance(span := found[name], Span):
            lies = content[span.at : span.at + span.size]
            kind = span.kind.name
            read = {"BYTES": bytes, "TEXT": bytes.decode, "LATIN1": lambda b: b.decode().encode("latin-1")}
            assert read[kind](lies) == known
        else:
            assert found[name] == known


def test_many_strings_are_stepped_over_in_few_reads(tmp_path, monkeypatch):
    (tmp_path / "x").write_bytes(pickle.dumps({"a": [f"{n:0100}" for n in range(5000)]}, protocol=2))
    reads = []
    read = Bytes.read
    monkeypatch.setattr(Bytes, "read", lambda *arguments: reads.append(1) or read(*arguments))
    with Tree(tmp_path) as tree:
        assert len(read_pickle("x", Bytes(tree, "x", gzipped=False))["a"]) == 5000
    assert len(reads) < 25  # of 64 KiB, for half a megabyte


def test_text_that_is_no_bytes_is_no_picture(tmp_path):
    folder = write_ten(tmp_path, form="py3-str", count=2, batches=1, test=1)
    clean = (folder / "data_batch_1").read_bytes()
    begin = clean.index(b"_codecs") + 200
    at = next(n for n in range(begin, len(clean)) if clean[n] in {0xC2, 0xC3})
    for change in (b"\xc4", b"\xe2", b"\x80", b"a"):
        (folder / "data_batch_1").write_bytes(clean[:at] + change + clean[at + 1 :])
        assert codes(folder) == ["F117"]
    (folder / "data_batch_1").write_bytes(clean[:at] + b"aa" + clean[at + 2 :])  # one byte too many
    assert codes(folder) == ["F112"]


@pytest.mark.parametrize("count", [1, 340, 1400])
def test_rows_of_text_are_found_across_pieces(count, tmp_path):
    folder = write_ten(tmp_path, form="py3-bytes", count=count, batches=1, test=1)
    with open_cifar(folder) as source:
        np.testing.assert_array_equal(read_all(source)[1]["image"][:-1], pictures(count))


def test_defects_travel():
    one = PickleOpcode("a", "byte 3", "x", "y")
    assert str(pickle.loads(pickle.dumps(one))) == str(one)


def test_binary_records_are_those_of_the_page():
    (one,), (other,) = pictures(1), pictures(1, seed=1)
    content = binary(np.stack([one, other]), [7, 8], [70, 80])
    assert len(content) == 2 * 3074
    assert (content[0], content[1], content[3074], content[3075]) == (7, 70, 8, 80)
    assert list(itertools.islice(content, 2, 5)) == one[0, :3, 0].tolist()
    assert content[2 + 1024] == one[0, 0, 1]
