"""L702."""

from typing import ClassVar

from datastd.rules.pixels.exact_duplicate_cross_split import ExactDuplicateCrossSplit


class RowHashLeak(ExactDuplicateCrossSplit):
    """
    Rows that occur in more than one split: equal in all values but the label.

    The order of columns, the spelling of numbers and Unicode's forms (NFC) make no other row.

    Why it matters:
        A score on what was trained on is a score of memory.

    Remedy:
        Keep each row in one split and drop it from the others.

    Source:
        deepchecks train_test_samples_mix, with no tolerance.
    """

    code: ClassVar[str] = "L702"
    name: ClassVar[str] = "row-hash-leak"
