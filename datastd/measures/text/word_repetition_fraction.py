"""How many runs of words a document has again."""

import numpy as np
from numpy.typing import NDArray

from datastd.measures import measure
from datastd.measures.text import Floats, fraction, repeats
from datastd.measures.text.pieces import Pieces
from datastd.model import Level


@measure("Q374", "word-repetition-ratio", unit="fraction", level=Level.WARN)
def word_repetition_fraction(word_numbers: NDArray[np.int32], word_pieces: Pieces) -> Floats:
    """
    Runs of 10 words that each text has more than once, each as often as it is there, as a share
    of all such runs.  Words are those of `pieces.words` with a letter or a digit, in small
    letters.  0 for fewer than 10.  Shape (N,), float64.  Default: at most 0.5, as data-juicer
    has it; BLOOM has runs of 5, and 0.3.

    Why it matters:
        Templates and copied parts teach a model to copy.

    Remedy:
        Leave the documents out, or look at how they were extracted.

    Source:
        data-juicer, word_repetition_filter, which also strips digits off words; Laurençon et
        al. 2022, "The BigScience ROOTS Corpus".
    """
    again, every = repeats.words_again(word_numbers, word_pieces.offsets).T
    return fraction(again, every)
