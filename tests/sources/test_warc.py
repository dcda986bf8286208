"""Web archives: the text of each record of plain text; a broken one is named, and costs no other."""

import base64
import binascii
import gzip
import hashlib
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from serial_files import COMPRESS, put, read, read_all
from support import SHARED, needs_data

from datastd.disk import Tree
from datastd.draft import Draft
from datastd.pipeline import open_source
from datastd.sources.warc import Warc


def record(text, kind="conversion", *, without=(), length=None, version="1.0", **more):
    """A record of a web archive."""
    block = text.encode() if isinstance(text, str) else text
    fields = {
        "WARC-Type": kind, "WARC-Target-URI": "http://a.example/", "WARC-Date": "2024-05-18T01:58:10Z",
        "WARC-Record-ID": f"<urn:uuid:{len(block)}>", "WARC-Identified-Content-Language": "eng", "Content-Type": "text/plain",
        "Content-Length": len(block) if length is None else length,
    } | {name.replace("_", "-"): value for name, value in more.items()}  # fmt: skip
    lines = [f"WARC/{version}", *(f"{name}: {value}" for name, value in fields.items() if name not in without)]
    return "\r\n".join([*lines, "", ""]).encode() + block + b"\r\n\r\n"


INFO = record("isPartOf: CC-MAIN-2024-22\r\n", "warcinfo", Content_Type="application/warc-fields")
PAGE = record("HTTP/1.1 200 OK\r\n\r\n<p>", "response", Content_Type="application/http; msgtype=response")
CUT = record("cut")[:-9]


def digest(name, text, encode=base64.b32encode):
    return f"{name}:{encode(hashlib.new(name, text.encode()).digest()).decode()}"


DIGESTS = {
    "sha1": digest("sha1", "text"), "sha256": digest("sha256", "text"), "hex": digest("sha256", "text", binascii.hexlify), "md5": digest("md5", "text"), "other": digest("sha1", "test"),
}  # fmt: skip


def texts(root, **options):
    found, defects = read(Warc, root, **options)
    return [*found.values()], [(code, key) for code, key, _ in defects]


# One record


@pytest.mark.parametrize(("content", "found"), [
    (record("a"), ["a"]), (record("a", version="1.1"), ["a"]), (record(""), [""]), (record("a\r\n\r\nb\n\u2028"), ["a\r\n\r\nb\n\u2028"]),
    (record("a", "resource"), ["a"]), (record("a", Content_Type="TEXT/plain; charset=utf-8"), ["a"]), (record("a", "Conversion"), ["a"]),
    (record("a").replace(b"WARC-Type", b"warc-TYPE"), ["a"]), (record("a").replace(b": eng", b": eng,\r\n fra"), ["a"]), (record("a").replace(b": ", b":\t "), ["a"]),
    (record("a", Content_Type="text/plainer"), None), (record("a", Content_Type="text/html"), None), (record("a", without=["Content-Type"]), None),
    (record("a", "response"), None), (record("a", WARC_Segment_Number="1"), None), (record("a", "continuation"), None), (record("a", "of another kind"), None),
    (record("a", version="0.18"), "F092"), (record("a").replace(b"\r\n", b"\n"), "F092"), (record("a").replace(b"WARC-Type: ", b"WARC-Type "), "F092"),
    *((record("a", without=[name]), "F092") for name in ("WARC-Type", "WARC-Date", "WARC-Record-ID", "Content-Length")),
    (record("a", length="1x"), "F092"), (record("a", length=""), "F092"), (record("a", length=-1), "F092"), (record("a", length="9" * 18), "F092"), (record("a", length="9" * 40), "F092"),
    (record("abc", length=2), "F092"), (record("abc", length=4), "F092"), (record("a", **{"content-length": 1}), "F092"), (record("a", X="y" * (64 << 10)), "F092"), (record("a", X="y" * (63 << 10)), ["a"]),
    (record("a").replace(b"1.0\r\n", b"1.0\r\n folded\r\n"), "F092"), (record("a", **{"": "y"}), "F092"), (b"\r\n" + record("a"), None), (record(b"\xff"), "F020"), (record("a", X="\udcff".encode("utf-8", "surrogateescape").decode("latin-1")), ["a"]),
])  # fmt: skip
def test_a_record_is_this_and_nothing_else(content, found, tmp_path):
    put(tmp_path, "x.warc", INFO + record("before") + content + record("after"))
    read_, defects = texts(tmp_path)
    if content.startswith(b"\r\n"):  # what is no record stands between
        assert (read_, defects) == (["before", "a", "after"], [("F092", "x.warc#1")])
        return
    between = found if isinstance(found, list) else []
    assert read_ == ["before", *between, "after"]
    assert defects == ([("F091", "x.warc")] if found is None else [(found, "x.warc#1")] if isinstance(found, str) else [])


