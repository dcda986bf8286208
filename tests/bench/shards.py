"""
Shards of WebDataset and MDS that are large, or hostile: time, and memory beyond the start, as JSON.

    python tests/bench/shards.py [members]

Each case is read in a process of its own, behind a sound one that compiles the kernels.
"""

import gzip
import json
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from shard_files import about, shard, tar, write_mds, write_webdataset

from datastd.pipeline import open_source
from datastd.sources import Defect

MEMBERS = 1_000_000


def entry(name, content=b"", kind=tarfile.REGTYPE):
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.type = len(content), 1, kind
    return info.tobuf(tarfile.GNU_FORMAT) + content + bytes(-len(content) % 512)


def archive(folder, pieces, name="train.tar"):
    folder.mkdir()
    with (folder / name).open("wb") as file:
        for piece in pieces:
            file.write(piece)
        file.write(bytes(1024))


def long(folder):
    """Records of 64 KiB before every member."""
    body = b"".join(b"3000 k%02d=%s\n" % (n, b"v" * 2990) for n in range(20))
    archive(folder, (entry("x", body, b"x") + entry(f"{n}.txt", b"a") for n in range(2000)))


def offsets(folder):
    """A table of a hundred million offsets, and a file that is no longer than it says."""
    rows = [{"text": "a"}]
    write_mds(folder, {"text": "str"}, rows)
    path = folder / "shard.00000.mds"
    path.write_bytes(np.array([2**32 - 1, 2**32 - 1], "<u4").tobytes() + path.read_bytes()[8:])


def empty_samples(folder):
    """Millions of samples of no byte."""
    content, said = shard({"text": "str"}, [])
    count, config = 2_000_000, content[8:]
    table = np.full(count + 1, 8 + 4 * count + len(config), "<u4")
    content = np.array(count, "<u4").tobytes() + table.tobytes() + config
    folder.mkdir()
    (folder / "shard.00000.mds").write_bytes(content)
    entry_ = said | {"samples": count, "raw_data": about(content, "shard.00000.mds"), "zip_data": None}
    (folder / "index.json").write_text(json.dumps({"version": 2, "shards": [entry_]}))


def index_of(text):
    def write(folder):
        write_mds(folder, {"text": "str"}, [{"text": "a"}])
        (folder / "index.json").write_text(text)
    return write


def lying(**said):
    return lambda folder: write_mds(folder, {"text": "str"}, [{"text": "a"}], change=lambda i: i["shards"][0].update(said))


def raw(**said):
    return lambda folder: write_mds(folder, {"text": "str"}, [{"text": "a"}], change=lambda i: i["shards"][0]["raw_data"].update(said))


def samples(members):
    def write(folder):
        archive(folder, (entry(f"d/{n:08}.{suffix}", b"hello world") for n in range(members // 2) for suffix in ("txt", "cls")))
    return write


def numbered(members):
    def write(folder):
        archive(folder, (entry(f"{n:08}.{suffix}", b"7") for n in range(members // 2) for suffix in ("txt", "cls")))
    return write


def tgz(folder):
    folder.mkdir()
    (folder / "x.tgz").write_bytes(gzip.compress(tar([("0.txt", bytes(200 << 20))], mtime=1)))


CASES = {
    "members": lambda members: numbered(members),
    "labels that are none": lambda members: samples(members // 10),
    "one sample of all members": lambda members: lambda f: archive(f, (entry(f"0.{n}") for n in range(members // 10))),
    "links": lambda members: lambda f: archive(f, (entry(f"{n}.txt", kind=tarfile.SYMTYPE) for n in range(members // 10))),
    "names that lead out": lambda members: lambda f: archive(f, (entry(f"../{n}.txt", b"a") for n in range(members // 10))),
    "hidden": lambda members: lambda f: archive(f, (entry(f"._{n}.txt", b"a") for n in range(members // 10))),
    "sets of suffixes": lambda members: lambda f: archive(f, (entry(f"{n}.s{n}", b"a") for n in range(members // 10))),
    "keys that come again": lambda members: lambda f: archive(f, (entry(f"{n % 2}.txt", b"a") for n in range(members // 10))),
    "long records": lambda members: long,
    "a bomb": lambda members: tgz,
    "offsets": lambda members: offsets,
    "samples of no byte": lambda members: empty_samples,
    "an index of nothing": lambda members: index_of('{"version": 2, "shards": [' + "{}," * 300_000 + "{}]}"),
    "an index that is deep": lambda members: index_of("[" * 1_000_000),
    "bytes of 2^63": lambda members: raw(bytes=2**63),
    "bytes below 0": lambda members: raw(bytes=-1),
    "samples of 2^63": lambda members: lying(samples=2**63),
    "a shard elsewhere": lambda members: raw(basename="../../x"),
}  # fmt: skip


def look(place):
    begun, worked, found, defects = time.perf_counter(), time.process_time(), 0, 0
    with open_source(place) as source:
        plan = source.plan()
        planned = time.perf_counter() - begun
        defects += len(plan.defects)
        for one in plan.shards:
            for got in source.read(one):
                if isinstance(got, Defect):
                    defects += 1
                else:
                    found += len(got)
    return {
        "plan_s": round(planned, 2), "s": round(time.perf_counter() - begun, 2),
        "cores_s": round(time.process_time() - worked, 2), "samples": found, "defects": defects,
    }  # fmt: skip


def resident():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(members):
    with tempfile.TemporaryDirectory() as place:
        write_webdataset(Path(place) / "w")
        write_mds(Path(place) / "m", {"text": "str"}, [{"text": "a"}])
        for name, case in CASES.items():
            folder = Path(place) / name.replace(" ", "-")
            case(members)(folder)
            command = [sys.executable, __file__, "--one", place, str(folder)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            print(json.dumps({"case": name, **json.loads(done.stdout)}), flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        for sound in ("w", "m"):
            look(Path(sys.argv[2]) / sound)
        before = resident()
        print(json.dumps({**look(Path(sys.argv[3])), "memory_mb": round(resident() - before)}))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else MEMBERS)
