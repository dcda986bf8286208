"""What was walked is what is read, and what is written is whole."""

import gc
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from datastd.disk import (
    Oddity,
    Stamp,
    Stopped,
    Tree,
    publish,
    read_whole,
    real,
    refuse_inside,
    replacing,
)
from datastd.errors import DataChanged, UsageError


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "data"
    (place / "b").mkdir(parents=True)
    (place / "a.bin").write_bytes(b"first")
    (place / "b" / "c.bin").write_bytes(b"second")
    return place


def test_a_tree_holds_every_regular_file_in_the_order_of_its_bytes(folder):
    for name in ("Z", "é", "z", "a b", "\U0001f600", "~"):
        (folder / name).write_bytes(b"x")
    with Tree(folder) as tree:
        assert [*tree.stamps] == sorted(tree.stamps, key=str.encode)
        assert {*tree.stamps} == {"Z", "é", "z", "a b", "\U0001f600", "~", "a.bin", "b/c.bin"}
        assert tree.size == 6 + 5 + 6
        assert tree.oddities == []
        assert tree.stamps["a.bin"] == Stamp.of((folder / "a.bin").stat())


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda p: p.symlink_to("a.bin"), "a symbolic link"),
        (lambda p: p.symlink_to("nowhere"), "a symbolic link"),
        (lambda p: p.symlink_to("/etc"), "a symbolic link"),
        (os.mkfifo, "a named pipe"),
        (lambda p: p.mkdir(), "an empty folder"),
        (lambda p: socket.socket(socket.AF_UNIX).bind(os.path.relpath(p)), "a socket"),
    ],
)
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_what_is_no_regular_file_is_odd(make, found, folder, monkeypatch):
    monkeypatch.chdir(folder)
    make(folder / "odd")
    with Tree(folder) as tree:
        assert tree.oddities == [Oddity("odd", found)]
        assert "odd" not in tree.stamps


@pytest.mark.parametrize("name", [b"a\nb", b"a\\b", b"a\x7fb", b"\xff\xfe", b"a\tb"])
def test_a_name_that_no_manifest_can_hold_is_odd(name, folder):
    with open(os.path.join(os.fsencode(folder), name), "wb"):
        pass
    with Tree(folder) as tree:
        assert [one.found for one in tree.oddities] == ["a name that no manifest can hold"]
        assert len(tree.stamps) == 2


@pytest.mark.parametrize("running", [True, False])
def test_a_walk_leaves_the_garbage_collector_as_it_was(running, folder, monkeypatch):
    seen = []
    (gc.enable if running else gc.disable)()
    monkeypatch.setattr(Tree, "_walk", lambda *_: seen.append(gc.isenabled()))
    try:
        Tree(folder).close()
        assert (seen, gc.isenabled()) == ([False], running)
        monkeypatch.setattr(Tree, "_walk", lambda *_: os.fstat(-1))
        with pytest.raises(OSError, match="descriptor"):
            Tree(folder)
        assert gc.isenabled() == running
    finally:
        gc.enable()


def test_an_empty_root_is_odd(tmp_path):
    with Tree(tmp_path) as tree:
        assert tree.oddities == [Oddity(".", "an empty folder")]


@pytest.mark.parametrize(
    ("name", "found"),
    [("absent", "found nothing$"), ("s3://bucket", "found nothing; fetch it"), ("file", "found no folder"),
     ("file/x", "found no folder")],
)
def test_a_root_that_is_no_folder_is_a_usage_error(name, found, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UsageError, match=found):
        Tree(tmp_path / name)


def reads(tree, path):
    with tree.open(path) as descriptor:
        return tree.read(descriptor, 100, 0)


def test_files_are_read_where_asked(folder):
    with Tree(folder) as tree:
        assert reads(tree, "b/c.bin") == b"second"
        with tree.open("a.bin") as descriptor:
            assert tree.read(descriptor, 2, 3) == b"st"
        tree.compare()
        tree.walk_again()


