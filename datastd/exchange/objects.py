"""Objects of JSON-LD for models of the card, and the tables that such objects come to."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import quote, unquote

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from datastd.exchange.licences import of_page, page_of
from datastd.exchange.shapes import EACH, RAI, Inner, Shape, Slot

Object = dict[str, Any]

_TYPES: Mapping[str, str] = {
    "prov:wasDerivedFrom": "prov:Entity", "prov:wasGeneratedBy": "prov:Activity",
    "prov:wasAttributedTo": "prov:SoftwareAgent",
}  # fmt: skip
"""
What an object is, by the property that it stands under.

None is a dataset: readers of Croissant take the first that they meet for the one that is meant.
"""

_HOMES = {
    "rai:dataLimitations": "known_limits", "rai:dataUseCases": "intended",
    "rai:dataAnnotationPlatform": "platform",
}  # fmt: skip
"""Of properties that take several fields, where a text goes that names none."""

_OPEN = ".."  # an end of an interval that is not stated


def put(model: BaseModel, shape: Shape) -> Object:
    """The object of a model: what is stated, and nothing else."""
    found: Object = {}
    for key, slots in shape.slots.items():
        if (value := _written(key, slots, model)) is not None:
            found[key] = value
    for one in shape.inner:
        objects = [_typed(one.key, put(held, one.shape)) for held in _held(model, one.path)]
        if objects:
            found[one.key] = objects if one.is_many else objects[0]
    return found


def _typed(key: str, held: Object) -> Object:
    return {"@type": _TYPES[key], **held} if key in _TYPES else held


def _held(model: BaseModel, path: tuple[str, ...]) -> Iterator[BaseModel]:
    for value in values(model, path):
        yield from value if isinstance(value, tuple) else (value,)


def values(model: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """What stands at a path: nothing where nothing is stated, several of a list of models."""
    if model is None or (not path and not isinstance(model, BaseModel) and model in ((), {})):
        return
    if not path:
        yield model
    elif path[0] == EACH:
        for one in model:
            yield from values(one, path[1:])
    else:
        yield from values(getattr(model, path[0]), path[1:])


def _written(key: str, slots: tuple[Slot, ...], model: BaseModel) -> Any:
    """What stands under a property; None where nothing does."""
    filled = {slot: [*values(model, slot.path)] for slot in slots}
    if not any(filled.values()):
        return None
    if _is_interval(slots):
        ends = [str(said[0]) if said else _OPEN for said in filled.values()]
        return "/".join(ends)
    if key == "license":
        return _license(*(said[0] if said else None for said in filled.values()))
    if len(slots) == 1 and EACH not in slots[0].path:
        return _alone(key, slots[0], to_jsonable_python(filled[slots[0]][0]))
    return [
        f"{slot.label}: {_text(value)}"
        for slot, said in filled.items()
        for one in said
        for value in (one if slot.is_many else (one,))
    ]


def _alone(key: str, slot: Slot, value: Any) -> Any:
    """What stands under a property of one field."""
    if key in _WAYS:
        way = _WAYS[key][0]
        return [way(one) for one in value] if slot.is_many else way(value)
    if key.startswith(RAI):
        return [_text(one) for one in value] if slot.is_many else _text(value)
    return value


def _text(value: object) -> str:
    """A value as a text: itself, or the JSON of what is no text."""
    plain = to_jsonable_python(value, fallback=dict)  # a frozen mapping
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def _is_interval(slots: tuple[Slot, ...]) -> bool:
    """Say whether a property takes the day on which a time begins, and that on which it ends."""
    names = [slot.path[-1].rpartition("_")[2] for slot in slots]
    return names == ["from", "to"]


def _license(licence: str | None, url: str | None = None) -> Any:
    """A licence: its page, or its expression; an object where it has a page of its own."""
    if url is None and licence is not None and "://" not in licence:
        return page_of(licence)
    known = {"name": licence, "url": url}
    return {"@type": "sc:CreativeWork"} | {k: one for k, one in known.items() if one is not None}


def identifier(name: str) -> str:
    """
    A name as readers of Croissant take identifiers: without white space, written out or not.

    >>> identifier("a b/é")
    'a~20b~2F~C3~A9'
    """
    return quote(name, safe="").replace("~", "%7E").replace("%", "~")


def name_of(given: str) -> str:
    """The name that an identifier stands for; one that others made is its own."""
    bare = given.removeprefix("#")
    try:
        name = unquote(bare.replace("%", "%25").replace("~", "%"), errors="strict")
    except UnicodeDecodeError:
        return bare
    return name if identifier(name) == bare else bare


def _bytes(size: Any) -> str:
    """
    A size in bytes.

    Raises:
        ValueError: It is in another unit, which rounds.
    """
    whole = re.fullmatch(r"([0-9]{1,19}) ?(?:B|bytes)?", str(size))
    if whole is None:
        msg = "a size in another unit than bytes"
        raise ValueError(msg)
    return whole[1]


_WAYS: Mapping[str, tuple[Callable[[Any], Any], Callable[[Any], str]]] = {
    "@id": (lambda one: f"#{identifier(one)}", name_of),
    "contentSize": (lambda one: f"{one} B", _bytes),
}
"""Properties whose values are written otherwise: how, and how they are read."""


class Left:
    """
    What an object says that the card has no field for, or no such value.

    Attributes:
        said: Each property, and why it was left.
    """

    def __init__(self) -> None:
        self.said: list[str] = []

    def __call__(self, where: str, why: str = "") -> None:
        """Note a property that was left."""
        self.said.append(f"{where}: {why}" if why else where)


def take(given: Object, shape: Shape, left: Left, where: str = "") -> dict[str, Any]:
    """
    The tables of the card that an object comes to; of *given*, what was taken goes.

    Args:
        given: The object.
        shape: What may stand in it.
        left: Hears of what the card cannot say.
        where: Where the object stands.
    """
    tables: dict[str, Any] = {}
    for key, slots in shape.slots.items():
        if key in given:
            _read(given.pop(key), slots, tables, left, f"{where}{key}")
    for one in shape.inner:
        if one.key in given:
            _objects(given.pop(one.key), one, tables, left, f"{where}{one.key}")
    return tables


def leftover(given: Object, left: Left, where: str = "") -> None:
    """Note each property that nobody took."""
    for key in given:
        if key not in {"@type", "@context"}:
            left(f"{where}{key}")


def _objects(given: Any, inner: Inner, tables: dict[str, Any], left: Left, where: str) -> None:
    found = []
    for number, one in enumerate(listed(given)):
        here = f"{where}[{number}]" if inner.is_many else where
        if not isinstance(one, dict) or (number and not inner.is_many):
            left(here, "expected one object")
            continue
        held = dict(one)
        found.append(take(held, inner.shape, left, f"{here}."))
        leftover(held, left, f"{here}.")
    if found:
        _set(tables, inner.path, found if inner.is_many else found[0])


def listed(given: Any) -> list[Any]:
    """Values of JSON-LD: one stands for a list of it."""
    return given if isinstance(given, list) else [given]


def _read(
    given: Any, slots: tuple[Slot, ...], tables: dict[str, Any], left: Left, where: str
) -> None:
    """Read what stands under a property into the fields that it takes."""
    try:
        pairs = [*_pairs(given, slots)]
    except (ValueError, TypeError) as error:
        left(where, str(error) if isinstance(error, ValueError) else "expected another value")
        return
    for slot, text in pairs:
        if slot is None or text is None:
            left(where, "expected a text that names a field of the card")
            continue
        try:
            _add(tables, slot, slot.read(text))
        except ValueError as error:
            left(where, str(error))


Pair = tuple[Slot | None, str | None]
"""A field, and the text of a value of it; none for what no field takes."""


def _pairs(given: Any, slots: tuple[Slot, ...]) -> Iterable[Pair]:
    if _is_interval(slots):
        return _interval(given, slots)
    if slots[0].key == "license":
        return _licensed(given, slots)
    if len(slots) == 1 and EACH not in slots[0].path:
        return [(slots[0], _plain(slots[0].key, one)) for one in listed(given)]
    return [_labelled(one, slots) for one in listed(given)]


def _plain(key: str, given: Any) -> str:
    """
    One value as text.

    Raises:
        ValueError: It is no text, nor a number.
    """
    if key in _WAYS:
        return _WAYS[key][1](given)
    if isinstance(given, dict):
        given = only_text(given)
    if not isinstance(given, str | int | float) or isinstance(given, bool):
        msg = "expected a text"
        raise ValueError(msg)  # noqa: TRY004  -- of data, as any other
    return str(given)


def only_text(given: Mapping[str, Any]) -> Any:
    """The text of an object that holds one: of a language, a value, a name, or what it names."""
    held = [one for key, one in given.items() if key not in {"@type", "@language"}]
    return held[0] if len(held) == 1 else None


def _labelled(given: Any, slots: tuple[Slot, ...]) -> Pair:
    """The field that a text names, and the rest of it."""
    if not isinstance(given, str):
        return None, None
    for slot in slots:
        if given.startswith(f"{slot.label}: "):
            return slot, given.removeprefix(f"{slot.label}: ")
    home = _HOMES.get(slots[0].key)
    return next((slot for slot in slots if slot.path[-1] == home), None), given


def _interval(given: Any, slots: tuple[Slot, ...]) -> Iterator[Pair]:
    """
    The days on which a time begins and ends.

    Raises:
        ValueError: It is no interval of days.
    """
    ends = given.split("/") if isinstance(given, str) else given
    if not isinstance(ends, list) or len(ends) != len(slots):
        msg = "expected two days, parted by a slash"
        raise ValueError(msg)
    for slot, day in zip(slots, ends, strict=True):
        if day not in {_OPEN, ""}:
            yield slot, str(date.fromisoformat(str(day)[:10] if "T" in str(day) else str(day)))


def _licensed(given: Any, slots: tuple[Slot, ...]) -> Iterator[Pair]:
    """The licence, and its page, where the card has a field for it."""
    many = listed(given)
    one = many[0] if len(many) == 1 else None
    own = slots[1] if len(slots) > 1 else None
    if isinstance(one, dict):
        name, url = one.get("name"), one.get("url", one.get("@id"))
        known = of_page(url) if isinstance(url, str) and name is None and own is None else None
        if name is not None or known:
            yield slots[0], known if name is None else name
        if url is not None and not known:
            yield own, url
    elif isinstance(one, str) and "://" in one and (known := of_page(one)):
        yield slots[0], known
    elif isinstance(one, str) and "://" in one:
        yield own, one
    else:
        yield (slots[0], one) if isinstance(one, str) else (None, None)


def _add(tables: dict[str, Any], slot: Slot, value: Any) -> None:
    """Set a field; add to one that holds many; a second text of one that holds one goes below."""
    if EACH in slot.path:
        at = slot.path.index(EACH)
        items = _get(tables, slot.path[:at])
        item: dict[str, Any] = {}
        _set(item, slot.path[at + 1 :], value)
        _set(tables, slot.path[:at], [*(items or []), item])
    elif slot.is_many:
        _set(tables, slot.path, [*(_get(tables, slot.path) or []), value])
    elif (there := _get(tables, slot.path)) is None:
        _set(tables, slot.path, value)
    elif slot.key.startswith(RAI) and slot.is_text:
        _set(tables, slot.path, slot.read(f"{there}\n{value}"))
    else:
        msg = "expected one value, found more"
        raise ValueError(msg)


def _get(tables: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    here: Any = tables
    for name in path:
        here = here.get(name) if isinstance(here, Mapping) else None
    return here


def _set(tables: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for name in path[:-1]:
        tables = tables.setdefault(name, {})
    tables[path[-1]] = value
