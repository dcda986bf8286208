"""Real files that were written to break decoders, or that were cut, or are no pictures at all."""

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support import SHARED, needs_data, write_pictures

from datastd.sources.pictures import SUFFIXES

READ = tuple(suffix for of in SUFFIXES.values() for suffix in of)
LOST = {"F002", "F131", "F132", "F140"}


def check(folder, tmp_path):
    out = tmp_path / "report.json"
    command = [Path(sys.executable).with_name("datastd"), "check", folder, "--format",
               "image-folder:tiff,bmp,gif", "--report", out]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=600, cwd=tmp_path)
    assert done.returncode in {0, 1}, done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 2  # but that kernels are compiled
    report = json.loads(out.read_text())
    return report, {verdict["code"]: verdict for verdict in report["verdicts"]}


@needs_data
@pytest.mark.parametrize("corpus", ["pillow_images/images", "pngsuite", "imagededup"])
def test_every_file_is_read_or_named_and_its_sound_neighbours_are_read(corpus, tmp_path):
    folder = write_pictures(tmp_path / "data")
    outcomes, names = {}, {}
    if corpus.startswith("pillow"):
        with (SHARED / "pillow_images/outcomes_pillow13.csv").open() as file:
            outcomes = {row["file"]: row for row in csv.DictReader(file)}
    files = sorted(path for path in (SHARED / corpus).rglob("*") if path.is_file())
    for number, path in enumerate(files):
        suffix = path.suffix if path.suffix.lower() in READ else ".png"
        name = f"train/x/{number:05}{suffix}"
        names[name] = path.relative_to(SHARED / corpus).as_posix()
        (folder / "train/x").mkdir(exist_ok=True)
        shutil.copyfile(path, folder / name)
    report, verdicts = check(folder, tmp_path)
    accounting = report["accounting"]
    assert accounting["samples"] == len(files) + 24
    assert accounting["defective"] == sum(verdicts[code]["failed"] for code in LOST)
    assert verdicts["Q109"]["checked"] == accounting["samples"] - accounting["defective"]
    readable = [
        name for name, path in names.items()
        if (row := outcomes.get(path)) and row["outcome"] == "ok" and row["format"] in SUFFIXES
    ]  # fmt: skip
    assert accounting["defective"] <= len(files) - len(readable) + len(readable) // 20
