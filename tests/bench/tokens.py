"""
What one scan of a token file costs, against `openssl dgst -sha256` of the same file.

    python tests/bench/tokens.py [scan] [check]

`scan`: range, unknown and end-of-text ids, entropy and the ends of documents in 1 GB of ids,
read by its source on all cores.  `check`: the whole command on the same file, and its memory.
"""

import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from gate import COMMAND, RUNS, peak, say, seconds

from datastd.disk import Tree
from datastd.measures.tokens import ids, scan
from datastd.sources.nanogpt import NanoGPT
from datastd.vocabulary import Vocabulary
from datastd.waiting import cores

SIZE = 10**9  # bytes
WORDS = Vocabulary(size=50_257, eos=50_256, unk=50_255)


def write(folder):
    """Ids as frequent as words are: the nth of them once where the first is n times."""
    random = np.random.default_rng(0)
    folder.mkdir()
    with (folder / "train.bin").open("wb") as file:
        for _ in range(SIZE // 2 // 10**7):
            drawn = np.exp(random.random(10**7, np.float32) * np.log(50_000)).astype("<u2")
            drawn[:: 10**3] = WORDS.eos
            file.write(drawn.tobytes())
    return folder / "train.bin"


def once(folder):
    """Scan all shards; give the highest id, unknown ids, entropy in bits and ends of text."""
    with Tree(folder) as tree, ThreadPoolExecutor(cores()) as pool:
        source = NanoGPT(tree)

        def shard(one):
            found = [scan(b.columns["tokens"], ids(b.columns["tokens"]), WORDS) for b in source.read(one)]
            return (max(s.highest.max() for s in found), sum(s.unk.sum() for s in found),
                    sum(s.eos.sum() for s in found), sum(s.counts for s in found))  # fmt: skip

        highest, unknown, ends, counts = -1, 0, 0, np.zeros(WORDS.size, np.int64)
        for one in pool.map(shard, source.plan().shards):
            highest, unknown, ends = max(highest, one[0]), unknown + one[1], ends + one[2]
            counts += one[3]
        share = counts[counts > 0] / counts.sum()
        return highest, unknown, ends, float(-(share * np.log2(share)).sum())


def scanned():
    """The scan and openssl in turn, medians of five; the file is in the page cache."""
    with tempfile.TemporaryDirectory() as scratch:
        path = write(Path(scratch, "data"))
        once(path.parent)
        ours, theirs = [], []
        for _ in range(RUNS):
            begun = time.perf_counter()
            highest, unknown, ends, entropy = once(path.parent)
            ours.append(time.perf_counter() - begun)
            theirs.append(seconds("openssl", "dgst", "-sha256", path))
    mine, other = statistics.median(ours), statistics.median(theirs)
    say("token scan / openssl sha256", target=0.6, ratio=mine / other, scan=mine, openssl=other,
        highest=int(highest), unknown=int(unknown), ends=int(ends), entropy_bit=entropy)  # fmt: skip


def checked():
    """`datastd check` of the file by token-shards/1: windows, anchors and digests too."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = write(Path(scratch, "data")).parent
        most, took = peak(COMMAND, "check", folder, "--standard", "token-shards/1")
        say("check of 1 GB of ids", seconds=took, megabytes=most)


PARTS = {"scan": scanned, "check": checked}

if __name__ == "__main__":
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()
