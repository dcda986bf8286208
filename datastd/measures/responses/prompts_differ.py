"""Whether the sides of pairs answer different prompts."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.responses import TURN
from datastd.measures.responses.in_words import prompts_differ_said
from datastd.measures.text import Counts


@measure("F633", "pref-prompt-mismatch", unit="0 or 1", version=2, words=prompts_differ_said)
def prompts_differ(chosen: pl.Series, annotations: pl.DataFrame) -> Counts:
    """
    Whether the turns of the two sides of each pair differ before the last one.

    Shape (N,), int64.  Roles, texts, and what is called with which arguments are compared as they
    are (`TURN`).

    Why it matters:
        TRL takes what both sides begin with for the prompt: the rest of the question becomes
        part of what is preferred, and of what is not.

    Remedy:
        Give both sides the same turns, or state the prompt by itself.

    Source:
        TRL, ``extract_prompt``.
    """
    sides = annotations.lazy().filter(pl.col("side") > 0).select("row", "side", turn=TURN)
    each = sides.group_by("row", "side", maintain_order=True).agg(
        pl.col("turn").slice(0, pl.len() - 1).alias("turns")
    )
    differ = each.group_by("row").agg(pl.col("turns").n_unique() > 1).filter("turns").collect()
    return np.bincount(differ.get_column("row"), minlength=len(chosen)).astype(np.int64)
