"""What is read is what was certified, when it is read: much data, each file in its turn."""

import hashlib
import os
import shutil

import numpy as np
import pytest
from support import needs_tmpfs

import datastd
from datastd import disk
from datastd.certificate import gate, verify
from datastd.digest import MANIFEST, Manifest
from datastd.disk import Tree
from datastd.errors import DataChanged, DataStdError, NotCertified

IMAGES, TEST = "train-images-idx3-ubyte", "t10k-images-idx3-ubyte"


@pytest.fixture
def much(copy, monkeypatch):
    """A copy that counts as too much to be hashed at once, with its manifest beside it."""
    monkeypatch.setattr(gate, "_AT_ONCE", 0)
    with Tree(copy.data) as tree:
        gate.manifest_of(copy.plain).write_bytes(Manifest.of(tree, jobs=1).text)
    return copy


@pytest.fixture
def hashed(monkeypatch):
    """Sizes of what is hashed, as it is."""
    sizes = []

    class Counting:
        def __init__(self):
            self.total, self.size = hashlib.sha256(), 0

        def update(self, piece):
            self.total.update(piece)
            self.size += len(piece)

        def hexdigest(self):
            sizes.append(self.size)
            return self.total.hexdigest()

    monkeypatch.setattr(disk, "sha256", Counting)
    return sizes


def opened(copy):
    return datastd.open(copy.data, certificate=copy.plain, standard="idx-images/1")


def take(data, split):
    (shard,) = data.shards(split)
    return data.take(shard.path, np.array([0, 3]))


def test_each_file_is_hashed_before_its_first_sample_and_no_other(much, hashed):
    with opened(much) as data:
        assert sum(hashed) < (much.data / TEST).stat().st_size  # what was read to plan, at most
        before = len(hashed)
        take(data, "train")
        assert (much.data / IMAGES).stat().st_size in hashed
        assert (much.data / TEST).stat().st_size not in hashed
        once = len(hashed)
        assert once > before
        take(data, "train")
        assert len(hashed) == once
        take(data, "test")
        assert (much.data / TEST).stat().st_size in hashed


def flip(path):
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)


def test_other_bytes_are_noticed_before_a_sample_of_them_is_used(much):
    flip(much.data / TEST)
    with opened(much) as data:
        assert len(take(data, "train").keys) == 2
        with pytest.raises(DataChanged, match="other bytes than were certified"):
            take(data, "test")
    with pytest.raises(NotCertified, match="N403"):
        verify(much.data, much.plain)  # which never leaves anything for later


@pytest.mark.parametrize("spoil", [
    lambda copy: (copy.data / "more").write_bytes(b""),
    lambda copy: (copy.data / TEST).unlink(),
    lambda copy: (copy.data / TEST).rename(copy.data / "t11k"),
    lambda copy: (copy.data / TEST).write_bytes((copy.data / TEST).read_bytes() + b"x"),
    lambda copy: (copy.data / "folder").mkdir(),
])  # fmt: skip
def test_names_and_sizes_are_compared_at_once(spoil, much, hashed):
    spoil(much)
    with pytest.raises(DataStdError):
        opened(much)
    assert not hashed


@pytest.mark.parametrize("manifest", [None, b"", b"x\n"])
def test_without_its_manifest_everything_is_hashed_at_once(manifest, much):
    gate.manifest_of(much.plain).unlink()
    if manifest is not None:
        gate.manifest_of(much.plain).write_bytes(manifest)
    opened(much).close()
    flip(much.data / TEST)
    with pytest.raises(NotCertified, match="N403"):
        opened(much)


def test_the_manifest_may_lie_in_the_dataset(much, hashed):
    shutil.move(gate.manifest_of(much.plain), much.data / MANIFEST)
    with opened(much) as data:
        assert len(hashed) <= 2
        assert len(take(data, "test").keys) == 2


def test_certify_leaves_the_manifest_of_much_data(much):
    gate.manifest_of(much.plain).unlink()
    datastd.certify(much.data, "idx-images/1", out=much.plain)
    with Tree(much.data) as tree:
        assert gate.manifest_of(much.plain).read_bytes() == Manifest.of(tree, jobs=1).text


class TestGuard:
    @pytest.fixture
    def tree(self, tmp_path):
        (tmp_path / "a").write_bytes(b"abc")
        (tmp_path / "b").write_bytes(b"x" * (3 << 20))
        with Tree(tmp_path) as tree:
            yield tree

    DIGESTS = {"a": hashlib.sha256(b"abc").hexdigest(), "b": hashlib.sha256(b"x" * (3 << 20)).hexdigest()}

    def use(self, tree, path):
        with tree.open(path) as descriptor:
            return tree.read(descriptor, 3, 0)

    def test_what_is_held_is_hashed_once_and_what_is_not_whenever_it_is_opened(self, tree, hashed):
        tree.guard(self.DIGESTS, hashed=False)
        assert self.use(tree, "b") == self.use(tree, "b") == b"xxx"
        assert hashed == [3 << 20]
        tree._most_held = 0
        self.use(tree, "a")
        self.use(tree, "a")
        assert hashed == [3 << 20, 3, 3]

    def test_what_was_hashed_through_what_is_held_is_not_again(self, tree, hashed):
        self.use(tree, "a")
        tree.guard(self.DIGESTS, hashed=True)
        self.use(tree, "a")
        assert not hashed

    def test_other_bytes_are_lent_to_nobody(self, tree):
        tree.guard({**self.DIGESTS, "a": "0" * 64}, hashed=False)
        assert self.use(tree, "b") == b"xxx"
        for held in (100, 0):
            tree._most_held = held
            with pytest.raises(DataChanged, match="a: expected the file that was walked, found other bytes"):
                self.use(tree, "a")

    def test_a_plan_reads_before_and_is_remembered(self, tree, hashed):
        tree.guard(self.DIGESTS, hashed=False)
        with tree.unproven() as read:
            self.use(tree, "a")
        assert read == {"a"}
        assert not hashed
        tree.prove(read)
        assert hashed == [3]

    @pytest.mark.parametrize("is_in_memory", [False, True])
    def test_what_lives_in_memory_is_hashed_again_and_nothing_else(self, is_in_memory, tree, hashed, monkeypatch):
        monkeypatch.setattr(disk, "_is_in_memory", lambda descriptor: is_in_memory)
        tree.guard(self.DIGESTS, hashed=False)
        self.use(tree, "b")
        tree.prove_again()
        assert hashed == [3 << 20] * (1 + is_in_memory)


@needs_tmpfs
@pytest.mark.parametrize(("place", "is_in_memory"), [("/dev/shm", True), ("/proc", False)])
def test_a_folder_in_memory_is_known(place, is_in_memory):
    descriptor = os.open(place, os.O_RDONLY)
    assert disk._is_in_memory(descriptor) == is_in_memory
    os.close(descriptor)
