"""Whether a picture's EXIF can be parsed."""

from datastd.measures import measure
from datastd.measures.pictures import Column, Flags, flags
from datastd.model import Level


@measure("F138", "exif-corrupt", unit="0 or 1", level=Level.WARN)
def exif_broken(exif_corrupt: Column) -> Flags:
    """
    Whether each picture has EXIF that cannot be parsed.

    Shape (N,), int64, 1 where it has.

    Why it matters:
        Its orientation is lost, and a warning for each such picture in each epoch hides
        the ones that matter.

    Remedy:
        Save the picture again without EXIF.

    Source:
        Pillow, "Corrupt EXIF data"; horovod#333 on ImageNet.
    """
    return flags(exif_corrupt)
