"""
The card as Croissant's objects have it: one walk over its `Terms`, to write and to read.

A field whose term is a property of Croissant, or of RAI, stands in the object of the nearest model
around it that has a property of its own: a source, a step, else the dataset.  Where one property
takes several fields, each of its texts begins with the name of its field; two days that begin and
end a time are one interval of ISO 8601.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from datastd.card import Card
from datastd.card.fields import inside
from datastd.card.terms import Terms
from datastd.digest import strict_json

RAI = "rai:"
EACH = "[]"
"""In a path: each of a list."""

_BY_HAND = frozenset({"distribution"})
"""Properties that say more than the field does: who writes them reads them."""


@dataclass(frozen=True)
class Slot:
    """
    A field, and where it stands in an object.

    Attributes:
        key: The property.
        path: Its names from the object's model on; `EACH` behind that of a list of models.
        kind: What it holds, as the model annotates it.
        label: What its texts begin with, where it shares the property.
    """

    key: str
    path: tuple[str, ...]
    kind: Any
    label: str

    @property
    def is_many(self) -> bool:
        """Whether it holds any number of values."""
        return get_origin(_bare(self.kind)) is tuple

    @property
    def is_text(self) -> bool:
        """Whether its values are written as they are: text, names, days."""
        return not any(one in _NUMBERS or get_origin(one) is Mapping for one in _parts(self.kind))

    def read(self, text: str) -> Any:
        """
        Read one value.

        Raises:
            ValueError: The field holds no such thing.
        """
        value = text if self.is_text else strict_json(text.encode())
        if _has_null(value):
            msg = "expected values, found none"
            raise ValueError(msg)
        try:
            whole = json.dumps([value] if self.is_many else value, allow_nan=False)
            _adapter(self.kind).validate_json(whole)
        except ValidationError as error:
            raise ValueError(error.errors()[0]["msg"]) from None
        return value


@dataclass(frozen=True)
class Inner:
    """
    A model with a property of its own: an object, or a list of them.

    Attributes:
        key: The property.
        path: Its names from the object's model on.
        shape: What stands in it.
        is_many: Whether there may be several.
    """

    key: str
    path: tuple[str, ...]
    shape: "Shape"
    is_many: bool


@dataclass(frozen=True)
class Shape:
    """
    What stands in an object.

    Attributes:
        slots: By property, the fields that it takes.
        inner: The objects in it.
    """

    slots: Mapping[str, tuple[Slot, ...]]
    inner: tuple[Inner, ...]


@cache
def shape() -> Shape:
    """What stands in the object of the dataset."""
    return _shape(Card, "")


def fields(form: Shape | None = None, above: str = "") -> Iterator[str]:
    """The paths of all fields that stand in an object, as `datastd.card.fields` has them."""
    form = form or shape()
    for slots in form.slots.values():
        yield from (f"{above}{'.'.join(slot.path)}".replace(".[]", "[]") for slot in slots)
    for one in form.inner:
        many = "[]" if one.is_many else ""
        yield from fields(one.shape, f"{above}{'.'.join(one.path)}{many}.")


def _shape(model: type[BaseModel], above: str) -> Shape:
    slots: dict[str, list[Slot]] = {}
    inner: list[Inner] = []
    for one in _found(model, above, ()):
        if isinstance(one, Inner):
            inner.append(one)
        elif one.key not in _BY_HAND:
            slots.setdefault(one.key, []).append(one)
    return Shape({key: tuple(found) for key, found in slots.items()}, tuple(inner))


def _found(model: type[BaseModel], above: str, path: tuple[str, ...]) -> Iterator[Slot | Inner]:
    """The fields and the objects of a model, and of those in it that are no objects."""
    for name, field in model.model_fields.items():
        held, mark = inside(field.annotation)
        terms, here = _terms(field), (*path, name)
        key = _key(terms, above)
        if held is None:
            if key:
                yield Slot(key, here, _kind(field), _label(here))
        elif key and not key.startswith(RAI):
            yield Inner(key, here, _shape(held, terms.croissant), mark == EACH)
        elif mark in {"", EACH} and "," not in terms.croissant:
            yield from _found(held, above, (*here, EACH) if mark else here)


def _terms(field: FieldInfo) -> Terms:
    return next((one for one in field.metadata if isinstance(one, Terms)), Terms())


def _key(terms: Terms, above: str) -> str:
    """The property of a field; empty where it has none that can be told without its values."""
    said = terms.croissant
    if said and said != above and "," not in said and not said.startswith("cr:"):
        return said.rpartition(".")[2]
    return f"{RAI}{terms.rai}" if terms.rai else ""


def _kind(field: FieldInfo) -> Any:
    """What a field holds, with its limits."""
    limits = tuple(one for one in field.metadata if not isinstance(one, Terms))
    return Annotated[field.annotation, *limits] if limits else field.annotation


def _label(path: tuple[str, ...]) -> str:
    """The name of a field for people; of one in a list of models, with that of the list."""
    names = path[path.index(EACH) - 1 :] if EACH in path else path[-1:]
    return " ".join(name.replace("_", " ") for name in names if name != EACH)


_NUMBERS = (int, float, bool)


def _bare(kind: Any) -> Any:
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _parts(kind: object) -> Iterator[Any]:
    """A type, and all that it is made of."""
    yield kind
    if get_origin(kind) is not Literal:
        for one in get_args(kind):
            yield from _parts(one)


def _has_null(value: object) -> bool:
    """Say whether there is a null in a value: TOML has none."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value is None or any(map(_has_null, inner))


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind, config={"strict": True, "allow_inf_nan": False})
