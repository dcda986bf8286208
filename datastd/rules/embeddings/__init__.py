"""Rules about vectors that a network made of samples."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.inputs import matrix
from datastd.model import EXAMPLES, Example
from datastd.rules import totals
from datastd.words import many


def directions(vectors: pl.Series) -> NDArray[np.float32]:
    """The vectors at length one, shape (N, D); one of zeros stays."""
    given = matrix(vectors).astype(np.float64)
    # By the greatest number first: the square of a great one is beyond all numbers.
    given /= np.maximum(np.abs(given).max(axis=1, keepdims=True), np.finfo(float).tiny)
    length = np.linalg.norm(given, axis=1, keepdims=True)
    made: NDArray[np.float32] = (given / np.where(length > 0, length, 1)).astype(np.float32)
    return made


def counted(rows: pl.DataFrame) -> pl.DataFrame:
    """How many samples there are, and how many of them lack a vector: one row."""
    lacks = pl.col("embedding").is_null()
    return rows.select(
        samples=pl.len().cast(pl.Int64),
        lacking=lacks.sum().cast(pl.Int64),
        lacks=pl.col("key").filter(lacks).head(EXAMPLES).implode(),
    )


def added(partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """What `counted` says of several parts, as one."""
    return pl.concat(partials).select(
        pl.col("samples", "lacking").sum(),
        pl.col("lacks").explode().drop_nulls().head(EXAMPLES).implode(),
    )


def unseen(partials: Sequence[pl.DataFrame]) -> tuple[Example, ...]:
    """The first samples that lack a vector: no rule has looked at all of them."""
    (lacking,) = totals(partials, "lacking")
    keys = [key for part in partials for some in part["lacks"] for key in some]
    said = f"expected a row in the embeddings, found none; {many(lacking, 'sample')} without"
    return tuple(Example(key=key, observed=None, detail=said) for key in keys[:EXAMPLES])
