"""
What the files beside a dataset state of it: digests, numbers of records, and its card.

Nothing here is believed: it is set against what is there.
"""

import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from datastd import bags
from datastd.digest import MANIFEST, Manifest, strict_json
from datastd.disk import Tree
from datastd.model import DATA
from datastd.quiet import safe
from datastd.sources import CARD
from datastd.sources.files import COUNTS, SPLITS, is_data, paper

if TYPE_CHECKING:
    from datastd.card import Card

_LINE = re.compile(rb"([0-9a-fA-F]{64}) [ *](?:\./)?([^\n]+)")
_DOMAIN = re.compile(rb"([^\t]+)\t([0-9]{1,18})\t([0-9]{1,18})")
_INFOS = ("dataset_info.json", "dataset_infos.json")

UNREADABLE = -1
"""What stands for a number of records that cannot be read."""


def manifests(tree: Tree) -> list[str]:
    """The dataset's own manifest; where letters were written in capitals, perhaps several."""
    return [path for path in tree.stamps if path.lower() == MANIFEST]


def manifest(tree: Tree, listed: Manifest) -> pl.DataFrame | None:
    """
    The files that are there, and those that the dataset's own manifest states.

    Of a bag (RFC 8493) every list of digests is read, of any algorithm.

    Columns ``path``, ``found`` and ``stated`` (SHA-256, null where there is none; a digest of
    another algorithm that holds is that of the bytes, and one that does not is empty), ``data``
    (whether the file may hold samples), ``odd`` (whether its line is not as datastd would
    write it), and ``wrong``: what no digest tells, of a bag.  None where there is no manifest.
    """
    names, found = manifests(tree), dict(listed.files)
    bag = bags.Bag(tree, found) if bags.is_bag(tree) else None
    if not names and bag is None:
        return None
    texts = {name: paper(tree, name) for name in names}
    odd = {one for name, text in texts.items() for one in _odd(name, text or b"")}
    lines = (line for name, text in texts.items() for line in _stated(name, text))
    stated: dict[str, str] = {}
    for path, said in lines if bag is None else bag.stated():  # no file has two digests
        stated[path] = said if stated.get(path, said) == said else ""
    wrong: dict[str, list[str]] = {}
    for path, why in bag.wrong() if bag else ():
        wrong.setdefault(path, []).append(why)
    rows = [
        (path, found.get(path), stated.get(path), path in found and is_data(path), path in odd,
         "; ".join(wrong.get(path, ())), DATA)
        for path in sorted({*found, *stated, *odd, *wrong})
    ]  # fmt: skip
    return pl.DataFrame(rows, _MANIFEST, orient="row")


def has_manifest(tree: Tree) -> bool:
    """Say whether there is anything that `manifest` reads."""
    return bool(manifests(tree)) or bags.is_bag(tree)


def outdated(tree: Tree) -> list[str]:
    """What is no more true once the samples are written anew, and what a bag has no more."""
    return [path for path in tree.stamps if path.lower() == MANIFEST or bags.is_of_a_bag(path)]


_MANIFEST = {"path": pl.String, "found": pl.String, "stated": pl.String, "data": pl.Boolean,
             "odd": pl.Boolean, "wrong": pl.String, "origin": pl.String}  # fmt: skip


def _stated(name: str, text: bytes | None) -> Iterator[tuple[str, str]]:
    """
    Path and SHA-256 of each line as ``sha256sum -c`` reads it; of any other, no digest.

    Digits may be capitals, as RFC 8493 has it, and paths may begin with ``./``, as of ``find``.
    """
    return bags.lines_of(name, text, _LINE, os.fsdecode)


def _odd(name: str, text: bytes) -> Iterator[str]:
    """Of each line that is not as datastd writes it, the path, or its number where it has none."""
    before, lines = b"", text.split(b"\n")
    for number, line in enumerate(lines, start=1):
        whole, ended = _LINE.fullmatch(line), number < len(lines)
        path = whole[2] if whole else b""
        ours = whole[1].lower() + b"  " + path if whole else None
        if (line or ended) and not (ended and path > before and line == ours):
            yield os.fsdecode(path) if path else f"{name}: line {number}"
        before = path or before


class Stated(NamedTuple):
    """
    What is stated of the numbers of records.

    Attributes:
        records: Of each split, as datastd calls it.  What cannot be read, and what another
            file contradicts, stands under the path of the file as `UNREADABLE`.
        is_apart: Whether more is stated, of configurations that no folder tells apart.
    """

    records: Mapping[str, int]
    is_apart: bool = False


