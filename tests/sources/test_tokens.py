"""Token files: every id is read, or it is said which was not, whatever says where they lie."""

import gzip
import os
import pickle
import tempfile
from pathlib import Path

import numpy as np
import pytest
import token_files
from hypothesis import given
from hypothesis import strategies as st
from support import needs_data
from token_files import DOCUMENTS, EOS, FORMATS, PAYLOADS, documents, flat, meta, write_tokens

import datastd
from datastd import digest
from datastd.disk import Tree
from datastd.draft import Draft
from datastd.pipeline import open_source, reader
from datastd.sources import Defect, Ragged, tokens
from datastd.sources.files import split_named
from datastd.sources.tokens import BLOCK

WIDE = {"nanogpt": ("<u2",), "llmc": ("<u2",), "megatron": ("<u2", "<i4", "<i8"),
        "datatrove": ("<u2", "<u4"), "dolma": ("<u2", "<u4", "<u8")}  # fmt: skip


def opened(folder, form=None, **sizes):
    return reader(form)(Tree(Path(folder)), **sizes) if form else open_source(Path(folder))


def codes(folder, form=None):
    """Codes of what cannot be read, whoever finds it, and how many samples can be."""
    with opened(folder, form) as source:
        plan, read, found = source.plan(), 0, []
        for shard in plan.shards:
            lost = 0
            for some in source.read(shard):
                lost += some.samples if isinstance(some, Defect) else len(some)
                read += 0 if isinstance(some, Defect) else len(some)
                found += [some.code] if isinstance(some, Defect) else []
            assert lost == shard.samples
        for one in plan.defects:
            pickle.loads(pickle.dumps(one))
            assert all(word in str(one) for word in ("expected ", ", found "))
        return sorted({*(d.code for d in plan.defects), *found}), read


def in_pieces(monkeypatch, **sizes):
    """Have all sources of tokens read in pieces of so many bytes."""
    monkeypatch.setattr(tokens.TokenSource.__init__, "__kwdefaults__", sizes)


def samples_of(source, split):
    """Keys and ids of all samples of a split, in order."""
    found = [
        (key, batch.columns["tokens"][np.array([n])].values.tolist())
        for shard in source.plan().shards if shard.split == split
        for batch in source.read(shard) for n, key in enumerate(batch.keys)
    ]  # fmt: skip
    return [*zip(*found, strict=True)] or [(), ()]


def cut(form, docs):
    """What the samples of some documents are: those, or blocks of all of them."""
    if form in DOCUMENTS:
        return [doc.tolist() for doc in docs]
    whole = flat(docs, np.int64).tolist()
    return [whole[n : n + BLOCK] for n in range(0, len(whole), BLOCK)]


DOCS = st.lists(st.integers(0, 900), min_size=1, max_size=9).map(
    lambda lengths: [np.random.default_rng(n).integers(0, 60_000, n) for n in lengths]
)


# -- what is whole ------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
@given(docs=DOCS, shard=st.integers(1, 5000), batch=st.integers(1, 5000), pick=st.integers(0, 99),
       wanted=st.lists(st.integers(0, 8), max_size=9))  # fmt: skip
def test_what_is_written_is_read_whatever_the_shards_and_batches(form, docs, shard, batch, pick, wanted):
    docs = [*docs, np.arange(1100)]  # a block and more
    kind = WIDE[form][pick % len(WIDE[form])]
    with tempfile.TemporaryDirectory() as place:
        write_tokens(place, form, train=docs, val=[np.arange(1030)], kind=kind)
        with opened(place, form, shard=shard, batch=batch) as source:
            plan = source.plan()
            assert {d.code for d in plan.defects} <= {"F408"}  # documents without an id
            assert plan.lost == 0
            keys, values = samples_of(source, "train")
            assert [*values] == cut(form, docs)
            path = PAYLOADS[form].format("train")
            assert [*keys] == [f"{path}#{n}" for n in range(len(keys))]
            rows = np.array([n for n in wanted if n < len(keys)], np.int64)
            taken = source.take(path, rows)
            assert taken.keys.to_list() == [keys[n] for n in rows]
            ids = taken.columns["tokens"]
            assert ids.values.dtype == np.dtype(kind)
            assert [ids[np.array([n])].values.tolist() for n in range(len(rows))] == [values[n] for n in rows]
            assert {*taken.columns} == {*source.columns} == {*next(source.read(plan.shards[0])).columns}


