"""How many objects are annotated in each picture."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.boxes import Column, Numbers
from datastd.model import Level


@measure("C205", "coco-image-without-annotations", unit="annotations", level=Level.WARN)
def objects(annotations: pl.DataFrame, stated_width: Column) -> Numbers:
    """
    Objects that are annotated in each picture: those with a box, and no crowd.

    Shape (N,), int64.

    Why it matters:
        Loaders leave such a picture out, each in its own way, or train on it as on one that
        shows nothing: whether that is so, or nobody looked, the file does not say.

    Remedy:
        Annotate it, or leave it out.

    Source:
        detectron2: "Removed 1021 images with no usable annotations"; cocoapi#76.
    """
    row = annotations.filter(pl.col("crowd") == 0, pl.col("x_px").is_not_null()).get_column("row")
    return np.bincount(row.to_numpy(), minlength=len(stated_width))
