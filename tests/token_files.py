"""Files of token ids, written here byte by byte as their own tools write them."""

import csv
import gzip
import io
import pickle
import re
from pathlib import Path

import numpy as np
from support import SHARED

FORMATS = ("nanogpt", "llmc", "megatron", "datatrove", "dolma")
DOCUMENTS = FORMATS[2:]
EOS = 50_256


def documents(count=80, *, seed=0, length=60, size=50_000):
    """Random documents, each with its end of text: nothing to find fault with."""
    random = np.random.default_rng(seed)
    return [
        np.append(random.integers(1, size, length + n % 7), EOS).astype(np.int64) for n in range(count)
    ]


def shakespeare(vocabulary=50_000):
    """Paragraphs of tinyshakespeare: a word, or what stands between two, is an id."""
    known, found = {}, []
    for text in (SHARED / "tinyshakespeare" / "input.txt").read_text().split("\n\n"):
        words = re.findall(r"\w+|\W", text)
        found.append(np.array([*(known.setdefault(w, len(known) + 1) for w in words), EOS]))
    assert len(known) < vocabulary
    return found


def flat(docs, kind):
    return np.concatenate([np.empty(0, np.int64), *docs]).astype(kind)


def nanogpt(folder, split, docs, *, kind="<u2", meta=None):
    (folder / f"{split}.bin").write_bytes(flat(docs, kind).tobytes())
    if meta is not None:
        (folder / "meta.pkl").write_bytes(meta)


def meta(size, protocol=4, **more):
    """What nanoGPT's `prepare.py` pickles."""
    letters = [chr(n + 32) for n in range(size)]
    return pickle.dumps(
        {"vocab_size": size, "itos": dict(enumerate(letters)), "stoi": {c: n for n, c in enumerate(letters)}} | more,
        protocol,
    )


def llmc(folder, split, docs, *, magic=20240520, version=1, kind="<u2", count=None):
    ids = flat(docs, kind)
    header = np.zeros(256, "<u4")
    header[:3] = magic, version, len(ids) if count is None else count
    (folder / f"corpus_{split}.bin").write_bytes(header.tobytes() + ids.tobytes())


def megatron(folder, split, docs, *, kind="<u2", code=None, starts=None, modes=False, version=1):
    codes = {"u2": 8, "i4": 4, "i8": 5}
    lengths = np.array([len(doc) for doc in docs], "<i4")
    pointers = (np.cumsum(lengths, dtype=np.int64) - lengths) * np.dtype(kind).itemsize
    starts = np.arange(len(docs) + 1) if starts is None else np.asarray(starts)
    head = b"MMIDIDX\0\0" + np.array(version, "<u8").tobytes() + bytes([code or codes[kind[1:]]])
    head += np.array([len(lengths), len(starts)], "<u8").tobytes()
    tables = lengths.tobytes() + pointers.astype("<i8").tobytes() + starts.astype("<i8").tobytes()
    (folder / f"{split}.idx").write_bytes(head + tables + bytes(len(lengths)) * modes)
    (folder / f"{split}.bin").write_bytes(flat(docs, kind).tobytes())


def datatrove(folder, split, docs, *, kind="<u2", loss=True, tokens=None):
    ids, path = flat(docs, kind), folder / f"{split}_00000.ds"
    path.write_bytes(ids.tobytes())
    ends = np.cumsum([len(doc) for doc in docs]).astype("<u8")
    path.with_name(f"{path.name}.index").write_bytes(ends.tobytes())
    if loss:
        path.with_name(f"{path.name}.loss").write_bytes(b"\1" * len(ids))
    count = len(ids) if tokens is None else tokens
    path.with_name(f"{path.name}.metadata").write_text(f"gpt2|{ids.itemsize}\n{count}\n1.2 kT")


def dolma(folder, split, docs, *, kind="<u2", rows=None):
    (folder / f"part-0-{split}.npy").write_bytes(flat(docs, kind).tobytes())
    ends = np.cumsum([0, *map(len, docs)]).tolist()
    text = io.StringIO()
    csv.writer(text).writerows(
        rows or [(f"id{n}", 'a,"b"\nc.gz', n, ends[n], ends[n + 1]) for n in range(len(docs))]
    )
    (folder / f"part-0-{split}.csv.gz").write_bytes(gzip.compress(text.getvalue().encode(), mtime=0))


WRITERS = {writer.__name__: writer for writer in (nanogpt, llmc, megatron, datatrove, dolma)}
PAYLOADS = {"nanogpt": "{}.bin", "llmc": "corpus_{}.bin", "megatron": "{}.bin", "datatrove": "{}_00000.ds",
            "dolma": "part-0-{}.npy"}  # fmt: skip


def write_tokens(folder, form, *, train=None, val=None, **options):
    """Write two splits that have no flaw, unless other documents are given; return the folder."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    WRITERS[form](folder, "train", documents() if train is None else train, **options)
    WRITERS[form](folder, "val", documents(40, seed=1) if val is None else val, **options)
    return folder
