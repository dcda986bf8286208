"""Pictures with objects, each in a box and outlined, as COCO's instances are."""

import pandera.polars as pa

from datastd import Standard, limit
from datastd.measures.boxes.area_bucket import MOST, area_bucket
from datastd.measures.boxes.area_not_positive import area_not_positive
from datastd.measures.boxes.area_off import area_off
from datastd.measures.boxes.area_per_box import area_per_box
from datastd.measures.boxes.beyond_px import beyond_px
from datastd.measures.boxes.box_conflicts import box_conflicts
from datastd.measures.boxes.box_copies import box_copies
from datastd.measures.boxes.box_flat import box_flat
from datastd.measures.boxes.box_near_copies import box_near_copies
from datastd.measures.boxes.box_reading import box_reading
from datastd.measures.boxes.box_tiny import box_tiny
from datastd.measures.boxes.crowd_value import crowd_value
from datastd.measures.boxes.crowd_without_runs import crowd_without_runs
from datastd.measures.boxes.edge_beyond_px import edge_beyond_px
from datastd.measures.boxes.file_name_astray import file_name_astray
from datastd.measures.boxes.flat_rings import flat_rings
from datastd.measures.boxes.has_ignore import has_ignore
from datastd.measures.boxes.instance_of_runs import instance_of_runs
from datastd.measures.boxes.mask_size_off import mask_size_off
from datastd.measures.boxes.no_segmentation import no_segmentation
from datastd.measures.boxes.objects import objects
from datastd.measures.boxes.odd_rings import odd_rings
from datastd.measures.boxes.outside_px import outside_px
from datastd.measures.boxes.runs_off import runs_off
from datastd.measures.boxes.segment_iou import segment_iou
from datastd.measures.boxes.short_rings import short_rings
from datastd.measures.boxes.size_differs import size_differs
from datastd.measures.boxes.video import video
from datastd.rules.boxes.coco_annotation_id_duplicate import CocoAnnotationIdDuplicate
from datastd.rules.boxes.coco_annotation_id_zero import CocoAnnotationIdZero
from datastd.rules.boxes.coco_bbox_looks_normalised import CocoBboxLooksNormalised
from datastd.rules.boxes.coco_bbox_looks_xyxy import CocoBboxLooksXyxy
from datastd.rules.boxes.coco_bbox_segm_disagree import CocoBboxSegmDisagree
from datastd.rules.boxes.coco_category_id_duplicate import CocoCategoryIdDuplicate
from datastd.rules.boxes.coco_category_id_gap import COCO_GAPS, CocoCategoryIdGap
from datastd.rules.boxes.coco_category_id_zero import CocoCategoryIdZero
from datastd.rules.boxes.coco_category_map_differs import CocoCategoryMapDiffers
from datastd.rules.boxes.coco_category_name_duplicate import CocoCategoryNameDuplicate
from datastd.rules.boxes.coco_category_unused import CocoCategoryUnused
from datastd.rules.boxes.coco_file_name_duplicate import CocoFileNameDuplicate
from datastd.rules.boxes.coco_image_contradicted import CocoImageContradicted
from datastd.rules.boxes.coco_image_id_duplicate import CocoImageIdDuplicate
from datastd.rules.boxes.coco_orphan_category_id import CocoOrphanCategoryId
from datastd.rules.boxes.detection_image_cross_split import DetectionImageCrossSplit
from datastd.rules.boxes.detection_near_frame_leak import DetectionNearFrameLeak
from datastd.rules.boxes.split_without_objects import SplitWithoutObjects
from datastd.rules.labels.class_name_hidden_mark import ClassNameHiddenMark
from datastd.schemas.norms import NORMS
from datastd.schemas.pictures import OF_FILES, SPLITS, Stored
from datastd.schemas.versions import against_reference

TRAIN = 860_001
"""Annotations of COCO's train2017."""

FLAT = f"COCO's train2017 has 2 of {TRAIN}, annotations 918 and 2206849: cocoapi#355"
FRAGMENTS = (
    f"{FLAT}; small fragments of others are counted nowhere (none of 445 polygons of tiny_coco): "
    "1 in 1,000 is room for 860"
)
TWICE = (
    "COCO's train2017 and val2017 have some, which nobody has counted: cocoapi#462, image 99844; "
    "#424, image 263969; 1 in 10,000 is room for 86"
)
NONE = (
    "measured: none of 1,353 objects of COCO's in tiny_coco and coco128, so that up to 0.2 % of "
    "all may be so (the rule of three)"
)

