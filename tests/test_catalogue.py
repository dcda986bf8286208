"""
The catalogue, held against what is built.

Each priority 1 or 2 row of the sections built so far is either built, with the name,
level and default of its row and a planted defect that turns it red, or stands in
`NOT_BUILT` with a reason.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from support import SHARED, samples, sound, write_idx

from datastd import pipeline, reference, standard
from datastd.model import Level
from datastd.rules import Rule
from datastd.sources import Defect

CATALOGUE = SHARED.parent / "reference" / "rules.md"
SECTIONS = ("1.0", "1.1")
IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"

pytestmark = pytest.mark.skipif(
    not CATALOGUE.is_file(), reason=f"the catalogue is expected at {CATALOGUE}"
)


class Row(NamedTuple):
    code: str
    name: str
    level: str
    priority: int
    default: str


def rows():
    if not CATALOGUE.is_file():
        return []
    found, section = [], ""
    for line in CATALOGUE.read_text().splitlines():
        if heading := re.match(r"### (\d\.\w)", line):
            section = heading[1]
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if section in SECTIONS and cells and re.fullmatch(r"[FQCLN]\d{3}", cells[0]):
            code, name, level, priority, _, default, *_ = cells
            found.append(Row(code, name, level, int(priority), default))
    return found


NOT_BUILT = {
    code: reason
    for reason, codes in {
        "tar and zip members; with WebDataset": "F005",
        "JSON lines; with text corpora and chat": "F010 F011 F012 F013 F014 F016 F017 F020 F021",
        "Parquet, npy and CSV; with text corpora": "F022 F024 F025 F026 C007",
        "MDS; with token files": "F030 F031 F032 F033",
        "WebDataset; with text corpora": "F040 F041 F042 F043 F044 F045 F046",
        "a manifest inside the dataset is judged with the card; the certificate binds the bytes "
        "until then": "C001 C002 C003",
        "counts stated by a card; the standard's own sizes are C199": "C004",
        "numbered shards; IDX has one file a split": "C005 C006",
        "sample ids; IDX has none": "C008 C009",
        "split names of free form; IDX names are fixed": "C011",
        "CIFAR; with pictures": "F111 F112 F113 F114 F115 F116 F117",
        "image folders; with pictures": "F121 F122 F123 F124 C101 C102",
        "encoded pictures; IDX holds decoded pixels": "F131 F132 F134 F135 F136 F137 F138 F140 "
        "F141 F142 Q101 Q102 Q103 Q104 Q105 Q106 Q107 Q108 Q112",
        "near duplicates; with pictures": "L103 L104",
        "predictions as an input; with pictures": "Q113",
        "published lists of known defects; with pictures": "C103",
    }.items()
    for code in codes.split()
}


def _edit(folder, name, change):
    path = folder / name
    path.write_bytes(change(bytearray(path.read_bytes())))


def _set(position, value):
    def change(content):
        content[position] = value
        return content

    return change


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
    _edit(folder, f"{IMAGES}.gz", change)


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
    "F101": lambda f: _edit(f, IMAGES, _set(0, 1)),
    "F102": lambda f: _edit(f, IMAGES, _set(2, 0x0A)),
    "F103": lambda f: _edit(f, IMAGES, _set(3, 2)),
    "F104": lambda f: _edit(f, IMAGES, lambda c: c + b"x"),
    "F105": lambda f: _edit(f, IMAGES, _swap_sizes),
    "F106": lambda f: write_idx(f, train=(samples(200)[0], samples(200)[1][:-1])),
    "F107": lambda f: _labels(f, lambda labels: np.where(np.arange(200) == 4, 10, labels)
                              .astype(np.uint8)),
    "F108": lambda f: (f / IMAGES).rename(f / "train-images-idx2-ubyte"),
    "Q109": lambda f: _images(f, _constant),
    "Q114": _rare,
    "Q115": _nine_of_seven,
    "L101": lambda f: _images(f, _first_is_second),
    "L102": _copy_across,
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
standard = Standard(name="ten/1", about="Ten classes.", formats=base.formats,
    measures=base.measures, rows=base.rows,
    rules=(*rules, LabelOutOfRange(classes=10), ClassTooFew(classes=10)))
del base
"""
"""As `idx-images/1`, for ten classes: what `mnist/1` asks of any size."""


