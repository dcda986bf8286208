"""N370."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, expected, unsaid


class FormatDiffers(Norm):
    """
    A format that is another than the card states.

    Why it matters:
        Who reads the card installs the wrong reader.

    Remedy:
        Correct `storage.format`.

    Source:
        D&TA 1.0.0, format; Croissant 1.1, encodingFormat.
    """

    code: ClassVar[str] = "N370"
    name: ClassVar[str] = "card-format-differs"

    level: Level = Level.WARN
    error_from: Profile | None = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        said = facts.card.storage.format
        wrong = "" if said == facts.format else expected(facts.format, unsaid(said))
        yield Look("storage.format", wrong)
