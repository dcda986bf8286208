"""Defects planted in a table as CSV."""

import pytest

from catalogue.planting import DOCUMENTS, check, passes

SHEETS = """
from datastd import Record, Standard
from datastd.schemas import table
class Row(Record):
    id: int
    text: str
    score: float
standard = Standard(name="sheets/1", about="Tables as CSV.", formats=("csv",), records=Row, rules=table.standard.rules)
"""
"""As `table/1`, of CSV and of three columns."""


def _sheet(folder, header=b"id,text,score", *rows):
    folder.mkdir(parents=True, exist_ok=True)
    sound_ = [f'{n},"{text}",{n / 4}'.encode() for n, text in enumerate(DOCUMENTS)]
    (folder / "train.csv").write_bytes(b"\r\n".join([header, *sound_, *rows, b""]))
    return folder


PLANTS = {
    "F026": lambda f: _sheet(f, b"id,text,score", b"40,a text, of more,0.5"),
    "C701": lambda f: _sheet(f, b"id,text,points"),
    "C704": lambda f: _sheet(f, b"id,text,id"),
    "C712": lambda f: _sheet(f, b"id,text,score", b"40,a text,nan"),
}  # fmt: skip
"""Put into a sound table and judged by `sheets/1`."""


def test_a_sound_sheet_has_no_flaw(tmp_path):
    passes(_sheet(tmp_path / "data"), SHEETS, tmp_path)


@pytest.mark.parametrize("code", PLANTS)
def test_the_defect_planted_in_a_sheet_turns_the_code_red(code, tmp_path):
    done, verdicts = check(PLANTS[code](tmp_path / "data"), SHEETS, tmp_path)
    lost = len(DOCUMENTS) if code == "C701" else 1  # of every row, and not of the file alone
    assert (verdicts[code]["outcome"], verdicts[code]["failed"]) == ("fail", lost)
    assert verdicts[code]["examples"]
    assert done.returncode == 1
