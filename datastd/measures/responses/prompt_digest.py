"""What is asked, whatever its case and its white space."""

from typing import Any

import numpy as np
import polars as pl

from datastd.measures import kernel, measure
from datastd.measures.responses import Hashes, Turns, said
from datastd.measures.text.normal import mixed
from datastd.measures.text.pieces import Numbers
from datastd.model import Level


def asked_hash(prompt: pl.Series, turn_arrays: Turns, asked_turns: Numbers) -> Hashes:
    """Hash of all that comes before the answer of each sample; shape (N, 2)."""
    row, role = turn_arrays.row[asked_turns], turn_arrays.role[asked_turns]
    found: Hashes = _joined(row, role, turn_arrays.hashes(asked_turns), len(prompt))
    return found


@measure("L699", "prompt-hash", unit="128-bit hash", level=Level.WARN, version=2)
def prompt_digest(
    prompt: pl.Series, turn_arrays: Turns, asked_turns: Numbers, asked_hash: Hashes
) -> pl.Series:
    """
    Hash of all that comes before the answer of each sample: system, and every turn.

    Shape (N,), 16 bytes each; null where nothing is asked.  Texts are compared in one case
    (`str.casefold`), with runs of white space as one space, none at their ends, and what
    Unicode writes in two ways as one (NFD), and without what nobody sees within a word
    (`unseen.is_ignored`); what an assistant said earlier, as it is.  Roles count too.

    Why it matters:
        The same question is asked twice, whatever follows the last word of one.

    Remedy:
        None: it is compared, and not judged.

    Source:
        datastd's own definition.
    """
    asked = np.zeros(len(prompt), np.bool_)
    asked[turn_arrays.row[asked_turns]] = True
    digests = said.binary(asked_hash)
    return digests if asked.all() else digests.set(pl.Series(~asked), None)


@kernel
def _joined(row: Numbers, role: Hashes, hashes: Hashes, count: int) -> Any:  # noqa: ANN401
    """One hash of the turns of each sample, in order; shape (N, 2)."""
    found = np.zeros((count, 2), np.uint64)
    for n in range(len(row)):
        for half in range(2):
            value = mixed(found[row[n], half] ^ role[n]) + said.SEEDS[half]
            found[row[n], half] = mixed(value ^ hashes[n, half])
    return found
