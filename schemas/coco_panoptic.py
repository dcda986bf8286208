"""Pictures whose every pixel belongs to a segment, in COCO's panoptic layout."""

import pandera.polars as pa

from datastd import Standard, limit
from datastd.measures.boxes.crowd_value import crowd_value
from datastd.measures.boxes.file_name_astray import file_name_astray
from datastd.measures.boxes.size_differs import size_differs
from datastd.measures.masks.all_void import all_void
from datastd.measures.masks.colour_mode import colour_mode
from datastd.measures.masks.mask_size_off_px import mask_size_off_px
from datastd.measures.masks.segments import segments
from datastd.measures.pictures.area_px import area_px
from datastd.measures.pictures.more_frames import more_frames
from datastd.measures.pixels.contrast import contrast
from datastd.rules.boxes.coco_category_id_duplicate import CocoCategoryIdDuplicate
from datastd.rules.boxes.coco_category_id_gap import CocoCategoryIdGap
from datastd.rules.boxes.coco_category_id_zero import CocoCategoryIdZero
from datastd.rules.boxes.coco_category_is_thing import CocoCategoryIsThing
from datastd.rules.boxes.coco_category_map_differs import CocoCategoryMapDiffers
from datastd.rules.boxes.coco_category_name_duplicate import CocoCategoryNameDuplicate
from datastd.rules.boxes.coco_file_name_duplicate import CocoFileNameDuplicate
from datastd.rules.boxes.coco_image_contradicted import CocoImageContradicted
from datastd.rules.boxes.coco_image_id_duplicate import CocoImageIdDuplicate
from datastd.rules.boxes.coco_orphan_category_id import CocoOrphanCategoryId
from datastd.rules.boxes.detection_image_cross_split import DetectionImageCrossSplit
from datastd.rules.files.byte_identical import ByteIdentical
from datastd.rules.labels.class_name_hidden_mark import ClassNameHiddenMark
from datastd.rules.masks.coco_panoptic_segment_mismatch import CocoPanopticSegmentMismatch
from datastd.rules.pixels.constant_image import ConstantImage
from datastd.rules.pixels.exact_duplicate_cross_split import ExactDuplicateCrossSplit
from datastd.rules.pixels.near_duplicate import NearDuplicate
from datastd.rules.pixels.near_in_evaluation import NearInEvaluation
from datastd.schemas.norms import NORMS
from datastd.schemas.pictures import OF_FILES, SPLITS, Stored
from datastd.schemas.versions import against_reference

GAPS = (
    12, 26, 29, 30, 45, 66, 68, 69, 71, 83, 91, 94, 96, 97, 98, 99, 101, 102,
    103, 104, 105, 106, 108, 110, 111, 113, 114, 115, 116, 117, 120, 121, 123, 124, 126, 127,
    129, 131, 132, 134, 135, 136, 137, 139, 140, 142, 143, 146, 150, 152, 153, 157, 158, 160,
    162, 163, 164, 165, 167, 169, 170, 172, 173, 174, 179, 182, 183,
)  # fmt: skip
"""Ids below 201 that COCO's 133 panoptic categories leave out."""


class Rows(Stored):  # type: ignore[misc]
    """One row per picture with its mask."""

    more_frames: int = limit(eq=0)
    size_differs: int = limit(eq=0)
    file_name_astray: int = limit(eq=0)
    area_px: int = limit(le=89_478_485, because="Pillow's MAX_IMAGE_PIXELS")
    mask_size_off_px: int = limit(eq=0)
    colour_mode: str = limit(eq="RGB")
    all_void: int = limit(eq=0)


class Segments(pa.DataFrameModel):
    """One row per segment."""

    crowd_value: int = limit(ge=0, le=1)


standard = Standard(
    name="coco-panoptic/1",
    about="Pictures whose every pixel belongs to a segment, listed as the masks have them.",
    formats=("coco-panoptic",),
    measures=(
        *OF_FILES, file_name_astray, more_frames, size_differs, area_px, mask_size_off_px,
        colour_mode, all_void, segments, contrast, crowd_value,
    ),
    rows=Rows,
    annotations=Segments,
    rules=(
        CocoPanopticSegmentMismatch(),
        CocoImageIdDuplicate(),
        CocoImageContradicted(),
        CocoFileNameDuplicate(),
        CocoCategoryIdDuplicate(),
        CocoCategoryIdZero(),
        CocoCategoryIdGap(gaps=GAPS),
        CocoCategoryNameDuplicate(),
        CocoCategoryMapDiffers(),
        CocoCategoryIsThing(),
        ClassNameHiddenMark(),
        CocoOrphanCategoryId(),
        DetectionImageCrossSplit(names=("file_name",)),
        ConstantImage(),
        ExactDuplicateCrossSplit(),
        NearDuplicate(),
        NearInEvaluation(),
        *SPLITS,
        ByteIdentical(),
        *against_reference(kinds=("mode",)),
        *NORMS,
    ),
    proposed=("coco-panoptic",),
)  # fmt: skip
