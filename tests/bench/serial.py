"""
Text, CSV, JSON lines and web archives: how fast they are read, and the worst a file can do.

    python tests/bench/serial.py [speed] [hostile]

Prints lines of JSON.  Run it on a quiet machine; needs ../shared.

`speed`: MB/s of numbering, and of reading into columns, one core; CSV beside polars'
reader, one thread, of columns as text.  Medians of five.
`hostile`: every file of ../shared/data that is known to be odd, and made ones (a line of
1 GB, a quote that is never closed, a bomb, lengths that are wrong), each as text, CSV, JSON
lines and archive: the slowest by time of the processor, and the most resident memory beyond what was there.
"""

import gzip
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

os.environ["POLARS_MAX_THREADS"] = "1"

import polars as pl

from datastd.disk import Tree
from datastd.sources import Defect
from datastd.sources.csv import Csv
from datastd.sources.jsonl import Jsonl
from datastd.sources.text import Text
from datastd.sources.warc import Warc

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
HOSTILE = ("utf8_test", "blns", "chardet_tests", "warc", "arrow_testing/csv")
MOST_S, MOST_MB = 1, 256


def whole(source):
    """Number and read all samples; how many there are and how many defects."""
    read = wrong = 0
    plan = source.plan()
    for shard in plan.shards:
        for one in source.read(shard):
            read, wrong = (read, wrong + 1) if isinstance(one, Defect) else (read + len(one), wrong)
    return read, wrong + len(plan.defects)


def timed(function):
    begun = time.perf_counter()
    function()
    return time.perf_counter() - begun


def made(place):
    """Folders with one large file each, by format; and the options of the source."""
    text = b"".join(path.read_bytes() for path in sorted((SHARED / "wikitext2").rglob("*.txt"))) * 40
    rows = pl.DataFrame({"id": range(200_000), "text": ['a "quoted" text, of\nsome length ' * 8] * 200_000, "score": [0.25] * 200_000})
    wet = (SHARED / "warc/whirlwind/whirlwind.warc.wet").read_bytes()
    wet = wet[wet.index(b"WARC/1.0\r\nWARC-Type: conversion") :] * 10_000
    for name, content in (("text/x.txt", text), ("csv/x.csv", rows.write_csv().encode()), ("plain/x.csv", rows.with_columns(text=pl.lit("a text of some length " * 8)).write_csv().encode()), ("warc/x.wet", wet)):
        (place / name).parent.mkdir()
        (place / name).write_bytes(content)
    yield from ((Text, "text", ["lines"]), (Text, "text", ["blocks"]), (Csv, "csv", []), (Csv, "plain", []), (Warc, "warc", []))


def speed():
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as root:
        for kind, folder, options in made(Path(root)):
            (path,) = (Path(root) / folder).iterdir()
            size, plans, reads = path.stat().st_size / 1e6, [], []
            for _ in range(6):
                with kind(Tree(path.parent), *options) as source:
                    plans.append(timed(source.plan))
                    reads.append(timed(lambda: [len(one) for shard in source.plan().shards for one in source.read(shard)]))
            said = {"of": " ".join([kind.format, folder, *options]), "MB": round(size), "number MB/s": round(size / median(plans[1:])), "read MB/s": round(size / median(reads[1:]))}
            if kind is Csv:
                peer = [timed(lambda: pl.read_csv(path, infer_schema=False)) for _ in range(5)]
                said["polars MB/s"] = round(size / median(peer))
            print(json.dumps(said))


AS = {"text": (Text, ".txt", ""), "blocks": (Text, ".txt", "blocks"), "lines": (Text, ".txt", "lines"), "csv": (Csv, ".csv", ""), "jsonl": (Jsonl, ".jsonl", ""), "warc": (Warc, ".warc", "")}


