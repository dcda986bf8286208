"""
What the gate costs for CIFAR-10, against reading and hashing the same bytes.

    python tests/bench/cifar.py

Prints one line of JSON: medians of five whole processes, both sides in one run,
alternating.  The 60,000 pictures are made, in binary files of the published layout.
"""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from statistics import median

from cifar_files import labels, pictures, write_batch

sys.path.insert(0, str(Path(__file__).parent))

from gate import COMMAND, RUNS, say, seconds

HASH = (
    "import hashlib, pathlib, sys\n"
    "for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):\n"
    "    with path.open('rb') as file:\n"
    "        hashlib.file_digest(file, 'sha256')\n"
)
"""Reading and hashing, and nothing else."""


def write(folder):
    """60,000 distinct pictures in six binary files."""
    for n in range(6):
        images = pictures(10_000, seed=n)
        name = f"data_batch_{n + 1}" if n < 5 else "test_batch"
        write_batch(folder, name, images, labels(10_000, seed=n))


def main():
    with tempfile.TemporaryDirectory() as place:
        write(Path(place))
        check = COMMAND, "check", place, "--standard", "cifar10/1"
        hashing = sys.executable, "-c", HASH, place
        seconds(*check)  # kernels compiled, files in the page cache and on the disk
        gate, hashed = zip(*((seconds(*check), seconds(*hashing)) for _ in range(RUNS)), strict=True)
    ours, theirs = median(gate), median(hashed)
    say("cifar10 gate / hashing", target_seconds=12, ratio=ours / theirs, gate=ours, hashing=theirs)


if __name__ == "__main__":
    main()
