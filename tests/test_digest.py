"""Digests bind names and bytes, and are those of everyone else's tools."""

import dataclasses
import hashlib
import itertools
import json
import math
import shutil
import subprocess
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from datastd import digest
from datastd.digest import MANIFEST, Manifest, canonical, of_bytes, of_rows, strict_json
from datastd.disk import Tree
from datastd.errors import DataChanged

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(st.characters(codec="utf-8"))
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=20,
)  # fmt: skip


def test_the_digest_of_bytes_is_sha256():
    assert of_bytes(b"abc") == hashlib.sha256(b"abc").hexdigest()


@given(JSON)
def test_one_value_has_one_text_which_parses_back(value):
    text = canonical(value)
    assert text.isascii()
    assert strict_json(text) == value
    assert canonical(strict_json(text)) == text


def test_the_canonical_text_is_sorted_and_without_spaces():
    assert canonical({"b": [1, 2.5], "a": "é"}) == b'{"a":"\\u00e9","b":[1,2.5]}'
    for number in (math.nan, math.inf):
        with pytest.raises(ValueError):
            canonical(number)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b'{"a":1,"a":1}', "twice"),
        (b'[{"b":{"a":1,"a":2}}]', "twice"),
        (b"NaN", "not a number of JSON"),
        (b'{"a":-Infinity}', "not a number of JSON"),
        (b"1e999", "beyond the largest number"),
        (b"-1e999", "beyond the largest number"),
        (b"[" * 33 + b"]" * 33, "deeper than 32"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "deeper than 32"),
        (b"[" * 100_000, "deeper than 32"),
        (b"\xff", "."),
        (b"\xef\xbb\xbf{}", "."),
        (b"{}{}", "."),
        (b"", "."),
        (b"{'a':1}", "."),
        (b"[1,]", "."),
        (b"\xc3", "."),
    ],
)
def test_what_parsers_disagree_about_is_refused(text, says):
    with pytest.raises(ValueError, match=says):
        strict_json(text)


@pytest.mark.parametrize("depth", [1, 5, 32])
def test_as_deep_as_is_allowed_is_allowed_and_no_deeper(depth):
    assert strict_json(b"[" * depth + b"]" * depth, depth=depth) is not None
    with pytest.raises(ValueError, match=f"deeper than {depth}"):
        strict_json(b"[" * (depth + 1) + b"]" * (depth + 1), depth=depth)


def test_what_is_refused_is_said_in_full():
    for text, says in [
        (b'{"a":1,"a":1}', "a key stands twice in one object"),
        (b"NaN", "NaN is not a number of JSON"),
        (b"[1e999]", "1e999 is beyond the largest number"),
        (b'{"a": 1,\n "b" 2}', "no JSON, from line 2, column 6 on"),
        (b"", "no JSON, from line 1, column 1 on"),
    ]:
        with pytest.raises(ValueError) as refused:
            strict_json(text)
        assert str(refused.value) == says


def test_a_bracket_in_a_string_nests_nothing():
    assert strict_json(b'["' + b"[" * 99 + b'"]', depth=1) == ["[" * 99]
    assert strict_json(b'{"a":{"b":[]}}', depth=3) == {"a": {"b": []}}
    assert strict_json(b'{"a":{}}', depth=2) == {"a": {}}
    with pytest.raises(ValueError, match="deeper than 2"):
        strict_json(b'{"x":1,"a":{"b":[]},"y":2}', depth=2)
    with pytest.raises(ValueError, match="deeper than 2"):
        strict_json(b'[1,[{}],2]', depth=2)


def test_what_is_wide_is_not_deep():
    wide = [[], {}] * 50
    assert strict_json(json.dumps(wide).encode()) == wide
    assert strict_json(b'{"a":"' + b"[" * 20 + b'"}', depth=30) == {"a": "[" * 20}


ARRAYS = hnp.arrays(
    st.sampled_from([np.uint8, np.int16, np.float32]), hnp.array_shapes(min_dims=2, max_dims=4)
)


@given(ARRAYS)
def test_samples_have_one_digest_each_that_depends_on_nothing_else(array):
    digests = of_rows(array)
    assert len(digests) == len(array)
    assert all(len(one) == 32 for one in digests)
    assert of_rows(array[::-1]) == digests[::-1]
    assert of_rows(np.asfortranarray(array)) == digests
    assert [one for row in array for one in of_rows(row[None])] == digests


def test_the_digest_of_a_sample_is_pinned():
    """A certificate of yesterday must hold tomorrow."""
    (found,) = of_rows(np.arange(6, dtype=np.uint8).reshape(1, 2, 3))
    assert found == pinned(b"|u1 (2, 3) ", bytes(range(6)))
    (found,) = of_rows(np.array([[1, 300]], ">i2"))
    assert found == pinned(b"<i8 (2,) ", np.array([1, 300], "<i8").tobytes())
    (found,) = of_rows(np.array([[-0.0, 0.5]], ">f4"))
    assert found == pinned(b"<f8 (2,) ", np.array([0.0, 0.5], "<f8").tobytes())


