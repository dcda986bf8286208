"""What can be wrong with an encoded picture so that it cannot be read."""

from datastd.model import Level
from datastd.sources import Defect


class Undecodable(Defect):
    """
    A picture that does not decode to its last pixel.

    Each is decoded whole: Pillow's ``verify()`` passes a JPEG that was cut in half.  A
    file whose decoding ends the process, or its time, is undecodable too.

    Why it matters:
        A loader raises in the middle of an epoch, or fills what is missing with grey
        and trains on it.

    Remedy:
        Fetch the file again, or leave it out.

    Source:
        Checked with Pillow 13.0.
    """

    code, name, unit = "F131", "image-undecodable", "samples"


class TruncatedTail(Defect):
    """
    A JPEG without its end marker FFD9, or a PNG without its last chunk IEND.

    Why it matters:
        A copy or a download was cut; decoders that are told to tolerate it make up the
        rest of the picture.

    Remedy:
        Fetch the file again.

    Source:
        ITU-T T.81, B.1.1.3; W3C PNG, 5.6. Checked with Pillow 13.0.
    """

    code, name, unit = "F132", "image-truncated-tail", "samples"


class DecompressionBomb(Defect):
    """
    A picture of more than 178,956,970 pixels, 768 MiB decoded, or 64 MiB as a file.

    The size is that of the header: nothing of it is decoded.

    Why it matters:
        A file of a few kilobytes can ask for gigabytes of memory and end the training.

    Remedy:
        Scale or tile the picture, or leave it out.

    Source:
        Twice Pillow's ``MAX_IMAGE_PIXELS``; the other limits are datastd's own.
    """

    code, name, unit = "F140", "image-decompression-bomb", "samples"


class StrayPicture(Defect):
    """
    A file directly in the folder of a split, where only folders of classes belong.

    Why it matters:
        torchvision's ImageFolder ignores it without a word: a picture that was collected
        is never trained on.

    Remedy:
        Move it into the folder of its class, or out of the dataset.

    Source:
        torchvision folder.py, find_classes.
    """

    code, name, level = "F122", "imagefolder-stray-file", Level.WARN


class UnsupportedExtension(Defect):
    """
    A file among the pictures of a class whose suffix is none of a picture that is read.

    Read are .jpg, .jpeg, .png and .webp; on request, as in ``--format
    image-folder:tiff,bmp,gif``, those too.  Upper or lower case is the same.

    Why it matters:
        Loaders skip it without a word, each by a list of its own.

    Remedy:
        Convert it, give it the suffix of what it holds, or ask for its encoding.

    Source:
        torchvision folder.py, IMG_EXTENSIONS.
    """

    code, name, level = "F123", "imagefolder-unsupported-extension", Level.WARN
