"""A card as TOML: what it states, and nothing else."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from datastd.card import Card, written


def whole(card: Card) -> str:
    """
    A card as TOML: what it states, and nothing else.

    `datastd.card.read` reads it back as the same card.
    """
    return written.whole({"card_version": card.card_version, **_stated(card)})


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
