"""
What a check of a whole corpus by `text-pretraining/1` takes: time against gzip, and memory.

    python tests/bench/corpus.py [speed] [memory] [single] [hostile]

Prints lines of JSON.  Documents are made: words of a vocabulary of 50,000, as often as the
words of English (Zipf), in lines of some sentences; one in a hundred stands twice.  Run it
on a quiet machine, with room for 5 GB.

`speed`: 200 MB of JSON lines in gzip, two cores, the whole process, against `gzip -dc` of the same
files; medians of three.
`memory`: the peak of all processes together at 1 GB and at 4 GB of JSON lines.
`single`: the same at 1 GB in one file of gzip, against 1 GB in plain files.
`hostile`: the same at 12 MB of lines `{}`, and at five million equal lines, less that of one line.
"""

import gzip
import shutil
import statistics
import tempfile
from pathlib import Path

import numpy as np
from gate import COMMAND, peak, say, seconds

STANDARD = "text-pretraining/1"


def texts():
    """Yield texts of 60 to 1,200 words, some 30 MB together, without what JSON escapes."""
    random = np.random.default_rng(0)
    letters = random.integers(97, 123, (50_000, 12), dtype=np.uint8)
    lengths = 2 + random.binomial(10, 0.3, 50_000)
    words = [bytes(one[:length]) for one, length in zip(letters, lengths, strict=True)]
    for _ in range(10_000):
        ranks = np.minimum(random.zipf(1.2, int(random.integers(60, 1_200))) - 1, 49_999)
        said = [words[n] for n in ranks.tolist()]
        for n in range(11, len(said), 12):
            said[n] += b".\\n" if n % 36 == 35 else b"."
        yield b" ".join(said)


def write(folder, size, opened=open, suffix=""):
    """Write *size* bytes of JSON lines: the texts again and again, each time with other letters."""
    folder.mkdir(exist_ok=True)
    known, alphabet = [*texts()], bytes(range(97, 123))
    random, done, number = np.random.default_rng(1), 0, 0
    while done < size:
        letters = bytes.maketrans(alphabet, bytes(random.permutation(np.frombuffer(alphabet, np.uint8))))
        with opened(folder / f"{number}.jsonl{suffix}", "wb") as file:
            for text in known:
                line = b'{"text": "%s"}\n' % text.replace(b"\\n", b"\\N").translate(letters).replace(b"\\N", b"\\n")
                file.write(line if random.random() > 0.01 else 2 * line)
                done += len(line)
                if done >= size:
                    break
        number += 1
    return folder


def speed():
    with tempfile.TemporaryDirectory() as scratch:
        folder = write(Path(scratch, "corpus"), 200 << 20, opened=gzip.open, suffix=".gz")
        command = COMMAND, "check", folder, "--standard", STANDARD
        seconds(*command, codes=(0, 1))  # kernels compiled
        ours, floor = [], []
        for _ in range(3):
            ours.append(seconds(*command, codes=(0, 1)))
            floor.append(seconds("gzip", "-dc", *sorted(folder.iterdir())))
        gate, gz = statistics.median(ours), statistics.median(floor)
        say("check of jsonl.gz / gzip -dc", target=12, ratio=gate / gz, gate=gate, gzip=gz, mb_s=209.7 / gate)


def memory():
    found = {}
    for gigabytes in (1, 4):
        with tempfile.TemporaryDirectory() as scratch:
            folder = write(Path(scratch, "corpus"), gigabytes << 30)
            found[gigabytes], took = peak(COMMAND, "check", folder, "--standard", STANDARD)
            say("peak memory", gigabytes=gigabytes, peak_mb=found[gigabytes], seconds=took)
    say("peak memory", target=1.1, ratio=found[4] / found[1])


def single(size=1 << 30):
    with tempfile.TemporaryDirectory() as scratch:
        plain, whole = write(Path(scratch, "plain"), size), Path(scratch, "whole")
        whole.mkdir()
        with gzip.open(whole / "0.jsonl.gz", "wb", compresslevel=1) as file:
            for part in sorted(plain.iterdir(), key=lambda path: int(path.name.partition(".")[0])):
                with part.open("rb") as text:
                    shutil.copyfileobj(text, file)
        found = {}
        for folder in (plain, whole):
            found[folder], took = peak(COMMAND, "check", folder, "--standard", STANDARD)
            say("peak memory", of=folder.name, mb=size >> 20, peak_mb=found[folder], target=1500, seconds=took)
    say("one file of gzip / plain files", target=1.1, ratio=found[whole] / found[plain])


def hostile():
    found = {}
    for name, line, count, standard, target in (
        ("one", b'{"text": "the same"}\n', 1, STANDARD, 0),
        ("empty", b"{}\n", 4_000_000, STANDARD, 400),
        ("equal", b'{"text": "the same"}\n', 5_000_000, "raw-text/1", 1100),
    ):
        with tempfile.TemporaryDirectory() as scratch:
            with Path(scratch, "0.jsonl").open("wb") as file:
                file.writelines(line * min(100_000, count - done) for done in range(0, count, 100_000))
            found[name], took = peak(COMMAND, "check", scratch, "--standard", standard)
            beyond = found[name] - found["one"]
            say("peak memory beyond that of one line", of=name, target=target, beyond_mb=beyond, seconds=took)


if __name__ == "__main__":
    import sys

    for part in sys.argv[1:] or ["speed", "memory"]:
        {"speed": speed, "memory": memory, "single": single, "hostile": hostile}[part]()
