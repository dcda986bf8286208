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
from datastd.measures.pixels.height_px import height_px
from datastd.measures.pixels.width_px import width_px
from datastd.rules.boxes.detection_image_cross_split import DetectionImageCrossSplit
from datastd.rules.boxes.split_without_objects import SplitWithoutObjects
from datastd.rules.boxes.voc_class_unknown import VocClassUnknown
from datastd.rules.boxes.voc_float_coordinate import VocFloatCoordinate
from datastd.schemas.norms import NORMS
from datastd.schemas.pictures import OF_FILES, SPLITS, Stored
from datastd.schemas.versions import against_reference


class Rows(Stored):  # type: ignore[misc]
    """One row per picture."""

    stated_size_wrong: int = limit(eq=0)
    filename_differs: int = limit(eq=0)
    zero_boxes: int = limit(eq=0)
    objects: int = limit(ge=1, tolerate=0.01, because="some pictures show nothing, as in COCO")


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
        *OF_FILES, beyond_range_px, box_conflicts, box_copies, box_near_copies, corners_apart_px,
        filename_differs, height_px, objects, odd_flags, stated_size_wrong, width_px, zero_boxes,
    ),
    rows=Rows,
    annotations=Boxes,
    rules=(
        VocFloatCoordinate(
            limit=2,
            because="VOC2012 has two such files, 2011_003353 and 2011_006777: voc2coco#5",
        ),
        VocClassUnknown(),
        SplitWithoutObjects(),
        DetectionImageCrossSplit(),
        *SPLITS,
        *against_reference("w_px", "h_px", label="class_name", over="annotations"),
        *NORMS,
    ),
    proposed=("voc",),
)  # fmt: skip
