"""
A data card drafted from the data: what they show, and nothing that only a person can know.

Numbers, splits, sizes and classes are those that the source finds before it reads a sample;
languages are those of some texts of all of them.  Nothing is ever guessed: no licence, no owner, no
place where the data come from.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from datastd import claims
from datastd.card import cleaned, read
from datastd.card.processing import Step
from datastd.card.written import FIRST, draft, slug, step
from datastd.digest import MANIFEST
from datastd.disk import Tree, publish, refuse_empty
from datastd.errors import UsageError
from datastd.pipeline import hashed, open_source
from datastd.rules.norms import Heard
from datastd.sources import CARD, Source

_SHARE = 0.01  # of the texts, from which on the dataset is in a language

_MODALITY: Mapping[str, str] = {
    "image": "image", "mask": "image", "text": "text", "record": "tabular", "tokens": "tokens",
}  # fmt: skip
"""What samples are that have a column of this name."""


@dataclass(frozen=True, slots=True)
class Described:
    """
    A card that was drafted.

    Attributes:
        path: Where it is.
        filled: What was filled in, by field.
        steps: Steps of cleaning that were taken up.
        texts: Texts whose language was looked at.
    """

    path: Path
    filled: Mapping[str, Any]
    steps: int
    texts: int


def describe(
    data: str | Path,
    *,
    format: str | None = None,  # noqa: A002
    manifest: bool = False,
) -> Described:
    """
    Draft a card into the folder of a dataset.

    Args:
        data: The folder.
        format: The format; none means whatever is found.
        manifest: Whether the digests of all files are written beside it.

    Raises:
        UsageError: No folder, no format that recognises it, or a card is there.
    """
    folder = refuse_empty(data)
    with open_source(folder, format) as source:
        if CARD in source.tree.stamps or any(path == CARD for path, _ in source.tree.oddities):
            hint = "edit it; or move it away, to have another drafted"
            hint += "; --manifest-only writes the digests alone" if manifest else ""
            raise UsageError(str(folder / CARD), "no card", "one", hint)
        filled = _known(source, folder)
        if manifest:
            filled["storage.manifest"] = MANIFEST
        is_text, is_captioned = (
            filled["identity.modality"] == ["text"],
            "caption" in source.annotates,
        )
        said = _heard(source) if is_text or is_captioned else Heard({}, 0)
        least, known = _SHARE * said.texts, said.languages or {}
        if found := sorted(name for name, count in known.items() if count >= least):
            filled["identity.languages"] = found
        steps = [*_cleanings(source.tree)]
        content = "\n".join([draft(filled), *map(step, steps)]).encode()
        read(content)
        publish(folder / CARD, content)
        if manifest:
            publish_manifest(folder)
    return Described(folder / CARD, filled, len(steps), said.texts if known else 0)


def publish_manifest(data: str | Path) -> Path:
    """
    Write the digests of all files of a dataset beside them, as ``sha256sum -c`` reads them.

    Raises:
        UsageError: No folder, or something in it that no manifest can hold.
        DataChanged: It changed meanwhile.
    """
    folder = refuse_empty(data)
    with Tree(folder) as tree:
        listed = hashed(tree)
        odd = [*tree.oddities, *listed.unreadable]
        if odd:
            path, found = odd[0]
            raise UsageError(str(folder / path), "a regular file that can be read", found)
        publish(folder / MANIFEST, listed.text)
    return folder / MANIFEST


def _cleanings(tree: Tree) -> Iterator[dict[str, Any]]:
    """The steps that `datastd clean` told of beside the data, in their order."""
    for number in count(1):
        path = f"_meta/cleaning{f'-{number}' if number > 1 else ''}.json"
        try:
            told = claims.json_of(tree, path)
            if told is None:
                return
            found = cleaned.step(told)
            Step.of_tables(found)
        except (KeyError, TypeError, ValueError):  # whatever it is, it is not what clean writes
            return
        yield found


def _known(source: Source, folder: Path) -> dict[str, Any]:
    """What is known without a look at a sample."""
    plan = source.plan()
    rows: Counter[str] = Counter()
    for shard in plan.shards:
        rows[shard.split] += shard.samples or 0
    known = {
        "identity.name": slug(folder.resolve().name),
        "identity.version": FIRST,
        "identity.modality": _modality(source),
        "storage.format": source.format,
        **_sizes(source),
    }
    if rows and plan.samples is not None:
        known["processing.splits"] = [*rows]
        known |= {f"processing.splits.{split}.rows": count for split, count in rows.items()}
    if MANIFEST in source.tree.stamps:
        known["storage.manifest"] = MANIFEST
    if (classes := source.classes()) is not None:
        known["processing.labels.names"] = sorted(classes.get_column("class_name").unique())
    return known


def _sizes(source: Source) -> dict[str, int]:
    """Files and bytes, the manifest and the card aside."""
    sizes = [
        stamp.size for path, stamp in source.tree.stamps.items() if path not in {MANIFEST, CARD}
    ]
    return {"storage.files": len(sizes), "storage.bytes": sum(sizes)}


def _modality(source: Source) -> list[str]:
    known = {*source.columns, *(["text"] if "speaker" in source.annotates else [])}
    kinds = [kind for column, kind in _MODALITY.items() if column in known]
    return [*dict.fromkeys(kinds)] or ["tabular"]


def _heard(source: Source) -> Heard:
    """The languages of some texts; none where there is no model to tell them."""
    from datastd.engines.heard import heard  # noqa: PLC0415  -- brings numba, and the model

    return heard(source, source.plan().shards)
