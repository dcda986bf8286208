"""N212."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import FORM, Facts, Heard, Look, Norm, expected, stated

if TYPE_CHECKING:
    from datastd.card.processing import Normalisation  # loaded where there is one

_SHARE = 1e-4
_ENOUGH = 100  # texts with small letters, of which none has a capital by chance
_AT = "processing.normalisation"
_OTHER_LINES = {"lf": "lines that end in CRLF", "crlf": "lines that end in LF"}


class NormalisationUndeclared(Norm):
    """
    Texts of which nobody says how they were made alike; or that are not as is stated.

    Asked are datasets of texts.  Of some 65,000 texts from all over the data, or of all where
    the standard measures NFC (Q306), 9,999 in 10,000 are in the stated form of Unicode, have no
    capitals where all are small letters, no digit but 0 where digits were replaced, and lines
    that end as is stated.  Of a hundred texts and more with small letters, one at least has a
    capital, unless it is stated that they have none.  Where there is no text to look at, as of
    tokens, what is stated is not asked.

    Why it matters:
        Text that was folded cannot be unfolded, and a model of it never writes a capital.

    Remedy:
        State `processing.normalisation`: Unicode's form or none, line endings, case and digits.

    Source:
        datatrove, TextNormConfig; A3's P18.
    """

    code: ClassVar[str] = "N212"
    name: ClassVar[str] = "normalisation-undeclared"
    version: ClassVar[int] = 2

    level: Level = Level.WARN
    error_from: Profile | None = "release"
    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        from datastd.card.processing import Normalisation  # noqa: PLC0415  -- there is a card

        if "text" not in facts.card.identity.modality:
            return
        known = facts.card.processing.normalisation or Normalisation()
        for name in ("unicode", "line_endings", "lower_case", "digits"):
            yield stated(f"{_AT}.{name}", getattr(known, name), f"the {name} of the texts")
        form, heard = facts.found.get(FORM), facts.heard
        if known.unicode == "NFC" and form is not None:
            yield _few("unicode", "NFC", form.failed, form.checked, "texts in another form")
        if heard is None or not heard.texts:
            yield Look(_AT, needs="texts")
            return
        yield from self._compared(known, heard)

    @staticmethod
    def _compared(known: "Normalisation", heard: Heard) -> Iterator[Look]:
        """Look at texts for what was stated not to be in them."""
        count, many = heard.written, heard.texts
        if known.unicode in count:
            said = str(known.unicode)
            yield _few("unicode", said, count[said], many, "texts in another form")
        if (other := _OTHER_LINES.get(known.line_endings or "")) is not None:
            said = str(known.line_endings)
            yield _few("line_endings", said, count.get(other, 0), many, f"texts with {other}")
        if known.lower_case:
            yield _few("lower_case", "small letters", count.get("capitals", 0), many, "others")
        elif known.lower_case is not None:
            small = count.get("small letters", 0)
            odd = small >= _ENOUGH and not count.get("capitals")
            wrong = expected("a text with a capital", f"none among {small:,}") if odd else ""
            yield Look(f"{_AT}.lower_case", wrong)
        if known.digits:
            yield _few("digits", "no digit but 0", count.get("digits from 1 on", 0), many, "others")


def _few(field: str, what: str, odd: int, of: int, others: str) -> Look:
    """Look whether at most one text in so many is not as is stated."""
    wrong = expected(what, f"{odd:,} of {of:,} {others}") if odd > _SHARE * of else ""
    return Look(f"{_AT}.{field}", wrong)
