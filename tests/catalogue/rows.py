"""The rows of the catalogue."""

import re
from typing import NamedTuple

import pytest
from support import SHARED

CATALOGUE = SHARED.parent / "reference" / "rules.md"
SECTIONS = ("1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "1.N")

needs_catalogue = pytest.mark.skipif(
    not CATALOGUE.is_file(), reason=f"the catalogue is expected at {CATALOGUE}"
)


class Row(NamedTuple):
    code: str
    name: str
    level: str
    priority: int
    default: str


def rows(sections=SECTIONS):
    """Every row of some sections, of those built so far; none where the catalogue is not."""
    if not CATALOGUE.is_file():
        return []
    found, section = [], ""
    for line in CATALOGUE.read_text().splitlines():
        if heading := re.match(r"### (\d\.\w)", line):
            section = heading[1]
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if section in sections and cells and re.fullmatch(r"[FQCLN]\d{3}", cells[0]):
            code, name, level, priority, _, default, *_ = cells
            found.append(Row(code, name, level, int(priority), default))
    return found


def of_codes(codes):
    """The rows of these codes, in the order of the catalogue."""
    return [row for row in rows() if row.code in codes]
