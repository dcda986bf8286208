"""What ids are decoded to."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.tokens import Ids
from datastd.sources import Ragged
from datastd.tokenizer import Tokenizer, chosen

_WIDTH = 512  # ids of a window
_CUT = 3  # characters at either end of a window that may be parts of one
_LOST = "\N{REPLACEMENT CHARACTER}"


@measure("C491", "detokenised-ids", unit="fraction lost")
def detokenised_ids(tokens: Ragged, ids: Ids, tokenizer: Tokenizer) -> pl.DataFrame:
    """
    How much of some windows of ids is no text, by the input ``tokenizer``.

    A table ``row``, ``lost`` (the share of U+FFFD in what the window is decoded to; 1 where the
    tokenizer has not all of its ids) and ``found``, which says so in words.  Of the samples
    that are read together, 2 MiB or less, 32 are looked at: those of the lowest hash of their
    length and first 32 ids.  The window is of 512 ids from a place that the hash says, or
    is the whole sample; up to three U+FFFD at either end are let be, for a character may be cut.

    Why it matters:
        Ids that decode to nothing were made by another tokenizer, or read in another type.

    Remedy:
        Find the tokenizer that the ids are of; or tokenise again.

    Source:
        datastd's own definition, for C411.
    """
    rows, hashes = chosen(ids, tokens.offsets)
    begins, ends = tokens.offsets[rows], tokens.offsets[rows + 1]
    room = np.maximum(ends - begins - _WIDTH, 0)
    places = begins + (hashes % (room + 1).astype(np.uint64)).astype(np.int64)
    lost, found = list[float](), list[str]()
    for begin, start, end in zip(*(n.tolist() for n in (begins, places, ends)), strict=True):
        window = ids[start : min(start + _WIDTH, end)]
        share, said = _of(window, start - begin, tokenizer)
        lost.append(share)
        found.append(said)
    table = {"lost": pl.Series(lost, dtype=pl.Float64), "found": pl.Series(found, dtype=pl.String)}
    return pl.DataFrame({"row": rows, **table})


def _of(window: Ids, first: int, tokenizer: Tokenizer) -> tuple[float, str]:
    """The share that is lost of a window, which begins at id *first* of its sample."""
    strange = np.flatnonzero(~tokenizer.has(window))
    if len(strange):
        at = int(strange[0])
        return 1.0, f"id {int(window[at])} at {first + at}, which the tokenizer has not"
    decoded = tokenizer.text(window)
    if decoded is None:
        return 1.0, f"no text in ids {first} to {first + len(window)}"
    text = _trimmed(decoded)
    share = text.count(_LOST) / max(len(text), 1)
    return share, f"{share:.3g} of it U+FFFD in ids {first} to {first + len(window)}"


def _trimmed(text: str) -> str:
    """A text without up to `_CUT` lost characters at either end."""
    for _ in range(_CUT):
        text = text.removeprefix(_LOST).removesuffix(_LOST)
    return text
