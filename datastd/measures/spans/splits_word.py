"""Whether answers begin or end inside of a word."""

import functools

import numpy as np

from datastd.measures import measure
from datastd.measures.spans import Bits, Spans
from datastd.measures.spans.in_words import splits_word_said
from datastd.measures.spans.places import Flags, cut, is_of_word
from datastd.model import Level

_BEYOND = 0x40000
_UNPARTED = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x2E80, 0x9FFF), (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)  # fmt: skip


@measure(
    "C510",
    "squad-answer-splits-word",
    unit="0 or 1",
    level=Level.WARN,
    over="annotations",
    version=2,
    words=splits_word_said,
)
def splits_word(spans: Spans, shifts: Bits) -> Bits:
    """
    Whether each answer, which is where it says, begins or ends between two letters or digits.

    Shape (A,), int64.  Letters and digits are those of `str.isalnum`, and marks that combine with
    them, in scripts that part words: not Thai, Lao, Burmese, Khmer, Chinese characters or kana.

    Why it matters:
        The tokens of the span hold more than the answer; a shift by one, made good by an
        answer that was cut out of the text at the wrong place, looks like this.

    Remedy:
        Look at the spans: units and possessives are cut so on purpose.

    Source:
        datastd's own definition; hf/datasets#2585, "ure Land,".
    """
    found = cut(*spans.texts, *spans.marks, spans.which, spans.spans.offsets, spans.start, _parts())
    return np.asarray(found & (shifts == 0)).astype(np.int64)


@functools.cache
def _parts() -> Flags:
    """Of every code point, whether it is part of a word that others part; shape (1114112,)."""
    found = np.zeros(0x110000, np.bool_)
    found[:_BEYOND] = [is_of_word(chr(point)) for point in range(_BEYOND)]
    for first, last in _UNPARTED:
        found[first : last + 1] = False
    return found
