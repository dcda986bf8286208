"""MNIST as published: 60,000 and 10,000 digits of 28 by 28 pixels in ten classes."""

import functools

import pandera.polars as pa

from datastd import Level, Standard, limit
from datastd.measures.pixels.border_fraction import border_fraction
from datastd.measures.pixels.centre_column_px import centre_column_px
from datastd.measures.pixels.centre_row_px import centre_row_px
from datastd.measures.pixels.channels import channels
from datastd.measures.pixels.contrast import contrast
from datastd.measures.pixels.depth_bit import depth_bit
from datastd.measures.pixels.entropy_bit import entropy_bit
from datastd.measures.pixels.height_px import height_px
from datastd.measures.pixels.ink_fraction import ink_fraction
from datastd.measures.pixels.maximum import maximum
from datastd.measures.pixels.mean import mean
from datastd.measures.pixels.minimum import minimum
from datastd.measures.pixels.nonfinite_fraction import nonfinite_fraction
from datastd.measures.pixels.std import std
from datastd.measures.pixels.width_px import width_px
from datastd.rules.files.byte_identical import ByteIdentical
from datastd.rules.files.filename_not_portable import FilenameNotPortable
from datastd.rules.files.junk_file import JunkFile
from datastd.rules.labels.class_imbalance import ClassImbalance
from datastd.rules.labels.class_too_few import ClassTooFew
from datastd.rules.labels.label_out_of_range import LabelOutOfRange
from datastd.rules.labels.order_leak import OrderLeak
from datastd.rules.pixels.constant_image import ConstantImage
from datastd.rules.pixels.duplicate_conflicting_label import DuplicateConflictingLabel
from datastd.rules.pixels.exact_duplicate import ExactDuplicate
from datastd.rules.pixels.exact_duplicate_cross_split import ExactDuplicateCrossSplit
from datastd.rules.pixels.in_evaluation import InEvaluation
from datastd.rules.splits.split_size import SplitSize
from datastd.schemas.norms import NORMS
from datastd.schemas.versions import against_reference

# A published dataset does not vary: what lies outside is another one.
_must = functools.partial(limit, level=Level.ERROR)
_SEEN = "the 70,000 published images lie well inside: "


class Rows(pa.DataFrameModel):
    """One row per digit; pixels from 0, paper, to 255, ink."""

    height_px: int = limit(eq=28)
    width_px: int = limit(eq=28)
    channels: int = limit(eq=1)
    depth_bit: int = limit(eq=8)
    nonfinite_fraction: float = limit(eq=0.0)
    mean: float = _must(ge=2, le=128, because=_SEEN + "6.5 to 101.4")
    std: float = _must(ge=20, le=127.5, because=_SEEN + "31.8 to 119.2")
    minimum: float = _must(eq=0, because="every published image has bare paper")
    maximum: float = _must(ge=200, le=255, because=_SEEN + "254 to 255")
    entropy_bit: float = _must(ge=0.2, le=4, because=_SEEN + "0.39 to 2.8")
    ink_fraction: float = _must(ge=0.005, le=0.5, because=_SEEN + "0.019 to 0.40")
    border_fraction: float = _must(ge=0.1, le=0.99, because="digits lie in 20x20 pixels")
    centre_row_px: float = _must(ge=9, le=18, because="digits are centred by mass")
    centre_column_px: float = _must(ge=9, le=18, because="digits are centred by mass")


standard = Standard(
    name="mnist/1",
    about="MNIST as published: 60,000 and 10,000 handwritten digits, each whole.",
    formats=("idx", "memory"),
    measures=(
        height_px, width_px, channels, depth_bit, nonfinite_fraction, mean, std, minimum,
        maximum, contrast, entropy_bit, ink_fraction, border_fraction, centre_row_px,
        centre_column_px,
    ),
    rows=Rows,
    rules=(
        SplitSize(sizes={"train": 60_000, "test": 10_000}),
        LabelOutOfRange(classes=10),
        ConstantImage(),
        ExactDuplicate(error_from="release"),
        ExactDuplicateCrossSplit(),
        DuplicateConflictingLabel(),
        InEvaluation(),
        ClassImbalance(classes=10),
        ClassTooFew(classes=10),
        OrderLeak(),
        FilenameNotPortable(),
        JunkFile(),
        ByteIdentical(),
        *against_reference("mean", "std", "entropy_bit", "ink_fraction", label="label"),
        *NORMS,
    ),
)  # fmt: skip
