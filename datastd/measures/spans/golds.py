"""Which answers an evaluator takes."""

import polars as pl

from datastd.measures import measure
from datastd.measures.spans import normalised
from datastd.model import Level


@measure("C596", "squad-golds", unit="hashes", level=Level.WARN)
def golds(annotations: pl.DataFrame, text: pl.Series) -> pl.Series:
    """
    Hashes of 64 bits of the answers of each question, as an evaluator compares them.

    Shape (N,), String: of each answer, normalised (`normalised`), that is not a plausible one, as
    a number; in order, each once, parted by spaces.  Empty for a question without an answer.

    Why it matters:
        What is right for one asker should be right for the other.

    Remedy:
        None: it is compared, and not judged.

    Source:
        SQuAD's evaluate-v2.0.py, ``get_raw_scores``.
    """
    answers = annotations.filter(~pl.col("plausible"))
    hashes = normalised(answers.get_column("text")).hash()
    each = (
        pl.DataFrame({"row": answers.get_column("row"), "gold": hashes})
        .unique()
        .sort("row", "gold")
    )
    of = each.group_by("row", maintain_order=True).agg(pl.col("gold").cast(pl.String).str.join(" "))
    none = pl.repeat("", len(text), dtype=pl.String, eager=True)
    return none.scatter(of.get_column("row"), of.get_column("gold"))
