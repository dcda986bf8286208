"""Readings of an offset: why a span is not where it says."""

from collections.abc import Mapping

UTF_16, IN_BYTES, STRIPPED, NFC, NFD, LINE_FEEDS, NEXT, MISPLACED = (1 << n for n in range(8))
"""
Why a span is not where it says: under which reading of its offset it would be.

The offset counts UTF-16 code units; bytes of UTF-8; what is left of the text without white
space before it; the text, and the span, in Unicode's form NFC or NFD; the text with line
feeds for each CR LF; it is off by one.  `MISPLACED` is set whenever the span is not where it
says, and alone where no reading explains it.
"""

CAUSES: Mapping[int, str] = {
    UTF_16: "its offset counts UTF-16 code units",
    IN_BYTES: "its offset counts bytes of UTF-8",
    STRIPPED: "its offset is that in the text without the white space before it",
    NFC: "its offset is that in the text in Unicode's form NFC",
    NFD: "its offset is that in the text in Unicode's form NFD",
    LINE_FEEDS: "its offset counts each CR LF as one",
    NEXT: "its offset is off by one",
}
"""The readings in words; what is narrower comes before what is wider."""
