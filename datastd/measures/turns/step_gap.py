"""Labels that steps lack."""

import polars as pl

from datastd.measures import measure
from datastd.measures.turns.in_words import step_gap_said


@measure("F641", "stepwise-length", unit="labels", words=step_gap_said)
def step_gap(steps: pl.Series, labels: pl.Series) -> pl.Series:
    """
    How many more labels than steps an answer has, or fewer.

    Shape (N,), Int64; 0 for records that are not of this form.

    Why it matters:
        Labels belong to other steps than the trainer takes them for, or it ends.

    Remedy:
        Write one label for each step.

    Source:
        TRL, "Dataset formats and types", stepwise supervision.
    """
    return (steps - labels).abs().fill_null(0)
