"""As what else boxes can be read."""

import numpy as np
import polars as pl

from datastd.boxes import BEYOND, CORNERS, FRACTIONS, ROOMY
from datastd.measures import measure
from datastd.measures.boxes import Box, Room
from datastd.model import Level

_TWO = 2  # px
_ROUNDED = 1e-6  # px, which floats round


@measure("F296", "coco-bbox-reading", unit="bits", level=Level.WARN, over="annotations")
def box_reading(box: Box, room: Room) -> pl.Series:
    """
    As what else than left, top, width and height the numbers of each box can be read.

    Shape (A,), Int64, null where there is no box; a sum of `BEYOND` (as what they should be
    they reach beyond the picture), `CORNERS` (as two corners they lie inside it), `FRACTIONS`
    (each is from 0 to 1) and `ROOMY` (the picture is more than 2 px wide and high).

    Why it matters:
        What is written in another way is wrong everywhere, and is put right everywhere at
        once.

    Remedy:
        None: it is compared, and not judged.

    Source:
        datastd's own definition, for F215 and F216.
    """
    right, bottom = box.x + box.w, box.y + box.h
    beyond = (right > room.width + _ROUNDED) | (bottom > room.height + _ROUNDED)
    corners = (box.x >= 0) & (box.y >= 0) & (box.w > box.x) & (box.h > box.y)
    corners &= (box.w <= room.width) & (box.h <= room.height)
    edges = np.stack(box[:4])
    fractions = ((edges >= 0) & (edges <= 1)).all(axis=0)
    roomy = (room.width > _TWO) & (room.height > _TWO)
    bits = BEYOND * beyond | CORNERS * corners | FRACTIONS * fractions | ROOMY * roomy
    return pl.Series(bits, dtype=pl.Int64).set(pl.Series(~box.stated), None)
