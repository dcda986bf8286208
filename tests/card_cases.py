"""Cards of every shape, and what of them a vocabulary has room for."""

import datetime as dt
from itertools import count
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

from hypothesis import strategies as st
from pydantic import BaseModel

from datastd.card import Card, read

WHOLE = """
card_version = 1

[identity]
uuid = "7d444840-9dc0-41a4-b1c0-3c9e5e3a1e5a"
name = "strips"
version = "1.2.0"
previous_version = "1.1.0"
status = "active"
title = "Strips of cloth"
description = "Strips of cloth, woven by hand."
license = "CC-BY-4.0"
created = 2024-02-29
published = 2024-03-01
languages = ["en", "de-CH"]
modality = ["text"]
task = ["text-generation"]
url = "https://example.org/strips"
citation = "A. Weaver, 2024"

[[identity.parties]]
name = "A. Weaver"
role = "creator"
contact = "weaver@example.org"

[[identity.parties]]
name = "The Mill"
role = "maintainer"

[identity.use]
codes = ["ai-pre-training", "research"]
intended = "To learn to weave."
out_of_scope = "Dyeing."
known_limits = "No silk."
biases = "Mostly linen."
terms = ["DUO:0000042"]

[[collection.sources]]
id = "loom"
method = "sensor"
description = "A loom."
license = "CC0-1.0"
uri = "https://example.org/secret/loom"
revision = "v1"
sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
retrieved_from = 2024-01-01
retrieved_to = 2024-01-31
content_from = 2023-01-01
origin_countries = ["CH"]
personal_data = "no"
rows = 30
bytes = 300

[collection.sources.annotation]
platform = "paper"
per_item = 3
agreement = 0.9
agreement_measure = "alpha"

[[processing.steps]]
id = "cut"
inputs = ["loom"]
op = "filter"
tool = "scissors"
tool_version = "1.0"
rows_in = 30
rows_out = 28
bytes_out = 280
started = 2024-02-29T10:00:00Z
ended = 2024-02-29T10:05:00Z
actor = "B. Cutter"
params = { shortest = 3 }

[processing.splits.train]
rows = 2
bytes = 100
purpose = "to learn"

[processing.content_safety]
method = "a list of words"
removed = 2

[storage]
access = "green"
region = "CH"
bytes = 280
format = "jsonl"
availability = "directDownload"
"""

SECRETS = ("weaver@example.org", "example.org/secret", "B. Cutter", "shortest")
"""What of it is private."""

TRUE = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
"""A digest that is one."""

texts = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("\x00\x1b\x7f\x85\u2028\u202e\ufeff\"'\\<>&|~%: \n\t#-"),
    max_size=12,
)


def cards():
    """Cards with any fields, of any values that the model takes."""
    return _models(Card).map(lambda tables: Card.of_tables({**tables, "card_version": 1}))


def _models(model):
    fields = {
        name: _values(field.annotation, field.metadata) if name != "sha256" else st.just(TRUE)
        for name, field in model.model_fields.items()
        if name not in {"card_version", "x"}
    }
    return st.fixed_dictionaries({}, optional=fields)


def _values(kind, limits=()):
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _values(parts[0], [*limits, *parts[1:]])
    if origin in {Union, UnionType}:
        return st.one_of(*(_values(one, limits) for one in parts if one is not NoneType))
    if origin is Literal:
        return st.sampled_from(parts)
    if origin is tuple:
        return st.lists(_values(parts[0]), min_size=0 if parts[-1] is ... else 2, max_size=2)
    if len(parts) == 2:
        return st.dictionaries(texts, _values(parts[1]), max_size=2)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _models(kind)
    if kind in {int, float}:
        low = next((n for one in limits for n in (getattr(one, "ge", None), getattr(one, "gt", None)) if n is not None), -5)
        high = next((one.le for one in limits if hasattr(one, "le")), 10**6)
        return st.integers(low + 1, high) if kind is int else st.floats(low, high)
    return _PLAIN[kind]


_PLAIN = {
    str: texts, bool: st.booleans(), dt.date: st.dates().map(str), UUID: st.uuids().map(str),
    dt.datetime: st.datetimes(timezones=st.just(dt.UTC)).map(dt.datetime.isoformat),
    Any: st.integers(0, 9) | texts | st.lists(st.integers(0, 9), max_size=2),
}  # fmt: skip


def full():
    """The tables of a card in which every field says something of its own."""
    numbers = count(100)
    tables = _full(Card, numbers)
    tables["identity"]["license"] = "MIT"
    tables["processing"]["steps"][0]["expected_removed"] = [0.5, 0.75]
    return {**tables, "card_version": 1, "x": {"mill": {"loom": "oak"}}}


def _full(kind, numbers, name=""):
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated or origin in {Union, UnionType}:
        return _full(next(one for one in parts if one is not NoneType), numbers, name)
    if origin is Literal:
        return parts[0]
    if origin is tuple:
        return [_full(parts[0], numbers, name)]
    if len(parts) == 2:
        return {f"name{next(numbers)}": _full(parts[1], numbers, name)}
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {key: _full(field.annotation, numbers, key) for key, field in kind.model_fields.items() if key not in {"card_version", "x"}}
    if name.endswith("sha256"):
        return f"{next(numbers):064x}"
    day = f"2{next(numbers)}-01-01"
    return {int: next(numbers), float: 0.25, bool: True, dt.date: day, dt.datetime: f"{day}T00:00:00Z",
            UUID: "0190b5a2-8a57-7c31-9b6a-2f1de0f5b9c3"}.get(kind, f"said{next(numbers)}")  # fmt: skip


def write(folder, card=WHOLE, **files):
    """A dataset with a card: files by their names, of which the last `_` is the dot."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "datacard.toml").write_text(card)
    for name, content in files.items():
        path = folder / ".".join(name.rsplit("_", 1))
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    read((folder / "datacard.toml").read_bytes())
    return folder
