"""Masked language modelling: some tokens from all that stand around them."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field
from torch import nn

from datastd.certificate import Certified
from datastd.errors import UsageError
from datastd.loading import Feed
from datastd.loading.texts import Item, Numbers, encoder_of, hidden
from datastd.objectives import Random
from datastd.objectives.texts import Texts


class Masked(Texts):
    """
    Tokens of documents that are hidden, as BERT learns them.

    A document is cut into windows, each between the tokens that the tokenizer puts around a text.
    Of the others *share* are chosen, at least one, and never one that is special: of ten, eight
    become the token of the mask, one becomes any token, one stays; what they were has to be said.
    Where nothing is drawn, for scores, what is chosen depends on the tokens of the window alone.

    Attributes:
        share: Of the tokens, how many are chosen.

    Source:
        Devlin et al. 2019, "BERT", arXiv:1810.04805, section 3.1; its create_pretraining_data.py.
    """

    takes: ClassVar[tuple[str, ...]] = ("text",)
    rules: ClassVar[tuple[str, ...]] = ("F303",)
    needs: ClassVar[tuple[str, ...]] = ("mask_token",)
    shift: ClassVar[Literal[0, 1]] = 0
    draws: ClassVar[bool] = True

    name: Literal["masked"] = "masked"
    share: float = Field(0.15, gt=0, lt=1)

    @cached_property
    def encoder(self) -> Any:  # noqa: ANN401
        return encoder_of(self.known, self.length)

    @cached_property
    def _plain(self) -> Numbers:
        """Ids of tokens that are not special."""
        special = [number for number, one in self.known.added_tokens_decoder.items() if one.special]
        return np.setdiff1d(np.arange(len(self.known)), special)

    def begin(self, model: nn.Module, data: Certified, feed: Feed) -> None:
        if not len(self._plain):
            expected, found = "tokens that are not special, to hide some", "special ones alone"
            raise UsageError(
                "tokenizer", expected, found, "take the one that the model was made with"
            )
        super().begin(model, data, feed)

    def items(
        self, samples: Iterable[dict[str, Any]], randoms: Iterable[Random | None]
    ) -> Iterator[list[Item]]:
        mask, texts = self.known.mask_token_id, [one["text"] for one in samples]
        for first, random in zip(self.encoder.encode_batch(texts), randoms, strict=False):
            some = (np.array(one.ids) for one in (first, *first.overflowing))
            yield [hidden(one, self._plain, mask, self.share, random) for one in some]