def test_what_is_said_of_a_document(tmp_path):
    put(tmp_path, "x.warc.wet", record("a") + record("bb", without=["WARC-Target-URI", "WARC-Identified-Content-Language"]) + record("ccc", WARC_Target_URI="<http://b.example/>"), ".gz")
    with Warc(Tree(tmp_path)) as source:
        (shard,) = source.plan().shards
        (rows,) = source.rows(shard, None)
        assert rows.frame.to_dict(as_series=False) == {
            "text": ["a", "bb", "ccc"], "url": ["http://a.example/", None, "http://b.example/"], "time": ["2024-05-18T01:58:10Z"] * 3,
            "id": ["<urn:uuid:1>", "<urn:uuid:2>", "<urn:uuid:3>"], "language": ["eng", None, "eng"],
        }  # fmt: skip
        (rows,) = source.rows(shard, ["id", "nothing"])
        assert rows.frame.columns == ["id"]
        assert [rows.place(row) for row in range(3)] == [f"byte {sum(map(len, [record('a'), record('bb', without=['WARC-Target-URI', 'WARC-Identified-Content-Language'])][:row]))}" for row in range(3)]


def swallowing(*records, by=0):
    """A record whose length is that of these too, and one behind them."""
    more = b"".join(records)
    length = len(b"first") + len(b"\r\n\r\n") + len(more) - len(b"\r\n\r\n") + by
    return record("first", length=length) + more + record("last")


@pytest.mark.parametrize("records", [[record("a")], [record("a"), record("b")], [PAGE], [record("a\r\n\r\nWARC/1.0\r\n")], [record("a", version="1.1"), PAGE, record("b")]])
def test_a_length_that_swallows_the_records_behind_it_costs_none_of_them(records, tmp_path):
    put(tmp_path, "x.warc", swallowing(*records))
    sound = [one.partition(b"\r\n\r\n")[2][:-4].decode() for one in records if one is not PAGE]
    read_, defects = texts(tmp_path)
    assert read_ == [*sound, "last"]
    assert [one for one in defects if one[0] == "F092"] == [("F092", "x.warc#0")]
    where = next(at for code, _, at in read(Warc, tmp_path)[1] if code == "F092")
    assert where == f"byte {len(swallowing(*records)) - len(b''.join(records) + record('last'))}"


@pytest.mark.parametrize("block", [
    "WARC/1.0\r\nContent-Length: 1\r\n\r\nx", "\r\n\rWARC/1.0\r\nContent-Length: 1\r\n\r\nx", "a\r\n\r\nWARC/1.0\r\n", "\r\n\r\nWARC/1.0\r\nContent-Length: 9\r\n\r\n",
    record("within").decode(), "HTTP/1.1 200 OK\r\n\r\n" + record("within").decode() + record("another").decode(), "a\nWARC/1.0\r\nContent-Length: 2\r\n\r\nab",
])  # fmt: skip
def test_an_archive_within_a_record_is_no_record(block, tmp_path):
    put(tmp_path, "x.warc", record("before") + record(block) + record("after"))
    assert texts(tmp_path) == (["before", block, "after"], [])


