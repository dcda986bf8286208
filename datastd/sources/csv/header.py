"""The row that names the columns of a table: whether it is one, or seems to be a record."""

import math
from collections.abc import Sequence
from datetime import datetime

LONGEST = 128  # characters of a name
_YEARS = range(1000, 3000)


def is_no_name(names: Sequence[str]) -> str:
    """Say what in the first row of a table is no name of a column; empty where all may be."""
    if [*names] in (_counted(names), ["", *_counted(names[1:])]):
        return ""
    kinds = [*map(_kind, names)]
    is_of_years = "" in kinds  # beside words
    for number, kind in enumerate(kinds):
        if kind and not (kind == _YEAR and is_of_years):
            return f"{kind} for column {number + 1}"
    return ""


_YEAR = "a year"


def _counted(names: Sequence[str]) -> list[str]:
    return [f"{number}" for number in range(len(names))]


def _kind(name: str) -> str:
    """What a cell is that is no name of a column; empty where it may be one."""
    if len(name) > LONGEST or "\n" in name:
        return "a long text"
    if name.isdecimal() and name.isascii() and int(name) in _YEARS:
        return _YEAR
    if _is_number(name):
        return "a number"
    return "a time" if _is_time(name) else ""


def _is_number(name: str) -> bool:
    try:
        return math.isfinite(float(name)) and "_" not in name
    except ValueError:
        return False


def _is_time(name: str) -> bool:
    try:
        datetime.fromisoformat(name)
    except ValueError:
        return False
    return True
