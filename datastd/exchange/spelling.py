"""Text as each format spells it: nothing in it is a mark, and nobody overlooks a character."""

import json
import re
from collections.abc import Mapping
from typing import Any

from datastd.quiet import is_hidden, safe


def json_of(value: object) -> bytes:
    """A value as JSON, with every invisible character written out."""
    text = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)
    return "".join(_hex(c) if c != "\n" and is_hidden(c) else c for c in text).encode() + b"\n"


def line_of(value: object) -> bytes:
    """A value as JSON on one line."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return "".join(_hex(c) if is_hidden(c) else c for c in text).encode() + b"\n"


def yaml_of(value: Mapping[str, Any]) -> str:
    """
    A mapping as YAML, a key a line.

    Its values are JSON, which is YAML; strings are in quotes, so that none is a number, a day, a
    truth, or ``no``, which is a language.
    """
    return "".join(f"{key}: {_flow(one)}\n" for key, one in value.items())


def _flow(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    # YAML has no pairs of surrogates.
    return "".join((_hex(c) if ord(c) < 1 << 16 else f"\\U{ord(c):08x}") if is_hidden(c) else c
                   for c in text)  # fmt: skip


def _hex(character: str) -> str:
    """A character as JSON writes it out."""
    return json.dumps(character)[1:-1] if ord(character) != 0x7F else "\\u007f"  # noqa: PLR2004


_PLAIN = re.compile(r"[^\W_]|[ ,;!?\"'(/-]")


def markdown(text: str) -> str:
    """
    Text that is nothing but text where Markdown is read, on one line.

    A character that Markdown cannot hold is spelled out as `safe` has it.

    >>> markdown("1. See *this*.")
    '1&#46; See &#42;this&#42;.'
    """
    last = len(text) - 1
    return "".join(_shown(text, at, at in {0, last}) for at in range(len(text)))


def _shown(text: str, at: int, is_edge: bool) -> str:  # noqa: FBT001
    """A character of a text, which may be a mark by where it stands."""
    c = text[at]
    if c in ".:)" and text[at + 1 : at + 2] in {"", " "} and not text[:at].isdigit():
        return c
    if c in "\t\n" or (c in " -" and (is_edge or text[at - 1] == " ")):
        return f"&#{ord(c)};"
    if _PLAIN.match(c) and not is_hidden(c):
        return c
    return "".join(f"&#{ord(one)};" for one in safe(c))
