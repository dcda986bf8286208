"""The card as TOML: what is known, and beside it, as comments, what only a person can know."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from datastd.card import Card
from datastd.card.fields import inside, meanings

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


def draft(filled: Filled) -> str:
    """
    A card of what is known.

    Every other field stands in it as a comment that says what belongs there; what is in tables of
    which nothing is known is a comment, too, head and all.
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
            yield f"# {name} =   {said[name]}"
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


def whole(card: Card) -> str:
    """
    A card as TOML: what it states, and nothing else.

    `datastd.card.read` reads it back as the same card.
    """
    lines = [f"card_version = {card.card_version}"]
    for name, value in _stated(card).items():
        if name == "card_version":
            continue
        lines += _tables(name, value)
    return "\n".join(lines) + "\n"


def _stated(value: Any) -> Any:  # noqa: ANN401
    """A model as tables, without the fields that state nothing."""
    if isinstance(value, BaseModel):
        fields = type(value).model_fields.items()
        held = {name: (getattr(value, name), field.get_default()) for name, field in fields}
        return {name: _stated(one) for name, (one, default) in held.items() if one != default}
    if isinstance(value, Mapping):
        return {key: _stated(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [_stated(one) for one in value]
    return str(value) if isinstance(value, UUID) else value


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
                yield f"{_bare(key)} = {_lines(each)}"
        for key, each in inner.items():
            yield from _tables(f"{path}.{_bare(key)}", each)


def _is_table(value: object) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(one, dict) for one in value)
    return isinstance(value, dict) and bool(value)


def _bare(key: str) -> str:
    """A key, in quotes where it needs them."""
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else toml(key)


_SHORT = 1000
"""Characters of a text on a line of its own: a card's lines have a limit, and texts have none."""


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
