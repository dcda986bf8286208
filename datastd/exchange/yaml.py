"""YAML of others, as data: no tag, no alias, no key twice, and ``no`` is a word."""

import re
from collections.abc import Iterator
from typing import Any

from datastd.errors import NotInstalled

DEEPEST = 16
_AROUND = ("Stream", "Document")
_TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_WHOLE = re.compile(r"[-+]?[0-9]{1,19}")
_NUMBER = re.compile(r"[-+]?(?:[0-9]{1,19}\.[0-9]{0,19}|\.[0-9]{1,19})(?:[eE][-+]?[0-9]{1,2})?")


def read(text: str) -> Any:
    """
    Read one document: mappings, lists, and scalars as YAML 1.2 has them.

    Raises:
        NotInstalled: PyYAML is not there.
        ValueError: It is no YAML, or asks for more than data.
    """
    try:
        import yaml  # noqa: PLC0415
    except ImportError:
        what, hint = "PyYAML, to read YAML", "pip install 'datastd[exchange]'"
        raise NotInstalled("import", what, "none", hint) from None
    try:
        events = [*yaml.parse(text, Loader=yaml.SafeLoader)]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark else ""
        msg = f"{where}expected YAML, found {getattr(error, 'problem', None) or 'none'}"
        raise ValueError(msg) from None
    if sum(isinstance(event, yaml.DocumentStartEvent) for event in events) != 1:
        msg = "expected one document of YAML"
        raise ValueError(msg)
    rest = iter(event for event in events if not type(event).__name__.startswith(_AROUND))
    return _value(next(rest), rest, 0)


def _value(event: Any, rest: Iterator[Any], depth: int) -> Any:
    """What begins with an event."""
    kind, line = type(event).__name__, event.start_mark.line + 1
    if depth > DEEPEST:
        msg = f"line {line}: nested deeper than {DEEPEST}"
        raise ValueError(msg)
    if kind == "AliasEvent" or event.anchor is not None or event.tag not in {None, "!"}:
        msg = f"line {line}: expected plain data, found an alias, an anchor or a tag"
        raise ValueError(msg)
    if kind == "ScalarEvent":
        return _scalar(event.value) if event.style is None else event.value
    if kind == "SequenceStartEvent":
        found = []
        while type(one := next(rest)).__name__ != "SequenceEndEvent":
            found.append(_value(one, rest, depth + 1))
        return found
    table: dict[str, Any] = {}
    while type(one := next(rest)).__name__ != "MappingEndEvent":
        key = _value(one, rest, depth + 1)
        if isinstance(key, dict | list) or str(key) in table:
            msg = f"line {one.start_mark.line + 1}: expected a key that is text, and once"
            raise ValueError(msg)
        table[one.value] = _value(next(rest), rest, depth + 1)
    return table


def _scalar(text: str) -> Any:
    """A scalar without quotes."""
    if text in _NOTHING:
        return None
    if text in _TRUTHS:
        return _TRUTHS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text