@pytest.mark.parametrize("form", FORMATS)
def test_a_format_knows_its_files_and_no_other_s(form, tmp_path):
    with opened(write_tokens(tmp_path / "data", form)) as source:
        assert source.format == form
        assert [shard.split for shard in source.plan().shards] == ["train", "val"]
        assert source.plan().defects == ()


def test_the_new_llmc_holds_ids_of_32_bits(tmp_path):
    docs = [np.array([128_000, 70_000, *range(1200)])]
    write_tokens(tmp_path, "llmc", train=docs, val=docs, magic=20240801, version=7, kind="<u4")
    with opened(tmp_path) as source:
        assert [*samples_of(source, "val")[1]] == cut("llmc", docs)


def test_a_document_of_megatron_has_many_sequences(tmp_path, monkeypatch):
    docs = documents(9)
    write_tokens(tmp_path, "megatron", train=docs, starts=[0, 2, 2, 9], val=documents(9), modes=True)
    expected = [np.concatenate([*docs[:2]]).tolist(), [], np.concatenate([*docs[2:]]).tolist()]
    for step in (1 << 17, 1):  # one look at the table, and one for each document
        monkeypatch.setattr("datastd.sources.megatron._STEP", step)
        with opened(tmp_path) as source:
            assert [*samples_of(source, "train")[1]] == expected


@pytest.mark.parametrize("form", FORMATS)
def test_batches_pickle_and_their_ids_make_the_digest(form, tmp_path):
    with opened(write_tokens(tmp_path, form)) as source:
        batch = next(source.read(source.plan().shards[0]))
        again = pickle.loads(pickle.dumps(batch))
        assert again.digests() == batch.digests()
        assert len({*batch.digests()}) == len(batch)


@given(DOCS, st.sampled_from(["u2", "u4", "i4", "i8", "u8"]))
def test_a_digest_goes_by_ids_and_length_and_not_by_their_type(docs, kind):
    offsets = np.cumsum([0, *map(len, docs)])
    values = flat(docs, np.uint16)
    found = digest.of_sequences(values, offsets)
    assert digest.of_sequences(values.astype(kind) if docs else values, offsets) == found or kind == "i2"
    assert len({*found}) == len({doc.tobytes() for doc in docs})
    assert digest.of_sequences(values[::-1][::-1], offsets) == found
    signed = digest.of_sequences(np.array([-1]), np.array([0, 1]))
    assert signed != digest.of_sequences(np.array([65_535], np.uint16), np.array([0, 1]))


@given(st.lists(st.lists(st.integers(0, 9), max_size=4), min_size=1, max_size=6), st.data())
def test_some_sequences_are_what_a_list_of_lists_gives(lists, data):
    ragged = Ragged(flat(lists, np.int64), np.cumsum([0, *map(len, lists)]))
    rows = data.draw(st.lists(st.integers(0, len(lists) - 1)))
    some = ragged[np.array(rows, np.int64)]
    assert [some.values[a:b].tolist() for a, b in zip(some.offsets, some.offsets[1:], strict=False)] == [lists[n] for n in rows]
    assert len(ragged[1:]) == len(lists) - 1


