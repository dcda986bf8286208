"""What can be wrong with a file of Arrow's IPC, each defect with its code."""

from datastd.sources import Defect


class ArrowIpcInvalid(Defect):
    """
    A file whose messages do not follow each other from its first byte to its last.

    A stream begins with the schema and ends in a mark.  A file, which begins and ends with
    ``ARROW1``, ends in a footer that names each of its record batches and dictionaries.
    Also what ``state.json`` beside the files names, and is not there, and a split that
    ``dataset_dict.json`` names, and of which no file is.

    Why it matters:
        A stream that was cut between two messages is read as a smaller dataset; what lies
        behind the mark is read by nobody.

    Remedy:
        Fetch the file again, or write it again: a writer that was not closed leaves no mark.

    Source:
        Apache Arrow, "Serialization and Interprocess Communication".
    """

    code, name = "F088", "arrow-ipc-invalid"


class RecordBatchUndecodable(Defect):
    """
    A record batch that does not decode, or whose columns contradict themselves.

    Offsets of strings go up and stay inside of their bytes, numbers of a dictionary are
    below its length: all is looked at, which pyarrow leaves out.

    Why it matters:
        A loader ends at it in the middle of an epoch; or reads other memory than the
        file's, and trains on it.

    Remedy:
        Fetch the file again and compare its checksum, or write it again.

    Source:
        Apache Arrow, "Security Considerations"; CVE-2026-25087.
    """

    code, name, unit = "F087", "record-batch-undecodable", "samples"
