"""The words of instructions, by which near duplicates are found."""

import numpy as np
import polars as pl
import pyarrow as pa

from datastd.measures import measure
from datastd.measures.responses import rouge
from datastd.measures.text import utf8
from datastd.model import Level

LONGEST = 512
"""Words of an instruction that is compared with others."""


@measure("L698", "instruction-words", unit="64-bit hashes", level=Level.WARN)
def instruction_words(annotations: pl.DataFrame) -> pl.DataFrame:
    """
    Words of the first turn of a user of each sample, hashed, in order: a table of its own.

    Columns ``row`` and ``words``, uint64.  Words are those of `rouge.words`, the first `LONGEST`
    and one more: what has that is too long to be compared.  A sample without such a turn, or
    without a word in it, has no row.

    Why it matters:
        Instructions that differ by a word are one instruction, seen twice.

    Remedy:
        None: it is compared, and not judged.

    Source:
        stanford_alpaca's generate_instruction.py.
    """
    asked = annotations.filter(pl.col("role") == "user")
    first = asked.unique("row", keep="first", maintain_order=True)
    found = rouge.words(*utf8(first.get_column("text")))
    some = np.flatnonzero(np.diff(found.offsets))
    starts = np.append(found.offsets[some], found.offsets[-1])
    lists = pl.Series(pl.from_arrow(pa.LargeListArray.from_arrays(starts, found.words)))
    return pl.DataFrame(
        {"row": first.get_column("row").gather(some), "words": lists.list.head(LONGEST + 1)}
    )
