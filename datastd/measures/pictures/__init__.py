"""
What an encoded picture says of itself: its encoding, its mode, its metadata.

Sources of pictures give it as columns of a batch, one value a picture.
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Column: TypeAlias = Any
"""A column of a batch: an array or a polars Series of shape (N,)."""

Flags: TypeAlias = NDArray[np.int64]
"""0 or 1 for each picture, shape (N,)."""


def flags(column: Column) -> Flags:
    """0 or 1 of what is false or true."""
    return np.asarray(column).astype(np.int64)
