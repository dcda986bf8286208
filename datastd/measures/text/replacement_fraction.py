"""Characters that stand for bytes nobody could read."""

from datastd.measures import measure
from datastd.measures.text import Characters, Floats, fraction
from datastd.model import Level


@measure("Q301", "unicode-replacement-char", unit="fraction", level=Level.WARN)
def replacement_fraction(characters: Characters) -> Floats:
    """
    U+FFFD, the replacement character, as a share of the characters of each text.

    From 0 to 1; 0 for an empty text.  Shape (N,), float64.

    Why it matters:
        Somebody decoded the text with the wrong encoding and went on: what was there
        is lost, and a model learns to write the replacement.

    Remedy:
        Decode the original bytes again, with the encoding that they have.

    Source:
        The Unicode Standard, section 3.9; ftfy's ``replace_lossy_sequences``.
    """
    return fraction(characters.replacement, characters.all)
