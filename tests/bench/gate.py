"""
What the gate costs, against what a user would do without it.

    python tests/bench/gate.py [mnist] [start] [memory] [first] [install]

Each part prints lines of JSON: medians of five, both sides in one run, alternating.
Run it on a quiet machine.  `mnist` and `first` need ../shared; `install` needs the index.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from support import ROOT, SHARED

BENCH = SHARED.parent / "bench"
SEED_LOOP = BENCH / "seed_loop.py"
COMMAND = Path(sys.executable).with_name("datastd")
RUNS = 5


def seconds(*command, codes=(0,), **options):
    """Wall time of a whole process, in seconds; it ends with one of the exit *codes*."""
    begun = time.perf_counter()
    done = subprocess.run([*map(str, command)], stdout=subprocess.DEVNULL, **options)
    assert done.returncode in codes, done
    return time.perf_counter() - begun


def say(what, **numbers):
    rounded = {k: round(v, 3) if isinstance(v, float) else v for k, v in numbers.items()}
    print(json.dumps({"bench": what, **rounded}), flush=True)


def option(name, otherwise=None):
    """What the command line says behind *name*, which it has no more then."""
    if name not in sys.argv:
        return otherwise
    at = sys.argv.index(name)
    value = sys.argv[at + 1]
    del sys.argv[at : at + 2]
    return value


def run_with_peers(parts):
    """Run the parts that the command line names, or all, each with the Python of ``--peers``."""
    python = option("--peers", sys.executable)
    for name in sys.argv[1:] or parts:
        parts[name](python)


def peer(python, script, data):
    """Seconds that a script of ../shared/bench says it took."""
    done = subprocess.run([python, BENCH / script, data], check=True, capture_output=True)
    return json.loads(done.stdout.splitlines()[-1])["seconds"]


def mnist():
    """`datastd check` of MNIST, whole process, against the five epochs of the seed loop."""
    gate, loop = [], []
    check = COMMAND, "check", SHARED / "mnist", "--standard", "mnist/1"
    seconds(*check)  # kernels compiled, files in the page cache
    for _ in range(RUNS):
        gate.append(seconds(*check))
        done = subprocess.run(
            [sys.executable, SEED_LOOP, SHARED / "mnist"], check=True, capture_output=True
        )
        loop.append(json.loads(done.stdout)["seconds"])
    ours, theirs = statistics.median(gate), statistics.median(loop)
    say("mnist gate / seed loop", target=0.08, ratio=ours / theirs, gate=ours, loop=theirs)


def start():
    """`import datastd` and `datastd --version`, less nothing: whole processes."""
    importing = [seconds(sys.executable, "-c", "import datastd") for _ in range(RUNS)]
    version = [seconds(COMMAND, "--version") for _ in range(RUNS)]
    say("import datastd", target=0.2, seconds=statistics.median(importing))
    say("datastd --version", target=0.25, seconds=statistics.median(version))


def digits(folder, size):
    """*size* bytes of random 28x28 images, 1 % of them repeated."""
    folder.mkdir()
    random, count = np.random.default_rng(0), size // 784
    with (folder / "train-images-idx3-ubyte").open("wb") as file:
        file.write(b"\0\0\x08\x03" + np.array([count, 28, 28], ">u4").tobytes())
        for start in range(0, count, 100_000):
            block = random.integers(0, 256, (min(100_000, count - start), 784), np.uint8)
            repeated = len(block) // 200
            block[-repeated:] = block[:repeated]
            file.write(block.tobytes())
    with (folder / "train-labels-idx1-ubyte").open("wb") as file:
        file.write(b"\0\0\x08\x01" + np.array([count], ">u4").tobytes())
        file.write(random.integers(0, 10, count, np.uint8).tobytes())


def peak(*command):
    """Greatest sum of resident memory over a process and all that it starts, in MB; and seconds."""
    begun = time.perf_counter()
    running = subprocess.Popen([*map(str, command)], stdout=subprocess.DEVNULL, process_group=0)
    most = 0
    while running.poll() is None:
        total = 0
        for status in Path("/proc").glob("[0-9]*/status"):
            try:
                lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
                group = os.getpgid(int(lines["Pid"]))
            except OSError:
                continue
            if group == running.pid:
                total += int(lines.get("VmRSS", "0").split()[0])
        most = max(most, total)
        time.sleep(0.01)
    return most / 1024, time.perf_counter() - begun


def memory():
    """Peak memory of checking 1 GB and 4 GB."""
    found = {}
    with tempfile.TemporaryDirectory() as scratch:
        for gigabytes in (1, 4):
            folder = Path(scratch, str(gigabytes))
            digits(folder, gigabytes * 10**9)
            found[gigabytes], took = peak(COMMAND, "check", folder, "--standard", "idx-images/1")
            say(f"memory at {gigabytes} GB", megabytes=found[gigabytes], seconds=took)
            shutil.rmtree(folder)
    say("memory", target_mb=600, target_growth=1.1, growth=found[4] / found[1])


def first():
    """The first run after an install, kernels not yet compiled, against the second."""
    firsts, seconds_ = [], []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as cache:
            check = COMMAND, "check", SHARED / "mnist", "--standard", "mnist/1"
            environment = os.environ | {"NUMBA_CACHE_DIR": cache}
            firsts.append(seconds(*check, env=environment, stderr=subprocess.DEVNULL))
            seconds_.append(seconds(*check, env=environment))
    more = statistics.median(firsts) - statistics.median(seconds_)
    say("first run, more than the second", target=5, seconds=more)


def install():
    """`pip install .` in a fresh virtual environment."""
    with tempfile.TemporaryDirectory() as scratch:
        python = Path(scratch, "venv", "bin", "python")
        subprocess.run([sys.executable, "-m", "venv", Path(scratch, "venv")], check=True)
        took = seconds(python, "-m", "pip", "install", "--quiet", ROOT)
        du = subprocess.run(["du", "-sm", scratch], check=True, capture_output=True, text=True)
        listed = subprocess.run(
            [python, "-m", "pip", "list"], check=True, capture_output=True, text=True
        ).stdout.lower()
        heavy = [name for name in ("torch", "cuda", "nvidia", "pandas") if f"\n{name}" in listed]
        say("install", target_mb=800, megabytes=int(du.stdout.split()[0]), heavy=heavy, seconds=took)


PARTS = {part.__name__: part for part in (mnist, start, memory, first, install)}

if __name__ == "__main__":
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()
