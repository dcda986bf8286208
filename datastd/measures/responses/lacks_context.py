"""Whether prompts ask about what is not there."""

import polars as pl

from datastd.measures import marked, measure
from datastd.measures.responses import SPACE, Flags
from datastd.measures.responses.in_words import lacks_context_said
from datastd.model import Level

_ENDS = ("mage", "icture", "hoto", "graph", "hart", "iagram", "creenshot", "ideo", "udio", "ttach")
_ANY = "|".join((*_ENDS, *(one.upper() for one in _ENDS), "http", "HTTP", r"www\.", r"WWW\."))
"""Literals, one of which is in every prompt that is meant: they are found at once."""

_ADDRESS = rf"(?:^|\n){SPACE}*(?:https?://|www\.)\S+{SPACE}*$"
_ATTACHED = r"[<\[(][^<>\[\]()\n]{0,30}\battach(?:ed|ment)\b[^<>\[\]()\n]{0,30}[>\])]"
_SIGHTS = (
    r"(?:images?|pictures?|photos?|photographs?|graphs?|charts?|diagrams?|screenshots?|videos?|"
    r"audios?|(?:audio|video) (?:clips?|files?)|attachments?)"
)
_POINTED = (
    r"(?:this|these|attached|following|(?:in|from) the|"
    r"(?:the|an?) (?:following|attached|given|provided|above|below)) (?:[a-z]+ )?"
)
_GOES_ON = (  # as no other noun does: a video game is none to look at
    r"(?:[!-,./:-@\[-^{-~\n\r\t”’]|$| (?:shows?|showing|shown|above|below|attached|provided|given|"
    r"is|are|was|and|that|which|represents?|depicts?|with|of|in|has|have|for|into|as|from|using)"
    r"(?-u:\b))"
)
_FILES = r"(?:files?|documents?|pdfs?|spreadsheets?|articles?)"
_SEEN = (
    rf"(?-u:\b)(?:{_POINTED}{_SIGHTS}{_GOES_ON}|attached (?:[a-z]+ )?{_FILES}(?-u:\b)|"
    rf"the {_SIGHTS} (?:above|below|attached|provided|given|shown)(?-u:\b))"
)
_MEDIA = r"<(?:image|video|audio)>|https?://|www\.|data:image"


@measure(
    "Q606",
    "instruction-needs-missing-context",
    unit="0 or 1",
    level=Level.WARN,
    words=lacks_context_said,
)
def lacks_context(prompt: pl.Series, has_media: Flags) -> pl.Series:
    """
    Whether each prompt asks about what a model of text cannot see.

    Shape (N,), Int64.  Its last line is an address and nothing else; it says in brackets that
    something is attached (``<Picture Attached>``); or it speaks of this image, the following
    graph, the attached file (and of no video game), and has no address in it.  A sample with
    pictures, recordings or films, or with a mark for one (``<image>``), lacks nothing.

    Why it matters:
        An answer to it was made up, and a model learns to make things up.

    Remedy:
        Put in what the prompt speaks of, or leave the record out.

    Source:
        AlpacaDataCleaned, README, issues 1 and 5; stanford_alpaca's generate_instruction.py,
        whose list of words also has draw, plot, map, music, file and go to.
    """
    asked = prompt.str.contains(_ANY).fill_null(value=False)
    rows = (asked & pl.Series(~has_media)).arg_true()
    some = prompt[rows].str.to_lowercase()
    unseen = some.str.contains(_SEEN) & ~some.str.contains(_MEDIA)
    lacking = rows.filter(some.str.contains(_ADDRESS) | some.str.contains(_ATTACHED) | unseen)
    return marked(len(prompt), lacking)
