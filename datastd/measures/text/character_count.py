"""How long a document is."""

from datastd.measures import measure
from datastd.measures.text import Characters, Counts


@measure("C798", "character-count-outside", unit="characters")
def character_count(characters: Characters) -> Counts:
    """
    Code points of each text, Python's `len`.  Shape (N,), int64.

    Why it matters:
        Records state it, and what is planned by it goes wrong where it is not so.

    Remedy:
        Look at the samples named.

    Source:
        datastd's own definition, for C724.
    """
    return characters.all
