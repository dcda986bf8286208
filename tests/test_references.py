"""C719 end to end: records that refer to others by a key, in whatever file and split."""

import json

import pytest

import datastd
from datastd import Record, Standard
from datastd.engines import spool
from datastd.rules.columns.foreign_key_missing import ForeignKeyMissing
from datastd.rules.columns.unique_violation import UniqueViolation


class Node(Record):
    id: str
    parent: str | None = None
    value: int = 0


class Numbered(Record):
    id: int
    parent: str | None = None


def standard(record=Node, **named):
    rules = ForeignKeyMissing(**{"column": "parent", "key": "id"} | named), UniqueViolation(column="value")
    return Standard(name="nodes/1", about="Nodes.", formats=("jsonl",), records=record,
                    rules=rules[: 1 if record is Numbered else 2])  # fmt: skip


def written(folder, **files):
    folder.mkdir(exist_ok=True)
    for name, rows in files.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def judged(folder, by=None, jobs=2):
    report = datastd.check(folder, by or standard(), jobs=jobs)
    found = report.failing("C719")
    return report["C719"], found.select("key", "observed").rows()


NODES = [{"id": f"n{n}", "parent": f"n{n // 2}" if n % 7 else None, "value": n} for n in range(1, 90)]
LOST = [{"id": "a", "parent": "gone", "value": 100}, {"id": "b", "parent": "n0", "value": 101},
        {"id": "c", "parent": "gone", "value": 102}, {"id": "d", "parent": "a", "value": 103}]  # fmt: skip


@pytest.mark.parametrize("most", [None, 0, 5])
def test_any_cutting_into_files_splits_and_pieces_gives_one_measurement(most, tmp_path, monkeypatch):
    if most is not None:
        for kind in (spool.Meeting, spool.Spool):
            monkeypatch.setattr(kind.__init__, "__defaults__", (most, *kind.__init__.__defaults__[1:]))
        monkeypatch.setattr(spool, "PART", 3)
        monkeypatch.setattr(spool, "PIECE", 4)
    every = [*NODES, *LOST]
    whole, rows = judged(written(tmp_path / "one", train=every))
    assert (whole.outcome, whole.observed, whole.failed, whole.checked) == ("fail", 2, 4, 93)
    assert [one[0] for one in rows] == ["train.jsonl#0", "train.jsonl#89", "train.jsonl#90", "train.jsonl#91"]
    assert [one[1] for one in rows] == [2, 2, 2, 2]
    assert {one.detail for one in whole.examples} == {f"expected a value of id, found {value}" for value in ("gone", "n0")}
    for jobs in (1, 2):
        parts = {f"{('train', 'test', 'val')[n % 3]}-{n}": every[n::8] for n in range(8)}
        cut, found = judged(written(tmp_path / f"many{jobs}", **parts), jobs=jobs)
        assert (cut.observed, cut.failed, cut.checked) == (whole.observed, whole.failed, whole.checked)
        assert [one[1] for one in found] == [2, 2, 2, 2]
        assert sorted(one.detail for one in cut.examples) == sorted(one.detail for one in whole.examples)


def test_what_refers_to_nothing_refers_to_nothing(tmp_path):
    nodes = [{"id": n} for n in "abc"]
    assert judged(written(tmp_path / "data", train=nodes))[0].outcome == "pass"


def test_a_number_is_its_text(tmp_path):
    nodes = [{"id": 7}, {"id": 8, "parent": "7"}, {"id": 9, "parent": "07"}]
    verdict, rows = judged(written(tmp_path / "data", train=nodes), standard(Numbered))
    assert (verdict.checked, [one[0] for one in rows]) == (3, ["train.jsonl#2"])


def test_a_column_that_no_record_has_is_refused():
    with pytest.raises(ValueError, match=r"C719: expected a measure for each of \['image'\]"):
        standard(column="image")


def test_the_rows_left_out_take_their_keys_along(tmp_path):
    folder = written(tmp_path / "data", train=[*NODES, *LOST])
    cleaned = datastd.clean(folder, tmp_path / "once", standard())
    assert cleaned.removed == {"C719": 4}
    assert cleaned.report["C719"].outcome == "fail"  # d referred to a, and two to n1
    assert cleaned.report["C719"].failed == 3
