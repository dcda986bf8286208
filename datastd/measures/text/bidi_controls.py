"""Characters that show a text in another order than it has."""

from datastd.measures import measure
from datastd.measures.text import Characters, Counts
from datastd.model import Level


@measure("Q304", "unicode-bidi-control", unit="characters", level=Level.WARN)
def bidi_controls(characters: Characters) -> Counts:
    """
    How many of U+202A to U+202E and U+2066 to U+2069 are in each text.  Shape (N,), int64.

    Why it matters:
        What a reviewer sees is not what the model reads; source code can hide a line so.

    Remedy:
        Remove them; Arabic and Hebrew are shown right without.

    Source:
        CVE-2021-42574, "Trojan Source".
    """
    return characters.bidi
