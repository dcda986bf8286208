"""N212."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import FORM, Facts, Look, Norm, expected, stated

_SHARE = 1e-4


class NormalisationUndeclared(Norm):
    """
    Texts of which nobody says how they were made alike; or that are not in the form of Unicode
    that is stated.

    Asked are datasets of texts. Stated form NFC is compared with what the standard's measure
    finds (Q306): 9,999 of 10,000 texts are in it.

    Why it matters:
        Text that was folded cannot be unfolded, and a model of it never writes a capital.

    Remedy:
        State `processing.normalisation`: Unicode's form or none, line endings, case and digits.

    Source:
        datatrove, TextNormConfig; A3's P18.
    """

    code: ClassVar[str] = "N212"
    name: ClassVar[str] = "normalisation-undeclared"

    level: Level = Level.WARN
    error_from: Profile | None = "release"
    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        if "text" not in facts.card.identity.modality:
            return
        known, at = facts.card.processing.normalisation, "processing.normalisation"
        for name in ("unicode", "line_endings", "lower_case", "digits"):
            yield stated(f"{at}.{name}", getattr(known, name, None), f"the {name} of the texts")
        form = facts.found.get(FORM)
        if form is not None and getattr(known, "unicode", None) == "NFC":
            odd = form.failed > _SHARE * form.checked
            found = f"{form.failed:,} of {form.checked:,} texts in another"
            yield Look(f"{at}.unicode", expected("NFC", found) if odd else "")
