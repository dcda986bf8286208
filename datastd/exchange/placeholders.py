"""Digests that are none: what examples, and tools that were never run, leave in their place."""

import base64
import re

from datastd.digest import of_bytes
from datastd.errors import UsageError

_WHOLE = re.compile(r"[0-9a-f]{64}")
_LENGTHS = {32: "an MD5", 40: "a SHA-1", 56: "a SHA-224", 96: "a SHA-384", 128: "a SHA-512"}
_NOTHING = of_bytes(b"")


def placeholder(stated: object, *, is_empty: bool = False) -> str:
    """
    Say what stands where a SHA-256 should; empty for one that can be of something.

    Args:
        stated: What stands there.
        is_empty: Whether what it is of is known to have no byte.
    """
    if not isinstance(stated, str) or not stated.strip():
        return "nothing that is a text"
    if stated == _NOTHING:
        return "" if is_empty else "the SHA-256 of nothing"
    if _WHOLE.fullmatch(stated):
        return f"the digit {stated[0]} over and over" if len({*stated}) == 1 else ""
    if _is_base64(stated):
        return ""
    bare = stated.lower()
    if re.fullmatch(r"[0-9a-f]+", bare):
        kind = _LENGTHS.get(len(bare))
        said = f"{len(bare)} hexadecimal digits" + (f", as many as {kind} has" if kind else "")
        return "capital letters" if len(bare) == 64 else said  # noqa: PLR2004
    return f"the placeholder {stated[:80]!r}"


def refuse_placeholder(where: str, stated: object, *, is_empty: bool = False) -> None:
    """
    Refuse what stands for a SHA-256 and is none.

    Raises:
        UsageError: It is a placeholder, which is named.
    """
    if found := placeholder(stated, is_empty=is_empty):
        expected, hint = "a SHA-256 of 64 hexadecimal digits", "take out what nobody has computed"
        raise UsageError(where, expected, found, hint)


def _is_base64(stated: str) -> bool:
    """Say whether a text is 32 bytes in Base64, as some write digests."""
    try:
        return len(base64.b64decode(stated, validate=True)) == 32  # noqa: PLR2004
    except ValueError:
        return False
