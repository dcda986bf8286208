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
from datastd.measures.boxes.objects import objects
from datastd.measures.boxes.outside_fraction import outside_fraction
from datastd.measures.boxes.repeats_row import repeats_row
from datastd.measures.pictures.more_frames import more_frames
from datastd.measures.pixels.height_px import height_px
from datastd.measures.pixels.shortest_side_px import shortest_side_px
from datastd.measures.pixels.width_px import width_px
from datastd.rules.boxes.detection_image_cross_split import DetectionImageCrossSplit
from datastd.rules.boxes.split_without_objects import SplitWithoutObjects
from datastd.rules.boxes.yolo_image_without_label import YoloImageWithoutLabel
from datastd.rules.labels.class_name_hidden_mark import ClassNameHiddenMark
from datastd.schemas.norms import NORMS
from datastd.schemas.pictures import OF_FILES, SPLITS, Stored
from datastd.schemas.versions import against_reference


class Rows(Stored):  # type: ignore[misc]
    """One row per picture."""

    more_frames: int = limit(eq=0)
    shortest_side_px: int = limit(ge=10, because="Ultralytics leaves smaller pictures out")


class Objects(pa.DataFrameModel):
    """One row per object."""

    class_unnamed: int = limit(eq=0)
    outside_fraction: float = limit(eq=0)
    repeats_row: int = limit(eq=0)
    box_flat: int = limit(eq=0)
    box_tiny: int = limit(eq=0)
    beyond_picture_px: float = limit(le=1, because="up to 1 px is rounding: F297")
    edge_beyond_picture_px: float = limit(le=0.01, because="fractions of six digits are rounded")
    box_copies: int = limit(eq=0)
    box_near_copies: int = limit(eq=0)


standard = Standard(
    name="yolo/1",
    about="Pictures with objects in YOLO's layout: labels in range, paired, and of named classes.",
    formats=("yolo",),
    measures=(
        *OF_FILES, beyond_picture_px, box_copies, box_flat, box_near_copies, box_tiny,
        class_unnamed, edge_beyond_picture_px, height_px, more_frames, objects,
        outside_fraction, repeats_row, shortest_side_px, width_px,
    ),
    rows=Rows,
    annotations=Objects,
    rules=(
        YoloImageWithoutLabel(),
        SplitWithoutObjects(),
        ClassNameHiddenMark(),
        DetectionImageCrossSplit(),
        *SPLITS,
        *against_reference("w_px", "h_px", label="category", over="annotations"),
        *NORMS,
    ),
    proposed=("yolo",),
)  # fmt: skip
