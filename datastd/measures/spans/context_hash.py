"""Which context a question is about."""

import polars as pl

from datastd.measures import measure
from datastd.model import Level
from datastd.sources import Shared


@measure("C597", "squad-context", unit="hash", level=Level.WARN, version=2)
def context_hash(context: Shared, context_hashes: pl.Series) -> pl.Series:
    """
    A hash of 128 bits of the context of each question.

    Shape (N,), Binary.  Runs of white space are one space, and none is at its ends; what nobody
    sees within a word is not there.

    Why it matters:
        Articles that share a text are one article.

    Remedy:
        None: it is compared, and not judged.

    Source:
        datastd's own.
    """
    return context_hashes.gather(context.which)
