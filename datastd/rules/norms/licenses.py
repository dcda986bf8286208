"""Licences: which expressions there are, and which of them a dataset may be given on under."""

import itertools
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
    """Say whether a licence asks that somebody be named, whichever of several is chosen."""
    choices = alternatives(licence)
    return bool(choices) and all(
        any("unnamed" in (forbidden(one) or ()) for one in every) for every in choices
    )


def alternatives(text: str | None) -> tuple[frozenset[str], ...]:
    """
    The licences of an SPDX expression: any of some sets may be chosen, and all of it then holds.

    Names are spelled as the list of SPDX spells them.  Exceptions (``WITH``) give more than a
    licence, of code, and are left aside.  None of what is no expression; of one with more
    choices than anybody makes, all licences together.

    >>> [sorted(one) for one in alternatives("mit OR (cc-by-4.0 AND ODbL-1.0)")]
    [['MIT'], ['CC-BY-4.0', 'ODbL-1.0']]
    """
    if not is_expression(text):
        return ()
    spelled = str(canonicalize_license_expression(text or ""))
    tokens = _TOKEN.findall(_WITH.sub("", spelled))
    together, few = frozenset(tokens) - {"(", ")", "AND", "OR"}, tokens.count("OR") <= _MOST
    choices = _either(tokens) if few else []
    return tuple(dict.fromkeys(choices)) if few and not tokens else (together,)


_MOST = 8  # choices
_TOKEN = re.compile(r"[()]|[^\s()]+")
_WITH = re.compile(r" WITH [^\s()]+")


def _either(tokens: list[str]) -> list[frozenset[str]]:
    """The choices that the first of some tokens give, up to a bracket that closes them."""
    found = _all_of(tokens)
    while tokens[:1] == ["OR"]:
        tokens.pop(0)
        found += _all_of(tokens)
    return found


def _all_of(tokens: list[str]) -> list[frozenset[str]]:
    found = _one(tokens)
    while tokens[:1] == ["AND"]:
        tokens.pop(0)
        found = [one | other for one, other in itertools.product(found, _one(tokens))]
    return found


def _one(tokens: list[str]) -> list[frozenset[str]]:
    first = tokens.pop(0) if tokens else ""
    if first != "(":
        return [frozenset({first})]
    inner = _either(tokens)
    if tokens[:1] == [")"]:
        tokens.pop(0)
    return inner


def conflict(own: str | None, source: str | None) -> str:
    """
    What a dataset's licence gives that a source's does not let it give; empty for nothing.

    Whoever takes the dataset chooses among its licences, and who made it among the source's.
    """
    for chosen in alternatives(own):
        found = ["; ".join(filter(None, (_against(chosen, one) for one in sorted(every))))
                 for every in alternatives(source)]  # fmt: skip
        if found and all(found):
            return found[0]
    return ""


def _against(own: frozenset[str], source: str) -> str:
    """What licences that hold together give, and one of a source does not let them give."""
    lets, known = forbidden(source), [forbidden(one) for one in own]
    if source in own or lets is None or None in known:
        return ""
    gives, said = frozenset().union(*filter(None, known)), " AND ".join(sorted(own))
    if "derivatives" in lets:
        return f"expected no source that forbids derivatives, found {source}"
    if "other terms" in lets:
        return f"expected {source}, as the source asks, found {said}"
    if more := sorted(lets - gives):
        return f"expected a licence that forbids {', '.join(more)} as {source} does, found {said}"
    return ""
