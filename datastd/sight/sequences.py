"""Sequences of tokens: what of them is padding, and which token a label is of."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from datastd.sight.parts import Numbers
from datastd.sight.pipeline import Pipeline

_FAR = 3  # tokens: labels are looked for so far from their own
_FEWEST = 4  # labels, of which it can be told whose they are
_MOST = 0.9  # of the labels: others may be changed on purpose


class Tokens(NamedTuple):
    """
    What a model gets of a sequence.

    Attributes:
        ids: Whole numbers, shape (N,).
        targets: Their labels, likewise; None where there are none.
        attention: What is attended to, likewise.
        inside: Where the item is in it, if it was padded in a batch.
    """

    ids: Numbers
    targets: Numbers | None = None
    attention: Numbers | None = None
    inside: slice | None = None

    @property
    def whole(self) -> "Tokens":
        """The same without what is not of its length: it belongs to something else."""
        targets, attention = (
            one if one is not None and one.shape == self.ids.shape else None
            for one in (self.targets, self.attention)
        )
        return Tokens(self.ids, targets, attention, self.inside)


def padding(one: Tokens, pipeline: Pipeline) -> dict[str, int] | None:
    """
    How many tokens of padding there are, and of them have a label that counts, or attention, or
    another id than they should; None where there is no padding.
    """
    added = np.ones(len(one.ids), np.bool_)
    added[one.inside or slice(None)] = False  # of what nobody knows, nothing was added
    pads = added | (one.attention == 0) if one.attention is not None else added
    if one.attention is None and not added.any() and pipeline.pad is not None:
        pads = _run(one.ids == pipeline.pad)
    if not pads.any():
        return None
    counted = np.zeros(len(pads), np.bool_) if one.targets is None else ~np.isin(
        one.targets, pipeline.ignore
    )  # fmt: skip
    attended = np.zeros(len(pads), np.bool_) if one.attention is None else one.attention != 0
    strange = one.ids != pipeline.pad if pipeline.pad is not None else np.zeros_like(pads)
    return {
        "padded": int(pads.sum()), "counted": int((pads & counted).sum()),
        "attended": int((added & attended).sum()), "strange": int((pads & strange).sum()),
    }  # fmt: skip


def _run(pads: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The pads at the end, less the first: it may be what ends the text."""
    text = np.flatnonzero(~pads)
    last = int(text[-1]) + 1 if len(text) else 0
    return pads & (np.arange(len(pads)) > last)


def shift(one: Tokens, pipeline: Pipeline) -> int | None:
    """
    How far labels are ahead of their tokens; None where labels are not those of tokens.

    Where a text repeats itself, so that it may be this or that, it is what is expected.
    """
    if one.targets is None:
        return None
    counted = np.flatnonzero(~np.isin(one.targets, pipeline.ignore))
    ahead = [*dict.fromkeys((pipeline.shift or 0, 0, 1, *range(-_FAR, _FAR + 1)))]
    shares = [_share(one, counted, n) for n in ahead]
    best = max(range(len(ahead)), key=lambda n: (shares[n] >= _MOST, -n))
    return ahead[best] if shares[best] >= _MOST else None


def _share(one: Tokens, counted: NDArray[np.int64], ahead: int) -> float:
    """Of the labels that count, how many are the ids that lie so far ahead."""
    where = counted[(counted + ahead >= 0) & (counted + ahead < len(one.ids))]
    if len(where) < _FEWEST or one.targets is None:
        return 0.0
    return float((one.targets[where] == one.ids[where + ahead]).mean())
