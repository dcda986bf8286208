"""A measure that knows an input: whether an image has the mean of one that is there."""

import numpy as np
import polars as pl

from datastd import measure
from datastd.measures import probe


def _sorted(keys: pl.Series, means: pl.DataFrame) -> dict[float, str]:
    return {mean: keys[row] for row, mean in means.rows()}


@probe("evaluation", _sorted)
def known_means(image: np.ndarray) -> pl.DataFrame:
    """The mean of each image of the input."""
    return pl.DataFrame({"row": np.arange(len(image)), "mean": image.mean(axis=(1, 2, 3))})


@measure("Q991", "known-outside", unit="images")
def known(image: np.ndarray, known_means: dict[float, str]) -> np.ndarray:
    """
    1 for an image with a mean of the input's, else 0.

    Why it matters:
        It was seen before.

    Remedy:
        Leave it out.

    Source:
        This package.
    """
    return np.array([int(mean in known_means) for mean in image.mean(axis=(1, 2, 3))])
