"""Instruction tuning: what an assistant answers, after all that was said before."""

from typing import Any, ClassVar, Literal

import numpy as np
from torch import nn

from datastd.errors import UsageError
from datastd.loading.dialogues import dialogue
from datastd.loading.texts import IGNORED, Item
from datastd.objectives import Random
from datastd.objectives.texts import Tensors, Texts

_FORMS = ("openai", "sharegpt", "alpaca", "completion")


class Instruction(Texts):
    """
    The answers of conversations and of tasks, as the template of the tokenizer's folder has them.

    Turns whose ``weight`` is 0 are seen, and not learned; calls of tools are, where the template
    writes them.  A conversation that is longer than *length* is cut.  ``cut`` is the share of those
    of which no answer is left: they weigh nothing.
    """

    takes: ClassVar[tuple[str, ...]] = ("turns",)
    rules: ClassVar[tuple[str, ...]] = ("F605", "F606", "F607", "F624")
    metrics: ClassVar[tuple[str, ...]] = ("loss", "perplexity", "cut")
    needs: ClassVar[tuple[str, ...]] = ("chat_template",)

    name: Literal["instruction"] = "instruction"

    def item(self, sample: dict[str, Any], random: Random | None) -> Item:
        del random
        if sample["form"] not in _FORMS:  # an answer that is labelled as bad, for one
            raise UsageError(sample["key"], f"one of {', '.join(_FORMS)}", sample["form"])
        return dialogue(self.known, sample, sample["messages"], self.length)

    def judge(self, model: nn.Module, batch: Tensors) -> Any:  # noqa: ANN401
        cut = (batch["labels"] == IGNORED).all(1)
        return np.append(super().judge(model, batch), [cut.sum().item(), len(cut)])

    def scores(self, state: Any) -> dict[str, float]:  # noqa: ANN401
        return {**super().scores(state[:2]), "cut": state[2] / state[3]}
