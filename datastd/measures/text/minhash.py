"""MinHash of documents: which others a document may be nearly equal to."""

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from datastd.banding import Banding
from datastd.measures import kernel, measure
from datastd.measures.text.normal import Hashes, Normal, mixed
from datastd.measures.text.pieces import Numbers
from datastd.measures.text.rolling import FACTOR, rolled
from datastd.model import Level

_LAST = np.uint32(0xFFFFFFFF)

Small = NDArray[np.uint32]


@measure("L396", "doc-minhash", unit="64-bit hash", level=Level.WARN, version=3)
def minhash(normal_words: Normal, banding: Banding) -> pl.DataFrame:
    """
    Runs of words of each document, hashed, and the least of them by many hashes: a table.

    Words are those of datatrove's ``simplify_text``; a run of 5 is one of a set. By each of
    bands times rows hashes the least of the set is taken, and those of a band are hashed
    together: documents agree in one as often as their sets are alike.

    Columns ``row``; ``bands``, uint64, shape (bands,); and ``shingles``, uint32, the runs
    themselves, for the second look at those that agree in a band. A document of fewer words
    than a run has none and no row: it is like nothing.

    Why it matters:
        Copies with another header, another date or some words changed differ in their hash,
        and hardly in this.

    Remedy:
        None: it is compared, and not judged.

    Source:
        datatrove's MinhashDedupSignature with the parameters of FineWeb: 14 bands of 8 by
        runs of 5 words. Hashes here are of 32 bits, which tell the least of a set as well;
        what eight of them come to is of 64.
    """
    counts = np.maximum(np.diff(normal_words.offsets) - banding.words + 1, 0)
    has = np.flatnonzero(counts)
    firsts = np.concatenate([[0], np.cumsum(counts[has])])
    shingles = _shingles(normal_words.hashes, normal_words.offsets[has], firsts, banding.words)
    found = np.zeros((len(has), banding.bands), np.uint64)
    _bands(shingles, firsts, *_functions(banding.bands * banding.rows), found)
    return pl.DataFrame(
        {
            "row": has,
            "bands": pl.Series(found, dtype=pl.Array(pl.UInt64, banding.bands)),
            "shingles": pl.from_arrow(pa.LargeListArray.from_arrays(firsts, shingles)),
        }
    )


def _functions(count: int) -> tuple[Small, Small]:
    """So many hash functions of 32 bits, each a factor that is odd, and what is added."""
    drawn = np.random.Generator(np.random.PCG64(count)).integers(0, 1 << 32, (2, count), np.uint32)
    return drawn[0] | np.uint32(1), drawn[1]


@kernel
def _shingles(hashes: Hashes, starts: Numbers, firsts: Numbers, words: int) -> Small:
    """The runs of each text, hashed; those of text n from ``firsts[n]`` on."""
    found = np.empty(firsts[-1], np.uint32)
    for n in range(len(starts)):
        for place in range(firsts[n + 1] - firsts[n]):
            value = mixed(rolled(hashes, starts[n] + place, words))
            found[firsts[n] + place] = value >> np.uint64(32)
    return found


@kernel
def _bands(shingles: Small, firsts: Numbers, factors: Small, addends: Small, found: Hashes) -> None:
    """Hash the least of each text by all functions, so many in a row to a band."""
    rows = len(factors) // found.shape[1]
    for n in range(len(found)):
        its = shingles[firsts[n] : firsts[n + 1]]
        for k in range(len(factors)):
            least, factor, addend = _LAST, factors[k], addends[k]
            for place in range(len(its)):  # so written, the compiler does many at once
                value = np.uint32(np.uint32(factor * its[place]) + addend)
                least = value if value < least else least  # noqa: FURB136  -- four times as fast
            found[n, k // rows] = mixed(found[n, k // rows] * FACTOR + np.uint64(least))