@pytest.mark.parametrize("name", ["WARC_Block_Digest", "WARC-Payload-Digest"])
@pytest.mark.parametrize(("digest", "sound"), [
    (DIGESTS["sha1"], True), (DIGESTS["sha1"].lower(), True), (DIGESTS["sha256"], True), (DIGESTS["hex"], True), (DIGESTS["hex"].upper().replace("SHA256", "SHA-256"), True), (DIGESTS["md5"], True),
    (DIGESTS["sha1"].replace(":", ": "), True), (DIGESTS["sha256"].rstrip("="), True),
    (DIGESTS["other"], False), (DIGESTS["hex"][:-1] + ("0" if DIGESTS["hex"][-1] != "0" else "1"), False), (DIGESTS["sha1"][:-1], False), ("sha1:", False), ("sha1", False), ("", False), ("crc32:AAAA", False),
    (DIGESTS["sha1"].replace("sha1", "sha256"), False), ("shake_128:AAAA", False), ("sha1:" + "é" * 32, False), ("sha1:" + "0" * 32, False),
])  # fmt: skip
def test_a_digest_that_is_stated_is_held_against_the_text(name, digest, sound, tmp_path):
    put(tmp_path, "x.warc", record("before") + record("text", **{name: digest}) + record("after"))
    expected = (["before", "text", "after"], []) if sound else (["before", "after"], [("F085", "x.warc#1")])
    assert texts(tmp_path) == expected


def test_both_digests_are_held_against_it(tmp_path):
    good, bad = DIGESTS["sha1"], DIGESTS["other"]
    for block, payload, sound in ((good, good, True), (good, bad, False), (bad, good, False)):
        put(tmp_path, "x.warc", record("text", "resource", WARC_Block_Digest=block, WARC_Payload_Digest=payload))
        assert (texts(tmp_path) == (["text"], [])) == sound


@pytest.mark.parametrize(("broken", "at"), [
    (record("abc", length=2), record("abc", length=2).index(b"\r\n\r\n") + 4 + 2), (record("a", length="x"), record("a", length="x").index(b": x") + 2),
    (record(b"a\xff"), record(b"a\xff").index(b"\xff")), (record("a", version="2.0"), 0), (record("a", without=["WARC-Date"]), 0),
])  # fmt: skip
def test_it_is_named_by_its_byte(broken, at, tmp_path):
    put(tmp_path, "x.wet", record("a") + broken + record("a"))
    (_, _, place), = read(Warc, tmp_path)[1]
    assert place == f"byte {len(record('a')) + at}"


# Files


PIECES = st.lists(st.sampled_from([
    record("a"), record("text of\r\n\r\nlines"), record("b" * 300), INFO, PAGE, CUT, record("c", length=900), record("d", length=0), record("e", length=10**12), record(b"\xff"),
    b"garbage", b"\r\n", b"WARC/1.0\r\n", b"WARC/", record("p" * 500, "response"), record("f", without=["WARC-Type"]),
]), max_size=12)  # fmt: skip


@given(PIECES, st.integers(1, 900), st.integers(1, 900), st.sampled_from([*COMPRESS]), st.sampled_from([500, 16 << 20]))
def test_each_record_once_however_it_is_cut(tmp_path_factory, pieces, shard, run, suffix, longest):
    content = b"".join(pieces)
    if not content:
        return
    root = put(tmp_path_factory.mktemp("d"), "x.warc", content, suffix)
    whole, defects = read_all(Warc, root, longest=longest)
    again, others = read_all(Warc, root, longest=longest, shard=shard, run=run)
    assert again == whole
    assert [(one.code, one.key, str(one)) for one in others] == [(one.code, one.key, str(one)) for one in defects]
    if {*pieces} <= {record("a"), record("text of\r\n\r\nlines"), record("b" * 300), INFO, PAGE}:
        kept = [one for one in pieces if b"conversion" in one and len(one) <= longest]
        assert [*whole.values()] == [one.partition(b"\r\n\r\n")[2][:-4].decode() for one in kept]


