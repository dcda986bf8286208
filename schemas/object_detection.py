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
from datastd.measures.pictures.size_misstated import size_misstated
from datastd.measures.pixels.height_px import height_px
from datastd.measures.pixels.width_px import width_px
from datastd.rules.boxes.class_not_listed import ClassNotListed
from datastd.rules.boxes.coco_bbox_looks_normalised import CocoBboxLooksNormalised
from datastd.rules.boxes.coco_bbox_looks_xyxy import CocoBboxLooksXyxy
from datastd.rules.boxes.detection_image_cross_split import DetectionImageCrossSplit
from datastd.rules.boxes.object_name_variant import ObjectNameVariant
from datastd.rules.boxes.split_without_objects import SplitWithoutObjects
from datastd.schemas.coco_instances import GRAPH, Boxed, Pictured
from datastd.schemas.norms import NORMS
from datastd.schemas.pictures import OF_FILES, SPLITS
from datastd.schemas.versions import against_reference


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
        *OF_FILES, beyond_picture_px, box_conflicts, box_copies, box_flat, box_near_copies,
        box_reading, box_tiny, edge_beyond_picture_px, height_px, objects, size_misstated, width_px,
    ),
    rows=Rows,
    annotations=Boxes,
    rules=(
        *GRAPH,
        ClassNotListed(),
        ObjectNameVariant(),
        SplitWithoutObjects(),
        CocoBboxLooksXyxy(),
        CocoBboxLooksNormalised(),
        DetectionImageCrossSplit(),
        *SPLITS,
        *against_reference("w_px", "h_px", label="class_name", over="annotations"),
        *NORMS,
    ),
)  # fmt: skip
