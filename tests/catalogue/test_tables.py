"""Defects planted in a table of patients, by a standard with a record and each rule about columns."""

import json

import numpy as np
import pytest

from catalogue.planting import RED, check, outcomes, passes

PATIENTS = """
from datetime import datetime
from typing import Literal
from pydantic import Field, model_validator
from pandera.polars import DataFrameModel
from datastd import Standard, Record, limit
from datastd.rules.columns.conflicting_labels import ConflictingLabels
from datastd.rules.columns.constant_column import ConstantColumn
from datastd.rules.columns.foreign_key_missing import ForeignKeyMissing
from datastd.rules.columns.group_leak import GroupLeak
from datastd.rules.columns.id_duplicate_across_shards import IdDuplicateAcrossShards
from datastd.rules.columns.id_leak import IdLeak
from datastd.rules.columns.identifier_column_as_feature import IdentifierColumnAsFeature
from datastd.rules.columns.mixed_null_tokens import MixedNullTokens
from datastd.rules.columns.mixed_types import MixedTypes
from datastd.rules.columns.null_rate_high import NullRateHigh
from datastd.rules.columns.string_variants import StringVariants
from datastd.rules.columns.target_leak import TargetLeak
from datastd.rules.columns.temporal_leak import TemporalLeak
from datastd.rules.columns.timestamp_future import TimestampFuture
from datastd.rules.columns.unique_violation import UniqueViolation
from datastd.rules.columns.unit_scale_mixture import UnitScaleMixture
from datastd.rules.labels.label_cardinality import LabelCardinality
from datastd.rules.labels.label_missing_in_split import LabelMissingInSplit
from datastd.schemas import table as tables
class Row(Record):
    model_config = {"extra": "forbid"}
    id: str
    group: str = Field(alias="patient", pattern="^q[0-9]+$")
    time: datetime
    label: str
    age: int
    size: float | None = Field(default=None, allow_inf_nan=False)
    note: str = Field(max_length=40)
    unit: Literal["mm", "cm"] = "mm"
    parent: str | None = None
    first: int = 0
    last: int = 9
    @model_validator(mode="after")
    def ordered(self):
        if self.first > self.last:
            raise ValueError("a first that is not behind the last")
        return self
class Rows(DataFrameModel):
    age: int = limit(ge=0, le=120)
standard = Standard(name="patients/1", about="Patients.", formats=("jsonl",), records=Row, rows=Rows,
    rules=(*tables.standard.rules, ConflictingLabels(), ConstantColumn(columns=("note", "size")), GroupLeak(),
    ForeignKeyMissing(column="parent", key="id"),
    IdDuplicateAcrossShards(), IdLeak(), IdentifierColumnAsFeature(columns=("age",)), MixedNullTokens(columns=("note",)),
    MixedTypes(columns=("note",)), NullRateHigh(columns=("size",)), StringVariants(columns=("note",)),
    TargetLeak(properties=("size", "note")), TemporalLeak(), TimestampFuture(), UniqueViolation(column="id"),
    UnitScaleMixture(columns=("size",)), LabelCardinality(classes=2), LabelMissingInSplit()))
"""
"""A standard that a user wrote for a table, with each rule about columns."""


def _patients(count, start, year):
    random = np.random.default_rng(start)
    for n in range(start, start + count):
        yield {"id": f"p{n}", "patient": f"q{n // 3}", "time": f"{year}-03-{1 + n % 28:02d}T00:00:00Z",
               "label": str(random.choice(["ill", "well"])), "age": int(random.integers(20, 90)),
               "size": float(random.random() + 0.1), "note": str(random.choice(["cough", "fever"]))}  # fmt: skip


def _table(change=lambda train, test: None):
    """Write a table of 300 and 120 patients, changed."""
    def plant(folder):
        folder.mkdir(exist_ok=True)
        train, test = [*_patients(300, 0, 2020)], [*_patients(120, 300, 2021)]
        change(train, test)
        for name, some in (("train", train), ("test", test)):
            (folder / f"{name}.jsonl").write_text("".join(json.dumps(one) + "\n" for one in some))
        return folder
    return plant


def _each(**changes):
    """Change rows from the first on, by so many values a column."""
    return _table(lambda train, test: [
        one.__setitem__(name, value)
        for name, values in changes.items() for one, value in zip(train, values, strict=False)
    ])  # fmt: skip


PLANTS = {
    "C702": _each(more=["x"]),
    "C705": _each(age=["41"]),
    "C706": _table(lambda train, test: train[0].pop("note")),
    "C707": _each(size=[None] * 30),
    "C708": _each(age=[999]),
    "C709": _each(unit=["inch"]),
    "C710": _each(patient=["Q1"]),
    "C711": _each(note=["x" * 41]),
    "C713": _each(note=["7"] * 15),
    "C714": _each(note=["", "NA"]),
    "C715": _table(lambda train, test: [one.update(note="cough") for one in (*train, *test)]),
    "C716": _each(note=["Fever "]),
    "C717": _table(lambda train, test: [one.update(age=n % 120) for n, one in enumerate([*train[:100], *test[:20]])]
                   and (train.__delitem__(slice(100, None)), test.__delitem__(slice(20, None)))),
    "C718": _each(first=[10]),
    "C719": _each(parent=["p400", "p999"]),
    "C720": _each(id=["x", "x"]),
    "C721": _each(time=["2099-01-01T00:00:00Z"]),
    "C723": _each(size=[n + 1000.5 for n in range(40)]),
    "C740": _table(lambda train, test: (train[0].update(label="dead"), test[0].update(label="dead"))),
    "C741": _table(lambda train, test: [one.update(label="ill") for one in test]),
    "L701": _table(lambda train, test: test[0].update(id="p0")),
    "L702": _table(lambda train, test: test.append(dict(reversed(train[0].items())))),
    "L703": _table(lambda train, test: test[0].update(patient="q0")),
    "L704": _each(time=["2022-01-01T00:00:00Z"]),
    "L705": _table(lambda train, test: [one.update(note="cough" if one["label"] == "ill" else "fever") for one in (*train, *test)]),
    "L706": _table(lambda train, test: train.extend(train[:30])),
    "L707": _table(lambda train, test: train.append(train[0] | {"label": "ill" if train[0]["label"] == "well" else "well"})),
    "L708": _table(lambda train, test: test.__delitem__(slice(99, None))),
    "C008": _table(lambda train, test: train.append(train[0] | {"age": 21})),
}  # fmt: skip
"""Put into a sound table and judged by a standard with a record."""


def test_a_sound_table_has_no_flaw(tmp_path):
    passes(_table()(tmp_path / "data"), PATIENTS, tmp_path)


@pytest.mark.parametrize("code", PLANTS)
def test_the_defect_planted_in_a_table_turns_the_code_red(code, tmp_path):
    done, verdicts = check(PLANTS[code](tmp_path / "data"), PATIENTS, tmp_path)
    found = verdicts.get(code) or verdicts[f"{code}.age"]
    assert found["outcome"] == RED[found["level"]]
    assert done.returncode == ("fail" in outcomes(verdicts))
    assert found["examples"] or code == "C740"
    assert code in done.stdout
