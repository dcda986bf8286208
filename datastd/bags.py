"""
Bags (RFC 8493): a payload below ``data/``, and beside it what is stated of it.

Every list of digests is read, whatever its algorithm, for a wrong digest is wrong in any; but
one of MD5 or SHA-1 vouches for nothing.  Nothing is fetched: what a bag says is elsewhere is
not here.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from datastd.digest import MANIFEST
from datastd.disk import Tree
from datastd.sources.files import LISTS, paper

MARK, INFO, FETCH = "bagit.txt", "bag-info.txt", "fetch.txt"

_DECLARED = re.compile(
    rb"BagIt-Version: ?[0-9]+\.[0-9]+\r?\n" rb"Tag-File-Character-Encoding: ?UTF-8\r?\n?",
    re.IGNORECASE,
)
_LINE = re.compile(rb"([0-9a-fA-F]+)[ \t]+\*?(?:\./)?([^\r\n]+)")
_FETCHED = re.compile(rb"\S+[ \t]+(?:[0-9]+|-)[ \t]+([^\r\n]+)")
_OXUM = re.compile(rb"^payload-oxum[ \t]*:(.*)$", re.IGNORECASE | re.MULTILINE)
_ESCAPED = re.compile(rb"%(0[aAdD]|25)")  # what RFC 8493 escapes in a path
_WEAK = frozenset({"md5", "sha1"})
_ENOUGH = "manifest-sha256.txt or manifest-sha512.txt, as `bagit.py --sha512` writes it"
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Bag:
    """
    What the papers of a bag state, as far as they can be read.

    Attributes:
        tree: Its folder.
        found: SHA-256 of each of its files that can be read.
    """

    tree: Tree
    found: Mapping[str, str]

    @cached_property
    def lists(self) -> dict[str, str]:
        """The algorithm of each of its lists of digests, ``manifest-sha256.txt`` among them."""
        return {path: LISTS[path.lower()] for path in self.tree.stamps if path.lower() in LISTS}

    @cached_property
    def payload(self) -> set[str]:
        """Those of its lists that are about the payload; the others are about its papers."""
        return {path for path in self.lists if not path.lower().startswith("tag")}

    @cached_property
    def lines(self) -> dict[str, list[tuple[str, str]]]:
        """Path and digest of each line of each list; of a line that is none, no digest."""
        return {
            name: [*lines_of(name, paper(self.tree, name), _LINE, _path)] for name in self.lists
        }

    def stated(self) -> Iterator[tuple[str, str]]:
        """
        Path and SHA-256 of each line of a list, as `claims.manifest` has them.

        A digest of another algorithm is compared here: one that holds is as good as the
        SHA-256 of these bytes, and one that does not states none.
        """
        asked: dict[str, set[str]] = {}
        for name, lines in self.lines.items():
            for path, _ in lines:
                asked.setdefault(path, set()).add(self.lists[name])
        here = {
            path: self._digests(path, kinds)
            for path, kinds in asked.items() if path in self.tree.stamps
        }  # fmt: skip
        for name, lines in self.lines.items():
            for path, said in lines:
                known = here.get(path, {}).get(self.lists[name], said)  # of what is not here, any
                if not said or known != said:
                    yield path, ""
                elif path.lower() != MANIFEST or path not in here:
                    yield path, self.found.get(path, "not here")

    def _digests(self, path: str, kinds: set[str]) -> dict[str, str]:
        """Digests of a file by algorithm; none of one that cannot be read."""
        known = {"sha256": self.found[path]} if path in self.found else {}
        totals = {kind: hashlib.new(kind, usedforsecurity=False) for kind in kinds - {*known}}
        if not totals:
            return known
        offset = 0
        try:
            with self.tree.open(path) as descriptor:
                while piece := self.tree.read(descriptor, _CHUNK, offset):
                    offset += len(piece)
                    for one in totals.values():
                        one.update(piece)
        except OSError:
            return known
        return known | {kind: one.hexdigest() for kind, one in totals.items()}

    def wrong(self) -> Iterator[tuple[str, str]]:
        """Yield what no digest tells: where, and what was expected and found there."""
        there = {path.lower(): path for path in self.tree.stamps}
        if MARK in there:
            yield from self._as_declared(there[MARK])
        elif FETCH in there:
            yield there[FETCH], f"expected {MARK} beside it, found none"
        if not any(self.lists[name] not in _WEAK for name in self.payload):
            place = next(there[one] for one in (MARK, FETCH, *LISTS) if one in there)
            yield place, f"expected {_ENOUGH}, found {' and '.join(sorted(self.payload)) or 'none'}"
        if INFO in there:
            yield from self._sums(there[INFO])
        if FETCH in there:
            yield from self._fetched(there[FETCH])

    def _as_declared(self, mark: str) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with a folder that says it is a bag."""
        if not _DECLARED.fullmatch(paper(self.tree, mark) or b""):
            yield mark, "expected a version of BagIt, and UTF-8, found another text"
        files = {path for path in self.tree.stamps if path.startswith("data/")}
        if not files:
            yield "data/", "expected a payload, found no file"
        for name in self.lists:
            wanted = files if name in self.payload else self.payload
            listed = {path for path, _ in self.lines[name]}
            for path in sorted(wanted - listed):
                yield path, f"expected a line of {name} about it, found none"

    def _sums(self, info: str) -> Iterator[tuple[str, str]]:
        """Yield where bytes and files of the payload are not as stated."""
        stamps = self.tree.stamps
        sizes = [one.size for path, one in stamps.items() if path.startswith("data/")]
        known = f"{sum(sizes)}.{len(sizes)}"
        text = paper(self.tree, info)
        if text is None:
            yield info, "expected a text that can be read, found none"
        for said in _OXUM.findall(text or b""):
            if (found := said.strip()) != known.encode():
                is_sum = re.fullmatch(rb"[0-9]{1,20}\.[0-9]{1,20}", found)
                told = found.decode() if is_sum else "no such numbers"
                yield info, f"expected Payload-Oxum {known}, bytes and files of data/, found {told}"

    def _fetched(self, fetch: str) -> Iterator[tuple[str, str]]:
        """Yield the files that have to be fetched first."""
        text = paper(self.tree, fetch)
        for number, line in enumerate([b"-"] if text is None else text.splitlines(), 1):
            whole = _FETCHED.fullmatch(line)
            if whole is None:
                if line.strip():
                    expected = "expected an address, a length and a path"
                    yield f"{fetch}: line {number}", f"{expected}, found another line"
            elif (path := _path(whole[1])) not in self.found:
                found = f"found its address in {fetch}: nothing is fetched"
                yield path, f"expected the file itself, {found}"


