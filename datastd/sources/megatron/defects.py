"""What can be wrong with a pair of Megatron's files, beyond what can be wrong with any."""

from datastd.model import Level
from datastd.sources import Defect


class Header(Defect):
    """
    An index that does not begin with ``MMIDIDX`` and two zero bytes.

    Why it matters:
        It is no index of Megatron's, or its beginning was lost: the loader ends there.

    Remedy:
        Fetch the index again, or write both files again with ``preprocess_data.py``.

    Source:
        NVIDIA, Megatron-LM, indexed_dataset.py, ``_INDEX_HEADER``.
    """

    code, name = "F401", "megatron-header"


class Version(Defect):
    """
    An index of a version other than 1.

    Why it matters:
        Nobody knows what stands where in it.

    Remedy:
        Write both files again with ``preprocess_data.py``.

    Source:
        NVIDIA, Megatron-LM, indexed_dataset.py, ``_IndexReader``.
    """

    code, name = "F402", "megatron-version"


class DtypeCode(Defect):
    """
    A type of ids other than int32 (4), int64 (5) and uint16 (8).

    Why it matters:
        No vocabulary fits a byte or two with a sign, and floats are no ids.

    Remedy:
        Write both files again with ``preprocess_data.py``.

    Source:
        NVIDIA, Megatron-LM, indexed_dataset.py, ``DType``.
    """

    code, name = "F403", "megatron-dtype-code"


class IndexLength(Defect):
    """
    An index that has not the size its two counts ask for.

    That is 34 bytes, 12 for each of S sequences, 8 for each of D places of documents,
    and S more where there are modes.

    Why it matters:
        The tables of the index are cut, or lie elsewhere than they are looked for.

    Remedy:
        Fetch the index again.

    Source:
        NVIDIA, Megatron-LM, indexed_dataset.py, ``_IndexWriter``.
    """

    code, name = "F404", "megatron-idx-length"


class Pointers(Defect):
    """
    Places of sequences that are not the sum of the lengths before them; lengths below 0.

    Why it matters:
        A sequence is read from the middle of another, or twice.

    Remedy:
        Write the index again.

    Source:
        NVIDIA, Megatron-LM, indexed_dataset.py, ``_sequence_pointers``.
    """

    code, name = "F405", "megatron-pointers"


class BinLength(Defect):
    """
    A ``.bin`` that has not the size of all sequences of its index together.

    Why it matters:
        The last sequences are cut, or the index is that of another file.

    Remedy:
        Fetch both files again.

    Source:
        NVIDIA, Megatron-LM, indexed_dataset.py.
    """

    code, name = "F406", "megatron-bin-length"


class DocumentIndices(Defect):
    """
    Documents that do not begin at sequence 0, go on in order, and end at the last one.

    The index has one number more than there are documents.

    Why it matters:
        Sequences at the end belong to no document and are never trained on, or one
        document runs into the next.

    Remedy:
        Write both files again; end the last document before the index is written.

    Source:
        NVIDIA, Megatron-LM, indexed_dataset.py: "number of documents: shape[0] - 1".
    """

    code, name = "F407", "megatron-document-indices"


class EmptySequence(Defect):
    """
    Sequences without a token.

    Why it matters:
        A document of nothing still counts, and splits the context of its neighbours.

    Remedy:
        Leave empty texts out before they are tokenised.

    Source:
        datastd's own definition.
    """

    code, name, level = "F408", "megatron-empty-sequence", Level.WARN
    loses = False


class PairMissing(Defect):
    """
    A ``.idx`` without its ``.bin``, or a ``.bin`` without its ``.idx``.

    Why it matters:
        The ids cannot be cut into documents, or are not there at all.

    Remedy:
        Fetch the other file, under the same name.

    Source:
        NVIDIA, Megatron-LM, indexed_dataset.py, ``get_idx_path`` and ``get_bin_path``.
    """

    code, name = "F409", "megatron-pair-missing"
