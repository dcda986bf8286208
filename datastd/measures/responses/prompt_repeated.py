"""Whether pairs state their prompt twice."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.responses import Turns, said
from datastd.measures.responses.in_words import prompt_repeated_said
from datastd.measures.text import Counts


@measure("F635", "pref-prompt-duplicated", unit="0 or 1", words=prompt_repeated_said)
def prompt_repeated(chosen: pl.Series, turn_arrays: Turns) -> Counts:
    """
    Whether a side of each pair begins by repeating a prompt that is stated beside it.

    Shape (N,), int64.  The first turn of what was chosen, or rejected, is not its last, is no
    assistant's, and says what a turn of the prompt says, as `prompt_digest` compares.

    Why it matters:
        TRL then looks for a prompt in the sides, and the model is asked the question twice.

    Remedy:
        State the prompt once.

    Source:
        TRL, ``maybe_extract_prompt``.
    """
    row, side, is_answer = turn_arrays[:3]
    found = np.zeros(len(chosen), np.int64)
    begins = np.diff(row * 4 + side, prepend=-1) != 0
    starts = np.flatnonzero(begins & (side > 0) & ~is_answer)
    if not len(starts):
        return found
    stated = np.flatnonzero((side == 0) & np.isin(row, row[starts]))
    table = {
        name: pl.DataFrame({"row": row[turns], "says": said.binary(turn_arrays.hashes(turns))})
        for name, turns in {"stated": stated, "begun": starts}.items()
    }
    twice = table["begun"].join(table["stated"], on=["row", "says"], how="semi")
    found[twice.get_column("row").to_numpy()] = 1
    return found