CHANGES = {
    "grown": lambda f: (f / "a.bin").write_bytes(b"first and more"),
    "same size": lambda f: (f / "a.bin").write_bytes(b"FIRST"),
    "gone": lambda f: (f / "a.bin").unlink(),
    "replaced": lambda f: ((f / "x").write_bytes(b"first"), (f / "x").rename(f / "a.bin")),
    "a link": lambda f: ((f / "a.bin").unlink(), (f / "a.bin").symlink_to("b/c.bin")),
    "touched back": lambda f: ((f / "a.bin").write_bytes(b"FIRST"), os.utime(f / "a.bin", (1, 1))),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_between_walk_and_read_is_noticed(change, folder):
    with Tree(folder) as tree:
        change(folder)
        with pytest.raises((DataChanged, OSError)):
            reads(tree, "a.bin")
        with pytest.raises(DataChanged, match=r"a\.bin"):
            tree.walk_again()


@pytest.mark.parametrize("change", ["grown", "same size", "touched back"])
def test_a_change_of_a_file_that_is_held_is_noticed(change, folder):
    with Tree(folder) as tree:
        reads(tree, "a.bin")
        CHANGES[change](folder)
        with pytest.raises(DataChanged):
            tree.compare()
        with pytest.raises(DataChanged):
            reads(tree, "a.bin")


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("held", [False, True])
def test_a_change_of_a_file_that_is_read_whole_is_noticed(change, held, folder):
    with Tree(folder) as tree:
        assert not held or tree.whole("a.bin") == b"first"
        change(folder)
        with pytest.raises((DataChanged, OSError)):
            tree.whole("a.bin")


def test_a_change_while_a_file_is_read_whole_is_noticed(folder, monkeypatch):
    read = Tree.read

    def and_change(tree, *asked):
        content = read(tree, *asked)
        (folder / "b/c.bin").write_bytes(b"SECOND")
        return content

    monkeypatch.setattr(Tree, "read", and_change)
    before = len(os.listdir("/proc/self/fd"))
    with Tree(folder) as tree:
        with pytest.raises(DataChanged, match=r"b/c\.bin"):
            tree.whole("b/c.bin")
        assert not tree._held
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_pipe_in_the_place_of_a_file_that_is_read_whole_is_a_change(folder):
    with Tree(folder) as tree:
        (folder / "a.bin").unlink()
        os.mkfifo(folder / "a.bin")
        with pytest.raises(DataChanged, match=r"a\.bin"):
            tree.whole("a.bin")


def test_what_is_read_whole_is_held_as_far_as_there_is_room(folder):
    with Tree(folder) as tree:
        assert tree.whole("a.bin") == tree.whole("a.bin") == reads(tree, "a.bin") == b"first"
        assert [*tree._held] == ["a.bin"]
        tree._most_held = 1
        before = len(os.listdir("/proc/self/fd"))
        assert tree.whole("b/c.bin") == reads(tree, "b/c.bin")
        assert len(os.listdir("/proc/self/fd")) <= before + 1  # its folder
        assert [*tree._held] == ["a.bin"]


def test_what_is_read_whole_is_what_is_expected(folder):
    with Tree(folder) as tree:
        tree.guard({"a.bin": "0" * 64}, hashed=False)
        with pytest.raises(DataChanged, match="certified"):
            tree.whole("a.bin")


def test_a_change_while_it_is_read_is_noticed(folder):
    with (
        Tree(folder) as tree,
        pytest.raises(DataChanged, match=r"a\.bin: expected the file that was walked"),
        tree.open("a.bin"),
    ):
        (folder / "a.bin").write_bytes(b"FIRST")


@pytest.mark.parametrize(
    "add",
    [
        lambda f: (f / "new").write_bytes(b"x"),
        lambda f: (f / "empty").mkdir(),
        lambda f: (f / "b" / "link").symlink_to("c.bin"),
    ],
)
def test_what_is_added_is_noticed_by_a_second_walk(add, folder):
    with Tree(folder) as tree:
        add(folder)
        tree.compare()
        with pytest.raises(DataChanged):
            tree.walk_again()


def test_a_folder_that_became_a_link_is_not_followed(folder, tmp_path):
    with Tree(folder) as tree:
        (folder / "b").rename(tmp_path / "elsewhere")
        (folder / "b").symlink_to(tmp_path / "elsewhere")
        with pytest.raises((DataChanged, OSError)):
            reads(tree, "b/c.bin")


def test_a_file_beyond_those_that_are_held_is_opened_again_and_compared(tmp_path):
    """Most descriptors are the process's own: this needs one with a low limit."""
    script = """
import resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))
from datastd.disk import Tree
from datastd.errors import DataChanged
folder = Path(sys.argv[1])
for n in range(60):
    (folder / f"{n:02}").write_bytes(b"x")
with Tree(folder) as tree:
    for path in tree.stamps:
        with tree.open(path) as d:
            assert tree.read(d, 9, 0) == b"x"
    assert len(tree._held) == 10
    tree.compare()
    (folder / "59").write_bytes(b"y")
    try:
        with tree.open("59"):
            pass
    except DataChanged:
        print("noticed")
"""
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path], capture_output=True, text=True, cwd=tmp_path.parent
    )
    assert done.stdout == "noticed\n", done.stderr


