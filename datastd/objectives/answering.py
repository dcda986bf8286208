"""Extractive question answering: where in a text the answer to a question is."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar, Literal, NamedTuple

import torch
from pydantic import Field, PositiveInt
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from datastd.errors import UsageError
from datastd.loading.texts import Item, encoder_of, spanned
from datastd.objectives import Random
from datastd.objectives.texts import Texts, said
from datastd.scores import exact_match, f1
from datastd.sight.pipeline import Pipeline


class Window(NamedTuple):
    """
    What is said of a question by one window.

    Attributes:
        key: The question.
        loss: Of the window.
        none: The score of its first token, which stands for no answer.
        best: That of the best span of the context.
        text: That span.
        golds: Texts that are right.
        may_lack: Whether questions may have no answer, as in SQuAD 2.0.
    """

    key: str
    loss: float
    none: float
    best: float
    text: str
    golds: tuple[str, ...]
    may_lack: bool


class Answering(Texts):
    """
    The first and the last token of an answer, in windows of its context.

    The model gets the question with a part of the context, (N, T), and gives two scores at each
    place, (N, T, 2), or ``start_logits`` and ``end_logits``.  In a window that does not hold all of
    the answer it is the first token, such as [CLS].  The loss is the mean of both cross entropies,
    summed over windows; the weight is how many they are.

    Attributes:
        stride: Tokens of the context that two windows share.
        candidates: Of so many best first and last tokens spans are made.
        longest: Tokens of a span, at most.
        threshold: How much higher no answer has to score than the best span.

    Source:
        Devlin et al. 2019, "BERT", arXiv:1810.04805, section 4.2 and 4.3; Hugging Face, run_qa.py.
    """

    takes: ClassVar[tuple[str, ...]] = ("answers",)
    rules: ClassVar[tuple[str, ...]] = ("C501", "C502", "C503")
    metrics: ClassVar[tuple[str, ...]] = ("loss", "exact_match", "f1")
    shift: ClassVar[Literal[0, 1]] = 0

    name: Literal["answering"] = "answering"
    length: int = Field(384, ge=8, le=1 << 24)
    stride: int = Field(128, ge=0)
    candidates: PositiveInt = 20
    longest: PositiveInt = 30
    threshold: float = 0.0

    @cached_property
    def _cutting(self) -> Any:  # noqa: ANN401
        return encoder_of(self.known, self.length, stride=self.stride, strategy="only_second")

    def items(
        self, samples: Iterable[dict[str, Any]], randoms: Iterable[Random | None]
    ) -> Iterator[list[Item]]:
        del randoms
        some = [*samples]
        alone = self.encoder.encode_batch([(one["question"], "") for one in some])
        for one, question in zip(some, alone, strict=True):
            room = self.length - len(question)
            if room <= self.stride:  # the package would end in a panic
                wanted = f"more than the {self.stride} of task.stride"
                found = f"{room} of {self.length} tokens"
                raise UsageError(one["key"], f"room beside the question for {wanted}", found)
        both = self._cutting.encode_batch([(one["question"], one["context"]) for one in some])
        for one, first in zip(some, both, strict=True):
            known = {
                "key": one["key"], "context": one["context"], "may_lack": "impossible" in one,
                "golds": tuple(answer["text"] for answer in one["answers"]),
            }  # fmt: skip
            windows = (first, *first.overflowing)
            yield [spanned(window, one["answers"]) | known for window in windows]

    def pipeline(self, model: nn.Module, batch: int) -> Pipeline:
        return replace(super().pipeline(model, batch), names={"offsets": "places"})

    def weight(self, batch: Mapping[str, Any]) -> float:
        return float(len(batch["key"]))

    def loss(self, model: nn.Module, batch: Mapping[str, Any]) -> Tensor:
        return _losses(_ends(model, batch), batch).sum()

    def judge(self, model: nn.Module, batch: Mapping[str, Any]) -> list[Window]:
        ends, places = _ends(model, batch), batch["places"]
        none, losses = ends[:, 0].sum(1), _losses(ends, batch)
        ends = ends.masked_fill((places[..., 0] == places[..., 1])[..., None], -torch.inf)
        best = ends.topk(count := min(self.candidates, ends.shape[1]), dim=1)
        (firsts, lasts), scores = best.indices.unbind(2), best.values
        length = lasts[:, None] - firsts[:, :, None] + 1
        spans = scores[:, :, None, 0] + scores[:, None, :, 1]
        spans = spans.masked_fill((length < 1) | (length > self.longest), -torch.inf)
        highest, which = spans.flatten(1).max(1)
        of = torch.arange(len(places), device=places.device)
        starts = places[of, firsts[of, which // count], 0].tolist()
        stops = places[of, lasts[of, which % count], 1].masked_fill(highest == -torch.inf, 0)
        cuts = map(slice, starts, stops.tolist())
        texts = [context[cut] for context, cut in zip(batch["context"], cuts, strict=True)]
        numbers = (losses.tolist(), none.tolist(), highest.tolist())
        rows = zip(batch["key"], *numbers, texts, batch["golds"], batch["may_lack"], strict=True)
        return [Window(*row) for row in rows]

    def scores(self, state: list[Window]) -> dict[str, float]:
        windows = defaultdict[str, list[Window]](list)
        for one in state:
            windows[one.key].append(one)
        both = [(self._answer(some), some[0].golds) for some in windows.values()]
        return {
            "loss": sum(one.loss for one in state) / len(state),
            "exact_match": sum(exact_match(*one) for one in both) / len(both),
            "f1": sum(f1(*one) for one in both) / len(both),
        }

    def _answer(self, windows: list[Window]) -> str:
        """The answer to the question of some windows; empty for none."""
        best = max(windows, key=lambda one: one.best)
        lead = min(one.none for one in windows) - best.best
        return "" if best.may_lack and lead > self.threshold else best.text


def _ends(model: nn.Module, batch: Mapping[str, Any]) -> Tensor:
    """Scores of being the first token of the answer, and the last: (N, T, 2); none of padding."""
    made: Any = said(model, batch)
    if hasattr(made, "start_logits"):
        made = torch.stack([made.start_logits, made.end_logits], 2)
    scores: Tensor = made.float()
    return scores.masked_fill(batch["attention_mask"][..., None] == 0, -torch.inf)


def _losses(ends: Tensor, batch: Mapping[str, Any]) -> Tensor:
    """The loss of each window, (N,)."""
    right = torch.cat([batch["start_positions"], batch["end_positions"]], 1)
    return cross_entropy(ends, right, reduction="none").mean(1)
