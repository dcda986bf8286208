"""
What may leave datastd: the one door between data and every output.

A file name or a value can hold an escape sequence that repaints a terminal, a
line break that forges a log line, or invisible characters that hide text from a
reader.  Whatever comes from a dataset passes through here before it is printed,
logged, rendered or put into an exception.
"""

import unicodedata

LONGEST = 200  # characters; longer text is cut in the middle

_NAME = 40  # characters of a name in a message

# Control, format, surrogate, private and unassigned characters, and the separators that
# some consumers take for the end of a line.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def utf8(text: str) -> str:
    r"""
    Write out what no UTF-8 can hold: bytes of a file's name that are none.

    >>> utf8("na\udcefve")
    'na\\udcefve'
    """
    return text.encode(errors="backslashreplace").decode()


def safe(text: object, *, longest: int = LONGEST) -> str:
    r"""
    Return *text* on one line, with every invisible character written out.

    >>> safe("train\x1b[2J\u202egpj")
    'train\\u{1b}[2J\\u{202e}gpj'
    """
    shown = str(text)
    if len(shown) > longest:
        half = longest // 2
        shown = f"{shown[:half]}…{shown[-half:]}"
    if shown.isascii() and shown.isprintable():
        return shown
    return "".join(f"\\u{{{ord(c):x}}}" if is_hidden(c) else c for c in shown)


def named(name: object) -> str:
    r"""
    A name that data give to something, to stand in a message: short, and in quotes.

    >>> named("bot"), named("a\nb")
    ('"bot"', '"a\\u{a}b"')
    """
    return f'"{safe(name, longest=_NAME)}"'


def is_hidden(character: str) -> bool:
    """Say whether nobody sees a character, or some take it for the end of a line."""
    return unicodedata.category(character) in _HIDDEN
