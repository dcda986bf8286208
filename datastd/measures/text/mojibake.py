"""Text that was decoded with another encoding than it has."""

import polars as pl

from datastd.measures import measure
from datastd.measures.text import Counts
from datastd.measures.text.patterns import as_in_python
from datastd.model import Level
from datastd.waiting import once


@once
def _unlikely() -> str:
    from ftfy.badness import BADNESS_RE  # noqa: PLC0415  -- takes 50 ms, for those who ask

    return as_in_python(BADNESS_RE.pattern)


@measure("Q302", "unicode-mojibake", unit="sequences", level=Level.WARN)
def mojibake(beyond_ascii: pl.Series) -> Counts:
    """
    How many sequences of characters are in each text that hardly anyone writes.

    They come of UTF-8 that was read as Latin-1, Windows-1252 and the like: ``schÃ¶n`` has
    one.  Shape (N,), int64.  Default: 0; a long text comes to one by chance more easily, and
    more than 2 in 1000 characters are beyond doubt.

    Why it matters:
        The text looks broken to its readers, and a model learns to write it so.

    Remedy:
        Decode the original bytes again, with the encoding that they have; ``ftfy.fix_text``
        turns most of it back.

    Source:
        ftfy 6.3, ``ftfy.badness.badness``, exactly: its own pattern, run by an engine that
        takes linear time.
    """
    pattern = _unlikely()
    return beyond_ascii.str.count_matches(pattern).cast(pl.Int64).to_numpy()
