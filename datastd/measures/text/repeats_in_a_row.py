"""How often a document says one thing in a row."""

import numpy as np
from numpy.typing import NDArray

from datastd.measures import measure
from datastd.measures.text import Counts, repeats
from datastd.measures.text.pieces import Pieces
from datastd.model import Level


@measure("Q383", "token-repetition-run", unit="times", level=Level.WARN)
def repeats_in_a_row(word_numbers: NDArray[np.int32], word_pieces: Pieces) -> Counts:
    """
    How many times each text says the same 1 to 13 words in a row, at most.

    Words and symbols are those of `pieces.words`, in small letters; nothing may stand between.
    1 for a text that says nothing twice, 0 for one without words.  Shape (N,), int64.
    Default: less than 100.

    Why it matters:
        One such document makes the loss of a training step leap, and a model that learns of it
        comes to a loop itself.

    Remedy:
        Leave the documents out.

    Source:
        Dolma, tokenizer_repetitions_v2r2, which counts in tokens; OLMo et al. 2024, "2 OLMo 2
        Furious".
    """
    found: Counts = repeats.in_a_row(word_numbers, word_pieces.offsets)
    return found
