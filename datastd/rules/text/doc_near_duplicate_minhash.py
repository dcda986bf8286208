"""L303."""

from typing import ClassVar

import polars as pl

from datastd.model import Level
from datastd.rules import in_one_split
from datastd.rules.text import SimilarRule


class DocNearDuplicateMinhash(SimilarRule):
    """
    Documents that nearly repeat another one of their split: some words changed, cut, added.

    Compared are sets of runs of 5 words, as `simplify_text` leaves them. Candidates agree in
    one of 14 bands of 8 hashes (MinHash, `banding`), which of pairs of a Jaccard similarity of
    0.75 finds 77 %, of 0.8 92 %, of 0.9 all; they count if the similarity itself, taken of
    all their runs, is `similarity` at least. Copies that are equal to the byte are L301's;
    what is equal when normalised is near, too. A document of fewer than 5 words has no run,
    and is like nothing. Numbers are folded, so that pages of one template are alike.

    Of each group the first in the data is the one to keep.  Of a crowd that agrees in a band
    64 are compared with all others of it, and not each with each.

    Why it matters:
        A model memorises what it sees often, and evaluation on held-out parts of a corpus
        that repeats itself measures memory.

    Remedy:
        Keep one of each group; or set the standard's `similarity` to what a copy is here.

    Source:
        datatrove's MinHash deduplication with the parameters of FineWeb, which takes every
        candidate for a duplicate; Lee et al. 2021 verify candidates, by their edit distance.
    """

    code: ClassVar[str] = "L303"
    name: ClassVar[str] = "doc-near-duplicate-minhash"

    level: Level = Level.WARN

    def related(self) -> pl.Expr:
        return in_one_split()

    def bound(self) -> str:
        return "like no other of its split"
