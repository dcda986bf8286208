"""Whether an annotation says that it is about another picture."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.boxes.in_words import filename_differs_said
from datastd.measures.pictures import Flags


@measure("F247", "voc-filename-mismatch", unit="0 or 1", words=filename_differs_said)
def filename_differs(annotated_in: pl.Series, filename: pl.Series) -> Flags:
    """
    Whether each annotation has a ``filename`` that is not its own name, but for suffix and folder.

    Shape (N,), int64.  Loaders pair files by their own names.

    Why it matters:
        A file that was copied or renamed may hold the boxes of another picture.

    Remedy:
        See whose boxes they are, and write the name of that picture.

    Source:
        datastd's own definition.
    """
    own = annotated_in.str.replace(r"^.*/", "").str.replace(r"\.[^.]*$", "")
    said = filename.str.replace(r"^.*[/\\]", "")
    is_own = (said == own) | (said.str.replace(r"\.[^.]*$", "") == own)
    return np.asarray(~is_own.fill_null(value=False)).astype(np.int64)
