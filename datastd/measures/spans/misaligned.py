"""Whether answers are where they say."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.spans import Bits
from datastd.measures.spans.in_words import misaligned_said


@measure(
    "C501", "squad-answer-misaligned", unit="0 or 1", over="annotations", words=misaligned_said
)
def misaligned(shifts: Bits, plausible: pl.Series) -> Bits:
    """
    Whether each answer is something else than what the context says at its start.

    Shape (A,), int64: 1 where ``context[start : start + len(text)] != text``, in code points.
    Plausible answers are C506's.

    Why it matters:
        A model learns to point at other words: BERT's loader warns and leaves the question
        out, others train on it.

    Remedy:
        C503 says how the offsets were counted, where that can be told.

    Source:
        BERT's run_squad.py; hf/datasets#2585, where a loader that stripped a space shifted
        answers by one.
    """
    return np.asarray((shifts != 0) & ~plausible.to_numpy()).astype(np.int64)
