"""Words for numbers, and for things and their names."""

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import takewhile

FLAG = "0 or 1"
"""Unit of what is either so or not."""

_NEAR = 0.5  # of two names, what they share of their letters, in order
_SHOWN = 6  # names beside each other
_SHORT = 3  # letters of a unit that is written after a number: px, bit


def many(count: int, noun: str) -> str:
    """
    So many of something.

    >>> many(1, "file"), many(1200, "sample"), many(0, "row")
    ('1 file', '1,200 samples', '0 rows')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def number(value: float) -> str:
    """
    Write a number to be read.

    >>> number(70000), number(0.25), number(1e-9), number(1e300)
    ('70,000', '0.25', '1e-09', '1e+300')
    """
    whole = float(value).is_integer() and abs(value) < 1e15  # noqa: PLR2004
    return f"{value:,.0f}" if whole else f"{value:.6g}"


def choice(some: Sequence[str]) -> str:
    """
    One of several things.

    >>> choice(["RGB"]), choice(["1", "3", "4"])
    ('RGB', '1, 3 or 4')
    """
    *others, last = some
    return f"{', '.join(others)} or {last}" if others else last


def several(names: Sequence[str]) -> str:
    """
    Names beside each other, the first of many.

    >>> several("abc"), several("abcdefgh")
    ('a, b, c', 'a, b, c, d, e, f and 2 more')
    """
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def spelled(column: str, unit: str) -> str:
    """
    The name of a column, with the unit of its values where the name does not say it.

    >>> spelled("shortest_side_px", "px"), spelled("late_systems", "messages")
    ('shortest side (px)', 'late systems (messages)')
    >>> spelled("unknown_keys", "keys"), spelled("unknown_role", "0 or 1")
    ('unknown keys', 'unknown role')
    """
    name = column.removesuffix(f"_{unit}") if len(unit) <= _SHORT else column
    said = name.replace("_", " ")
    is_said = unit == FLAG or unit in said
    return said if is_said else f"{said} ({unit})"


def meant(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """
    Ask whether the known name that is nearest was meant; *otherwise* where none is near.

    >>> meant("cocoo", ["coco", "voc"]), meant("F61O", ["F610", "F651"]), meant("x", ["coco"])
    ('did you mean coco?', 'did you mean F610?', '')
    """
    near = nearest(name, known)
    return f"did you mean {near}?" if near else otherwise


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that is nearest to another; none where none is near."""

    def nearness(one: str) -> tuple[float, int]:
        given, there = name.lower(), one.lower()
        alike = takewhile(lambda pair: pair[0] == pair[1], zip(given, there, strict=False))
        return SequenceMatcher(None, given, there).ratio(), len([*alike])

    best = max(known, key=nearness, default="")
    return best if best and nearness(best)[0] >= _NEAR else ""
