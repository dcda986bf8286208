"""Characters that nobody sees, where no script and no emoji needs them."""

import polars as pl

from datastd.measures import measure
from datastd.measures.text import Counts
from datastd.measures.text.patterns import counted
from datastd.model import Level

_JOINED = (
    "Arabic Syriac Nko Mongolian Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada "
    "Malayalam Sinhala Balinese Javanese"
)
_UNSPACED = "Thai Lao Tibetan Myanmar Khmer"  # of which some join as well
_ANY = "[\u200b-\u200d\u2060\ufeff]"


def _written(scripts: str) -> str:
    """The class of characters that are written in one of the scripts."""
    return "[" + "".join(rf"\p{{scx={script}}}" for script in scripts.split()) + "]"


_MEANT = (
    "(?:\\p{Extended_Pictographic}[\\p{Emoji_Modifier}\ufe0f]*\u200d)+\\p{Extended_Pictographic}"
    f"|[\u200b-\u200d]*(?:{_written(_UNSPACED)}[\u200b-\u200d]*)+"
    f"|[\u200c\u200d]*(?:{_written(_JOINED)}[\u200c\u200d]*)+"
)


@measure("Q305", "unicode-zero-width", unit="characters", level=Level.WARN)
def zero_width_characters(text: pl.Series, beyond_ascii: pl.Series) -> Counts:
    """
    How many of U+200B, U+200C, U+200D, U+2060 and U+FEFF are in each text, where none is meant.

    Meant are a joiner (U+200D) between two emoji; a joiner or non-joiner (U+200C) beside a
    letter of the scripts of Arabia, Mongolia and India, and of those of South-East Asia that
    join; a space without width (U+200B) beside a letter of Thai, Lao, Khmer, Burmese or
    Tibetan, which write no spaces.  Shape (N,), int64.  Default: 0.

    Why it matters:
        Two words that look alike are two to a tokenizer, to a search and to the removal of
        duplicates; marks that nobody sees can carry what nobody was to read.

    Remedy:
        Remove them.

    Source:
        The Unicode Standard, sections 9.2, 12.1, 16.2 and 23.2; UAX 29, GB11.  The test set of
        GSM8K has one.
    """

    def unmeant(some: pl.Series) -> pl.Series:
        return some.str.replace_all(_MEANT, "").str.count_matches(_ANY)

    return counted(text, beyond_ascii.str.contains(_ANY), unmeant)
