"""What can be wrong with an IDX file, beyond what can be wrong with any."""

from datastd.model import Level
from datastd.sources import Defect


class MagicNonzeroPrefix(Defect):
    """
    An IDX file whose first two bytes are not zero.

    Why it matters:
        It is no IDX file; 1f 8b there is a gzip file under a name without ``.gz``.

    Remedy:
        Name compressed files ``….gz``; fetch anything else again.

    Source:
        LeCun, Cortes & Burges, "The MNIST database", file formats.
    """

    code, name = "F101", "idx-magic-nonzero-prefix"


class DtypeUnknown(Defect):
    """
    An IDX file whose third byte names no element type, or labels that are no integers.

    Why it matters:
        torchvision accepts 8 to 14 and fails on the gaps with a KeyError.

    Remedy:
        Write the file again with 08 u8, 09 i8, 0B i16, 0C i32, 0D f32 or 0E f64.

    Source:
        IDX specification.
    """

    code, name = "F102", "idx-dtype-unknown"


class NdimUnexpected(Defect):
    """
    Images that are not (N, H, W) or (N, H, W, C), or labels that are not (N,).

    Labels of shape (N, D) in int32 are those of QMNIST, whose first column is the
    class.  A fourth axis of images holds 1, 3 or 4 channels.

    Why it matters:
        A loader reshapes the bytes into other pictures without a word.

    Remedy:
        Write one axis for samples, then height, width and channels.

    Source:
        torchvision datasets/mnist.py.
    """

    code, name = "F103", "idx-ndim-unexpected"


class LengthMismatch(Defect):
    """
    A file whose size is not 4 + 4 x axes + elements x their size.

    The samples whose bytes are all there are still read.

    Why it matters:
        A cut copy loses samples; torchvision does not look at the length.

    Remedy:
        Fetch or write the file again.

    Source:
        IDX specification.
    """

    code, name = "F104", "idx-length-mismatch"


class EndiannessSuspect(Defect):
    """
    Sizes or elements that make sense only with their bytes in the other order.

    Suspect are sizes that fit the file only when swapped, and elements that are
    far out of range as stored and small when swapped.

    Why it matters:
        IDX is big-endian; numpy writes little-endian unless it is told.

    Remedy:
        Write with ``array.astype(array.dtype.newbyteorder(">"))``.

    Source:
        IDX specification, "MSB first".
    """

    code, name = "F105", "idx-endianness-suspect"


class PairCountMismatch(Defect):
    """
    Images and labels of a split that differ in number.

    Pairs are made from the first; the rest of the longer file is lost.

    Why it matters:
        One label too few in the middle shifts every label after it.

    Remedy:
        Write both files again from the same list of samples.

    Source:
        datastd's own definition.
    """

    code, name = "F106", "idx-pair-count-mismatch"


class NameHeaderDisagree(Defect):
    """
    A file name that states other axes or another element type than the header.

    Why it matters:
        Readers that trust the name read other numbers; the name is a sign that a
        file was exchanged for another.

    Remedy:
        Rename the file after its header: ``…-idx<axes>-<type>``.

    Source:
        datastd's own definition.
    """

    code, name, level = "F108", "idx-name-header-disagree", Level.WARN
    loses = False


class Unpaired(Defect):
    """
    Images without labels, labels without images, or two files for one of them.

    Why it matters:
        A split that lacks one file is silently no part of the training data; of
        two candidates a loader picks one by chance.

    Remedy:
        Keep one images file and one labels file of the same split, side by side.

    Source:
        datastd's law that nothing is dropped silently.
    """

    code, name = "F199", "idx-unpaired"
