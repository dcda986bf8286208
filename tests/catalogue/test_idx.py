"""Defects planted in IDX files."""

import numpy as np
import pytest
from PIL import Image
from support import samples, sound, write_idx

from catalogue.planting import RED, check, edit, passes, with_byte
from catalogue.rows import of_codes

IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"


def _labels(folder, change):
    images, labels = samples(200)
    write_idx(folder, train=(images, change(labels.copy())))


def _images(folder, change):
    images, labels = samples(200)
    write_idx(folder, train=(change(images.copy()), labels))


def _first_is_second(images):
    images[0] = images[1]
    return images


def _copy_across(folder):
    train, test = samples(200), samples(100, seed=1)
    train[0][0], train[1][0] = test[0][0], test[1][0]
    write_idx(folder, train=train, test=test)


def _conflict(folder):
    images, labels = samples(200)
    images[0] = images[int(np.flatnonzero(labels != labels[0])[0])]
    write_idx(folder, train=(images, labels))


def _smooth(seed):
    """A picture that a hash can tell from others; the samples are noise of 8 by 8 pixels."""
    coarse = Image.fromarray(np.random.default_rng(seed).integers(0, 256, (3, 3), dtype=np.uint8))
    return np.asarray(coarse.resize((8, 8), Image.Resampling.BICUBIC))


def _near(images):
    images[0], images[1] = _smooth(0), _smooth(0) ^ 1
    return images


def _near_across(folder):
    train, test = samples(200), samples(100, seed=1)
    train[0][0], test[0][0] = _smooth(0), _smooth(0) ^ 1
    write_idx(folder, train=train, test=test)


def _constant(images):
    images[3] = 7
    return images


def _rare(folder):
    images, labels = samples(1200)
    keep = np.ones(1200, bool)
    keep[np.flatnonzero(labels == 7)[3:]] = False
    write_idx(folder, train=(images[keep], labels[keep]))


def _nine_of_seven(folder):
    images, labels = samples(200)
    keep = np.ones(200, bool)
    keep[np.flatnonzero(labels == 7)[9:]] = False
    write_idx(folder, train=(images[keep], labels[keep]))


def _swap_sizes(content):
    content[4:16] = np.frombuffer(bytes(content[4:16]), "<u4").astype(">u4").tobytes()
    return content


def _link(folder):
    (folder / IMAGES).unlink()
    (folder / IMAGES).symlink_to("nowhere")


def _gz(folder, change):
    (folder / IMAGES).unlink()
    (folder / LABELS).unlink()
    write_idx(folder, gz=True, train=samples(200))
    edit(folder, f"{IMAGES}.gz", change)


PLANTS = {
    "F001": _link,
    "F002": lambda f: (f / LABELS).write_bytes(b""),
    "F003": lambda f: _gz(f, lambda c: c[:-5]),
    "F004": lambda f: _gz(f, lambda c: b"PAR1" + c[4:]),
    "F006": lambda f: (write_idx(f / "A", train=samples(60, seed=8)),
                       write_idx(f / "a", train=samples(60, seed=9))),
    "F007": lambda f: (f / "._img.jpg").write_bytes(b"x"),
    "F008": lambda f: np.save(f / "extra.npy", np.array([{}], object), allow_pickle=True),
    "F009": lambda f: (f / "t10k-images-idx3-ubyte").write_bytes((f / IMAGES).read_bytes()),
    "C012": lambda f: write_idx(f, train=(samples(1200)[0], np.sort(samples(1200)[1]))),
    "F101": lambda f: edit(f, IMAGES, with_byte(0, 1)),
    "F102": lambda f: edit(f, IMAGES, with_byte(2, 0x0A)),
    "F103": lambda f: edit(f, IMAGES, with_byte(3, 2)),
    "F104": lambda f: edit(f, IMAGES, lambda c: c + b"x"),
    "F105": lambda f: edit(f, IMAGES, _swap_sizes),
    "F106": lambda f: write_idx(f, train=(samples(200)[0], samples(200)[1][:-1])),
    "F107": lambda f: _labels(f, lambda labels: np.where(np.arange(200) == 4, 10, labels)
                              .astype(np.uint8)),
    "F108": lambda f: (f / IMAGES).rename(f / "train-images-idx2-ubyte"),
    "Q109": lambda f: _images(f, _constant),
    "Q114": _rare,
    "Q115": _nine_of_seven,
    "L101": lambda f: _images(f, _first_is_second),
    "L102": _copy_across,
    "L103": lambda f: _images(f, _near),
    "L104": _near_across,
    "L105": _conflict,
}  # fmt: skip
"""The planted defect of each row, put into a dataset that is otherwise sound."""

TEN = """
import sys
from datastd import Standard
from datastd.standard import load
base = load("idx-images/1")
rules = [r for r in base.rules if r.code not in ("F107", "Q115")]
from datastd.rules.labels.label_out_of_range import LabelOutOfRange
from datastd.rules.labels.class_too_few import ClassTooFew
from datastd.measures.pixels.phash import phash
from datastd.rules.pixels.near_duplicate import NearDuplicate
from datastd.rules.pixels.near_duplicate_cross_split import NearDuplicateCrossSplit
standard = Standard(name="ten/1", about="Ten classes.", formats=base.formats,
    measures=(*base.measures, phash), rows=base.rows,
    rules=(*rules, LabelOutOfRange(classes=10), ClassTooFew(classes=10), NearDuplicate(),
           NearDuplicateCrossSplit()))
del base
"""
"""As `idx-images/1`, for ten classes: what `mnist/1` asks of any size."""


def test_sound_files_have_no_flaw(tmp_path):
    passes(sound(tmp_path / "data"), TEN, tmp_path)


@pytest.mark.parametrize("row", of_codes(PLANTS), ids=lambda row: row.code)
def test_the_defect_planted_in_a_file_turns_the_code_red(row, tmp_path):
    folder = write_idx(tmp_path / "data", train=samples(200))
    PLANTS[row.code](folder)
    done, verdicts = check(folder, TEN, tmp_path)
    assert verdicts[row.code]["outcome"] == RED[row.level]
    assert row.level == "warn" or done.returncode == 1
    assert row.code in done.stdout
    assert verdicts[row.code]["examples"] or row.code == "Q114"  # it names what is wrong
