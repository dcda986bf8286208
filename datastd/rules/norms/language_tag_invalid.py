"""N009."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, expected, stated

_TAG = "a tag of BCP 47 such as en or de-CH"


class LanguageTagInvalid(Norm):
    """
    A language that no list of languages has; or texts without any.

    Tags are those of BCP 47, with subtags that IANA's registry has.

    Why it matters:
        A filter by language finds neither ``english`` nor ``en_UK``.

    Remedy:
        Write ``en``, ``de-CH``, ``zh-Hant``; ``und`` where nobody knows.

    Source:
        BCP 47, RFC 5646; Hugging Face dataset cards, ``language``; A3's I13.
    """

    code: ClassVar[str] = "N009"
    name: ClassVar[str] = "language-tag-invalid"

    level: Level = Level.WARN
    error_from: Profile | None = "release"
    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        from langcodes import tag_is_valid  # noqa: PLC0415  -- the registry takes its time to load

        identity = facts.card.identity
        for number, tag in enumerate(identity.languages):
            wrong = "" if "_" not in tag and tag_is_valid(tag) else expected(_TAG, "another word")
            yield Look(f"identity.languages.{number}", wrong)
        if "text" in identity.modality:
            yield stated("identity.languages", identity.languages, "the languages of the texts")
