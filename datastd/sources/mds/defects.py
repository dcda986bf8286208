"""What can be wrong with the shards of MosaicML's streaming, each defect with its code."""

from typing import ClassVar

from datastd.model import Level
from datastd.sources import Defect


class IndexVersion(Defect):
    """
    An index, or a shard in it, of another version than 2, or of another format than mds.

    Why it matters:
        streaming refuses to open the dataset.

    Remedy:
        Write the dataset again with ``MDSWriter``.

    Source:
        MosaicML, streaming, format/mds/reader.py, ``from_json``.
    """

    code, name = "F030", "mds-index-version"


class ShardSizeMismatch(Defect):
    """
    A shard of another size than its index states, or that is not there.

    Its samples are read as far as they are there.

    Why it matters:
        The shard, or the index, is another one; a download was cut.

    Remedy:
        Fetch the shard again, or write the dataset again.

    Source:
        MosaicML, streaming, format/base/reader.py, ``FileInfo``.
    """

    code, name = "F031", "mds-shard-size-mismatch"


class HashMismatch(Defect):
    """
    A shard with another hash than its index states, or with one that nobody can check.

    It is not read.  The names of hashes are in order and stand once.  Hashes are checked that
    Python's `hashlib` has; those of xxhash are not, and are refused.

    Why it matters:
        A bit that flipped is a sample that nobody wrote.

    Remedy:
        Fetch the shard again.  Write datasets with ``hashes=["sha1"]``, or ``sha256``.

    Source:
        MosaicML, streaming, format/base/writer.py, hashing.py.
    """

    code, name = "F032", "mds-hash-mismatch"


class OffsetTableInvalid(Defect):
    """
    A shard whose table of offsets cannot be that of its samples.

    It is the number of samples, as the index has it, and where each begins, and where the
    last ends, as uint32: the first behind the table and the shard's own description of its
    columns, none before another, the last at the end of the shard.

    Why it matters:
        Samples are cut in the wrong places.

    Remedy:
        Write the shard again.

    Source:
        MosaicML, streaming, format/mds/writer.py, ``encode_joint_shard``.
    """

    code, name = "F033", "mds-offset-table-invalid"


class ColumnsUnsorted(Defect):
    """
    Columns that do not stand in the order of their names, or lists about them of other lengths.

    Why it matters:
        ``MDSWriter`` sorts them: another tool wrote the index, or a hand.

    Remedy:
        Write the dataset again with ``MDSWriter``.

    Source:
        MosaicML, streaming, format/mds/writer.py.
    """

    code, name = "F034", "mds-columns-unsorted"
    level: ClassVar[Level] = Level.WARN
    loses: ClassVar[bool] = False


class ShardTooLarge(Defect):
    """
    A shard of 4 GiB or more: offsets are numbers of 32 bits.

    Why it matters:
        Behind 4 GiB offsets begin at 0 again, and samples are others.

    Remedy:
        Write smaller shards: ``size_limit``.

    Source:
        MosaicML, streaming, format/base/writer.py.
    """

    code, name = "F035", "mds-shard-too-large"


class IndexInvalid(Defect):
    """
    An index that cannot be read, or what it says of a shard that cannot be so.

    It is one JSON object in UTF-8, with no key twice, and of 1 MiB and 16 KiB for each
    shard at most.  No shard is in it twice, and no column.  What is said of columns agrees
    with itself and with the shard: names, encodings that streaming has, and sizes.
    Compressed shards are of zstd, gzip or bzip2.

    Why it matters:
        streaming raises in the middle of an epoch, or reads the bytes of one column as
        those of another.

    Remedy:
        Write the dataset again with ``MDSWriter``; join indexes with ``merge_index``.

    Source:
        MosaicML, streaming, format/mds/writer.py; the sizes are datastd's own.
    """

    code, name = "F090", "mds-index-invalid"


class SampleInvalid(Defect):
    """
    A sample that is not made of its columns, or is too large.

    The sizes of its columns, four bytes for each that has no size of its own, come to the
    size of the sample; an array of tokens has one axis, and as many values as it says.  A
    sample has at most 16 MiB.  What is encoded as a number in decimal is one.

    Why it matters:
        streaming raises, or reads the bytes of one column as those of another.

    Remedy:
        Write the sample again.

    Source:
        MosaicML, streaming, format/mds/reader.py, encodings.py; the size is datastd's own.
    """

    code, name, unit = "F089", "mds-sample-invalid", "samples"
