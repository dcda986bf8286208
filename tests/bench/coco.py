"""
COCO: all rules of `coco-instances/1` that need no pixels against pycocotools' COCO(path).

    python tests/bench/coco.py [speed] [hostile]

Prints lines of JSON.  Run it on a quiet machine; needs ../shared and pycocotools.

`speed`: a file of 450 MB (118,000 pictures, 860,000 objects in no order of theirs, made, the same
every time), judged as ``datastd check --format coco:annotations`` does, against
`../shared/bench/coco_load.py`, each in a process of its own, in turn, on one core, kernels compiled
and loaded before (a small file is judged first): medians of five ratios of times, and of the most
resident memory.
`hostile`: files that were made to be slow or large to read: seconds beside those of json.loads
where that takes them, and the most resident memory beyond that of a process that has read a sound
file.
"""

import contextlib
import json
import math
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
from gate import SHARED, say

IMAGES, OBJECTS = 118_000, 860_000
WIDTH, HEIGHT = 640, 480
GAPS = {12, 26, 29, 30, 45, 66, 68, 69, 71, 83}
CATEGORIES = [{"supercategory": "thing", "id": n, "name": f"thing {n}"} for n in range(1, 91) if n not in GAPS]
PICTURE = (
    '{"license": 1, "file_name": "%012d.jpg", "coco_url": "http://images.cocodataset.org/train2017/%012d.jpg", "height": 480, '
    '"width": 640, "date_captured": "2013-11-14 17:02:52", "flickr_url": "http://farm7.staticflickr.com/6116/6255196340_da26cf2c9e_z.jpg", "id": %d}'
)
OBJECT = '{"segmentation": [[%s]], "area": %r, "iscrowd": 0, "image_id": %d, "bbox": [%s], "category_id": %d, "id": %d}'
CROWD = '{"segmentation": {"counts": [%s], "size": [480, 640]}, "area": %d, "iscrowd": 1, "image_id": %d, "bbox": [%s], "category_id": %d, "id": %d}'


def ring(rng, low=8, high=36):
    """A polygon around its middle, its area, and its box: numbers of two digits behind the point."""
    count = int(rng.integers(low, high))
    angle = np.sort(rng.uniform(0, 2 * math.pi, count))
    w, h = rng.uniform(16, 200, 2) / 2
    reach = rng.uniform(0.7, 1.0, count)
    x = np.round(rng.uniform(w, WIDTH - w) + w * reach * np.cos(angle), 2)
    y = np.round(rng.uniform(h, HEIGHT - h) + h * reach * np.sin(angle), 2)
    area = abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2
    left, top = float(x.min()), float(y.min())
    box = left, top, round(float(x.max()) - left, 2), round(float(y.max()) - top, 2)
    return ", ".join(map(repr, np.stack([x, y], 1).ravel().tolist())), area, box


def crowd(rng):
    """A mask of some stripes, column after column, its area, and its box."""
    left, top, wide, high = (int(n) for n in rng.integers((0, 0, 20, 20), (400, 300, 200, 150)))
    runs = [left * HEIGHT + top]
    for _ in range(wide):
        runs += [high, HEIGHT - high]
    runs[-1] += WIDTH * HEIGHT - sum(runs)
    return ", ".join(map(str, runs)), wide * high, (left, top, wide, high)


def made(path, images=IMAGES, objects=OBJECTS):
    """Write the file: rings of a few thousand shapes, crowds in one of a hundred."""
    rng, pick = np.random.default_rng(5), random.Random(5)
    ids = pick.sample(range(1, 600_000), images)
    shapes = [shape for shape in (ring(rng) for _ in range(9000)) if shape[1] > 64][:6000]
    crowds = [crowd(rng) for _ in range(100)]
    with path.open("w") as file:
        file.write('{"info": {"description": "made", "year": 2017}, "licenses": [{"url": "http://a", "id": 1, "name": "a"}], "images": [')
        file.write(", ".join(PICTURE % (one, one, one) for one in ids))
        file.write('], "annotations": [')
        owners = ids + pick.choices(ids, k=objects - images)  # each has one
        pick.shuffle(owners)
        for n, owner in enumerate(owners):
            category = pick.choice(CATEGORIES)["id"]
            is_crowd = n % 85 == 84
            shape, area, box = pick.choice(crowds if is_crowd else shapes)
            file.write(", " * (n > 0) + (CROWD if is_crowd else OBJECT) % (shape, area, owner, ", ".join(map(repr, box)), category, n + 1))
        file.write('], "categories": ' + json.dumps(CATEGORIES) + "}")


OURS = """
import gc, re, sys, time, datastd
from datastd.schemas.coco_instances import standard
gc.freeze()
def most(): return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
def look(path): return datastd.check(path, standard, format="coco:annotations", jobs=1)
if sys.argv[2:]: look(sys.argv[2])
before = most()
begun, used = time.perf_counter(), time.process_time()
report = look(sys.argv[1])
taken, cpu = time.perf_counter() - begun, time.process_time() - used
print(taken, cpu, most() / 1024, (most() - before) / 1024, report.accounting.samples, report.outcome,
      ",".join(v.code for v in report.verdicts if str(v.outcome) != "pass"))
"""
PEER = """
import contextlib, io, re, sys, time
from pycocotools.coco import COCO
begun, used = time.perf_counter(), time.process_time()
with contextlib.redirect_stdout(io.StringIO()):
    coco = COCO(sys.argv[1])
print(time.perf_counter() - begun, time.process_time() - used, int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024)
"""


