"""Lists of how many samples archives have, which tools write beside them."""

from collections.abc import Collection, Iterator
from typing import Any

from datastd.disk import Tree
from datastd.sources import Defect
from datastd.sources.files import StrayFile, is_data
from datastd.sources.jsonl.whole import read

_MOST = 4 << 20  # bytes of a list


def stated(tree: Tree, archives: Collection[str]) -> dict[str, dict[str, int]]:
    """
    How many samples each archive has, by archive, as each list states it, by list.

    A list is a JSON object beside the archives, or around them: ``{"shardlist": [{"url":
    "000.tar", "nsamples": 100}]}`` as wids has it, ``{"000.tar": 100}``, or ``{"000":
    {"num_samples": 100}}``.
    """
    found = {}
    for path in tree.stamps:
        if path.endswith(".json") and is_data(path):
            try:
                known = read(tree, path, _MOST, StrayFile)
            except Defect:
                continue  # no list: the file is a stray
            folder = path[: path.rfind("/") + 1]
            here = {one.removeprefix(folder): one for one in archives if one.startswith(folder)}
            here |= {name.partition(".tar")[0]: one for name, one in here.items()}
            counts = {here[name]: count for name, count in _counts(known) if name in here}
            if counts:
                found[path] = counts
    return found


def _counts(known: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield names of archives, and how many samples each has."""
    listed = known.get("shardlist")
    named = (
        [(one.get("url"), one.get("nsamples")) for one in listed if isinstance(one, dict)]
        if isinstance(listed, list)
        else [
            (name, one.get("num_samples") if isinstance(one, dict) else one)
            for name, one in known.items()
        ]
    )
    for name, count in named:
        if isinstance(name, str) and type(count) is int:
            yield name, count
