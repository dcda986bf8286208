"""Pictures whose every pixel belongs to a segment, in COCO's panoptic layout."""

import pandera.polars as pa

from datastd import Standard, limit
from datastd.measures.masks.mask_size_off_px import mask_size_off_px
from datastd.measures.masks.segments import segments
from datastd.measures.pictures.area_px import area_px
from datastd.measures.pictures.exif_broken import exif_broken
from datastd.measures.pictures.exif_orientation import exif_orientation
from datastd.measures.pictures.mode import mode
from datastd.measures.pictures.more_frames import more_frames
from datastd.measures.pictures.size_misstated import size_misstated
from datastd.measures.pictures.trailing_bytes import trailing_bytes
from datastd.measures.pictures.wrong_suffix import wrong_suffix
from datastd.measures.pixels.contrast import contrast
from datastd.measures.pixels.phash import phash
from datastd.rules.files.byte_identical import ByteIdentical
from datastd.rules.files.filename_not_portable import FilenameNotPortable
from datastd.rules.files.junk_file import JunkFile
from datastd.rules.labels.class_name_variant import ClassNameVariant
from datastd.rules.masks.coco_panoptic_segment_mismatch import CocoPanopticSegmentMismatch
from datastd.rules.pixels.constant_image import ConstantImage
from datastd.rules.pixels.exact_duplicate import ExactDuplicate
from datastd.rules.pixels.exact_duplicate_cross_split import ExactDuplicateCrossSplit
from datastd.rules.pixels.in_evaluation import InEvaluation
from datastd.rules.pixels.near_duplicate import NearDuplicate
from datastd.rules.pixels.near_duplicate_cross_split import NearDuplicateCrossSplit
from datastd.rules.pixels.near_in_evaluation import NearInEvaluation


class Rows(pa.DataFrameModel):
    """One row per picture with its mask."""

    mode: str = limit(isin=["RGB", "L"], because="what every loader reads alike")
    wrong_suffix: int = limit(eq=0)
    more_frames: int = limit(eq=0)
    exif_orientation: int = limit(eq=1)
    exif_broken: int = limit(eq=0)
    size_misstated: int = limit(eq=0)
    trailing_bytes: int = limit(eq=0)
    area_px: int = limit(le=89_478_485, because="Pillow's MAX_IMAGE_PIXELS")
    mask_size_off_px: int = limit(eq=0)


standard = Standard(
    name="coco-panoptic/1",
    about="Pictures whose every pixel belongs to a segment, listed as the masks have them.",
    formats=("coco-panoptic",),
    measures=(
        mode, wrong_suffix, more_frames, exif_orientation, exif_broken, size_misstated,
        trailing_bytes, area_px, mask_size_off_px, segments, contrast, phash,
    ),
    rows=Rows,
    rules=(
        CocoPanopticSegmentMismatch(),
        ConstantImage(),
        ExactDuplicate(error_from="release"),
        ExactDuplicateCrossSplit(),
        InEvaluation(),
        NearDuplicate(),
        NearDuplicateCrossSplit(),
        NearInEvaluation(),
        FilenameNotPortable(),
        JunkFile(),
        ByteIdentical(),
        ClassNameVariant(),
    ),
    proposed=("coco-panoptic",),
)  # fmt: skip
