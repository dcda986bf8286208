"""What objectives of language share: windows of tokens, in batches, and their loss."""

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar, Literal

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pad_sequence

from datastd.certificate import Certified
from datastd.errors import UsageError
from datastd.loading import Feed
from datastd.loading.texts import IGNORED, Item, encoder_of, tokenizer_from
from datastd.model import FrozenMapping
from datastd.objectives import Objective, Random, unwrapped
from datastd.scores import perplexity
from datastd.sight.pipeline import Pipeline

Tensors = Mapping[str, Tensor]

_Role = Literal["cls_token", "eos_token", "mask_token", "pad_token", "sep_token", "unk_token"]


class Texts(Objective):
    """
    Tokens of texts.

    An item is a window: arrays of shape (T,), of which ``input_ids`` is what the model is called
    with, in a batch of shape (N, T), and ``labels`` what is to be said at each place, or `IGNORED`.
    The model gives scores of ids, (N, T, V), or an object that has them as ``logits``.  The loss is
    the cross entropy, summed over all labels that are asked; the weight is how many they are.

    Attributes:
        tokenizer: A folder with a ``tokenizer.json``, as transformers saves it, or that file.
        special: Tokens by role, where the folder does not say: ``mask_token = "[MASK]"``.
        length: Tokens of a window, at most.

    Class attributes:
        needs: What the tokenizer has to have.
        shift: How far labels are ahead of what is seen.
    """

    metrics: ClassVar[tuple[str, ...]] = ("loss", "perplexity")
    draws: ClassVar[bool] = False
    needs: ClassVar[tuple[str, ...]] = ()
    shift: ClassVar[Literal[0, 1]] = 1

    tokenizer: str | None = Field(None, min_length=1)
    special: FrozenMapping[_Role, str] = Field(default={})
    length: int = Field(512, ge=8, le=1 << 24)

    @cached_property
    def known(self) -> Any:  # noqa: ANN401  -- of a package that may not be there
        """The tokenizer."""
        return tokenizer_from(self.tokenizer, self.special, self.needs)

    @cached_property
    def encoder(self) -> Any:  # noqa: ANN401
        """What makes ids of a whole text."""
        return encoder_of(self.known)

    @property
    def pad(self) -> int:
        """The id that windows are filled up with."""
        return (self.known.pad_token_id if self.tokenizer else None) or 0

    def begin(self, model: nn.Module, data: Certified, feed: Feed) -> None:
        ids, (rows, places) = self.vocabulary(data, feed), sizes(model)
        if rows is not None and rows < ids:
            raise UsageError("model", f"a row for each of {ids} ids", f"{rows}")
        if places is not None and places < self.length:
            raise UsageError("model", f"{self.length} places, as task.length asks", f"{places}")
        learning = model.training
        model.eval()  # a look leaves no trace
        try:
            device = next((one.device for one in model.parameters()), None)
            with torch.no_grad():
                said(model, {"input_ids": torch.full((1, self.length), ids - 1, device=device)})
        except (LookupError, RuntimeError, TypeError, ValueError) as error:
            expected = f"one that takes {self.length} ids, the highest of them {ids - 1}"
            raise UsageError("model", expected, str(error).partition("\n")[0]) from None
        finally:
            model.train(learning)

    def vocabulary(self, data: Certified, feed: Feed) -> int:
        """How many ids the model has to know."""
        del data, feed
        return len(self.known)

    def item(self, sample: dict[str, Any], random: Random | None) -> Any:  # noqa: ANN401
        (found,) = self.items([sample], [random])
        return found

    def collate(self, items: list[Item]) -> dict[str, Any]:
        """Windows, filled up to the longest of them; what is no array stays in a list."""
        fill, batch = {"input_ids": self.pad, "labels": IGNORED}, dict[str, Any]()
        for name, first in items[0].items():
            batch[name] = [one[name] for one in items]
            if isinstance(first, np.ndarray):
                rows = [torch.from_numpy(one) for one in batch[name]]
                batch[name] = pad_sequence(rows, batch_first=True, padding_value=fill.get(name, 0))
        return batch

    def pipeline(self, model: nn.Module, batch: int) -> Pipeline:
        own, (rows, _) = super().pipeline(model, batch), sizes(model)
        return replace(own, vocabulary=rows, pad=self.pad, shift=self.shift)

    def weight(self, batch: Tensors) -> float:
        return float((batch["labels"] != IGNORED).sum())

    def loss(self, model: nn.Module, batch: Tensors) -> Tensor:
        scores = said(model, batch).flatten(0, 1).float()
        return cross_entropy(scores, batch["labels"].flatten(), reduction="sum")

    def judge(self, model: nn.Module, batch: Tensors) -> Any:  # noqa: ANN401
        return np.array([self.loss(model, batch).item(), self.weight(batch)])

    def scores(self, state: Any) -> dict[str, float]:  # noqa: ANN401
        loss, tokens = state.tolist()
        mean = loss / tokens if tokens else math.nan
        return {"loss": mean, "perplexity": perplexity(mean)}


def said(model: nn.Module, batch: Tensors) -> Tensor:
    """The scores of a model at each place, (N, T, V)."""
    kinds = getattr(getattr(unwrapped(model), "config", None), "type_vocab_size", 0)
    names = ("attention_mask", "token_type_ids")[: 2 if kinds > 1 else 1]  # of two texts, if it can
    made = model(batch["input_ids"], **{one: batch[one] for one in names if one in batch})
    scores: Tensor = getattr(made, "logits", made)
    return scores


def sizes(model: nn.Module) -> tuple[int | None, int | None]:
    """How many ids a model knows, and how many places it has; none where nothing tells."""
    config = getattr(unwrapped(model), "config", None)
    tables = [one.num_embeddings for one in model.modules() if isinstance(one, nn.Embedding)]
    rows = getattr(config, "vocab_size", None) or max(tables, default=None)
    return rows, getattr(config, "max_position_embeddings", None)
