"""L691."""

from typing import ClassVar

from datastd.rules.pixels.exact_duplicate_cross_split import ExactDuplicateCrossSplit


class ChatRecordCrossSplit(ExactDuplicateCrossSplit):
    """
    Records of which all that is said stands in another split, too.

    Compared is the `said_digest`: whatever the form, the order of keys and the label of a record.

    Why it matters:
        A model that is scored on what it was trained on is scored on memory.

    Remedy:
        Keep each record in one split and drop it from the others.

    Source:
        datastd's own definition; as L313 for documents, and L702 for rows.
    """

    code: ClassVar[str] = "L691"
    name: ClassVar[str] = "chat-record-cross-split"
    reads: ClassVar[tuple[str, ...]] = ("said_digest", "split")
    meets_on: ClassVar[str | None] = "said_digest"
    group: ClassVar[tuple[str, ...]] = ("said_digest",)
