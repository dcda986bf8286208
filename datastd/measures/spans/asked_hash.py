"""What is asked about which context."""

from hashlib import blake2b

import polars as pl

from datastd.measures import measure
from datastd.measures.spans import INVISIBLES, SPACE
from datastd.model import Level
from datastd.sources import Shared


@measure("C598", "squad-asked", unit="hash", level=Level.WARN, version=2)
def asked_hash(text: pl.Series, context: Shared, context_hashes: pl.Series) -> pl.Series:
    """
    A hash of 128 bits of the question and its context.

    Shape (N,), Binary.  Of the question counts what is left of it in one case (Python's
    `str.casefold`), without white space at its ends, and before question marks at its end, and
    without these.  What nobody sees within a word is not there; the context is as in C597.

    Why it matters:
        The same question about the same text is one question.

    Remedy:
        None: it is compared, and not judged.

    Source:
        datastd's own; XQuAD in English has five such pairs.
    """
    bare = text.str.replace(rf"(?:{SPACE}|[?？؟])+$", "").str.replace(rf"^{SPACE}+", "")
    of = context_hashes.to_list()
    return pl.Series(
        [
            blake2b(
                one.translate(INVISIBLES).casefold().encode(), key=of[which], digest_size=16
            ).digest()
            for one, which in zip(bare.to_list(), context.which.tolist(), strict=True)
        ],
        dtype=pl.Binary,
    )
