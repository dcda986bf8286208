"""Whether answers go on with the next instruction."""

import polars as pl

from datastd.measures import marked, measure
from datastd.measures.responses import SPACE
from datastd.measures.responses.in_words import merged_instructions_said
from datastd.measures.responses.signs import Signs

_NUMBERED = rf"\n##{SPACE}*\d+\.{SPACE}*Instruction:"
_LINE = r"[ \t]*(?:#+[ \t]*)?(?:\d+\.[ \t]*)?"
_BLOCKS = rf"(?m)^{_LINE}Instruction:(?s:.*?)\n{_LINE}Output:"


@measure("Q603", "response-merged-instruction", unit="0 or 1", words=merged_instructions_said)
def merged_instructions(answer: pl.Series, answer_signs: Signs) -> pl.Series:
    r"""
    Whether each answer holds another instruction that was generated with it.

    Shape (N,), Int64.  It has ``\n##\s*\n?\s*\d+\.\s*Instruction:``, or a line that begins with
    ``Instruction:`` and behind it one that begins with ``Output:``, numbered or marked as
    headings or not.

    Why it matters:
        A model learns to go on and ask itself the next question.

    Remedy:
        Cut the answer off before it.

    Source:
        AlpacaDataCleaned, README, issue 2.
    """
    rows = pl.Series(answer_signs.instructs).arg_true()
    some = answer[rows]
    merged = some.str.contains(_NUMBERED) | some.str.contains(_BLOCKS)
    return marked(len(answer), rows.filter(merged))
