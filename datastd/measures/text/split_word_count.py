"""How many words a document has, as most tools count them."""

from datastd.measures import measure
from datastd.measures.text import Counts, Utf8, counts


@measure("C796", "split-word-count-outside", unit="words")
def split_word_count(utf8: Utf8) -> Counts:
    """
    Words of each text between white space, `str.split`.  Shape (N,), int64.

    Why it matters:
        Records state it, and what is planned by it goes wrong where it is not so.

    Remedy:
        Look at the samples named.

    Source:
        datastd's own definition, for C724.
    """
    return counts.between_spaces(*utf8)
