"""What a new dataset says of where it comes from: a log, a summary, a step in its card."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from json import dumps
from typing import Any, TypeAlias

import polars as pl

from datastd.card import written
from datastd.cleaning.choice import reasons
from datastd.disk import Tree
from datastd.draft import pieces_of
from datastd.errors import UsageError
from datastd.model import parse_toml
from datastd.sources import CARD

Keys: TypeAlias = tuple[str, ...]
"""Where a value stands in a card: the keys of the tables, and its own."""

_MOST = 1 << 20  # bytes of a card
_OF_CONTENT = ("record_digest", "bytes")  # what a split states of records that are others now
_HEAD = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?\s*")
_ENTRY = re.compile(r"(\s*)([A-Za-z0-9_-]+)(\s*=\s*)([^#]*?)(\s*(?:#.*)?\s*)")


def names(tree: Tree) -> tuple[str, str]:
    """Names for log and summary that no earlier cleaning has taken."""
    for number in count(1):
        end = f"-{number}" if number > 1 else ""
        both = f"_meta/removed{end}.jsonl", f"_meta/cleaning{end}.json"
        if not {*both} & {*tree.stamps}:
            return both
    raise AssertionError  # pragma: no cover  -- there is always one more


def log(samples: "pl.DataFrame", files: Mapping[str, list[dict[str, Any]]]) -> Iterator[bytes]:
    """
    One JSON object a line for each thing left out: first the samples, then other files.

    A sample has ``key``, ``split``, ``codes``, ``why`` (of each code: ``observed``,
    ``limit``, ``detail``), and ``kept_instead`` where another stays in its place; a file
    has ``file``, ``codes`` and ``why``.
    """
    for key, rows in reasons(samples):
        kept = next((row["kept"] for row in rows if row["kept"] is not None), None)
        split = next((row["split"] for row in rows if row["split"]), "")
        instead = {"kept_instead": kept} if kept is not None else {}
        yield _line({"key": key, "split": split, **_why(rows), **instead})
    for path, rows in files.items():
        yield _line({"file": path, **_why(rows)})


def _why(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    why = [
        {
            "code": row["code"],
            "observed": _finite(row["observed"]),
            "limit": row["limit"],
            "detail": row["detail"],
        }
        for row in rows
    ]
    return {"codes": [*dict.fromkeys(one["code"] for one in why)], "why": why}


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _line(value: Mapping[str, Any]) -> bytes:
    return dumps(value, allow_nan=False).encode() + b"\n"


def card_of(tree: Tree) -> str:
    """
    The data card as it is; empty where there is none.

    Raises:
        UsageError: It is no card that a step can be added to.
    """
    if CARD not in tree.stamps:
        return ""
    try:
        if tree.stamps[CARD].size > _MOST:
            raise UsageError(CARD, f"at most {_MOST} bytes", f"{tree.stamps[CARD].size}")
        text = b"".join(pieces_of(tree, CARD)).decode()
        parse_toml(text)
    except OSError as error:
        raise UsageError(CARD, "a readable file", error.strerror or "an error") from None
    except ValueError as error:
        raise UsageError(CARD, "a data card, in TOML", str(error)) from None
    with_step(text, {"name": ""})
    return text


def with_counts(card: str, counts: Mapping[Keys, int | list[str]]) -> str:
    """
    Set numbers and names that a card states, and take out digests and sizes of splits: others now.

    What can be set on its line is, and every other byte stays; else the card is written anew.
    """
    tables = parse_toml(card)
    changes: dict[Keys, int | list[str] | None] = {
        keys: value for keys, value in counts.items() if _at(tables, keys) is not None
    }
    for name, split in _mapping(_at(tables, ("processing", "splits"))).items():
        stale = [key for key in _OF_CONTENT if key in _mapping(split)]
        changes.update({("processing", "splits", name, key): None for key in stale})
    wanted = parse_toml(card)
    for keys, value in changes.items():
        inner = _at(wanted, keys[:-1])
        inner.pop(keys[-1])
        inner |= {} if value is None else {keys[-1]: value}
    text = "".join(_lines(card, changes))
    try:
        is_so = parse_toml(text) == wanted
    except ValueError:
        is_so = False
    return text if is_so else written.whole(wanted)


def _lines(card: str, changes: Mapping[Keys, int | list[str] | None]) -> Iterator[str]:
    """The lines of a card, with changes of those that are a key and a value."""
    table: Keys = ()
    for line in re.findall(r"[^\n]*\n|[^\n]+", card):
        head, entry = _HEAD.fullmatch(line), _ENTRY.fullmatch(line)
        if head:
            table = _keys(head[1])
        keys = (*table, entry[2]) if entry else ()
        if not entry or keys not in changes:
            yield line
        elif (value := changes[keys]) is not None:
            yield f"{entry[1]}{entry[2]}{entry[3]}{written.toml(value)}{entry[5]}"


def _keys(head: str) -> Keys:
    """The keys of the head of a table; of what is none, a name that no table has."""
    try:
        here: Any = parse_toml(f"[{head}]\n")
    except ValueError:
        return (head,)
    keys: list[str] = []
    while here:
        ((key, here),) = here.items()
        keys.append(key)
    return tuple(keys)


def _at(tables: Any, keys: Keys) -> Any:  # noqa: ANN401
    """What stands at some keys; None where nothing does."""
    for key in keys:
        tables = _mapping(tables).get(key)
    return tables


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def with_step(card: str, step: Mapping[str, Any]) -> str:
    """
    Add a step of processing to a card, of which every other byte stays.

    Raises:
        UsageError: The card has no place for it.
    """
    begin = card if card.endswith("\n") else f"{card}\n"
    begin = f"{begin}\n"
    text = f"{begin}{written.step(step)}"
    try:
        before, after = parse_toml(begin), parse_toml(text)
    except ValueError:
        expected = "[[processing.steps]], or no steps"
        raise UsageError(CARD, expected, "steps of processing in another form") from None
    last = after["processing"]["steps"].pop()
    empty = before.setdefault("processing", {}).setdefault("steps", [])
    if last != step or after != before or not isinstance(empty, list):
        msg = f"{CARD}: expected the card and one more step, found another"
        raise AssertionError(msg)
    return text
