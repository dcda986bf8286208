"""Steps of processing, and what they read."""

import re
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datastd.card.processing import Step

RANDOM = frozenset({"split", "sample", "shuffle", "augment"})
"""Operations that draw by chance, and so have a seed."""

SHRINKING = frozenset({"filter", "dedup", "decontaminate", "sample"})
"""Operations that never make records."""

_DIGEST = re.compile(r"[0-9a-f]{64}")


def name_of(number: int, step: "Step") -> str:
    """What a step is called by those that read what it gave: its id, else its number."""
    return step.id or f"{number}"


def is_digest(text: str | None) -> bool:
    """Say whether a text is a whole SHA-256, and no placeholder for one: not all digits alike."""
    return bool(text and _DIGEST.fullmatch(text)) and len(set(text or "")) > 1


def is_within(day: date | None, first: date | None, last: date | None) -> bool:
    """Say whether a day is one of those between two, these included; one that is missing is not."""
    return None not in (day, first, last) and bool(first <= day <= last)  # type: ignore[operator]