def records(tree: Tree) -> Stated:
    """
    Records of each split as Hugging Face's ``dataset_info.json`` or ``dataset_infos.json`` state.

    Of several configurations, those that lie in folders of their names are added up.  Where
    files lie elsewhere, nobody can tell of which of them they are.
    """
    stated, is_apart = dict[str, int](), False
    for path in tree.stamps:
        folder, _, name = path.rpartition("/")
        if name in _INFOS:
            here: Counter[str] = Counter()
            try:
                of = _configurations(paper(tree, path))
                there = _there(tree, folder) if len(of) > 1 else {*of}
                is_apart |= not there <= {*of}
                for splits in (of[one] for one in of if there <= {*of} and one in there):
                    for split, count in _splits(splits):
                        here[SPLITS.get(split, split)] += count
            except ValueError:
                stated[path] = UNREADABLE
            if any(stated.get(split, count) != count for split, count in here.items()):
                stated[path] = UNREADABLE
            stated |= here
    return Stated(stated, is_apart)


def _there(tree: Tree, folder: str) -> set[str]:
    """The folders below *folder* in which there are data; an empty name for *folder* itself."""
    start = f"{folder}/" if folder else ""
    below = [path.removeprefix(start) for path in tree.stamps if path.startswith(start)]
    data = [path for path in below if is_data(path) and path.rpartition("/")[2] not in _INFOS]
    return {path.partition("/")[0] if "/" in path else "" for path in data}


def without_counts(tree: Tree, path: str) -> bytes | None:
    """Such a file without its numbers, which are no more true; None for any that has none."""
    if path.lower() == bags.INFO:
        return bags.without_sums(paper(tree, path) or b"")
    if path.rpartition("/")[2] not in _INFOS:
        return None
    try:
        known: Any = strict_json(paper(tree, path) or b"")
    except ValueError:
        return None
    every = [known, *known.values()] if isinstance(known, dict) else []
    held = [one for one in every if isinstance(one, dict) and {*COUNTS} & {*one}]
    for one in held:
        for name in COUNTS:
            one.pop(name, None)
    return json.dumps(known, indent=2, sort_keys=True).encode() if held else None


def _configurations(text: bytes | None) -> dict[str, Any]:
    """
    What is stated of splits, by name of the configuration; empty for the only one.

    Raises:
        ValueError: It is no JSON.
    """
    known: Any = strict_json(text or b"")
    if isinstance(known, dict) and "splits" not in known:
        every = {name: one for name, one in known.items() if isinstance(one, dict)}
        inner = {name: one["splits"] for name, one in every.items() if "splits" in one}
        if inner or len(known) == 1:
            return inner
    return {"": known.get("splits", {}) if isinstance(known, dict) else known}


def _splits(splits: Any) -> Iterator[tuple[str, int]]:  # noqa: ANN401
    """
    Splits, and how many records are stated of each.

    Raises:
        ValueError: No whole numbers are stated.
    """
    for name, split in splits.items() if isinstance(splits, dict) else [("", splits)]:
        count = split.get("num_examples", 0) if isinstance(split, dict) else None
        if type(count) is not int or count < 0:
            raise ValueError(name)
        if "num_examples" in split:
            yield name, count


class Carded(NamedTuple):
    """
    The data card of a dataset, as far as there is one.

    Attributes:
        card: It; None where there is none that loads.
        wrong: Why the one that is there does not load.
    """

    card: "Card | None" = None
    wrong: str = ""


def card(tree: Tree) -> Carded:
    """Read the dataset's own card; whatever it says is data, and no request."""
    if CARD not in tree.stamps:
        return Carded()
    from datastd.card import MOST, read  # noqa: PLC0415  -- few datasets have one

    content = paper(tree, CARD, MOST)
    if content is None:
        return Carded(wrong=f"expected a file of at most {MOST} bytes that can be read, found none")
    try:
        return Carded(read(content))
    except ValueError as error:
        return Carded(wrong=safe(str(error)))


def domains(tree: Tree, said: "Card") -> dict[str, tuple[int, int] | None]:
    """
    Bytes and records of each list of domains that a card names, added up, by path.

    None of one that cannot be read, or has a line that is not a domain, bytes and records,
    parted by tabs, each domain once.
    """
    named = (one.domains_file for one in said.collection.sources)
    return {path: _sums(paper(tree, path)) for path in named if path and path in tree.stamps}


def _sums(text: bytes | None) -> tuple[int, int] | None:
    lines = [] if text is None else text.splitlines()
    found = [_DOMAIN.fullmatch(line) for line in lines]
    whole = [one for one in found if one]
    if len(whole) < max(len(found), 1) or len({one[1] for one in whole}) < len(whole):
        return None
    return sum(int(one[2]) for one in whole), sum(int(one[3]) for one in whole)


def json_of(tree: Tree, path: str) -> Any:  # noqa: ANN401
    """
    What a paper of JSON says; None where there is none.

    Raises:
        ValueError: It is no JSON, or longer than any is.
    """
    if path not in tree.stamps:
        return None
    return strict_json(paper(tree, path) or b"")
