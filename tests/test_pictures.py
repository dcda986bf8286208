"""Real photos from check to taking: the whole way, and what stops it."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from PIL import Image
from support import SHARED, needs_data, write_pictures

import datastd
from datastd.errors import DataChanged, NotCertified

STANDARD = "image-classification/1"
DATASTD = Path(sys.executable).with_name("datastd")


@pytest.fixture
def photos(tmp_path):
    """Photos of five classes of ImageNet, cut so that there are enough of each."""
    found = sorted((SHARED / "imagenet_sample_1000").glob("*.JPEG"))[::6][:5]
    for number in range(60):
        path = found[number % 5]
        split = "val" if number >= 50 else "train"
        place = tmp_path / "data" / split / path.name.partition("_")[0]
        place.mkdir(parents=True, exist_ok=True)
        with Image.open(path) as image:
            at = 3 * (number // 5)
            image.convert("RGB").crop((at, at, at + 150, at + 140 + number // 5)).save(place / f"{number:03}.JPEG", quality=95)
    return tmp_path / "data"


@needs_data
def test_from_photos_to_a_certificate_and_back(photos, tmp_path):
    out = tmp_path / "c.json"
    report = datastd.check(photos, STANDARD)
    assert report.passed, report
    assert report.accounting.samples == 60
    text = "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(photos).as_posix()}\n"
        for path in sorted((p for p in photos.rglob("*") if p.is_file()), key=lambda p: os.fsencode(p.relative_to(photos)))
    )
    assert report.data.digest == hashlib.sha256(text.encode()).hexdigest()
    datastd.certify(photos, STANDARD, out=out)
    with datastd.open(photos, certificate=out, standard=STANDARD) as data:
        assert data.splits == {"train": 50, "val": 10}


@needs_data
@pytest.mark.parametrize("change", ["byte", "added", "removed", "renamed"])
def test_other_photos_are_not_certified(change, photos, tmp_path):
    out = tmp_path / "c.json"
    datastd.certify(photos, STANDARD, out=out)
    first = min(photos.rglob("*.JPEG"))
    match change:
        case "byte":
            content = bytearray(first.read_bytes())
            content[-100] ^= 1
            first.write_bytes(content)
        case "added":
            first.with_name("zzz.JPEG").write_bytes(first.read_bytes()[:-1])
        case "removed":
            first.unlink()
        case "renamed":
            first.rename(first.with_name("zzz.JPEG"))
    with pytest.raises((NotCertified, DataChanged)):
        datastd.open(photos, certificate=out, standard=STANDARD).close()
    done = subprocess.run([DATASTD, "verify", photos, out, "--standard", STANDARD], capture_output=True, text=True)
    assert done.returncode == 1, done.stderr


def test_a_picture_added_while_they_are_judged_is_not_overlooked(tmp_path, monkeypatch):
    from datastd.engines.crew import Crew

    folder = write_pictures(tmp_path / "data")
    look = Crew.look

    def adding(self, task, measures):
        seen = look(self, task, measures)
        (folder / "train/a/new.png").write_bytes((folder / "train/a/000.png").read_bytes())
        return seen

    monkeypatch.setattr(Crew, "look", adding)
    with pytest.raises(DataChanged):
        datastd.check(folder, STANDARD)


def test_a_class_that_val_lacks_shifts_no_label_and_a_copy_across_is_found(tmp_path):
    folder = write_pictures(tmp_path / "data", classes=("a", "b", "c"), splits=("train", "val"))
    for path in (folder / "val/a").iterdir():
        path.unlink()
    (folder / "val/a").rmdir()
    (folder / "val/c/copy.png").write_bytes((folder / "train/c/030.png").read_bytes())
    report = datastd.check(folder, STANDARD)
    assert report["L102"].outcome == "fail"
    assert report["L105"].outcome == "pass"  # c is c, though val has one class less


def test_pictures_of_any_kinds_together(tmp_path):
    """Tables of samples are alike, whatever the pictures in a batch are."""
    folder = write_pictures(tmp_path / "data", each=3)
    random = np.random.default_rng(0)
    for number, kind in enumerate([np.uint8, np.uint16]):
        Image.fromarray(random.integers(0, 255, (50, 60)).astype(kind)).save(folder / f"train/a/k{number}.png")
    Image.fromarray(random.integers(0, 256, (50, 60, 4), np.uint8)).save(folder / "train/a/rgba.png")
    for number, kind in enumerate([np.int32, np.float32]):
        Image.fromarray(random.integers(0, 255, (50, 60)).astype(kind)).save(folder / f"train/b/k{number}.tif")
    report = datastd.check(folder, STANDARD, format="image-folder:tiff")
    assert report["F135"].failed == 4  # I;16, RGBA, I and F
    assert report.accounting.defective == 0


def alive(mark):
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            state = (place / "stat").read_text().rpartition(")")[2].split()[0]
            if mark.encode() in (place / "environ").read_bytes() and state != "Z":
                found.append(int(place.name))
        except OSError:
            continue
    return found


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM])
def test_certify_ends_with_all_its_processes(end, tmp_path):
    folder = write_pictures(tmp_path / "data", each=400)
    mark = uuid4().hex
    command = [DATASTD, "certify", folder, "--standard", STANDARD, "--out", tmp_path / "c.json"]
    with subprocess.Popen(
        command, env=os.environ | {"DATASTD_TEST_MARK": mark}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as done:
        late = time.monotonic() + 60
        while len(alive(mark)) < 4 and done.poll() is None and time.monotonic() < late:
            time.sleep(0.02)
        done.send_signal(end)
        done.wait(30)
    late = time.monotonic() + 30
    while alive(mark) and time.monotonic() < late:
        time.sleep(0.1)
    assert not alive(mark)
