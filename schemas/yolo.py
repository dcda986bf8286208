"""Pictures with boxes, polygons or key points in text files, as YOLO's trainers read them."""

import pandera.polars as pa

from datastd import Standard, limit
from datastd.measures.boxes.beyond_picture_px import beyond_picture_px
from datastd.measures.boxes.box_copies import box_copies
from datastd.measures.boxes.box_flat import box_flat
from datastd.measures.boxes.box_near_copies import box_near_copies
from datastd.measures.boxes.box_tiny import box_tiny
from datastd.measures.boxes.class_unnamed import class_unnamed
from datastd.measures.boxes.edge_beyond_picture_px import edge_beyond_picture_px
from datastd.measures.boxes.outside_fraction import outside_fraction
from datastd.measures.boxes.repeats_row import repeats_row
from datastd.measures.pictures.exif_broken import exif_broken
from datastd.measures.pictures.exif_orientation import exif_orientation
from datastd.measures.pictures.mode import mode
from datastd.measures.pictures.more_frames import more_frames
from datastd.measures.pictures.trailing_bytes import trailing_bytes
from datastd.measures.pictures.wrong_suffix import wrong_suffix
from datastd.measures.pixels.height_px import height_px
from datastd.measures.pixels.phash import phash
from datastd.measures.pixels.shortest_side_px import shortest_side_px
from datastd.measures.pixels.width_px import width_px
from datastd.rules.boxes.detection_image_cross_split import DetectionImageCrossSplit
from datastd.rules.boxes.yolo_image_without_label import YoloImageWithoutLabel
from datastd.rules.files.filename_not_portable import FilenameNotPortable
from datastd.rules.files.junk_file import JunkFile
from datastd.rules.pixels.exact_duplicate import ExactDuplicate
from datastd.rules.pixels.in_evaluation import InEvaluation
from datastd.rules.pixels.near_duplicate_cross_split import NearDuplicateCrossSplit
from datastd.schemas.norms import NORMS


class Rows(pa.DataFrameModel):
    """One row per picture."""

    mode: str = limit(isin=["RGB", "L"], because="what every loader reads alike")
    wrong_suffix: int = limit(eq=0)
    more_frames: int = limit(eq=0)
    exif_orientation: int = limit(eq=1)
    exif_broken: int = limit(eq=0)
    trailing_bytes: int = limit(eq=0)
    shortest_side_px: int = limit(ge=10, because="Ultralytics leaves smaller pictures out")


class Objects(pa.DataFrameModel):
    """One row per object."""

    class_unnamed: int = limit(eq=0)
    outside_fraction: float = limit(eq=0)
    repeats_row: int = limit(eq=0)
    box_flat: int = limit(eq=0)
    box_tiny: int = limit(eq=0)
    beyond_picture_px: float = limit(le=1, because="the step of F214 in the catalogue")
    edge_beyond_picture_px: float = limit(le=0.01, because="fractions of six digits are rounded")
    box_copies: int = limit(eq=0)
    box_near_copies: int = limit(eq=0)


standard = Standard(
    name="yolo/1",
    about="Pictures with objects in YOLO's layout: labels in range, paired, and of named classes.",
    formats=("yolo",),
    measures=(
        beyond_picture_px, box_copies, box_flat, box_near_copies, box_tiny, class_unnamed,
        edge_beyond_picture_px, exif_broken, exif_orientation, height_px, mode, more_frames,
        outside_fraction, phash, repeats_row, shortest_side_px, trailing_bytes, width_px,
        wrong_suffix,
    ),
    rows=Rows,
    annotations=Objects,
    rules=(
        YoloImageWithoutLabel(),
        FilenameNotPortable(),
        JunkFile(),
        DetectionImageCrossSplit(),
        ExactDuplicate(error_from="release"),
        InEvaluation(),
        NearDuplicateCrossSplit(),
        *NORMS,
    ),
    proposed=("yolo",),
)  # fmt: skip
