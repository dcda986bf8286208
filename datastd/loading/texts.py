"""Texts as models get them: a tokenizer from disk, and windows of its tokens."""

import copy
import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datastd.errors import NotInstalled, UsageError

IGNORED = -100
"""The label of a place of which nothing is learned, as torch and transformers have it."""

Item = dict[str, Any]
Numbers = NDArray[np.int64]
Random = np.random.Generator

_FILE = "tokenizer.json"
_HIDDEN, _CHANGED = 0.8, 0.9  # of what is chosen: from here on another token, and the same


def tokenizer_from(place: str | None, special: Mapping[Any, str], needs: Sequence[str] = ()) -> Any:  # noqa: ANN401
    """
    Read a tokenizer of transformers from disk: no code that lies beside it is run.

    Args:
        place: A folder with a ``tokenizer.json``, as transformers saves it, or that file.
        special: Tokens by role, such as ``mask_token``, that the folder does not have.
        needs: Roles that have to have one, or ``chat_template``.

    Raises:
        UsageError: There is none, or it lacks something.
        NotInstalled: There is no transformers.
    """
    where, expected = "tokenizer", f"a folder with a {_FILE}, or that file"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # several threads ask it already
    try:
        from transformers import PreTrainedTokenizerFast  # noqa: PLC0415  -- of an extra
    except ImportError:
        hint = "pip install 'datastd[text]'"
        raise NotInstalled(where, "the package transformers", "none", hint) from None
    path = Path(place or "")
    file = path / _FILE if path.is_dir() else path
    if not place or file.name != _FILE or not file.is_file():
        raise UsageError(where, expected, place or "none")
    try:
        made: Any = PreTrainedTokenizerFast.from_pretrained(
            file.parent, local_files_only=True, **dict[str, Any](special)
        )
    except Exception as error:  # noqa: BLE001  -- its package's own, of any kind
        raise UsageError(where, expected, str(error).partition("\n")[0]) from None
    for one in needs:
        if not getattr(made, one):
            raise UsageError(where, f"one with a {one}", "none")
    made.backend_tokenizer.no_truncation()
    made.backend_tokenizer.no_padding()
    return made


def encoder_of(known: Any, length: int | None = None, **overlap: Any) -> Any:  # noqa: ANN401
    """
    What makes ids of texts, and of a control token in them what it reads as: data give no orders.

    Args:
        known: The tokenizer.
        length: Tokens of the windows that it cuts texts into; none leaves them whole.
        **overlap: How windows overlap, in words of the package tokenizers.
    """
    made = copy.deepcopy(known.backend_tokenizer)
    made.encode_special_tokens = True
    if length is not None:
        made.enable_truncation(length, **overlap)
    return made


def windows(ids: Numbers, length: int) -> Iterator[Item]:
    """Cut ids into windows of *length*: what is seen, and at each place what comes next."""
    seen, labels = ids[:-1], ids[1:]
    if not len(seen):  # an empty document: there is nothing to be learned of it
        seen, labels = np.resize(ids, 1), np.full(1, IGNORED)
    for first in range(0, len(seen), length):
        part = slice(first, first + length)
        yield {"input_ids": seen[part], "labels": labels[part]}


def hidden(ids: Numbers, plain: Numbers, mask: int, share: float, random: Random | None) -> Item:
    """
    Hide tokens as BERT learns them; without *random*, by the ids of the window alone.

    Args:
        ids: A window.
        plain: Ids of all tokens that are not special, in order: only of such some are chosen.
        mask: The id of the token for eight of ten; one of ten becomes any other, and one stays.
        share: Of the tokens, how many are chosen; at least one is.
        random: Draws them.
    """
    random = random or np.random.default_rng(zlib.crc32(ids.tobytes()))
    # As `numpy.isin`, in a fifth of its time.
    there = np.flatnonzero(plain[np.searchsorted(plain, ids) % len(plain)] == ids)
    count = min(len(there), max(1, round(share * len(there))))
    chosen, drawn = random.choice(there, count, replace=False), random.random(count)
    seen, labels = ids.copy(), np.full_like(ids, IGNORED)
    labels[chosen] = ids[chosen]
    others = np.where(drawn < _HIDDEN, mask, random.choice(plain, count))
    seen[chosen] = np.where(drawn < _CHANGED, others, ids[chosen])
    return {"input_ids": seen, "labels": labels, "attention_mask": np.ones_like(ids)}


def spanned(window: Any, answers: Sequence[Mapping[str, Any]]) -> Item:  # noqa: ANN401
    """
    A window of a question and its context, with the span of the first answer.

    ``places`` are where its tokens are in the context, in characters, shape (T, 2); 0 and 0 are
    those of others.  The span is the first token, where not all of the answer is in the window.
    """
    is_context = np.array(window.sequence_ids, object) == 1
    places = np.array(window.offsets, np.int64) * is_context[:, None]
    there = np.flatnonzero(places[:, 0] < places[:, 1])
    starts, stops = places[there].T
    held = there[:0]
    for one in answers[:1]:
        begin = one["answer_start"] + len(one["text"]) - len(one["text"].lstrip())
        end = one["answer_start"] + len(one["text"].rstrip())
        if len(there) and starts[0] <= begin and end <= stops[-1]:
            held = there[(stops > begin) & (starts < end)]
    first, last = (held[0], held[-1]) if len(held) else (0, 0)
    return {
        "input_ids": np.array(window.ids), "attention_mask": np.array(window.attention_mask),
        "token_type_ids": np.array(window.type_ids), "places": places,
        "start_positions": np.array([first]), "end_positions": np.array([last]),
    }  # fmt: skip
