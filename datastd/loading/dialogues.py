"""Conversations as models get them: as a template writes them, and where the answers are."""

import functools
import json
import re
from typing import Any

import numpy as np

from datastd.errors import UsageError
from datastd.loading.texts import IGNORED, Item

Turns = list[dict[str, str]]

_MARKED = re.compile(r"\{%-?\s*generation\b")


def dialogue(known: Any, sample: dict[str, Any], turns: Turns, length: int, since: int = 0) -> Item:  # noqa: ANN401
    """
    A conversation as the tokenizer's template writes it; labels are what the assistant says.

    The template may mark answers itself (``{% generation %}``).  Else an answer is what comes in
    addition when a conversation is written up to it, and with it; each has to begin as the one
    before.  What the template writes behind an answer, such as the end of the turn, belongs to it.

    Args:
        known: The tokenizer.
        sample: What it is of: its ``key``, and its ``tools``, if any.
        turns: A ``role`` and ``content`` each.
        length: Tokens, beyond which it is cut.
        since: The first turn that may be learned.

    Raises:
        UsageError: It cannot be written, or it cannot be told where its answers are.

    Source:
        Hugging Face, "Chat templates": ``apply_chat_template``.
    """
    key, tools = sample["key"], _tools(sample)
    _refuse_unsaid(known, key, turns)

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
    if is_marked:
        made = write(
            len(turns), return_dict=True, return_assistant_tokens_mask=True,
            tokenizer_kwargs={"return_offsets_mapping": True},
        )  # fmt: skip
        names = ("input_ids", "offset_mapping", "assistant_masks")
        ids, places, learned = (np.array(made[name]) for name in names)
    else:  # what `apply_chat_template` does, without writing all once more
        encoded = known.backend_tokenizer.encode(whole, add_special_tokens=False)
        ids, places = np.array(encoded.ids), np.array(encoded.offsets)
        learned = np.zeros_like(ids)
    (starts, stops), learned = places.T, learned.astype(bool)
    for number, one in enumerate(turns):
        if one["role"] == "assistant" and not is_marked:
            first, last = reach(number, add_generation_prompt=True), reach(number + 1)
            learned |= (stops > first) & (starts < last)
    if since:
        learned &= starts >= reach(since, add_generation_prompt=True)
    labels = np.where(learned, ids, IGNORED)
    return {"input_ids": ids[:-1][:length], "labels": labels[1:][:length]}


def _tools(sample: dict[str, Any]) -> Any:  # noqa: ANN401
    """The tools of a sample, if any."""
    try:
        return json.loads(sample.get("tools", "null"))
    except ValueError:
        raise UsageError(sample["key"], "tools as JSON", "other text") from None


def _refuse_unsaid(known: Any, key: str, turns: Turns) -> None:  # noqa: ANN401
    """
    Refuse turns of which the model would learn something else than what was said.

    Raises:
        UsageError: An answer without text; a control token of the template in a text.
    """
    special = _special(known)
    for one in turns:
        if one["role"] == "assistant" and not one["content"].strip():
            raise UsageError(key, "answers of text", "one without: a call of a tool has none")
        if control := [mark for mark in special if mark in one["content"]]:
            raise UsageError(key, "tokens of the template in the template alone", control[0])


@functools.lru_cache(8)
def _special(known: Any) -> tuple[str, ...]:  # noqa: ANN401
    """The control tokens of a tokenizer, as they are written."""
    return tuple(one.content for one in known.added_tokens_decoder.values() if one.special)
