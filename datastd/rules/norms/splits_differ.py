"""N274."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, expected, same, stated


class SplitsDiffer(Norm):
    """
    Splits that the card states otherwise than they are: missing, unknown, of another number of
    records, or of records with another digest.

    Why it matters:
        Whoever reads the card trains on another dataset than the one that is there.

    Remedy:
        Correct the card, or fetch the data again.

    Source:
        Hugging Face dataset cards, ``dataset_info.splits``; Croissant 1.1, cr:Split.
    """

    code: ClassVar[str] = "N274"
    name: ClassVar[str] = "card-splits-differ"

    level: Level = Level.WARN
    error_from: Profile | None = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        known = facts.card.processing.splits
        yield stated("processing.splits", known, "the splits")
        for name, rows in facts.splits.items() if known else ():
            at = f"processing.splits.{name}.rows"
            if name not in known:
                yield Look("processing.splits", expected(f"the split {name}", "none"))
            else:
                yield same(at, f"{rows}, as there are", rows, known[name].rows)
                said, found = known[name].record_digest, facts.digests.get(name)
                if said is not None and found is not None:
                    at = f"processing.splits.{name}.record_digest"
                    yield same(at, f"{found}, as they have", found, said)
        for number, name in enumerate(known):
            there = name in facts.splits
            wrong = "" if there else expected("a split that is there", "one that is not")
            yield Look(f"processing.splits.{name if there else number}", wrong)
