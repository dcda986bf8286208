"""L707."""

from typing import ClassVar

from datastd.rules.pixels.duplicate_conflicting_label import DuplicateConflictingLabel


class ConflictingLabels(DuplicateConflictingLabel):
    """
    Rows that are equal in all values and bear different labels.

    Why it matters:
        One of the labels is wrong, or what tells them apart was not recorded.

    Remedy:
        Look at the group; correct the label, or record what differs.

    Source:
        deepchecks conflicting_labels, ratio 0.
    """

    code: ClassVar[str] = "L707"
    name: ClassVar[str] = "conflicting-labels"
