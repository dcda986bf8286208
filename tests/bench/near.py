"""
What a search for near duplicates costs.

    python tests/bench/near.py [hashes] [recall] [cifar] [phash]

Each part prints lines of JSON; each case of `hashes` runs in a process of its own, so that
its peak memory is its own.  Run it on a quiet machine; seconds are the best of three, and
`cpu` is what one thread worked.
"""

import json
import resource
import subprocess
import sys
import time

import numpy as np

from datastd.engines.hamming import within

MILLION = 1_000_000


def say(what, **numbers):
    rounded = {k: round(v, 3) if isinstance(v, float) else v for k, v in numbers.items()}
    print(json.dumps({"bench": what, **rounded}), flush=True)


def planted(count, seed=0):
    """Random hashes, of which a tenth repeats another with up to 4 bits changed."""
    random = np.random.default_rng(seed)
    hashes = random.integers(0, 1 << 64, count, dtype=np.uint64)
    some = count // 10
    copies = hashes[:some].copy()
    for _ in range(4):
        copies ^= np.uint64(1) << random.integers(0, 64, some).astype(np.uint64)
    hashes[some : 2 * some] = copies
    random.shuffle(hashes)
    return hashes


def equal(count):
    hashes = planted(count)
    hashes[: count // 50] = hashes[0]
    return hashes


CASES = {  # hashes, and the target in seconds
    "planted": (planted, 2),
    "20,000 equal": (equal, 5),
    "a band equal in all": (lambda count: planted(count) | np.uint64(0x1FFF), 30),
    "a band equal in nearly all": (
        lambda count: np.where(np.arange(count) % 50, planted(count) | np.uint64(0x1FFF), planted(count)), 30),
    "two bands equal in all": (lambda count: planted(count) | np.uint64(0x3FFFFFF), 30),
}  # fmt: skip


def search(hashes, distance):
    """As `nearby` does: equal ones are one value, and pairs are handed over in parts."""
    values = np.unique(hashes)
    return len(values), sum(len(pairs) for pairs in within(values, distance))


def case(name):
    make, target = CASES[name]
    search(planted(50_000), 4)  # compiled
    hashes, took, cpu = make(MILLION), [], []
    for _ in range(3):
        begun, worked = time.perf_counter(), time.process_time()
        values, pairs = search(hashes, 4)
        took.append(time.perf_counter() - begun)
        cpu.append(time.process_time() - worked)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say(f"1,000,000 hashes within 4, {name}", target=target, seconds=min(took), cpu=min(cpu),
        values=values, pairs=pairs, peak_mb=peak, target_mb=400)  # fmt: skip


def hashes():
    for name in CASES:
        subprocess.run([sys.executable, __file__, "case", name], check=True)


def recall():
    """The pairs of 20,000 hashes, against a comparison of all with all."""
    for name, (make, _) in CASES.items():
        values = np.unique(make(20_000))
        found = {tuple(pair) for pairs in within(values, 4) for pair in pairs.tolist()}
        expected = set()
        for n, value in enumerate(values):
            bits = np.bitwise_count(values[n + 1 :] ^ value)
            expected |= {(n, n + 1 + int(m), int(bits[m])) for m in np.flatnonzero(bits <= 4)}
        say(f"recall of 20,000, {name}", target=1.0, recall=len(found & expected) / max(1, len(expected)),
            more=len(found - expected), pairs=len(expected))  # fmt: skip


def cifar():
    """60,000 images of 32 by 32, whole process in memory, with the rules of a small standard."""
    import datastd
    from datastd import Standard
    from datastd.measures.pixels.phash import phash as measure
    from datastd.rules.pixels.mirror_duplicate import MirrorDuplicate
    from datastd.rules.pixels.near_duplicate import NearDuplicate
    from datastd.rules.pixels.near_duplicate_conflicting_label import NearDuplicateConflictingLabel
    from datastd.rules.pixels.near_duplicate_cross_split import NearDuplicateCrossSplit

    random = np.random.default_rng(0)
    coarse = random.integers(0, 256, (60_000, 6, 6, 3)).astype(np.float32)
    fine = coarse.repeat(6, 1).repeat(6, 2)[:, :32, :32] + random.normal(0, 20, (60_000, 32, 32, 3))
    images, labels = np.clip(fine, 0, 255).astype(np.uint8), random.integers(0, 10, 60_000)
    images[50_000:50_300] = images[:300] ^ 1
    del coarse, fine
    for distance in (4, 12, 16):
        near = {"distance": distance, "difference": 0.2}
        standard = Standard(
            name="bench/1", about="Bench.", formats=("memory",), measures=(measure,),
            rules=(NearDuplicate(**near), NearDuplicateCrossSplit(**near),
                   NearDuplicateConflictingLabel(**near), MirrorDuplicate(difference=0.2)),
        )  # fmt: skip
        data = {"train": (images[:50_000], labels[:50_000]), "test": (images[50_000:], labels[50_000:])}
        begun, worked = time.perf_counter(), time.process_time()
        report = datastd.check(data, standard)
        say(f"60,000 small images, distance {distance}", target=12, seconds=time.perf_counter() - begun,
            cpu=time.process_time() - worked, found=int(report["L104"].observed))  # fmt: skip


def phash():
    """One thread, per image: the hash, and the sketch of the second look."""
    from datastd.measures.pixels.likeness import sketches
    from datastd.measures.pixels.phash import phash as measure

    random = np.random.default_rng(0)
    for name, shape in {"photo of 500 by 375": (64, 375, 500, 3), "32 by 32": (4096, 32, 32, 3)}.items():
        images = random.integers(0, 256, shape, dtype=np.uint8)
        gray = np.ascontiguousarray(images[..., 0])
        for what, work in {"hash": lambda: measure.function(gray), "sketch": lambda: sketches(images)}.items():
            work()
            begun = time.process_time()
            work()
            say(f"{what} of a {name}", milliseconds=(time.process_time() - begun) / shape[0] * 1e3)


PARTS = {part.__name__: part for part in (hashes, recall, cifar, phash)}

if __name__ == "__main__":
    if sys.argv[1:2] == ["case"]:
        case(sys.argv[2])
    else:
        for name in sys.argv[1:] or PARTS:
            PARTS[name]()
