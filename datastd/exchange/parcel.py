"""What an export is made of: the card, and the files and records that are there."""

from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from datastd import claims
from datastd.card import Card
from datastd.digest import MANIFEST, Manifest, of_bytes
from datastd.disk import Tree, real, refuse_empty
from datastd.errors import NotJudged, UsageError
from datastd.exchange.objects import values
from datastd.exchange.walk import stated, unsaid
from datastd.pipeline import hashed, open_source
from datastd.quiet import utf8
from datastd.sources import CARD, Source


@dataclass(frozen=True)
class File:
    """
    A file of the dataset.

    Attributes:
        path: Where it is, below the dataset's folder.
        sha256: SHA-256 of its bytes.
        bytes: How many there are.
    """

    path: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class Parcel:
    """
    A dataset that is described to others.

    Attributes:
        card: What it says of itself; the public view of it, unless the private one was asked for.
        source: Reads it.
        manifest: Each of its files, with its digest, the file of its own manifest included.
        digest: The digest of the dataset.
        out: The folder in which the description comes to lie.
        notes: What the description lacks, said to whoever asked for it.
    """

    card: Card
    source: Source
    manifest: Manifest
    digest: str
    out: Path
    notes: list[str] = field(default_factory=list)

    @cached_property
    def files(self) -> tuple[File, ...]:
        """The files, in the order of the manifest."""
        stamps = self.source.tree.stamps
        return tuple(File(path, sha256, stamps[path].size) for path, sha256 in self.manifest.files)

    @cached_property
    def prefix(self) -> str:
        """
        What leads from the description to the files.

        Where it does not lie in a folder around the dataset, it is written to be put into that.
        """
        around, root = real(self.out), real(self.source.tree.root)
        if around not in root.parents:
            self.notes.append("paths of files are as seen from the dataset's own folder")
            return ""
        return f"{root.relative_to(around).as_posix()}/"

    @cached_property
    def splits(self) -> Mapping[str, int | None]:
        """The splits that are there, with their samples, where no sample has to be read to tell."""
        found: dict[str, int | None] = {}
        for shard in self.source.plan().shards:
            known, more = found.get(shard.split, 0), shard.samples
            found[shard.split] = None if known is None or more is None else known + more
        return found

    def lacks(self, what: str, fields: Sequence[str]) -> None:
        """Note each field that the format asks for and the card does not state."""
        missing = [name for name in fields if not [*values(self.card, tuple(name.split(".")))]]
        if missing:
            self.notes.append(f"{what} asks for what the card does not state: {', '.join(missing)}")

    def leaves(self, what: str, has: Container[str]) -> None:
        """Note each field that the card states and the format does not have."""
        if left := unsaid(self.card, has):
            self.notes.append(f"{what} has no place for {left}")


@contextmanager
def parcel(
    data: str | Path,
    out: Path,
    *,
    private: bool,
    format: str | None = None,  # noqa: A002
) -> Iterator[Parcel]:
    """
    Open a dataset to describe it.

    Args:
        data: Its folder.
        out: The folder in which the description comes to lie.
        private: Whether what only its keepers should read is in it.
        format: Its format; none means whatever is found.

    Raises:
        UsageError: No dataset, or none with a card that loads.
        NotJudged: A file of it cannot be read.
        DataChanged: The data changed while they were looked at.
    """
    folder = refuse_empty(data)
    with open_source(folder, format) as source:
        card = _card(source.tree, folder)
        listed = hashed(source.tree)
        if listed.unreadable:
            path, reason = listed.unreadable[0]
            raise NotJudged(utf8(path), "a file that can be hashed", reason)
        shown, every = card if private else card.public, _whole(source.tree, listed)
        notes = [f"no part of it: {path}, {found}" for path, found in source.tree.oddities]
        yield Parcel(shown, source, every, listed.digest, out, notes)
        if hidden := unsaid(card, {path for path, _, _ in stated(shown)}):
            notes.append(f"private, and written with --private alone: {hidden}")
        source.tree.walk_again()


def _card(tree: Tree, folder: Path) -> Card:
    found = claims.card(tree)
    if found.card is None:
        hint = "" if found.wrong else f"`datastd init {folder}` drafts one"
        raise UsageError(f"{folder}/{CARD}", "a data card", found.wrong or "none", hint)
    return found.card


def _whole(tree: Tree, listed: Manifest) -> Manifest:
    """The manifest, and the file that holds it, where there is one."""
    if MANIFEST not in tree.stamps:
        return listed
    with tree.open(MANIFEST) as descriptor:
        held = tree.read(descriptor, tree.stamps[MANIFEST].size, 0)
    return Manifest((*listed.files, (MANIFEST, of_bytes(held))))
