"""Any set of labelled images in IDX files: MNIST's siblings, and your own."""

import pandera.polars as pa

from datastd import Standard, limit
from datastd.measures.pixels.channels import channels
from datastd.measures.pixels.contrast import contrast
from datastd.measures.pixels.depth_bit import depth_bit
from datastd.measures.pixels.height_px import height_px
from datastd.measures.pixels.nonfinite_fraction import nonfinite_fraction
from datastd.measures.pixels.width_px import width_px
from datastd.rules.files.byte_identical import ByteIdentical
from datastd.rules.files.filename_not_portable import FilenameNotPortable
from datastd.rules.files.junk_file import JunkFile
from datastd.rules.labels.class_imbalance import ClassImbalance
from datastd.rules.labels.class_too_few import ClassTooFew
from datastd.rules.labels.label_out_of_range import LabelOutOfRange
from datastd.rules.labels.order_leak import OrderLeak
from datastd.rules.pixels.constant_image import ConstantImage
from datastd.rules.pixels.depth_mixed import DepthMixed
from datastd.rules.pixels.duplicate_conflicting_label import DuplicateConflictingLabel
from datastd.rules.pixels.exact_duplicate import ExactDuplicate
from datastd.rules.pixels.exact_duplicate_cross_split import ExactDuplicateCrossSplit
from datastd.rules.pixels.in_evaluation import InEvaluation
from datastd.schemas.norms import NORMS
from datastd.schemas.versions import against_reference

_BOMB = "a larger side is a decompression bomb until shown otherwise"


class Rows(pa.DataFrameModel):
    """One row per image."""

    height_px: int = limit(ge=1, le=32_768, because=_BOMB)
    width_px: int = limit(ge=1, le=32_768, because=_BOMB)
    channels: int = limit(isin=[1, 3, 4], because="grey, colour, colour with alpha")
    nonfinite_fraction: float = limit(eq=0.0, because="one NaN spoils every weight")


standard = Standard(
    name="idx-images/1",
    about="Labelled images in IDX files, whatever they show: sound, distinct, finite.",
    formats=("idx", "memory"),
    measures=(height_px, width_px, channels, depth_bit, nonfinite_fraction, contrast),
    rows=Rows,
    rules=(
        LabelOutOfRange(),
        DepthMixed(),
        ConstantImage(),
        ExactDuplicate(error_from="release"),
        ExactDuplicateCrossSplit(),
        DuplicateConflictingLabel(),
        InEvaluation(),
        ClassImbalance(),
        ClassTooFew(),
        OrderLeak(),
        FilenameNotPortable(),
        JunkFile(),
        ByteIdentical(),
        *against_reference("contrast", label="label"),
        *NORMS,
    ),
    proposed=("idx", "memory"),
)
