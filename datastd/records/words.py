"""What is said of a value that is not what its field asks for: its kind, and never itself."""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal, TypeAlias

Form: TypeAlias = Literal["values", "json", "strings"]
"""What a column holds: values with types of their own, JSON, or strings that stand for values."""

_KINDS: Mapping[type, str] = {
    bool: "Boolean", int: "integer", float: "number", str: "string", bytes: "run of bytes",
    datetime: "time", date: "date", list: "list", dict: "object",
}  # fmt: skip
_SAID: Mapping[str, str] = {
    **dict.fromkeys(("greater_than", "greater_than_equal"), "a smaller one"),
    **dict.fromkeys(("less_than", "less_than_equal"), "a larger one"),
    **dict.fromkeys(("date_range", "int_size"), "one beyond"),
}
"""What is there, by Pydantic's name of what is wrong, whatever the value."""

_OF_JSON: Mapping[str, object] = {"t": True, "f": False, "n": None, "[": [], "{": {}}
_LENGTHS = "string_too_short", "string_too_long"
_OTHERS = "literal_error", "enum", "string_pattern_mismatch"
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LONGEST = 32  # characters of a number that stands as a string


def found_there(error: str, value: Any, form: Form) -> str:  # noqa: ANN401
    """
    What kind of value is there.

    Args:
        error: Pydantic's name of what is wrong with it.
        value: It; JSON as text.
        form: What it is.

    >>> found_there("datetime_parsing", "2024-05-18", "strings")
    'a date alone'
    >>> found_there("int_type", '"x"', "json")
    'a string'
    """
    if error in _SAID:
        return _SAID[error]
    is_itself = form == "values" or (form == "strings" and error.startswith("string"))
    there = value if is_itself else _read(value, form)
    kind = _KINDS.get(type(there), "value of another type")
    if isinstance(there, str) and error in _LENGTHS:
        return f"one of {len(there)}"
    if error in _OTHERS:
        return f"another {kind}"
    if kind == "date" or (isinstance(there, str) and _DATE.fullmatch(there)):
        return "a date alone" if error.startswith("datetime") else "a date"
    return "null" if there is None else f"{'an' if kind[0] in 'aeio' else 'a'} {kind}"


def _read(value: str, form: Form) -> object:
    """A value of the kind that JSON has, or that a string stands for; a string is itself."""
    if form == "json":  # of numbers, lists and objects nothing is read: they may be of any size
        of_number = 0 if value.lstrip("-").isdecimal() else 0.0
        return json.loads(value) if value[0] == '"' else _OF_JSON.get(value[0], of_number)
    for kind in (int, float) if len(value) <= _LONGEST else ():
        try:
            return kind(value)
        except ValueError:
            continue
    return value
