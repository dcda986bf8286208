"""What makes a record none, each defect with its code: what its schema asks for is not there."""

from typing import ClassVar

from datastd.model import Level
from datastd.sources import Defect


class TextFieldMissing(Defect):
    """
    A record without a text: there is none under the name that its schema gives, or it is no string.

    The name is ``text`` unless the standard's record has an alias, or the format names
    another: ``--format jsonl:content``.

    Why it matters:
        A null trains as the word "None", or ends the process.

    Remedy:
        Name the column that holds the text, or leave the record out.

    Source:
        Dolma, docs/data-format.md; LLaMA-Factory.
    """

    code, name, unit = "F301", "text-field-missing", "samples"


class DocRequiredKeys(Defect):
    """
    A document without a value that the standard's record requires, such as its id or source.

    Why it matters:
        A document that cannot be named cannot be removed again; one whose source nobody
        knows has no licence.

    Remedy:
        Write the value, or have the standard's record give a default.

    Source:
        Dolma, docs/data-format.md: id, text and source are mandatory.
    """

    code, name, unit = "F302", "doc-required-keys", "samples"


class TimestampNotIso(Defect):
    """
    A time or date that is not written as RFC 3339 has it; the record is read without.

    Why it matters:
        What a dataset contains of which year, and whether it knows the future of its
        test set, is told by times; "yesterday" tells nothing.

    Remedy:
        Write times as 2024-03-01T12:00:00Z.

    Source:
        RFC 3339; Dolma, docs/data-format.md: ``added``, ``created``.
    """

    code, name, unit = "F304", "timestamp-not-iso8601", "samples"
    level: ClassVar[Level] = Level.WARN
    loses: ClassVar[bool] = False


class ColumnMissing(Defect):
    """
    A file without a column that the standard's record requires.

    Why it matters:
        Every rule about the column has nothing to look at.

    Remedy:
        Write the column, or name it in the record: ``Field(alias="…")``.

    Source:
        pandera COLUMN_NOT_IN_DATAFRAME; TFDV SCHEMA_MISSING_COLUMN.
    """

    code, name, unit = "C701", "column-missing", "samples"


class ColumnUnexpected(Defect):
    """
    A value under a name that the standard's record forbids: ``extra="forbid"``.

    Why it matters:
        What nobody described, nobody checked; a column of answers leaks them.

    Remedy:
        Describe the column in the record, or leave it out.

    Source:
        pandera COLUMN_NOT_IN_SCHEMA; TFDV SCHEMA_NEW_COLUMN.
    """

    code, name, unit = "C702", "column-unexpected", "samples"
    loses: ClassVar[bool] = False


class ColumnDuplicateLabel(Defect):
    """
    A file in which two columns have one name; nothing of it is read.

    Why it matters:
        Loaders take the first, the last, or give one another name: what was checked is not
        what is trained on.

    Remedy:
        Give each column a name of its own.

    Source:
        pandera unique_column_names.
    """

    code, name = "C704", "column-duplicate-label"


class DtypeMismatch(Defect):
    """
    A value of another type than the standard's record asks for; nothing is converted.

    Why it matters:
        Half of the loaders convert it, each in its own way: "1e3", "0012" and "true" are
        other values afterwards, or none.

    Remedy:
        Write the column in one type.

    Source:
        pandera WRONG_DATATYPE; TFDV UNEXPECTED_DATA_TYPE; Pydantic's strict mode.
    """

    code, name, unit = "C705", "dtype-mismatch", "samples"


class NullInRequired(Defect):
    """
    A record without a value that the standard's record requires.

    Why it matters:
        A loader ends at it in the middle of an epoch, or trains on a zero.

    Remedy:
        Write the value, or say in the record that there may be none: ``float | None``.

    Source:
        pandera SERIES_CONTAINS_NULLS.
    """

    code, name, unit = "C706", "null-in-required", "samples"


class ValueOutOfRange(Defect):
    """
    A number outside of the bounds that its field in the standard's record has.

    Limits of a standard's rows, which may tolerate some, are C708.

    Why it matters:
        It is an error of measurement, or of the unit, and stands in every mean.

    Remedy:
        Correct the value; or correct the bounds, if it is right.

    Source:
        pandera in_range; TFDV FLOAT_TYPE_BIG_FLOAT; Pydantic's ``Field(ge=…)``.
    """

    code, name, unit = "C799", "record-value-out-of-range", "samples"
    loses: ClassVar[bool] = False


class ValueNotInSet(Defect):
    """
    A value that is none of those that its field in the standard's record names.

    Why it matters:
        A typing error is a class of its own, with one sample.

    Remedy:
        Correct the value, or name it in the record.

    Source:
        pandera isin; TFDV ENUM_TYPE_UNEXPECTED_STRING_VALUES; Pydantic's ``Literal``.
    """

    code, name, unit = "C709", "value-not-in-set", "samples"
    loses: ClassVar[bool] = False


class StringPattern(Defect):
    """
    A string that does not match the pattern of its field in the standard's record.

    Pydantic's patterns are those of Rust's regex: matching takes linear time.

    Why it matters:
        Identifiers and dates of two spellings do not meet when tables are joined.

    Remedy:
        Write the value as the pattern asks.

    Source:
        pandera str_matches; Pydantic's ``Field(pattern=…)``.
    """

    code, name, unit = "C710", "string-pattern", "samples"
    loses: ClassVar[bool] = False


class StringLength(Defect):
    """
    A string shorter or longer than its field in the standard's record allows.

    Why it matters:
        A name of 10,000 characters is a page that was cut in the wrong place.

    Remedy:
        Look at how the value was extracted.

    Source:
        pandera str_length; deepchecks string_length_out_of_bounds.
    """

    code, name, unit = "C711", "string-length", "samples"
    level: ClassVar[Level] = Level.WARN
    loses: ClassVar[bool] = False


class NonfiniteValue(Defect):
    """
    NaN or infinity under a field of numbers.

    Why it matters:
        One of them makes every mean, and soon every weight, NaN.

    Remedy:
        Write null where there is no number.

    Source:
        TFDV FLOAT_TYPE_HAS_NAN and FLOAT_TYPE_HAS_INF.
    """

    code, name, unit = "C712", "nonfinite-value", "samples"


class CrossColumnRule(Defect):
    """
    A record that a validator of the standard's record refuses: an end before its start.

    Why it matters:
        Values that are each possible contradict each other; one of them is wrong.

    Remedy:
        Correct the record; the validator's words say what it asks for.

    Source:
        pandera DATAFRAME_CHECK; Pydantic's validators.
    """

    code, name, unit = "C718", "cross-column-rule", "samples"
    loses: ClassVar[bool] = False


class ArchivePathUnsafe(Defect):
    """
    A member that is a link, a device or a pipe, or whose name leads out: it is not read.

    So does a name that begins with a slash, or has a part ``..``, or a NUL; and, where an
    index names files beside it, one with a slash.  Files with holes, as GNU's tar writes
    them, count as links do.

    Why it matters:
        Unpacked, it writes over files, or reads others, outside of the dataset.

    Remedy:
        Write the archive with files alone, and names below its root.

    Source:
        Python's `tarfile`, the filter ``data``; WebDataset skips what is no file.
    """

    code, name = "F005", "archive-path-unsafe"
