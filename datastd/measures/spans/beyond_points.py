"""How far answers reach beyond their context."""

import numpy as np

from datastd.measures import measure
from datastd.measures.spans import Bits, Spans
from datastd.measures.spans.in_words import beyond_points_said
from datastd.measures.spans.places import lengths


@measure(
    "C502",
    "squad-answer-out-of-range",
    unit="code points",
    over="annotations",
    words=beyond_points_said,
)
def beyond_points(spans: Spans) -> Bits:
    """
    Code points by which ``start + len(text)`` is beyond the end of the context.

    Shape (A,), int64, from 0.

    Why it matters:
        BERT's loader ends with an IndexError; a slice in Python is shorter, and says nothing.

    Remedy:
        As for C501: the offset was counted in another text, or in other units.

    Source:
        datastd's own definition.
    """
    return np.maximum(spans.start + lengths(*spans.spans) - spans.marks.points[spans.which], 0)
