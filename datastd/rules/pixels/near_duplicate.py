"""L103."""

from typing import ClassVar

import polars as pl

from datastd.model import Level
from datastd.rules import LikenessRule, in_one_split


class NearDuplicate(LikenessRule):
    """
    Images that nearly repeat another one of their split: compressed, resized or cropped anew.

    Candidates are images whose `phash` differs in at most `distance` bits; they count if
    their sketches differ by at most `difference` at the second look
    (`datastd.measures.pixels.likeness`). Copies that are equal to the byte are L101's.
    Of each group the first in the data is the one to keep, unless another is larger.

    What is found (`python tests/bench/truth.py`):
        Photos: at distance 4 and difference 0.25 all JPEGs of quality 20, all that were
        resized to half or made grey, 95 % of those made brighter by a fifth, 44 % of crops
        of 2.5 % at each side; at distance 10 all of these. No two unrelated photos of
        14,535 pairs are nearer than 14 bits, or than 0.41.

        32 by 32 pixels (325 pairs of CIFAR-10 that ciFAIR judged; 3.4 million unrelated
        pairs): at distance 12 and difference 0.2 55 % of the pairs and none that is false,
        at 12 and 0.25 61 % and none, at 16 and 0.25 72 % and 2 (the same bomber), at 18
        and 0.3 82 % and 4, at 22 and 0.5 96 % and 1 in 10,000. The hash alone: at distance
        10 58 % and 8, at 16 84 % and 4 in 10,000.

        Digits are too alike: the hash alone at distance 4 flags 4,088 of MNIST's 10,000
        test digits. At distance 4 and difference 0.002 no two of 70,000 are near, and 89 %
        of JPEGs of quality 75 are.

    Why it matters:
        Nearly equal samples count twice in the loss and in the score, and a model
        memorises what it sees often.

    Remedy:
        Keep the best of each group; or set the standard's `distance` and `difference` to
        what a copy is in this domain.

    Source:
        imagehash.phash; distance 4.
    """

    code: ClassVar[str] = "L103"
    name: ClassVar[str] = "image-near-duplicate"

    level: Level = Level.WARN

    def related(self) -> pl.Expr:
        return in_one_split()

    def bound(self) -> str:
        return "like no other of its split"
