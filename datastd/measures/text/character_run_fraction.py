"""How much of a document is one thing four times in a row."""

from datastd.measures import measure
from datastd.measures.text import Characters, Floats, Utf8, echoes, fraction
from datastd.model import Level


@measure("Q384", "char-run", unit="fraction", level=Level.WARN)
def character_run_fraction(utf8: Utf8, characters: Characters) -> Floats:
    r"""
    Characters of each text that ``(.+?)(\s?\1){3,}`` covers, as a share of all: any part of a
    line, of up to 61 bytes, four times in a row or more often, with or without white space
    between.  0 of an empty text.  Shape (N,), float64.  Default: at most 0.3.

    Why it matters:
        Rules, rows of dots and what a model says that has come to a loop are no language.

    Remedy:
        Leave the documents out, or cut what is repeated.

    Source:
        Dolma, repetitions_v1, which has no bound, and takes the square of a line's length.
    """
    return fraction(echoes.echoed(*utf8), characters.all)
