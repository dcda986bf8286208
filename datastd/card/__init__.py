"""
The data card, `datacard.toml`: what a dataset says of itself, in four parts.

``[identity]`` says what it is and what it may be used for, ``[collection]`` where it comes from,
``[processing]`` what was done to it, ``[storage]`` how it is kept.  The model holds types and
closes keys, and asks for nothing to be there: what has to be, rules say, at the level of a profile,
so that a card as it was drafted loads.  Keys of an organisation's own stand below
``[x.<organisation>]``, and no rule reads them.

Each field names what it is called in other people's cards (`Terms`).
"""

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import BaseModel, ValidationError

from datastd.card.collection import Collection
from datastd.card.identity import Identity
from datastd.card.processing import Processing
from datastd.card.storage import Storage
from datastd.card.terms import Terms
from datastd.model import FrozenMapping, Model, explain, parse_toml

MOST = 256 << 10
"""Bytes of a card."""

LONGEST = 8 << 10
"""Bytes of a line of it: a key of many dots costs their square."""

DEEPEST = 8
"""Tables and lists inside each other."""


class Card(Model):
    """
    The data card of a dataset.

    Attributes:
        card_version: Of this layout.
        identity: What the dataset is, and what it may be used for.
        collection: Where it comes from.
        processing: What was done to it.
        storage: How it is kept.
        x: Keys of an organisation's own, below its name; nothing reads them.
    """

    card_version: Literal[1]
    identity: Identity = Identity()
    collection: Collection = Collection()
    processing: Processing = Processing()
    storage: Storage = Storage()
    x: FrozenMapping[str, FrozenMapping[str, Any]] = {}  # noqa: RUF012  -- frozen as validated

    @property
    def public(self) -> Self:
        """The card without what only its keepers should read: contacts, exact places, people."""
        shown = _shown(self)
        return type(self).model_validate({**dict(shown), "x": {}})


def read(content: bytes) -> Card:
    """
    Read a card.

    Raises:
        ValueError: It is none: too long, no UTF-8, no TOML, with a key that no card has, or
            a value of another type.
    """
    if len(content) > MOST:
        msg = f"expected at most {MOST} bytes, found {len(content)}"
        raise ValueError(msg)
    for number, line in enumerate(content.split(b"\n"), 1):
        if len(line) > LONGEST:
            msg = f"line {number}: expected at most {LONGEST} bytes, found {len(line)}"
            raise ValueError(msg)
    tables = parse_toml(content.decode())
    if _depth(tables) > DEEPEST:
        msg = f"expected tables and lists at most {DEEPEST} deep, found more"
        raise ValueError(msg)
    try:
        return Card.of_tables(tables)
    except ValidationError as error:
        raise ValueError(explain(error)) from None


def _depth(value: object) -> int:
    """Tables and lists inside each other."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, inner), default=0) if isinstance(value, dict | list) else 0


def _shown(model: BaseModel) -> BaseModel:
    """A model without the fields that are private."""
    changed = {}
    for name, field in type(model).model_fields.items():
        if any(isinstance(one, Terms) and one.private for one in field.metadata):
            changed[name] = field.get_default(call_default_factory=True)
        else:
            changed[name] = _public(getattr(model, name))
    return model.model_copy(update=changed)


def _public(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, BaseModel):
        return _shown(value)
    if isinstance(value, tuple):
        return tuple(map(_public, value))
    if isinstance(value, Mapping):
        return {key: _public(one) for key, one in value.items()}
    return value
