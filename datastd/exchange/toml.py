"""A card as TOML, whatever it states: on lines that no reader of cards finds too long."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from datastd.card import Card
from datastd.card.written import toml


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


def _stated(value: Any) -> Any:
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


def _tables(path: str, value: Any) -> Iterator[str]:
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
