"""Defects planted in columns: Parquet."""

import pyarrow as pa
import pytest
from columnar_files import parquet, put

from catalogue.planting import DOCUMENTS, check, edit, passes

IN_COLUMNS = """
from datastd import Standard
from datastd.standard import load
base = load("raw-text/1")
standard = Standard(name="columns/1", about="As raw-text/1, of columns.", formats=("parquet",),
    measures=base.measures, rows=base.rows, rules=base.rules)
del base
"""
"""As `raw-text/1`, of Parquet."""


def _columns(folder, **last):
    for number in range(3):
        texts = [f"{number} {text}" for text in DOCUMENTS]
        more = last if number == 2 else {}
        rows = {"text": texts, "score": range(len(texts)), **more}
        put(folder, f"train-0000{number}-of-00003.parquet", parquet(pa.table(rows)))
    return folder


def _edited(change):
    def plant(folder):
        edit(_columns(folder), "train-00001-of-00003.parquet", change)
        return folder

    return plant


def _one_more(content):
    """Let the footer say that there is one row more than there is."""
    length = int.from_bytes(content[-8:-4], "little")
    start, rows = len(content) - 8 - length, len(DOCUMENTS)
    said = bytes([0x16, rows << 1, 0x19])  # a whole number, then the list of row groups
    at = content.index(said, start) + 1
    return content[:at] + bytes([(rows + 1) << 1]) + content[at + 1 :]


PLANTS = {
    "F022": _edited(lambda c: c[:-1]),
    "F024": _edited(_one_more),
    "C007": lambda f: _columns(f, score=[str(n) for n in range(len(DOCUMENTS))]),
}  # fmt: skip
"""Put into sound columns and judged by `columns/1`."""


def test_sound_columns_have_no_flaw(tmp_path):
    passes(_columns(tmp_path / "data"), IN_COLUMNS, tmp_path)


@pytest.mark.parametrize("code", PLANTS)
def test_the_defect_planted_in_columns_turns_the_code_red(code, tmp_path):
    done, verdicts = check(PLANTS[code](tmp_path / "data"), IN_COLUMNS, tmp_path)
    assert (verdicts[code]["outcome"], verdicts[code]["failed"]) == ("fail", 1)
    assert verdicts[code]["examples"]
    assert done.returncode == 1
