"""
Parquet and Arrow's IPC: how fast they are read, and the worst that a file can do.

    python tests/bench/columnar.py [speed] [hostile]

Prints lines of JSON.  Run it on a quiet machine; needs ../shared.

`speed`: texts per second through `Source.read` (a plan, keys, UTF-8 looked at, structure
validated), and through pyarrow alone, which does none of it; all columns, one core, medians
of seven, both sides in turn.
`hostile`: every file of the fuzzing corpora of ../shared/data, and made ones that come to
gigabytes, all of their columns: the slowest by time of the processor, and the most resident
memory beyond that of a process that has read a sound file.
"""

import io
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from gate import SHARED, say

from datastd.disk import Tree
from datastd.sources import Defect
from datastd.sources.arrow import Arrow
from datastd.sources.parquet import Parquet

PLACES = ("arrow_testing/parquet/fuzzing/*", "parquet_testing/*/*.parquet")


def peers(path):
    """Read all columns with pyarrow alone."""
    if path.suffix == ".parquet":
        return sum(len(one) for one in pq.ParquetFile(path).iter_batches(use_threads=False))
    with pa.OSFile(str(path)) as file:
        stream = pa.ipc.open_stream(file, options=pa.ipc.IpcReadOptions(use_threads=False))
        return sum(len(one) for one in stream)


def ours(kind, folder):
    with kind(Tree(folder)) as source:
        return sum(len(one) for shard in source.plan().shards for one in source.read(shard))


def timed(function, *arguments):
    begun = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - begun


def texts(count, words):
    draw = np.random.default_rng(0)
    known = np.array(["".join(map(chr, draw.integers(97, 123, draw.integers(2, 10)))) for _ in range(5000)])
    return [" ".join(known[draw.zipf(1.3, words) % 5000]) for _ in range(count)]


def speed():
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    for count, words in ((20_000, 400), (200_000, 20)):
        values = texts(count, words)
        rows = pa.table({"text": values, "id": range(count), "url": values})
        for kind, codec in ((Parquet, "snappy"), (Parquet, "zstd"), (Arrow, None), (Arrow, "zstd")):
            with tempfile.TemporaryDirectory() as root:
                path = Path(root) / ("x.parquet" if kind is Parquet else "x.arrows")
                if kind is Parquet:
                    pq.write_table(rows, path, compression=codec, row_group_size=count // 4)
                else:
                    with pa.ipc.new_stream(path, rows.schema, options=pa.ipc.IpcWriteOptions(compression=codec)) as to:
                        to.write_table(rows, max_chunksize=1000)  # as HF datasets does
                both = [(timed(ours, kind, path.parent), timed(peers, path)) for _ in range(8)][1:]
                own, peer = (median(side) for side in zip(*both, strict=True))
                size = sum(map(len, values)) / 1e6
                say("speed", of=f"{path.suffix[1:]} {codec} {words} words", read_MB_s=size / own,
                    pyarrow_MB_s=size / peer, ratio=own / peer)  # fmt: skip


def bombs():
    """Small files that come to gigabytes."""
    long = pa.array(["x" * 1_000_000])
    again = pa.DictionaryArray.from_arrays(pa.array(np.zeros(4000, np.int32)), long)
    out = io.BytesIO()
    pq.write_table(pa.table({"text": again}), out, dictionary_pagesize_limit=1 << 26)
    yield "4 GB by dictionary", "x.parquet", out.getvalue()
    for encoding in ("PLAIN", "DELTA_BYTE_ARRAY"):
        out = io.BytesIO()
        options = {"use_dictionary": False, "compression": "zstd", "column_encoding": {"text": encoding}}
        pq.write_table(pa.table({"text": ["x" * 400_000] * 1000}), out, **options)
        yield f"400 MB, {encoding}", "x.parquet", out.getvalue()
    out = io.BytesIO()
    rows = pa.table({"text": ["x" * 400_000] * 1000})
    with pa.ipc.new_stream(out, rows.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as to:
        to.write_table(rows)
    yield "400 MB in a batch", "x.arrows", out.getvalue()


def hostile():
    """Each file by itself, all of its columns, in this process; it has read a sound file before."""
    files = [(path.name, "x.parquet", path.read_bytes()) for place in PLACES for path in sorted(SHARED.glob(place))]
    whole = io.BytesIO()
    pq.write_table(pa.table({"text": ["a sound text"] * 100}), whole)
    slowest, base = (0.0, ""), 0
    with tempfile.TemporaryDirectory() as root:
        for number, (name, place, content) in enumerate([("sound", "x.parquet", whole.getvalue()), *files, *bombs()]):
            folder = Path(root) / str(number)
            folder.mkdir()
            (folder / place).write_bytes(content)
            begun, samples, counted = time.process_time(), 0, 0
            with (Parquet if place == "x.parquet" else Arrow)(Tree(folder)) as source:
                for shard in source.plan().shards:
                    samples += shard.samples
                    for one in source.rows(shard, None):
                        counted += one.samples if isinstance(one, Defect) else len(one.numbers)
            assert samples == counted, name
            spent, peak = time.process_time() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            slowest, base = (max(slowest, (spent, name)), base) if number else (slowest, peak)
    say("hostile", files=number, slowest_s=slowest[0], slowest=slowest[1], most_MB=(peak - base) >> 10)


if __name__ == "__main__":
    parts = {"speed": speed, "hostile": hostile}
    for asked in sys.argv[1:] or parts:
        parts[asked]()