def pinned(head, values):
    return hashlib.sha256(head + values).digest()


def test_values_and_shape_count():
    flat = np.zeros((1, 12), np.uint8)
    different = [
        flat, flat.reshape(1, 3, 4), flat.reshape(1, 4, 3), np.ones_like(flat),
        flat.view(np.uint16), flat.reshape(1, 12, 1), flat + np.float32(0.5),
        flat - np.int8(1), flat + np.int16(256), flat + np.float32(np.nan),
    ]  # fmt: skip
    assert len({of_rows(one)[0] for one in different}) == len(different)


@pytest.mark.parametrize("dtype", [">u2", "<i2", ">i4", "<f4", ">f4", "<f8", "i8"])
def test_a_copy_in_a_wider_element_type_is_a_copy(dtype):
    images = np.arange(256, dtype=np.uint8).reshape(4, 8, 8)
    assert of_rows(images.astype(dtype)) == of_rows(images)


def test_a_wide_sample_does_not_change_its_neighbours():
    images = np.arange(12, dtype=np.int16).reshape(3, 4)
    images[1, 2] = 256
    bytes_ = images.astype(np.uint8)
    found = of_rows(images)
    assert [found[0], found[2]] == [of_rows(bytes_)[0], of_rows(bytes_)[2]]
    assert found[1] == of_rows(images[1:2].astype(">i2"))[0]


def test_no_sample_has_no_digest():
    assert of_rows(np.zeros((0, 3), np.uint8)) == []


def tree_of(folder, **files):
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


@pytest.fixture
def folder(tmp_path):
    names = {"b": b"2", "a/x y": b"1" * (3 << 20), "é": b"", "\U0001f600": b"4", "a.b": b"5"}
    return tree_of(tmp_path / "data", **names)


def manifest(folder, jobs=2, **options):
    with Tree(folder) as tree:
        return Manifest.of(tree, jobs=jobs, **options)


def test_sha256sum_reads_and_writes_the_manifest(folder):
    if not shutil.which("sha256sum"):
        pytest.skip("no sha256sum here")
    found = manifest(folder)
    subprocess.run(["sha256sum", "-c", "--strict", "-"], cwd=folder, input=found.text, check=True)
    names = [path for path, _ in found.files]
    theirs = subprocess.run(["sha256sum", "--", *names], cwd=folder, capture_output=True, check=True)
    assert sorted(theirs.stdout.splitlines()) == sorted(found.text.splitlines())


def test_the_manifest_is_ordered_by_the_bytes_of_the_names_and_its_digest_covers_it(folder):
    found = manifest(folder)
    names = [line[66:] for line in found.text.splitlines()]
    assert names == sorted(names)
    assert found.digest == hashlib.sha256(found.text).hexdigest()
    assert found.text.endswith(b"\n")
    shuffled = Manifest(found.files[::-1])
    assert (shuffled.text, shuffled.digest) == (found.text, found.digest)


@pytest.mark.parametrize("jobs", [1, 2, 7])
def test_the_digest_does_not_depend_on_jobs(jobs, folder):
    seen = []
    assert manifest(folder, jobs=jobs, seen=seen.append).digest == manifest(folder).digest
    assert sum(seen) == sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_no_more_threads_hash_than_are_asked_for(tmp_path):
    folder = tree_of(tmp_path / "data", **{str(n): b"1" * (1 << 20) for n in range(12)})
    for jobs in (1, 3):
        threads = set()
        manifest(folder, jobs=jobs, seen=lambda _: threads.add(threading.get_ident()))
        assert 1 <= len(threads) <= jobs


@pytest.mark.parametrize("from_disk", [False, True])
def test_small_files_are_hashed_by_who_asks_unless_a_disk_has_to_be_waited_for(from_disk, tmp_path, monkeypatch):
    files = {f"{n:04}": b"%d" % n for n in range(1200)} | {"large": b"1" * (digest._SMALL + 1)}
    folder = tree_of(tmp_path / "data", **files)
    expected = tuple((name, hashlib.sha256(content).hexdigest()) for name, content in files.items())
    read = itertools.count(step=8 * digest._RUN if from_disk else digest._RUN)
    monkeypatch.setattr(digest, "_blocks_read", read.__next__)
    sizes = {True: 0, False: 0}
    here = threading.get_ident()

    def seen(size):
        sizes[threading.get_ident() == here] += size

    assert manifest(folder, seen=seen).files == expected
    assert sizes[True] > 0
    assert (sizes[False] > len(files["large"])) == from_disk
    assert sum(sizes.values()) == sum(map(len, files.values()))


