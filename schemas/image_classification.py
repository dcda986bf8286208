"""Any set of labelled pictures, in folders of classes or named by an index."""

import pandera.polars as pa

from datastd import Level, Standard, limit
from datastd.measures.pictures.area_px import area_px
from datastd.measures.pictures.exif_broken import exif_broken
from datastd.measures.pictures.exif_orientation import exif_orientation
from datastd.measures.pictures.grey_mode import grey_mode
from datastd.measures.pictures.mode import mode
from datastd.measures.pictures.more_frames import more_frames
from datastd.measures.pictures.profile_not_srgb import profile_not_srgb
from datastd.measures.pictures.size_misstated import size_misstated
from datastd.measures.pictures.trailing_bytes import trailing_bytes
from datastd.measures.pictures.wrong_suffix import wrong_suffix
from datastd.measures.pixels.aspect_ratio import aspect_ratio
from datastd.measures.pixels.brightness_p5 import brightness_p5
from datastd.measures.pixels.brightness_p99 import brightness_p99
from datastd.measures.pixels.contrast import contrast
from datastd.measures.pixels.grey_content import grey_content
from datastd.measures.pixels.height_px import height_px
from datastd.measures.pixels.information import information
from datastd.measures.pixels.phash import phash
from datastd.measures.pixels.sharpness import sharpness
from datastd.measures.pixels.shortest_side_px import shortest_side_px
from datastd.measures.pixels.width_px import width_px
from datastd.rules.embeddings.image_embedding_duplicate import ImageEmbeddingDuplicate
from datastd.rules.files.byte_identical import ByteIdentical
from datastd.rules.files.filename_not_portable import FilenameNotPortable
from datastd.rules.files.junk_file import JunkFile
from datastd.rules.labels.class_imbalance import ClassImbalance
from datastd.rules.labels.class_name_variant import ClassNameVariant
from datastd.rules.labels.class_too_few import ClassTooFew
from datastd.rules.labels.imagefolder_empty_class import ImagefolderEmptyClass
from datastd.rules.labels.imagefolder_hidden_class_dir import ImagefolderHiddenClassDir
from datastd.rules.labels.label_issue_confident_learning import LabelIssueConfidentLearning
from datastd.rules.labels.label_missing import LabelMissing
from datastd.rules.labels.property_label_correlation import PropertyLabelCorrelation
from datastd.rules.pixels.constant_image import ConstantImage
from datastd.rules.pixels.duplicate_conflicting_label import DuplicateConflictingLabel
from datastd.rules.pixels.exact_duplicate import ExactDuplicate
from datastd.rules.pixels.exact_duplicate_cross_split import ExactDuplicateCrossSplit
from datastd.rules.pixels.image_odd_size import ImageOddSize
from datastd.rules.pixels.in_evaluation import InEvaluation
from datastd.rules.pixels.mirror_duplicate import MirrorDuplicate
from datastd.rules.pixels.near_duplicate import NearDuplicate
from datastd.rules.pixels.near_duplicate_conflicting_label import NearDuplicateConflictingLabel
from datastd.rules.pixels.near_duplicate_cross_split import NearDuplicateCrossSplit
from datastd.rules.pixels.near_in_evaluation import NearInEvaluation
from datastd.rules.pixels.possible_duplicate_cross_split import PossibleDuplicateCrossSplit
from datastd.rules.splits.class_set_differs_between_splits import ClassSetDiffersBetweenSplits
from datastd.schemas.norms import NORMS
from datastd.schemas.versions import against_reference


class Rows(pa.DataFrameModel):
    """One row per picture."""

    mode: str = limit(isin=["RGB", "L"], because="what every loader reads alike")
    wrong_suffix: int = limit(eq=0)
    more_frames: int = limit(eq=0)
    exif_orientation: int = limit(
        eq=1, level=Level.WARN, because="there are no boxes or masks that could not fit"
    )
    exif_broken: int = limit(eq=0)
    profile_not_srgb: int = limit(eq=0)
    trailing_bytes: int = limit(eq=0)
    size_misstated: int = limit(eq=0)
    area_px: int = limit(le=89_478_485, because="Pillow's MAX_IMAGE_PIXELS")
    shortest_side_px: int = limit(ge=32, because="less is an icon")
    brightness_p99: float = limit(ge=0.32, because="CleanVision's threshold of dark")
    brightness_p5: float = limit(le=0.95, because="CleanVision's threshold of light")
    aspect_ratio: float = limit(ge=0.35, because="CleanVision's threshold of odd shapes")
    information: float = limit(ge=0.3, because="CleanVision's threshold, 3 bits")
    sharpness: float = limit(ge=0.29, because="CleanVision's threshold of blur")
    grey_mode: int = limit(eq=0)
    grey_content: int = limit(eq=0)


standard = Standard(
    name="image-classification/1",
    about="Labelled pictures, whatever they show: whole, distinct, and fit to be seen.",
    formats=("image-folder", "image-index"),
    measures=(
        mode, wrong_suffix, more_frames, exif_orientation, exif_broken, profile_not_srgb,
        trailing_bytes, size_misstated, area_px, shortest_side_px, brightness_p99,
        brightness_p5, aspect_ratio, information, sharpness, grey_mode, grey_content, contrast,
        height_px, width_px, phash,
    ),
    rows=Rows,
    rules=(
        LabelMissing(),
        ConstantImage(),
        ExactDuplicate(error_from="release"),
        ExactDuplicateCrossSplit(),
        DuplicateConflictingLabel(),
        InEvaluation(),
        ClassImbalance(),
        ClassTooFew(),
        FilenameNotPortable(),
        JunkFile(),
        ByteIdentical(),
        ImagefolderEmptyClass(),
        ImagefolderHiddenClassDir(),
        ClassSetDiffersBetweenSplits(),
        ClassNameVariant(),
        ImageOddSize(),
        PropertyLabelCorrelation(
            properties=("brightness_p99", "brightness_p5", "aspect_ratio", "information"),
        ),
        LabelIssueConfidentLearning(),
        ImageEmbeddingDuplicate(),
        NearDuplicate(),
        NearDuplicateCrossSplit(),
        PossibleDuplicateCrossSplit(),
        NearDuplicateConflictingLabel(),
        NearInEvaluation(),
        MirrorDuplicate(),
        *against_reference(
            "brightness_p99", "brightness_p5", "aspect_ratio", "information",
            kinds=("mode",), label="label",
        ),
        *NORMS,
    ),
    proposed=("image-folder", "image-index"),
)  # fmt: skip
