"""N169."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Profile
from datastd.rules.norms import Facts, Look, Norm, expected, hashed, same


class DomainsDiffer(Norm):
    """
    A crawl without the list of its domains, or with one that does not add up to its bytes and
    records.

    The list is a file of the dataset whose SHA-256 the card states: domain, bytes and records,
    parted by tabs, each domain once, and no heading.

    Why it matters:
        The most frequent domains have to be published, and are what a crawl is.

    Remedy:
        Write the list; state `domains_file` and `domains_sha256`.

    Source:
        Regulation (EU) 2024/1689, Art. 53(1)(d), template section 2.3; A3's C12.
    """

    code: ClassVar[str] = "N169"
    name: ClassVar[str] = "domains-file-missing"

    asked_from: Profile = "release"

    def looks(self, facts: Facts) -> Iterator[Look]:
        for number, one in enumerate(facts.card.collection.sources):
            if one.method == "crawl":
                at = f"collection.sources.{number}"
                yield hashed(facts, f"{at}.domains_file", one.domains_file, one.domains_sha256)
                if one.domains_file and one.domains_file in facts.files:
                    yield from _added_up(at, facts.sums.get(one.domains_file), one.bytes, one.rows)


def _added_up(
    at: str, sums: tuple[int, int] | None, size: int | None, rows: int | None
) -> Iterator[Look]:
    """Look whether a list adds up to what is stated of its source."""
    if sums is None:
        wrong = expected("a domain, bytes and records a line, parted by tabs", "another line")
        yield Look(f"{at}.domains_file", wrong)
        return
    for name, there, said in zip(("bytes", "rows"), sums, (size, rows), strict=True):
        yield same(f"{at}.{name}", f"{there}, the sum of the domains", there, said)
