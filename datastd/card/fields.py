"""The fields of the card: where each is, what it means, and what it is called elsewhere."""

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args, get_origin

from pydantic import BaseModel

from datastd.card import Card
from datastd.card.terms import Terms


@dataclass(frozen=True, slots=True)
class Place:
    """
    A field of the card.

    Attributes:
        path: Its keys, parted by dots; ``[]`` after the name of a list, ``{}`` after that of a
            table whose keys are names.
        meaning: What it says.
        terms: What it is called elsewhere, and its unit.
        choices: What it can be, where there are only so many.
    """

    path: str
    meaning: str
    terms: Terms
    choices: tuple[str, ...]


def places() -> Iterator[Place]:
    """Every field of the card, in its order."""
    yield from _fields(Card, "")


def _fields(model: type[BaseModel], above: str) -> Iterator[Place]:
    said = meanings(model)
    for name, field in model.model_fields.items():
        inner, mark = inside(field.annotation)
        path = f"{above}{name}{mark}"
        terms = next((one for one in field.metadata if isinstance(one, Terms)), Terms())
        yield Place(path, said[name], terms, tuple(choices(field.annotation)))
        if inner is not None:
            yield from _fields(inner, f"{path}.")


def meanings(model: type[BaseModel]) -> dict[str, str]:
    """What the docstring of a model says of each field."""
    _, _, text = inspect.cleandoc(model.__doc__ or "").partition("Attributes:\n")
    return {
        name: " ".join(meaning.split())
        for name, meaning in re.findall(r"^    (\w+): (.*(?:\n {8}.*)*)", text, re.MULTILINE)
    }


def inside(annotation: object) -> tuple[type[BaseModel] | None, str]:
    """The model that a field holds, if it holds one, and the mark of how it does."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, ""
    found = next((inner for part in get_args(annotation) if (inner := inside(part)[0])), None)
    return found, _MARKS.get(get_origin(annotation), "") if found else ""


_MARKS: Mapping[object, str] = {tuple: "[]", Mapping: "{}"}


def choices(annotation: object) -> Iterator[str]:
    """The values of a field that has only so many."""
    if get_origin(annotation) is Literal:
        yield from map(str, get_args(annotation))
    else:
        for part in get_args(annotation):
            yield from choices(part)
