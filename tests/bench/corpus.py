"""
What a check of a whole corpus by `text-pretraining/1` takes: time against gzip, and memory.

    python tests/bench/corpus.py [speed] [memory]

Prints lines of JSON.  Documents are made: words of a vocabulary of 50,000, as often as the
words of English (Zipf), in lines of some sentences; one in a hundred repeats another.  Run it
on a quiet machine, with room for 5 GB.

`speed`: 200 MB of JSON lines in gzip, two cores, the whole process, against `gzip -dc` of the same
files; medians of three.
`memory`: the peak of all processes together at 1 GB and at 4 GB of JSON lines.
"""

import gzip
import json
import statistics
import tempfile
from pathlib import Path

import numpy as np
from gate import COMMAND, peak, say, seconds

STANDARD = "text-pretraining/1"
FILE = 128 << 20  # bytes of a file


def documents(size, seed):
    """Yield lines of JSON, *size* bytes together."""
    random = np.random.default_rng(seed)
    letters = random.integers(97, 123, (50_000, 12), dtype=np.uint8)
    lengths = 2 + random.binomial(10, 0.3, 50_000)
    words = [bytes(one[:length]).decode() for one, length in zip(letters, lengths, strict=True)]
    words[:8] = ["the", "be", "to", "of", "and", "that", "have", "with"]
    done, last = 0, None
    while done < size:
        ranks = np.minimum(random.zipf(1.2, 400_000) - 1, 49_999)
        ends = np.cumsum(random.integers(60, 1_200, 700))
        for start, stop in zip([0, *ends], ends, strict=False):
            said = [words[n] for n in ranks[start:stop].tolist()]
            for n in range(11, len(said), 12):
                said[n] += ".\n" if n % 36 == 35 else "."
            line = json.dumps({"id": done, "text": " ".join(said)})
            if last is not None and random.random() < 0.01:
                line = last
            yield line + "\n"
            done, last = done + len(line) + 1, line
            if done >= size:
                return


def write(folder, size, seed=0, opened=open, suffix=""):
    folder.mkdir(exist_ok=True)
    for number, start in enumerate(range(0, size, FILE)):
        with opened(folder / f"{number}.jsonl{suffix}", "wt") as file:
            file.writelines(documents(min(FILE, size - start), seed + number))
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


if __name__ == "__main__":
    import sys

    for part in sys.argv[1:] or ["speed", "memory"]:
        {"speed": speed, "memory": memory}[part]()
