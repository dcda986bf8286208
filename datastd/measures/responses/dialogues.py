"""Conversations, turn by turn: what begins as another does."""

import numpy as np
import polars as pl

from datastd.measures import kernel, measure
from datastd.measures.responses import Flags, Hashes, Turns, said
from datastd.measures.text.normal import mixed
from datastd.measures.text.pieces import Numbers
from datastd.model import Level

_FEWEST = 2  # turns: one and an answer


@measure("L695", "conversation-prefixes", unit="128-bit hash", level=Level.WARN, version=3)
def dialogues(turn_arrays: Turns, turn_hashes: Hashes) -> pl.DataFrame:
    """
    Hash of the first two turns of each conversation, of the first three, and so on: a table.

    Columns ``row``; ``conversation``, 16 bytes; and ``whole``, whether it is all of it.  Of a
    pair the side that was chosen goes on with the prompt.  Roles count, what is called with which
    arguments, and texts as `prompt_digest` compares them.

    Why it matters:
        A conversation of which the first half was learned is no test.

    Remedy:
        None: it is compared, and not judged.

    Source:
        datastd's own definition.
    """
    wanted = np.flatnonzero(turn_arrays.side < 2)
    row, role = turn_arrays.row[wanted], turn_arrays.role[wanted]
    found, number, whole = _chained(row, role, turn_hashes[wanted])
    some = np.flatnonzero(number >= _FEWEST)
    return pl.DataFrame(
        {"row": row[some], "conversation": said.binary(found[some]), "whole": whole[some]}
    )


@kernel
def _chained(row: Numbers, role: Hashes, hashes: Hashes) -> tuple[Hashes, Numbers, Flags]:
    """Of each turn the hash of all up to it, how many these are, and whether it is the last."""
    found, number = np.zeros((len(row), 2), np.uint64), np.zeros(len(row), np.int64)
    whole = np.ones(len(row), np.bool_)
    for n in range(len(row)):
        goes_on = n > 0 and row[n] == row[n - 1]
        number[n] = number[n - 1] + 1 if goes_on else 1
        if goes_on:
            whole[n - 1] = False
        for half in range(2):
            value = found[n - 1, half] if goes_on else np.uint64(0)
            found[n, half] = mixed(mixed(value ^ role[n]) + said.SEEDS[half] ^ hashes[n, half])
    return found, number, whole
