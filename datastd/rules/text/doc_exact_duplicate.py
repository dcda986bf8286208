"""L301."""

from typing import ClassVar

from datastd.rules.pixels.exact_duplicate import ExactDuplicate


class DocExactDuplicate(ExactDuplicate):
    """
    Documents that occur more than once in a split: the same text, byte for byte.

    Why it matters:
        A model memorises what it sees often, and the compute goes into it twice.

    Remedy:
        Keep the first of each group.

    Source:
        Lee et al. 2021, "Deduplicating Training Data Makes Language Models Better";
        datatrove's exact deduplication, Dolma's key ``$.text``.
    """

    code: ClassVar[str] = "L301"
    name: ClassVar[str] = "doc-exact-duplicate"
