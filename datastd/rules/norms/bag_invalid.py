"""N371."""

from typing import ClassVar

import polars as pl

from datastd.rules import RowRule


class BagInvalid(RowRule):
    """
    A bag (RFC 8493) that is not whole, or that no list of strong digests vouches for.

    A folder is one where it has ``bagit.txt``, ``fetch.txt``, or lists of digests of another
    kind than ``manifest-sha256.txt``.  It has a list of SHA-256 or stronger; each list of the
    payload names all files of ``data/``, and each list of tags all of those lists; bytes and
    files are those of ``Payload-Oxum``; and what ``fetch.txt`` says is elsewhere is here.
    What a list says of a file is for C001 to C003, whatever the algorithm.

    Why it matters:
        Files that are elsewhere are not trained on, and MD5 and SHA-1 can be made to agree.

    Remedy:
        Fetch what is missing, and write the lists anew: ``bagit.py --sha512``.

    Source:
        RFC 8493, sections 2.1 to 2.4 and 3.
    """

    code: ClassVar[str] = "N371"
    name: ClassVar[str] = "bag-invalid"
    unit: ClassVar[str] = "places"
    table: ClassVar[str] = "manifest"
    reads: ClassVar[tuple[str, ...]] = ("path", "wrong")

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        found = rows.filter(pl.col("wrong") != "")
        return found.select(key="path", split=pl.lit(""), observed=pl.lit(1.0), detail="wrong")

    def bound(self) -> str:
        return "as RFC 8493 has it"