def test_a_folder_is_given_back_with_the_thread_that_asked_for_it(tmp_path):
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/c").write_text("x")
    with Tree(tmp_path) as tree:
        tree._most_held = 0

        def use():
            with tree.open("a/b/c") as descriptor:
                return tree.read(descriptor, 1, 0)

        before = len(os.listdir("/proc/self/fd"))
        for _ in range(20):
            thread = threading.Thread(target=use)
            thread.start()
            thread.join()
        assert len(os.listdir("/proc/self/fd")) == before
        assert use() == use() == b"x"
        assert len(os.listdir("/proc/self/fd")) == before + 1
    assert len(os.listdir("/proc/self/fd")) == before - 1


def test_descriptors_are_given_back(folder):
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        with Tree(folder) as tree:
            reads(tree, "a.bin")
            tree.walk_again()
    assert len(os.listdir("/proc/self/fd")) == before


def test_files_are_read_from_many_threads(folder):
    with Tree(folder) as tree:
        found = []
        threads = [threading.Thread(target=lambda: found.append(reads(tree, "a.bin"))) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [b"first"] * 16
        assert len(tree._held) == 1


def test_who_reads_for_nobody_is_stopped(folder):
    with Tree(folder) as tree:
        tree.stop()
        with pytest.raises(Stopped):
            reads(tree, "a.bin")


def test_many_pieces_are_read_at_once(folder):
    with Tree(folder) as tree:
        whole = reads(tree, "a.bin")
        with tree.open("a.bin") as descriptor:
            assert tree.read_each(descriptor, [2, 1], [1, 0]) == [whole[1:3], whole[:1]]
            tree.stop()
            with pytest.raises(Stopped):
                tree.read_each(descriptor, [1], [0])


def test_a_small_file_is_read_whole(tmp_path):
    (tmp_path / "f").write_bytes(b"12345")
    assert read_whole(tmp_path / "f", most=5, what="digits") == b"12345"
    with pytest.raises(UsageError, match="at most 4 bytes of digits, found more"):
        read_whole(tmp_path / "f", most=4, what="digits")
    with pytest.raises(UsageError, match="a file with digits, found nothing"):
        read_whole(tmp_path / "absent", most=4, what="digits")
    with pytest.raises(UsageError, match="found a folder"):
        read_whole(tmp_path, most=4, what="digits")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="something else"):
        read_whole(tmp_path / "pipe", most=4, what="digits")


