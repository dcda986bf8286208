"""Whether questions contain their answers."""

import polars as pl

from datastd.measures import marked, measure
from datastd.measures.spans import normalised
from datastd.measures.spans.in_words import given_away_said
from datastd.model import Level


@measure(
    "Q503",
    "qa-question-contains-answer",
    unit="0 or 1",
    level=Level.WARN,
    over="annotations",
    words=given_away_said,
)
def given_away(
    normalised_text: pl.Series, row: pl.Series, sample_text: pl.Series, plausible: pl.Series
) -> pl.Series:
    """
    Whether each answer of two words or more stands in its question, both normalised.

    Shape (A,), Int64.  Normalised as `normalised` does; plausible answers are none.

    Why it matters:
        A model that copies from the question is right without reading.

    Remedy:
        Ask another way; a question to be answered with yes or no is none about a span.

    Source:
        datastd's own definition.
    """
    long = (normalised_text.str.contains(" ", literal=True) & ~plausible).arg_true()
    asked = normalised(sample_text.gather(row.gather(long)))
    pairs = pl.DataFrame({"asked": asked, "said": normalised_text.gather(long)})
    found = pairs.select(pl.col("asked").str.contains(pl.col("said"), literal=True)).to_series()
    return marked(len(row), long.filter(found))
