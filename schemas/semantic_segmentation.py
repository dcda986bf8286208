"""Images and masks that say of each pixel what it shows."""

from datastd import Level, Standard, limit
from datastd.measures.masks.background_only import background_only
from datastd.measures.masks.ignored_fraction import ignored_fraction
from datastd.measures.masks.label_mode import WIDE, label_mode
from datastd.measures.masks.lossy import lossy
from datastd.measures.masks.mask_digest import mask_digest
from datastd.measures.masks.mask_size_off_px import mask_size_off_px
from datastd.measures.masks.mixed_instances import mixed_instances
from datastd.measures.masks.palette_off import palette_off
from datastd.measures.masks.values_outside import values_outside
from datastd.measures.pictures.area_px import area_px
from datastd.measures.pictures.more_frames import more_frames
from datastd.measures.pixels.contrast import contrast
from datastd.measures.pixels.height_px import height_px
from datastd.measures.pixels.width_px import width_px
from datastd.rules.labels.class_name_hidden_mark import ClassNameHiddenMark
from datastd.rules.labels.class_name_variant import ClassNameVariant
from datastd.rules.masks.mask_all_ignore import MaskAllIgnore
from datastd.rules.masks.mask_instance_class_inconsistent import MaskInstanceClassInconsistent
from datastd.rules.masks.mask_repeated import MaskRepeated
from datastd.rules.masks.mask_value_range import MaskValueRange
from datastd.rules.pixels.constant_image import ConstantImage
from datastd.rules.pixels.exact_duplicate_cross_split import ExactDuplicateCrossSplit
from datastd.rules.pixels.near_duplicate import NearDuplicate
from datastd.rules.pixels.near_in_evaluation import NearInEvaluation
from datastd.schemas.norms import NORMS
from datastd.schemas.pictures import OF_FILES, SPLITS, Stored
from datastd.schemas.versions import against_reference


class Rows(Stored):  # type: ignore[misc]
    """One row per image with its mask."""

    more_frames: int = limit(eq=0)
    area_px: int = limit(le=89_478_485, because="Pillow's MAX_IMAGE_PIXELS")
    label_mode: str = limit(isin=["L", "P", WIDE])
    mask_size_off_px: int = limit(eq=0)
    palette_off: int = limit(eq=0)
    lossy: int = limit(eq=0)
    background_only: int = limit(eq=0)


standard = Standard(
    name="semantic-segmentation/1",
    about="Images and masks of classes or instances: paired, of one size, and exact.",
    formats=("masks",),
    measures=(
        *OF_FILES, more_frames, area_px, label_mode, mask_size_off_px, values_outside, palette_off,
        lossy, ignored_fraction, background_only, mask_digest, mixed_instances, contrast, height_px,
        width_px,
    ),
    rows=Rows,
    rules=(
        MaskValueRange(),
        MaskAllIgnore(level=Level.ERROR),
        MaskInstanceClassInconsistent(),
        MaskRepeated(),
        ConstantImage(),
        ExactDuplicateCrossSplit(),
        NearDuplicate(),
        NearInEvaluation(),
        *SPLITS,
        ClassNameVariant(),
        ClassNameHiddenMark(),
        *against_reference("width_px", "height_px", kinds=("mode",)),
        *NORMS,
    ),
    proposed=("masks",),
)  # fmt: skip