@pytest.mark.parametrize(
    ("path", "split"),
    [
        ("train.bin", "train"), ("fineweb_val_000.bin", "val"), ("validation/x.ds", "val"), ("dev-1.npy", "val"),
        ("TEST.bin", "test"), ("eval/a/b.bin", "test"), ("train/test.bin", "test"), ("train/x.bin", "train"),
        ("pretraining.bin", "data"), ("contest.bin", "data"), ("trainer.bin", "data"), ("a.bin", "data"),
        ("training_1.bin", "train"), ("x.train1.bin", "train"), ("trainset.json", "train"), ("valset.json", "val"),
        ("instancesTrain.json", "train"), ("TESTSET.bin", "test"), ("dataset.bin", "data"), ("trainVal.bin", "data"),
        ("train/reTest.bin", "test"), ("offset.bin", "data"), ("Train2017/a.bin", "train"),
    ],
)  # fmt: skip
def test_the_split_is_what_the_last_part_of_a_path_speaks_of(path, split):
    assert split_named(path) == split


# -- what is not --------------------------------------------------------------------


def edit(name, change):
    def plant(folder):
        path = folder / name
        path.write_bytes(change(bytearray(path.read_bytes())))
    return plant


def put(at, content):
    def change(whole):
        whole[at : at + len(content)] = content
        return whole
    return change


def number(at, value, kind="<i4"):
    return put(at, np.array(value, kind).tobytes())


def again(form, **options):
    return lambda folder: token_files.WRITERS[form](folder, "train", documents(), **options)


IDX = 34 + 4 * 80  # where the pointers of 80 sequences begin
LAST = IDX + 8 * 80 + 8 * 80
ENDS = np.cumsum([0, *map(len, documents())]).tolist()
ROWS = [("a", "b", n, ENDS[n], ENDS[n + 1]) for n in range(80)]

def _saved(path):
    """Write the ids of a file anew with numpy's header before them, whatever the file is called."""
    ids = np.frombuffer(path.read_bytes(), "<u2")
    with path.open("wb") as file:
        np.save(file, ids)


