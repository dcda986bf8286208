"""
Each file of a folder read alone in a worker: the worst time and memory, as JSON.

    python tests/bench/hostile.py /work/shared/data/pillow_images/images

Memory is the peak of resident memory beyond the idle worker.
"""

import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from datastd.disk import Tree
from datastd.engines import instruments
from datastd.engines.crew import Lost, _Worker
from datastd.sources.image_folder import ImageFolder
from datastd.sources.pictures import SUFFIXES
from datastd.standard import load

READ = tuple(suffix for of in SUFFIXES.values() for suffix in of)
MOST_S, MOST_MB = 2, 256


def memory(pid, field):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


def main(origin):
    standard = load("image-classification/1")
    measures = tuple(instruments(standard, "data"))
    with tempfile.TemporaryDirectory() as place:
        folder, names = Path(place) / "data" / "a", {}
        folder.mkdir(parents=True)
        files = sorted(path for path in Path(origin).rglob("*") if path.is_file() and not path.is_symlink())
        for number, path in enumerate(files):
            suffix = path.suffix if path.suffix.lower() in READ else ".png"
            names[f"a/{number:05}{suffix}"] = path
            shutil.copyfile(path, folder / f"{number:05}{suffix}")
        with ImageFolder.of(Tree(folder.parent), ("gif", "bmp", "tiff")) as source:
            source.plan()
            listed = source._listed["data"]
            worker, found, codes = None, [], Counter()
            for row, key in enumerate(listed.paths):
                if worker is None:
                    worker = _Worker([])
                    worker.do(source.portion("data", [0]), measures, source.kinds, 60.0)
                pid = worker._process.pid
                idle = memory(pid, "VmRSS")
                Path(f"/proc/{pid}/clear_refs").write_text("5")
                begun = time.perf_counter()
                try:
                    seen = worker.do(source.portion("data", [row]), measures, source.kinds, 20.0)
                    code = seen.defects[0].code if seen.defects else "read"
                    peak = memory(pid, "VmHWM") - idle
                except Lost as lost:
                    code, peak = f"lost: {lost}", 0.0
                    worker.kill("lost")
                    worker = None
                taken = time.perf_counter() - begun
                codes[code] += 1
                found.append((taken, peak, names[key].name, code))
            if worker:
                worker.kill("done")
    slowest, largest = max(found), max(found, key=lambda one: one[1])
    print(json.dumps({
        "files": len(found), "codes": codes, "slowest": {"file": slowest[2], "s": round(slowest[0], 3), "limit_s": MOST_S},
        "largest": {"file": largest[2], "MB": round(largest[1], 1), "limit_MB": MOST_MB},
        "over": [one[2] for one in found if one[0] > MOST_S or one[1] > MOST_MB],
    }, indent=1))  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1])
