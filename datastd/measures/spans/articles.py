"""Which article and which text questions are about."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.model import Level
from datastd.sources import Shared


@measure("C595", "squad-articles", unit="hashes", level=Level.WARN)
def articles(context: Shared, title: pl.Series, context_hashes: pl.Series) -> pl.DataFrame:
    """
    What two splits must not share of each question: a table of its own.

    Columns ``row``, and ``article``: a row with the title, where there is one, and a row
    with the hash of the context.

    Why it matters:
        SQuAD is split by article, so that no model is asked about what it has read.

    Remedy:
        None: it is compared, and not judged.

    Source:
        Rajpurkar et al. 2016, section 3.
    """
    named = (title != "").arg_true().cast(pl.Int64)
    texts = context_hashes.gather(context.which)
    titles = (pl.lit("title ") + pl.lit(title.gather(named))).cast(pl.Binary)
    return pl.DataFrame(
        {
            "row": np.concatenate([np.arange(len(title)), named.to_numpy()]),
            "article": pl.concat([texts, pl.select(titles).to_series()]),
        }
    ).sort("row", maintain_order=True)
