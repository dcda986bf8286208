"""
What the files beside a dataset state of it: digests of files, and numbers of records.

Nothing here is believed: it is set against what is there.
"""

import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from datastd.digest import MANIFEST, Manifest, strict_json
from datastd.disk import Tree
from datastd.model import DATA
from datastd.sources.files import COUNTS, SPLITS, is_data

_LINE = re.compile(rb"([0-9a-f]{64}) [ *]((?:[^\n])+)")
_MOST = 64 << 20  # bytes of a paper
_INFOS = ("dataset_info.json", "dataset_infos.json")

UNREADABLE = -1
"""What stands for a number of records that cannot be read."""


def manifest(tree: Tree, listed: Manifest) -> pl.DataFrame | None:
    """
    The files that are there, and those that the dataset's own manifest states.

    Columns ``path``, ``found`` and ``stated`` (SHA-256, null where there is none), and ``data``:
    whether the file may hold samples.  None where there is no manifest.
    """
    if MANIFEST not in tree.stamps:
        return None
    stated: dict[str, str] = {}
    for path, said in _stated(_content(tree, MANIFEST)):  # no file has two digests
        stated[path] = said if stated.get(path, said) == said else ""
    found = dict(listed.files)
    rows = [
        (path, found.get(path), stated.get(path), is_data(path), DATA)
        for path in sorted({*found, *stated, MANIFEST})
        if path in stated or path in found
    ]
    return pl.DataFrame(rows, _MANIFEST, orient="row")


_MANIFEST = {"path": pl.String, "found": pl.String, "stated": pl.String, "data": pl.Boolean,
             "origin": pl.String}  # fmt: skip


def _stated(text: bytes | None) -> Iterator[tuple[str, str]]:
    """Path and SHA-256 of each line as ``sha256sum`` writes it; of any other, no digest."""
    if text is None:
        yield MANIFEST, ""
        return
    for number, line in enumerate(text.splitlines(), start=1):
        whole = _LINE.fullmatch(line)
        if whole:
            yield os.fsdecode(whole[2]), whole[1].decode()
        elif line.strip():
            yield f"{MANIFEST}: line {number}", ""


def records(tree: Tree) -> Mapping[str, int]:
    """
    Records of each split as Hugging Face's ``dataset_info.json`` or ``dataset_infos.json`` state.

    Splits are called as datastd calls them.  Several configurations state several things,
    and none of one dataset.  What cannot be read, and what another file contradicts, stands
    under the path of the file as `UNREADABLE`.
    """
    stated: dict[str, int] = {}
    for path in tree.stamps:
        if path.rpartition("/")[2] in _INFOS:
            here: Counter[str] = Counter()
            try:
                for name, count in _splits(_content(tree, path)):
                    here[SPLITS.get(name, name)] += count
            except ValueError:
                stated[path] = UNREADABLE
            if any(stated.get(name, count) != count for name, count in here.items()):
                stated[path] = UNREADABLE
            stated |= here
    return stated


def without_counts(tree: Tree, path: str) -> bytes | None:
    """Such a file without its numbers, which are no more true; None for any that has none."""
    if path.rpartition("/")[2] not in _INFOS:
        return None
    try:
        known: Any = strict_json(_content(tree, path) or b"")
    except ValueError:
        return None
    every = [known, *known.values()] if isinstance(known, dict) else []
    held = [one for one in every if isinstance(one, dict) and {*COUNTS} & {*one}]
    for one in held:
        for name in COUNTS:
            one.pop(name, None)
    return json.dumps(known, indent=2, sort_keys=True).encode() if held else None


def _splits(text: bytes | None) -> Iterator[tuple[str, int]]:
    """
    Splits, and how many records are stated of each.

    Raises:
        ValueError: It is no JSON, or states no whole numbers.
    """
    known: Any = strict_json(text or b"")
    if isinstance(known, dict) and "splits" not in known and len(known) == 1:
        (inner,) = known.values()
        known = inner if isinstance(inner, dict) else known  # by name of the configuration
    splits = known.get("splits", {}) if isinstance(known, dict) else known
    for name, split in splits.items() if isinstance(splits, dict) else [("", splits)]:
        count = split.get("num_examples", 0) if isinstance(split, dict) else None
        if type(count) is not int or count < 0:
            raise ValueError(name)
        if "num_examples" in split:
            yield name, count


def _content(tree: Tree, path: str) -> bytes | None:
    """All of a paper; None where it cannot be read, or is longer than any is."""
    size = tree.stamps[path].size
    if size > _MOST:
        return None
    try:
        with tree.open(path) as descriptor:
            return tree.read(descriptor, size, 0)
    except OSError:
        return None