@given(PIECES)
def test_neighbours_of_what_is_broken_are_read(tmp_path_factory, pieces):
    root = put(tmp_path_factory.mktemp("d"), "x.warc", record("first") + b"".join(pieces) + b"\r\n" + record("last"))
    found, defects = texts(root)
    assert (found[0], found[-1]) == ("first", "last")
    assert defects


@pytest.mark.parametrize("suffix", [*COMPRESS])
def test_a_record_in_which_a_file_ends_is_told(suffix, tmp_path):
    put(tmp_path, "x.warc", INFO + record("a") + record("b")[:-3], suffix)
    name = f"x.warc{suffix}"
    assert texts(tmp_path) == (["a"], [("F092", f"{name}#1")])
    put(tmp_path, "x.warc", INFO + record("a") + record("b" * 9, length=500) + record("c"), suffix)
    assert texts(tmp_path) == (["a", "c"], [("F092", f"{name}#1")])


def test_a_member_a_record_and_one_for_all_are_one_and_cut_ones_are_told(tmp_path):
    pieces = [INFO, *(record(f"document {n}") for n in range(50))]
    (tmp_path / "a.wet.gz").write_bytes(b"".join(gzip.compress(one) for one in pieces))
    put(tmp_path, "b.wet", b"".join(pieces), ".gz")
    found, defects = texts(tmp_path)
    assert (len(found), defects) == (100, [])
    assert found[:50] == found[50:]
    whole = (tmp_path / "a.wet.gz").read_bytes()
    (tmp_path / "a.wet.gz").write_bytes(whole[:-30])
    found, defects = texts(tmp_path)
    assert (len(found), defects) == (99, [("F003", "a.wet.gz")])
    with Warc(Tree(tmp_path)) as source:
        assert source.plan().lost == 1


@pytest.mark.parametrize(("content", "code"), [(b"", "F002"), (b"no archive", "F092"), ("WARC/1.0\r\n".encode("utf-16"), "F092"), (b"\xef\xbb\xbf" + record("a"), "F092")])
def test_files_that_are_no_archives(content, code, tmp_path):
    put(tmp_path, "x.warc", content)
    put(tmp_path, "y.warc", record("a"))
    found, defects = texts(tmp_path)
    assert found[-1] == "a"
    assert [one for one, _ in defects] == [code]


@pytest.mark.parametrize(("kind", "length", "found", "codes"), [
    ("conversion", None, ["before", "after"], ["F097"]), ("response", None, ["before", "after"], ["F091"]),
    ("conversion", 10**12, ["before", "after"], ["F092"]), ("conversion", (50 << 20) + 1, ["before", "after"], ["F092"]), ("response", 10**17, ["before", "after"], ["F092"]),
])  # fmt: skip
def test_memory_is_bounded_whatever_a_record_says_of_its_length(kind, length, found, codes, tmp_path):
    block = b"x" * (50 << 20)
    put(tmp_path, "x.warc", record("before") + record(block, kind, length=length) + record("after"))
    del block
    tracemalloc.start()
    read_, defects = texts(tmp_path, longest=2 << 20, run=1 << 20)
    assert tracemalloc.get_traced_memory()[1] < 20 << 20
    tracemalloc.stop()
    assert read_ == found
    assert [code for code, _ in defects] == codes


@pytest.mark.parametrize("extra", [0, 1])
@pytest.mark.parametrize("run", [100, 10_000])
def test_the_longest(extra, run, tmp_path):
    put(tmp_path, "x.warc", record("x" * 600) + record("a"))
    expected = (["a"], [("F097", "x.warc#0")]) if extra else (["x" * 600, "a"], [])
    assert texts(tmp_path, longest=len(record("x" * 600)) - extra, run=run) == expected


