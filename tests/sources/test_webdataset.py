"""WebDataset: its own grouping of members, and a name for each that it would drop or mix."""

import bz2
import gzip
import io
import json
import lzma
import re
import tarfile

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shard_files import link, members, tar, write_webdataset
from support import SHARED, needs_data

import datastd
from datastd.disk import Tree
from datastd.draft import Draft
from datastd.errors import NotCertified, UsageError
from datastd.pipeline import open_source
from datastd.records import Document, Record
from datastd.sources import Batch, Defect
from datastd.sources.webdataset import WebDataset, samples

SMALL = {"shard": 1, "window": 1024}
PACKED = {
    ".tar": bytes, ".tar.gz": lambda c: gzip.compress(c, mtime=0), ".tgz": gzip.compress, ".tar.bz2": bz2.compress,
    ".tar.xz": lzma.compress, ".tar.zst": lambda c: pa.compress(c, codec="zstd", asbytes=True),
}  # fmt: skip


class Row(Record):
    text: str = ""
    id: str
    label: int | None = None
    source: str = ""


class Nothing(Record):
    """All that a sample holds is looked at."""


def put(root, content, name="train.tar"):
    root.mkdir(exist_ok=True, parents=True)
    (root / name).write_bytes(content if isinstance(content, bytes) else tar(content))
    return root


def read(root, record=Row, dotted=(), **options):
    """What each sample says by its key; and the defects, code and key, of plan and reading."""
    with WebDataset(Tree(root), *dotted, **options) as source:
        source.record = record
        plan = source.plan()
        found, defects = {}, [*plan.defects]
        for shard in plan.shards:
            for one in source.read(shard):
                if isinstance(one, Defect):
                    defects.append(one)
                else:
                    assert not {*one.keys} & {*found}
                    columns = {name: list(values) for name, values in one.columns.items() if name != "separators"}
                    found |= {key: {name: columns[name][n] for name in columns} for n, key in enumerate(one.keys)}
        assert {type(one) for one in defects} <= {*source.kinds}
        lost = sum(one.samples for one in defects if one not in plan.defects and one.loses)
        assert len(found) + lost == plan.samples
        return found, [(one.code, one.key) for one in defects]


def codes(root, **options):
    return [code for code, _ in read(root, **options)[1]]


def whole(columns):
    return {key: {"text": one["text"], "id": one["id"]} for key, one in columns.items()}


# What a sample is


def reference(named):
    """Key and suffixes of each sample, by the words of WebDataset's `group_by_keys`."""
    found = []
    for name, content in named:
        if not (match := re.match(r"^((?:.*/|)[^.]+)[.]([^/]*)$", name)):
            continue
        key, suffix = match[1], match[2].lower()
        if not found or found[-1][0] != key:
            found.append((key, {}))
        found[-1][1][suffix] = content
    return found


