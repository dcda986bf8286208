"""What makes a row of CSV no record, each defect with its code."""

from typing import ClassVar

from datastd.model import Level
from datastd.sources import Defect


class CsvRaggedRow(Defect):
    """
    A row of more or fewer fields than the header has; quotes are honoured.

    Why it matters:
        A loader moves values into other columns, fills up with nulls, or drops the row.

    Remedy:
        Put fields that hold the delimiter, a quote or a line break into quotes: write the
        file with a library.

    Source:
        RFC 4180, section 2, rule 4.
    """

    code, name, unit = "F026", "csv-ragged-row", "samples"


class CsvRecordInvalid(Defect):
    """
    A row that is no record of RFC 4180: a quote, a carriage return, or a NUL where none may be.

    A field is in quotes or has none; what is in quotes ends at a quote that is not doubled,
    behind which the field ends.  It ends within 16 MiB of its record's beginning: else the
    quote was never closed.  Reading goes on behind the line of that quote, so that a quote
    too many costs a row, and not the rest of the file.  A carriage return outside of quotes
    stands before a line feed.  A byte of zero, NUL, is no character of a table.

    Why it matters:
        Parsers disagree about it: one takes the quote as it is, one swallows all rows up to
        the next quote into one field, and says nothing.

    Remedy:
        Double the quotes within quotes; write the file with a library.

    Source:
        RFC 4180, section 2, rules 5 to 7.
    """

    code, name, unit = "F094", "csv-record-invalid", "samples"


class CsvHeaderInvalid(Defect):
    """
    A file of CSV whose first row is none that can name columns; nothing of it is read.

    A table has at most 65,536 columns.  A first row of one name, not in quotes, with ``;``,
    ``|``, a tab or a comma in it is parted by that: who knows better says so, ``--format csv:,``.

    Why it matters:
        Without names, or with those of another file, no value is where it is looked for.

    Remedy:
        Give each file its header, in UTF-8.

    Source:
        RFC 4180, section 2, rule 3.
    """

    code, name = "F093", "csv-header-invalid"


class CsvHeaderSuspect(Defect):
    """
    A file of CSV whose first row seems to be a record, and no names: it is no sample then.

    A cell of it is a number or a time, or has a line feed or more than 128 characters.  Two
    kinds of numbers are names: years beside words, and 0, 1, 2, … in order, which pandas
    writes where nobody named columns.

    Why it matters:
        Without a header, the first record of each file is silently left out, and no other is
        found under the names that are asked for.

    Remedy:
        Give each file its header; name columns in words.

    Source:
        Python's `csv.Sniffer.has_header`; the words for it are datastd's own.
    """

    code, name = "F084", "csv-header-suspect"
    level: ClassVar[Level] = Level.WARN
    loses: ClassVar[bool] = False
