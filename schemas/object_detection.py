"""Pictures with objects in boxes, as COCO, Pascal VOC or YOLO writes them down."""

from datastd import Standard, limit
from datastd.measures.boxes.beyond_picture_px import beyond_picture_px
from datastd.measures.boxes.box_conflicts import box_conflicts
from datastd.measures.boxes.box_copies import box_copies
from datastd.measures.boxes.box_flat import box_flat
from datastd.measures.boxes.box_near_copies import box_near_copies
from datastd.measures.boxes.box_reading import box_reading
from datastd.measures.boxes.box_tiny import box_tiny
from datastd.measures.boxes.edge_beyond_picture_px import edge_beyond_picture_px
from datastd.measures.boxes.objects import objects
from datastd.measures.pictures.exif_broken import exif_broken
from datastd.measures.pictures.exif_orientation import exif_orientation
from datastd.measures.pictures.mode import mode
from datastd.measures.pictures.size_misstated import size_misstated
from datastd.measures.pictures.trailing_bytes import trailing_bytes
from datastd.measures.pictures.wrong_suffix import wrong_suffix
from datastd.measures.pixels.height_px import height_px
from datastd.measures.pixels.phash import phash
from datastd.measures.pixels.width_px import width_px
from datastd.rules.boxes.coco_bbox_looks_normalised import CocoBboxLooksNormalised
from datastd.rules.boxes.coco_bbox_looks_xyxy import CocoBboxLooksXyxy
from datastd.rules.boxes.detection_image_cross_split import DetectionImageCrossSplit
from datastd.rules.files.filename_not_portable import FilenameNotPortable
from datastd.rules.files.junk_file import JunkFile
from datastd.rules.pixels.exact_duplicate import ExactDuplicate
from datastd.rules.pixels.in_evaluation import InEvaluation
from datastd.rules.pixels.near_duplicate_cross_split import NearDuplicateCrossSplit
from datastd.schemas.coco_instances import GRAPH, Boxed, Pictured
from datastd.schemas.norms import NORMS


class Rows(Pictured):  # type: ignore[misc]
    """One row per picture."""

    size_misstated: int = limit(eq=0)


class Boxes(Boxed):  # type: ignore[misc]
    """One row per object."""

    beyond_picture_px: float = limit(le=1.0)
    edge_beyond_picture_px: float = limit(
        le=0.01, because="fractions of six digits are so far off at 10,000 px"
    )


standard = Standard(
    name="object-detection/1",
    about="Objects in pictures, in boxes, whatever they are written in: COCO, Pascal VOC, YOLO.",
    formats=("coco", "voc", "yolo"),
    measures=(
        beyond_picture_px, box_conflicts, box_copies, box_flat, box_near_copies, box_reading,
        box_tiny, edge_beyond_picture_px, exif_broken, exif_orientation, height_px, mode, objects,
        phash, size_misstated, trailing_bytes, width_px, wrong_suffix,
    ),
    rows=Rows,
    annotations=Boxes,
    rules=(
        *GRAPH,
        CocoBboxLooksXyxy(),
        CocoBboxLooksNormalised(),
        DetectionImageCrossSplit(),
        ExactDuplicate(error_from="release"),
        NearDuplicateCrossSplit(),
        InEvaluation(),
        FilenameNotPortable(),
        JunkFile(),
        *NORMS,
    ),
)  # fmt: skip
