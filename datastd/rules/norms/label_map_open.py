"""N267."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Profile
from datastd.rules.norms import Facts, Look, Norm, expected, hashed, stated


class LabelMapOpen(Norm):
    """
    Classes that are not those which the card names, in its order; or a list of names that is
    not closed.

    Looked at are datasets whose format names its classes, and cards that name any.

    Why it matters:
        Folders that were renamed are other classes, in another order.

    Remedy:
        State `processing.labels.names`, and `closed = true`; keep the folders in that order.

    Source:
        datastd's own definition; A3's P16.
    """

    code: ClassVar[str] = "N267"
    name: ClassVar[str] = "label-map-open"

    error_from: Profile | None = "team"
    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        from datastd.card.processing import Labels  # noqa: PLC0415  -- there is a card

        labels = facts.card.processing.labels
        if labels is None and not facts.classes:
            return
        known = labels or Labels()
        yield stated(
            "processing.labels.names", known.names or known.map_file, "names of the classes"
        )
        wrong = "" if known.closed else expected("closed = true", "another")
        yield Look("processing.labels.closed", wrong)
        if known.map_file:
            yield hashed(facts, "processing.labels.map_file", known.map_file, known.map_sha256)
        if known.names and facts.classes:
            there = sorted(facts.classes)
            is_same = [*known.names] == there
            what = f"the {len(there)} classes of the data, in their order"
            yield Look("processing.labels.names", "" if is_same else expected(what, "others"))
