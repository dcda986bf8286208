"""Whether stated areas put objects among others of another size."""

import numpy as np
import polars as pl

from datastd.boxes import MEDIUM, SMALL
from datastd.measures import measure
from datastd.measures.boxes import Floats, Numbers, Outline
from datastd.measures.boxes.in_words import area_bucket_said

MOST = 0.1
"""Share of the outline's area by which the stated one may differ."""


@measure(
    "F294", "coco-area-wrong-bucket", unit="0 or 1", over="annotations", words=area_bucket_said
)
def area_bucket(
    area_share_off: Floats, area_px: pl.Series, crowd: pl.Series, outline: Outline
) -> Numbers:
    """
    Whether each stated area is off (F218), and counts its object among those of another size.

    Shape (A,), int64. COCO's sizes are up to 32², from there to 96², and from there on; what
    is just at a bound is of both. Crowds are evaluated in all of them, whatever their area.

    Why it matters:
        The score of small objects is that of others.

    Remedy:
        Compute the areas anew, from the outlines.

    Source:
        datastd's own definition: a lesser step of F218; cocoeval.py,
        ``areaRng``.
    """
    stated = area_px.to_numpy()
    differs = np.zeros(len(stated), np.bool_)
    for least, most in ((0, SMALL), (SMALL, MEDIUM), (MEDIUM, np.inf)):
        inside = ((one >= least) & (one <= most) for one in (stated, outline.area))
        differs |= np.logical_xor(*inside)
    wrong: Numbers = ((area_share_off > MOST) & (crowd.to_numpy() == 0) & differs).astype(np.int64)
    return wrong
