"""How far apart two spreads of the same values are."""

import numpy as np
from numpy.typing import NDArray

from datastd.rules.drift import Spread

_CHANCE = 5.0  # standard deviations
_LEAST = 1e-4  # a share is no less: the logarithm of none has no end


def psi(spread: Spread) -> float:
    """Population stability index: the sum of (a - e) ln(a / e); shares of at least 0.0001."""
    here, before = (np.maximum(one, _LEAST) for one in spread.shares)
    return float(((here - before) * np.log(here / before)).sum())


def jensen_shannon(spread: Spread) -> float:
    """Jensen-Shannon divergence, to the base 2: 0 is alike, 1 has nothing in common."""
    here, before = spread.shares
    mean = (here + before) / 2
    parts = [
        float((one[one > 0] * np.log2(one[one > 0] / mean[one > 0])).sum())
        for one in (here, before)
    ]
    return max(sum(parts) / 2, 0.0)


def kolmogorov_smirnov(spread: Spread) -> float:
    """The statistic D of two samples: the most by which their cumulative shares differ."""
    return _most_apart(spread, np.cumsum(spread.here), np.cumsum(spread.before))


def wasserstein(spread: Spread, least: float) -> float:
    """
    The first Wasserstein distance of numbers, in standard deviations of the reference.

    That is the area between the two cumulative shares.  The deviation is at least *least*;
    missing is no number, and left out.
    """
    known = np.isfinite(spread.numbers)
    at = spread.numbers[known]
    scale = max(float(np.abs(at).max()), np.finfo(np.float64).tiny)  # so that no square overflows
    at = at / scale
    here, before = (one[known] / one[known].sum() for one in (spread.here, spread.before))
    apart = np.abs(np.cumsum(here - before)[:-1])
    mean = float((before * at).sum())
    deviation = float(np.sqrt((before * (at - mean) ** 2).sum()))
    return float((apart * np.diff(at)).sum()) / max(deviation, least / scale)


def wasserstein_by_chance(spread: Spread) -> bool:
    """
    Whether two samples of one population would be as far apart, by a few values far away.

    They would up to five standard deviations of each cumulative share, all of them at once.
    """
    known = np.isfinite(spread.numbers)
    at = spread.numbers[known]
    here, before = spread.here[known], spread.before[known]
    n, m = int(here.sum()), int(before.sum())
    width = np.diff(at / max(float(np.abs(at).max()), np.finfo(np.float64).tiny))
    upto = (np.cumsum(here + before) / (n + m))[:-1]
    apart = np.abs(np.cumsum(here) / n - np.cumsum(before) / m)[:-1]
    deviation = np.sqrt(upto * (1 - upto) * (1 / n + 1 / m))
    return bool((apart * width).sum() <= _CHANCE * (deviation * width).sum())


def chebyshev(spread: Spread) -> float:
    """L-infinity: the most by which the share of a value differs."""
    return _most_apart(spread, spread.here, spread.before)


def _most_apart(spread: Spread, here: NDArray[np.int64], before: NDArray[np.int64]) -> float:
    """The most by which shares differ: divided once, so that a tenth is a tenth."""
    n, m = int(spread.here.sum()), int(spread.before.sum())
    apart = np.abs(here.astype(object) * m - before.astype(object) * n)  # beyond 64 bits
    return int(apart.max()) / (n * m)
