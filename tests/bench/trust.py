"""
What trust costs: certificates against reading the data once, hashing against openssl's.

    python tests/bench/trust.py [--files N] [small] [large] [first] [flips]

Prints lines of JSON, medians of three, both sides in one run, alternating.

`small`: 100,000 files of 1 KiB in 100 folders, or as many as `--files` says.  `verify`, and what `certify` does once the data are
judged (hash, compare, state, sign, write), against opening and reading every file once; and the
most resident memory beyond that of a process that has imported as much.
`large`: hashing four files of 512 MiB, against `openssl dgst -sha256` of the same files, as many
at once.
`first`: 200 sparse files of 300 MiB, 60 GB: how many are hashed when the first samples are there.
`flips`: every bit of a certificate flipped; what of it is accepted.
"""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import numpy as np
from gate import option, say

import datastd
from datastd import standard as standards
from datastd.certificate import Certificate, gate, keygen, verify
from datastd.certificate.statement import Terms, issue
from datastd.digest import Manifest, of_bytes
from datastd.disk import Tree
from datastd.errors import DataStdError
from datastd.model import Level, Verdict
from datastd.pipeline import hashed, open_source
from datastd.report import Accounting, DataName, Report, Split, StandardName
from datastd.trust import Trust
from datastd.waiting import cores

RUNS = 3
COUNT = int(option("--files", "100000"))


def reported(folder, form, standard, manifest):
    """A report as of data that passed: the judgement is not what is measured here."""
    with open_source(folder, form) as source:
        shards = source.plan().shards
        size = source.tree.size
    splits = {}
    for one in shards:
        splits[one.split] = splits.get(one.split, 0) + (one.samples or 0)
    known = standards.load(standard)
    verdict = Verdict(code="L101", name="x", level=Level.ERROR, observed=0, limit=0, unit="groups", checked=1, failed=0)
    return Report(
        data=DataName(path=str(folder), format=form, digest=manifest.digest),
        standard=StandardName(name=standard, digest=known.digest, profile="dev"), complete=True,
        accounting=Accounting(files=len(manifest.files), bytes=size, samples=sum(splits.values()), defective=0),
        splits={name: Split(records=count, recordDigest="0" * 64) for name, count in splits.items()},
        verdicts=(verdict,),
    )  # fmt: skip


def many(folder, count):
    random = np.random.default_rng(0)
    for number in range(count):
        place = folder / "train" / f"c{number % 100:02}"
        if number < 100:
            place.mkdir(parents=True)
        (place / f"{number:06}.png").write_bytes(random.bytes(1024))


def read_all(folder):
    for place, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(place, name), "rb") as file:
                file.read()


def signing(folder, report, listed, out, key):
    """What `certify` does in the process that has the key."""
    with Tree(folder) as tree:
        gate.refuse_oddities(tree)
        gate._same(listed, hashed(tree))
    Certificate.of(issue(report, listed, "data", Terms(90))).signed(key).save(out)


def took(work, *arguments):
    begun = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - begun


MEMORY = r"""
import pathlib, re, sys
import datastd.certificate, datastd.sources.image_folder, securesystemslib.dsse, securesystemslib.signer
def peak():  # kB; `getrusage` would count what the process that started this one had
    return re.search(r"VmHWM:\s*(\d+)", pathlib.Path("/proc/self/status").read_text())[1]
before = peak()
datastd.certificate.verify(sys.argv[1], sys.argv[2], trust=sys.argv[3])
print(before, peak())
"""


