"""Stretches of text by which equal spans of words find each other, wherever they begin."""

from typing import TypeAlias

import numpy as np
import polars as pl
import pyarrow as pa

from datastd.measures import helper, kernel, measure
from datastd.measures.text import Utf8
from datastd.measures.text.normal import Hashes, mixed
from datastd.measures.text.pieces import Bytes, Numbers, Pieces, keyed
from datastd.measures.text.rolling import leading, rolled, rolled_on

Found: TypeAlias = tuple[Numbers, Hashes, Hashes]


@measure("L394", "stretches", unit="stretches")
def stretches(utf8: Utf8, word_pieces: Pieces, span: int) -> pl.DataFrame:
    """
    Every span of so many words of each document, by its anchor.

    The anchor of a span is the run of half as many words in it whose hash is the least, and
    of equal ones the first: a matter of the span's content alone, so that equal spans have
    equal anchors.  Neighbouring spans with one anchor are a stretch; of 50 words each, there
    is one about every 13 words.  A rule tells how many words a span has.  Words, and symbols,
    are those of Gopher's measures (`pieces.words`), byte for byte.

    A table ``row``, ``anchor`` (a hash), ``start`` and ``stop`` (bytes of the document, of
    all spans together), ``spans`` (a list: a hash of 64 bits of all words of each).  Of a
    span that goes on and on, each from the next word, two are there.  A document of fewer
    words has no span: it is one row with a hash of all of it, and an empty list.

    Why it matters:
        Two texts that share a span are found by one equal hash, without comparing every
        place of the one with every place of the other.

    Remedy:
        Remove the spans that are repeated.

    Source:
        Schleimer, Wilkerson & Aiken 2003, "Winnowing: local algorithms for document
        fingerprinting", SIGMOD, doi:10.1145/872757.872770.
    """
    hashes = _hashes(utf8.content, word_pieces)
    (row, first, ends), anchors, spans = _stretches(hashes, word_pieces.offsets, span)
    counts = np.diff(ends, prepend=0)
    begin, place = utf8.offsets[row], word_pieces.offsets[row]
    last = np.where(counts, first + counts + span - 1, np.diff(word_pieces.offsets)[row])
    # A document without a word begins and ends at its first byte.
    start = np.append(word_pieces.start, 0)[place + first]
    stop = np.append(word_pieces.stop, 0)[place + last - 1]
    lists = pa.LargeListArray.from_arrays(np.append(0, ends), spans)
    return pl.DataFrame(
        {
            "row": row,
            "anchor": anchors,
            "start": np.where(last, start - begin, 0),
            "stop": np.where(last, stop - begin, 0),
            "spans": pl.Series(pl.from_arrow(lists)),
        }
    )


@kernel
def _hashes(content: Bytes, words: Pieces) -> Hashes:
    found = np.empty(len(words.start), np.uint64)
    for n in range(len(found)):
        found[n] = mixed(keyed(content, words.start[n], words.stop[n]))
    return found


@helper
def _least(values: Hashes, first: int, last: int) -> int:
    """Where the least is; of equal ones, the first."""
    best = first
    for at in range(first + 1, last + 1):
        if values[at] < values[best]:
            best = at
    return best


@kernel
def _stretches(  # noqa: C901  -- one pass is what it is
    hashes: Hashes, offsets: Numbers, span: int
) -> Found:
    """Of each stretch its text, the word that it begins with, and where its spans end."""
    size, most, longest = span // 2, 0, 1
    for n in range(len(offsets) - 1):
        count = offsets[n + 1] - offsets[n]
        most, longest = most + max(1, count - span + 1), max(longest, count)
    kept, anchors = np.empty((3, most), np.int64), np.empty(most, np.uint64)
    spans, values = np.empty(most, np.uint64), np.empty(longest, np.uint64)
    used, filled, first_of_anchor, first_of_span = 0, 0, leading(size), leading(span)
    for n in range(len(offsets) - 1):
        first, count = offsets[n], offsets[n + 1] - offsets[n]
        if count < span:
            kept[0, used], kept[1, used], kept[2, used] = n, 0, filled
            anchors[used] = mixed(rolled(hashes, first, count))
            used += 1
            continue
        value = rolled(hashes, first, size)
        values[0] = mixed(value)
        for at in range(1, count - size + 1):
            value = rolled_on(value, hashes, first + at, size, first_of_anchor)
            values[at] = mixed(value)
        value, best, anchor = rolled(hashes, first, span), -1, -1
        one_before, two_before = np.uint64(0), np.uint64(0)
        for at in range(count - span + 1):
            if at:
                value = rolled_on(value, hashes, first + at, span, first_of_span)
            last = at + span - size
            if best < at:  # it has left the span
                best = _least(values, at, last)
            elif values[last] < values[best]:
                best = last
            whole = mixed(value)
            if at > 1 and whole == one_before and whole == two_before:
                anchor = -1  # what comes next is no neighbour
            else:
                if best != anchor:
                    kept[0, used], kept[1, used], anchors[used] = n, at, values[best]
                    used, anchor = used + 1, best
                spans[filled] = whole
                filled += 1
                kept[2, used - 1] = filled
            one_before, two_before = whole, one_before
    return kept[:, :used].copy(), anchors[:used].copy(), spans[:filled]