OF_PICTURES = (*OF_FILES, file_name_astray, objects, size_differs, video)

OF_OBJECTS = (
    area_bucket, area_not_positive, area_off, area_per_box, beyond_px, box_conflicts, box_copies,
    box_flat, box_near_copies, box_reading, box_tiny, crowd_value, crowd_without_runs,
    edge_beyond_px, flat_rings, has_ignore, instance_of_runs, mask_size_off, no_segmentation,
    odd_rings, outside_px, runs_off, segment_iou, short_rings,
)  # fmt: skip

GRAPH = (
    CocoImageIdDuplicate(),
    CocoImageContradicted(),
    CocoAnnotationIdDuplicate(),
    CocoAnnotationIdZero(),
    CocoCategoryIdDuplicate(),
    CocoCategoryIdZero(),
    CocoOrphanCategoryId(),
    CocoCategoryIdGap(gaps=COCO_GAPS),
    CocoCategoryUnused(),
    CocoFileNameDuplicate(),
    CocoCategoryNameDuplicate(),
    CocoCategoryMapDiffers(),
    ClassNameHiddenMark(),
)
"""What is asked of ids, categories and names of files."""

RULES = (
    *GRAPH,
    CocoBboxLooksXyxy(),
    CocoBboxLooksNormalised(),
    CocoBboxSegmDisagree(),
    DetectionImageCrossSplit(names=("file_name",)),
    DetectionNearFrameLeak(),
    SplitWithoutObjects(),
    *SPLITS,
    *against_reference("w_px", "h_px", label="class_name", over="annotations"),
    *NORMS,
)


class Pictured(Stored):  # type: ignore[misc]
    """One row per picture in which objects are annotated."""

    objects: int = limit(
        ge=1,
        tolerate=0.01,
        because="COCO's train2017 has 1,021 of 118,287 pictures without: cocoapi#76",
    )


class Boxed(pa.DataFrameModel):
    """One row per object in a box."""

    box_flat: int = limit(eq=0, tolerate=2 / TRAIN, because=FLAT)
    box_tiny: int = limit(eq=0, tolerate=0.002, because=NONE)
    box_copies: int = limit(eq=0, tolerate=1e-4, because=TWICE)
    box_near_copies: int = limit(eq=0, tolerate=0.002, because=NONE)
    box_conflicts: int = limit(eq=0, tolerate=0.002, because=NONE)


class Rows(Pictured):
    """One row per picture."""

    size_differs: int = limit(eq=0)
    file_name_astray: int = limit(eq=0)


class Objects(Boxed):
    """One row per object, in a box and outlined."""

    beyond_px: float = limit(le=1.0)
    edge_beyond_px: float = limit(eq=0)
    crowd_value: int = limit(ge=0, le=1)
    area_not_positive: int = limit(eq=0, tolerate=2 / TRAIN, because=FLAT)
    area_off: float = limit(
        le=MOST,
        tolerate=0.01,
        because="measured: 1 of 424 in tiny_coco, a crowd's, whose mask was drawn anew",
    )
    area_bucket: int = limit(eq=0)
    area_per_box: float = limit(le=1.05, because="what polygons and masks round")
    has_ignore: int = limit(eq=0)
    odd_rings: int = limit(eq=0)
    short_rings: int = limit(eq=0)
    outside_px: float = limit(le=1.0)
    flat_rings: int = limit(eq=0, tolerate=0.001, because=FRAGMENTS)
    crowd_without_runs: int = limit(eq=0)
    instance_of_runs: int = limit(eq=0)
    mask_size_off: int = limit(eq=0)
    runs_off: int = limit(eq=0)
    no_segmentation: int = limit(eq=0)


standard = Standard(
    name="coco-instances/1",
    about="Objects in pictures, in boxes and outlined, in COCO's layout: what it evaluates.",
    formats=("coco",),
    measures=(*OF_PICTURES, *OF_OBJECTS),
    rows=Rows,
    annotations=Objects,
    rules=RULES,
    proposed=("coco",),
)