def test_what_is_published_is_whole_and_replaces_what_was_there(tmp_path):
    publish(tmp_path / "f", b"old")
    publish(tmp_path / "f", b"new" * 100_000, mode=0o600)
    assert (tmp_path / "f").read_bytes() == b"new" * 100_000
    assert (tmp_path / "f").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


def test_what_cannot_be_published_leaves_what_was_there(tmp_path):
    for place in (tmp_path / "absent" / "f", tmp_path):
        with pytest.raises(UsageError, match="a place to write to"):
            publish(place, b"x")
    assert [*tmp_path.iterdir()] == []


def test_a_disk_that_is_full_leaves_what_was_there(tmp_path, monkeypatch):
    publish(tmp_path / "f", b"old")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match="No space left"):
        publish(tmp_path / "f", b"new")
    assert (tmp_path / "f").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


def test_a_path_that_leads_in_a_circle_or_holds_a_nul_is_a_usage_error(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(UsageError, match="found Too many levels of symbolic links"):
        Tree(tmp_path / "a")
    refuse_inside(tmp_path / "a", tmp_path / "other")
    for refused in (lambda p: Tree(Path(p)), real, lambda p: publish(Path(p), b"")):
        with pytest.raises(UsageError, match="a path without NUL"):
            refused(f"{tmp_path}/a\0b")


def test_folders_without_end_are_odd_and_not_a_crash(tmp_path):
    deep = tmp_path.joinpath(*["d"] * 99)
    deep.mkdir(parents=True)
    (deep / "f").write_bytes(b"1")
    with Tree(tmp_path) as tree:
        assert ([*tree.stamps], tree.oddities) == (["d/" * 99 + "f"], [])
    deeper = deep.joinpath(*["d"] * 20)
    deeper.mkdir(parents=True)
    (deeper / "f").write_bytes(b"2")
    with Tree(tmp_path) as tree:
        (odd,) = tree.oddities
        assert (odd.path, odd.found) == ("d/" * 100 + "d", "a folder below 100 others")


def test_a_file_that_is_written_in_pieces_comes_whole_or_not_at_all(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"before")

    def half():
        with replacing(path) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()
    assert path.read_bytes() == b"before"
    with replacing(path) as file:
        file.write(b"one")
        assert path.read_bytes() == b"before"
        file.write(b", two")
    assert path.read_bytes() == b"one, two"
    assert [*tmp_path.iterdir()] == [path]
    with pytest.raises(UsageError, match="expected a place to write to"), replacing(tmp_path / "no" / "f"):
        pass


def test_files_that_others_may_write_or_replace_are_told(tmp_path):
    for path, mode, folder in (("a", 0o666, 0o755), ("own/b", 0o644, 0o755), ("open/c", 0o644, 0o777), ("tmp/d", 0o644, 0o1777)):
        file = tmp_path / "d" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x")
        file.chmod(mode)
        file.parent.chmod(folder)
    with Tree(tmp_path / "d") as tree:
        assert tree.unguarded == {"a", "open/c"}
    (tmp_path / "d").chmod(0o777)
    with Tree(tmp_path / "d") as tree:
        assert tree.unguarded == {"a", "open/c"}  # below it, each folder is its own
    (tmp_path / "d/e").write_text("x")
    with Tree(tmp_path / "d") as tree:
        assert tree.unguarded == {"a", "open/c", "e"}


def test_files_with_a_name_outside_are_told(tmp_path):
    (tmp_path / "d/in").mkdir(parents=True)
    for name in ("alone", "twice", "out", "both"):
        (tmp_path / "d" / name).write_text(name)
    for name, other in (("twice", "d/in/twice"), ("out", "out"), ("both", "both"), ("both", "d/in/both")):
        (tmp_path / other).hardlink_to(tmp_path / "d" / name)
    with Tree(tmp_path / "d") as tree:
        assert tree.linked == {"out", "both", "in/both"}
        assert len(tree.stamps) == 6
        assert not tree.oddities
