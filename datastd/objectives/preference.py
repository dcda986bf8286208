"""Preference: of two answers the better one, by DPO."""

import copy
import math
from itertools import takewhile
from typing import Any, ClassVar, Literal

import numpy as np
import torch
from pydantic import PositiveFloat, PrivateAttr
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, logsigmoid

from datastd.certificate import Certified
from datastd.errors import UsageError
from datastd.loading import Feed
from datastd.loading.dialogues import dialogue
from datastd.loading.texts import IGNORED, Item
from datastd.objectives import Random
from datastd.objectives.texts import Tensors, Texts, said

_SIDES = ("chosen", "rejected")


class Preference(Texts):
    """
    Direct preference optimisation: the chosen answer over the rejected one.

    What both sides begin with is what was asked.  The reference is the model as it is before the
    first step, frozen.  A batch has the chosen sides of its pairs, and behind them the rejected
    ones.  The loss is summed over pairs, and the weight is how many they are: those of which both
    answers are there, once they are cut to *length*.

    Attributes:
        beta: How strongly the model is held to the reference.

    Source:
        Rafailov et al. 2023, "Direct Preference Optimization", arXiv:2305.18290, equation 7.
    """

    takes: ClassVar[tuple[str, ...]] = ("turns",)
    rules: ClassVar[tuple[str, ...]] = ("F624", "F632", "F633", "F634", "F636")
    metrics: ClassVar[tuple[str, ...]] = ("loss", "accuracy", "margin")
    needs: ClassVar[tuple[str, ...]] = ("chat_template",)

    name: Literal["preference"] = "preference"
    beta: PositiveFloat = 0.1
    _reference: nn.Module = PrivateAttr()

    def begin(self, model: nn.Module, data: Certified, feed: Feed) -> None:
        super().begin(model, data, feed)
        self._reference = copy.deepcopy(model).eval().requires_grad_(requires_grad=False)

    def item(self, sample: dict[str, Any], random: Random | None) -> Item:
        del random
        if not {*_SIDES} <= sample.keys():
            raise UsageError(sample["key"], "a chosen and a rejected answer", "one answer")
        asked, sides = sample.get("messages", []), [sample[one] for one in _SIDES]
        alike = takewhile(lambda both: both[0] == both[1], zip(*sides, strict=False))
        since, made = len(asked) + len([*alike]), Item()
        for name, side in zip(_SIDES, sides, strict=True):
            one = dialogue(self.known, sample, [*asked, *side], self.length, since)
            made |= {f"{name}_{what}": ids for what, ids in one.items()}
        return made

    def collate(self, items: list[Item]) -> dict[str, Any]:
        names = ("input_ids", "labels")
        return super().collate(
            [{name: one[f"{side}_{name}"] for name in names} for side in _SIDES for one in items]
        )

    def weight(self, batch: Tensors) -> float:
        return float(_whole(batch).sum())

    def loss(self, model: nn.Module, batch: Tensors) -> Tensor:
        return -(logsigmoid(self._margins(model, batch)) * _whole(batch)).sum()

    def judge(self, model: nn.Module, batch: Tensors) -> Any:  # noqa: ANN401
        margins = self._margins(model, batch)[_whole(batch)]
        sums = (-logsigmoid(margins).sum(), (margins > 0).sum(), margins.sum())
        return np.array([*(one.item() for one in sums), len(margins)])

    def scores(self, state: Any) -> dict[str, float]:  # noqa: ANN401
        *sums, pairs = state.tolist()
        means = (one / pairs if pairs else math.nan for one in sums)
        return dict(zip(self.metrics, means, strict=True))

    def _margins(self, model: nn.Module, batch: Tensors) -> Tensor:
        """How much more than the reference a model prefers what was chosen, (N,)."""
        with torch.no_grad():
            before = _likelihoods(self._reference.to(batch["labels"].device), batch)
        chosen, rejected = (_likelihoods(model, batch) - before).chunk(2)
        return self.beta * (chosen - rejected)


def _likelihoods(model: nn.Module, batch: Tensors) -> Tensor:
    """The logarithm of the likelihood of each answer, (2 N,)."""
    scores = said(model, batch).float().transpose(1, 2)
    return -cross_entropy(scores, batch["labels"], reduction="none").sum(1)


def _whole(batch: Tensors) -> Tensor:
    """Which pairs have both answers, (N,)."""
    chosen, rejected = (batch["labels"] != IGNORED).any(1).chunk(2)
    return chosen & rejected
