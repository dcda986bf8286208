"""The card as TOML: what is known, and beside it, as comments, what only a person can know."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel

from datastd.card import Card
from datastd.card.fields import choices, inside, meanings

FIRST = "0.1.0"
"""The version of a draft: SemVer has it that anything may change after it."""

_SHORT = 1000  # characters of a text on a line of its own: a card's lines have a limit

Filled = Mapping[str, Any]
"""Values by the path of their field: ``identity.name``; of a list, of its first."""


def toml(value: object) -> str:
    """A value as TOML writes it: text, numbers, Booleans, days, and lists and tables of these."""
    if isinstance(value, Mapping):
        inner = ", ".join(f"{toml(key)} = {toml(one)}" for key, one in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, date):
        return value.isoformat()
    # Strings and numbers are written in TOML as in JSON, but for one character.
    return json.dumps(value, ensure_ascii=False, allow_nan=False).replace("\x7f", "\\u007f")


def whole(tables: Mapping[str, Any]) -> str:
    """
    Tables as TOML, on lines that no reader of cards finds too long.

    Values come first, then the tables in them, each below a head of its own.
    """
    values = {key: one for key, one in tables.items() if not _is_table(one)}
    lines = [f"{_key(key)} = {_lines(one)}" for key, one in values.items()]
    for key, one in tables.items():
        if key not in values:
            lines += _tables(_key(key), one)
    return "\n".join(lines) + "\n"


def _tables(path: str, value: Any) -> Iterator[str]:  # noqa: ANN401
    """A table with what is in it; or each of a list of tables."""
    is_list = isinstance(value, list)
    for one in value if is_list else [value]:
        inner = {key: each for key, each in one.items() if _is_table(each)}
        if is_list or len(inner) < len(one) or not one:
            yield ""
            yield f"[[{path}]]" if is_list else f"[{path}]"
        for key, each in one.items():
            if key not in inner:
                yield f"{_key(key)} = {_lines(each)}"
        for key, each in inner.items():
            yield from _tables(f"{path}.{_key(key)}", each)


def _is_table(value: object) -> bool:
    """Whether a value is a table of something, or a list of tables and of nothing else."""
    if isinstance(value, list):
        return bool(value) and all(isinstance(one, Mapping) for one in value)
    return isinstance(value, Mapping) and bool(value)


def _key(name: str) -> str:
    """A key, in quotes where it needs them."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else toml(name)


def _lines(value: object) -> str:
    """A value as TOML, on lines that none is too long of."""
    if isinstance(value, list) and len(toml(value)) > _SHORT:
        return "\n".join(["[", *(f"  {_lines(one)}," for one in value), "]"])
    if isinstance(value, str) and len(value) > _SHORT:
        pieces = [value[at : at + _SHORT] for at in range(0, len(value), _SHORT)]
        # What stands behind a line's last backslash is skipped up to the next visible character.
        shown = (re.sub("^ ", r"\\u0020", toml(piece)[1:-1]) for piece in pieces)
        return '"""' + "\\\n".join(shown) + '"""'
    return toml(value)


def step(values: Mapping[str, Any]) -> str:
    """One more step of processing, to stand at the end of a card."""
    lines = [f"{key} = {toml(value)}\n" for key, value in values.items()]
    return f"[[processing.steps]]\n{''.join(lines)}"


def slug(name: str) -> str:
    """A name as a card has it, of what a folder is called."""
    bare = re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-")
    return bare[:64] or "dataset"


def draft(filled: Filled) -> str:
    """
    A card of what is known.

    Every other field stands in it as a comment that says what belongs there, and which values
    there are where they are few; what is in tables of which nothing is known is a comment, too,
    head and all.
    """
    lines = [
        "# The data card.  What the data show is filled in; the rest only a person can know:",
        "# take away the '# ' before what you fill in.  `datastd explain FIELD` says more of each.",
        "",
        "card_version = 1",
        *_table(Card, "", filled),
    ]
    return "\n".join(lines) + "\n"


def _table(model: type[BaseModel], path: str, filled: Filled) -> Iterator[str]:
    """The fields of a table, and then the tables in it."""
    said = meanings(model)
    inner: list[tuple[str, type[BaseModel], str]] = []
    for name, field in model.model_fields.items():
        held, mark = inside(field.annotation)
        here = f"{path}.{name}" if path else name
        if held is not None:
            inner.append((here, held, mark))
        elif here in filled:
            yield f"{name} = {toml(filled[here])}"
        elif here not in {"card_version", "x"}:
            values = " | ".join(choices(field.annotation))
            yield f"# {name} =   {said[name]}{values and f'  {values}'}"
    for here, held, mark in inner:
        yield from _inner(here, held, mark, filled)


def _inner(path: str, model: type[BaseModel], mark: str, filled: Filled) -> Iterator[str]:
    names = filled.get(path, ()) if mark == "{}" else ("",)
    for name in names:
        here = f"{path}.{name}" if name else path
        known = any(one == here or one.startswith(f"{here}.") for one in filled)
        head = f"{path}.{toml(name)}" if name else path
        head = f"[[{head}]]" if mark == "[]" else f"[{head}]"
        yield ""
        if known or path.count(".") == 0:
            yield head
            yield from _table(model, here, filled)
        else:
            yield f"# {head}"
            yield from (
                line if line.startswith("#") or not line else f"# {line}"
                for line in _table(model, here, filled)
            )
