"""What can be wrong with a CIFAR file, beyond what can be wrong with any."""

from datastd.model import Level
from datastd.sources import Defect


class KeysMissing(Defect):
    """
    A Python batch without ``data`` or without its labels, or names without the names.

    The labels of CIFAR-10 are ``labels``; those of CIFAR-100 are ``fine_labels`` and
    ``coarse_labels``: lists of whole numbers.

    Why it matters:
        A loader ends in a KeyError, or takes the one list of labels for the other.

    Remedy:
        Fetch the file again, or write the dictionary with all of its keys.

    Source:
        Krizhevsky, "The CIFAR-10 dataset", section "Dataset layout"; torchvision
        datasets/cifar.py.
    """

    code, name = "F111", "cifar-keys-missing"


class DataShape(Defect):
    """
    Pixels that are not uint8 of shape (N, 3072), one row after the other.

    Why it matters:
        A loader reshapes whatever it gets to (N, 3, 32, 32): floats, or rows in
        Fortran's order, become other pictures without a word.

    Remedy:
        Write ``images.transpose(0, 3, 1, 2).reshape(-1, 3072)`` as contiguous uint8.

    Source:
        Krizhevsky, "The CIFAR-10 dataset", section "Dataset layout".
    """

    code, name = "F112", "cifar-data-shape"


class LabelCount(Defect):
    """
    A Python batch with more labels than rows of pixels, or fewer.

    Pairs are made from the first; the rest of the longer one is lost.

    Why it matters:
        One label too few in the middle shifts every label after it.

    Remedy:
        Write both again from the same list of samples.

    Source:
        datastd's own definition.
    """

    code, name = "F113", "cifar-label-count"


class RecordLength(Defect):
    """
    A binary file whose size is no multiple of a record: 3,073 bytes, or 3,074.

    A record of CIFAR-10 is a label and 3,072 pixels, one of CIFAR-100 the coarse label,
    the fine label and the pixels.  Whole records are still read.  How many there should
    be is a standard's to say.

    Why it matters:
        A cut copy loses samples; a byte too many in the middle makes every record after
        it another picture under another label.

    Remedy:
        Fetch or write the file again.

    Source:
        Krizhevsky, "The CIFAR-10 dataset", section "Binary version".
    """

    code, name = "F115", "cifar-bin-record-length"


class PickleOpcode(Defect):
    """
    A pickle with anything in it but what CIFAR's files are made of.

    The Python version is read opcode by opcode, and nothing in it is imported, called
    or run.  Known are dictionaries, lists, tuples, strings and whole numbers, and of what
    can be called ``_reconstruct``, ``ndarray`` and ``dtype`` of numpy and
    ``_codecs.encode``, with the ``_frombuffer`` by which numpy writes protocol 5.
    A pickle that is cut, or goes on after its end, is none of CIFAR's either.

    Why it matters:
        Unpickling runs whatever code the file names.

    Remedy:
        Do not load it.  Fetch the file again and compare its checksum with the
        published one, or take the binary version, which holds no code.

    Source:
        Python documentation of `pickle` and `pickletools`.
    """

    code, name = "F117", "cifar-pickle-opcode"


class KeysUnusual(Defect):
    """
    A Python batch without ``batch_label`` or ``filenames``, which loaders do not need.

    Why it matters:
        The published files have both.  ciFAIR, CIFAR with its test images replaced where
        they repeat training images, has no ``filenames``: its scores are others.

    Remedy:
        Make sure that it is the dataset that you mean, and say so in the data card.

    Source:
        Krizhevsky, "The CIFAR-10 dataset"; Barz & Denzler 2020, ciFAIR.
    """

    code, name, level = "F182", "cifar-keys-unusual", Level.WARN
    loses = False


class BatchMissing(Defect):
    """
    Training batches whose numbers have a gap.

    Why it matters:
        A loader that takes what is there trains on four fifths of the data.

    Remedy:
        Fetch the batch that is missing, or number the batches from 1 on.

    Source:
        datastd's law that nothing is dropped silently.
    """

    code, name = "F181", "cifar-batch-missing"


class BatchTwice(Defect):
    """
    A batch in the binary version and in the Python version, in one folder.

    The binary file is read.

    Why it matters:
        Loaders differ in which of them they take, and nobody says that both hold the same.

    Remedy:
        Keep one version, or each in a folder of its own.

    Source:
        datastd's law that nothing is dropped silently.
    """

    code, name = "F180", "cifar-batch-twice"
