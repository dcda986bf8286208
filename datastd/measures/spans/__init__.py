"""
Instruments for spans of a text: answers to questions, and where they say that they are.

A batch has each text once, whatever is asked about it (`Shared`), and the annotations say
in ``row`` which question a span belongs to.  Offsets are counted in code points; kernels find
them from marks that are set every 64 of these, so that a long text costs a span no more
than a short one.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.measures.spans import places
from datastd.measures.spans.places import BYTES, POINTS, UNITS, Marks
from datastd.measures.text import Utf8, utf8
from datastd.names import INVISIBLE
from datastd.offsets import (
    IN_BYTES,
    LINE_FEEDS,
    MISPLACED,
    NEXT,
    NFC,
    NFD,
    STRIPPED,
    UTF_16,
)
from datastd.sources import Shared

Bits: TypeAlias = NDArray[np.int64]  # (A,)
Flags: TypeAlias = NDArray[np.bool_]

SPACE = r"[\s\x1c-\x1f]"
"""Python's white space, as an expression of polars: for it, some controls are none."""

PUNCTUATION = r"[!-/:-@\[-`{-~]"
"""Python's `string.punctuation`, which is of ASCII."""


INVISIBLES = str.maketrans(dict.fromkeys(INVISIBLE))
"""What nobody sees within a word, for `str.translate` to leave out."""


class Spans(NamedTuple):
    """
    Spans beside the texts that they are of; shape (A,) each.

    Attributes:
        texts: Each text once, as bytes.
        marks: Where the code points of each are.
        which: The number of the text of each span.
        spans: What each span says.
        start: The code point at which it says that it begins.
    """

    texts: Utf8
    marks: Marks
    which: NDArray[np.int64]
    spans: Utf8
    start: NDArray[np.int64]

    def held(self, unit: int = POINTS, shift: int = 0) -> Flags:
        """Whether each is where it says, if its offset is in *unit* and off by *shift*."""
        return places.held(
            *self.texts, *self.marks, self.which, *self.spans, self.start + shift, unit
        )


def spans(context: Shared, row: pl.Series, start: pl.Series, text: pl.Series) -> Spans:
    """The spans of a batch."""
    which = context.which[row.to_numpy()]
    return _spans(context.values, which, text, start.to_numpy())


def _spans(
    values: pl.Series, which: NDArray[np.int64], text: pl.Series, start: NDArray[np.int64]
) -> Spans:
    texts = utf8(values)
    return Spans(texts, Marks(*places.marked(*texts)), which, utf8(text), start)


def shifts(spans: Spans, context: Shared, text: pl.Series) -> Bits:
    """Of each span 0 where it is where it says; else `MISPLACED`, and the readings that fit."""
    found = np.where(spans.held(), 0, MISPLACED)
    odd = np.flatnonzero(found)
    if not len(odd):
        return found
    which, where = np.unique(spans.which[odd], return_inverse=True)
    values, some = context.values.gather(which).fill_null(""), text.gather(odd)
    start = spans.start[odd]
    there = _spans(values, where, some, start)
    found[odd] |= UTF_16 * there.held(UNITS) | IN_BYTES * there.held(BYTES)
    found[odd] |= NEXT * (there.held(shift=1) | there.held(shift=-1))
    for bit, (of_text, of_span) in _CHANGES.items():
        changed, span = _changed(values, of_text), _changed(some, of_span)
        rows = np.flatnonzero((changed != values).gather(where) | (span != some))
        if len(rows):
            again = _spans(changed, where[rows], span.gather(rows), start[rows])
            found[odd[rows]] |= bit * again.held()
    return found


def _form(name: Literal["NFC", "NFD"]) -> Callable[[str], str]:
    return lambda one: unicodedata.normalize(name, one)


def _feeds(one: str) -> str:
    return one.replace("\r\n", "\n")


_CHANGES: Mapping[int, tuple[Callable[[str], str], Callable[[str], str]]] = {
    STRIPPED: (str.lstrip, str),
    NFC: (_form("NFC"), _form("NFC")),
    NFD: (_form("NFD"), _form("NFD")),
    LINE_FEEDS: (_feeds, _feeds),
}
"""What the readings that are about another text make of the text, and of a span."""


def _changed(values: pl.Series, change: Callable[[str], str]) -> pl.Series:
    return pl.Series([change(one) for one in values.to_list()], dtype=pl.String)


def context_hashes(context: Shared) -> pl.Series:
    """
    A hash of 128 bits of each context, as it is compared; shape (M,), Binary.

    Without what nobody sees in a word, runs of white space as one space, none at its ends: a copy
    that was stripped, or hidden a mark in, is one.
    """
    plain = (" ".join((one or "").translate(INVISIBLES).split()) for one in context.values)
    some = [blake2b(one.encode(), digest_size=16).digest() for one in plain]
    return pl.Series(some, dtype=pl.Binary)


def normalised_text(text: pl.Series) -> pl.Series:
    """The answers of a batch, normalised once for all that ask."""
    return normalised(text)


def normalised(text: pl.Series) -> pl.Series:
    """
    Answers as SQuAD's evaluation compares them (``normalize_answer``).

    Lower case, without punctuation of ASCII, without the words a, an and the, words parted by
    one space.
    """
    bare = text.str.to_lowercase().str.replace_all(PUNCTUATION, "")
    said = bare.str.replace_all(r"\b(?:a|an|the)\b", " ")
    odd = bare.str.contains(_BESIDE).arg_true()
    if len(odd):  # where polars sees another edge of a word than Python
        again = [_ARTICLES.sub(" ", one) for one in bare.gather(odd).to_list()]
        said = said.scatter(odd, again)
    return said.str.replace_all(f"{SPACE}+", " ").str.strip_chars(" ")


_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_ODD = r"[\p{M}\p{C}\p{Nl}\p{No}\p{So}\p{Pc}]"
_BESIDE = rf"{_ODD}(?:a|an|the)|(?:a|an|the){_ODD}"
