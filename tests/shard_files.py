"""Archives of WebDataset, and shards of MosaicML's streaming, written as their own tools write them."""

import hashlib
import io
import json
import tarfile
from pathlib import Path

import numpy as np

TEXT = "{} The quick brown fox number {} jumps over the lazy dog, and sleeps."


def tar(members, *, form=tarfile.PAX_FORMAT, mtime=1.5, end=True):
    """An archive of ``(name, content)``; in place of content a `TarInfo` may stand."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name, content in members:
            info = content if isinstance(content, tarfile.TarInfo) else tarfile.TarInfo(name)
            info.name, info.mtime = name, mtime
            if info is content:
                archive.addfile(info)
            else:
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
        stop = archive.offset
    return out.getvalue() if end else out.getvalue()[:stop]


def link(kind=tarfile.SYMTYPE):
    info = tarfile.TarInfo()
    info.type, info.linkname = kind, "0.txt"
    return info


def documents(split, count=6):
    return [TEXT.format(split, n) for n in range(count)]


def members(split="train", count=6):
    """Members of sound samples: a text and JSON each."""
    for n, text in enumerate(documents(split, count)):
        yield f"{split}/{n:03}.txt", text.encode()
        yield f"{split}/{n:03}.json", json.dumps({"source": "fox", "label": n % 2}).encode()


def write_webdataset(folder, splits=("train", "val"), **changed):
    """Write an archive for each split, sound unless other members are given; return the folder."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for split in splits:
        (folder / f"{split}.tar").write_bytes(tar(changed.get(split, [*members(split)])))
    return folder


SIZES = {"int": 8, "uint8": 1, "uint16": 2, "uint32": 4, "uint64": 8, "int8": 1, "int16": 2, "int32": 4,
         "int64": 8, "float16": 2, "float32": 4, "float64": 8}  # fmt: skip


def encoded(kind, value):
    """A value as MDS has it; bytes stand for themselves."""
    if isinstance(value, bytes):
        return value
    if kind.startswith("ndarray"):
        dtype, _, shape = kind.removeprefix("ndarray").lstrip(":").partition(":")
        array, head = np.asarray(value), b""
        if not dtype:
            head += bytes([{"u": 0, "i": 1, "f": 2}[array.dtype.kind] + 8 * array.dtype.itemsize])
        if not shape:
            width = next(n for n in range(4) if max(array.shape) < 1 << (8 << n))
            head += bytes([array.ndim << 2 | width]) + np.array(array.shape, f"<u{1 << width}").tobytes()
        return head + array.tobytes()
    if kind == "json":
        return json.dumps(value).encode()
    if kind in SIZES:
        return np.array(value, "int64" if kind == "int" else kind).tobytes()
    return str(value).encode()


def fixed(kind):
    """The bytes that each value of an encoding has; none where they differ."""
    dtype, _, shape = kind.removeprefix("ndarray:").partition(":")
    if kind.startswith("ndarray") and shape:
        return int(np.prod([*map(int, shape.split(","))])) * np.dtype(dtype).itemsize
    return SIZES.get(kind)


def shard(columns, rows, **config):
    """The bytes of one shard, and what its config says."""
    names = sorted(columns)
    kinds = [columns[name] for name in names]
    said = {"version": 2, "format": "mds", "compression": None, "hashes": [], "size_limit": 1 << 26,
            "column_names": names, "column_encodings": kinds,
            "column_sizes": [fixed(kind) for kind in kinds]} | config  # fmt: skip
    samples = []
    for row in rows:
        values = [encoded(kind, row[name]) for name, kind in zip(names, kinds, strict=True)]
        sizes = [len(value) for value, kind in zip(values, kinds, strict=True) if fixed(kind) is None]
        samples.append(np.array(sizes, "<u4").tobytes() + b"".join(values))
    text = json.dumps(said, sort_keys=True).encode()
    offsets = np.cumsum([4 + 4 * (len(rows) + 1) + len(text), *map(len, samples)]).astype("<u4")
    return np.array(len(rows), "<u4").tobytes() + offsets.tobytes() + text + b"".join(samples), said


def about(content, name, hashes=()):
    return {"basename": name, "bytes": len(content),
            "hashes": {algo: hashlib.new(algo, content).hexdigest() for algo in hashes}}  # fmt: skip


def write_mds(folder, columns, rows, *, each=4, hashes=(), pack=None, ending="", change=None, edit=None):
    """Write shards of *each* rows and their index; ``change`` alters the index, ``edit`` a shard's bytes."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    index = {"version": 2, "shards": []}
    compression = ending or None
    for n, start in enumerate(range(0, len(rows), each)):
        some = rows[start : start + each]
        content, said = shard(columns, some, hashes=[*hashes], compression=compression)
        name = f"shard.{n:05}.mds"
        entry = {**said, "samples": len(some), "raw_data": about(content, name, hashes), "zip_data": None}
        if pack:
            packed = pack(content)
            entry["zip_data"] = about(packed, f"{name}.{ending}", hashes)
            (folder / f"{name}.{ending}").write_bytes(packed)
        else:
            (folder / name).write_bytes(edit(bytearray(content)) if edit and n == 0 else content)
        index["shards"].append(entry)
    if change:
        index = change(index) or index
    (folder / "index.json").write_text(json.dumps(index, sort_keys=True))
    return folder
