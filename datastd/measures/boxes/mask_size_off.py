"""Whether masks have the size of their pictures."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.boxes import Numbers, Room
from datastd.measures.boxes.in_words import mask_size_off_said
from datastd.measures.boxes.outlines import RUNS


@measure(
    "F227", "coco-rle-size-mismatch", unit="0 or 1", over="annotations", words=mask_size_off_said
)
def mask_size_off(
    shape: pl.Series, mask_height: pl.Series, mask_width: pl.Series, room: Room
) -> Numbers:
    """
    Whether each mask of run lengths has another size than its picture.

    Shape (A,), int64. The size is height, then width.

    Why it matters:
        pycocotools compares masks of other sizes with -1, and says nothing; a mask of
        swapped sides is another mask.

    Remedy:
        Write [height, width] of the picture.

    Source:
        pycocotools maskApi.c, rleIou.
    """
    differs = (mask_height.fill_null(0).to_numpy() != room.height) | (
        mask_width.fill_null(0).to_numpy() != room.width
    )
    wrong: Numbers = ((shape.to_numpy() >= RUNS) & differs).astype(np.int64)
    return wrong