STEMS = st.sampled_from(["0", "1", "a/0", "a/b/1", "ü/2", "x" * 120 + "/3", "4" * 300, "./5", "a.b/6", "日" * 60])
NAMED = st.lists(st.tuples(STEMS, st.text(max_size=40)), max_size=12, unique_by=lambda one: one[0])
FORMS = st.sampled_from([tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
TIMES = st.sampled_from([1, 1.5])


@given(NAMED, FORMS, TIMES, st.sampled_from([{}, SMALL]))
def test_what_tarfile_writes_is_read_as_webdataset_groups_it(tmp_path_factory, named, form, mtime, options):
    root = tmp_path_factory.mktemp("tar")
    written = [(f"{stem}.{suffix}", text.encode()) for stem, text in named for suffix in ("TXT", "bin")]
    put(root, tar(written, form=form, mtime=mtime))
    found, defects = read(root, **options)
    assert not defects
    expected = [(key, one["txt"].decode()) for key, one in reference(written)]
    assert [(one["id"], one["text"]) for one in found.values()] == expected
    assert [*found] == [f"train.tar#{n}" for n in range(len(expected))]


@given(st.data())
@settings(max_examples=60)
def test_an_archive_that_is_cut_anywhere_has_a_defect_and_loses_no_sample_unseen(tmp_path_factory, data):
    root = tmp_path_factory.mktemp("tar")
    written, form = [*members(count=4)], data.draw(FORMS)
    content = tar(written, form=form, mtime=data.draw(TIMES), end=False)
    entries, whole_ones = [], read(put(root, content + bytes(1024)))[0]
    with tarfile.open(fileobj=io.BytesIO(content + bytes(1024))) as archive:
        entries = [one.offset_data for one in archive]
    cut = data.draw(st.integers(1, len(content) + 1023))
    found, defects = read(put(root, (content + bytes(1024))[:cut]), **data.draw(st.sampled_from([{}, SMALL])))
    seen = sum(at <= cut for at in entries[::2])
    assert {code for code, _ in defects} <= {"F096", "F004"}
    assert defects
    assert [*found.values()] == [*whole_ones.values()][: max(0, seen - 1)]
    with WebDataset(Tree(root)) as source:
        assert source.plan().samples + source.plan().lost == seen


@pytest.mark.parametrize("suffix", PACKED)
def test_archives_may_be_compressed(tmp_path, suffix):
    packed = put(tmp_path / "packed", PACKED[suffix](tar(members())), f"val{suffix}")
    plain = put(tmp_path / "plain", tar(members()), "val.tar")
    assert [*read(packed)[0].values()] == [*read(plain)[0].values()]


@pytest.mark.parametrize("suffix", PACKED)
def test_one_that_is_compressed_and_cut_says_so(tmp_path, suffix):
    content = PACKED[suffix](tar(members(count=400)))
    found, defects = read(put(tmp_path, content[: len(content) // 2], f"x{suffix}"))
    assert {code for code, _ in defects} <= {"F003", "F096"}
    assert len(defects) == 1
    assert 0 <= len(found) < 400


def test_a_record_is_made_of_text_label_key_and_json(tmp_path):
    said = {"text": "no", "label": 7, "source": "wiki", "id": 1}
    root = put(tmp_path, [
        ("a/0.txt", b"yes"), ("a/0.json", json.dumps(said, indent=1).encode()), ("a/0.cls", b" 3\n"),
    ])  # fmt: skip
    assert read(root, member="txt")[0] == {"train.tar#0": {"text": "yes", "id": "a/0", "label": 3, "source": "wiki"}}
    root = put(tmp_path, [("0.json", json.dumps(said).encode())])
    assert read(root)[0] == {"train.tar#0": {"text": "no", "id": "0", "label": 7, "source": "wiki"}}
    root = put(tmp_path, [("0.json", b'[{"text": "in a list"}]'), ("0.text", b"beside")])
    assert read(root)[0]["train.tar#0"]["text"] == "beside"


JSON = json.dumps({"text": "other", "source": "wiki"}).encode()


@pytest.mark.parametrize(("members", "member", "text"), [
    ({"txt": b"a", "text": b"b"}, "", None), ({"txt": b"a", "text": b"b"}, "txt", "a"), ({"txt": b"a", "text": b"b"}, "text", "b"), ({"txt": b"a", "text": b"b"}, "json", ""),
    ({"txt": b"a", "json": JSON}, "", None), ({"txt": b"a", "json": JSON}, "json", "other"), ({"text": b"a", "json": JSON}, "", None), ({"text": b"a", "json": JSON}, "text", "a"),
    ({"txt": b"other", "json": JSON, "text": b"other"}, "", "other"), ({"txt": b"a", "json": JSON, "text": b"a"}, "", None), ({"txt": b"a", "json": b'{"caption": "b"}'}, "", "a"),
    ({"txt": b"", "text": b"b"}, "", None), ({"txt.gz": gzip.compress(b"a"), "text": b"b"}, "", None), ({"txt.gz": gzip.compress(b"a"), "text": b"a"}, "", "a"), ({"txt": b"a", "json": b'["other"]'}, "", "a"),
])  # fmt: skip
@pytest.mark.parametrize("record", [Document, Nothing])
def test_which_member_is_the_text_is_not_chosen_in_silence(members, member, text, record, tmp_path):
    root = put(tmp_path, [(f"{n}.{suffix}", content) for n in range(2) for suffix, content in members.items()])
    found, defects = read(root, record, member=member)
    if text is None:
        assert (found, defects) == ({}, [("F083", "train.tar#0"), ("F083", "train.tar#1")])
    elif record is Document and not text:
        assert {code for code, _ in defects} == {"F301"}
    else:
        assert not defects
        assert len(found) == 2
        if record is Document:
            assert [one["text"] for one in found.values()] == [text] * 2


def test_a_member_that_is_there_twice_once_compressed_is_not_chosen_in_silence(tmp_path):
    root = put(tmp_path, [("0.txt", b"a"), ("0.txt.gz", gzip.compress(b"b"))])
    assert read(root) == ({}, [("F041", "train.tar#0")])


def test_members_may_be_compressed_one_by_one(tmp_path):
    root = put(tmp_path, [("0.txt.gz", gzip.compress(b"a") + gzip.compress(b"b")), ("1.txt.gz", gzip.compress(b"c"))])
    found, defects = read(root)
    assert [one["text"] for one in found.values()] == ["ab", "c"]
    assert not defects
    for bad in (b"", b"plain", gzip.compress(b"abc")[:-3]):
        assert read(put(tmp_path, [("0.txt.gz", bad)]))[1] == [("F003", "train.tar#0")]
    assert codes(put(tmp_path, [("0.txt.gz", gzip.compress(bytes(samples.LONGEST + 1)))])) == ["F095"]


def test_folders_and_what_is_webdatasets_own_are_no_members(tmp_path):
    folder = tarfile.TarInfo()
    folder.type = tarfile.DIRTYPE
    root = put(tmp_path, [("./", folder), ("__meta__/x.json", b"{}"), ("__note__", b""), ("./0.txt", b"a")])
    assert read(root)[1] == []
    assert whole(read(root)[0]) == {"train.tar#0": {"text": "a", "id": "./0"}}


def test_pictures_alone_are_named_and_counted(tmp_path):
    found, defects = read(put(tmp_path, [("0.png", b"x"), ("1.png", b"y")]), record=Document)
    assert (found, defects) == ({}, [("F301", "train.tar#0"), ("F301", "train.tar#1")])


class Label(Record):
    label: int


def test_a_record_without_text_holds_all_that_the_sample_does(tmp_path):
    root = put(tmp_path, [("0.png", b"x"), ("0.cls", b"1"), ("1.png", b"x"), ("1.cls", b"2"), ("2.png", b"y"),
                          ("2.cls", b"1")])  # fmt: skip
    found, defects = read(root, record=Label)
    assert not defects
    first, second, third = (one["record"] for one in found.values())
    assert first == second != third

    class Closed(Label, extra="forbid"):
        pass

    assert read(root, record=Closed)[1] == [("C702", f"train.tar#{n}") for n in range(3)]


# What is no sample


TEXTS = [("0.txt", b"a"), ("1.txt", b"b"), ("2.txt", b"c")]


@pytest.mark.parametrize(("added", "found"), [
    (("000", b"x"), ("F040", "train.tar")), (("a/000", b"x"), ("F040", "train.tar")), (("a.b/c", b"x"), ("F040", "train.tar")),
    (("d/._3.txt", b"x"), ("F044", "train.tar")), ((".3.txt", b"x"), ("F044", "train.tar")), (("d/.DS_Store", b"x"), ("F044", "train.tar")),
    (("__MACOSX/3.txt", b"x"), ("F044", "train.tar")), (("Thumbs.db", b"x"), ("F044", "train.tar")),
    (("/3.txt", b"x"), ("F005", "train.tar#3")), (("../3.txt", b"x"), ("F005", "train.tar#3")), (("a/../3.txt", b"x"), ("F005", "train.tar#3")),
    (("../x", b"x"), ("F005", "train.tar")), (("3.txt", link()), ("F005", "train.tar#3")), (("3.txt", link(tarfile.LNKTYPE)), ("F005", "train.tar#3")),
    (("3.txt", link(tarfile.FIFOTYPE)), ("F005", "train.tar#3")), (("3.txt", link(tarfile.CHRTYPE)), ("F005", "train.tar#3")), (("x", link()), ("F005", "train.tar")),
    (("3.pkl", b"x"), ("F008", "train.tar#3")), (("3.a.PYD", b"x"), ("F008", "train.tar#3")), (("3.pth", b"x"), ("F008", "train.tar#3")),
    (("2.TXT", b"x"), ("F041", "train.tar#2")), (("3.txt", b"\xff"), ("F020", "train.tar#3")), (("3.cls", b"x"), ("F043", "train.tar#3")),
])  # fmt: skip
def test_each_kind_of_member_is_named_and_its_neighbours_are_read(tmp_path, added, found):
    columns, defects = read(put(tmp_path, [*TEXTS, added]))
    assert found in defects
    assert {code for code, _ in defects} <= {found[0], "F045"}
    assert [one["text"] for one in columns.values()] == ["a", "b", "c"][: 2 if found[0] == "F041" else 3]


def test_a_name_that_is_no_utf8_is_no_members(tmp_path):
    content = bytearray(tar([*TEXTS, ("3.txt", b"d")], mtime=1))
    at = content.find(b"3.txt")
    content[at] = 0xFF
    content[at + 148 : at + 156] = b"%06o\0 " % (sum(content[at : at + 148] + content[at + 156 : at + 512]) + 256)
    assert read(put(tmp_path, bytes(content)))[1] == [("F040", "train.tar")]


def test_an_array_of_objects_has_to_be_unpickled(tmp_path):
    def npy(array):
        out = io.BytesIO()
        np.save(out, array, allow_pickle=True)
        return out.getvalue()

    root = put(tmp_path, [("0.txt", b"a"), ("0.npy", npy(np.arange(3))), ("1.txt", b"b"), ("1.npy", npy(np.array([{}])))])
    assert read(root)[1] == [("F008", "train.tar#1")]


def test_an_array_without_its_header_is_none(tmp_path):
    out = io.BytesIO()
    np.save(out, np.arange(3))
    contents = [out.getvalue(), np.arange(3).tobytes(), b"", out.getvalue()[1:]]
    named = [one for n, content in enumerate(contents) for one in ((f"{n}.txt", b"a"), (f"{n}.npy", content))]
    assert read(put(tmp_path, named))[1] == [("F025", f"train.tar#{n}") for n in (1, 2, 3)]


def test_a_key_that_comes_again_makes_parts_of_both(tmp_path):
    root = put(tmp_path, [("0.txt", b"a"), ("1.txt", b"b"), ("0.txt", b"c"), ("2.txt", b"d")])
    for options in ({}, SMALL):
        found, defects = read(root, **options)
        assert defects == [("F042", "train.tar#0"), ("F042", "train.tar#2")]
        assert [one["text"] for one in found.values()] == ["b", "d"]
    put(root, [("0.txt", b"a")], "other.tar")  # of another archive: another sample
    assert ("F042", "other.tar#0") not in read(root)[1]


def test_the_suffixes_of_most_samples_are_those_of_all(tmp_path):
    named = [*members(count=5), ("x.txt", b"only")]
    assert read(put(tmp_path, named))[1] == [("F043", "train.tar#5")]
    assert read(put(tmp_path, named[-1:] + named[:-1]))[1] == [("F043", "train.tar#0")]
    assert not read(put(tmp_path, [("0.b", b""), ("0.a", b""), ("1.A", b""), ("1.b", b"")]))[1]


def test_a_dot_in_the_stem_is_told_unless_it_is_declared(tmp_path):
    root = put(tmp_path, [("0.seg.png", b""), ("0.txt", b"a"), ("1.seg.png", b""), ("1.txt", b"b")])
    assert read(root)[1] == [("F045", "train.tar")]
    assert len(read(root)[0]) == 2
    assert not read(root, dotted=["seg"])[1]
    assert read(root, dotted=["mask"])[1] == [("F045", "train.tar")]
    assert not codes(put(tmp_path, [("v1.0/0.txt", b"a")]))


def test_archives_of_a_split_have_about_as_many_samples(tmp_path):
    put(tmp_path, members(count=4), "train-0.tar")
    put(tmp_path, members(count=2), "train-1.tar")
    put(tmp_path, members(count=1), "val-0.tar")
    assert not codes(tmp_path)
    put(tmp_path, members(count=5), "train-0.tar")
    found, defects = read(tmp_path)
    assert defects == [("F046", "train-1.tar")]
    assert len(found) == 8


@pytest.mark.parametrize("known", [
    {"shardlist": [{"url": "train.tar", "nsamples": 6}, {"url": "elsewhere.tar", "nsamples": 3}, 7]}, {"train.tar": 6}, {"train": {"num_samples": 6}},
    {"a/val": {"num_samples": 6}, "train.tar": 6},
])  # fmt: skip
def test_a_list_says_how_many_samples_there_are(tmp_path, known):
    put(tmp_path, members())
    put(tmp_path / "a", members("val"), "val.tar")
    (tmp_path / "list.json").write_text(json.dumps(known))
    assert not codes(tmp_path)
    put(tmp_path, members(count=5))
    assert read(tmp_path)[1] == [("F046", "train.tar")]
    (tmp_path / "list.json").write_text("{")
    assert read(tmp_path)[1] == [("F099", "list.json")]


@pytest.mark.parametrize(("bad", "code"), [
    (b'{"a": }', "F010"), (b"", "F010"), (b'{"a": 1}{}', "F010"), (b'{"a":1,"a":2}', "F012"), (b'{"a":NaN}', "F013"), (b'{"a":"\\ud800"}', "F014"),
    (b'{"a":"\xff"}', "F020"), (b'{"a":"line\nfeed"}', "F010"),
])  # fmt: skip
def test_json_is_read_as_strictly_as_json_lines(tmp_path, bad, code):
    root = put(tmp_path, [("0.json", b'{\n"text":\n"a"\n}'), ("1.json", bad), ("2.json", b'{"text": "c"}')])
    found, defects = read(root)
    assert defects == [(code, "train.tar#1")]
    assert [one["text"] for one in found.values()] == ["a", "c"]


@pytest.mark.parametrize("label", [b"", b"x", b"1.5", b"0x1", b"1" * 19, b"1 2", "١".encode(), b"1_0"])
def test_a_label_is_a_whole_number(tmp_path, label):
    root = put(tmp_path, [("0.txt", b"a"), ("0.cls", b"-7"), ("1.txt", b"b"), ("1.cls", label)])
    found, defects = read(root)
    assert defects == [("F095", "train.tar#1")]
    assert found["train.tar#0"]["label"] == -7


# Archives that are none


def header(change, content=None):
    """An archive in which the header of the second member is changed, and its checksum with it."""
    whole_one = bytearray(content or tar(TEXTS, form=tarfile.USTAR_FORMAT, mtime=1))
    block = bytearray(whole_one[1024:1536])
    change(block)
    block[148:156] = b"%06o\0 " % (sum(block[:148] + block[156:]) + 256)
    whole_one[1024:1536] = block
    return bytes(whole_one)


def field(at, value):
    return lambda block: block.__setitem__(slice(at, at + len(value)), value)


@pytest.mark.parametrize("change", [
    field(124, b"\x80" + b"\0" * 3 + (2**63).to_bytes(8, "big")), field(124, b"\xff" * 12), field(124, b"-0000000001\0"), field(124, b"0000000009 \0"),
    field(124, b"77777777777 "), field(124, b"\x80" + b"\0" * 3 + (2**61).to_bytes(8, "big")), field(257, b"ustaR"), field(156, b"S"),
])  # fmt: skip
def test_a_header_that_lies_ends_the_archive_or_its_member(tmp_path, change):
    found, defects = read(put(tmp_path, header(change)))
    assert len(defects) == 1
    assert defects[0][0] in {"F096", "F005"}
    assert len(found) <= 2


def test_a_checksum_that_is_wrong_ends_it(tmp_path):
    content = bytearray(tar(TEXTS, mtime=1))
    content[1030] ^= 1
    found, defects = read(put(tmp_path, bytes(content)))
    assert (found, defects) == ({}, [("F096", "train.tar")])


@pytest.mark.parametrize("content", [b"<html>" * 200, b"x", bytes(511), b"PK\3\4" + bytes(600)])
def test_what_does_not_begin_as_tar_is_none(tmp_path, content):
    assert {*codes(put(tmp_path, content))} <= {"F004", "F096"}
    assert codes(put(tmp_path, content))


def test_an_empty_archive_has_no_sample_and_no_file_is_empty(tmp_path):
    assert read(put(tmp_path, tar([]))) == ({}, [])
    assert read(put(tmp_path, b"")) == ({}, [("F002", "train.tar")])
    assert codes(put(tmp_path, bytes(512))) == ["F096"]


def test_what_stands_behind_the_end_is_told(tmp_path):
    assert read(put(tmp_path, tar(TEXTS) + bytes(4096)))[1] == []
    found, defects = read(put(tmp_path, tar(TEXTS) + tar(TEXTS)))
    assert defects == [("F096", "train.tar")]
    assert len(found) == 2  # the last may go on in the other archive


def test_one_name_for_a_member(tmp_path):
    def entry(kind, body):
        info = tarfile.TarInfo("x")
        info.type, info.size = kind, len(body)
        return info.tobuf(tarfile.GNU_FORMAT) + body + bytes(-len(body) % 512)

    last = tar(TEXTS, mtime=1)
    for before in (
        entry(b"L", b"a.txt\0") + entry(b"x", b"14 path=b.txt\n"), entry(b"L", b"a.txt\0") * 2, entry(b"g", b"14 path=b.txt\n"),
        entry(b"x", b"99 path=b.txt\n"), entry(b"x", b"path=b.txt\n"), entry(b"x", b"9 size=x\n"), entry(b"x", b"7 path\n"),
        entry(b"L", b"a" * 70_000), entry(b"x", b"1" * 400),
    ):  # fmt: skip
        assert codes(put(tmp_path, before + last)) == ["F096"]
    fine = entry(b"g", b"12 comment=\n") + entry(b"x", b"14 path=b.txt\n") + last
    assert [one["id"] for one in read(put(tmp_path, fine))[0].values()] == ["b", "1", "2"]
    sparse = entry(b"x", b"22 GNU.sparse.major=1\n") + last
    assert read(put(tmp_path, sparse))[1] == [("F005", "train.tar#0")]
    inner = entry(b"x", b"15 path=b\0.txt\n") + last
    assert read(put(tmp_path, inner))[1] == [("F005", "train.tar#0")]


def test_a_member_or_a_sample_may_be_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(samples, "LONGEST", 1000)
    root = put(tmp_path, [("0.txt", b"a"), ("1.txt", b"b" * 1001), ("2.txt", b"c" * 1000)])
    assert read(root)[1] == [("F095", "train.tar#1")]
    monkeypatch.setattr(samples, "MEMBERS", 8)
    many = [(f"1.{n}", b"") for n in range(40)]
    for options in ({}, SMALL):
        found, defects = read(put(tmp_path, [("0.txt", b"a"), ("00.txt", b"a"), *many, ("2.txt", b"c")]), **options)
        assert ("F095", "train.tar#2") in defects
        assert len(found) == 3


def test_large_members_are_stepped_over(tmp_path, monkeypatch):
    root = put(tmp_path, [(f"{n}.{suffix}", bytes(size)) for n in range(16) for suffix, size in (("png", 1 << 20), ("txt", 3))])
    got = []
    with WebDataset(Tree(root)) as source:
        plain = source.tree.read
        monkeypatch.setattr(source.tree, "read", lambda *asked: got.append(plain(*asked)) or got[-1])
        assert source.plan().samples == 16
    assert sum(map(len, got)) < 6 << 20


# The rest of a source


def test_samples_are_taken_again_by_their_numbers(tmp_path):
    root = write_webdataset(tmp_path)
    with open_source(root) as source:
        assert isinstance(source, WebDataset)
        rows = np.array([4, 0, 4])
        taken = source.take("train.tar", rows)
        assert isinstance(taken, Batch)
        assert taken.keys.to_list() == [f"train.tar#{n}" for n in rows]
        assert [text[:5] for text in taken.columns["text"]] == ["train"] * 3
    assert {shard.split for shard in source.plan().shards} == {"train", "val"}


def test_options_are_parts_of_suffixes(tmp_path):
    root = write_webdataset(tmp_path)
    with open_source(root, "webdataset:seg,mask") as source:
        assert source.called == "webdataset:seg,mask"
    with open_source(root) as source:
        assert source.called == "webdataset"
    with open_source(root, "webdataset:text=json,seg") as source:
        assert source.called == "webdataset:seg,text=json"
        with open_source(root, source.called) as again:
            assert again.called == source.called
    for wrong in ("webdataset:", "webdataset:a/b", "webdataset:text=", "webdataset:text=png", "webdataset:text=txt,text=json", "webdataset:txt=text"):
        with pytest.raises(UsageError, match="parts of suffixes"):
            open_source(root, wrong)


@pytest.mark.parametrize("suffix", PACKED)
@pytest.mark.parametrize("options", [{}, SMALL])
def test_what_is_written_anew_reads_as_the_samples_that_stay(tmp_path, suffix, options):
    root = put(tmp_path / "data", PACKED[suffix](tar([("d/", link(tarfile.DIRTYPE)), *members(count=9)])), f"train{suffix}")
    put(root, members("val"), "val.tar")
    before = [*read(root)[0].values()]
    kept = np.array([0, 1, 4, 8])
    for place in ("a", "b"):
        with WebDataset(Tree(root), **options) as source, Draft(tmp_path / place) as draft:
            source.write({f"train{suffix}": kept, "val.tar": np.arange(6)}, draft)
            assert draft.taken == {"val.tar"}
            draft.publish()
    assert (tmp_path / "a" / f"train{suffix}").read_bytes() == (tmp_path / "b" / f"train{suffix}").read_bytes()
    found, defects = read(tmp_path / "a")
    assert not defects
    assert [*found.values()][:4] == [before[row] for row in kept]


@needs_data
@pytest.mark.parametrize("name", ["tendata.tar", "mpdata.tar", "compressed.tar", "sample.tgz"])
def test_real_archives_are_read_whole(tmp_path, name):
    content = (SHARED / "webdataset/testdata" / name).read_bytes()
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        named = [(one.name, archive.extractfile(one).read()) for one in archive if one.isreg()]
    with WebDataset(Tree(put(tmp_path, content, name))) as source:
        plan = source.plan()
        assert plan.samples == len(reference(named))
        assert {one.code for one in plan.defects} == set()
    if name.startswith("compressed"):
        assert [one["text"] for one in read(tmp_path)[0].values()] == ["hello\n", "world\n", "gzip\n"]


IN_SHARDS = """
from datastd import Standard
from datastd.standard import load
base = load("raw-text/1")
standard = Standard(name="in-shards/1", about="Texts in shards.", formats=("webdataset",),
    measures=base.measures, rows=base.rows, rules=base.rules)
del base
"""


def test_what_passes_is_written_into_a_new_dataset_and_certified(tmp_path):
    standard = tmp_path / "shards.py"
    standard.write_text(IN_SHARDS)
    root = write_webdataset(tmp_path / "data", train=[
        *members(), ("train/000.txt", b"again"), ("train/000.json", b"{}"), ("x.txt", b"only"), ("../y.txt", b"a"), ("../y.json", b"{}"),
    ])  # fmt: skip
    report = datastd.check(root, standard)
    assert {one.code: one.failed for one in report.verdicts if one.failed} == {"F005": 1, "F042": 2, "F043": 1}
    assert (report.accounting.samples, report.accounting.defective) == (15, 4)
    done = datastd.clean(root, tmp_path / "clean", standard)
    assert (done.outcome, done.rows_out, dict(done.removed)) == ("pass", 11, {"F005": 1, "F042": 2, "F043": 1})
    datastd.certify(tmp_path / "clean", standard, out=tmp_path / "certificate.json")
    with pytest.raises(NotCertified):
        datastd.certify(root, standard, out=tmp_path / "other.json")
