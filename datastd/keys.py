"""The keys of a recipe: where each is, what it takes, and what it means."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel

from datastd.card.fields import meanings
from datastd.networks import Network
from datastd.objectives import Objective
from datastd.objectives.known import EVERY
from datastd.train.recipe import Recipe

_BOUNDS = (("minimum", "≥"), ("exclusiveMinimum", ">"), ("maximum", "≤"), ("exclusiveMaximum", "<"))
_KINDS: Mapping[str, str] = {
    "string": "text", "integer": "whole number", "boolean": "true or false", "object": "table",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Key:
    """
    A key of a recipe.

    Attributes:
        path: It, behind its table: ``task.size``.
        of: The objectives whose key it is; empty for those that every recipe has.
        takes: What its value may be.
        default: What it is where a recipe has no such key, as in TOML; ``none`` where it is
            then none, and empty where a recipe has to have it.
        meaning: What it says.
    """

    path: str
    of: tuple[str, ...]
    takes: str
    default: str
    meaning: str


def keys() -> Iterator[Key]:
    """Every key of a recipe, those of its tables after its own; objectives may share one."""
    yield from _of(Recipe)
    shared: dict[Key, list[str]] = {}
    for kind in EVERY:
        for key in _of(kind, "task."):
            if key.path != "task.name":  # which `task` itself is explained with
                shared.setdefault(key, []).append(called(kind))
    yield from (replace(key, of=tuple(some)) for key, some in shared.items())
    yield from _of(Network, "model.")


def called(kind: type[Objective]) -> str:
    """What a recipe calls an objective."""
    return str(kind.model_fields["name"].default)


def schema() -> dict[str, Any]:
    """The JSON Schema of a recipe, in which each key says what it means."""
    whole = Recipe.model_json_schema()
    tables: dict[str, type[BaseModel]] = {one.__name__: one for one in EVERY}
    tables[Network.__name__] = Network
    for name, part in (("", whole), *whole["$defs"].items()):
        said = _meanings(tables.get(name, Recipe))
        for key, one in part["properties"].items():
            if key in said:
                one["description"] = said[key]
    return whole


def _of(kind: type[BaseModel], table: str = "") -> Iterator[Key]:
    said, found = _meanings(kind), kind.model_json_schema()
    for name, one in found["properties"].items():
        default = "" if name in found.get("required", ()) else _toml(one.get("default"))
        yield Key(f"{table}{name}", (), _takes(one), default, said.get(name, ""))


def _meanings(kind: type[BaseModel]) -> dict[str, str]:
    """What the docstrings of a model, and of those that it is built upon, say of each field."""
    bases = (one for one in reversed(kind.__mro__) if issubclass(one, BaseModel))
    known = {name: text for one in bases for name, text in meanings(one).items()}
    return {name: text for name, text in known.items() if name in kind.model_fields}


def _takes(one: Mapping[str, Any]) -> str:
    """What a part of a JSON Schema lets pass, in words."""
    if some := one.get("anyOf"):  # in TOML none is no value: the key is left out
        return " or ".join({_takes(part): None for part in some if part.get("type") != "null"})
    if "$ref" in one or "oneOf" in one:
        return "table"
    if choices := one.get("enum") or ([one["const"]] if "const" in one else []):
        return " | ".join(map(str, choices))
    if one.get("type") == "array":
        parts = one.get("prefixItems", [one.get("items", {})])
        inner = " or ".join({_takes(part): None for part in parts})
        return f"list of {len(parts)}, each {inner}" if "prefixItems" in one else f"list of {inner}"
    kind = _KINDS.get(one.get("type", ""), one.get("type", "any"))
    bounds = ", ".join(f"{sign} {one[name]:,}" for name, sign in _BOUNDS if name in one)
    return f"{kind} {bounds}".rstrip()


def _toml(value: object) -> str:
    return "none" if value is None else json.dumps(value)
