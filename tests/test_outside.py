"""An outside package adds a format, a measure, a rule and a standard, with no change here."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import datastd
from datastd import standard as standards
from datastd.errors import NotCertified

OUTSIDE = Path(__file__).parent / "outside"
STANDARD = OUTSIDE / "lookout" / "standard.py"


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    monkeypatch.syspath_prepend(OUTSIDE)


@pytest.fixture
def folder(tmp_path):
    random = np.random.default_rng(0)
    for number in range(12):
        pixels = random.integers(0, 256, (6, 5), np.uint8)
        write(tmp_path / "data" / "train" / "ab"[number % 2] / f"{number:02}.pgm", pixels)
    return tmp_path / "data"


def write(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"P5\n5 6\n255\n" + pixels.tobytes())


def pixels(path):
    return np.frombuffer(path.read_bytes()[-30:], np.uint8).reshape(6, 5)


def check(folder):
    return datastd.check(folder, standard=STANDARD, format="lookout.pgm")


def test_clean_data_pass_and_every_part_of_the_package_looked_at_them(folder):
    report = check(folder)
    assert report.outcome == "pass"
    assert report.accounting.samples == 12
    assert report["Q990"].checked == report["Q109"].checked == 12
    assert report["L991"].checked == 24  # two bands each
    assert report["F901"].checked == 12


def test_a_shared_half_is_found_across_files(folder):
    first, second = folder / "train/a/02.pgm", folder / "train/b/07.pgm"
    write(second, np.vstack([pixels(first)[:3], pixels(second)[3:]]))
    report = check(folder)
    assert report["L991"].outcome == "fail"
    assert report.failing("L991")["key"].to_list() == ["train/a/02.pgm", "train/b/07.pgm"]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda f: write(f / "train/a/02.pgm", np.full((6, 5), 9, np.uint8)), "Q109"),
        (lambda f: write(f / "train/a/02.pgm", np.where(np.arange(30) < 20, 9, 1).astype(np.uint8)), "Q990"),
        (lambda f: (f / "train/a/02.pgm").write_bytes(b"P6 1 1 255 x"), "F901"),
        (lambda f: (f / "train/a/02.png").write_bytes(b"x"), "F099"),
    ],
)
def test_each_planted_defect_is_found(spoil, code, folder):
    spoil(folder)
    report = check(folder)
    assert report[code].outcome == "fail"
    assert report.accounting.samples == 12


def test_what_cannot_be_decoded_costs_itself_alone_and_is_listed_whole(folder):
    bad = [f"train/{'ab'[n % 2]}/{n:02}.pgm" for n in (1, 2, 5, 6, 7, 8, 9)]
    for path in bad:
        (folder / path).write_bytes(b"P6 1 1 255 x")
    write(folder / "train/a/00.pgm", np.full((6, 5), 9, np.uint8))
    report = check(folder)
    assert (report["F901"].observed, report["F901"].checked, report["F901"].unit) == (7, 12, "samples")
    assert report.failing("F901").columns == ["key", "split", "observed", "limit"]
    assert report.failing("F901").rows() == [(path, "train", 1.0, "readable") for path in sorted(bad)]
    assert "expected P5" in report.details("F901")["detail"][0]
    assert (report.accounting.samples, report.accounting.defective) == (12, 7)
    assert report.splits["train"].records == report["Q109"].checked == 5
    assert report.failing("Q109")["key"].to_list() == ["train/a/00.pgm"]


def test_its_data_are_certified_and_opened_under_the_digest_of_its_standard(folder, tmp_path):
    digest = standards.load(STANDARD).digest
    out = tmp_path / "c.json"
    datastd.certify(folder, STANDARD, out=out, format="lookout.pgm")
    asked = {"certificate": out, "standard": STANDARD, "format": "lookout.pgm"}
    with pytest.raises(NotCertified, match="a digest that a trust file gives"):
        datastd.open(folder, **asked)
    with datastd.open(folder, **asked, standard_digest=digest) as data:
        assert data.splits == {"train": 12}
    # What a certificate names is not imported for that.
    for other in (None, "idx", "lookout.other"):
        with pytest.raises(NotCertified, match=r"format: expected .*, found lookout\.pgm"):
            datastd.open(folder, **{**asked, "format": other}, standard_digest=digest)


def test_a_standard_that_is_used_in_another_file_is_another_standard(tmp_path):
    """Its measures may be other ones, under the same names."""
    first, second = tmp_path / "a.py", tmp_path / "b.py"
    text = STANDARD.read_text()
    first.write_text(text)
    second.write_text(text + "\n# another\n")
    digests = {standards.load(path).digest for path in (first, second)}
    assert len(digests) == 2
    assert standards.load(first).digest in digests


def test_the_command_takes_them_too(folder, tmp_path):
    command = [
        Path(sys.executable).with_name("datastd"), "check", folder, "--standard", STANDARD,
        "--format", "lookout.pgm",
    ]  # fmt: skip
    done = subprocess.run(
        command, env={"PYTHONPATH": str(OUTSIDE), "PATH": ""}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    without = subprocess.run(command, env={"PATH": ""}, capture_output=True, text=True)
    assert without.returncode == 2
    assert "lookout" in without.stderr


def test_its_inputs_are_read_as_its_data_are(folder, tmp_path):
    """Of a format that nobody would find, too."""
    standard = tmp_path / "mine.py"
    standard.write_text(
        "from datastd import Standard\n"
        "from datastd.rules.pixels.in_evaluation import InEvaluation\n"
        "standard = Standard(name='mine/1', about='Mine.', formats=('lookout.pgm',), rules=(InEvaluation(),))\n"
    )
    other = tmp_path / "other" / "train" / "a" / "00.pgm"
    write(other, np.random.default_rng(99).integers(0, 256, (6, 5), np.uint8))
    asked = {"format": "lookout.pgm", "inputs": {"evaluation": tmp_path / "other"}}
    assert datastd.check(folder, standard, **asked)["L199"].outcome == "pass"
    write(other, pixels(folder / "train/a/02.pgm"))
    report = datastd.check(folder, standard, **asked)
    assert report.failing("L199")["key"].to_list() == ["train/a/02.pgm"]


def test_a_defect_that_its_format_does_not_list_is_not_overlooked(folder, monkeypatch):
    from lookout.pgm import Pgm

    (folder / "train/a/02.pgm").write_bytes(b"P6 1 1 255 x")
    monkeypatch.setattr(Pgm, "kinds", ())
    with pytest.raises(AssertionError, match=r"\['F901'\]: found by a source that does not list them"):
        check(folder)
