"""Hashes of runs of words that roll from one to the next: polynomials in those of the words."""

import numpy as np

from datastd.kernels import helper
from datastd.measures.text.normal import Hashes

FACTOR = np.uint64(0x9E3779B97F4A7C15)  # odd, and of no meaning


@helper
def rolled(words: Hashes, start: int, size: int) -> np.uint64:
    """The hash of a run of *size* words; of `mixed` it spreads over all bits."""
    value = np.uint64(0)
    for at in range(start, start + size):
        value = value * FACTOR + words[at]
    return value


@helper
def leading(size: int) -> np.uint64:
    """What the first of so many words is multiplied with."""
    power = np.uint64(1)
    for _ in range(size - 1):
        power *= FACTOR
    return power


@helper
def rolled_on(
    value: np.uint64, words: Hashes, start: int, size: int, leading: np.uint64
) -> np.uint64:
    """The hash of the run that starts there, from that of the run one word before."""
    gone: np.uint64 = words[start - 1]
    new: np.uint64 = words[start + size - 1]
    return (value - gone * leading) * FACTOR + new
