"""Licences: which expressions there are, and which of them a dataset may be given on under."""

import re

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression


def is_expression(text: str | None) -> bool:
    """Say whether a text is an SPDX expression that names licences: not none, nor any."""
    if not text:
        return False
    try:
        return bool(canonicalize_license_expression(text))
    except InvalidLicenseExpression:
        return False


def references(text: str | None) -> tuple[str, ...]:
    """The names in an expression that no list has, and whose text is elsewhere."""
    return tuple(dict.fromkeys(re.findall(r"LicenseRef-[A-Za-z0-9.-]+", text or "")))


_FORBIDS: dict[str, frozenset[str]] = {
    "CC0-1.0": frozenset(), "PDDL-1.0": frozenset(), "Unlicense": frozenset(),
    "MIT": frozenset({"unnamed"}), "Apache-2.0": frozenset({"unnamed"}),
    "BSD-2-Clause": frozenset({"unnamed"}), "BSD-3-Clause": frozenset({"unnamed"}),
    "ODC-By-1.0": frozenset({"unnamed"}), "CDLA-Permissive-2.0": frozenset({"unnamed"}),
    "CDLA-Permissive-1.0": frozenset({"unnamed"}),
    "CDLA-Sharing-1.0": frozenset({"unnamed", "other terms"}),
    "ODbL-1.0": frozenset({"unnamed", "other terms"}),
}  # fmt: skip
"""What licences forbid; those of Creative Commons say it in their names."""

_OF_CLAUSES = re.compile(r"CC-BY(-(NC|SA|ND))*-[1-4]\.[05](-[A-Z]{2,3})?")
_CLAUSES = {"BY": "unnamed", "NC": "commercial use", "SA": "other terms", "ND": "derivatives"}


def forbidden(licence: str) -> frozenset[str] | None:
    """What one licence forbids; None where this table does not know it."""
    if licence in _FORBIDS:
        return _FORBIDS[licence]
    if _OF_CLAUSES.fullmatch(licence):
        return frozenset(_CLAUSES[part] for part in licence.split("-") if part in _CLAUSES)
    return None


def asks_for_a_name(licence: str | None) -> bool:
    """Say whether a licence asks that somebody be named."""
    return "unnamed" in (forbidden(licence or "") or ())


def conflict(own: str | None, source: str | None) -> str:
    """What a dataset's licence gives that a source's does not let it give; empty for nothing."""
    gives, lets = forbidden(own or ""), forbidden(source or "")
    if gives is None or lets is None or own == source:
        return ""
    if "derivatives" in lets:
        return f"expected no source that forbids derivatives, found {source}"
    if "other terms" in lets:
        return f"expected {source}, as the source asks, found {own}"
    if more := sorted(lets - gives):
        return f"expected a licence that forbids {', '.join(more)} as {source} does, found {own}"
    return ""
