"""Control strings of the tokenizer itself in texts."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.turns.marks import CONTROLS, MEDIA
from datastd.tokenizer import Tokenizer


@measure("F696", "tokenizer-control-strings", unit="control strings", version=2)
def own_control_strings(
    annotations: pl.DataFrame, form: pl.Series, tokenizer: Tokenizer
) -> pl.DataFrame:
    """
    How often a control string of the input ``tokenizer`` stands in the texts of each sample.

    A table ``row`` and ``found``.  Texts are what is said, and what is thought beside it.  They are
    its added tokens that it calls special, as they are written; those that F624 and F623 look for
    whatever the tokenizer (`marks.CONTROLS`, `marks.MEDIA`) are left to these.

    Why it matters:
        The tokenizer makes of it the id that ends a turn, or stands for a picture.

    Remedy:
        None: a rule judges it.

    Source:
        datastd's own definition; Hugging Face, tokenizers, ``AddedToken.special``.
    """
    own = sorted({*tokenizer.specials()} - {*CONTROLS, *MEDIA})
    found = np.zeros(len(form), np.int64)
    if own:
        thoughts = annotations.select("row", text="thoughts").drop_nulls("text").explode("text")
        for row, text in (annotations.select("row", "text"), thoughts):
            some = text.str.contains_any(own).fill_null(value=False).arg_true()
            counts = text.gather(some).str.count_matches("|".join(map(pl.escape_regex, own)))
            np.add.at(found, row.gather(some).to_numpy(), counts.to_numpy())
    return pl.DataFrame({"row": np.arange(len(form)), "found": found})
