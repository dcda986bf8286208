"""ImageNet as published for ILSVRC 2012: 1,281,167 and 50,000 photos of 1,000 classes."""

import functools
from importlib import resources

import pandera.polars as pa

from datastd import Level, Standard, limit
from datastd.measures.pictures.area_px import area_px
from datastd.measures.pictures.exif_broken import exif_broken
from datastd.measures.pictures.exif_orientation import exif_orientation
from datastd.measures.pictures.grey_mode import grey_mode
from datastd.measures.pictures.mode import mode
from datastd.measures.pictures.more_frames import more_frames
from datastd.measures.pictures.trailing_bytes import trailing_bytes
from datastd.measures.pictures.wrong_suffix import wrong_suffix
from datastd.measures.pixels.aspect_ratio import aspect_ratio
from datastd.measures.pixels.brightness_p5 import brightness_p5
from datastd.measures.pixels.brightness_p99 import brightness_p99
from datastd.measures.pixels.contrast import contrast
from datastd.measures.pixels.information import information
from datastd.measures.pixels.phash import phash
from datastd.measures.pixels.sharpness import sharpness
from datastd.measures.pixels.shortest_side_px import shortest_side_px
from datastd.rules.files.byte_identical import ByteIdentical
from datastd.rules.files.filename_not_portable import FilenameNotPortable
from datastd.rules.files.junk_file import JunkFile
from datastd.rules.files.known_bad_list_hit import KnownBadListHit
from datastd.rules.labels.class_name_variant import ClassNameVariant
from datastd.rules.labels.class_too_few import ClassTooFew
from datastd.rules.labels.imagefolder_empty_class import ImagefolderEmptyClass
from datastd.rules.labels.imagefolder_hidden_class_dir import ImagefolderHiddenClassDir
from datastd.rules.labels.label_issue_confident_learning import LabelIssueConfidentLearning
from datastd.rules.labels.label_missing import LabelMissing
from datastd.rules.pixels.constant_image import ConstantImage
from datastd.rules.pixels.duplicate_conflicting_label import DuplicateConflictingLabel
from datastd.rules.pixels.exact_duplicate import ExactDuplicate
from datastd.rules.pixels.exact_duplicate_cross_split import ExactDuplicateCrossSplit
from datastd.rules.pixels.in_evaluation import InEvaluation
from datastd.rules.pixels.near_duplicate import NearDuplicate
from datastd.rules.pixels.near_duplicate_cross_split import NearDuplicateCrossSplit
from datastd.rules.pixels.near_in_evaluation import NearInEvaluation
from datastd.rules.splits.class_list import ClassList
from datastd.rules.splits.class_set_differs_between_splits import ClassSetDiffersBetweenSplits
from datastd.rules.splits.split_size import SplitSize
from datastd.schemas.norms import NORMS
from datastd.schemas.versions import against_reference

_LIST = resources.files("datastd.schemas").joinpath("imagenet_classes.txt")
_CLASSES = tuple(_LIST.read_text(encoding="ascii").split())
_ALL = 1_281_167 + 50_000
_SLIM = "TensorFlow models, research/slim/datasets/build_imagenet_data.py"

# As published: what lies outside is another dataset.
_must = functools.partial(limit, level=Level.ERROR)


class Rows(pa.DataFrameModel):
    """One row per photo."""

    mode: str = _must(
        isin=["RGB", "L"], tolerate=23 / _ALL,
        because=f"22 training pictures are CMYK, and one of the validation set: {_SLIM}",
    )  # fmt: skip
    wrong_suffix: int = _must(
        eq=0, tolerate=1 / _ALL, because=f"n02105855_2933.JPEG is a PNG: {_SLIM}"
    )
    more_frames: int = limit(eq=0)
    exif_orientation: int = limit(
        eq=1, level=Level.WARN, because="there are no boxes or masks that could not fit"
    )
    exif_broken: int = limit(eq=0)
    trailing_bytes: int = limit(eq=0)
    area_px: int = limit(le=89_478_485, because="Pillow's MAX_IMAGE_PIXELS")
    shortest_side_px: int = limit(ge=32, because="less is an icon")
    brightness_p99: float = limit(ge=0.32, because="CleanVision's threshold of dark")
    brightness_p5: float = limit(le=0.95, because="CleanVision's threshold of light")
    aspect_ratio: float = limit(ge=0.35, because="CleanVision's threshold of odd shapes")
    information: float = limit(ge=0.3, because="CleanVision's threshold, 3 bits")
    sharpness: float = limit(ge=0.29, because="CleanVision's threshold of blur")
    grey_mode: int = limit(
        eq=0, tolerate=0.04, because="23 of 1,000 in a sample with one picture a class"
    )


standard = Standard(
    name="imagenet/1",
    about="ImageNet as published for ILSVRC 2012: each photo whole, each class there.",
    formats=("image-folder",),
    measures=(
        mode, wrong_suffix, more_frames, exif_orientation, exif_broken, trailing_bytes, area_px,
        shortest_side_px, brightness_p99, brightness_p5, aspect_ratio, information, sharpness,
        grey_mode, contrast, phash,
    ),
    rows=Rows,
    rules=(
        SplitSize(sizes={"train": 1_281_167, "val": 50_000}),
        ClassList(classes=_CLASSES),
        ClassTooFew(classes=1000, train=732, test=50, level=Level.ERROR),
        ClassSetDiffersBetweenSplits(),
        ClassNameVariant(),
        ImagefolderEmptyClass(),
        ImagefolderHiddenClassDir(),
        LabelMissing(),
        LabelIssueConfidentLearning(),
        KnownBadListHit.of(
            "imagenet-png", "imagenet-cmyk", "imagenet-cmyk-validation",
            limit=24, because=f"they are published so, and named: {_SLIM}",
        ),
        ConstantImage(),
        ExactDuplicate(error_from="release"),
        ExactDuplicateCrossSplit(),
        DuplicateConflictingLabel(),
        InEvaluation(),
        NearDuplicate(),
        NearDuplicateCrossSplit(level=Level.WARN),
        NearInEvaluation(),
        FilenameNotPortable(),
        JunkFile(),
        ByteIdentical(),
        *against_reference(
            "brightness_p99", "brightness_p5", "aspect_ratio", "information",
            kinds=("mode",), label="label",
        ),
        *NORMS,
    ),
)  # fmt: skip
