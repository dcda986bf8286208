"""Which answers were compared, or labelled, and which way that was decided."""

from typing import NamedTuple

import numpy as np
import polars as pl

from datastd.measures import kernel
from datastd.measures.responses import Flags, Hashes, Sides, said
from datastd.measures.responses.prompt_digest import asked_hash
from datastd.measures.text import utf8
from datastd.measures.text.normal import mixed

__all__ = ["Judgements", "asked_hash", "judgements"]


class Judgements(NamedTuple):
    """
    What was judged in each sample, and how.

    Attributes:
        pair: A hash of what is asked and of both answers, in whichever order, or of the one that
            has a label; shape (N, 2).
        first: Whether the one with the lower hash was chosen, or whether the label is true.
        there: Whether the sample judges anything.
    """

    pair: Hashes
    first: Flags
    there: Flags


def judgements(
    asked_hash: Hashes, sides: Sides, response: pl.Series, label: pl.Series
) -> Judgements:
    """
    Look at the judgement of each sample: of a pair, or of an answer with a label.

    Answers are compared as `sides_alike` does.
    """
    chosen, rejected = sides
    is_pair = (chosen.is_not_null() & rejected.is_not_null()).to_numpy()
    is_labelled = (label.is_not_null() & response.is_not_null()).to_numpy() & ~is_pair
    here, there = (
        said.hashes(utf8(one.zip_with(pl.Series(is_pair), other)), cased=True)
        for one, other in ((chosen, response), (rejected, response))
    )
    pair, first = _paired(asked_hash, here, there)
    good = label.fill_null(value=False).to_numpy()
    return Judgements(pair, np.where(is_pair, first, good), is_pair | is_labelled)


@kernel
def _paired(asked: Hashes, here: Hashes, there: Hashes) -> tuple[Hashes, Flags]:
    found, first = np.zeros_like(asked), np.zeros(len(asked), np.bool_)
    for n in range(len(asked)):
        first[n] = here[n, 0] < there[n, 0]
        for half in range(2):
            both = mixed(here[n, half]) + mixed(there[n, half])
            found[n, half] = mixed(asked[n, half] + said.SEEDS[half]) ^ mixed(both)
    return found, first
