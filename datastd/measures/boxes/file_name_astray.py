"""Whether the name of a picture's file is none that can be looked for below a folder."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.boxes import Numbers
from datastd.measures.boxes.in_words import file_name_astray_said
from datastd.names import portable

_ASTRAY = r"^\s*$|\x00|^\.{1,2}(/|$)|^/|^[A-Za-z]:|^[A-Za-z][A-Za-z0-9+.-]*:/"


@measure("F290", "coco-file-name-astray", unit="0 or 1", version=2, words=file_name_astray_said)
def file_name_astray(file_name: pl.Series) -> Numbers:
    """
    Whether the name of each picture's file is empty, no file's, an address, or leads out.

    Shape (N,), int64.  0 where nothing names a file, as of pictures that results alone name.

    Why it matters:
        Loaders join it with the folder of the pictures: an absolute path is taken as it is, and
        another machine has no such file, or another one.

    Remedy:
        Write names below the folder of the pictures.

    Source:
        cocodataset.org, "Data format"; Python's `os.path.join`.
    """
    odd = portable(file_name).str.contains(_ASTRAY)
    return np.asarray(odd.fill_null(value=False)).astype(np.int64)
