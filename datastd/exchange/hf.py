"""
The README of a dataset on Hugging Face's hub: YAML for machines, Markdown for people.

The hub's own keys hold what they have a form for; what its card asks for in prose stands below
``datacard`` as the tables of the card, and again as text.  An import reads the YAML alone.

Source:
    Hugging Face, hub-docs, datasetcard.md; huggingface_hub, templates/datasetcard_template.md.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from datastd.card import Card
from datastd.card.fields import inside, places
from datastd.card.terms import Terms
from datastd.exchange import yaml
from datastd.exchange.licences import HUB, hub_of, of_page
from datastd.exchange.objects import Left, listed, values
from datastd.exchange.parcel import Parcel
from datastd.exchange.spelling import markdown, yaml_of

_KEYS: Mapping[str, tuple[str, ...]] = {
    "pretty_name": ("identity", "title"), "task_categories": ("identity", "task"),
}  # fmt: skip
"""Keys of the hub that hold a field as it is."""

_OWN = frozenset({"license", "language", "pretty_name", "task_categories", "splits"})
"""Terms that a key of the hub is for."""

_MADE = {
    "crawl": "found", "download": "found", "api": "found", "licensed": "found", "derived": "found",
    "synthetic": "machine-generated", "simulation": "machine-generated",
}  # fmt: skip
"""Who wrote a text, by how it was got; of other ways the hub's card has ``other``."""

_SIZES = ((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"),
          (10**7, "1M<n<10M"), (10**8, "10M<n<100M"), (10**9, "100M<n<1B"),
          (10**10, "1B<n<10B"), (10**11, "10B<n<100B"), (10**12, "100B<n<1T"))  # fmt: skip

_HEADINGS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "Dataset Description": (("identity", "description"),),
    "Direct Use": (("identity", "use", "intended"),),
    "Out-of-Scope Use": (("identity", "use", "out_of_scope"),),
    "Source Data": (("collection", "sources", "[]", "description"),),
    "Annotation process": (("collection", "sources", "[]", "annotation", "guidelines"),),
    "Personal and Sensitive Information": (("collection", "sources", "[]", "personal_data"),),
    "Bias, Risks, and Limitations": (
        ("identity", "use", "biases"), ("identity", "use", "known_limits"),
    ),
    "Citation": (("identity", "citation"),),
}  # fmt: skip
"""Headings of the hub's template, and what stands below them."""

_FENCE = "---"
_MOST = 256 << 10  # bytes of YAML


def write(parcel: Parcel) -> bytes:
    """The README of the dataset."""
    parcel.lacks("the hub", ("identity.license", "identity.languages", "identity.task"))
    parcel.leaves("the hub", {one.path for one in places() if one.terms.hf})
    return readme(parcel.card)


def readme(card: Card) -> bytes:
    """The README of a card: metadata, and the text for people."""
    front = yaml_of(_front(card)) or "{}\n"
    return f"{_FENCE}\n{front}{_FENCE}\n\n{_body(card)}".encode()


def _front(card: Card) -> dict[str, Any]:
    """The metadata: keys of the hub, and tables of the card."""
    found: dict[str, Any] = {**_license(card)}
    if tags := card.identity.languages:
        found["language"] = [*dict.fromkeys(tag.partition("-")[0] for tag in tags)]
        if found["language"] != [*tags]:
            found["language_bcp47"] = [*tags]
    for key, path in _KEYS.items():
        found.update((key, to_jsonable_python(one)) for one in values(card, path))
    sources = card.collection.sources
    if "text" in card.identity.modality and any(one.method for one in sources):
        made = [_MADE.get(one.method, "other") for one in sources if one.method]
        found["language_creators"] = [*dict.fromkeys(made)]
    if uris := [one.uri for one in sources if one.uri is not None]:
        found["source_datasets"] = uris
    splits = card.processing.splits
    counts = [split.rows for split in splits.values()]
    if counts and None not in counts:
        rows = sum(count or 0 for count in counts)
        found["size_categories"] = [next((said for most, said in _SIZES if rows < most), "n>1T")]
    if splits:
        found["dataset_info"] = {"splits": [
            {"name": name} | {key: one for key, one in (
                ("num_examples", split.rows), ("num_bytes", split.bytes)) if one is not None}
            for name, split in splits.items()
        ]}  # fmt: skip
    if tables := _tables(card):
        found["datacard"] = tables
    return found


def _license(card: Card) -> dict[str, Any]:
    """The licence as the hub calls it; as another, by its name and the file of its text."""
    licence, files = card.identity.license, card.identity.license_files
    if licence is None:
        return {}
    if (known := hub_of(licence)) is not None:
        return {"license": known}
    link = {"license_link": files[0]} if files else {}
    return {"license": "other", "license_name": licence, **link}


def _tables(model: BaseModel) -> dict[str, Any]:
    """The tables of a model: of the fields that the hub's card has, and no key is for."""
    found: dict[str, Any] = {}
    for name, field in type(model).model_fields.items():
        terms = next((one for one in field.metadata if isinstance(one, Terms)), Terms())
        held, value = getattr(model, name), None
        if terms.hf in _OWN:
            continue
        if inside(field.annotation)[0] is None:
            value = to_jsonable_python(held) if terms.hf else None
        elif isinstance(held, tuple):
            value = [_tables(one) for one in held]
            value = value if any(value) else None
        elif isinstance(held, BaseModel):
            value = _tables(held) or None
        if value not in (None, [], {}):
            found[name] = value
    return found


