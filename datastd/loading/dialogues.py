"""Conversations as models get them: as a template writes them, and where the answers are."""

import functools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datastd.errors import UsageError
from datastd.loading.texts import IGNORED, Item

Turns = list[dict[str, Any]]

_MARKED = re.compile(r"\{%-?\s*generation\b")


def dialogue(known: Any, sample: dict[str, Any], turns: Turns, length: int, since: int = 0) -> Item:  # noqa: ANN401
    """
    A conversation as the tokenizer's template writes it; labels are what the assistant says.

    The template may mark answers itself (``{% generation %}``).  Else an answer is what comes in
    addition when a conversation is written up to it, and with it; each has to begin as the one
    before.  What the template writes behind an answer, such as the end of the turn, belongs to it,
    and so do calls of tools.  Of a turn whose ``weight`` is 0 nothing is learned.

    Args:
        known: The tokenizer.
        sample: What it is of: its ``key``, and its ``tools``, if any.
        turns: A ``role`` and ``content`` each, and what else a template may take.
        length: Tokens, beyond which it is cut.
        since: The first turn that may be learned.

    Raises:
        UsageError: It cannot be written, or it cannot be told where its answers are.

    Source:
        Hugging Face, "Chat templates": ``apply_chat_template``.
    """
    key, (tools, said) = sample["key"], _given(sample, turns)
    _refuse_unsaid(known, key, turns, said)

    def write(count: int, **how: Any) -> Any:  # noqa: ANN401
        try:
            return known.apply_chat_template(turns[:count], tools=tools, **how)
        except Exception as error:  # noqa: BLE001  -- a template's own, of any kind
            found = str(error).partition("\n")[0]
            raise UsageError(key, "turns that the chat template can write", found) from None

    @functools.cache
    def reach(count: int, **how: Any) -> int:  # noqa: ANN401
        """How far the first turns reach in the whole."""
        if count == len(turns) and not how:
            return len(whole)
        part = write(count, tokenize=False, **how) if count else ""
        if not whole.startswith(part):
            expected = f"a chat template that begins to write as it does for {count} turns alone"
            hint = "mark answers in it: {% generation %}"
            raise UsageError(key, expected, "another beginning", hint)
        return len(part)

    whole, is_marked = (
        write(len(turns), tokenize=False),
        _MARKED.search(known.get_chat_template(tools=tools)),
    )
    marks = functools.partial(write, len(turns)) if is_marked else None
    ids, places, learned = _tokens(known, whole, marks)
    (starts, stops), learned = places.T, learned.astype(bool)
    for number, one in enumerate(turns):
        if "tool_calls" in one:
            both = (write(n, tokenize=False) if n else "" for n in (number, number + 1))
            _refuse_uncalled(key, one, *both)
        is_context = one.get("weight") == 0
        if one["role"] == "assistant" and bool(is_marked) == is_context:
            first, last = reach(number, add_generation_prompt=True), reach(number + 1)
            there = (stops > first) & (starts < last)
            learned = learned & ~there if is_context else learned | there
    if since:
        learned &= starts >= reach(since, add_generation_prompt=True)
    labels = np.where(learned, ids, IGNORED)
    return {"input_ids": ids[:-1][:length], "labels": labels[1:][:length]}


def _given(sample: dict[str, Any], turns: Turns) -> tuple[Any, list[str]]:
    """The tools of a sample, if any; and all texts that the template gets, but for roles."""
    try:
        tools = json.loads(sample.get("tools", "null"))
        return tools, [*_texts([tools, *({**one, "role": ""} for one in turns)])]
    except (ValueError, RecursionError):
        raise UsageError(sample["key"], "tools as JSON", "other text") from None


def _tokens(known: Any, whole: str, write: Callable[..., Any] | None) -> Iterator[NDArray[Any]]:  # noqa: ANN401
    """Ids, their places in the whole, and whether *write*, where it marks answers, marks them."""
    if write is None:  # what `apply_chat_template` does, without writing all once more
        made = known.backend_tokenizer.encode(whole, add_special_tokens=False)
        every = made.ids, made.offsets, [0] * len(made.ids)
    else:
        made = write(
            return_dict=True, return_assistant_tokens_mask=True,
            tokenizer_kwargs={"return_offsets_mapping": True},
        )  # fmt: skip
        every = made["input_ids"], made["offset_mapping"], made["assistant_masks"]
    return map(np.array, every)


def _texts(of: Any) -> Iterator[str]:  # noqa: ANN401
    """All texts in objects and lists of JSON, names among them."""
    if isinstance(of, str):
        yield of
    elif isinstance(of, Mapping | list):
        parts = chain(of, of.values()) if isinstance(of, Mapping) else of
        yield from chain.from_iterable(map(_texts, parts))


def _refuse_unsaid(known: Any, key: str, turns: Turns, said: Sequence[str]) -> None:  # noqa: ANN401
    """
    Refuse turns of which the model would learn something else than what was said.

    Raises:
        UsageError: An answer without text or call; a control token of the template in a text.
    """
    for one in turns:
        if one["role"] == "assistant" and not (one["content"].strip() or "tool_calls" in one):
            raise UsageError(key, "answers of text, or calls of tools", "one of neither")
    if control := [mark for mark in _special(known) if any(mark in text for text in said)]:
        raise UsageError(key, "tokens of the template in the template alone", control[0])


def _refuse_uncalled(key: str, turn: Mapping[str, Any], before: str, after: str) -> None:
    """
    Refuse a template that does not write what a turn calls, or what it says beside.

    Raises:
        UsageError: Of what is written with the turn, and without it, none has more of that.
    """
    named = (one["function"]["name"] or "" for one in turn["tool_calls"])
    for text, count in Counter((turn["content"].strip(), *named)).items():
        if text and after.count(text) - before.count(text) < count:
            hint = "take the template of a model that was trained with them"
            raise UsageError(key, "a chat template that writes calls of tools", "none", hint)


@functools.lru_cache(8)
def _special(known: Any) -> tuple[str, ...]:  # noqa: ANN401
    """The control tokens of a tokenizer, as they are written."""
    return tuple(one.content for one in known.added_tokens_decoder.values() if one.special)
