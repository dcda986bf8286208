"""Any corpus of documents, before a filter has seen it: every record can be read, and is text."""

import pandera.polars as pa

from datastd import Standard, limit
from datastd.measures.text.bidi_controls import bidi_controls
from datastd.measures.text.blank import blank
from datastd.measures.text.character_count import character_count
from datastd.measures.text.control_characters import control_characters
from datastd.measures.text.raw_line_separators import raw_line_separators
from datastd.measures.text.replacement_fraction import replacement_fraction
from datastd.rules.files.byte_identical import ByteIdentical
from datastd.rules.files.filename_not_portable import FilenameNotPortable
from datastd.rules.files.junk_file import JunkFile
from datastd.rules.files.shard_number_gap import ShardNumberGap
from datastd.rules.files.shard_size_imbalance import ShardSizeImbalance
from datastd.rules.files.split_name_ambiguous import SplitNameAmbiguous
from datastd.rules.splits.record_count_mismatch import RecordCountMismatch
from datastd.rules.text.doc_exact_duplicate import DocExactDuplicate
from datastd.rules.text.train_val_doc_overlap import TrainValDocOverlap
from datastd.schemas.norms import NORMS
from datastd.schemas.versions import against_reference

FILES = (
    FilenameNotPortable(),
    JunkFile(),
    ByteIdentical(),
    ShardNumberGap(),
    ShardSizeImbalance(),
    SplitNameAmbiguous(),
    RecordCountMismatch(),
)
"""What any files of records are asked, whatever the records are."""


MEASURES = (
    blank, raw_line_separators, replacement_fraction, control_characters, bidi_controls,
)  # fmt: skip
"""What is measured of documents, whatever they are for."""

RULES = (
    DocExactDuplicate(),
    TrainValDocOverlap(),
    *FILES,
    *NORMS,
)
"""What documents are asked, whatever is measured of them."""


class Rows(pa.DataFrameModel):
    """One row per document."""

    blank: int = limit(eq=0)
    raw_line_separators: int = limit(eq=0)
    replacement_fraction: float = limit(eq=0.0)
    control_characters: int = limit(eq=0)
    bidi_controls: int = limit(eq=0)


standard = Standard(
    name="raw-text/1",
    about="Documents as they were collected: readable, encoded as they say, none twice.",
    formats=("jsonl", "parquet", "arrow", "csv", "text", "warc", "webdataset", "mds"),
    measures=(*MEASURES, character_count),
    rows=Rows,
    rules=(*RULES, *against_reference("character_count")),
    proposed=("jsonl", "parquet", "arrow", "text", "warc", "webdataset", "mds"),
)