def _body(card: Card) -> str:
    """The text for people: what is stated, below the headings of the hub's template."""
    return "".join(f"{paragraph}\n\n" for paragraph in _paragraphs(card))


def _paragraphs(card: Card) -> Iterator[str]:
    yield f"# Dataset Card for {markdown(card.identity.title or card.identity.name or 'a dataset')}"
    for heading, paths in _HEADINGS.items():
        texts = [one for path in paths for one in values(card, path)]
        if texts:
            yield f"## {heading}"
            yield from (f"{markdown(str(one))}" for one in texts)


def is_one(content: bytes) -> bool:
    """Say whether a file begins as a README of the hub does."""
    return content.removeprefix(b"\xef\xbb\xbf").startswith(_FENCE.encode())


def read(content: bytes) -> tuple[dict[str, Any], Left]:
    """
    The tables of a card that a README's metadata come to, and what it says besides.

    Raises:
        ValueError: It has no metadata.
        NotInstalled: PyYAML is not there.
    """
    lines = content.decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), 0)
    front = "\n".join(lines[1:end])
    if lines[0].rstrip() != _FENCE or not end or len(front) > _MOST:
        msg = f"expected metadata between two lines of {_FENCE}, of at most {_MOST} characters"
        raise ValueError(msg)
    given, left = yaml.read(front), Left()
    if not isinstance(given, dict):
        msg = "expected metadata with keys"
        raise ValueError(msg)  # noqa: TRY004  -- of data, as any other
    tables = _read(dict(given), left)
    _say_rest(given, tables, left)
    body = "\n".join(lines[end + 1 :]).strip()
    if body and body != _body(_card(tables)).strip():
        headings = [line.lstrip("# ")[:80] for line in lines[end + 1 :] if line.startswith("#")]
        for heading in headings or ["without headings"]:
            left(f"text: {heading}", "prose is not read")
    return tables, left


def _card(tables: Mapping[str, Any]) -> Card:
    return Card.of_tables({"card_version": 1, **tables})


def _say_rest(given: dict[str, Any], tables: dict[str, Any], left: Left) -> None:
    """Note each key that no field has taken: whoever writes the card again writes another."""
    again = _front(_card(tables))
    for key, value in given.items():
        same = listed(again.get(key)) == listed(value)
        if key in {"dataset_info", "datacard"} and not same:
            left(key, "not all of it is the card's")
        elif key == "license_name" and not same and tables["identity"].get("license") != value:
            left(key)
        elif key == "language" and not same and "language_bcp47" in given:
            left(key, "language_bcp47 says more")
        elif key not in _TAKEN and not same:
            left(key)


_TAKEN = frozenset(
    {"license", "license_name", "license_link", "language", "language_bcp47", *_KEYS}
)


def _read(given: dict[str, Any], left: Left) -> dict[str, Any]:
    """The tables of what is there."""
    own = given.get("datacard")
    tables: dict[str, Any] = own if isinstance(own, dict) else {}
    tables = {part: dict(one) for part, one in tables.items() if isinstance(one, dict)}
    identity = tables.setdefault("identity", {})
    _read_license(given, identity, left)
    tags = "language_bcp47" if "language_bcp47" in given else "language"
    if found := _texts(given, tags, left):
        identity["languages"] = found
    for key, (_, name) in _KEYS.items():
        if found := _texts(given, key, left):
            identity[name] = found if name == "task" else "\n".join(found)
    if splits := _splits(given.get("dataset_info")):
        tables.setdefault("processing", {})["splits"] = splits
    return {part: one for part, one in tables.items() if one or part == "identity"}


def _texts(given: dict[str, Any], key: str, left: Left) -> list[str]:
    """The texts under a key, numbers among them as they are written; any other value is left."""
    found = []
    for one in listed(given.get(key)):
        if isinstance(one, str | int | float) and not isinstance(one, bool):
            found.append(str(one))
        elif one is not None:
            left(key, "expected a text")
    return found


def _read_license(given: dict[str, Any], identity: dict[str, Any], left: Left) -> None:
    said = _texts(given, "license", left)
    name, link = given.get("license_name"), given.get("license_link")
    if len(said) > 1:
        left("license", "expected one")
    elif said and said[0] in HUB:
        identity["license"] = HUB[said[0]]
    elif isinstance(name, str):
        identity["license"] = name
    elif isinstance(link, str) and (known := of_page(link)):
        identity["license"] = known
    elif said:
        left(f"license: {said[0]}", "no identifier of SPDX, and nobody says which text it is")
    if isinstance(link, str) and "://" not in link:
        identity.setdefault("license_files", [link])
    elif link is not None and identity.get("license") != (of_page(str(link)) or ""):
        left("license_link")


def _splits(info: Any) -> dict[str, Any]:
    """Splits as the hub states them, of the one configuration that there is."""
    splits = info.get("splits") if isinstance(info, dict) else None
    found = {}
    for one in splits if isinstance(splits, list) else ():
        if isinstance(one, dict) and isinstance(one.get("name"), str):
            known = {"rows": one.get("num_examples"), "bytes": one.get("num_bytes")}
            found[one["name"]] = {
                key: count for key, count in known.items() if type(count) is int and count >= 0
            }
    return found
