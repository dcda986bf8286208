"""
Any table: its rows can be read, none stands twice, none is in two splits.

What the columns must be, a standard of your own says in a record: see the README.
"""

from datastd import Record, Standard
from datastd.rules.columns.duplicate_rows import DuplicateRows
from datastd.rules.columns.row_hash_leak import RowHashLeak
from datastd.rules.splits.small_test_split import SmallTestSplit
from datastd.schemas.norms import NORMS
from datastd.schemas.raw_text import FILES
from datastd.schemas.versions import against_reference


class Row(Record):
    """A row of any columns."""


standard = Standard(
    name="table/1",
    about="Rows of any columns: readable, none twice, none in two splits.",
    formats=("csv", "parquet", "arrow", "jsonl", "webdataset", "mds"),
    records=Row,
    rules=(
        RowHashLeak(),
        DuplicateRows(),
        SmallTestSplit(),
        *FILES,
        *against_reference(),
        *NORMS,
    ),
    proposed=("csv",),
)
