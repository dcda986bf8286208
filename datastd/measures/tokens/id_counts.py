"""Which ids occur, and how often."""

import numpy as np

from datastd.measures import Table, measure
from datastd.measures.tokens import Scan


@measure("Q486", "id-counts", unit="tokens")
def id_counts(scan: Scan) -> Table:
    """
    How often each id of the vocabulary occurs in a batch: a table ``row``, ``id``, ``count``.

    A row for each id that occurs; all of them are those of the first sample of the batch.

    Why it matters:
        Text of one tokenizer uses few of the ids of another.

    Remedy:
        Name the tokenizer that the ids are of.

    Source:
        datastd's own definition, for C408.
    """
    found = np.flatnonzero(scan.counts)
    return {"row": np.zeros_like(found), "id": found, "count": scan.counts[found]}