@pytest.mark.parametrize("other", [b"", b"some", b"2 and more than was walked"])
def test_a_file_system_that_states_other_sizes_is_read_to_the_end(other, folder, monkeypatch):
    expected = manifest(folder)
    monkeypatch.setattr(Tree, "whole", lambda *_: other)
    assert manifest(folder) == expected


@pytest.mark.parametrize("size", [0, 1, digest._SMALL, digest._SMALL + 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1])
def test_a_file_of_any_size_is_hashed_whole(size, tmp_path):
    content = bytes(n % 251 for n in range(size))
    found = manifest(tree_of(tmp_path / "data", a=content))
    assert found.files == (("a", hashlib.sha256(content).hexdigest()),)


def test_a_manifest_stays_as_it_was_made(folder):
    with pytest.raises(dataclasses.FrozenInstanceError):
        manifest(folder).files = ()


@pytest.mark.parametrize(
    "change",
    [
        lambda f: (f / "b").write_bytes(b"3"),
        lambda f: (f / "b").rename(f / "c"),
        lambda f: (f / "b").unlink(),
        lambda f: (f / "new").write_bytes(b""),
        lambda f: (f / "a.b").rename(f / "a/b"),
    ],
)
def test_a_name_or_a_byte_changes_the_digest(change, folder):
    before = manifest(folder)
    change(folder)
    after = manifest(folder)
    assert after.digest != before.digest
    assert before.differences(after)


def test_differences_name_each_file():
    one = Manifest((("a", "1"), ("b", "2"), ("c", "3")))
    other = Manifest((("a", "1"), ("c", "4"), ("d", "5")))
    assert one.differences(other) == ["b is missing", "d was added", "c has other bytes"]
    assert one.differences(one) == []


def test_only_the_manifest_at_the_root_is_left_out(folder):
    before = manifest(folder)
    (folder / MANIFEST).write_bytes(before.text)
    assert manifest(folder).digest == before.digest
    (folder / "a" / MANIFEST).write_bytes(b"")
    assert manifest(folder).digest != before.digest


def test_what_cannot_be_read_is_said_to_be(folder, monkeypatch):
    def broken(self, descriptor, length, offset):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Tree, "read", broken)
    found = manifest(folder)
    assert found.files == ()
    assert ("b", "Input/output error") in found.unreadable
    assert [*found.unreadable] == sorted(found.unreadable)
    monkeypatch.setattr(Tree, "read", lambda *_: (_ for _ in ()).throw(OSError()))
    assert ("b", "OSError") in manifest(folder).unreadable


def test_a_change_while_it_is_hashed_is_an_error(folder):
    def change(_):
        (folder / "b").write_bytes(b"9")

    with Tree(folder) as tree, pytest.raises(DataChanged):
        Manifest.of(tree, jobs=1, seen=change)
    assert digest.MANIFEST == "manifest-sha256.txt"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (np.array([[0.0, 0.5]], np.float32), np.array([[-0.0, 0.5]], np.float32)),
        (np.array([[1, 0.5]], np.float32), np.array([[1, 0.5]], np.float64)),
        (np.array([[1, 300]], np.int16), np.array([[1, 300]], ">i4")),
        (np.array([[-1, 300]], np.int16), np.array([[-1, 300]], np.float32)),
        (np.array([[1, np.nan]], np.float32), np.array([[1, -np.nan]], np.float64)),
        (np.array([[1, 2**63]], np.uint64), np.array([[1, 2**63]], ">u8")),
        (np.array([[1, 2**63 - 1]], np.uint64), np.array([[1, 2**63 - 1]], np.int64)),
        (np.array([[True, False]]), np.array([[1, 0]], np.uint8)),
    ],
)
def test_the_same_values_are_the_same_sample(one, other):
    assert of_rows(one) == of_rows(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (np.array([[1, 300]], np.int16), np.array([[1, 301]], np.int16)),
        (np.array([[1, 2**63]], np.uint64), np.array([[1, -(2**63)]], np.int64)),
        (np.array([[1, 2**63 - 1]], np.uint64), np.array([[1, 2**63]], np.uint64)),
        (np.array([[1, 0.5]]), np.array([[1, 0.25]])),
        (np.array([[1, np.inf]]), np.array([[1, -np.inf]])),
        (np.array([[1, np.nan]]), np.array([[1, np.inf]])),
        (np.array([[1, 2.0**53]]), np.array([[1, 2**53]])),
        (np.array([[1, 256]]), np.array([[1, 0]])),
    ],
)
def test_other_values_are_another_sample(one, other):
    assert of_rows(one) != of_rows(other)
