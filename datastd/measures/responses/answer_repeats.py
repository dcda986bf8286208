"""How much answers repeat themselves."""

import numpy as np

from datastd.measures import Table, measure
from datastd.measures.text import (
    Utf8,
    characters,
    grams,
    run_characters,
    run_fraction,
    split_words,
    word_numbers,
    word_pieces,
)
from datastd.measures.text.repeats_in_a_row import repeats_in_a_row
from datastd.model import Level


@measure("Q697", "response-repeats", unit="fraction", level=Level.WARN)
def answer_repeats(answer_utf8: Utf8) -> Table:
    """
    The measures of repetition Q334 to Q342 and Q383 of each answer: a table of its own.

    Columns ``row``; ``words`` (those of Q320); ``top_2`` to ``top_4`` and ``duplicate_5`` to
    ``duplicate_10`` (fractions of characters in repeated runs of so many words); and ``times``
    (how often 1 to 13 words are said in a row).

    Why it matters:
        A model that learns from a loop comes to one.

    Remedy:
        None: it is compared, and not judged.

    Source:
        As for Q334 to Q342 and Q383.
    """
    pieces, every = word_pieces(answer_utf8), characters(answer_utf8)
    runs = run_characters(answer_utf8, pieces)
    kinds = {"top": grams.TOP, "duplicate": grams.DUPLICATE}
    return {
        "row": np.arange(len(every.all)),
        "words": split_words(answer_utf8, pieces).said,
        **{
            f"{kind}_{size}": run_fraction(runs, every, size)
            for kind, sizes in kinds.items()
            for size in sizes
        },
        "times": np.asarray(repeats_in_a_row.function(word_numbers(answer_utf8, pieces), pieces)),
    }
