"""What is asked of pictures of which something is said beside them, whatever that is."""

import pandera.polars as pa

from datastd import limit
from datastd.measures.pictures.exif_broken import exif_broken
from datastd.measures.pictures.exif_orientation import exif_orientation
from datastd.measures.pictures.mode import mode
from datastd.measures.pictures.trailing_bytes import trailing_bytes
from datastd.measures.pictures.wrong_suffix import wrong_suffix
from datastd.measures.pixels.phash import phash
from datastd.rules.files.filename_not_portable import FilenameNotPortable
from datastd.rules.files.junk_file import JunkFile
from datastd.rules.pixels.exact_duplicate import ExactDuplicate
from datastd.rules.pixels.in_evaluation import InEvaluation
from datastd.rules.pixels.near_duplicate_cross_split import NearDuplicateCrossSplit

OF_FILES = (exif_broken, exif_orientation, mode, phash, trailing_bytes, wrong_suffix)
"""What is measured of every picture."""

SPLITS = (
    ExactDuplicate(error_from="release"),
    NearDuplicateCrossSplit(),
    InEvaluation(),
    FilenameNotPortable(),
    JunkFile(),
)
"""What is asked of pictures in several places, and of files."""


class Stored(pa.DataFrameModel):
    """One row per picture: how its file is."""

    mode: str = limit(isin=["RGB", "L"], because="what every loader reads alike; COCO has some L")
    wrong_suffix: int = limit(eq=0)
    exif_orientation: int = limit(eq=1, because="what is said fits the pixels as they are stored")
    exif_broken: int = limit(eq=0)
    trailing_bytes: int = limit(eq=0)