def test_a_folder_of_archives(tmp_path):
    put(tmp_path, "train/CC-MAIN-0.warc.wet", record("a"), ".gz")
    put(tmp_path, "wet.paths.txt", "CC-MAIN-0.warc.wet.gz\n")
    put(tmp_path, "README.md", "an archive")
    with open_source(tmp_path) as source:
        assert source.format == "warc"
        assert [one.split for one in source.plan().shards] == ["train"]
        assert [one.code for one in source.plan().defects] == ["F099"]


@given(PIECES, st.sampled_from([*COMPRESS]), st.data())
def test_what_stays_is_written_with_the_same_bytes(tmp_path_factory, pieces, suffix, data):
    root = tmp_path_factory.mktemp("d")
    put(root / "data", "x.warc", b"".join([INFO, record("first"), *pieces, b"\r\n", record("last")]), suffix)
    put(root / "data", "whole.wet", INFO + record("a"), suffix)
    name = f"x.warc{suffix}"
    found, _ = read(Warc, root / "data")
    found.pop(f"whole.wet{suffix}#0")
    kept = sorted(data.draw(st.sets(st.sampled_from([*found]), min_size=1)), key=lambda key: int(key.rpartition("#")[2]))
    with Warc(Tree(root / "data"), shard=9, run=9) as source, Draft(root / "out") as draft:
        source.write({name: np.array([int(key.rpartition("#")[2]) for key in kept]), f"whole.wet{suffix}": np.array([0])}, draft)
        draft.publish()
    again, wrong = read(Warc, root / "out")
    assert ([*again.values()], wrong) == (["a", *(found[key] for key in kept)], [])
    assert (root / "out" / f"whole.wet{suffix}").read_bytes() == (root / "data" / f"whole.wet{suffix}").read_bytes()
    if suffix == ".gz":
        content = (root / "out" / name).read_bytes()
        assert content.count(b"\x1f\x8b\x08") >= len(kept) + 1
        assert gzip.decompress(content).startswith(INFO)


@given(PIECES, st.integers(1, 600), st.data())
def test_samples_are_taken_by_key_in_any_order(tmp_path_factory, pieces, shard, data):
    root = put(tmp_path_factory.mktemp("d"), "x.warc", b"".join([*pieces, b"\r\n", record("last")]))
    found, _ = read(Warc, root)
    wanted = data.draw(st.lists(st.sampled_from([*found]), min_size=1))
    with Warc(Tree(root), shard=shard, run=shard) as source:
        (batch,) = source.take_keys(wanted)
    assert [*batch.keys] == wanted
    assert batch.columns["text"].to_list() == [found[key] for key in wanted]


# Real files


@needs_data
def test_real_archives():
    found, defects = read(Warc, SHARED / "warc" / "whirlwind")
    assert [*found] == ["whirlwind.warc.wet#0", "whirlwind.warc.wet.gz#0"]
    assert len({*found.values()}) == 1
    assert found["whirlwind.warc.wet#0"].startswith("Escopete - Biquipedia, a enciclopedia libre\n")
    assert len(found["whirlwind.warc.wet#0"].encode()) == 4456  # as the record says
    assert {(code, key) for code, key, _ in defects} == {("F091", f"whirlwind.warc{one}") for one in ("", ".gz", ".wat", ".wat.gz")}
    found, defects = read(Warc, SHARED / "warc" / "warcio" / "test" / "data")
    codes = {key: (code, at) for code, key, at in defects}
    assert codes["example-trunc.warc#0"] == ("F092", "byte 2560")
    assert codes["example-wrong-chunks.warc.gz#0"][0] == "F092"
    assert {code for code, _ in codes.values()} == {"F091", "F092", "F099"}
    with open_source(SHARED / "warc" / "dolma" / "tests" / "data" / "warc") as source:
        plan = source.plan()
        assert [(one.code, one.found) for one in plan.defects] == [("F091", "45 of other kinds"), ("F091", "31 of other kinds")]
        assert plan.samples == 4
