"""Pictures with boxes, as Pascal VOC has them: VOC2007, VOC2012, and what is made like them."""

import pandera.polars as pa

from datastd import Standard, limit
from datastd.measures.boxes.beyond_range_px import beyond_range_px
from datastd.measures.boxes.box_conflicts import box_conflicts
from datastd.measures.boxes.box_copies import box_copies
from datastd.measures.boxes.box_near_copies import box_near_copies
from datastd.measures.boxes.corners_apart_px import corners_apart_px
from datastd.measures.boxes.filename_differs import filename_differs
from datastd.measures.boxes.objects import objects
from datastd.measures.boxes.odd_flags import odd_flags
from datastd.measures.boxes.stated_size_wrong import stated_size_wrong
from datastd.measures.boxes.zero_boxes import zero_boxes
from datastd.measures.pictures.exif_broken import exif_broken
from datastd.measures.pictures.exif_orientation import exif_orientation
from datastd.measures.pictures.mode import mode
from datastd.measures.pictures.trailing_bytes import trailing_bytes
from datastd.measures.pictures.wrong_suffix import wrong_suffix
from datastd.measures.pixels.height_px import height_px
from datastd.measures.pixels.phash import phash
from datastd.measures.pixels.width_px import width_px
from datastd.rules.boxes.detection_image_cross_split import DetectionImageCrossSplit
from datastd.rules.boxes.voc_class_unknown import VocClassUnknown
from datastd.rules.boxes.voc_float_coordinate import VocFloatCoordinate
from datastd.rules.files.filename_not_portable import FilenameNotPortable
from datastd.rules.files.junk_file import JunkFile
from datastd.rules.pixels.exact_duplicate import ExactDuplicate
from datastd.rules.pixels.in_evaluation import InEvaluation
from datastd.rules.pixels.near_duplicate_cross_split import NearDuplicateCrossSplit
from datastd.schemas.norms import NORMS


class Rows(pa.DataFrameModel):
    """One row per picture."""

    stated_size_wrong: int = limit(eq=0)
    filename_differs: int = limit(eq=0)
    zero_boxes: int = limit(eq=0)
    objects: int = limit(ge=1, tolerate=0.01, because="the default of C205 in the catalogue")
    mode: str = limit(isin=["RGB", "L"], because="what every loader reads alike")
    wrong_suffix: int = limit(eq=0)
    exif_orientation: int = limit(eq=1)
    exif_broken: int = limit(eq=0)
    trailing_bytes: int = limit(eq=0)


class Boxes(pa.DataFrameModel):
    """One row per object."""

    corners_apart_px: float = limit(gt=0)
    beyond_range_px: float = limit(eq=0)
    odd_flags: int = limit(eq=0)
    box_copies: int = limit(eq=0)
    box_near_copies: int = limit(eq=0)
    box_conflicts: int = limit(eq=0)


standard = Standard(
    name="voc/1",
    about="Pictures with boxes in Pascal VOC's layout, of its twenty classes.",
    formats=("voc",),
    measures=(
        beyond_range_px, box_conflicts, box_copies, box_near_copies, corners_apart_px,
        exif_broken, exif_orientation, filename_differs, height_px, mode, objects, odd_flags,
        phash, stated_size_wrong, trailing_bytes, width_px, wrong_suffix, zero_boxes,
    ),
    rows=Rows,
    annotations=Boxes,
    rules=(
        VocFloatCoordinate(
            limit=2,
            because="VOC2012 has two such files, 2011_003353 and 2011_006777: voc2coco#5",
        ),
        VocClassUnknown(),
        FilenameNotPortable(),
        JunkFile(),
        DetectionImageCrossSplit(),
        ExactDuplicate(error_from="release"),
        InEvaluation(),
        NearDuplicateCrossSplit(),
        *NORMS,
    ),
    proposed=("voc",),
)  # fmt: skip
