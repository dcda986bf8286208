"""Defects planted in the next version of a table, which is judged beside the version before."""

import json
import random

import polars as pl
import pytest

from catalogue.planting import RED, check, outcomes
from datastd.rules.drift import distances
from datastd.rules.drift.drift_jensen_shannon import DriftJensenShannon
from datastd.rules.drift.drift_ks import DriftKs
from datastd.rules.drift.drift_linf import DriftLinf
from datastd.rules.drift.drift_psi import DriftPsi
from datastd.rules.drift.drift_wasserstein import DriftWasserstein
from datastd.rules.drift.example_count_change import ExampleCountChange
from datastd.rules.drift.label_drift import LabelDrift
from datastd.rules.drift.multivariate_drift import MultivariateDrift
from datastd.rules.embeddings.non_iid_order import NonIidOrder

RULE_DEFAULTS = {
    "C730": "warn .1, error .25; eps 1e-4", "C731": "D>.1 (EV: p<.05)", "C732": "0.1 divergence",
    "C733": "0.01 (TFDV guide example) .. .05", "C734": "0.1", "C738": "0.25",
    "C735": "0 (DCK) / .005 vision labels", "C736": "0.15",
    "C737": "0.5..2.0 (own; TFDV leaves unset)", "C739": "0.05, k=10, 25 perms",
}  # fmt: skip

STANDARD = """
from datastd import Record, Standard
from datastd.rules.embeddings.non_iid_order import NonIidOrder
from datastd.schemas.versions import against_reference
class Row(Record):
    label: str
    size: float | None
    weight: float
    kind: str
standard = Standard(name="animals/1", about="Animals.", formats=("jsonl",), records=Row,
    rules=(*against_reference("size", "weight", kinds=("kind",), label="label"), NonIidOrder()))
"""


def shuffled(rows):
    return random.Random(0).sample(rows, len(rows))


def version(folder, count=2000, change=lambda row, n: None, order=shuffled):
    folder.mkdir(parents=True, exist_ok=True)
    rows = [{"label": "cat" if n % 2 else "dog", "size": (n * 7919 % 1009) / 10, "weight": 10 + (n * 6007 % 997) / 100, "kind": "abcd"[n % 4]} for n in range(count)]
    for n, row in enumerate(rows):
        change(row, n)
    (folder / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in order(rows)))
    return folder


def embeddings(folder):
    """A vector for each row, by its size and its weight."""
    rows = [json.loads(line) for line in (folder / "train.jsonl").read_text().splitlines()]
    table = {"key": [f"train.jsonl#{n}" for n in range(len(rows))],
             "embedding": [[row["size"] - 50, 10 * (row["weight"] - 15)] for row in rows]}  # fmt: skip
    pl.DataFrame(table).write_parquet(folder.parent / "vectors.parquet")
    return folder.parent / "vectors.parquet"


def _changed(**values):
    """Rows of which so many in ten are given another value."""
    def change(row, n):
        for name, (tenths, value) in values.items():
            if n * 7 % 10 < tenths:
                row[name] = value
    return lambda folder: version(folder, change=change)


PLANTS = {
    "C730": lambda folder: version(folder, change=lambda row, n: row.update(size=row["size"] + 30)),
    "C731": lambda folder: version(folder, change=lambda row, n: row.update(size=row["size"] * 1.3)),
    "C732": _changed(kind=(6, "a")),
    "C733": _changed(kind=(1, "e")),
    "C734": lambda folder: version(folder, change=lambda row, n: row.update(size=row["size"] + 0.2 * 29)),
    "C738": lambda folder: version(folder, change=lambda row, n: row.update(size=row["size"] + 29, weight=row["weight"] + 2.9)),
    "C735": lambda folder: version(folder, change=lambda row, n: n or row.update(label="lynx")),
    "C736": _changed(label=(5, "cat")),
    "C737": lambda folder: version(folder, count=800),
    "C739": lambda folder: version(folder, order=lambda rows: sorted(rows, key=lambda row: row["size"])),
}  # fmt: skip


def judged(folder, tmp_path):
    given = {"reference": version(tmp_path / "before"), "embeddings": embeddings(folder)}
    return check(folder, STANDARD, tmp_path, *(f"--input={role}={path}" for role, path in given.items()))


def test_the_same_again_has_not_drifted(tmp_path):
    done, verdicts = judged(version(tmp_path / "data"), tmp_path)
    assert done.returncode == 0
    assert outcomes({code: one for code, one in verdicts.items() if code in PLANTS}) == {"pass"}
    assert {*PLANTS} <= {*verdicts}


@pytest.mark.parametrize("code", PLANTS)
def test_the_drift_planted_turns_the_code_red(code, tmp_path):
    done, verdicts = judged(PLANTS[code](tmp_path / "data"), tmp_path)
    assert verdicts[code]["outcome"] == RED[verdicts[code]["level"]]
    assert verdicts[code]["examples"]
    assert code in done.stdout


def test_without_an_earlier_version_they_are_not_asked(tmp_path):
    done, verdicts = check(version(tmp_path / "data"), STANDARD, tmp_path)
    report = json.loads((tmp_path / "report.json").read_text())
    assert not {*PLANTS} & {*verdicts}
    assert {one["code"] for one in report["not_asked"] if one["needs"] == "reference"} == {*PLANTS} - {"C739"}
    assert {one["code"] for one in report["not_asked"] if one["needs"] == "embeddings"} == {"C739"}
    assert done.returncode == 0


def test_defaults_are_those_of_the_rows():
    psi = DriftPsi(columns=("x",))
    assert (psi.warn, psi.limit, distances._LEAST) == (0.1, 0.25, 1e-4)
    assert DriftKs(columns=("x",)).limit == DriftJensenShannon(columns=("x",)).limit == 0.1
    assert DriftLinf(columns=("x",)).limit == 0.01
    assert (DriftWasserstein(columns=("x",)).limit, MultivariateDrift(columns=("x", "y")).limit) == (0.1, 0.25)
    assert LabelDrift(columns=("x",)).limit == 0.15
    order = NonIidOrder()
    assert (order.limit, order.neighbours, order.permutations) == (1 - 0.05, 10, 25)
    assert (ExampleCountChange().least, ExampleCountChange().most) == (0.5, 2.0)
