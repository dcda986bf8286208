"""Whether contexts begin or end with white space."""

import polars as pl

from datastd.measures import measure
from datastd.measures.spans import SPACE
from datastd.measures.spans.in_words import context_edge_said
from datastd.model import Level
from datastd.sources import Shared


@measure(
    "C517", "squad-context-edge-space", unit="0 or 1", level=Level.WARN, words=context_edge_said
)
def context_edge(context: Shared) -> pl.Series:
    """
    Whether the context of each question begins or ends with white space.

    Shape (N,), Int64.

    Why it matters:
        A loader that strips it shifts every offset behind the space; one did.

    Remedy:
        Strip the context, and move the starts of its answers.

    Source:
        hf/datasets#2585, mended in #2586.
    """
    edge = context.values.str.contains(rf"^{SPACE}|{SPACE}$")
    return edge.cast(pl.Int64).gather(context.which)