def small():
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        data, out = place / "data", place / "c.json"
        many(data, COUNT)
        (place / "trust.toml").write_text(keygen(place / "key"))
        with Tree(data) as tree:
            listed = Manifest.of(tree, jobs=cores())
        report = reported(data, "image-folder", "image-classification/1", listed)
        signing(data, report, listed, out, place / "key")
        verify(data, out, trust=place / "trust.toml")
        times = [
            (took(read_all, data), took(lambda: verify(data, out, trust=place / "trust.toml")),
             took(signing, data, report, listed, place / "d.json", place / "key"))
            for _ in range(RUNS)
        ]  # fmt: skip
        read, verified, signed = (median(column) for column in zip(*times, strict=True))
        say(f"verify / reading {COUNT:,} files", target=2, ratio=verified / read, verify=verified, read=read)
        say(f"hash and sign / reading {COUNT:,} files", target=2, ratio=signed / read, sign=signed)
        command = [sys.executable, "-c", MEMORY, data, out, place / "trust.toml"]
        before, after = map(int, subprocess.run(command, check=True, capture_output=True).stdout.split())
        say("peak of verify above imports", target_mb=150, megabytes=(after - before) / 1024)


def large():
    jobs = cores()
    with tempfile.TemporaryDirectory() as scratch:
        random = np.random.default_rng(0)
        for number in range(4):
            with Path(scratch, f"{number}.bin").open("wb") as file:
                file.writelines(random.bytes(16 << 20) for _ in range(32))
        files = sorted(Path(scratch).iterdir())

        def theirs():
            def one(path):
                subprocess.run(["openssl", "dgst", "-sha256", path], check=True, capture_output=True)

            with ThreadPoolExecutor(jobs) as pool:
                list(pool.map(one, files))

        def ours():
            with Tree(Path(scratch)) as tree:
                Manifest.of(tree, jobs=jobs)

        read_all(scratch)
        times = [(took(ours), took(theirs)) for _ in range(RUNS)]
        mine, others = (median(column) for column in zip(*times, strict=True))
        say("speed of hashing / openssl's", target=0.9, ratio=others / mine, ours=mine, openssl=others, cores=jobs)


def first():
    size, tokens = 300 << 20, ((300 << 20) - 1024) // 2
    head = np.zeros(256, "<i4")
    head[:3] = 20240520, 1, tokens
    with tempfile.TemporaryDirectory() as scratch:
        data, out = Path(scratch, "data"), Path(scratch, "c.json")
        data.mkdir()
        for number in range(200):
            with (data / f"x_train_{number:06}.bin").open("wb") as file:
                file.write(head.tobytes())
                file.truncate(size)
        one = of_bytes((data / "x_train_000000.bin").read_bytes())
        manifest = Manifest(tuple((path.name, one) for path in sorted(data.iterdir())))
        report = reported(data, "llmc", "token-shards/1", manifest)
        Certificate.of(issue(report, manifest, "data", Terms(90))).save(out)
        gate.manifest_of(out).write_bytes(manifest.text)
        begun = time.perf_counter()
        with datastd.open(data, certificate=out, standard="token-shards/1") as opened:
            there = time.perf_counter() - begun
            shard = opened.shards("train")[0]
            batch = opened.take(shard.path, np.arange(shard.start, min(shard.stop, shard.start + 8)))
            assert len(batch.keys)
            hashed_ = len(opened._source.tree._proven)
        say("files hashed before the first batch of 60 GB", target=1, files=hashed_, open=there,
            seconds=time.perf_counter() - begun)  # fmt: skip


def flips():
    from support import sound

    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        sound(place / "data")
        (place / "trust.toml").write_text(keygen(place / "key"))
        datastd.certify(place / "data", "idx-images/1", out=place / "c.json", key=place / "key")
        content, trusted, accepted = (place / "c.json").read_bytes(), Trust.read(place / "trust.toml"), 0
        for bit in range(8 * len(content)):
            edited = bytearray(content)
            edited[bit // 8] ^= 1 << bit % 8
            (place / "d.json").write_bytes(edited)
            try:
                Certificate.load(place / "d.json").signed_by(trusted)
            except DataStdError:
                continue
            accepted += 1
        say("bits of a certificate that may be flipped", target=0, accepted=accepted, bits=8 * len(content))


PARTS = {part.__name__: part for part in (small, large, first, flips)}

if __name__ == "__main__":
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()