def check(folder, standard_name, tmp_path):
    out = tmp_path / "report.json"
    command = [Path(sys.executable).with_name("datastd"), "check", folder, "--report", out]
    done = subprocess.run(
        [*command, "--standard", standard_name], capture_output=True, text=True, cwd=tmp_path
    )
    assert "Traceback" not in done.stderr
    assert out.is_file(), done.stderr
    report = json.loads(out.read_text())
    return done, {verdict["code"]: verdict for verdict in report["verdicts"]}


def built():
    found = {}
    for value in (*reference._defined(reference.sources), *reference._defined(reference.rules)):
        if isinstance(value, type) and issubclass(value, Rule | Defect) and "code" in vars(value):
            found[value.code] = value
    return found


def test_the_catalogue_was_read():
    assert len(rows()) == 51 + 56


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.code)
def test_each_row_is_built_or_says_why_not(row):
    if row.priority <= 2:
        assert (row.code in PLANTS) != (row.code in NOT_BUILT)
    if row.code in PLANTS:
        assert row.code in built()


def test_nothing_is_listed_as_missing_that_is_there():
    assert not {*NOT_BUILT} & {*built()}
    assert {*NOT_BUILT} | {*PLANTS} <= {row.code for row in rows()}


CONSIDERED = [row for row in rows() if row.code in PLANTS]


@pytest.mark.parametrize("row", CONSIDERED, ids=lambda row: row.code)
def test_name_and_level_are_those_of_the_row(row):
    kind = built()[row.code]
    level = kind.model_fields["level"].default if issubclass(kind, Rule) else kind.level
    assert (kind.name, level) == (row.name, Level(row.level))


@pytest.mark.parametrize("row", CONSIDERED, ids=lambda row: row.code)
def test_the_default_is_that_of_the_row(row):
    kind = built()[row.code]
    if row.code == "Q114":
        assert kind().limit == 1 - float(row.default.removeprefix("thr "))
    elif row.code == "Q115":
        assert f"{kind().train} train / {kind().test} test" == row.default
        assert kind().limit == 0
    elif row.code == "C012":
        assert kind().limit == 1 - float(row.default)
    else:  # nothing of it is tolerated
        known = {"0", "0 groups", "0 pairs", "0,0", "0..9", ">0", "any", "equal", "exact", "set", "-", "3/1"}
        assert row.default in known or row.default.startswith("not allowed")
        assert not issubclass(kind, Rule) or kind().limit == 0


@pytest.mark.parametrize("row", CONSIDERED, ids=lambda row: row.code)
def test_a_shipped_standard_uses_it(row):
    used = set()
    for one in standard.every():
        used |= {rule.code for rule in one.rules}
        for name in {*one.formats} - {"memory"}:
            used |= {kind.code for kind in pipeline.reader(name).kinds}
    assert row.code in used


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """The dataset that every defect is planted in, and the standard: together, no flaw."""
    place = tmp_path_factory.mktemp("clean")
    (place / "ten.py").write_text(TEN)
    done, verdicts = check(sound(place / "data"), str(place / "ten.py"), place)
    assert done.returncode == 0
    assert {verdict["outcome"] for verdict in verdicts.values()} == {"pass"}
    return place


@pytest.mark.parametrize("row", CONSIDERED, ids=lambda row: row.code)
def test_the_planted_defect_turns_the_code_red(row, clean, tmp_path):
    folder = write_idx(tmp_path / "data", train=samples(200))
    PLANTS[row.code](folder)
    done, verdicts = check(folder, str(clean / "ten.py"), tmp_path)
    assert verdicts[row.code]["outcome"] == {"error": "fail", "warn": "warn"}[row.level]
    assert row.level == "warn" or done.returncode == 1
    assert row.code in done.stdout
    assert verdicts[row.code]["examples"] or row.code == "Q114"  # it names what is wrong