SPOILED = [
    ("megatron", "F401", edit("train.idx", put(0, b"\0"))),
    ("megatron", "F402", edit("train.idx", number(9, 2, "<u8"))),
    ("megatron", "F403", edit("train.idx", put(17, b"\x09"))),
    ("megatron", "F403", edit("train.idx", put(17, b"\x07"))),  # floats
    ("megatron", "F404", edit("train.idx", lambda c: c[:-4])),
    ("megatron", "F404", edit("train.idx", lambda c: c[:20])),
    ("megatron", "F404", edit("train.idx", number(18, 1 << 62, "<u8"))),
    ("megatron", "F404", edit("train.idx", number(26, (1 << 64) - 1, "<u8"))),
    ("megatron", "F405", edit("train.idx", number(IDX + 8 * 3, ENDS[3] * 2 + 2, "<i8"))),
    ("megatron", "F405", edit("train.idx", number(34, -5))),
    ("megatron", "F406", edit("train.bin", lambda c: c[:-2])),
    ("megatron", "F406", edit("train.bin", lambda c: c + b"\0\0")),
    ("megatron", "F407", edit("train.idx", number(LAST, 79, "<i8"))),
    ("megatron", "F407", edit("train.idx", number(LAST - 8, 99, "<i8"))),
    ("megatron", "F407", edit("train.idx", number(IDX + 8 * 80, 1, "<i8"))),
    ("megatron", "F407", again("megatron", starts=[])),
    ("megatron", "F409", lambda f: (f / "train.bin").unlink()),
    ("megatron", "F409", lambda f: (f / "train.idx").unlink()),
    ("megatron", "F002", lambda f: (f / "train.idx").write_bytes(b"")),
    ("llmc", "F411", edit("corpus_train.bin", number(0, 0))),
    ("llmc", "F411", edit("corpus_train.bin", number(0, 20240522))),  # an evaluation file
    ("llmc", "F411", edit("corpus_train.bin", number(0, 20240520, ">i4"))),
    ("llmc", "F411", edit("corpus_train.bin", lambda c: c[:3])),
    ("llmc", "F412", edit("corpus_train.bin", number(4, 2))),
    ("llmc", "F412", again("llmc", version=7)),
    ("llmc", "F413", edit("corpus_train.bin", lambda c: c + b"\0\0")),
    ("llmc", "F413", edit("corpus_train.bin", lambda c: c[:500])),
    ("llmc", "F413", edit("corpus_train.bin", number(8, (1 << 31) - 1))),
    ("llmc", "F414", edit("corpus_train.bin", number(8, 0))),
    ("llmc", "F414", edit("corpus_train.bin", number(8, -1))),
    ("nanogpt", "F421", edit("train.bin", lambda c: c + b"\0")),
    ("nanogpt", "F421", edit("train.bin", lambda c: c[: 2 * BLOCK])),
    ("nanogpt", "F422", edit("train.bin", number(0, 20240520))),
    ("nanogpt", "F422", edit("train.bin", put(0, b"MMIDIDX\0\0"))),
    ("nanogpt", "F422", again("llmc", magic=7)),  # its magic number is lost
    ("nanogpt", "F423", lambda f: (f / "meta.pkl").write_bytes(meta(65))),
    ("nanogpt", "F423", lambda f: (f / "meta.pkl").write_bytes(pickle.dumps({"itos": {}}))),
    ("nanogpt", "F423", lambda f: (f / "meta.pkl").write_bytes(meta(65, vocab_size="65"))),
    ("nanogpt", "F423", lambda f: (f / "meta.pkl").write_bytes(meta(65, vocab_size=True))),
    ("nanogpt", "F499", lambda f: (f / "meta.pkl").write_bytes(pickle.dumps({"vocab_size": os.system}))),
    ("nanogpt", "F499", lambda f: (f / "meta.pkl").write_bytes(meta(65)[:-9])),
    ("nanogpt", "F499", lambda f: (f / "meta.pkl").write_bytes(b"cos\nsystem\n(S'true'\ntR.")),
    ("nanogpt", "F008", lambda f: (f / "train.bin").write_bytes(pickle.dumps([1] * 9999))),
    ("nanogpt", "F497", lambda f: (f / "train.bin").write_bytes(b"version https://git-lfs.github.com/spec/v1\n")),
    ("datatrove", "F431", edit("train_00000.ds.index", lambda c: c[:-8])),
    ("datatrove", "F431", edit("train_00000.ds.index", lambda c: c[:-3])),
    ("datatrove", "F431", edit("train_00000.ds.index", number(8, 3, "<u8"))),
    ("datatrove", "F431", edit("train_00000.ds.index", number(8 * 79, (1 << 64) - 1, "<u8"))),
    ("datatrove", "F431", edit("train_00000.ds", lambda c: c + b"\0")),
    ("datatrove", "F431", edit("train_00000.ds.loss", lambda c: c + b"\1")),
    ("datatrove", "F431", lambda f: (f / "train_00000.ds.index").unlink()),
    ("datatrove", "F431", lambda f: (f / "train_00000.ds").unlink()),
    ("datatrove", "F431", lambda f: (f / "train_00000.ds.metadata").write_text("gpt2\nmany")),
    ("dolma", "F432", again("dolma", rows=[*ROWS[:5], *ROWS[6:]])),
    ("dolma", "F432", again("dolma", rows=ROWS[:-1])),
    ("dolma", "F432", again("dolma", rows=[*ROWS[:5], ROWS[5], *ROWS[5:]])),
    ("dolma", "F432", again("dolma", rows=[("id", "src", "loc", "start", "end"), *ROWS])),
    ("dolma", "F432", again("dolma", rows=[(*ROWS[0][:3], 0, "9" * 30), *ROWS[1:]])),
    ("dolma", "F432", again("dolma", rows=[ROWS[0][:4], *ROWS[1:]])),
    ("dolma", "F025", lambda f: (f / "part-0-train.csv.gz").unlink()),
    ("dolma", "F025", lambda f: np.arange(9, dtype="<u4").tofile(f / "other-train.npy")),
    ("nanogpt", "F025", lambda f: np.memmap(f / "train.npy", "<u2", "w+", shape=9).flush()),
    ("nanogpt", "F422", lambda f: _saved(f / "train.bin")),
    ("megatron", "F406", lambda f: _saved(f / "train.bin")),
    ("datatrove", "F431", lambda f: _saved(f / "train_00000.ds")),
    ("llmc", "F411", lambda f: _saved(f / "corpus_train.bin")),
    ("dolma", "F432", lambda f: (f / "part-0-train.npy").unlink()),
    ("dolma", "F432", lambda f: np.save(f / "part-0-train.npy", np.arange(9))),
    ("dolma", "F432", lambda f: _saved(f / "part-0-train.npy")),
    ("dolma", "F432", lambda f: (f / "part-0-train.csv.gz").write_bytes(gzip.compress(b"\xff\n"))),
    ("dolma", "F432", lambda f: (f / "part-0-train.csv.gz").write_bytes(gzip.compress(b'"a"b,c\n'))),
    ("dolma", "F432", lambda f: (f / "part-0-train.csv.gz").write_bytes(gzip.compress(b"a" * (1 << 22)))),
    ("dolma", "F003", edit("part-0-train.csv.gz", lambda c: c[:-5])),
    ("dolma", "F004", lambda f: (f / "part-0-train.csv.gz").write_text("a,b,0,0,9\n")),
]  # fmt: skip


