"""L313."""

from typing import ClassVar

from datastd.rules.pixels.exact_duplicate_cross_split import ExactDuplicateCrossSplit


class TrainValDocOverlap(ExactDuplicateCrossSplit):
    """
    Documents that occur in more than one split: the same text, byte for byte.

    Why it matters:
        A loss that is measured on what was trained on says nothing.  Of C4's validation
        set 4.6 % nearly repeat a training document.

    Remedy:
        Keep each document in one split and drop it from the others.

    Source:
        Lee et al. 2021, "Deduplicating Training Data Makes Language Models Better".
    """

    code: ClassVar[str] = "L313"
    name: ClassVar[str] = "train-val-doc-overlap"
