"""N366."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, same
from datastd.sources import CARD


class TotalsDiffer(Norm):
    """
    Files or bytes that are other than the card states.

    Counted are all files but the manifest and the card itself.

    Why it matters:
        What is missing from a dataset is missed by nobody but its card.

    Remedy:
        Correct `storage.files` and `storage.bytes`, or fetch the data again.

    Source:
        RFC 8493, Payload-Oxum; A3's S22.
    """

    code: ClassVar[str] = "N366"
    name: ClassVar[str] = "card-totals-differ"

    level: Level = Level.WARN
    error_from: Profile | None = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        storage = facts.card.storage
        counted = [held.size for path, held in facts.files.items() if path != CARD]
        pairs = (("files", len(counted), storage.files), ("bytes", sum(counted), storage.bytes))
        for name, there, said in pairs:
            yield same(f"storage.{name}", f"{there}, as there are", there, said)
