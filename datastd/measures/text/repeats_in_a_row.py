"""How often a document says one thing in a row."""

import numpy as np
from numpy.typing import NDArray

from datastd.measures import kernel, measure
from datastd.measures.text import Counts
from datastd.measures.text.pieces import Numbers, Pieces
from datastd.model import Level

_PERIODS = 13
"""Words of the longest run that is looked for in a row."""


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
    return _in_a_row(word_numbers, word_pieces.offsets)


@kernel
def _in_a_row(numbers: NDArray[np.int32], offsets: Numbers) -> Counts:
    """
    How many times each text says the same 1 to `_PERIODS` words in a row; shape (N,).

    Two times are so many words that are those a period before: one in each period has to be.
    """
    found = np.zeros(len(offsets) - 1, np.int64)
    for n in range(len(found)):
        first, stop = offsets[n], offsets[n + 1]
        times = 1 if stop > first else 0
        for period in range(1, _PERIODS + 1):
            word = first + 2 * period - 1
            while word < stop:
                end = word
                if numbers[word] == numbers[word - period]:
                    begin = word
                    while (
                        begin > first + period and numbers[begin - 1] == numbers[begin - 1 - period]
                    ):
                        begin -= 1
                    while end < stop and numbers[end] == numbers[end - period]:
                        end += 1
                    times = max(times, (end - begin) // period + 1)
                word = end + period
        found[n] = times
    return found