def told(script, *arguments):
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True)
    return done.stdout.split() or [done.stderr[-300:]]


def speed():
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as root:
        path, small = (Path(root) / place / "instances_train2017.json" for place in ("it", "sound"))
        for one in (path, small):
            one.parent.mkdir()
        made(path)
        small.write_text(json.dumps(whole([picture()], [thing(1)])))
        ours, peer = [], []
        for _ in range(int(os.environ.get("ROUNDS", "5")) + 1):
            ours.append(told(OURS, path.parent, small.parent))
            peer.append(told(PEER, path))
        assert int(ours[0][4]) == IMAGES
        pairs = [*zip(ours[1:], peer[1:], strict=True)]  # the first compiles

        def ratio(of, which):
            return median(float(a[of]) / float(b[which]) for a, b in pairs)

        say("speed", MB=path.stat().st_size / 1e6, ours_s=median(float(a[0]) for a, _ in pairs), peer_s=median(float(b[0]) for _, b in pairs),
            times=ratio(0, 0), cpu_times=ratio(1, 1), ours_MB=median(float(a[2]) for a, _ in pairs), peer_MB=median(float(b[2]) for _, b in pairs),
            memory_times=ratio(2, 2), outcome=ours[-1][5:])  # fmt: skip


def whole(images, marks, **more):
    return {"images": images, "annotations": marks, "categories": CATEGORIES} | more


def picture(number=1):
    return {"id": number, "file_name": f"{number}.jpg", "width": WIDTH, "height": HEIGHT}


def thing(number, image=1, **more):
    return {"id": number, "image_id": image, "category_id": 1, "bbox": [10, 20, 30, 40], "area": 1200, "iscrowd": 0,
            "segmentation": [[10, 20, 40, 20, 40, 60, 10, 60]]} | more  # fmt: skip


MANY = 10**6


def hostile_files():
    yield "10^6 annotations on one picture", whole([picture()], [thing(n + 1, bbox=[n % 600, n // 600 % 400, 30, 40]) for n in range(MANY)])
    yield "10^6 annotations that are one", whole([picture()], [thing(1)] * MANY)
    yield "10^6 annotations of no picture", whole([picture()], [thing(n + 1, n + 2) for n in range(MANY)])
    yield "10^6 annotations without a crowd", whole([picture(n) for n in range(1, 1001)], [{k: v for k, v in thing(n, n % 1000 + 1).items() if k != "iscrowd"} for n in range(MANY)])
    yield "10^6 ids that are strings", whole([picture(n) for n in range(1, 1001)], [thing(n, str(n % 1000 + 1)) for n in range(MANY)])
    yield "10^6 annotations that are lists", whole([picture()], [[]] * MANY)
    yield "10^6 pictures without height", whole([{"id": n, "file_name": "x", "width": 7} for n in range(MANY)], [])
    yield "10^6 pictures of one id", whole([picture()] * MANY, [thing(1)])
    yield "a polygon of 10^7 numbers", whole([picture()], [thing(1, segmentation=[[7] * 10**7])])
    yield "10^6 polygons", whole([picture()], [thing(1, segmentation=[[1, 2, 3, 4, 5, 6]] * MANY)])
    yield "10^6 numbers of 17 digits", whole([picture()], [thing(1, segmentation=[[100 / 3] * MANY])])
    yield "10^7 runs", whole([picture()], [thing(1, segmentation={"size": [480, 640], "counts": [1] * 10**7})])
    yield "10^7 packed runs", whole([picture()], [thing(1, segmentation={"size": [480, 640], "counts": "1" * 10**7})])
    yield "a packed run without end", whole([picture()], [thing(1, segmentation={"size": [480, 640], "counts": "o" * 10**7})])
    yield "10^6 categories", whole([picture()], [thing(1)], categories=[{"id": n, "name": f"c{n}"} for n in range(MANY)])
    yield "10^6 keys", whole([picture()], [thing(1, **{f"k{n}": 0 for n in range(MANY)})])
    yield "10^6 keys outside", whole([picture()], [thing(1)], **{f"k{n}": 0 for n in range(MANY)})
    yield "a comment of 100 MB", whole([picture()], [thing(1)], info="x" * 10**8)
    sound = json.dumps(whole([picture()], [thing(1)])).encode()
    yield "10^6 brackets", sound.replace(b'"id": 1, "image_id"', b'"x": ' + b"[" * MANY + b', "id": 1, "image_id"')
    yield "cut", json.dumps(whole([picture()], [thing(n) for n in range(MANY)])).encode()[: 90 * MANY]
    yield "no JSON", b"<" * 10**7


def hostile():
    for name, content in hostile_files():
        with tempfile.TemporaryDirectory() as root:
            given = content if isinstance(content, bytes) else json.dumps(content).encode()
            small = json.dumps(whole([picture()], [thing(1)])).encode()
            for place, one in {"sound": small, "it": given}.items():
                (Path(root) / place).mkdir()
                (Path(root) / place / "train.json").write_bytes(one)
            begun = time.process_time()
            with contextlib.suppress(ValueError, RecursionError):
                json.loads(given)
            say("hostile", of=name, MB=len(given) / 1e6, json_s=time.process_time() - begun, found=told(OURS, Path(root) / "it", Path(root) / "sound"))


if __name__ == "__main__":
    assert SHARED.is_dir()
    for name in sys.argv[1:] or ("speed", "hostile"):
        {"speed": speed, "hostile": hostile}[name]()
