"""How many control tokens are in a sample."""

import numpy as np

from datastd.measures import kernel, measure
from datastd.measures.tokens import Counts, Ids, Scan
from datastd.sources import Ragged
from datastd.vocabulary import Vocabulary


@measure("Q487", "control-count-outside", unit="tokens")
def control_count(tokens: Ragged, ids: Ids, scan: Scan, vocabulary: Vocabulary) -> Counts:
    """
    Control ids of each sample, the ends and beginnings of text left aside; shape (N,), int64.

    Why it matters:
        In text they were written by whoever wrote the text: a page can then speak in the
        role of the user, or of the system.

    Remedy:
        Encode text as ordinary text, with special tokens disallowed.

    Source:
        datastd's own definition, for C410.
    """
    control = np.array(vocabulary.control, np.int64)
    if not scan.counts[control].any():
        return np.zeros(len(tokens), np.int64)
    marked = np.zeros(vocabulary.size, np.bool_)
    marked[control] = True
    return _marked(ids, tokens.offsets, marked)


@kernel
def _marked(ids: Ids, offsets: Counts, marked: Ids) -> Counts:
    found = np.zeros(len(offsets) - 1, np.int64)
    for i in range(len(found)):
        for value in ids[offsets[i] : offsets[i + 1]]:
            if 0 <= value < len(marked):
                found[i] += marked[value]
    return found