@pytest.mark.parametrize(("form", "code", "plant"), SPOILED)
def test_what_is_wrong_is_named_and_the_neighbour_is_still_read(form, code, plant, tmp_path):
    folder = write_tokens(tmp_path / "data", form)
    with opened(folder, form) as source:
        neighbour = len(samples_of(source, "val")[0])
    plant(folder)
    found, read = codes(folder, form)
    assert code in found
    if code != "F423":  # it is about all files beside it
        assert read >= neighbour
    report = datastd.check(folder, standard="token-shards/1", format=form)
    assert report.outcome in ("fail", "unknown")
    assert report[code].outcome == "fail"
    assert report[code].examples[0].says


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_file_a_stray_one_and_a_link_are_named(form, tmp_path):
    folder = write_tokens(tmp_path / "data", form)
    path = folder / PAYLOADS[form].format("train")
    path.write_bytes(b"")
    (folder / "notes.xyz").write_text("x")
    (folder / "link.bin").symlink_to("nowhere")
    found, read = codes(folder, form)
    assert {"F001", "F002", "F099"} <= {*found}
    assert read


@pytest.mark.parametrize("form", FORMATS)
@given(data=st.data())
def test_no_garbled_byte_raises(form, data):
    with tempfile.TemporaryDirectory() as place:
        folder = write_tokens(place, form, train=documents(20), **({"meta": meta(65)} if form == "nanogpt" else {}))
        path = folder / data.draw(st.sampled_from(sorted(os.listdir(folder))))
        content = bytearray(path.read_bytes())
        for _ in range(data.draw(st.integers(1, 4))):
            at = data.draw(st.integers(0, min(len(content) - 1, 400)))
            content[at] = data.draw(st.integers(0, 255))
        path.write_bytes(content[: data.draw(st.sampled_from([len(content), len(content) // 2, 1]))])
        codes(folder, form)


def test_only_blocks_that_the_vocabulary_has_no_room_for_are_lost(tmp_path):
    docs = [np.arange(65)[np.arange(BLOCK) % 65] for _ in range(5)]
    docs[1], docs[3] = docs[1] + np.eye(1, BLOCK, 7, dtype=np.int64)[0] * 70, docs[3] + np.eye(1, BLOCK, 0, dtype=np.int64)[0] * 70
    write_tokens(tmp_path, "nanogpt", train=docs, val=docs[:1] + docs[2:3], meta=meta(65))
    with opened(tmp_path) as source:
        shard = next(shard for shard in source.plan().shards if shard.split == "train")
        read = [*source.read(shard)]
        lost = [one for one in read if isinstance(one, Defect)]
        assert [(one.key, one.at, one.found) for one in lost] == [
            ("train.bin#1", f"id {BLOCK + 7}", "77"), ("train.bin#3", f"id {3 * BLOCK}", "70"),
        ]  # fmt: skip
        (batch,) = [one for one in read if not isinstance(one, Defect)]
        assert batch.keys.to_list() == ["train.bin#0", "train.bin#2", "train.bin#4"]
        assert batch.columns["tokens"].values.tolist() == flat([docs[0], docs[2], docs[4]], np.int64).tolist()


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_meta_is_read_as_any_python_writes_it(protocol, tmp_path):
    docs = [np.arange(65)[np.arange(BLOCK + 1) % 65]]
    write_tokens(tmp_path, "nanogpt", train=docs, val=docs, meta=meta(65, protocol))
    assert codes(tmp_path) == ([], 4)


def test_a_document_that_fills_memory_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(tokens, "SAMPLE", 1000)
    in_pieces(monkeypatch, shard=900, batch=900)
    folder = write_tokens(tmp_path, "datatrove", train=[*documents(5), np.arange(2000), *documents(5)])
    assert codes(folder) == (["F498"], 50)
    report = datastd.check(folder, standard="token-shards/1")
    assert (report.accounting.defective, report["F498"].examples[0].key) == (1, "train_00000.ds#5")


def test_many_documents_without_an_id_are_shards_of_so_many(tmp_path, monkeypatch):
    monkeypatch.setattr(tokens, "MOST", 7)
    docs = [np.array([], np.int64)] * 30 + documents(2)
    with opened(write_tokens(tmp_path, "datatrove", train=docs)) as source:
        assert [s.samples for s in source.plan().shards if s.split == "train"] == [7, 7, 7, 7, 4]
        assert [*samples_of(source, "train")[1]] == [doc.tolist() for doc in docs]


def test_a_row_that_is_not_there_is_no_sample(tmp_path):
    with opened(write_tokens(tmp_path, "nanogpt")) as source, pytest.raises(IndexError, match="rows from 0 to"):
        source.take("train.bin", np.array([99]))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("first", [640, 896, 1152, 1408, 0x6428])
def test_an_id_that_begins_as_a_pickle_does_is_an_id(form, first, tmp_path):
    docs = documents()
    docs[0][:2] = first, ord("p")
    assert codes(write_tokens(tmp_path, form, train=docs)) == ([], 120 if form in DOCUMENTS else 8)


def test_weights_are_no_tokens(tmp_path):
    (tmp_path / "pytorch_model.bin").write_bytes(b"PK\3\4" + bytes(9999))
    assert not reader("nanogpt").recognises(Tree(tmp_path))


# -- the whole way ------------------------------------------------------------------


@needs_data
@pytest.mark.parametrize("form", FORMATS)
def test_real_text_has_no_flaw_but_its_few_words(form, tmp_path):
    docs = token_files.shakespeare()
    write_tokens(tmp_path, form, train=docs[:6000], val=docs[6000:])
    report = datastd.check(tmp_path, standard="token-shards/1")
    said = {one.code: one.outcome for one in report.verdicts if one.outcome != "pass"}
    assert said in ({}, {"L402": "warn"})
    assert report.accounting.samples == sum(len(cut(form, part)) for part in (docs[:6000], docs[6000:]))


@pytest.mark.parametrize("form", FORMATS)
def test_any_sharding_gives_one_verdict(form, tmp_path, monkeypatch):
    docs = documents(60)
    docs[3][5], docs[7][9:11] = 50_300, EOS
    folder = write_tokens(tmp_path, form, train=docs)
    seen = []
    for shard, batch in ((1 << 30, 1 << 20), (3000, 1000), (500, 7)):
        in_pieces(monkeypatch, shard=shard, batch=batch)
        report = datastd.check(folder, standard="token-shards/1")
        seen.append((report.verdicts, report.splits, report.accounting))
    assert seen[0] == seen[1] == seen[2]
    assert report["C401"].failed == 1


def test_what_the_files_do_not_state_is_not_asked(tmp_path):
    def unasked(form):
        report = datastd.check(tmp_path / form, standard="token-shards/1")
        codes = {one.code for one in report.not_asked}
        assert not codes & {one.code for one in report.verdicts}
        return {code for code in codes if code in {"C405", "C411", "C413"}}

    for form in FORMATS:
        write_tokens(tmp_path / form, form)
    found = {form: unasked(form) for form in FORMATS}
    blocks, documented = {"C405", "C411", "C413"}, {"C411", "C413"}
    assert found == {"nanogpt": blocks, "llmc": blocks, "megatron": documented, "dolma": documented, "datatrove": {"C411"}}
    first, second = sorted((tmp_path / "datatrove").glob("*.metadata"))
    first.unlink()
    assert unasked("datatrove") == {"C411"}  # the other file states it
    second.unlink()
    assert unasked("datatrove") == {"C411", "C413"}


def test_ids_without_a_label_have_records_too(tmp_path):
    one = datastd.check(write_tokens(tmp_path / "a", "datatrove"), standard="token-shards/1")
    other = datastd.check(write_tokens(tmp_path / "b", "megatron", kind="<i4"), standard="token-shards/1")
    assert one.splits == other.splits
    changed = datastd.check(write_tokens(tmp_path / "c", "datatrove", train=documents(80, seed=9)), standard="token-shards/1")
    assert changed.splits["train"] != one.splits["train"]
    assert changed.splits["val"] == one.splits["val"]


# -- written anew -------------------------------------------------------------------


def written(folder, out, kept):
    """Write some samples anew; give what the new folder reads, and whether it has a flaw."""
    with opened(folder) as source, Draft(out) as draft:
        source.plan()
        source.write(kept, draft)
        draft.publish()
    with opened(out) as source:
        return [*samples_of(source, "train")[1]], {d.code for d in source.plan().defects}


@pytest.mark.parametrize("form", FORMATS)
@given(docs=DOCS, out=st.sets(st.integers(0, 9)), blocks=st.integers(2, 4))
def test_what_is_written_anew_reads_as_the_samples_that_stay(form, docs, out, blocks):
    docs = [*docs, np.arange(BLOCK * blocks + 5)]
    more = {"modes": True} if form == "megatron" else {}
    with tempfile.TemporaryDirectory() as place:
        folder = write_tokens(Path(place, "data"), form, train=docs, val=[np.arange(1030)], **more)
        every = cut(form, docs)
        rows = [n for n in range(len(every)) if n not in out]
        whole = np.arange(1 if form in DOCUMENTS else 2)
        kept = {PAYLOADS[form].format("train"): np.array(rows, np.int64), PAYLOADS[form].format("val"): whole}
        found, flaws = written(folder, Path(place, "out"), kept)
        expected = [every[n] for n in rows]
        left = sum(map(len, expected))
        if not left or (form == "nanogpt" and left <= BLOCK):  # too few for a file of their own
            assert flaws <= {"F002", "F421"}
            return
        assert found == expected
        assert flaws <= ({"F408"} if rows else set())
        if len(rows) == len(every):
            assert all((folder / name).read_bytes() == Path(place, "out", name).read_bytes() for name in os.listdir(folder))


@pytest.mark.parametrize("form", DOCUMENTS)
def test_clean_leaves_out_what_the_vocabulary_does_not_have(form, tmp_path):
    docs = documents()
    docs[3][5] = docs[60][0] = 50_300
    folder = write_tokens(tmp_path / "data", form, train=docs)
    assert datastd.clean(folder, tmp_path / "out", "token-shards/1")
    report = datastd.check(tmp_path / "out", standard="token-shards/1")
    assert (report.outcome, report.accounting.samples) == ("pass", 118)
