"""Text whose letters are not written as one writes them."""

import unicodedata

import polars as pl

from datastd.measures import measure
from datastd.measures.text import Counts
from datastd.measures.text.kinds import BEYOND
from datastd.measures.text.patterns import counted, one_of
from datastd.model import Level
from datastd.waiting import once


@once
def _unsteady() -> str:
    """The class of characters that a normal text need not have as they are: few texts have any."""
    pairs = (unicodedata.decomposition(chr(point)).split() for point in range(BEYOND))
    seconds = {int(pair[1], 16) for pair in pairs if len(pair) == 2 and pair[0][0] != "<"}
    seconds |= {*range(0x1161, 0x1176), *range(0x11A8, 0x11C3)}  # of syllables of Hangul

    def holds(one: str) -> bool:
        joins = unicodedata.combining(one) or ord(one) in seconds
        known = unicodedata.category(one) != "Cn"
        return bool(joins) or not known or not unicodedata.is_normalized("NFC", one)

    return one_of(holds)


@measure("Q306", "unicode-not-nfc", unit="0 or 1", level=Level.WARN)
def not_nfc(beyond_ascii: pl.Series) -> Counts:
    """
    Whether each text is other than its normal form NFC: 1 if so.  Shape (N,), int64.  Default: 0.

    Why it matters:
        An e with an accent is one character in one text and two in another, which a tokenizer
        and the removal of duplicates take for different words.

    Remedy:
        Normalise every text, ``unicodedata.normalize("NFC", text)``, before it is tokenised.

    Source:
        UAX 15; data-juicer, fix_unicode_mapper, whose default is NFC.
    """
    may = beyond_ascii.str.contains(_unsteady())
    return counted(
        beyond_ascii, may, lambda some: (some.str.normalize("NFC") != some).cast(pl.Int64)
    )
