"""Secrets in what the card says: a card is short, so that expressions may look at it."""

import re
from collections.abc import Iterator, Mapping

from pydantic import BaseModel

_SECRETS = re.compile(
    r"[a-z][a-z0-9+.-]{0,20}://[^\s/@:]{1,200}:[^\s/@]{1,200}@"  # a name and a password
    r"|-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----"
    r"|(?<![A-Za-z0-9])(AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])"  # Amazon
    r"|(?<![A-Za-z0-9])(gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{22,})"
    r"|(?<![A-Za-z0-9])hf_[A-Za-z0-9]{30,}"
    r"|(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{20,}"
    r"|(?<![A-Za-z0-9])xox[abprs]-[A-Za-z0-9-]{10,}"
    r"|(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.",  # a web token
    re.IGNORECASE,
)


def secrets(text: str) -> bool:
    """Say whether there is a secret in a text."""
    return _SECRETS.search(text) is not None


def texts(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text in the card, with its place: of what the card names itself, its number there."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, BaseModel):
        for name, one in value:
            yield from texts(one, f"{place}.{name}" if place else name)
    elif isinstance(value, Mapping):
        for number, (key, one) in enumerate(value.items()):
            at = f"{place}.{number}"
            yield at, f"{key}"
            yield from texts(one, at)
    elif isinstance(value, list | tuple):
        for number, one in enumerate(value):
            yield from texts(one, f"{place}.{number}")