def odd():
    """Contents to read, each with its name, and as what."""
    for folder in HOSTILE:
        for path in sorted((SHARED / folder).rglob("*")):
            if path.is_file():
                yield str(path.relative_to(SHARED)), [path.read_bytes()], [*AS]
    line = b"x" * (1 << 20)
    header = b"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Date: 2024-01-01T00:00:00Z\r\nWARC-Record-ID: <x>\r\nContent-Type: text/plain\r\nContent-Length: "
    yield "a line of 1 GB", [line] * 1024, ["lines", "jsonl"]
    yield "a record of 1 GB", [b'{"text":"a"}\n{"text":"', *([line] * 1024), b'"}\n{"text":"b"}\n'], ["jsonl"]
    yield "records of 15 MB", [b'{"text":"', *([line] * 15), b'"}\n'] * 4, ["jsonl"]
    yield "escapes alone", [b'{"text":"', *([b"\\u00e9" * (1 << 17)] * 20), b'"}\n'] * 2, ["jsonl"]
    yield "arrays without end", [b"[" * (1 << 20)] * 15, ["jsonl"]
    yield "keys without end", [b"{", *(b'"%d":0,' % n for n in range(900_000)), b'"text":"a"}\n'], ["jsonl"]
    yield "digits without end", [b'{"n":', *([b"9" * (1 << 20)] * 15), b',"text":"a"}\n'], ["jsonl"]
    yield "short records", [b'{"text":"a"}\n' * (1 << 18)] * 4, ["jsonl"]
    yield "lines that are none", [b"{\n" * (1 << 18)], ["jsonl"]
    yield "rows that are none", [b"text,b\n", b"a\n" * (1 << 18)], ["csv"]
    yield "a bomb of lines.gz", [gzip.compress(b'{"text":"a"}\n' * (8 << 20))], ["jsonl"]
    yield "a line of 200 MB", [line] * 200, [*AS]
    yield "a quote that is never closed", [b'text,b\n"', *([b"c,d\n" * (1 << 18)] * 32)], ["csv"]
    yield "quotes alone", [b'"' * (1 << 20)] * 32, [*AS]
    yield "line feeds alone", [b"\n" * (1 << 20)] * 32, [*AS]
    yield "a quote before 8 million rows", [b'text,b\n"', *([b"c,d\n" * (1 << 20)] * 8)], ["csv"]
    yield "records that swallow", [*[header, b"%d\r\n\r\n" % (4 << 20), b"\r\n\r\nWARC/1.0\r\n" * (1 << 18), b"\r\n\r\n"] * 2], ["warc"]
    yield "short lines", [b"text,b\n", *([b"a,b\n" * (1 << 18)] * 16)], ["blocks", "lines", "csv"]
    yield "a length of 1 EB", [header, b"9" * 18, b"\r\n\r\n", *([line] * 200)], ["warc"]
    yield "a record of 1 GB", [header, b"%d\r\n\r\n" % (1 << 30), *([line] * 1024), b"\r\n\r\n"], ["warc"]
    yield "first lines alone", [b"WARC/1.0\r\n" * (1 << 16)] * 10, ["warc"]
    yield "fields without end", [b"WARC/1.0\r\n", *([b"a: b\r\n" * (1 << 17)] * 50)], ["warc"]
    yield "a bomb.gz", [gzip.compress(b"text\n" * (16 << 20))], [*AS]


def memory(field):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


def hostile():
    found = []
    with tempfile.TemporaryDirectory() as root:
        for name, content, kinds in odd():
            for one in kinds:
                kind, suffix, option = AS[one]
                path = Path(root) / f"x{suffix}{'.gz' if name.endswith('.gz') else ''}"
                with path.open("wb") as file:
                    file.writelines(content)
                Path("/proc/self/clear_refs").write_text("5")
                idle, begun = memory("VmRSS"), time.process_time()
                with kind(Tree(path.parent), *([option] if option else [])) as source:
                    read, wrong = whole(source)
                taken, peak = time.process_time() - begun, memory("VmHWM") - idle
                found.append((round(taken, 2), round(peak), f"{name} as {one}", read, wrong, path.stat().st_size >> 20))
                path.unlink()
    found = found[20:]  # what was compiled first
    slowest, largest = max(found), max(found, key=lambda one: one[1])
    said = {"files": len(found), "slowest": slowest, "largest": largest, "limits": [MOST_S, MOST_MB]}
    said["over"] = [one for one in found if one[0] > MOST_S or one[1] > MOST_MB]
    said["unnamed"] = [one[2] for one in found if not one[3] and not one[4]]
    print(json.dumps(said, indent=1))


if __name__ == "__main__":
    for asked in sys.argv[1:] or ["speed", "hostile"]:
        {"speed": speed, "hostile": hostile}[asked]()
