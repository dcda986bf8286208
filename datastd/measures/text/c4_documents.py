"""
What C4's filter drops a document for, behind its filters of lines: six instruments.

It leaves out lines with a word of more than 1,000 characters, of fewer than three words, and
those without a mark at the end, and looks at the others.  FineWeb keeps those without a mark,
so each of the three has two definitions, and a standard names one.
"""

import numpy as np

from datastd.measures import Measure, measure
from datastd.measures.text import Counts, Reached
from datastd.model import Level

_LINES = """
Only lines that datatrove's C4QualityFilter comes to{which}: no word of more than 1,000
characters, three words or more{marks}.  Shape (N,), int64.
"""

_SENTENCES = """
Sentences of the lines of each text that {tool} keeps.
{lines}
Lines that say javascript or name a policy do not count either.  A sentence begins with the
first word or symbol of a line, or behind a mark that ends one (Sentence_Terminal of Unicode)
with the next that is no punctuation: the rule of spaCy's sentencizer, over the words and
symbols of `pieces.words`.  Two dots or more end none, nor does a mark before a letter or
digit of its word.

Why it matters:
    A page of which less than five sentences are left is no prose.

Remedy:
    Leave the documents out.

Source:
    Raffel et al. 2020, "Exploring the Limits of Transfer Learning with a Unified Text-to-Text
    Transformer", 2.2; datatrove's C4QualityFilter, min_num_sentences; TFDS's c4_utils asks
    for three.
"""

_FILLERS = """
Lines of each text that say lorem ipsum, in any case and with one space, of those that {tool}
has come to.
{lines}
Why it matters:
    It is what designers put where the text is to be; no one wrote it to be read.

Remedy:
    Leave the documents out.

Source:
    Raffel et al. 2020, 2.2; datatrove's C4QualityFilter and TFDS's c4_utils.
"""

_BRACES = """
Lines of each text with an opening curly bracket and without JavaScript, of those that {tool}
has come to.
{lines}
Why it matters:
    Curly brackets are of programs, and C4 is of prose.  Of code and mathematics it means
    nothing.

Remedy:
    Leave the documents out; for code, leave out this limit.

Source:
    Raffel et al. 2020, 2.2; datatrove's C4QualityFilter and TFDS's c4_utils.
"""

_TOOLS = {
    "c4": ("C4's filter", _LINES.format(which="", marks=", a mark at the end")),
    "fineweb": (
        "C4's filter, as FineWeb sets it,",
        _LINES.format(which=",\nwithout its filter of marks", marks=""),
    ),
}


_WHAT = {
    "sentences": ("Q346", "c4-too-few-sentences", Level.WARN, "sentences", _SENTENCES),
    "fillers": ("Q349", "c4-lorem-ipsum", Level.ERROR, "lines", _FILLERS),
    "braces": ("Q350", "c4-curly-bracket", Level.WARN, "lines", _BRACES),
}


def _of(tool: str, what: str) -> Measure:
    """The instrument for what a tool comes to."""

    def c4(c4_reached: Reached) -> Counts:
        return np.asarray(getattr(c4_reached, what))

    def fineweb(fineweb_reached: Reached) -> Counts:
        return np.asarray(getattr(fineweb_reached, what))

    counted = c4 if tool == "c4" else fineweb
    (by, lines), (code, name, level, unit, says) = _TOOLS[tool], _WHAT[what]
    counted.__name__ = counted.__qualname__ = f"{tool}_{what}"
    counted.__doc__ = says.format(tool=by, lines=lines)
    return measure(code, name, unit=unit, level=level)(counted)


c4_sentences = _of("c4", "sentences")
c4_fillers = _of("c4", "fillers")
c4_braces = _of("c4", "braces")
fineweb_sentences = _of("fineweb", "sentences")
fineweb_fillers = _of("fineweb", "fillers")
fineweb_braces = _of("fineweb", "braces")