def is_bag(tree: Tree) -> bool:
    """Say whether a folder has a paper of a bag; other datasets, too, have the two others."""
    return any(map(is_of_a_bag, tree.stamps))


def is_of_a_bag(path: str) -> bool:
    """Say whether a file is one of a bag's, and neither `INFO` nor ``manifest-sha256.txt``."""
    name = path.lower()
    return name in {MARK, FETCH} or (name != MANIFEST and name in LISTS)


def without_sums(text: bytes) -> bytes:
    """What ``bag-info.txt`` says, less the size of what was the payload."""
    kept = [line for line in text.splitlines(keepends=True) if not _OXUM.match(line)]
    return b"".join(kept)


def lines_of(
    name: str, text: bytes | None, line: re.Pattern[bytes], path: Callable[[bytes], str]
) -> Iterator[tuple[str, str]]:
    """
    Path and digest, in small letters, of each line of a list; of any other, no digest.

    Args:
        name: The list.
        text: What it says; None where it cannot be read.
        line: What a line is: a digest and a path, as its two groups.
        path: Makes a path of what is written.
    """
    if text is None:
        yield name, ""
        return
    for number, one in enumerate(text.splitlines(), 1):
        if whole := line.fullmatch(one):
            yield path(whole[2]), whole[1].decode().lower()
        elif one.strip():
            yield f"{name}: line {number}", ""


def _path(written: bytes) -> str:
    """A path as a list has it; one that is no UTF-8 is of no file."""
    return _ESCAPED.sub(lambda one: bytes([int(one[1], 16)]), written).decode(errors="replace")
