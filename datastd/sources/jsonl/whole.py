"""Files that are one JSON object: data, and indexes and lists of what lies beside them."""

import json
from collections.abc import Callable
from typing import Any, TypeVar

from datastd.disk import Tree
from datastd.sources import Defect
from datastd.sources.encoding import BOM
from datastd.sources.files import EmptyFile, head_of, unreadable
from datastd.sources.jsonl.defects import WRONG
from datastd.sources.jsonl.grammar import NO_TEXT, TEXT
from datastd.sources.jsonl.scan import scan

Layout = TypeVar("Layout")


def laid_out(
    tree: Tree, path: str, lay_out: Callable[[Tree, str], Layout], kind: type[Defect]
) -> Layout:
    """
    Find what lies in a file of data, of any size.

    Raises:
        Defect: It cannot be read at all; of this *kind* where it begins with a mark.
    """
    if not tree.stamps[path].size:
        raise EmptyFile(path, "", "at least one byte", "0 bytes")
    try:
        if head_of(tree, path, len(BOM)) == BOM:
            raise kind(path, "byte 0", "JSON", "a byte order mark")
        return lay_out(tree, path)
    except OSError as error:
        raise unreadable(path, error) from None


def read(tree: Tree, path: str, most: int, kind: type[Defect]) -> dict[str, Any]:
    """
    Read a JSON object as strictly as JSON lines.

    Raises:
        Defect: It is none, or has more than *most* bytes: of this *kind*.
    """
    size = tree.stamps[path].size
    if not size:
        raise EmptyFile(path, "", "at least one byte", "0 bytes")
    if size > most:
        raise kind(path, "", f"at most {most} bytes", f"{size}")
    try:
        content = head_of(tree, path, size)
    except OSError as error:
        raise unreadable(path, error) from None
    return parsed(path, content, 0, kind)


def parsed(path: str, content: bytes, start: int, kind: type[Defect]) -> dict[str, Any]:
    """
    Parse a JSON object that begins at byte *start* of a file, as strictly as JSON lines.

    Raises:
        Defect: It is none: of this *kind*.
    """
    line = content.replace(b"\n", b"\r")  # may stand between words, and nowhere else
    lines = scan(line or b" ", "text")
    found = int(lines.found[0])
    if found not in {TEXT, NO_TEXT}:
        _, expected, said = WRONG[found]
        raise kind(path, f"byte {start + int(lines.at[0])}", expected, said)
    known: dict[str, Any] = json.loads(content)
    return known
