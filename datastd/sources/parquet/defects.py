"""What can be wrong with a Parquet file, each defect with its code."""

from datastd.sources import Defect


class ParquetFooterInvalid(Defect):
    """
    A file whose end is no footer of Parquet, or one whose footer says what cannot be.

    A footer ends in its length and ``PAR1``; ``PARE`` says that it is encrypted.  It has at
    most 64 MiB, lies whole in the file, and is Thrift that pyarrow reads.

    Why it matters:
        The footer says where everything is: without it no row can be read.

    Remedy:
        Fetch the file again, or write it again: a writer that was not closed leaves none.

    Source:
        apache/parquet-format.
    """

    code, name = "F022", "parquet-footer-invalid"


class ParquetCountMismatch(Defect):
    """
    Rows that the footer counts and the file does not give: those that cannot be decoded.

    Or more than it counts: the rows of a file are those of its row groups, and each of their
    columns has a value or a null for each.

    Why it matters:
        A loader ends in the middle of an epoch, or gives fewer rows than it said it had.

    Remedy:
        Fetch the file again and compare its checksum, or write it again.

    Source:
        apache/parquet-format; checksums of pages are looked at, which pyarrow leaves out.
    """

    code, name, unit = "F024", "parquet-count-mismatch", "samples"
