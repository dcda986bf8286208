"""Whether run lengths add up to their masks."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.boxes import Numbers, Outline
from datastd.measures.boxes.in_words import runs_off_said
from datastd.measures.boxes.outlines import RUNS


@measure("F228", "coco-rle-count-sum", unit="px", over="annotations", words=runs_off_said)
def runs_off(
    shape: pl.Series, mask_height: pl.Series, mask_width: pl.Series, outline: Outline
) -> Numbers:
    """
    Pixels by which the runs of each mask are more or fewer than it has.

    Shape (A,), int64, from 0.

    Why it matters:
        Of too few runs pycocotools decodes memory that it has not written: [0, 50] of 10
        by 10 gave a sum of 2037.

    Remedy:
        Encode the mask anew.

    Source:
        pycocotools maskApi.c, rleDecode.
    """
    wanted = (mask_height.fill_null(0) * mask_width.fill_null(0)).to_numpy()
    return np.where(shape.to_numpy() >= RUNS, np.abs(outline.runs - wanted), 0)
