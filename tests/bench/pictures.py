"""
What a check of photos costs, against CleanVision and against decoding them.

    python tests/bench/pictures.py [--peers PYTHON] [speed] [memory] [agreement]

`--peers` is the Python of an environment with cleanvision (`pip install cleanvision`).
Each part prints lines of JSON: medians of three, both sides in one run, alternating.
Run it on a quiet machine; all parts need ../shared.
"""

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from gate import COMMAND, SHARED, peak, peer, run_with_peers, say, seconds
from photos import make
from PIL import Image

import datastd
from datastd import Standard
from datastd.rules.pixels.near_duplicate import NearDuplicate
from datastd.standard import load

RUNS = 3
STANDARD = "image-classification/1"
JUDGED = (0, 1)  # crops of one photo in two splits are near duplicates


def speed(peers):
    """10,000 photos: the whole process of a check, CleanVision on 1,000 scaled, decoding alone."""
    with tempfile.TemporaryDirectory() as scratch:
        many, few = Path(scratch, "10000"), Path(scratch, "1000")
        make(many, 10_000)
        make(few, 1_000)
        seconds(COMMAND, "check", few, "--standard", STANDARD, codes=JUDGED)  # kernels compiled
        ours, decode, vision = [], [], []
        for _ in range(RUNS):
            ours.append(seconds(COMMAND, "check", many, "--standard", STANDARD, codes=JUDGED))
            decode.append(peer(sys.executable, "decode_only.py", many))
            vision.append(10 * peer(peers, "cleanvision_scan.py", few))
        check, floor, scan = map(statistics.median, (ours, decode, vision))
        say("check / decoding alone", target=1.6, ratio=check / floor, check=check, decode=floor)
        say("CleanVision / check", target=6, ratio=scan / check, cleanvision=scan, check=check)


def memory(_peers):
    """Peak memory of all processes together: 5,000 and 20,000 photos."""
    found = {}
    with tempfile.TemporaryDirectory() as scratch:
        for count in (5_000, 20_000):
            folder = Path(scratch, str(count))
            make(folder, count)
            found[count], took = peak(COMMAND, "check", folder, "--standard", STANDARD)
            say(f"memory at {count} photos", megabytes=found[count], seconds=took)
    say("memory", target_mb=1024, target_growth=1.1, growth=found[20_000] / found[5_000])


FLAGS = {
    "is_dark_issue": "Q101", "is_light_issue": "Q102", "is_odd_aspect_ratio_issue": "Q103",
    "is_low_information_issue": "Q104", "is_blurry_issue": "Q105", "is_grayscale_issue": "Q106",
    "is_odd_size_issue": "Q108", "is_exact_duplicates_issue": "L101",
    "is_near_duplicates_issue": "L103",
}  # fmt: skip
SCAN = """
import contextlib, io, json, sys
from cleanvision import Imagelab
with contextlib.redirect_stdout(io.StringIO()):
    lab = Imagelab(data_path=sys.argv[1])
    lab.find_issues(n_jobs=2, verbose=False)
flags = [c for c in lab.issues if c.startswith("is_") and c.endswith("_issue")]
print(json.dumps({c: [str(path) for path in lab.issues.index[lab.issues[c]]] for c in flags}))
"""


def readable():
    """Every picture of ../shared that decodes, of the suffixes that both sides look at."""
    folders = "imagenet_sample_1000", "coco128", "cleanvision", "imagededup", "tiny_coco"
    for path in sorted(path for name in folders for path in (SHARED / name).rglob("*")):
        if path.suffix.lower() in {".jpg", ".jpeg", ".png", ".webp"}:
            try:
                with Image.open(path, formats=["JPEG", "PNG", "WEBP"]) as picture:
                    picture.load()
            except (OSError, SyntaxError):
                continue
            yield path


def equal_hashes():
    """The standard with CleanVision's idea of near: hashes that are equal."""
    base = load(STANDARD)
    rules = [NearDuplicate(distance=0) if one.code == "L103" else one for one in base.rules]
    return Standard(
        name="equal-hashes/1", about=base.about, formats=base.formats, measures=base.measures,
        rows=base.rows, rules=tuple(rules),
    )  # fmt: skip


def agreement(peers):
    """Flag by flag with CleanVision, on every picture of ../shared that both read."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "all", "pictures")
        folder.mkdir(parents=True)
        for number, path in enumerate(readable()):
            shutil.copy(path, folder / f"{number:05}{path.suffix}")
        done = subprocess.run(
            [peers, "-c", SCAN, folder.parent], check=True, capture_output=True, text=True
        )
        theirs = json.loads(done.stdout.splitlines()[-1])
        report, equal = (datastd.check(folder.parent, one) for one in (STANDARD, equal_hashes()))
        count = report.accounting.samples
        judged = [(report, flag, code, code) for flag, code in FLAGS.items()]
        judged.append((equal, "is_near_duplicates_issue", "L103", "L103 where hashes are equal"))
        for ours, flag, code, what in judged:
            found = {Path(key).name for key in ours.failing(code)["key"]}
            said = {Path(path).name for path in theirs.get(flag, ())}
            say(
                f"agreement on {what}", target=0.99, pictures=count, ours=len(found),
                theirs=len(said), agreement=1 - len(found ^ said) / count,
                ours_alone=sorted(found - said)[:5], theirs_alone=sorted(said - found)[:5],
            )  # fmt: skip


PARTS = {part.__name__: part for part in (speed, memory, agreement)}

if __name__ == "__main__":
    run_with_peers(PARTS)
